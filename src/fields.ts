/** What an object may have, for code that checks it while walking it: filters, sparse vectors. The rest: src/validation/. */

import { invalidArgument } from "./errors.ts";
import { isObject } from "./validation/containers.ts";
import { unknownField } from "./validation/schema.ts";

export type Fields = ReadonlySet<string>;

export function fields(names: readonly string[]): Fields {
  return new Set(names);
}

/** Refuses fields that don't exist; null and undefined count as left out. `what` is the object's place in the request. */
export function checkFields(value: object, what: string, allowed: Fields): void {
  for (const key in value) {
    if (allowed.has(key) || (value as Readonly<Record<string, unknown>>)[key] == null) continue;
    throw unknownField(`${what}.${key}`, [...allowed]);
  }
}

/** A plain object of the request. */
export function checkObject(value: unknown, what: string, expected: string): asserts value is object {
  if (!isObject(value)) throw invalidArgument(what, value, expected);
}

/** An integer of the request within its range. */
export function integer(value: unknown, what: string, least: number, most: number, todo?: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  const range =
    most === Number.MAX_SAFE_INTEGER
      ? `an integer of at least ${least}`
      : `an integer from ${least} to ${most}`;
  const isInteger = typeof value === "bigint" || Number.isInteger(value);
  const subject = isInteger ? { range: { got: value as number | bigint, least, most } } : undefined;
  throw invalidArgument(what, value, range, todo, subject);
}
