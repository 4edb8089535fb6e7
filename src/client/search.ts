import type { Collection } from "../collection/collection.ts";
import type { Matches } from "../collection/matches.ts";
import type { Found, NamedSpace } from "../collection/named-space.ts";
import type { Deadline } from "../collection/slices.ts";
import { NearvecError } from "../errors.ts";
import type { Filter } from "../filters/filter.ts";
import { IdColumn } from "../points/id-column.ts";
import { within } from "../validation/schema.ts";
import type { StoredVector } from "../vectors/rows.ts";
import { extras } from "./extras-on-demand.ts";
import { formsOf } from "./forms-of.ts";
import { type Cut, scoredPoint, scoredPoints } from "./results.ts";
import { pointOf, vectorOf } from "./stored-vector.ts";
import type { ScoredPoint } from "./types.ts";
import type { ParsedQuery, ParsedSearches } from "./validate-read.ts";

/** The points that a query asks for; at once, unless it has a filter that takes longer than a slice. */
export function runQuery(
  collection: Collection,
  query: ParsedQuery,
  deadline: Deadline | undefined = collection.deadline(query.timeout),
): ScoredPoint[] | Promise<ScoredPoint[]> {
  return begin(collection, query)(deadline);
}

/** Several queries in their order; one that fails fails them all. */
export function runQueries(
  collection: Collection,
  { searches, timeout }: ParsedSearches,
): ScoredPoint[][] | Promise<ScoredPoint[][]> {
  if (searches.some(mayWait)) return runFiltered(collection, searches, collection.deadline(timeout));
  return searches.map((query, index) =>
    within(placeOf(index), () => runQuery(collection, query, undefined) as ScoredPoint[]),
  );
}

/** Whether it may take longer than a slice. */
function mayWait({ filter, corpus, target }: ParsedQuery): boolean {
  return filter !== undefined || corpus !== undefined || target.by === "order";
}

async function runFiltered(
  collection: Collection,
  searches: readonly ParsedQuery[],
  deadline: Deadline | undefined,
): Promise<ScoredPoint[][]> {
  // All vectors are copied before the first query waits: afterwards their arrays are the caller's again.
  const runs = searches.map((query, index) => within(placeOf(index), () => begin(collection, query, true)));
  const answers: ScoredPoint[][] = [];
  for (const run of runs) {
    try {
      const own = collection.deadline(searches[answers.length]?.timeout);
      answers.push(await run(deadline ?? own));
    } catch (error) {
      within(placeOf(answers.length), () => {
        throw error;
      });
    }
  }
  return answers;
}

function placeOf(index: number): string {
  return `searches[${index}]`;
}

type Run = (deadline: Deadline | undefined) => ScoredPoint[] | Promise<ScoredPoint[]>;

/** Checks the query's target, and answers what runs it. `waits`: not at once, even without a filter. */
function begin(collection: Collection, query: ParsedQuery, waits = false): Run {
  const { target, filter, wanted } = query;
  if (target.by === "nothing") return (deadline) => pointsById(collection, query, deadline);
  if (target.by === "order") {
    const { order } = target;
    return (deadline) => extras.module.queryInOrder(collection, query, order, deadline);
  }
  const { space, find } = finder(collection, query, waits || filter !== undefined);
  const run = (matches: Matches | undefined, corpus?: Matches) => {
    const { found, from } = find(query.limit + query.offset, matches, corpus);
    return scoredPoints(collection, found, cut(query, space, from), wanted);
  };
  return (deadline) => {
    if (query.corpus !== undefined) return runInCorpus(collection, query, query.corpus, deadline, run);
    return filter === undefined ? run(undefined) : collection.withMatches(filter, deadline, run);
  };
}

/** How rare an index is may be that of a moment ago, where the filter takes its time. */
export async function runInCorpus<T>(
  collection: Collection,
  { filter }: ParsedQuery,
  corpus: Filter,
  deadline: Deadline | undefined,
  run: (matches: Matches | undefined, corpus: Matches) => T,
): Promise<T> {
  const known = await collection.withMatches(corpus, deadline, (matches) => matches);
  if (filter === undefined) return run(undefined, known);
  return collection.withMatches(filter, deadline, (matches) => run(matches, known));
}

/** What a search found, and the point whose vector it was for, if that may be among it. */
interface FoundFor {
  readonly found: Found;
  readonly from: number | undefined;
}

/** What is searched, and what searches it: all matching points, or as many as were asked for. */
interface Finder {
  readonly space: NamedSpace;
  readonly find: (limit: number, matches: Matches | undefined, corpus?: Matches) => FoundFor;
}

/**
 * Checks what is searched for, and answers what searches. A query that waits keeps its vector in an array of its own;
 * a point is looked up when the first search is made: by then it may have another vector, or be gone.
 */
export function finder(collection: Collection, query: ParsedQuery, waits: boolean): Finder {
  const { target, place, lookup, ef, exact, using } = query;
  const forms = formsOf(collection);
  const space = forms.space(using, "using");
  if (query.corpus !== undefined) checkIdf(space);
  if (target.by === "id") {
    const id = IdColumn.one(target.value, "query");
    let looked: { vector: StoredVector; from: number | undefined } | undefined;
    const find: Finder["find"] = (limit, matches, corpus) => {
      looked ??=
        lookup === undefined
          ? own(collection, space, id)
          : extras.module.lookUp(lookup, collection, space, id);
      const { vector, from } = looked;
      // One more, as the point itself may be among the hits.
      const most = from === undefined ? limit : limit + 1;
      return { found: space.search(vector, { limit: most, ef, exact, matches, corpus }), from };
    };
    return { space, find };
  }
  const value = target.by === "vector" ? target.value : undefined;
  const vector = forms.query(space, value, place, waits);
  const find: Finder["find"] = (limit, matches, corpus) => ({
    found: space.search(vector, { limit, ef, exact, matches, corpus }),
    from: undefined,
  });
  return { space, find };
}

function checkIdf({ name, settings }: NamedSpace): void {
  if (settings.kind === "sparse" && settings.idf) return;
  throw new NearvecError("INVALID_ARGUMENT", {
    what: "params.idf.corpus",
    got: `a corpus for the vector ${JSON.stringify(name)}, which has no idf`,
    expected: 'a sparse vector with `modifier: "idf"`',
    todo: "Leave it out, or search with a vector that has.",
  });
}

function own(
  collection: Collection,
  space: NamedSpace,
  id: IdColumn,
): { vector: StoredVector; from: number } {
  const from = pointOf(collection, id);
  return { vector: vectorOf(space, from, id), from };
}

export function cut(
  { limit, offset, scoreThreshold }: ParsedQuery,
  { largerIsCloser }: NamedSpace,
  from: number | undefined,
): Cut {
  return { limit, offset, scoreThreshold, exclude: from, largerIsCloser };
}

/** A query without a query: points by id, as scroll gives them, with a score of 1. */
function pointsById(
  collection: Collection,
  { limit, offset, wanted, filter }: ParsedQuery,
  deadline: Deadline | undefined,
): ScoredPoint[] | Promise<ScoredPoint[]> {
  const shaped = (offsets: Iterable<number>) =>
    Array.from(offsets, (each) => scoredPoint(collection, each, 1, wanted));
  if (filter === undefined) return shaped(collection.ids.from(undefined, offset + limit).subarray(offset));
  return collection.page(filter, undefined, offset + limit, deadline, ({ offsets }) =>
    shaped(offsets.slice(offset)),
  );
}
