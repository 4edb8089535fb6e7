/** `queryGroups`, and `searchPointGroups` as it was before. */

import type { Collection } from "../collection/collection.ts";
import type { Matches } from "../collection/matches.ts";
import type { Deadline } from "../collection/slices.ts";
import { READ_OPTIONS } from "../generated/validators/options.ts";
import { QueryGroupsRequest } from "../generated/validators/query-groups-request.ts";
import { SearchRequest } from "../generated/validators/search-request.ts";
import { type JsonPath, parsePath } from "../payload/path.ts";
import { type Ids, writeId } from "../points/ids.ts";
import { extend, object } from "../validation/containers.ts";
import { checkArguments, type TypeOf } from "../validation/schema.ts";
import { type GroupId, type GroupsRequest, runGroups } from "./groups.ts";
import type { FindCollection } from "./lookup.ts";
import { rankingOf } from "./ranking.ts";
import { record, scoredPoint } from "./results.ts";
import type { GroupsResult, PointGroup, PointRecord, ScoredPoint } from "./types.ts";
import { type ParsedQuery, parseQueryOf, parseWanted, QUERY_OPTIONS, type Wanted } from "./validate-read.ts";
import { parseSearchOf } from "./validate-search.ts";

const QUERY_GROUPS = /* @__PURE__ */ extend(QueryGroupsRequest, QUERY_OPTIONS);

/** Groups are not to be skipped. */
const { offset: _, ...SEARCH_FIELDS } = SearchRequest.optional;
const { group_size, with_lookup } = QueryGroupsRequest.optional;
const SEARCH_GROUPS = /* @__PURE__ */ object(
  { ...SearchRequest.required, group_by: QueryGroupsRequest.required.group_by },
  { ...SEARCH_FIELDS, ...READ_OPTIONS, group_size, with_lookup },
  QueryGroupsRequest.aliases,
);
const DEFAULT_SIZE = 3;

interface ParsedGroups {
  /** Its limit is one of groups. */
  readonly query: ParsedQuery;
  readonly path: JsonPath;
  readonly size: number;
  readonly lookup: GroupLookup | undefined;
}

/** `with_lookup`. */
interface GroupLookup {
  readonly collection: () => Collection;
  readonly wanted: Wanted;
}

export function parseQueryGroups(request: unknown, find: FindCollection): ParsedGroups {
  const given = checkArguments(QUERY_GROUPS, request, "queryGroups");
  return { query: parseQueryOf(given, find), ...parseOwn(given, find) };
}

export function parseSearchGroups(request: unknown, find: FindCollection): ParsedGroups {
  const given = checkArguments(SEARCH_GROUPS, request, "searchPointGroups");
  return { query: parseSearchOf(given), ...parseOwn(given, find) };
}

type Own = Pick<TypeOf<typeof QUERY_GROUPS>, "group_by" | "group_size" | "with_lookup">;

function parseOwn(
  { group_by, group_size = DEFAULT_SIZE, with_lookup }: Own,
  find: FindCollection,
): Omit<ParsedGroups, "query"> {
  return {
    path: parsePath(group_by, "group_by"),
    size: group_size,
    lookup: with_lookup === undefined ? undefined : parseWithLookup(with_lookup, find),
  };
}

function parseWithLookup(given: NonNullable<Own["with_lookup"]>, find: FindCollection): GroupLookup {
  if (typeof given === "string") return lookupIn(given, { payload: true, vector: false }, find);
  const { collection, with_vectors: with_vector } = given;
  return lookupIn(collection, parseWanted({ ...given, with_vector }, true), find);
}

function lookupIn(name: string, wanted: Wanted, find: FindCollection): GroupLookup {
  find(name); // that it is missing is an error even where there is nothing to look up
  return { collection: () => find(name), wanted };
}

/** Answers a request for groups. */
export async function queryGroups(
  collection: Collection,
  request: ParsedGroups,
  deadline: Deadline | undefined = collection.deadline(request.query.timeout),
): Promise<GroupsResult> {
  const { corpus } = request.query;
  const known = corpus && (await collection.withMatches(corpus, deadline, (matches) => matches));
  return groupsOf(collection, request, deadline, known);
}

function groupsOf(
  collection: Collection,
  { query, path, size, lookup }: ParsedGroups,
  deadline: Deadline | undefined,
  corpus: Matches | undefined,
): GroupsResult | Promise<GroupsResult> {
  const { limit, filter, wanted } = query;
  const { ranking, largerIsCloser } = rankingOf(collection, query, corpus);
  const request: GroupsRequest<ScoredPoint> = {
    path,
    limit,
    size,
    filter,
    ranking,
    largerIsCloser,
    shape: ({ offset, score, value }) => {
      const point = scoredPoint(collection, offset, score, wanted);
      return value === undefined ? point : { ...point, order_value: value };
    },
  };
  const groups = runGroups(collection, request, deadline);
  const shaped = (found: Awaited<typeof groups>): GroupsResult => ({
    groups: found.map(({ id, hits }) => withLookup({ hits: [...hits], id }, lookup)),
  });
  return groups instanceof Promise ? groups.then(shaped) : shaped(groups);
}

function withLookup(group: PointGroup, lookup: GroupLookup | undefined): PointGroup {
  const found = lookup && lookUp(group.id, lookup);
  return found === undefined ? group : { ...group, lookup: found };
}

/** The point whose id is the group's. */
function lookUp(id: GroupId, { collection, wanted }: GroupLookup): PointRecord | undefined {
  const ids: Ids = { words: new Uint32Array(4), kinds: new Uint8Array(1) };
  if (!writeId(id, ids, 0)) return undefined;
  const source = collection();
  const offset = source.ids.find(ids, 0);
  return offset === -1 ? undefined : record(source, offset, wanted);
}
