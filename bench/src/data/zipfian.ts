/** Synthetic sparse vectors, as words of texts or a learned encoder make them: few indices are frequent, most are rare. */

import type { SparseRows } from "../../../src/vectors/rows.ts";
import { randomNumbers } from "./random.ts";

export interface ZipfianSpec {
  readonly count: number;
  readonly seed: number;
  /** How many different indices there are. Index i comes up in proportion to 1 / (i + FLAT). */
  readonly dimensions: number;
  /** Entries per vector, between these. */
  readonly shortest: number;
  readonly longest: number;
}

/** The most frequent words of a language are not quite as frequent as 1 / i says. */
const FLAT = 10;

export function zipfian({ count, seed, dimensions, shortest, longest }: ZipfianSpec): SparseRows {
  const random = randomNumbers(seed);
  const breadth = Math.log((dimensions + FLAT) / FLAT);
  const ends = new Uint32Array(count);
  const indices = new Uint32Array(count * longest);
  const values = new Float32Array(count * longest);
  let at = 0;
  for (let row = 0; row < count; row++) {
    const length = shortest + Math.floor(random() * (longest + 1 - shortest));
    const drawn = new Set<number>();
    while (drawn.size < length) drawn.add(Math.floor(FLAT * Math.exp(random() * breadth) - FLAT));
    for (const index of Uint32Array.from(drawn).sort()) {
      indices[at] = index;
      // Rare indices weigh up to twice as much.
      values[at++] = (0.2 + random()) * (1 + Math.log((index + FLAT) / FLAT) / breadth);
    }
    ends[row] = at;
  }
  return { type: "sparse", count, ends, indices: indices.subarray(0, at), values: values.subarray(0, at) };
}
