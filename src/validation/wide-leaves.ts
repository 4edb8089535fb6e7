import { leaf } from "./schema.ts";

/** An integer of 64 bits: a number or a bigint. */
export const INTEGER64 = /* @__PURE__ */ leaf(
  "an integer of 64 bits (signed)",
  (value): value is number | bigint =>
    (typeof value === "bigint" || Number.isInteger(value)) &&
    (value as number) >= -(2 ** 63) &&
    (value as number) < 2 ** 63,
);

/** A date, whose text is parsed where it is used; a `Date` is what becomes its ISO text on the way to a server. */
export const DATETIME = /* @__PURE__ */ leaf(
  'a date, as in RFC 3339: "2024-02-29T12:00:00Z"',
  (value): value is string | Date => typeof value === "string" || value instanceof Date,
);
