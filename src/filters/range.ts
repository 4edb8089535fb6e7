import { invalidArgument, NearvecError, shortly } from "../errors.ts";
import { checkFields, checkObject, fields, integer } from "../fields.ts";
import { parseDatetime } from "./datetime.ts";

/** Bounds that all must hold; those left out ask for nothing. */
export interface Bounds<T> {
  readonly gt?: T;
  readonly gte?: T;
  readonly lt?: T;
  readonly lte?: T;
}

/** `range`: of numbers, compared as f64, or of dates, in microseconds (see datetime.ts). */
export type RangeTest =
  | { readonly kind: "range"; readonly bounds: Bounds<number> }
  | { readonly kind: "datetime_range"; readonly bounds: Bounds<number | bigint> };

const NAMES = ["gt", "gte", "lt", "lte"] as const;
const BOUNDS_FIELDS = fields(NAMES);

/**
 * Reads `range`: bounds that are all numbers or all dates. As in Qdrant 1.19 null bounds count as left out, and
 * without any bound every number passes.
 */
export function parseRange(value: unknown, what: string): RangeTest {
  const given = givenBounds(value, what, "an object with gt, gte, lt or lte");
  const entries = Object.entries(given);
  if (entries.length > 0 && entries.every(([, bound]) => isDate(bound))) {
    const bounds = entries.map(([name, bound]) => [name, dateBound(bound, `${what}.${name}`)]);
    return { kind: "datetime_range", bounds: Object.fromEntries(bounds) };
  }
  const bounds = entries.map(([name, bound]) => [name, numberBound(bound, `${what}.${name}`, given)]);
  return { kind: "range", bounds: Object.fromEntries(bounds) };
}

/** Reads the bounds of `values_count`. */
export function parseCounts(value: unknown, what: string): Bounds<number> {
  const given = givenBounds(value, what, "an object with gt, gte, lt or lte");
  const bounds = Object.entries(given).map(([name, bound]) => [name, countOf(bound, `${what}.${name}`)]);
  return Object.fromEntries(bounds) as Bounds<number>;
}

/** How many of something: any integer of 64 bits. Those that are no exact number are more than there is of anything. */
export function countOf(value: unknown, what: string): number {
  const isHuge = typeof value === "bigint" && value > 0n && value < 2n ** 64n;
  return integer(isHuge ? Number.MAX_SAFE_INTEGER : value, what, 0, Number.MAX_SAFE_INTEGER);
}

/** The bounds that are there and not null. */
function givenBounds(value: unknown, what: string, expected: string): Bounds<unknown> {
  checkObject(value, what, expected);
  checkFields(value, what, BOUNDS_FIELDS);
  const bounds: Bounds<unknown> = value;
  return Object.fromEntries(NAMES.flatMap((name) => (bounds[name] == null ? [] : [[name, bounds[name]]])));
}

function isDate(bound: unknown): bound is string | Date {
  return typeof bound === "string" || bound instanceof Date;
}

function dateBound(bound: unknown, what: string): number | bigint {
  // A Date would become its ISO string on the way to a server; an invalid one has none.
  const text = bound instanceof Date ? (bound.toJSON() as string | null) : bound;
  const date = typeof text === "string" ? parseDatetime(text) : undefined;
  if (date !== undefined) return date;
  throw new NearvecError("INVALID_ARGUMENT", {
    what,
    got: bound instanceof Date ? "an invalid Date" : shortly(bound),
    expected: "a date",
    todo: 'Write it as in RFC 3339: "2024-02-29T12:00:00Z".',
  });
}

function numberBound(bound: unknown, what: string, all: Bounds<unknown>): number {
  if (typeof bound === "bigint") return Number(bound);
  if (typeof bound === "number" && Number.isFinite(bound)) return bound;
  const mixed = isDate(bound) && Object.values(all).some((other) => !isDate(other));
  throw invalidArgument(
    what,
    bound,
    "a finite number or a date",
    mixed ? "Make all bounds numbers, or all dates." : "Leave a bound out that shall not hold.",
  );
}

/** Whether all bounds hold. A number and a bigint compare by value. */
export function within(value: number | bigint, bounds: Bounds<number | bigint>): boolean {
  const { gt, gte, lt, lte } = bounds;
  return (
    (gt === undefined || value > gt) &&
    (gte === undefined || value >= gte) &&
    (lt === undefined || value < lt) &&
    (lte === undefined || value <= lte)
  );
}

/** Whether a value of a payload (no array) lies in the range. */
export function passesRange(value: unknown, test: RangeTest): boolean {
  if (test.kind === "range") {
    if (typeof value === "number") return within(value, test.bounds);
    return typeof value === "bigint" && within(Number(value), test.bounds);
  }
  const date = typeof value === "string" ? parseDatetime(value) : undefined;
  return date !== undefined && within(date, test.bounds);
}
