/**
 * Multivectors: a point's vector is a list of vectors. Compared by max_sim: every vector of the query is compared with the
 * closest one of the point's list, and the distances (or products) are summed.
 *
 * The vectors of all lists are the rows of one dense space, with a graph over them. A search by the graph finds, for each
 * vector of the query, the rows closest to it, and with them the points that can be close; these are compared in full.
 * What the graph says of a point bounds its sum from below, so that the points that can't be among the best any more are left
 * out; and it tells whether it was enough (candidates.ts).
 */

import { lowestBit } from "../../bits.ts";
import { LAYOUT, NONE } from "../../core/abi.ts";
import type { CoreModule } from "../../core/load.ts";
import { cannotGrow } from "../../core/space-memory.ts";
import { NearvecError, orOutOfMemory } from "../../errors.ts";
import type { RoundedSpaceConfig } from "../config.ts";
import type { Hits, SearchOptions, SearchPlan } from "../dense-shard.ts";
import type { MultiRows, MultiVector, Rows, StoredVector } from "../rows.ts";
import type { Space } from "../space.ts";
import { Candidates } from "./candidates.ts";
import { Comparison } from "./comparison.ts";
import { RowLists } from "./row-lists.ts";
import { TypedDenseSpace } from "./typed-dense-space.ts";

/** Points compared in full between two looks at whether the rest can still be among the best. */
const STEP = 64;

/**
 * Whether comparing with every allowed row costs less than searching the graph. In nanoseconds for each vector of the query,
 * measured on 160,000 rows of 32 values and 190,000 of 128: a row costs 3.5 and .04 a value; a kept candidate costs 1,300
 * by the share of allowed rows, as in a dense space, and about as much again for comparing the points it leads to.
 */
function scanIsCheaper(allowed: number, rows: number, ef: number, size: number): boolean {
  const share = Math.max(allowed / rows, 0.07);
  return allowed * (3.5 + 0.04 * size) <= (ef * 2600) / share;
}

export class MultiSpace implements Space {
  readonly config: RoundedSpaceConfig;
  /** @internal for ../persistence/, as is {@link lists} */
  readonly rows: TypedDenseSpace;
  readonly lists = new RowLists();
  /** Points with a row that is not in the graph; undefined when that has to be counted again. */
  #unindexed: number | undefined;

  private constructor(config: RoundedSpaceConfig, rows: TypedDenseSpace) {
    this.config = config;
    this.rows = rows;
  }

  /** @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for even an empty space. */
  static create(core: CoreModule, config: RoundedSpaceConfig): MultiSpace {
    return new MultiSpace(config, TypedDenseSpace.create(core, config));
  }

  get liveCount(): number {
    return this.lists.points;
  }

  /** Points of whose vectors all are in the graph. */
  get indexedCount(): number {
    const { indexedCount, liveCount } = this.rows;
    if (indexedCount === 0) return 0;
    if (indexedCount === liveCount) return this.liveCount;
    this.#unindexed ??= this.#countUnindexed();
    return this.liveCount - this.#unindexed;
  }

  get slotCount(): number {
    return this.rows.slotCount;
  }

  get tombstoneCount(): number {
    return this.rows.tombstoneCount;
  }

  /** Vectors, not points. */
  get tailCount(): number {
    return this.rows.tailCount;
  }

  get memoryBytes(): number {
    return this.rows.memoryBytes + this.lists.memoryBytes;
  }

  get rebuildDue(): boolean {
    return this.rows.rebuildDue;
  }

  accepts(rows: Rows): boolean {
    return rows.type === "multi" && rows.size === this.config.size;
  }

  reserveRows(rows: Rows, offsets: number): void {
    const { ends, count } = asMulti(rows);
    const vectors = count === 0 ? 0 : (ends[count - 1] as number);
    const what = `storing ${vectors} vectors of ${this.config.size} values`;
    const limit = orOutOfMemory(cannotGrow(what), () => this.lists.reserve(vectors, offsets));
    this.rows.reserve(vectors, limit);
  }

