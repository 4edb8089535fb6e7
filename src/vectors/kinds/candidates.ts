/**
 * The points that the graph's answers to each query lead to.
 *
 * A row that is not in a query's answer is at least as far as the last one of it. So the sum of a point is at least
 *
 *     bound = Σ over queries ( its closest row in the answer, else the last row of the answer )
 *
 * and points can be compared in full in the order of their bounds, until the next one is no better than what was found.
 */

import type { Hits } from "../dense-shard.ts";
import type { RowLists } from "./row-lists.ts";

/** The share of the best points that may be in no answer, as far as `seenEnough` can tell. */
const UNSEEN_SHARE = 0.2;

export class Candidates {
  /** Points with a row in an answer, those with the smallest bounds first. */
  readonly offsets: Uint32Array;
  /** Of the same points, in the same order. */
  readonly bounds: Float64Array;
  readonly #queries: number;
  /** In how many answers a point is. */
  readonly #answersWith: ReadonlyMap<number, number>;

  /**
   * @param answers one a query: rows and scores, the best first, at least one
   * @param sign of a score in a sum of distances: -1 where larger scores are closer
   */
  constructor(answers: readonly Hits[], sign: 1 | -1, lists: RowLists) {
    const answersWith = new Map<number, number>();
    /** By how much a point's bound is below that of a point in no answer. */
    const gains = new Map<number, number>();
    let unseen = 0;
    for (const { count, offsets: rows, scores } of answers) {
      const last = sign * (scores[count - 1] as number);
      unseen += last;
      const here = new Set<number>();
      for (let i = 0; i < count; i++) {
        const point = lists.owner(rows[i] as number);
        if (here.has(point)) continue; // the first row is the closest
        here.add(point);
        answersWith.set(point, (answersWith.get(point) ?? 0) + 1);
        gains.set(point, (gains.get(point) ?? 0) + last - sign * (scores[i] as number));
      }
    }
    const ranked = [...gains].sort(([, a], [, b]) => b - a);
    this.offsets = Uint32Array.from(ranked, ([offset]) => offset);
    this.bounds = Float64Array.from(ranked, ([, gain]) => unseen - gain);
    this.#queries = answers.length;
    this.#answersWith = answersWith;
  }

  /**
   * Whether few points as good as these are likely to be in no answer at all. Of n queries, let each have a good point in
   * its answer with probability p. Then (1 - p)^n of the good points are in none, and the others are in n·p / (1 - (1 - p)^n)
   * answers on average, which is what can be counted. On random vectors, where it matters, the truth was about half of
   * what this estimates.
   */
  seenEnough(offsets: Uint32Array): boolean {
    let answers = 0;
    for (const offset of offsets) answers += this.#answersWith.get(offset) as number;
    const p = 1 - UNSEEN_SHARE ** (1 / this.#queries);
    const enough = (this.#queries * p) / (1 - UNSEEN_SHARE);
    return answers / offsets.length >= enough - 1e-9;
  }
}
