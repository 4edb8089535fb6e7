import type { Test } from "../filters/filter.ts";
import type { Bounds } from "../filters/range.ts";
import type { Answer } from "./answer.ts";
import type { Order, OrderVisit } from "./field-index.ts";
import { type Interval, SortedPairs } from "./sorted-pairs.ts";

/**
 * Points in the order of numbers: integers, floats, or dates in microseconds. Integers beyond 2^53 are ordered as f64, and
 * several of them may look the same: what exactly such a point has only its payload tells.
 */
export class NumberOrder implements Order {
  readonly pairs = new SortedPairs();
  readonly valueOf: (value: unknown) => number | bigint | undefined;

  /** @param numberOf what `valueOf` answers */
  constructor(numberOf: (value: unknown) => number | bigint | undefined) {
    this.valueOf = numberOf;
  }

  get memoryBytes(): number {
    return this.pairs.memoryBytes;
  }

  add(offset: number, values: readonly unknown[]): void {
    for (const value of values) this.pairs.add(this.#key(value), offset);
  }

  remove(offset: number, values: readonly unknown[]): void {
    for (const value of values) this.pairs.delete(this.#key(value), offset);
  }

  /** How many pairs are in the parts of the intervals, at most. */
  estimate({ sure, maybe }: Intervals): number {
    return this.#count(sure) + this.#count(maybe);
  }

  count({ sure, maybe }: Intervals): number | undefined {
    return this.#count(maybe) > 0 ? undefined : this.#count(sure);
  }

  find({ sure, maybe }: Intervals, answer: Answer): void {
    for (const interval of sure) this.pairs.addTo(interval, answer.sure);
    for (const interval of maybe) {
      if (this.pairs.count(interval) > 0) this.pairs.addTo(interval, answer.maybe);
    }
  }

  walk(descending: boolean, from: number | undefined, visit: OrderVisit): void {
    this.pairs.walk(descending, from, visit);
  }

  #count(intervals: readonly Interval[]): number {
    return intervals.reduce((count, interval) => count + this.pairs.count(interval), 0);
  }

  #key(value: unknown): number {
    // Not -0, which would come back.
    return Number(this.valueOf(value)) + 0;
  }
}

/** Where numbers that pass a test lie. */
export interface Intervals {
  readonly sure: readonly Interval[];
  /** There they may: several integers look like the same f64. */
  readonly maybe: readonly Interval[];
}

/** Of a test on numbers: a range, or equality with integers. Undefined: another test. */
export function numberIntervals(test: Test): Intervals | undefined {
  switch (test.kind) {
    case "range":
      return { sure: [intervalOf(test.bounds)], maybe: [] };
    case "value":
      return equal([test.value]);
    case "any":
      return equal([...test.values]);
    default:
      return undefined;
  }
}

/** Of a test on dates. */
export function dateIntervals(test: Test): Intervals | undefined {
  if (test.kind !== "datetime_range") return undefined;
  const { gt, gte, lt, lte } = test.bounds;
  const far = [gt, gte, lt, lte].filter((bound) => typeof bound === "bigint").map(Number);
  if (far.length === 0) return { sure: [intervalOf(test.bounds as Bounds<number>)], maybe: [] };
  // What lies beyond the f64 that a bound looks like is sure; what looks like the bound itself is not.
  const exclusive = { gt: greatest(gt, gte), lt: least(lt, lte) };
  const around = intervalOf({
    ...(exclusive.gt !== undefined && { gt: exclusive.gt }),
    ...(exclusive.lt !== undefined && { lt: exclusive.lt }),
  });
  const edges = [exclusive.gt, exclusive.lt].filter((edge) => edge !== undefined);
  return { sure: [around], maybe: edges.map(point) };
}

function greatest(...bounds: (number | bigint | undefined)[]): number | undefined {
  const given = bounds.filter((bound) => bound !== undefined).map(Number);
  return given.length === 0 ? undefined : Math.max(...given);
}

function least(...bounds: (number | bigint | undefined)[]): number | undefined {
  const given = bounds.filter((bound) => bound !== undefined).map(Number);
  return given.length === 0 ? undefined : Math.min(...given);
}

/** Undefined unless all of them are numbers: others have no place in the order. */
function equal(values: readonly unknown[]): Intervals | undefined {
  const sure: Interval[] = [];
  const maybe: Interval[] = [];
  for (const value of values) {
    if (typeof value !== "number" && typeof value !== "bigint") return undefined;
    (typeof value === "number" ? sure : maybe).push(point(Number(value)));
  }
  return { sure, maybe };
}

function point(number: number): Interval {
  return { low: number, high: number, withLow: true, withHigh: true };
}

function intervalOf({ gt, gte, lt, lte }: Bounds<number>): Interval {
  const low = Math.max(gt ?? Number.NEGATIVE_INFINITY, gte ?? Number.NEGATIVE_INFINITY);
  const high = Math.min(lt ?? Number.POSITIVE_INFINITY, lte ?? Number.POSITIVE_INFINITY);
  return { low, high, withLow: gt !== low, withHigh: lt !== high };
}
