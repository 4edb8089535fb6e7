/**
 * All sparse vectors of one name in one collection: an inverted index, exact and up to date with every write.
 *
 * What is replaced or deleted leaves its postings behind, which searches pass over. When they are many, the space is built
 * anew beside itself, in slices, while it goes on answering and storing, just as dense-space.ts draws it.
 *
 * The datatype of the settings asks for an index that takes less memory by rounding what it compares; vectors come back
 * as given whatever it is. This index compares them as given, too: no less exact, and no smaller.
 */

import type { CoreModule } from "../../core/load.ts";
import { NearvecError } from "../../errors.ts";
import type { SparseSpaceConfig } from "../config.ts";
import type { Hits, SearchOptions } from "../dense-shard.ts";
import type { Rows, SparseRows, SparseVector, StoredVector } from "../rows.ts";
import type { Space } from "../space.ts";
import { SparseShard } from "./sparse-shard.ts";

/** Copying a vector costs about as much as this many entries more. */
const COPY_COST = 16;

interface Rebuild {
  readonly next: SparseShard;
  /** Vectors of offsets below are in `next`. */
  copied: number;
}

export class SparseSpace implements Space {
  readonly config: SparseSpaceConfig;
  readonly #core: CoreModule;
  #shard: SparseShard;
  #rebuild: Rebuild | undefined;
  /** Tombstones from which on building anew is worth it, when there was no memory for it before. */
  #patience = 0;

  private constructor(core: CoreModule, config: SparseSpaceConfig) {
    this.#core = core;
    this.config = config;
    this.#shard = SparseShard.create(core, config);
  }

  /** @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for even an empty space. */
  static create(core: CoreModule, config: SparseSpaceConfig): SparseSpace {
    return new SparseSpace(core, config);
  }

  get liveCount(): number {
    return this.#shard.liveCount;
  }

  /** All of them: a vector is in the index as soon as it is stored. */
  get indexedCount(): number {
    return this.#shard.liveCount;
  }

  get tailCount(): number {
    return 0;
  }

  /** Slots of vectors that were replaced or deleted. */
  get tombstoneCount(): number {
    return this.#shard.tombstoneCount;
  }

  /** Linear memory and tables, in bytes; of both shards while the space is being built anew. */
  get memoryBytes(): number {
    return this.#shard.memoryBytes + (this.#rebuild?.next.memoryBytes ?? 0);
  }

  get rebuildDue(): boolean {
    if (this.#rebuild !== undefined) return true;
    const { tombstoneCount, slotCount } = this.#shard;
    const { vacuumMinVectors = 1000, deletedThreshold = 0.2 } = this.config;
    return (
      tombstoneCount > Math.max(vacuumMinVectors, this.#patience) &&
      tombstoneCount > deletedThreshold * slotCount
    );
  }

  reserveRows(rows: Rows, offsets: number): void {
    this.#shard.reserveRows(rows as SparseRows, offsets);
    this.#withNext(({ next }) => next.reserveRows(rows as SparseRows, offsets));
  }

  store(offset: number, rows: Rows, row: number): void {
    this.#shard.store(offset, rows as SparseRows, row);
    const rebuild = this.#rebuild;
    if (rebuild !== undefined && offset < rebuild.copied) rebuild.next.store(offset, rows as SparseRows, row);
  }

  remove(offset: number): boolean {
    this.#rebuild?.next.remove(offset);
    return this.#shard.remove(offset);
  }

  has(offset: number): boolean {
    return this.#shard.has(offset);
  }

  get(offset: number): SparseVector | undefined {
    return this.#shard.get(offset);
  }

  /** @see SparseShard.search */
  search(query: StoredVector, options: SearchOptions): Hits {
    return this.#shard.search(query as SparseVector, options);
  }

  /** There is nothing that waits. */
  indexSome(_budget: number): void {}

  /**
   * Goes on building the space anew, for about `budget` entries; call it while {@link rebuildDue}. Where memory is short it
   * is put off until twice the tombstones have gathered: searches stay right without it.
   */
  rebuildSome(budget: number, _index: boolean): void {
    if (this.#rebuild === undefined) {
      this.#withoutMemory(() => {
        this.#rebuild = { next: SparseShard.create(this.#core, this.config), copied: 0 };
      });
    }
    this.#withNext((rebuild) => {
      const { next, copied } = rebuild;
      const limit = this.#shard.offsetLimit;
      if (copied === limit) {
        this.#shard.close();
        this.#shard = next;
        this.#rebuild = undefined;
        this.#patience = 0;
        return;
      }
      const { to, offsets, rows } = collect(this.#shard, copied, limit, budget);
      // Right before it is used: what is reserved is room for the next writes, whoever they are for.
      next.reserveRows(rows, limit);
      offsets.forEach((offset, row) => {
        next.store(offset, rows, row);
      });
      rebuild.copied = to;
    });
  }

  close(): void {
    this.#shard.close();
    this.#abandon();
  }

  #withNext(step: (rebuild: Rebuild) => void): void {
    const rebuild = this.#rebuild;
    if (rebuild !== undefined) this.#withoutMemory(() => step(rebuild));
  }

  /** Runs a step of the rebuild; when it finds no memory, the space stays as it is. */
  #withoutMemory(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#abandon();
      if (!(error instanceof NearvecError && error.code === "OUT_OF_MEMORY")) throw error;
      this.#patience = 2 * this.#shard.tombstoneCount;
    }
  }

  #abandon(): void {
    this.#rebuild?.next.close();
    this.#rebuild = undefined;
  }
}

/** Vectors of offsets from `from` on, about `budget` entries of them, or up to `limit`. */
function collect(
  shard: SparseShard,
  from: number,
  limit: number,
  budget: number,
): { to: number; offsets: number[]; rows: SparseRows } {
  const offsets: number[] = [];
  const vectors: SparseVector[] = [];
  const ends: number[] = [];
  let entries = 0;
  let to = from;
  for (let cost = 0; to < limit && cost < Math.max(1, budget); to++) {
    const vector = shard.get(to);
    cost += 1;
    if (vector === undefined) continue;
    offsets.push(to);
    vectors.push(vector);
    entries += vector.indices.length;
    ends.push(entries);
    cost += COPY_COST + vector.indices.length;
  }
  const rows: SparseRows = {
    type: "sparse",
    count: offsets.length,
    ends: Uint32Array.from(ends),
    indices: new Uint32Array(entries),
    values: new Float32Array(entries),
  };
  vectors.forEach(({ indices, values }, row) => {
    const at = row === 0 ? 0 : (ends[row - 1] as number);
    rows.indices.set(indices, at);
    rows.values.set(values, at);
  });
  return { to, offsets, rows };
}
