import { parseDatetime } from "../filters/datetime.ts";
import type { Test } from "../filters/filter.ts";
import type { Answer } from "./answer.ts";
import type { Facets, FieldIndex, IndexContent } from "./field-index.ts";
import { dateIntervals, type Intervals, NumberOrder, numberIntervals } from "./number-order.ts";
import type { FieldParams } from "./params.ts";
import { passingTypes, Types } from "./passing-types.ts";
import { ValueSets } from "./value-sets.ts";

/** Numbers, integers included, compared as f64. */
export function floatIndex(): FieldIndex {
  const covers = (test: Test) => (passingTypes(test) & ~Types.NUMBER) === 0;
  const numberOf = (value: unknown) =>
    typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
  return new OrderIndex(numberOf, covers, numberIntervals);
}

/** Strings that are dates, by their microseconds since 1970. */
export function datetimeIndex(): FieldIndex {
  const covers = (test: Test) => test.kind === "datetime_range";
  const dateOf = (value: unknown) => (typeof value === "string" ? parseDatetime(value) : undefined);
  return new OrderIndex(dateOf, covers, dateIntervals);
}

/** Values in the order of the numbers that they stand for. */
class OrderIndex implements FieldIndex {
  readonly reading = "1";
  readonly covers: (test: Test) => boolean;
  readonly order: NumberOrder;
  readonly #intervalsOf: (test: Test) => Intervals | undefined;

  constructor(
    numberOf: (value: unknown) => number | bigint | undefined,
    covers: (test: Test) => boolean,
    intervalsOf: (test: Test) => Intervals | undefined,
  ) {
    this.covers = covers;
    this.order = new NumberOrder(numberOf);
    this.#intervalsOf = intervalsOf;
  }

  get memoryBytes(): number {
    return this.order.memoryBytes;
  }

  get contents(): IndexContent[] {
    return [{ kind: "pairs", pairs: this.order.pairs }];
  }

  accepts(value: unknown): boolean {
    return this.order.valueOf(value) !== undefined;
  }

  add(offset: number, values: readonly unknown[]): void {
    this.order.add(offset, values);
  }

  remove(offset: number, values: readonly unknown[]): void {
    this.order.remove(offset, values);
  }

  estimate(test: Test): number | undefined {
    const intervals = this.#intervalsOf(test);
    return intervals && this.order.estimate(intervals);
  }

  count(test: Test): number | undefined {
    const intervals = this.#intervalsOf(test);
    return intervals && this.order.count(intervals);
  }

  find(test: Test, answer: Answer): void {
    const intervals = this.#intervalsOf(test);
    if (intervals !== undefined) this.order.find(intervals, answer);
  }
}

const LOWEST = -(2n ** 63n);
const HIGHEST = 2n ** 63n - 1n;

/** Signed integers of 64 bits: with `lookup` by their value, with `range` in their order. */
export class IntegerIndex implements FieldIndex {
  readonly reading = "1";
  readonly #sets: ValueSets | undefined;
  readonly order: NumberOrder | undefined;

  constructor({ options }: FieldParams) {
    this.#sets = options.lookup === true ? new ValueSets() : undefined;
    this.order = options.range === true ? new NumberOrder(integerOf) : undefined;
  }

  get memoryBytes(): number {
    return (this.#sets?.memoryBytes ?? 0) + (this.order?.memoryBytes ?? 0);
  }

  get contents(): IndexContent[] {
    const contents: IndexContent[] = [];
    if (this.#sets !== undefined) contents.push({ kind: "values", values: this.#sets });
    if (this.order !== undefined) contents.push({ kind: "pairs", pairs: this.order.pairs });
    return contents;
  }

  get facets(): Facets | undefined {
    return this.#sets;
  }

  accepts(value: unknown): boolean {
    return integerOf(value) !== undefined;
  }

  add(offset: number, values: readonly (number | bigint)[]): void {
    if (this.#sets !== undefined) for (const value of values) this.#sets.add(offset, value);
    this.order?.add(offset, values);
  }

  remove(offset: number, values: readonly (number | bigint)[]): void {
    if (this.#sets !== undefined) for (const value of values) this.#sets.remove(offset, value);
    this.order?.remove(offset, values);
  }

  /** Equality with integers. In a range there may be numbers with a fraction, or beyond 64 bits. */
  covers(test: Test): boolean {
    return (test.kind === "value" || test.kind === "any") && (passingTypes(test) & ~Types.NUMBER) === 0;
  }

  estimate(test: Test): number | undefined {
    const intervals = this.#intervals(test);
    return intervals === undefined ? this.#sets?.estimate(test) : this.order?.estimate(intervals);
  }

  count(test: Test): number | undefined {
    const intervals = this.#intervals(test);
    return intervals === undefined ? this.#sets?.count(test) : this.order?.count(intervals);
  }

  find(test: Test, answer: Answer): void {
    const intervals = this.#intervals(test);
    if (intervals === undefined) this.#sets?.find(test, answer);
    else this.order?.find(intervals, answer);
  }

  /** Where the order is to be asked: for ranges, and for what else it can tell where there is no lookup. */
  #intervals(test: Test): Intervals | undefined {
    if (this.order === undefined || (this.#sets !== undefined && test.kind !== "range")) return undefined;
    return numberIntervals(test);
  }
}

function integerOf(value: unknown): number | bigint | undefined {
  if (Number.isSafeInteger(value)) return value as number;
  return typeof value === "bigint" && value >= LOWEST && value <= HIGHEST ? value : undefined;
}