  store(offset: number, rows: Rows, row: number): void {
    const { ends, values, size } = asMulti(rows);
    const from = row === 0 ? 0 : (ends[row - 1] as number);
    const count = (ends[row] as number) - from;
    this.remove(offset);
    let own = this.lists.add(offset, count);
    for (let i = 0; i < count; i++, own = this.lists.next(own)) {
      this.rows.put(own, values, (from + i) * size);
    }
    this.#unindexed = undefined;
  }

  remove(offset: number): boolean {
    const count = this.lists.count(offset);
    if (count === 0) return false;
    let row = this.lists.first(offset);
    for (let i = 0; i < count; i++, row = this.lists.next(row)) this.rows.remove(row);
    this.lists.drop(offset);
    this.#unindexed = undefined;
    return true;
  }

  has(offset: number): boolean {
    return this.lists.count(offset) > 0;
  }

  get(offset: number): MultiVector | undefined {
    const count = this.lists.count(offset);
    if (count === 0) return undefined;
    const { size } = this.config;
    const values = new Float32Array(count * size);
    let row = this.lists.first(offset);
    for (let i = 0; i < count; i++, row = this.lists.next(row)) {
      values.set(this.rows.get(row) as Float32Array, i * size);
    }
    return { size, values };
  }

  /**
   * The points closest to a list of vectors, or to one. Never fewer than `limit` when that many are allowed.
   *
   * @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for scratch; nothing changed.
   */
  search(query: StoredVector, options: SearchOptions): Hits {
    const queries = this.rows.rounded(valuesOf(query));
    const core = this.rows.shard.memory.exports;
    const distancesBefore = core.distancesComputed();
    const expandedBefore = core.nodesExpanded();
    const { plan, offsets, distances } = this.#search(queries, options);
    const negated = this.config.distance === "Cosine" || this.config.distance === "Dot";
    return {
      count: offsets.length,
      offsets,
      scores: negated ? distances.map((distance) => 0 - distance) : distances, // not -distance: zero stays +0
      plan,
      distances: (core.distancesComputed() - distancesBefore) >>> 0,
      expanded: (core.nodesExpanded() - expandedBefore) >>> 0,
    };
  }

  indexSome(budget: number): void {
    this.rows.indexSome(budget);
    this.#unindexed = undefined;
  }

  rebuildSome(budget: number, index: boolean): void {
    this.rows.rebuildSome(budget, index);
    this.#unindexed = undefined;
  }

  close(): void {
    this.rows.close();
  }

