import type { Test } from "../filters/filter.ts";

/** Types of JSON values, as a set of bits. Arrays are objects, and null is none of them: it passes no test. */
export const Types = { STRING: 1, NUMBER: 2, BOOLEAN: 4, OBJECT: 8, ALL: 15 } as const;

/** The types that values which pass the test can have. */
export function passingTypes(test: Test): number {
  switch (test.kind) {
    case "value":
      return typeOf(test.value);
    case "any": {
      let types = 0;
      for (const value of test.values) types |= typeOf(value);
      return types;
    }
    case "range":
      return Types.NUMBER;
    case "text":
    case "text_any":
    case "phrase":
    case "prefix":
    case "tokens":
    case "datetime_range":
      return Types.STRING;
    case "geo_radius":
    case "geo_bounding_box":
    case "geo_polygon":
      return Types.OBJECT;
    default:
      return Types.ALL;
  }
}

function typeOf(value: unknown): number {
  switch (typeof value) {
    case "string":
      return Types.STRING;
    case "number":
    case "bigint":
      return Types.NUMBER;
    case "boolean":
      return Types.BOOLEAN;
    default:
      return Types.OBJECT;
  }
}
