/** What the tests of sparse vectors share: vectors of a zipf distribution, and a naive model. */

import type { SparseRows, SparseVector } from "../../src/vectors/rows.ts";
import { random } from "./support.ts";

export function sparse(indices: number[], values: number[]): SparseVector {
  return { indices: Uint32Array.from(indices), values: Float32Array.from(values) };
}

export function rowsOf(vectors: readonly SparseVector[]): SparseRows {
  let entries = 0;
  return {
    type: "sparse",
    count: vectors.length,
    ends: Uint32Array.from(vectors, ({ indices }) => {
      entries += indices.length;
      return entries;
    }),
    indices: Uint32Array.from(vectors.flatMap(({ indices }) => [...indices])),
    values: Float32Array.from(vectors.flatMap(({ values }) => [...values])),
  };
}

export function bitmapOf(offsets: Iterable<number>, count: number): Uint32Array {
  const bitmap = new Uint32Array(Math.ceil(count / 32));
  for (const o of offsets) bitmap[o >>> 5] = (bitmap[o >>> 5] as number) | (1 << (o & 31));
  return bitmap;
}

export interface Zipfian {
  readonly count: number;
  readonly seed: number;
  /** Index i comes up in proportion to 1 / (i + 10): the stop words of a language are not quite as frequent as 1 / i says. */
  readonly dimensions: number;
  /** Entries of a vector. */
  readonly shortest: number;
  readonly longest: number;
}

/** Vectors as words of texts make them: few indices are frequent, most are rare; rare ones weigh more. */
export function zipfian({ count, seed, dimensions, shortest, longest }: Zipfian): {
  readonly rows: SparseRows;
  readonly vectors: readonly SparseVector[];
} {
  const next = random(seed);
  const most = Math.log((dimensions + 10) / 10);
  const ends = new Uint32Array(count);
  const indices = new Uint32Array(count * longest);
  const values = new Float32Array(count * longest);
  let at = 0;
  for (let row = 0; row < count; row++) {
    const length = shortest + Math.floor(next() * (longest + 1 - shortest));
    const drawn = new Set<number>();
    while (drawn.size < length) drawn.add(Math.floor(10 * Math.exp(next() * most) - 10));
    for (const index of Uint32Array.from(drawn).sort()) {
      indices[at] = index;
      values[at++] = (0.2 + next()) * (1 + Math.log((index + 10) / 10) / most);
    }
    ends[row] = at;
  }
  const rows: SparseRows = {
    type: "sparse",
    count,
    ends,
    indices: indices.subarray(0, at),
    values: values.subarray(0, at),
  };
  const vectors = Array.from(ends, (end, row) => ({
    indices: indices.subarray(row === 0 ? 0 : ends[row - 1], end),
    values: values.subarray(row === 0 ? 0 : ends[row - 1], end),
  }));
  return { rows, vectors };
}

/** The same answers by comparing with everything: sums of f32 numbers in the order of indices. */
export class NaiveSparse {
  readonly #idf: boolean;
  readonly #vectors = new Map<number, SparseVector>();

  constructor(idf: boolean) {
    this.#idf = idf;
  }

  get size(): number {
    return this.#vectors.size;
  }

  set(offset: number, vector: SparseVector): void {
    this.#vectors.set(offset, vector);
  }

  get(offset: number): SparseVector | undefined {
    return this.#vectors.get(offset);
  }

  delete(offset: number): boolean {
    return this.#vectors.delete(offset);
  }

  search(
    query: SparseVector,
    limit: number,
    allowed?: readonly number[],
    corpus?: readonly number[],
  ): { offset: number; score: number }[] {
    const weights = new Map(Array.from(query.indices, (index, i) => [index, query.values[i] as number]));
    if (this.#idf) this.#weigh(weights, corpus && new Set(corpus));
    const among = allowed && new Set(allowed);
    const found: { offset: number; score: number }[] = [];
    for (const [offset, { indices, values }] of this.#vectors) {
      if (among && !among.has(offset)) continue;
      let score: number | undefined;
      indices.forEach((index, i) => {
        const weight = weights.get(index);
        if (weight === undefined) return;
        score = Math.fround((score ?? 0) + Math.fround(weight * (values[i] as number)));
      });
      if (score !== undefined) found.push({ offset, score: score + 0 });
    }
    return found.sort((a, b) => b.score - a.score || a.offset - b.offset).slice(0, limit);
  }

  #weigh(weights: Map<number, number>, corpus: ReadonlySet<number> | undefined): void {
    const counts = new Map<number, number>();
    let all = 0;
    for (const [offset, { indices }] of this.#vectors) {
      if (corpus && !corpus.has(offset)) continue;
      all++;
      for (const index of indices) counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    for (const [index, weight] of weights) {
      const having = counts.get(index) ?? 0;
      weights.set(index, Math.fround(weight * Math.log((all - having + 0.5) / (having + 0.5) + 1)));
    }
  }
}
