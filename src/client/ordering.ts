/** Reads `order_by`. */

import { NearvecError, shortly } from "../errors.ts";
import { parseDatetime } from "../filters/datetime.ts";
import { OrderByInterface } from "../generated/validators/order-by-interface.ts";
import { type JsonPath, parsePath } from "../payload/path.ts";
import { check } from "../validation/schema.ts";

/** `order_by`, checked. */
export interface OrderBy {
  /** As the request spells it. */
  readonly key: string;
  readonly path: JsonPath;
  readonly descending: boolean;
  /** Only from this value on, inclusively; undefined: all. */
  readonly from: number | bigint | undefined;
}

/** Reads `order_by`: a key, or `{ key, direction, start_from }`. */
export function parseOrderBy(given: unknown, what: string): OrderBy {
  const read = check(OrderByInterface, given, what);
  if (typeof read === "string") {
    return { key: read, path: parsePath(read, what), descending: false, from: undefined };
  }
  const { key, direction, start_from } = read;
  return {
    path: parsePath(key, `${what}.key`),
    key,
    descending: direction === "desc",
    from: start_from === undefined ? undefined : parseStart(start_from, `${what}.start_from`),
  };
}

/** A number, or a date: its microseconds. */
function parseStart(value: number | bigint | string | Date, what: string): number | bigint {
  if (typeof value === "bigint" || typeof value === "number") return value;
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
