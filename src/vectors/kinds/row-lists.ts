/**
 * Which rows hold the vectors of a point: a list of rows for each point, all through one table, so that lists of any
 * lengths come and go without leaving gaps. Rows are what the dense space below takes for points.
 *
 *   offset   count  first                  row   owner  next
 *          ┌───────┬───────┐                   ┌───────┬──────┐
 *        6 │   1   │   0 ──┼─────────────►   0 │   6   │      │
 *        7 │   3   │   4 ──┼─────────────►   4 │   7   │  5 ──┼─► 5 ─► 9
 *          └───────┴───────┘                   └───────┴──────┘
 *                                  free ───►   2 ─► 3 ─► 1       last freed, first taken
 */

import { NONE } from "../../core/abi.ts";
import { U32Table } from "../u32-table.ts";

/** What lists are restored from (../persistence/). */
export interface RestoredLists {
  readonly lists: Iterable<{ readonly owner: number; readonly first: number; readonly count: number }>;
  /** One more than the largest offset and row that there may be, and how many rows are in lists. */
  readonly points: number;
  readonly rows: number;
  readonly live: number;
  readonly longest: number;
  /** The point that a row belongs to; {@link NONE} when it is in no list. */
  owner(row: number): number;
  /** The row that follows one that is in a list. */
  next(row: number): number;
}

export class RowLists {
  /** By offset; a count of 0 means that there is no list. */
  readonly #counts = new U32Table(0);
  readonly #firsts = new U32Table(0);
  /** By row. */
  readonly #owners = new U32Table(0);
  readonly #nexts = new U32Table(0);
  #free = NONE;
  #freeCount = 0;
  /** Rows from here on were never taken. */
  #end = 0;
  #points = 0;
  #longest = 0;

  /** Points that have a list. */
  get points(): number {
    return this.#points;
  }

  /** Rows that are in lists. */
  get rows(): number {
    return this.#end - this.#freeCount;
  }

  /** One more than the largest row that was ever taken. */
  get rowLimit(): number {
    return this.#end;
  }

  /** One more than the largest offset that may have a list. */
  get offsetLimit(): number {
    return this.#counts.limit;
  }

  /** The most rows that a list ever had. */
  get longest(): number {
    return this.#longest;
  }

  get memoryBytes(): number {
    const tables = [this.#counts, this.#firsts, this.#owners, this.#nexts];
    return tables.reduce((bytes, table) => bytes + table.memoryBytes, 0);
  }

  /**
   * Room for lists of `rows` rows in all, of points whose offsets are below `offsets`. Answers one more than the largest
   * row that may be taken.
   *
   * @throws {RangeError} there is no memory; nothing changed
   */
  reserve(rows: number, offsets: number): number {
    const limit = this.#end + Math.max(0, rows - this.#freeCount);
    this.#counts.reserve(offsets);
    this.#firsts.reserve(offsets);
    this.#owners.reserve(limit);
    this.#nexts.reserve(limit);
    return limit;
  }

  /** Rows in the list of a point; 0 when it has none. */
  count(offset: number): number {
    return this.#counts.get(offset);
  }

  /** The first row of a point that has a list. */
  first(offset: number): number {
    return this.#firsts.get(offset);
  }

  /** The row that follows in its list; whatever it is after the last one. */
  next(row: number): number {
    return this.#nexts.get(row);
  }

  /** The point in whose list a row is. */
  owner(row: number): number {
    return this.#owners.get(row);
  }

  /** Makes the list of a point that has none, of `count` ≥ 1 rows. Answers the first. */
  add(offset: number, count: number): number {
    const first = this.#take(offset);
    for (let i = 1, row = first; i < count; i++) {
      const next = this.#take(offset);
      this.#nexts.set(row, next);
      row = next;
    }
    this.#counts.set(offset, count);
    this.#firsts.set(offset, first);
    this.#points++;
    if (count > this.#longest) this.#longest = count;
    return first;
  }

  /** Frees the list of a point that has one. */
  drop(offset: number): void {
    const count = this.count(offset);
    const first = this.first(offset);
    let last = first;
    for (let i = 1; i < count; i++) last = this.next(last);
    this.#nexts.set(last, this.#free);
    this.#free = first;
    this.#freeCount += count;
    this.#counts.set(offset, 0);
    this.#points--;
  }

  /**
   * Takes lists back, when there are none yet. Answers a point whose list makes no sense, after which this is of no use.
   *
   * @throws {RangeError} there is no memory
   */
  restore({ lists, points, rows, live, longest, owner, next }: RestoredLists): number | undefined {
    const taken = new Uint8Array(rows);
    this.#counts.reserve(points);
    this.#firsts.reserve(points);
    this.#owners.reserve(rows);
    this.#nexts.reserve(rows);
    for (const list of lists) {
      if (list.owner >= points || list.count > longest || this.count(list.owner) > 0) return list.owner;
      let row = list.first;
      for (let i = 0; i < list.count; i++) {
        if (i > 0) {
          const following = next(row);
          this.#nexts.set(row, following);
          row = following;
        }
        if (row >= rows || taken[row] === 1 || owner(row) !== list.owner) return list.owner;
        taken[row] = 1;
        this.#owners.set(row, list.owner);
      }
      this.#counts.set(list.owner, list.count);
      this.#firsts.set(list.owner, list.first);
      this.#points++;
    }
    this.#end = rows;
    this.#longest = longest;
    for (let row = rows - 1; row >= 0; row--) {
      if (taken[row] === 1) continue;
      this.#nexts.set(row, this.#free);
      this.#free = row;
      this.#freeCount++;
    }
    return this.rows === live ? undefined : NONE; // a row that is in no list
  }

  #take(offset: number): number {
    let row = this.#free;
    if (row === NONE) {
      row = this.#end++;
    } else {
      this.#free = this.next(row);
      this.#freeCount--;
    }
    this.#owners.set(row, offset);
    return row;
  }
}
