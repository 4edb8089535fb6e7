import { invalidArgument, notSupported, shortly } from "../errors.ts";
import { aliased, checkFields, checkRequest, fields } from "../fields.ts";
import { type ParsedQuery, parseQueryFields } from "./validate-read.ts";
import type { Place } from "./vector-input.ts";

const SEARCH_FIELDS = fields(
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
  const given = checkRequest(request, "search", SEARCH_FIELDS);
  const target = { by: "vector", value: vectorOf(given.vector) } as const;
  return parseQueryFields(given, target, VECTOR, aliased(given, "limit", "top"));
}

function vectorOf(value: unknown): unknown {
  if (value == null) throw invalidArgument("vector", value, "the vector to search for");
  if (typeof value !== "object" || !("name" in value)) return value;
  checkFields(value, "vector", NAMED_FIELDS);
  if (value.name !== "") throw notSupported(`vector.name (${shortly(value.name)})`, "Give the vector alone.");
  return "vector" in value ? value.vector : undefined;
}
