/**
 * All dense vectors of one name in one collection.
 *
 * A vector that is replaced or deleted leaves a tombstone in its shard: it takes memory, and searches pass through it.
 * When tombstones are many, or `m` has changed, the space is built anew beside itself, in slices, while it goes on answering and storing:
 *
 *     offsets  0 ────────── copied ─────────── limit
 *     shard    ●●●○●●○●●●●●●●│●●○●●●●●○●●●            answers; every write goes here
 *     next     ●●●●●●●●●●    │                        writes to offsets below `copied` go here, too
 *
 * Once everything is copied, and no more of it waits for the graph than of the old shard, `next` takes its place in one
 * step: under steady writes, neither tail is ever empty.
 */

import type { CoreModule } from "../core/load.ts";
import { NearvecError } from "../errors.ts";
import type { DenseSpaceConfig } from "./config.ts";
import { DenseShard, type Hits, type SearchOptions } from "./dense-shard.ts";
import type { Rows } from "./rows.ts";
import type { Space } from "./space.ts";

export type { Hits, SearchOptions } from "./dense-shard.ts";

/** Copying a vector costs about as much as this many distances of the construction. */
const COPY_COST = 8;

interface Rebuild {
  readonly next: DenseShard;
  /** Vectors of offsets below are in `next`. */
  copied: number;
}

export class DenseSpace implements Space {
  readonly config: DenseSpaceConfig;
  readonly #core: CoreModule;
  #shard: DenseShard;
  #rebuild: Rebuild | undefined;
  /** Tombstones from which on building anew is worth it; raised when there was no memory for it. */
  #patience = 0;
  /** An `m` that there was no memory to build anew with. */
  #refused: number | undefined;

  private constructor(core: CoreModule, config: DenseSpaceConfig, shard: DenseShard) {
    this.#core = core;
    this.config = config;
    this.#shard = shard;
  }

  /** @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for even an empty space. */
  static create(core: CoreModule, config: DenseSpaceConfig): DenseSpace {
    return new DenseSpace(core, config, DenseShard.create(core, config));
  }

  /** Points that have a vector here. */
  get liveCount(): number {
    return this.#shard.liveCount;
  }

  /** Of these, how many are in the graph. */
  get indexedCount(): number {
    return this.#shard.indexedCount;
  }

  /** Slots that are not in the graph yet. */
  get tailCount(): number {
    return this.#shard.tailCount;
  }

  /** Slots of vectors that were replaced or deleted. */
  get tombstoneCount(): number {
    return this.#shard.tombstoneCount;
  }

  /** Linear memory and tables, in bytes; of both shards while the space is being built anew. */
  get memoryBytes(): number {
    return this.#shard.memoryBytes + (this.#rebuild?.next.memoryBytes ?? 0);
  }

  /** Whether the space is being built anew, or should be. */
  get rebuildDue(): boolean {
    if (this.#rebuild !== undefined) return true;
    const { m } = this.config;
    if (this.#shard.config.m !== m && this.#refused !== m) return true;
    const { tombstoneCount, slotCount } = this.#shard;
    const { deletedThreshold = 0.2, vacuumMinVectors = 1000 } = this.config;
    const fewest = Math.max(this.#patience, vacuumMinVectors);
    return tombstoneCount > fewest && tombstoneCount > deletedThreshold * slotCount;
  }

  /**
   * Room for `count` more vectors of points whose offsets are below `offsets`, so that as many {@link put}s cannot
   * fail. It holds until the next call, and doesn't add up.
   *
   * @throws {NearvecError} `OUT_OF_MEMORY`; nothing changed.
   */
  reserve(count: number, offsets = 0): void {
    this.#shard.reserve(count, offsets);
    this.#withNext(({ next }) => next.reserve(count, offsets));
  }

  /** @see Space.reserveRows */
  reserveRows(rows: Rows, offsets: number): void {
    this.reserve(rows.count, offsets);
  }

  /** @see Space.store */
  store(offset: number, rows: Rows, row: number): void {
    this.put(offset, rows.values, row * this.config.size);
  }

  /** Stores `size` values of `source` from index `from` as the vector of a point; a vector it had is replaced. */
  put(offset: number, source: Float32Array, from: number): void {
    this.#shard.put(offset, source, from);
    const rebuild = this.#rebuild;
    if (rebuild !== undefined && offset < rebuild.copied) rebuild.next.put(offset, source, from);
  }

  /** Drops the vector of a point. Answers whether there was one. */
  remove(offset: number): boolean {
    this.#rebuild?.next.remove(offset);
    return this.#shard.remove(offset);
  }

  has(offset: number): boolean {
    return this.#shard.has(offset);
  }

  /** A copy of a point's vector as it is stored (of unit length for Cosine). */
  get(offset: number): Float32Array | undefined {
    return this.#shard.get(offset);
  }

  /** @see DenseShard.search */
  search(query: Float32Array, options: SearchOptions): Hits {
    return this.#shard.search(query, options);
  }

  /** @see DenseShard.searchEach */
  searchEach(queries: Float32Array, options: SearchOptions): Hits[] {
    return this.#shard.searchEach(queries, options);
  }

  /** The vectors that answer, until the next {@link rebuildSome}. */
  get shard(): DenseShard {
    return this.#shard;
  }

  /** @see DenseShard.indexSome */
  indexSome(budget: number): void {
    this.#shard.indexSome(budget);
  }

  /**
   * Goes on building the space anew, for about `budget` distance computations; call it while {@link rebuildDue}.
   * Where memory is short it is put off until twice the tombstones have gathered: searches stay right without it.
   *
   * @param index whether the new space gets a graph before it takes over
   */
  rebuildSome(budget: number, index = true): void {
    if (this.#rebuild === undefined) {
      this.#withoutMemory(() => {
        this.#rebuild = { next: DenseShard.create(this.#core, this.config), copied: 0 };
      });
    }
    this.#withNext((rebuild) => {
      const { next } = rebuild;
      const to = Math.min(
        this.#shard.offsetLimit,
        rebuild.copied + Math.max(1, Math.round(budget / COPY_COST)),
      );
      if (rebuild.copied < to) {
        // Right before it is used: what is reserved is room for the next writes, whoever they are for.
        next.reserve(to - rebuild.copied, this.#shard.offsetLimit);
        next.copyFrom(this.#shard, rebuild.copied, to);
        rebuild.copied = to;
      } else if (index && this.config.m > 0 && next.tailCount > this.#shard.tailCount) {
        next.indexSome(budget);
      } else {
        this.#shard.close();
        this.#shard = next;
        this.#rebuild = undefined;
        this.#patience = 0;
      }
    });
  }

  /** Gives the memory back. Storing and searching throw `CLOSED` from now on. */
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
      this.#refused = this.config.m;
    }
  }

  #abandon(): void {
    this.#rebuild?.next.close();
    this.#rebuild = undefined;
  }
}
