/**
 * All dense vectors of one name in one collection: a shard, which is built anew when it holds too many tombstones, or
 * another `m` is wanted (renewal.ts).
 */

import type { CoreModule } from "../core/load.ts";
import type { DenseSpaceConfig } from "./config.ts";
import { DenseShard, type Hits, type SearchOptions } from "./dense-shard.ts";
import { Renewal } from "./renewal.ts";
import type { Rows } from "./rows.ts";
import type { Space } from "./space.ts";

export type { Hits, SearchOptions } from "./dense-shard.ts";

/** Copying a vector costs about as much as this many distances of the construction. */
const COPY_COST = 8;

export class DenseSpace implements Space {
  readonly config: DenseSpaceConfig;
  /** @internal for persistence/, as is {@link shards} */
  readonly core: CoreModule;
  readonly shards: Renewal<DenseShard>;
  /** An `m` that there was no memory to build anew with. */
  #refused: number | undefined;

  private constructor(core: CoreModule, config: DenseSpaceConfig) {
    this.config = config;
    this.core = core;
    this.shards = new Renewal(config, () => DenseShard.create(core, config));
  }

  /** @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for even an empty space. */
  static create(core: CoreModule, config: DenseSpaceConfig): DenseSpace {
    return new DenseSpace(core, config);
  }

  /** Points that have a vector here. */
  get liveCount(): number {
    return this.shard.liveCount;
  }

  /** Of these, how many are in the graph. */
  get indexedCount(): number {
    return this.shard.indexedCount;
  }

  get slotCount(): number {
    return this.shard.slotCount;
  }

  /** Slots that are not in the graph yet. */
  get tailCount(): number {
    return this.shard.tailCount;
  }

  /** Slots of vectors that were replaced or deleted. */
  get tombstoneCount(): number {
    return this.shard.tombstoneCount;
  }

  /** Linear memory and tables, in bytes; of both shards while the space is being built anew. */
  get memoryBytes(): number {
    return this.shards.memoryBytes;
  }

  /** The vectors that answer, until the next {@link rebuildSome}. */
  get shard(): DenseShard {
    return this.shards.current;
  }

  get rebuildDue(): boolean {
    const { m } = this.config;
    return this.shards.due || (this.shard.config.m !== m && this.#refused !== m);
  }

  /** @see Space.accepts */
  accepts(rows: Rows): boolean {
    return rows.type === "dense" && rows.size === this.config.size;
  }

  /**
   * Room for `count` more vectors of points whose offsets are below `offsets`, so that as many {@link put}s cannot
   * fail. It holds until the next call, and doesn't add up.
   *
   * @throws {NearvecError} `OUT_OF_MEMORY`; nothing changed.
   */
  reserve(count: number, offsets = 0): void {
    this.shard.reserve(count, offsets);
    this.shards.withNext((next) => next.reserve(count, offsets));
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
    this.shard.put(offset, source, from);
    this.shards.nextWith(offset)?.put(offset, source, from);
  }

  /** Drops the vector of a point. Answers whether there was one. */
  remove(offset: number): boolean {
    this.shards.nextWith(offset)?.remove(offset);
    return this.shard.remove(offset);
  }

  has(offset: number): boolean {
    return this.shard.has(offset);
  }

  /** A copy of a point's vector as it is stored (of unit length for Cosine). */
  get(offset: number): Float32Array | undefined {
    return this.shard.get(offset);
  }

  /** @see DenseShard.search */
  search(query: Float32Array, options: SearchOptions): Hits {
    return this.shard.search(query, options);
  }

  /** @see DenseShard.searchEach */
  searchEach(queries: Float32Array, options: SearchOptions): Hits[] {
    return this.shard.searchEach(queries, options);
  }

  /** @see DenseShard.indexSome */
  indexSome(budget: number): void {
    this.shard.indexSome(budget);
  }

  /**
   * Goes on building the space anew, for about `budget` distance computations; call it while {@link rebuildDue}.
   *
   * @param index whether the new space gets a graph before it takes over
   */
  rebuildSome(budget: number, index = true): void {
    const enough = this.shards.step({
      copy: (next, from, limit) => {
        const to = Math.min(limit, from + Math.max(1, Math.round(budget / COPY_COST)));
        // Right before it is used: what is reserved is room for the next writes, whoever they are for.
        next.reserve(to - from, limit);
        next.copyFrom(this.shard, from, to);
        return to;
      },
      // Under steady writes neither tail is ever empty for long: as short as the old one's will do.
      ready: (next) => {
        const lags = () => index && next.config.m > 0 && next.tailCount > this.shard.tailCount;
        if (lags()) next.indexSome(budget);
        return !lags();
      },
    });
    if (!enough) this.#refused = this.config.m;
  }

  /** Gives the memory back. Storing and searching throw `CLOSED` from now on. */
  close(): void {
    this.shards.close();
  }
}
