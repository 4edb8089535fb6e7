/**
 * All sparse vectors of one name in one collection: an inverted index, exact and up to date with every write.
 *
 * What is replaced or deleted leaves its postings behind, which searches pass over. When they are many, the space is built
 * anew beside itself, in slices, while it goes on answering and storing, as renewal.ts draws it.
 *
 * The datatype of the settings asks for an index that takes less memory by rounding what it compares; vectors come back
 * as given whatever it is. This index compares them as given, too: no less exact, and no smaller.
 */

import type { CoreModule } from "../../core/load.ts";
import type { SparseSpaceConfig } from "../config.ts";
import type { Hits, SearchOptions } from "../dense-shard.ts";
import { Renewal } from "../renewal.ts";
import type { Rows, SparseRows, SparseVector, StoredVector } from "../rows.ts";
import type { Space } from "../space.ts";
import { SparseShard } from "./sparse-shard.ts";

/** Copying a vector costs about as much as this many entries more. */
const COPY_COST = 16;

export class SparseSpace implements Space {
  readonly config: SparseSpaceConfig;
  /** @internal for ../persistence/, as is {@link shards} */
  readonly core: Pick<CoreModule, "module">;
  readonly shards: Renewal<SparseShard>;

  private constructor(core: Pick<CoreModule, "module">, config: SparseSpaceConfig) {
    this.config = config;
    this.core = core;
    this.shards = new Renewal(config, () => SparseShard.create(core, config));
  }

  /** @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for even an empty space. */
  static create(core: Pick<CoreModule, "module">, config: SparseSpaceConfig): SparseSpace {
    return new SparseSpace(core, config);
  }

  get liveCount(): number {
    return this.#shard.liveCount;
  }

  /** All of them: a vector is in the index as soon as it is stored. */
  get indexedCount(): number {
    return this.#shard.liveCount;
  }

  get slotCount(): number {
    return this.#shard.slotCount;
  }

  get tailCount(): number {
    return 0;
  }

  get tombstoneCount(): number {
    return this.#shard.tombstoneCount;
  }

  get memoryBytes(): number {
    return this.shards.memoryBytes;
  }

  get rebuildDue(): boolean {
    return this.shards.due;
  }

  accepts(rows: Rows): boolean {
    return rows.type === "sparse";
  }

  reserveRows(rows: Rows, offsets: number): void {
    this.#shard.reserveRows(rows as SparseRows, offsets);
    this.shards.withNext((next) => next.reserveRows(rows as SparseRows, offsets));
  }

  store(offset: number, rows: Rows, row: number): void {
    this.#shard.store(offset, rows as SparseRows, row);
    this.shards.nextWith(offset)?.store(offset, rows as SparseRows, row);
  }

  remove(offset: number): boolean {
    this.shards.nextWith(offset)?.remove(offset);
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

  /** Goes on building the space anew, for about `budget` entries; call it while {@link rebuildDue}. */
  rebuildSome(budget: number, _index: boolean): void {
    this.shards.step({
      copy: (next, from, limit) => {
        const { to, offsets, rows } = collect(this.#shard, from, limit, budget);
        // Right before it is used: what is reserved is room for the next writes, whoever they are for.
        next.reserveRows(rows, limit);
        offsets.forEach((offset, row) => {
          next.store(offset, rows, row);
        });
        return to;
      },
      ready: () => true,
    });
  }

  close(): void {
    this.shards.close();
  }

  get #shard(): SparseShard {
    return this.shards.current;
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
