import { invalidArgument, NearvecError, notSupported, shortly } from "../errors.ts";
import {
  aliased,
  checkFields,
  checkObject,
  checkRequest,
  fields,
  type Given,
  integer,
  optionalBoolean,
  optionalInteger,
  within,
} from "../fields.ts";
import type { Filter } from "../filters/filter.ts";
import { filters } from "../filters/on-demand.ts";
import { extras } from "./extras-on-demand.ts";
import type { FindCollection, Lookup } from "./lookup.ts";
import type { OrderBy } from "./ordering.ts";
import { type PayloadSelector, parsePayloadSelector } from "./payload-selector.ts";
import { optionalFilter } from "./validate-filter.ts";
import { checkConsistency, checkScoreThreshold, checkTimeout } from "./validate-options.ts";
import type { Place } from "./vector-input.ts";

/** The largest hnsw_ef: more candidates than that are a scan. */
const MOST_EF = 65_536;
const DEFAULT_LIMIT = 10;
const ANY = Number.MAX_SAFE_INTEGER;

export const QUERY_FIELDS = fields(
  [
    "query",
    "using",
    "lookup_from",
    "filter",
    "params",
    "score_threshold",
    "limit",
    "offset",
    "with_vector",
    "with_vectors",
    "with_payload",
    "consistency",
    "timeout",
  ],
  { shard_key: [], prefetch: [] },
);
// Nothing is quantised, what is not indexed is scanned, and filters never disconnect a graph: the rest changes nothing.
const PARAMS_FIELDS = fields(["hnsw_ef", "exact", "idf", "quantization", "indexed_only", "acorn"]);
const IDF_FIELDS = fields(["corpus"]);
const SCROLL_FIELDS = fields(
  [
    "filter",
    "offset",
    "limit",
    "order_by",
    "with_payload",
    "with_vector",
    "with_vectors",
    "consistency",
    "timeout",
  ],
  { shard_key: [] },
);
const RETRIEVE_FIELDS = fields(
  ["ids", "with_payload", "with_vector", "with_vectors", "consistency", "timeout"],
  { shard_key: [] },
);
const COUNT_FIELDS = fields(["filter", "exact", "timeout"], { shard_key: [] });
const ORDER_FIELDS = fields(["order_by"]);
const NEAREST_FIELDS = fields(["nearest"], { mmr: [] });
const OTHER_QUERIES: ReadonlySet<string> = new Set([
  "recommend",
  "discover",
  "context",
  "fusion",
  "rrf",
  "formula",
  "sample",
  "relevance_feedback",
]);

/** What an answer carries of each point. */
export interface Wanted {
  readonly payload: PayloadSelector;
  /** With names, only those. */
  readonly vector: boolean | readonly string[];
}

export interface ParsedQuery {
  readonly target: QueryTarget;
  /** The vector to compare with; "" is the unnamed one. */
  readonly using: string;
  /** Where a point of the target is; undefined: among those that are searched. */
  readonly lookup: Lookup | undefined;
  /** Where the request has the target. */
  readonly place: Place;
  readonly ef: number | undefined;
  readonly exact: boolean;
  readonly limit: number;
  readonly offset: number;
  /** In f32, as scores are. */
  readonly scoreThreshold: number | undefined;
  readonly wanted: Wanted;
  /** Undefined: any point. */
  readonly filter: Filter | undefined;
  /** The points that say how rare an index of a sparse vector is; undefined: all. */
  readonly corpus: Filter | undefined;
  /** In seconds. */
  readonly timeout: number | undefined;
}

/**
 * What to search for: a vector that is still to be checked, a point by its id (likewise), points in the order of a field,
 * or nothing: points in order of ids.
 */
export type QueryTarget =
  | { readonly by: "vector"; readonly value: unknown }
  | { readonly by: "id"; readonly value: unknown }
  | { readonly by: "order"; readonly order: OrderBy }
  | typeof NOTHING;

const NOTHING = { by: "nothing" } as const;

