/** Collections of sparse vectors, and what a plain walk over their documents finds. */
import { expect } from "vitest";
import { type Sparse, sparseDot } from "./naive.ts";
import { type Client, ids, pointsWith, withCollection } from "./support.ts";

export const PLAIN = { sparse_vectors: { s: {} } };
export const IDF = { sparse_vectors: { s: { modifier: "idf" } } } as const;

export const sparse = (entries: Record<number, number>): Sparse => ({
  indices: Object.keys(entries).map(Number),
  values: Object.values(entries),
});

export function holding(config: typeof PLAIN | typeof IDF, documents: Sparse[]): Promise<Client> {
  return withCollection(config, pointsWith("s", documents));
}

/** Ids and scores as a plain walk over the documents finds them. */
export function expected(query: Sparse, documents: readonly Sparse[]): [number, number][] {
  return documents
    .flatMap((document, i): [number, number][] => {
      const score = sparseDot(query, document);
      return score === undefined ? [] : [[i + 1, score]];
    })
    .sort(([idA, a], [idB, b]) => b - a || idA - idB);
}

export function randomSparse(next: () => number, indices: number, most: number): Sparse {
  const entries: Record<number, number> = {};
  const count = 1 + Math.floor(next() * most);
  // Eighths: their products and sums are exact in f32. Low indices are frequent.
  for (let i = 0; i < count; i++)
    entries[Math.floor(next() ** 3 * indices)] = (Math.floor(next() * 33) - 8) / 8;
  return sparse(entries);
}

export async function compare(
  client: Client,
  query: Sparse,
  weighed: Sparse,
  documents: readonly Sparse[],
  params: object = {},
): Promise<void> {
  const wanted = new Map(expected(weighed, documents));
  const { points } = await client.query("c", { query, using: "s", limit: 1000, params });
  expect(new Set(ids(points))).toEqual(new Set(wanted.keys()));
  let last = Number.POSITIVE_INFINITY;
  for (const { id, score } of points) {
    const exact = wanted.get(Number(id)) ?? Number.NaN;
    expect(Math.abs(score - exact)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(exact)) * 8);
    expect(score).toBeLessThanOrEqual(last);
    last = score;
  }
}
