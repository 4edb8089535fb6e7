import { filters } from "../collection/filtering-on-demand.ts";
import type { Filter } from "../filters/filter.ts";

/** `filter` of a read; undefined when it was left out, or asks for nothing: then all points are meant. */
export function optionalFilter(value: unknown): Filter | undefined {
  if (value == null) return undefined;
  const { parseFilter, isUnconstrained } = filters();
  const filter = parseFilter(value, "filter");
  return isUnconstrained(filter) ? undefined : filter;
}