const IDS_ONLY: Wanted = { payload: false, vector: false };

const QUERY: Place = () => "query";

export function parseQuery(request: unknown, find: FindCollection): ParsedQuery {
  return parseQueryOf(checkRequest(request, "query", QUERY_FIELDS), find);
}

/** `query` and what asks in the same way. */
export function parseQueryOf(given: Given, find: FindCollection): ParsedQuery {
  const { lookup_from } = given;
  const query = parseQueryFields(given, parseTarget(given.query), QUERY, given.limit);
  return lookup_from == null ? query : { ...query, lookup: extras.module.parseLookup(lookup_from, find) };
}

/** What `query` and `search` have in common. */
export function parseQueryFields(
  given: Given,
  target: QueryTarget,
  place: Place,
  limit: unknown,
): ParsedQuery {
  const timeout = checkTimeout(given.timeout);
  checkConsistency(given.consistency);
  const params = parseParams(given.params);
  const scoreThreshold = checkScoreThreshold(given.score_threshold);
  if ((target.by === "nothing" || target.by === "order") && scoreThreshold !== undefined) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what: "score_threshold",
      got: `${shortly(given.score_threshold)} ${target.by === "order" ? "with order_by" : "without a query"}`,
      expected: "a query that gives scores",
      todo: "Leave one of the two out, or add the other.",
    });
  }
  return {
    target,
    using: parseUsing(given.using),
    lookup: undefined,
    place,
    ef: params?.ef,
    exact: params?.exact ?? false,
    limit: optionalInteger(limit, "limit", 1, ANY) ?? DEFAULT_LIMIT,
    offset: optionalInteger(given.offset, "offset", 0, ANY) ?? 0,
    scoreThreshold,
    wanted:
      isOff(given.with_payload) && isOff(given.with_vector) && isOff(given.with_vectors)
        ? IDS_ONLY
        : parseWanted(given, false),
    filter: optionalFilter(given.filter),
    corpus: params?.corpus,
    timeout,
  };
}

const QUERY_BATCH_FIELDS = fields(["searches", "consistency", "timeout"]);

export interface ParsedSearches {
  readonly searches: readonly ParsedQuery[];
  /** Of all together, in seconds. */
  readonly timeout: number | undefined;
}

/** The requests of `queryBatch` and `searchBatch`, each as `parse` reads it. */
export function parseSearches(
  request: unknown,
  method: string,
  parse: (search: unknown) => ParsedQuery,
): ParsedSearches {
  const given = checkRequest(request, method, QUERY_BATCH_FIELDS);
  const timeout = checkTimeout(given.timeout);
  checkConsistency(given.consistency);
  if (!Array.isArray(given.searches)) {
    throw invalidArgument("searches", given.searches, "a list of requests");
  }
  const searches = Array.from(given.searches, (search: unknown, index) =>
    within(`searches[${index}]`, () => parse(search)),
  );
  return { searches, timeout };
}

export interface ParsedScroll {
  readonly limit: number;
  /** Undefined: that of the ids. */
  readonly order: OrderBy | undefined;
  /** The first id of the page, still to be checked; undefined for the first page. */
  readonly offset: unknown;
  readonly wanted: Wanted;
  /** Undefined: any point. */
  readonly filter: Filter | undefined;
  /** In seconds. */
  readonly timeout: number | undefined;
}

export function parseScroll(request: unknown): ParsedScroll {
  const given = checkRequest(request ?? {}, "scroll", SCROLL_FIELDS);
  const timeout = checkTimeout(given.timeout);
  checkConsistency(given.consistency);
  return {
    limit: optionalInteger(given.limit, "limit", 1, ANY) ?? DEFAULT_LIMIT,
    order: given.order_by == null ? undefined : extras.module.parseScrollOrder(given),
    offset: given.offset ?? undefined,
    wanted: parseWanted(given, true),
    filter: optionalFilter(given.filter),
    timeout,
  };
}

