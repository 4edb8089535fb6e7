/** `queryGroups`, and `searchPointGroups` as it was before. */

import type { Collection } from "../collection/collection.ts";
import type { Matches } from "../collection/filter-scan.ts";
import type { Deadline } from "../collection/matching.ts";
import { invalidArgument } from "../errors.ts";
import { checkFields, checkObject, checkRequest, type Fields, fields, optionalInteger } from "../fields.ts";
import { type JsonPath, parsePath } from "../payload/path.ts";
import { type Ids, writeId } from "../points/ids.ts";
import { type GroupId, type GroupsRequest, runGroups } from "./groups.ts";
import type { FindCollection } from "./lookup.ts";
import { rankingOf } from "./ranking.ts";
import { record, scoredPoint } from "./results.ts";
import type { GroupsResult, PointGroup, PointRecord, ScoredPoint } from "./types.ts";
import { type ParsedQuery, parseQueryOf, parseWanted, QUERY_FIELDS, type Wanted } from "./validate-read.ts";
import { parseSearchOf, SEARCH_FIELDS } from "./validate-search.ts";

const OWN_FIELDS = fields(["group_by", "group_size", "with_lookup"]);
/** Groups are not to be skipped. */
const grouped = (base: Fields): Fields =>
  new Map([...base, ...OWN_FIELDS].filter(([name]) => name !== "offset" && name !== "top"));
const QUERY_GROUPS_FIELDS = grouped(QUERY_FIELDS);
const SEARCH_GROUPS_FIELDS = grouped(SEARCH_FIELDS);
const LOOKUP_FIELDS = fields(["collection", "with_payload", "with_vector", "with_vectors"]);
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
  const given = checkRequest(request, "queryGroups", QUERY_GROUPS_FIELDS);
  return { query: parseQueryOf(given, find), ...parseOwn(given, find) };
}

export function parseSearchGroups(request: unknown, find: FindCollection): ParsedGroups {
  const given = checkRequest(request, "searchPointGroups", SEARCH_GROUPS_FIELDS);
  return { query: parseSearchOf(given), ...parseOwn(given, find) };
}

function parseOwn(
  { group_by, group_size, with_lookup }: Readonly<Record<string, unknown>>,
  find: FindCollection,
): Omit<ParsedGroups, "query"> {
  return {
    path: parsePath(group_by, "group_by"),
    size: optionalInteger(group_size, "group_size", 1, Number.MAX_SAFE_INTEGER) ?? DEFAULT_SIZE,
    lookup: with_lookup == null ? undefined : parseWithLookup(with_lookup, find),
  };
}

function parseWithLookup(value: unknown, find: FindCollection): GroupLookup {
  if (typeof value === "string") return lookupIn(value, { payload: true, vector: false }, find);
  checkObject(value, "with_lookup", "the name of a collection, or an object: { collection }");
  checkFields(value, "with_lookup", LOOKUP_FIELDS);
  const given = value as Readonly<Record<string, unknown>>;
  if (typeof given.collection !== "string") {
    throw invalidArgument("with_lookup.collection", given.collection, "the name of a collection");
  }
  return lookupIn(given.collection, parseWanted(given, true), find);
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
