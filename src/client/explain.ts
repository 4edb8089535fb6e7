/** How queries are answered. */

import type { Collection } from "../collection/collection.ts";
import type { Matches } from "../collection/matches.ts";
import type { Found } from "../collection/named-space.ts";
import type { PlanReason } from "../collection/planner.ts";
import { invalidArgument } from "../errors.ts";
import { scoredPoints } from "./results.ts";
import { cut, finder, runInCorpus } from "./search.ts";
import type { Payload, ScoredPoint } from "./types.ts";
import type { ParsedQuery } from "./validate-read.ts";

/** How a query was answered. */
export interface Explanation<Own = Payload> {
  /** `graph` searches the graph and scans the tail beside it; `exact` compares with every vector. */
  plan: "graph" | "exact";
  reason: PlanReason | "the graph found too few, or looked too far";
  /** Distances that were computed. */
  distances: number;
  /** Nodes of the graph whose links were followed. */
  expanded: number;
  /** Vectors that were not in the graph yet, and therefore scanned. */
  tail: number;
  /** Milliseconds that the filter and the search took, without checking the request and shaping the answer. */
  time: number;
  points: ScoredPoint<Own>[];
}

/** Answers a query, and says how it was done. */
export function explainQuery(
  collection: Collection,
  query: ParsedQuery,
  now: () => number,
): Explanation | Promise<Explanation> {
  const { target, filter, timeout, wanted } = query;
  if (target.by === "nothing" || target.by === "order") {
    const todo = "Points in the order of their ids or of a field need no plan.";
    throw invalidArgument("query", undefined, "a vector or the id of a point", todo);
  }
  const { space, find } = finder(collection, query, filter !== undefined);
  const began = now();
  const explain = (matches: Matches | undefined, corpus?: Matches): Explanation => {
    const { found, from } = find(query.limit + query.offset, matches, corpus);
    const time = now() - began;
    const { plan, distances, expanded } = found.hits;
    return {
      plan,
      reason: reasonOf(found),
      distances,
      expanded,
      tail: space.space.tailCount,
      time,
      points: scoredPoints(collection, found, cut(query, space, from), wanted),
    };
  };
  const deadline = collection.deadline(timeout);
  if (query.corpus !== undefined) return runInCorpus(collection, query, query.corpus, deadline, explain);
  if (filter === undefined) return explain(undefined);
  return collection.withMatches(filter, deadline, explain);
}

/**
 * Where the graph finds fewer points than were asked for and are there, the space scans after all; and where a filter
 * leaves so few that looking for them along the graph would take longer, it doesn't even begin there.
 */
function reasonOf({ hits, exact, reason }: Found): Explanation["reason"] {
  if (hits.plan !== "exact" || exact) return reason;
  return hits.expanded > 0
    ? "the graph found too few, or looked too far"
    : "the graph would compute as much as a scan";
}
