/**
 * Points in the order of a field (`order_by`), as the field's index has it: a walk along the index, a few milliseconds at
 * a time.
 *
 *      1 1 1 2 5 5 5 5 5 5 5 5 9 9 …
 *      └───┘ │ └─────┼───┘              what has the same number is a run: of it the first few are kept
 *       done  done   └ the walk is here
 *
 * Writes may happen between two slices. The points that they change are left to the end, when their payloads are read;
 * where too few of the others are left then, the walk goes on. So the answer is that of the moment it is given.
 */

import { hasBit, lowestBit } from "../bits.ts";
import type { Matches } from "../collection/matches.ts";
import type { Watcher } from "../collection/slices.ts";
import { countBits } from "../field-indexes/answer.ts";
import type { Order } from "../field-indexes/field-index.ts";
import type { OrderBy } from "./ordering.ts";

/** A point in its place, and the value that gives it that. A point with several values has several. */
export interface Entry {
  readonly offset: number;
  readonly value: number | bigint;
}

/** What is ordered. */
export interface OrderedPoints {
  /** Below zero when the id of offset `a` comes before that of `b`, above when after. */
  compareIds(a: number, b: number): number;
  /** The field's values in the payload of a point, those of an array one by one. */
  valuesAt(offset: number): readonly unknown[];
  /** The points that have exactly this value, as a bitmap; undefined: none. It is there where an index can tell. */
  readonly withValue?: ((value: bigint) => Uint32Array | undefined) | undefined;
}

type Direction = Pick<OrderBy, "descending" | "from">;

/** With no more matches, their payloads are read: a walk along the order might have to go far to meet them. */
const FEW = 2000;
/** Of no more points that look the same their payloads are read, not the lists of all values that they may have. */
const FEW_LOOKED_UP = 256;
/** The number of a run of any numbers. */
const ANY = Number.NaN;
/** After so many steps there is a look at the clock; reading a payload takes as long as several. */
const LOOK_STEPS = 512;
const PAYLOAD_STEPS = 16;

/** The first `limit` entries, at once. */
export function inOrder(
  points: OrderedPoints,
  order: Order,
  direction: Direction,
  limit: number,
  matches: Matches | undefined,
): Entry[] {
  const walk = new OrderWalk(points, order, direction, limit, matches);
  walk.run(() => false);
  return walk.entries();
}

/** Points with the same number, while they are looked at. */
interface Run {
  readonly number: number;
  readonly first: First;
  /** What is still to be looked at: of the last list what comes before `end`. */
  readonly lists: Uint32Array[];
  end: number;
  /** What all points of the lists have; undefined: their payloads tell. */
  value: number | bigint | undefined;
  /** Values whose points come after those of the lists, the last one first; undefined: it is to be found out. */
  values: bigint[] | undefined;
}

/**
 * The first `limit` entries. What has the same value comes in the order of ids; downwards, where the values go downwards.
 */
export class OrderWalk implements Watcher {
  readonly #points: OrderedPoints;
  readonly #order: Order;
  readonly #direction: Direction;
  readonly #limit: number;
  readonly #matches: Matches | undefined;
  readonly #compare: (a: Entry, b: Entry) => number;
  readonly #meets: (offset: number) => boolean;
  /** Of runs that are done. */
  readonly #entries: Entry[] = [];
  /** How many there are to be. */
  #wanted: number;
  #run: Run | undefined;
  /** Where the walk goes on, inclusively. */
  #start: number | undefined;
  /** The last run with entries that is done. */
  #passed: number | undefined;
  /** How the walk stood before that: it may have been cut short. */
  #before: { passed: number | undefined; entries: number } = { passed: undefined, entries: 0 };
  /** There is no more. */
  #ended = false;
  #steps = 0;
  /** Points that changed, and have to be asked. */
  readonly #changed = new Set<number>();
  /** How many were left after the last slice that asked such. */
  #left = Number.POSITIVE_INFINITY;
  /** What those that were asked have. */
  readonly #asked = new Map<number, readonly Entry[]>();
  #isStale = false;

