/**
 * Queries being compared with points, each a list of rows (max_sim): the sum over all queries of the distance to the closest
 * row. Points are gathered in linear memory and compared by the core many at a time (assembly/measure.ts draws the memory).
 */

import { checked, outOfMemory } from "../../core/space-memory.ts";
import type { DenseShard } from "../dense-shard.ts";
import { Closest } from "./closest.ts";
import type { RowLists } from "./row-lists.ts";

/** Points and rows per call of the core: enough that the call costs nothing, few enough that their slots stay cached. */
const LISTS = 1024;
const ROWS = 4096;

export class Comparison {
  /** Of the points compared so far. */
  readonly closest: Closest;
  readonly #shard: DenseShard;
  readonly #lists: RowLists;
  readonly #offsets = new Uint32Array(LISTS);
  readonly #u32: Uint32Array;
  readonly #f32: Float32Array;
  /** Where things lie in linear memory, in units of four bytes. */
  readonly #ends: number;
  readonly #sums: number;
  readonly #slots: number;
  readonly #capacity: number;
  #count = 0;
  #rows = 0;

  /**
   * @param queries one after the other
   * @param limit points to keep
   * @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for scratch.
   */
  constructor(shard: DenseShard, lists: RowLists, queries: Float32Array, limit: number) {
    const { size } = shard.config;
    const { memory } = shard;
    const count = queries.length / size;
    this.closest = new Closest(limit);
    this.#shard = shard;
    this.#lists = lists;
    this.#capacity = Math.max(ROWS, lists.longest);
    const address = memory.exports.measureAddress(count, LISTS, this.#capacity) >>> 2;
    if (address === 0) throw outOfMemory(`comparing points with ${count} vectors`);
    this.#u32 = memory.u32;
    this.#f32 = memory.f32;
    const stride = Math.ceil(size / 4) * 4;
    for (let i = 0; i < count; i++) {
      this.#f32.set(queries.subarray(i * size, (i + 1) * size), address + i * stride);
    }
    this.#ends = address + count * stride + Math.ceil(count / 4) * 4;
    this.#sums = this.#ends + LISTS;
    this.#slots = this.#sums + LISTS;
  }

  /** Compares a point that has a list; at once, or with others that follow. */
  add(offset: number): void {
    const lists = this.#lists;
    const count = lists.count(offset);
    if (this.#count === LISTS || this.#rows + count > this.#capacity) this.flush();
    let row = lists.first(offset);
    for (let i = 0; i < count; i++, row = lists.next(row)) {
      this.#u32[this.#slots + this.#rows++] = this.#shard.slots.get(row);
    }
    this.#u32[this.#ends + this.#count] = this.#rows;
    this.#offsets[this.#count++] = offset;
  }

  /** Compares the points that were added and not compared yet. */
  flush(): void {
    checked(this.#shard.memory.exports.measure(this.#count), "comparing points");
    for (let i = 0; i < this.#count; i++) {
      this.closest.offer(this.#offsets[i] as number, this.#f32[this.#sums + i] as number);
    }
    this.#count = 0;
    this.#rows = 0;
  }
}
