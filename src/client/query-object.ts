import { invalidArgument, notSupported } from "../errors.ts";
import { NearestQuery } from "../generated/validators/nearest-query.ts";
import { OrderByQuery } from "../generated/validators/order-by-query.ts";
import { extend } from "../validation/containers.ts";
import { check, notYet } from "../validation/schema.ts";
import { parseOrderBy } from "./ordering.ts";
import type { QueryTarget } from "./validate-read.ts";

const NEAREST = /* @__PURE__ */ extend(NearestQuery, { mmr: /* @__PURE__ */ notYet() });

const OTHERS: ReadonlySet<string> = new Set([
  "recommend",
  "discover",
  "context",
  "fusion",
  "rrf",
  "formula",
  "sample",
  "relevance_feedback",
]);

/** A `query` that is an object: `{ nearest }`, `{ order_by }`, or a sparse vector. */
export function parseQueryObject(query: object): QueryTarget {
  if ("nearest" in query) {
    const { nearest } = check(NEAREST, query, "query");
    return { by: typeof nearest === "object" ? "vector" : "id", value: nearest };
  }
  if ("order_by" in query) {
    const { order_by } = check(OrderByQuery, query, "query");
    return { by: "order", order: parseOrderBy(order_by, "query.order_by") };
  }
  const other = Object.keys(query).find((key) => OTHERS.has(key));
  if (other !== undefined)
    throw notSupported(`query.${other}`, "Ask for the nearest points: a vector, an id, or { nearest }.");
  if ("indices" in query || "model" in query) return { by: "vector", value: query }; // copyVector names the form
  throw invalidArgument("query", query, "a vector, the id of a point, or { nearest }");
}