  #search(queries: Float32Array, { allowed, limit, ef, exact }: SearchOptions): Found {
    const [points, rows] = this.#count(allowed);
    const wanted = Math.min(limit, points);
    if (wanted === 0) return NOTHING;
    if (!exact && this.rows.shard.config.m > 0) {
      const rowBitmap = allowed && this.#rowBitmap(allowed);
      // Rows close to a query say little of a point's sum where all are about as far: look farther until they do.
      for (let width = Math.max(ef, wanted); width <= LAYOUT.MAX_EF; width *= 4) {
        if (scanIsCheaper(rows, this.lists.rows, width, this.config.size)) break;
        const found = this.#searchGraph(queries, rowBitmap, wanted, width);
        if (found !== undefined) return found;
      }
    }
    return this.#scan(queries, allowed, wanted);
  }

  #scan(queries: Float32Array, allowed: Uint32Array | undefined, wanted: number): Found {
    const comparison = new Comparison(this.rows.shard, this.lists, queries, wanted);
    this.#forEach(allowed, (offset) => comparison.add(offset));
    comparison.flush();
    return { plan: "exact", ...comparison.closest.sorted() };
  }

  /** Answers undefined when the `width` rows closest to each query don't lead to enough of the points wanted. */
  #searchGraph(
    queries: Float32Array,
    allowed: Uint32Array | undefined,
    wanted: number,
    width: number,
  ): Found | undefined {
    const options = { limit: width, ef: width, exact: false, ...(allowed && { allowed }) };
    const answers = this.rows.searchEach(queries, options);
    const candidates = new Candidates(answers, this.#sign, this.lists);
    if (candidates.offsets.length < wanted) return undefined;
    const comparison = new Comparison(this.rows.shard, this.lists, queries, wanted);
    const { closest } = comparison;
    for (let i = 0; i < candidates.offsets.length; i++) {
      if (i % STEP === 0) {
        comparison.flush();
        if (closest.isFull && (candidates.bounds[i] as number) > closest.farthest) break;
      }
      comparison.add(candidates.offsets[i] as number);
    }
    comparison.flush();
    const found = closest.sorted();
    return candidates.seenEnough(found.offsets) ? { plan: "graph", ...found } : undefined;
  }

  /** Of a score in a sum of distances. */
  get #sign(): 1 | -1 {
    const { distance } = this.config;
    return distance === "Cosine" || distance === "Dot" ? -1 : 1;
  }

  /** How many points a filter allows, and how many rows they have. */
  #count(allowed: Uint32Array | undefined): [points: number, rows: number] {
    if (allowed === undefined) return [this.lists.points, this.lists.rows];
    let points = 0;
    let rows = 0;
    this.#forEach(allowed, (offset) => {
      points++;
      rows += this.lists.count(offset);
    });
    return [points, rows];
  }

  /** Turns a filter's bitmap over offsets into one over rows. */
  #rowBitmap(allowed: Uint32Array): Uint32Array {
    const lists = this.lists;
    const bitmap = new Uint32Array(Math.ceil(lists.rowLimit / 32));
    this.#forEach(allowed, (offset) => {
      let row = lists.first(offset);
      for (let i = lists.count(offset); i > 0; i--, row = lists.next(row)) {
        bitmap[row >>> 5] = (bitmap[row >>> 5] as number) | (1 << (row & 31));
      }
    });
    return bitmap;
  }

  /** Visits the points that a filter allows and that have a list. */
  #forEach(allowed: Uint32Array | undefined, visit: (offset: number) => void): void {
    const lists = this.lists;
    const limit = lists.offsetLimit;
    if (allowed === undefined) {
      for (let offset = 0; offset < limit; offset++) if (lists.count(offset) > 0) visit(offset);
      return;
    }
    const words = Math.min(allowed.length, Math.ceil(limit / 32));
    for (let w = 0; w < words; w++) {
      for (let bits = allowed[w] as number; bits !== 0; bits &= bits - 1) {
        const offset = w * 32 + lowestBit(bits);
        if (lists.count(offset) > 0) visit(offset);
      }
    }
  }

  #countUnindexed(): number {
    const { shard } = this.rows;
    const { exports } = shard.memory;
    const seen = new Uint32Array(Math.ceil(this.lists.offsetLimit / 32));
    let count = 0;
    for (let slot = shard.slotCount - shard.tailCount; slot < shard.slotCount; slot++) {
      const row = exports.offsetOf(slot) >>> 0;
      if (row === NONE) continue;
      const point = this.lists.owner(row);
      const bit = 1 << (point & 31);
      if (((seen[point >>> 5] as number) & bit) !== 0) continue;
      seen[point >>> 5] = (seen[point >>> 5] as number) | bit;
      count++;
    }
    return count;
  }
}

interface Found {
  readonly plan: SearchPlan;
  readonly offsets: Uint32Array;
  readonly distances: Float32Array;
}

const NOTHING: Found = { plan: "exact", offsets: new Uint32Array(0), distances: new Float32Array(0) };

function valuesOf(query: StoredVector): Float32Array {
  return query instanceof Float32Array ? query : query.values;
}

function asMulti(rows: Rows): MultiRows {
  if (rows.type === "multi") return rows;
  throw new NearvecError("INTERNAL", {
    what: `a space of multivectors was given ${rows.type} ones`,
    todo: "Please report it.",
  });
}
