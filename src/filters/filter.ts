import type { JsonPath } from "../payload/path.ts";
import type { PointId } from "../points/ids.ts";
import type { GeoTest } from "./geo.ts";
import type { MatchTest } from "./match.ts";
import type { Bounds, RangeTest } from "./range.ts";
import type { Slice } from "./slice.ts";
import type { TokensTest } from "./tokens.ts";

/**
 * A checked filter. All clauses must hold together; an empty list is no constraint (also
 * inside `nested`, where a server's answer depends on whether there is an index). `parse.ts` makes it,
 * `evaluate.ts` asks it; as it is plain data, an index can read from it what it is to look up.
 */
export interface Filter {
  readonly must: readonly Condition[];
  /** At least one of them, when there are any. */
  readonly should: readonly Condition[];
  readonly mustNot: readonly Condition[];
  readonly minShould?: { readonly conditions: readonly Condition[]; readonly minCount: number };
}

export type Condition =
  /** Some value at the path (an array's elements are its values) passes some of the tests. */
  | { readonly kind: "field"; readonly path: JsonPath; readonly tests: readonly Test[] }
  /** Some value at the path has that many elements: null none, an array its length, anything else one. */
  | { readonly kind: "values_count"; readonly path: JsonPath; readonly bounds: Bounds<number> }
  /** Whether nothing is there but null and []. */
  | { readonly kind: "is_empty"; readonly path: JsonPath; readonly wanted: boolean }
  /** Whether there is a null, or an array that holds one. */
  | { readonly kind: "is_null"; readonly path: JsonPath; readonly wanted: boolean }
  /** Some object at the path (which ends with `EACH`) meets the whole filter. */
  | { readonly kind: "nested"; readonly path: JsonPath; readonly filter: Filter }
  | { readonly kind: "has_id"; readonly ids: ReadonlySet<PointId> }
  /** The unnamed vector is called "". */
  | { readonly kind: "has_vector"; readonly name: string }
  | { readonly kind: "slice"; readonly slice: Slice }
  | { readonly kind: "filter"; readonly filter: Filter };

export type Test = MatchTest | TokensTest | RangeTest | GeoTest;

/** Whether every point matches because nothing is asked for, as with `{}`. */
export function isUnconstrained(filter: Filter): boolean {
  const { must, should, mustNot, minShould } = filter;
  const lists = must.length + should.length + mustNot.length;
  return lists === 0 && (minShould === undefined || minShould.minCount === 0);
}

/**
 * The ids that a filter names, when it does nothing else: `has_id` conditions that all must hold. Exactly the
 * points with these ids match, as far as they exist; no payload has to be read. Undefined for other filters, and where a
 * condition has more ids than `most`.
 */
export function idsOf(filter: Filter, most: number): readonly PointId[] | undefined {
  const { must, should, mustNot, minShould } = filter;
  if (should.length > 0 || mustNot.length > 0 || minShould !== undefined) return undefined;
  const sets: ReadonlySet<PointId>[] = [];
  for (const condition of must) {
    if (condition.kind !== "has_id" || condition.ids.size > most) return undefined;
    sets.push(condition.ids);
  }
  const [first, ...others] = sets;
  return first && [...first].filter((id) => others.every((ids) => ids.has(id)));
}
