/** Scores and roundings, computed as their definitions say and apart from the engine. */
export type Distance = "Cosine" | "Dot" | "Euclid" | "Manhattan";

export interface Sparse {
  indices: number[];
  values: number[];
}

export function score(distance: Distance, a: readonly number[], b: readonly number[]): number {
  const sum = (term: (x: number, y: number) => number) =>
    a.reduce((total, x, i) => total + term(x, b[i] ?? Number.NaN), 0);
  switch (distance) {
    case "Dot":
      return sum((x, y) => x * y);
    case "Euclid":
      return Math.sqrt(sum((x, y) => (x - y) ** 2));
    case "Manhattan":
      return sum((x, y) => Math.abs(x - y));
    case "Cosine": {
      const norms = Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
      return norms === 0 ? 0 : sum((x, y) => x * y) / norms;
    }
  }
}

/** Whether a larger score is a better one. */
export function largerIsBetter(distance: Distance): boolean {
  return distance === "Cosine" || distance === "Dot";
}

/** Sum over the query's vectors of the best match among the document's. */
export function maxSim(
  distance: Distance,
  query: readonly number[][],
  document: readonly number[][],
): number {
  const best = largerIsBetter(distance) ? Math.max : Math.min;
  return query.reduce((sum, row) => sum + best(...document.map((each) => score(distance, row, each))), 0);
}

/** The dot product over shared indices, or undefined where none is shared. */
export function sparseDot(query: Sparse, document: Sparse): number | undefined {
  const shared = query.indices.flatMap((index, i) => {
    const at = document.indices.indexOf(index);
    return at < 0 ? [] : [(query.values[i] ?? 0) * (document.values[at] ?? 0)];
  });
  return shared.length === 0 ? undefined : shared.reduce((sum, product) => sum + product, 0);
}

/** The query with each value times how rare its index is: N documents, of which df have it. */
export function withIdf(query: Sparse, documents: readonly Sparse[]): Sparse {
  const N = documents.length;
  const values = query.values.map((value, i) => {
    const df = documents.filter(({ indices }) => indices.includes(query.indices[i] ?? -1)).length;
    return value * Math.log((N - df + 0.5) / (df + 0.5) + 1);
  });
  return { indices: query.indices, values };
}

export function unit(vector: readonly number[]): number[] {
  const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return vector.map((x) => (norm === 0 ? 0 : x / norm));
}

/** The nearest IEEE half-precision number, ties to even. */
export function f16(value: number): number {
  if (value === 0) return value;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), -14);
  const step = 2 ** (exponent - 10);
  const steps = Math.abs(value) / step;
  const below = Math.floor(steps);
  const rest = steps - below;
  const rounded = rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
  const magnitude = rounded * step;
  return Math.sign(value) * (magnitude > 65504 ? Number.POSITIVE_INFINITY : magnitude);
}

/** What is kept of a number in a byte: its whole part, within 0 and 255. */
export function u8(value: number): number {
  return Math.min(Math.max(Math.trunc(value), 0), 255) + 0;
}

/** Reproducible pseudo-random numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
