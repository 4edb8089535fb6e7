/** Points in the order of a field (`order_by`), as the field's index has it. */

import { hasBit, type Matches } from "../collection/filter-scan.ts";
import { invalidArgument, NearvecError, shortly } from "../errors.ts";
import type { Order } from "../field-indexes/field-index.ts";
import { checkFields, checkObject, fields, oneOf } from "../fields.ts";
import { parseDatetime } from "../filters/datetime.ts";
import { type JsonPath, parsePath } from "../payload/path.ts";

/** `order_by`, checked. */
export interface OrderBy {
  /** As the request spells it. */
  readonly key: string;
  readonly path: JsonPath;
  readonly descending: boolean;
  /** Only from this value on, inclusively; undefined: all. */
  readonly from: number | bigint | undefined;
}

/** A point in its place, and the value that gives it that. A point with several values has several. */
export interface Entry {
  readonly offset: number;
  readonly value: number | bigint;
}

const FIELDS = fields(["key", "direction", "start_from"]);

/** Reads `order_by`: a key, or `{ key, direction, start_from }`. */
export function parseOrderBy(given: unknown, what: string): OrderBy {
  if (typeof given === "string") {
    return { key: given, path: parsePath(given, what), descending: false, from: undefined };
  }
  checkObject(given, what, "a key, or { key, direction, start_from }");
  checkFields(given, what, FIELDS);
  const { key, direction, start_from } = given as Readonly<Record<string, unknown>>;
  return {
    path: parsePath(key, `${what}.key`),
    key: key as string,
    descending: direction != null && oneOf(direction, `${what}.direction`, ["asc", "desc"]) === "desc",
    from: start_from == null ? undefined : parseStart(start_from, `${what}.start_from`),
  };
}

/** A number, or a date: its microseconds. */
function parseStart(value: unknown, what: string): number | bigint {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value))) return value;
  if (typeof value !== "string" && !(value instanceof Date)) {
    throw invalidArgument(what, value, "a finite number or a date");
  }
  // A Date would become its ISO string on the way to a server; an invalid one has none.
  const text = value instanceof Date ? (value.toJSON() as string | null) : value;
  const date = text === null ? undefined : parseDatetime(text);
  if (date !== undefined) return date;
  throw new NearvecError("INVALID_ARGUMENT", {
    what,
    got: value instanceof Date ? "an invalid Date" : shortly(value),
    expected: "a finite number or a date",
    todo: 'Write dates as in RFC 3339: "2024-02-29T12:00:00Z".',
  });
}

/** What is ordered. */
export interface OrderedPoints {
  /** Below zero when the id of offset `a` comes before that of `b`, above when after. */
  compareIds(a: number, b: number): number;
  /** The field's values in the payload of a point, those of an array one by one. */
  valuesAt(offset: number): readonly unknown[];
}

/**
 * The first `limit` entries. What has the same value comes in the order of ids; downwards, where the values go downwards.
 */
export function inOrder(
  points: OrderedPoints,
  order: Order,
  { descending, from }: Pick<OrderBy, "descending" | "from">,
  limit: number,
  matches: Matches | undefined,
): Entry[] {
  const sign = descending ? -1 : 1;
  const compare = (a: Entry, b: Entry) =>
    sign * (compareValues(a.value, b.value) || points.compareIds(a.offset, b.offset));
  const entries: Entry[] = [];
  let run: First | undefined;
  let value = 0;
  order.walk(descending, from === undefined ? undefined : Number(from), (next, offsets) => {
    if (run !== undefined && next !== value) {
      for (const entry of run.take()) entries.push(entry);
      run = undefined;
      if (entries.length === limit) return false;
    }
    run ??= new First(limit - entries.length, compare);
    value = next;
    const exact = Math.abs(next) <= Number.MAX_SAFE_INTEGER;
    for (const offset of offsets) {
      if (matches !== undefined && !hasBit(matches.bitmap, offset)) continue;
      if (exact) run.add({ offset, value });
      else {
        // Several integers have the same number.
        for (const each of exactValues(points, order, offset, next)) {
          if (from === undefined || sign * compareValues(each, from) >= 0) run.add({ offset, value: each });
        }
      }
    }
    return true;
  });
  for (const entry of run?.take() ?? []) entries.push(entry);
  return entries;
}

function exactValues(
  points: OrderedPoints,
  order: Order,
  offset: number,
  number: number,
): ReadonlySet<number | bigint> {
  const values = new Set<number | bigint>();
  for (const each of points.valuesAt(offset)) {
    const value = order.valueOf(each);
    if (value !== undefined && Number(value) === number) values.add(value);
  }
  return values;
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
