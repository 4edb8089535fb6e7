import { invalidArgument } from "../errors.ts";
import { aliased, checkFields, checkRequest, fields, type Given } from "../fields.ts";
import { type ParsedQuery, parseQueryFields } from "./validate-read.ts";
import type { Place } from "./vector-input.ts";

export const SEARCH_FIELDS = fields(
  [
    "vector",
    "filter",
    "params",
    "score_threshold",
    "limit",
    "top",
    "offset",
    "with_vector",
    "with_vectors",
    "with_payload",
    "consistency",
    "timeout",
  ],
  { shard_key: [] },
);
const NAMED_FIELDS = fields(["name", "vector"]);

const VECTOR: Place = () => "vector";

/** `search`, the predecessor of `query`: nearest to a vector, which may come as `{ name, vector }`. */
export function parseSearch(request: unknown): ParsedQuery {
  return parseSearchOf(checkRequest(request, "search", SEARCH_FIELDS));
}

/** `search` and what asks in the same way. */
export function parseSearchOf(given: Given): ParsedQuery {
  const { name, value } = vectorOf(given.vector);
  const target = { by: "vector", value } as const;
  return { ...parseQueryFields(given, target, VECTOR, aliased(given, "limit", "top")), using: name };
}

function vectorOf(value: unknown): { name: string; value: unknown } {
  if (value == null) throw invalidArgument("vector", value, "the vector to search for");
  if (typeof value !== "object" || !("name" in value)) return { name: "", value };
  checkFields(value, "vector", NAMED_FIELDS);
  const { name } = value;
  if (typeof name !== "string") throw invalidArgument("vector.name", name, "the name of a vector");
  return { name, value: "vector" in value ? value.vector : undefined };
}
