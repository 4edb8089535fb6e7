/**
 * What a collection asks of a space (all vectors of one name), whatever its vectors are. Offsets outside; slots, postings
 * and linear memory are its own affair.
 */

import type { Hits, SearchOptions } from "./dense-shard.ts";
import type { Rows, StoredVector } from "./rows.ts";

export interface Space {
  /** Points that have a vector here. */
  readonly liveCount: number;
  /** Of these, how many are indexed. */
  readonly indexedCount: number;
  /** Vectors in all, with those that were replaced or deleted and are still there. */
  readonly slotCount: number;
  /** Those that were replaced or deleted. */
  readonly tombstoneCount: number;
  /** Vectors that wait for the graph; 0 where there is none. */
  readonly tailCount: number;
  readonly memoryBytes: number;
  /** Whether the space is being built anew without what was deleted, or should be. */
  readonly rebuildDue: boolean;

  /** Whether rows have the form of this space's vectors. (They may have been encoded for another of its name.) */
  accepts(rows: Rows): boolean;
  /**
   * Room for rows of an operation, for points whose offsets are below `offsets`, so that storing them cannot fail. It
   * holds until the next call, and doesn't add up.
   *
   * @throws {NearvecError} `OUT_OF_MEMORY`; nothing changed.
   */
  reserveRows(rows: Rows, offsets: number): void;
  /** Stores one row as the vector of a point; a vector it had is replaced. Its room was reserved. */
  store(offset: number, rows: Rows, row: number): void;
  /** Drops the vector of a point. Answers whether there was one. */
  remove(offset: number): boolean;
  has(offset: number): boolean;
  /** A copy of a point's vector as it comes back. */
  get(offset: number): StoredVector | undefined;

  /** The best points for a query, which has the form of the space's own vectors. */
  search(query: StoredVector, options: SearchOptions): Hits;

  /** Moves vectors into the graph until about `budget` distances were computed. */
  indexSome(budget: number): void;
  /** Goes on building the space anew. @param index whether it gets its graph before it takes over */
  rebuildSome(budget: number, index: boolean): void;

  /** Gives the memory back. Storing and searching throw `CLOSED` from now on. */
  close(): void;
}
