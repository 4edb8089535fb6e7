import { invalidArgument } from "../errors.ts";
import { READ_OPTIONS } from "../generated/validators/options.ts";
import { SearchRequest } from "../generated/validators/search-request.ts";
import { extend, isObject, object } from "../validation/containers.ts";
import { check, checkArguments, opaque, string, type TypeOf } from "../validation/schema.ts";
import {
  batchOf,
  type ParsedQuery,
  type ParsedSearches,
  parseQueryFields,
  parseSearches,
} from "./validate-read.ts";
import type { Place } from "./vector-input.ts";

const SEARCH = /* @__PURE__ */ extend(SearchRequest, READ_OPTIONS);
const SEARCH_BATCH = /* @__PURE__ */ batchOf(SEARCH);
const NAMED = /* @__PURE__ */ object(
  { name: /* @__PURE__ */ string(), vector: /* @__PURE__ */ opaque("a vector") },
  {},
);

const VECTOR: Place = () => "vector";

/** `search`, the predecessor of `query`: nearest to a vector, which may come as `{ name, vector }`. */
export function parseSearch(request: unknown): ParsedQuery {
  return parseSearchOf(checkArguments(SEARCH, request, "search"));
}

export function parseSearchBatch(request: unknown): ParsedSearches {
  return parseSearches(checkArguments(SEARCH_BATCH, request, "searchBatch"), parseSearchOf);
}

/** `search` and what asks in the same way. */
export function parseSearchOf(given: TypeOf<typeof SEARCH>): ParsedQuery {
  const { name, vector } = vectorOf(given.vector);
  return { ...parseQueryFields(given, { by: "vector", value: vector }, VECTOR), using: name };
}

function vectorOf(value: unknown): { name: string; vector: unknown } {
  if (typeof value !== "object") throw invalidArgument("vector", value, "the vector to search for");
  return isObject(value) && "name" in value ? check(NAMED, value, "vector") : { name: "", vector: value };
}
