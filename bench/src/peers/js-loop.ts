/** What one writes without a library: compare with every vector in plain JavaScript. Exact. */

import type { Peer, Setup } from "./protocol.ts";

export function create({ metric, dim, count, base, queries, k }: Setup): Peer<Uint32Array> {
  const vectors = new Float32Array(base.length);
  const points = new Float32Array(queries.length);
  const distances = new Float32Array(k);
  return {
    version: process.versions.node,
    exact: true,
    build(stopwatch) {
      stopwatch.start();
      vectors.set(base);
      points.set(queries);
      if (metric === "cosine") {
        normalize(vectors, dim);
        normalize(points, dim);
      }
      stopwatch.stop();
    },
    setEf() {},
    search(query) {
      const point = points.subarray(query * dim, (query + 1) * dim);
      const rows = new Uint32Array(k);
      distances.fill(Number.POSITIVE_INFINITY);
      let worst = Number.POSITIVE_INFINITY;
      for (let row = 0, at = 0; row < count; row++, at += dim) {
        const distance =
          metric === "cosine" ? 1 - dot(point, vectors, at, dim) : squared(point, vectors, at, dim);
        if (distance >= worst) continue;
        let place = k - 1;
        for (; place > 0 && (distances[place - 1] as number) > distance; place--) {
          distances[place] = distances[place - 1] as number;
          rows[place] = rows[place - 1] as number;
        }
        distances[place] = distance;
        rows[place] = row;
        worst = distances[k - 1] as number;
      }
      return rows;
    },
    rows: (answer) => answer,
  };
}

function normalize(table: Float32Array, dim: number): void {
  for (let start = 0; start < table.length; start += dim) {
    const scale = 1 / Math.sqrt(dot(table, table, start, dim, start));
    for (let i = start; i < start + dim; i++) table[i] = (table[i] as number) * scale;
  }
}

function dot(a: Float32Array, b: Float32Array, at: number, dim: number, from = 0): number {
  let sum = 0;
  for (let i = 0; i < dim; i++) sum += (a[from + i] as number) * (b[at + i] as number);
  return sum;
}

function squared(a: Float32Array, b: Float32Array, at: number, dim: number): number {
  let sum = 0;
  for (let i = 0; i < dim; i++) {
    const difference = (a[i] as number) - (b[at + i] as number);
    sum += difference * difference;
  }
  return sum;
}
