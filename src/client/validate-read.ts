import { filters } from "../collection/filtering-on-demand.ts";
import { invalidArgument, NearvecError, shortly } from "../errors.ts";
import type { Filter } from "../filters/filter.ts";
import { CountRequest } from "../generated/validators/count-request.ts";
import { READ_OPTIONS } from "../generated/validators/options.ts";
import { PointRequest } from "../generated/validators/point-request.ts";
import { QueryRequest } from "../generated/validators/query-request.ts";
import { ScrollRequest } from "../generated/validators/scroll-request.ts";
import { array, extend, object } from "../validation/containers.ts";
import { checkArguments, notYet, type Schema, type TypeOf, within } from "../validation/schema.ts";
import { type AnswerForm, formOf } from "./answer-form.ts";
import { extras } from "./extras-on-demand.ts";
import type { FindCollection, Lookup } from "./lookup.ts";
import type { OrderBy } from "./ordering.ts";
import { type PayloadSelector, parsePayloadSelector } from "./payload-selector.ts";
import { optionalFilter } from "./validate-filter.ts";
import type { Place } from "./vector-input.ts";

const DEFAULT_LIMIT = 10;

/** What requests may have beside their own fields. `consistency` changes nothing: with one copy all reads agree. */
export const QUERY_OPTIONS = { ...READ_OPTIONS, prefetch: /* @__PURE__ */ notYet() };

const QUERY = /* @__PURE__ */ extend(QueryRequest, QUERY_OPTIONS);
const SCROLL = /* @__PURE__ */ extend(ScrollRequest, READ_OPTIONS);
const RETRIEVE = /* @__PURE__ */ extend(PointRequest, READ_OPTIONS);
const COUNT = /* @__PURE__ */ extend(CountRequest, READ_OPTIONS);

/** What an answer carries of each point. */
export interface Wanted {
  readonly payload: PayloadSelector;
  /** With names, only those. */
  readonly vector: boolean | readonly string[];
  /** What payloads and vectors become; undefined: values. */
  readonly form?: AnswerForm | undefined;
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

const QUERY_PLACE: Place = () => "query";

type Query = TypeOf<typeof QUERY>;

/** What `query` and `search` have in common. */
type Common = Pick<
  Query,
  | "filter"
  | "limit"
  | "offset"
  | "params"
  | "score_threshold"
  | "timeout"
  | "using"
  | "with_payload"
  | "with_vector"
>;

export function parseQuery(request: unknown, find: FindCollection): ParsedQuery {
  return parseQueryOf(checkArguments(QUERY, request, "query"), find);
}

/** `query` and what asks in the same way. */
export function parseQueryOf(
  given: Common & Pick<Query, "lookup_from" | "query">,
  find: FindCollection,
): ParsedQuery {
  const { lookup_from } = given;
  const query = parseQueryFields(given, parseTarget(given.query), QUERY_PLACE);
  return lookup_from === undefined
    ? query
    : { ...query, lookup: extras.module.parseLookup(lookup_from, find) };
}

/** What `query` and `search` have in common. */
export function parseQueryFields(given: Common, target: QueryTarget, place: Place): ParsedQuery {
  const { params, score_threshold: threshold } = given;
  if ((target.by === "nothing" || target.by === "order") && threshold !== undefined) {
    const isOrder = target.by === "order";
    throw new NearvecError("INVALID_ARGUMENT", {
      what: "score_threshold",
      got: `${shortly(threshold)} ${isOrder ? "with order_by" : "without a query"}`,
      expected: "a query that gives scores",
      todo: "Leave one of the two out, or add the other.",
      subject: { rule: isOrder ? "order" : "score" },
    });
  }
  return {
    target,
    using: given.using ?? "",
    lookup: undefined,
    place,
    // Nothing is quantised, what is not indexed is scanned, and filters never disconnect a graph: the rest changes nothing.
    ef: params?.hnsw_ef,
    exact: params?.exact ?? false,
    limit: given.limit ?? DEFAULT_LIMIT,
    offset: given.offset ?? 0,
    scoreThreshold: threshold === undefined ? undefined : Math.fround(threshold),
    wanted: isOff(given.with_payload) && isOff(given.with_vector) ? IDS_ONLY : parseWanted(given, false),
    filter: optionalFilter(given.filter),
    corpus: parseCorpus(params?.idf),
    timeout: given.timeout,
  };
}

export interface ParsedSearches {
  readonly searches: readonly ParsedQuery[];
  /** Of all together, in seconds. */
  readonly timeout: number | undefined;
}

/** Requests of `queryBatch` and `searchBatch`. */
export function batchOf<T>(searches: Schema<T>) {
  return object({ searches: array(searches) }, READ_OPTIONS);
}

const QUERY_BATCH = /* @__PURE__ */ batchOf(QUERY);

export function parseQueryBatch(request: unknown, find: FindCollection): ParsedSearches {
  return parseSearches(checkArguments(QUERY_BATCH, request, "queryBatch"), (query) =>
    parseQueryOf(query, find),
  );
}

export function parseSearches<T>(
  { searches, timeout }: { readonly searches: readonly T[]; readonly timeout?: number },
  parse: (search: T) => ParsedQuery,
): ParsedSearches {
  const parsed = searches.map((search, index) => within(`searches[${index}]`, () => parse(search)));
  return { searches: parsed, timeout };
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
  const given = checkArguments(SCROLL, request ?? {}, "scroll");
  return {
    limit: given.limit ?? DEFAULT_LIMIT,
    order: given.order_by === undefined ? undefined : extras.module.parseScrollOrder(given),
    offset: given.offset,
    wanted: parseWanted(given, true),
    filter: optionalFilter(given.filter),
    timeout: given.timeout,
  };
}

export function parseRetrieve(request: unknown): { ids: unknown; wanted: Wanted } {
  const given = checkArguments(RETRIEVE, request, "retrieve");
  return { ids: given.ids, wanted: parseWanted(given, true) };
}

/** The filter of `count`, undefined for all points. It is exact in any case. */
export function parseCount(request: unknown): Pick<ParsedScroll, "filter" | "timeout"> {
  const { filter, timeout } = checkArguments(COUNT, request ?? {}, "count");
  return { timeout, filter: optionalFilter(filter) };
}

function isOff(value: unknown): boolean {
  return value === undefined || value === false;
}

export function parseWanted(given: Pick<Query, "with_payload" | "with_vector">, payload: boolean): Wanted {
  return {
    payload: parsePayloadSelector(given.with_payload ?? payload),
    vector: given.with_vector ?? false,
    form: formOf(given),
  };
}

/** `params.idf`: "global", or the points whose texts are compared. */
function parseCorpus(idf: NonNullable<Query["params"]>["idf"]): Filter | undefined {
  if (typeof idf !== "object") return undefined;
  return filters().parseFilter(idf.corpus, "params.idf.corpus");
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
      return extras.module.parseQueryObject(query);
    default:
      throw invalidArgument("query", query, "a vector, the id of a point, or { nearest }");
  }
}
