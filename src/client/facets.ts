/** How many points have each value of a field (`facet`), as the field's index counts them. */

import type { Collection } from "../collection/collection.ts";
import type { Matches } from "../collection/matches.ts";
import { NearvecError } from "../errors.ts";
import type { Facets } from "../field-indexes/field-index.ts";
import type { Filter } from "../filters/filter.ts";
import type { Scalar } from "../filters/match.ts";
import { FacetRequest } from "../generated/validators/facet-request.ts";
import { READ_OPTIONS } from "../generated/validators/options.ts";
import { type JsonPath, parsePath } from "../payload/path.ts";
import { extend } from "../validation/containers.ts";
import { checkArguments } from "../validation/schema.ts";
import type { FacetResponse } from "./types.ts";
import { optionalFilter } from "./validate-filter.ts";

/** Counts are exact in any case. */
const FACET = /* @__PURE__ */ extend(FacetRequest, READ_OPTIONS);
const DEFAULT_LIMIT = 10;

export interface ParsedFacet {
  /** As the request spells it. */
  readonly key: string;
  readonly path: JsonPath;
  readonly limit: number;
  /** Undefined: any point. */
  readonly filter: Filter | undefined;
  /** In seconds. */
  readonly timeout: number | undefined;
}

export function parseFacet(request: unknown): ParsedFacet {
  const { key, limit = DEFAULT_LIMIT, filter, timeout } = checkArguments(FACET, request, "facet");
  return { path: parsePath(key, "key"), key, limit, filter: optionalFilter(filter), timeout };
}

/** Answers a request for facets. @throws {NearvecError} `INVALID_ARGUMENT` without an index that has single values */
export function countFacets(
  collection: Collection,
  { key, path, limit, filter, timeout }: ParsedFacet,
): FacetResponse | Promise<FacetResponse> {
  const run = (matches: Matches | undefined): FacetResponse => {
    const facets = collection.fieldIndexes?.complete(path)?.index.facets;
    if (facets === undefined) throw noIndex(key);
    return { hits: mostFrequent(facets, limit, matches) };
  };
  return filter === undefined
    ? run(undefined)
    : collection.withMatches(filter, collection.deadline(timeout), run);
}

function noIndex(key: string): NearvecError {
  return new NearvecError("INVALID_ARGUMENT", {
    what: `facet: there is no index of ${JSON.stringify(key)} that counts values`,
    expected: "an index of type keyword, integer (with lookup), bool or uuid, built completely",
    todo: "Create one with createPayloadIndex.",
    subject: { index: { key, use: "facet" } },
  });
}

/** A value, and how many points have it. */
export interface FacetHit {
  readonly value: Scalar;
  readonly count: number;
}

/** The most frequent values; of those with the same count the lower ones first. */
export function mostFrequent(facets: Facets, limit: number, matches: Matches | undefined): FacetHit[] {
  let hits: FacetHit[] = [];
  /** Rarer values are not among the first. */
  let least = 1;
  facets.each(matches?.bitmap, (value, count) => {
    if (count < least) return;
    hits.push({ value, count });
    if (hits.length < 2 * limit + 64) return;
    hits = hits.sort(byFrequency).slice(0, limit);
    least = hits.at(-1)?.count ?? least;
  });
  return hits.sort(byFrequency).slice(0, limit);
}

function byFrequency(a: FacetHit, b: FacetHit): number {
  return b.count - a.count || compareScalars(a.value, b.value);
}

/** Strings by their characters' numbers, as their UTF-8 bytes are ordered; false before true. */
function compareScalars(a: Scalar, b: Scalar): number {
  if (typeof a === "string" && typeof b === "string") return compareStrings(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Not as JavaScript does it, which has characters beyond U+FFFF before those from U+E000 on. */
function compareStrings(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const difference = ordered(a.charCodeAt(i)) - ordered(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** A UTF-16 unit, with surrogates above all others. */
function ordered(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x1_0000 : unit;
}