  /**
   * @param matches as they are now; undefined: all points
   * @param meets whether a point that changed is there and matches
   */
  constructor(
    points: OrderedPoints,
    order: Order,
    direction: Direction,
    limit: number,
    matches: Matches | undefined,
    meets: (offset: number) => boolean = () => true,
  ) {
    this.#points = points;
    this.#order = order;
    this.#direction = direction;
    this.#limit = limit;
    this.#wanted = limit;
    this.#matches = matches;
    this.#meets = meets;
    const sign = direction.descending ? -1 : 1;
    this.#compare = (a, b) =>
      sign * (compareValues(a.value, b.value) || points.compareIds(a.offset, b.offset));
    this.#start = direction.from === undefined ? undefined : Number(direction.from);
    if (matches === undefined || matches.count > FEW) return;
    const first = new First(Number.POSITIVE_INFINITY, this.#compare);
    this.#run = { number: ANY, first, lists: [], end: 0, value: undefined, values: [] };
    this.#addList(this.#run, listOf(matches.bitmap));
    this.#ended = true;
  }

  /** Goes on until `isOver`; true once `entries` may answer. */
  run(isOver: () => boolean): boolean {
    for (;;) {
      if (!this.#walk(isOver) || !this.#askChanged(isOver)) return false;
      if (this.#ended || this.#unchanged().length >= this.#limit) return true;
      // The last run once more, with more of it: those that changed are not among it now.
      const { passed, entries } = this.#before;
      const { from } = this.#direction;
      this.#wanted = entries + 2 * this.#limit;
      this.#entries.length = entries;
      this.#passed = passed;
      this.#start = passed ?? (from === undefined ? undefined : Number(from));
    }
  }

  /** Once `run` has said that it is over. */
  entries(): Entry[] {
    const entries = this.#unchanged();
    if (this.#asked.size > 0) {
      for (const asked of this.#asked.values()) for (const entry of asked) entries.push(entry);
      entries.sort(this.#compare);
    }
    return entries.slice(0, this.#limit);
  }

  /** Whether it has to begin anew. */
  get isStale(): boolean {
    return this.#isStale;
  }

  note(offset: number): void {
    this.#changed.add(offset);
  }

  noteAll(): void {
    this.#isStale = true;
  }

  #unchanged(): Entry[] {
    return this.#entries.filter(({ offset }) => !this.#asked.has(offset));
  }

  /** Walks until there are as many entries as wanted, or no more. */
  #walk(isOver: () => boolean): boolean {
    if (this.#run !== undefined && !this.#finish(this.#run, isOver)) return false;
    if (this.#ended || this.#entries.length >= this.#wanted) return true;
    let isLate = false;
    this.#order.walk(this.#direction.descending, this.#start, (number, offsets) => {
      if (number === this.#passed) return true;
      if (this.#run !== undefined && this.#run.number !== number) {
        isLate = !this.#finish(this.#run, isOver);
        if (isLate || this.#entries.length >= this.#wanted) return false;
      }
      if (this.#run === undefined) {
        this.#start = number;
        isLate = this.#isLate(1, isOver);
        if (isLate) return false;
      }
      if (this.#matches !== undefined && !hasSome(this.#matches.bitmap, offsets)) return true;
      this.#run ??= this.#newRun(number);
      this.#addList(this.#run, offsets);
      return true;
    });
    if (isLate || (this.#run !== undefined && !this.#finish(this.#run, isOver))) return false;
    this.#ended = this.#entries.length < this.#wanted;
    return true;
  }

  #newRun(number: number): Run {
    const first = new First(this.#wanted - this.#entries.length, this.#compare);
    const value = Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : undefined;
    return { number, first, lists: [], end: 0, value, values: value === undefined ? undefined : [] };
  }

  #addList(run: Run, list: Uint32Array): void {
    run.lists.push(list);
    run.end = list.length;
  }

  /** Looks at all points of the run, or as many as it takes. */
  #finish(run: Run, isOver: () => boolean): boolean {
    run.values ??= this.#valuesOfRun(run);
    for (;;) {
      if (!this.#look(run, isOver)) {
        // The lists are views of an index, which may change now.
        run.lists.forEach((list, i) => {
          run.lists[i] = list.slice();
        });
        return false;
      }
      const value = run.first.isFull ? undefined : run.values.pop();
      if (value === undefined) break;
      const bitmap = this.#points.withValue?.(value);
      if (bitmap === undefined) continue;
      run.value = value;
      this.#addList(run, listOf(bitmap));
    }
    this.#before = { passed: this.#passed, entries: this.#entries.length };
    for (const entry of run.first.take()) this.#entries.push(entry);
    this.#passed = run.number;
    this.#start = run.number;
    this.#run = undefined;
    return true;
  }

  /**
   * The values that look like the run's number: of a long run their points are asked for one value after the other, where
   * the index can tell. Otherwise none, and payloads are read.
   */
  #valuesOfRun({ number, lists }: Run): bigint[] {
    const { descending } = this.#direction;
    const count = lists.reduce((sum, list) => sum + list.length, 0);
    if (this.#points.withValue === undefined || count <= FEW_LOOKED_UP) return [];
    lists.length = 0;
    const values = integersAt(number).filter((value) => this.#isBehind(value));
    return descending ? values : values.reverse();
  }

  #look(run: Run, isOver: () => boolean): boolean {
    const { first, lists, value } = run;
    const bitmap = this.#matches?.bitmap;
    for (let list = lists.at(-1); list !== undefined; list = lists.at(-1)) {
      while (run.end > 0) {
        const offset = list[--run.end] as number;
        if (this.#asked.has(offset) || (bitmap !== undefined && !hasBit(bitmap, offset))) continue;
        if (value !== undefined) first.add({ offset, value });
        else {
          for (const each of this.#valuesOf(offset)) {
            // Other integers have the same number.
            if (Number.isNaN(run.number) || Number(each) === run.number) first.add({ offset, value: each });
          }
        }
        if (this.#isLate(value === undefined ? PAYLOAD_STEPS : 1, isOver)) return false;
      }
      lists.pop();
      run.end = lists.at(-1)?.length ?? 0;
    }
    return true;
  }

  /** False while it gets on; where writers are faster, the rest is done in one go. */
  #askChanged(isOver: () => boolean): boolean {
    const isFaster = this.#changed.size >= this.#left;
    for (const offset of this.#changed) {
      this.#changed.delete(offset);
      const values = this.#meets(offset) ? this.#valuesOf(offset) : [];
      this.#asked.set(
        offset,
        values.map((value) => ({ offset, value })),
      );
      if (!isFaster && this.#isLate(PAYLOAD_STEPS, isOver)) break;
    }
    this.#left = this.#changed.size === 0 ? Number.POSITIVE_INFINITY : this.#changed.size;
    return this.#changed.size === 0;
  }

  /** The values by which a point is ordered, as its payload has them: each once, and exact. */
  #valuesOf(offset: number): (number | bigint)[] {
    const values = new Set<number | bigint>();
    for (const each of this.#points.valuesAt(offset)) {
      const value = this.#order.valueOf(each);
      // A set has no -0.
      if (value !== undefined && this.#isBehind(value)) values.add(value);
    }
    return [...values];
  }

  #isBehind(value: number | bigint): boolean {
    const { descending, from } = this.#direction;
    return from === undefined || (descending ? value <= from : value >= from);
  }

  #isLate(steps: number, isOver: () => boolean): boolean {
    this.#steps += steps;
    if (this.#steps < LOOK_STEPS) return false;
    this.#steps = 0;
    return isOver();
  }
}

/** All integers of 64 bits that are this number as f64, which is beyond 2^53; ascending. */
function integersAt(number: number): bigint[] {
  const middle = BigInt(number);
  let low = middle;
  while (Number(low - 1n) === number) low--;
  const values: bigint[] = [];
  for (let value = low; Number(value) === number; value++) values.push(value);
  return values;
}

function hasSome(bitmap: Uint32Array, offsets: Uint32Array): boolean {
  for (let i = 0; i < offsets.length; i++) if (hasBit(bitmap, offsets[i] as number)) return true;
  return false;
}

function listOf(bitmap: Uint32Array): Uint32Array {
  const offsets = new Uint32Array(countBits(bitmap));
  let end = 0;
  for (let word = 0; word < bitmap.length; word++) {
    for (let bits = bitmap[word] as number; bits !== 0; bits &= bits - 1) {
      offsets[end++] = word * 32 + lowestBit(bits);
    }
  }
  return offsets;
}

/** A number and a bigint compare by value. */
function compareValues(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Keeps the first few of many entries. */
class First {
  readonly #count: number;
  readonly #compare: (a: Entry, b: Entry) => number;
  readonly #most: number;
  #kept: Entry[] = [];
  /** Entries from here on are not among the first. */
  #end: Entry | undefined;

  constructor(count: number, compare: (a: Entry, b: Entry) => number) {
    this.#count = count;
    this.#compare = compare;
    this.#most = 2 * count + 64;
  }

  get isFull(): boolean {
    return this.#kept.length >= this.#count;
  }

  add(entry: Entry): void {
    if (this.#end !== undefined && this.#compare(entry, this.#end) > 0) return;
    this.#kept.push(entry);
    if (this.#kept.length < this.#most) return;
    this.#kept = this.take();
    this.#end = this.#kept.at(-1);
  }

  take(): Entry[] {
    return this.#kept.sort(this.#compare).slice(0, this.#count);
  }
}