export function parseRetrieve(request: unknown): { ids: unknown; wanted: Wanted } {
  const given = checkRequest(request, "retrieve", RETRIEVE_FIELDS);
  checkTimeout(given.timeout);
  checkConsistency(given.consistency);
  return { ids: given.ids, wanted: parseWanted(given, true) };
}

/** The filter of `count`, undefined for all points. */
export function parseCount(request: unknown): Pick<ParsedScroll, "filter" | "timeout"> {
  const given = checkRequest(request ?? {}, "count", COUNT_FIELDS);
  optionalBoolean(given.exact, "exact", true);
  return { timeout: checkTimeout(given.timeout), filter: optionalFilter(given.filter) };
}

function isOff(value: unknown): boolean {
  return value === undefined || value === false;
}

export function parseWanted(given: Given, payload: boolean): Wanted {
  return {
    payload: parsePayloadSelector(given.with_payload, payload),
    vector: parseWithVector(aliased(given, "with_vector", "with_vectors")),
  };
}

function parseWithVector(value: unknown): Wanted["vector"] {
  if (!Array.isArray(value)) return optionalBoolean(value, "with_vector", false);
  return Array.from(value, (name: unknown, index) => {
    if (typeof name === "string") return name;
    throw invalidArgument(`with_vector[${index}]`, name, "the name of a vector");
  });
}

function parseUsing(value: unknown): string {
  if (value == null) return "";
  if (typeof value === "string") return value;
  throw invalidArgument("using", value, "the name of a vector");
}

type Params = Pick<ParsedQuery, "ef" | "exact" | "corpus">;

function parseParams(params: unknown): Params | undefined {
  if (params == null) return undefined;
  checkObject(params, "params");
  checkFields(params, "params", PARAMS_FIELDS);
  const { hnsw_ef, exact, idf } = params as Given;
  return {
    ef:
      hnsw_ef == null
        ? undefined
        : integer(
            hnsw_ef,
            "params.hnsw_ef",
            1,
            MOST_EF,
            "32 to 512 is usual; params.exact: true compares with everything.",
          ),
    exact: optionalBoolean(exact, "params.exact", false),
    corpus: parseIdf(idf),
  };
}

/** `params.idf`: "global", or the points whose texts are compared. */
function parseIdf(idf: unknown): Filter | undefined {
  if (idf == null || idf === "global") return undefined;
  checkObject(idf, "params.idf", '"global" or { corpus: filter }');
  checkFields(idf, "params.idf", IDF_FIELDS);
  return filters().parseFilter((idf as Given).corpus, "params.idf.corpus");
}

function parseTarget(query: unknown): QueryTarget {
  switch (typeof query) {
    case "undefined":
      return NOTHING;
    case "number":
    case "bigint":
    case "string":
      return { by: "id", value: query };
    case "object":
      if (query === null) return NOTHING;
      if (Array.isArray(query) || ArrayBuffer.isView(query)) return { by: "vector", value: query };
      return parseQueryObject(query);
    default:
      throw invalidArgument("query", query, "a vector, the id of a point, or { nearest }");
  }
}

function parseQueryObject(query: object): QueryTarget {
  if ("nearest" in query) {
    checkFields(query, "query", NEAREST_FIELDS);
    const { nearest } = query;
    if (nearest == null) throw invalidArgument("query.nearest", nearest, "a vector or the id of a point");
    return typeof nearest === "object" ? { by: "vector", value: nearest } : parseTarget(nearest);
  }
  if ("order_by" in query) {
    checkFields(query, "query", ORDER_FIELDS);
    return { by: "order", order: extras.module.parseOrderBy(query.order_by, "query.order_by") };
  }
  const other = Object.keys(query).find((key) => OTHER_QUERIES.has(key));
  if (other !== undefined)
    throw notSupported(`query.${other}`, "Ask for the nearest points: a vector, an id, or { nearest }.");
  if ("indices" in query || "model" in query) return { by: "vector", value: query }; // copyVector names the form
  throw invalidArgument("query", query, "a vector, the id of a point, or { nearest }");
}
