/** True distances, in doubles. Every comparison of answers with the truth goes through here. */

import type { Dataset, Metric } from "./datasets.ts";

/** The sum of squares of every row. */
export function squaredNorms(rows: Float32Array, dim: number): Float64Array {
  const norms = new Float64Array(rows.length / dim);
  for (let row = 0; row < norms.length; row++) {
    let sum = 0;
    for (let i = row * dim; i < (row + 1) * dim; i++) sum += (rows[i] as number) ** 2;
    norms[row] = sum;
  }
  return norms;
}

/**
 * The distance that a dot product means: 1 − cosine, or the squared Euclidean distance. For whole numbers,
 * such as pixels, the latter is exact.
 */
export function distanceFromDot(metric: Metric, dot: number, normA: number, normB: number): number {
  return metric === "cosine" ? 1 - dot / Math.sqrt(normA * normB) : normA + normB - 2 * dot;
}

/** A function that answers the distance between a query and a row of the base. */
export function trueDistances(data: Dataset): (query: number, row: number) => number {
  const { base, queries, dim, metric } = data;
  const baseNorms = squaredNorms(base, dim);
  const queryNorms = squaredNorms(queries, dim);
  return (query, row) => {
    let dot = 0;
    for (let i = 0; i < dim; i++)
      dot += (queries[query * dim + i] as number) * (base[row * dim + i] as number);
    return distanceFromDot(metric, dot, queryNorms[query] as number, baseNorms[row] as number);
  };
}
