/** Queries as rankings, of which as much is read as it takes. */

import { hasBit } from "../bits.ts";
import type { Collection } from "../collection/collection.ts";
import type { Matches } from "../collection/matches.ts";
import { entriesOf } from "./ordered.ts";
import { finder } from "./search.ts";
import type { ParsedQuery } from "./validate-read.ts";

/** A point in its place. */
export interface Ranked {
  readonly offset: number;
  readonly score: number;
  /** What it is ordered by, where that is no score. */
  readonly value?: number | bigint;
}

/** The first points; fewer than the limit only when there are no more. */
export type Ranking = (limit: number, matches: Matches | undefined) => readonly Ranked[];

/** Checks a query's target, and answers what ranks the points for it. The query's limit and filter are left to the caller. */
export function rankingOf(
  collection: Collection,
  query: ParsedQuery,
  corpus: Matches | undefined,
): { ranking: Ranking; largerIsCloser: boolean } {
  const { target, scoreThreshold } = query;
  switch (target.by) {
    case "nothing": {
      const ranking: Ranking = (limit, matches) =>
        inOrderOfIds(collection, limit, matches).map((offset) => ({ offset, score: 1 }));
      return { ranking, largerIsCloser: true };
    }
    case "order": {
      const ranking: Ranking = (limit, matches) =>
        entriesOf(collection, target.order, limit, matches).map((entry) => ({ ...entry, score: 1 }));
      return { ranking, largerIsCloser: true };
    }
    default: {
      const { space, find } = finder(collection, query, true);
      const { largerIsCloser } = space;
      const passes = (score: number) =>
        scoreThreshold === undefined || (largerIsCloser ? score > scoreThreshold : score < scoreThreshold);
      const ranking: Ranking = (limit, matches) => {
        const { found, from } = find(limit, matches, corpus);
        const { offsets, scores, count } = found.hits;
        const points: Ranked[] = [];
        for (let i = 0; i < count && points.length < limit; i++) {
          const offset = offsets[i] as number;
          const score = scores[i] as number;
          if (!passes(score)) break;
          if (offset !== from) points.push({ offset, score });
        }
        return points;
      };
      return { ranking, largerIsCloser };
    }
  }
}

function inOrderOfIds({ ids }: Collection, limit: number, matches: Matches | undefined): number[] {
  if (matches === undefined) return Array.from(ids.from(undefined, limit));
  const offsets: number[] = [];
  const cursor = ids.cursor();
  for (let offset = cursor.next(); offset !== -1 && offsets.length < limit; offset = cursor.next()) {
    if (hasBit(matches.bitmap, offset)) offsets.push(offset);
  }
  return offsets;
}
