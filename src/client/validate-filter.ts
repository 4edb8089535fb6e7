import { type Filter, isUnconstrained } from "../filters/filter.ts";
import { parseFilter } from "../filters/parse.ts";

/** `filter` of a read; undefined when it was left out, or asks for nothing: then all points are meant. */
export function optionalFilter(value: unknown): Filter | undefined {
  if (value == null) return undefined;
  const filter = parseFilter(value, "filter");
  return isUnconstrained(filter) ? undefined : filter;
}
