import type { Collection, Found } from "../collection/collection.ts";
import type { PlanReason } from "../collection/planner.ts";
import { invalidArgument, NearvecError } from "../errors.ts";
import { IdColumn } from "../points/id-column.ts";
import { within } from "./fields.ts";
import { type Cut, scoredPoint, scoredPoints } from "./results.ts";
import type { ScoredPoint } from "./types.ts";
import type { ParsedQuery, QueryTarget } from "./validate-read.ts";
import { copyVector, type Place } from "./vector-input.ts";

/** How a query was answered. */
export interface Explanation {
  /** `graph` searches the graph and scans the tail beside it; `exact` compares with every vector. */
  plan: "graph" | "exact";
  reason: PlanReason | "the graph found too few";
  /** Distances that were computed. */
  distances: number;
  /** Nodes of the graph whose links were followed. */
  expanded: number;
  /** Vectors that were not in the graph yet, and therefore scanned. */
  tail: number;
  /** Milliseconds that the search took, without checking the request and shaping the answer. */
  time: number;
  points: ScoredPoint[];
}

/** The points that a query asks for. */
export function runQuery(collection: Collection, query: ParsedQuery): ScoredPoint[] {
  if (query.target.by === "nothing") return pointsById(collection, query);
  const target = targetOf(collection, query.target, query.place);
  return scoredPoints(collection, find(collection, query, target), cut(query, target), query.wanted);
}

/** Several queries in their order; one that fails fails them all. */
export function runQueries(collection: Collection, queries: readonly ParsedQuery[]): ScoredPoint[][] {
  return queries.map((query, index) => within(`searches[${index}]`, () => runQuery(collection, query)));
}

/** Answers a query, and says how it was done. */
export function explainQuery(collection: Collection, query: ParsedQuery, now: () => number): Explanation {
  if (query.target.by === "nothing") {
    throw invalidArgument("query", undefined, "a vector or the id of a point", "Points by id need no plan.");
  }
  const target = targetOf(collection, query.target, query.place);
  const began = now();
  const found = find(collection, query, target);
  const time = now() - began;
  const { plan, distances, expanded } = found.hits;
  return {
    plan,
    reason: reasonOf(found),
    distances,
    expanded,
    tail: collection.tailCount,
    time,
    points: scoredPoints(collection, found, cut(query, target), query.wanted),
  };
}

/** Where the graph finds fewer points than were asked for and are there, the space scans after all. */
function reasonOf({ hits, exact, reason }: Found): Explanation["reason"] {
  return hits.plan === "exact" && !exact ? "the graph found too few" : reason;
}

/** What a query searches for: the vector, and the point that it was taken from. */
interface Target {
  readonly vector: Float32Array;
  readonly from: number | undefined;
}

function targetOf(
  collection: Collection,
  target: Exclude<QueryTarget, { by: "nothing" }>,
  place: Place,
): Target {
  if (target.by === "id") return targetOfPoint(collection, target.value);
  const vector = collection.scratch;
  copyVector(target.value, vector, 0, vector.length, place, 0);
  return { vector, from: undefined };
}

function targetOfPoint(collection: Collection, value: unknown): Target {
  const id = IdColumn.one(value, "query");
  const from = collection.ids.find(id, 0);
  if (from === -1) throw notFound(`there is no point with id ${id.at(0)}`);
  const vector = collection.vectorOf(from);
  if (vector === undefined) throw notFound(`the point with id ${id.at(0)} has no vector`);
  return { vector, from };
}

function notFound(what: string): NearvecError {
  return new NearvecError("POINT_NOT_FOUND", {
    what,
    todo: "Query by a vector, or by the id of a stored point that has one.",
  });
}

function find(collection: Collection, query: ParsedQuery, target: Target): Found {
  // One more where the point itself will be among the hits.
  const limit = query.limit + query.offset + (target.from === undefined ? 0 : 1);
  return collection.search(target.vector, { limit, ef: query.ef, exact: query.exact });
}

function cut(query: ParsedQuery, { from }: Target): Cut {
  const { limit, offset, scoreThreshold } = query;
  return { limit, offset, scoreThreshold, exclude: from };
}

/** A query without a query: points by id, as scroll gives them, with a score of 1. */
function pointsById(collection: Collection, { limit, offset, wanted }: ParsedQuery): ScoredPoint[] {
  const offsets = collection.ids.from(undefined, offset + limit).subarray(offset);
  return Array.from(offsets, (each) => scoredPoint(collection, each, 1, wanted));
}
