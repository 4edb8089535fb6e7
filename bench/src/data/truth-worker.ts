/** Compares a range of queries with the whole base; a worker thread of truth.ts. */

import { parentPort, workerData } from "node:worker_threads";
import type { Metric } from "./datasets.ts";
import { distanceFromDot, squaredNorms } from "./distance.ts";

export interface TruthWork {
  readonly metric: Metric;
  readonly dim: number;
  readonly base: Float32Array<SharedArrayBuffer>;
  /** A multiple of four rows; what is too much is computed for nothing. */
  readonly queries: Float32Array;
  /** One byte per row of the base, 1 where it counts; every row when absent. */
  readonly allowed: Uint8Array<SharedArrayBuffer> | undefined;
  readonly depth: number;
}

/** The closest so far, ascending. */
class Closest {
  readonly distances: Float64Array;
  readonly rows: Uint32Array;
  worst = Number.POSITIVE_INFINITY;

  constructor(depth: number) {
    this.distances = new Float64Array(depth).fill(Number.POSITIVE_INFINITY);
    this.rows = new Uint32Array(depth).fill(0xffffffff);
  }

  offer(distance: number, row: number): void {
    if (distance >= this.worst) return;
    const { distances, rows } = this;
    let at = distances.length - 1;
    for (; at > 0 && (distances[at - 1] as number) > distance; at--) {
      distances[at] = distances[at - 1] as number;
      rows[at] = rows[at - 1] as number;
    }
    distances[at] = distance;
    rows[at] = row;
    this.worst = distances[distances.length - 1] as number;
  }
}

function search({ metric, dim, base, queries, allowed, depth }: TruthWork): Closest[] {
  const baseNorms = squaredNorms(base, dim);
  const queryNorms = squaredNorms(queries, dim);
  const found = Array.from(queryNorms, () => new Closest(depth));
  // 256 rows stay in the cache while all queries pass; four queries share every load of a row.
  const TILE = 256;
  for (let tile = 0; tile < baseNorms.length; tile += TILE) {
    const end = Math.min(tile + TILE, baseNorms.length);
    for (let query = 0; query < found.length; query += 4) {
      const q0 = query * dim;
      const [q1, q2, q3] = [q0 + dim, q0 + 2 * dim, q0 + 3 * dim];
      for (let row = tile; row < end; row++) {
        if (allowed !== undefined && allowed[row] === 0) continue;
        const start = row * dim;
        let [a, b, c, d] = [0, 0, 0, 0];
        for (let i = 0; i < dim; i++) {
          const value = base[start + i] as number;
          a += value * (queries[q0 + i] as number);
          b += value * (queries[q1 + i] as number);
          c += value * (queries[q2 + i] as number);
          d += value * (queries[q3 + i] as number);
        }
        const norm = baseNorms[row] as number;
        found[query]?.offer(distanceFromDot(metric, a, queryNorms[query] as number, norm), row);
        found[query + 1]?.offer(distanceFromDot(metric, b, queryNorms[query + 1] as number, norm), row);
        found[query + 2]?.offer(distanceFromDot(metric, c, queryNorms[query + 2] as number, norm), row);
        found[query + 3]?.offer(distanceFromDot(metric, d, queryNorms[query + 3] as number, norm), row);
      }
    }
  }
  return found;
}

const found = search(workerData as TruthWork);
parentPort?.postMessage(found.map(({ distances, rows }) => ({ distances, rows })));
