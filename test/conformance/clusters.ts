/** Vectors that lie together in clusters, as those of real data do, and how well answers about them are found. */
import { expect } from "vitest";
import { random, unit } from "./naive.ts";
import { type Client, type Filter, hasId, untyped } from "./support.ts";

const CLUSTERS = 50;

/** Clusters are this wide, where their centres are about 1 apart in every coordinate: they overlap. */
const WIDTH = 0.6;

export interface Clustered {
  /** Row by row. */
  values: Float32Array;
  /** The number of the cluster that each row is of. */
  cluster: Uint8Array;
}

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/**
 * Rows of `size` values, each from a cluster at random. They vary in as many independent ways as `freedom` says: embeddings
 * of texts or images in ten or twenty, however long they are; where it is `size`, nothing can be told from any part of a
 * vector about the rest. The clusters are the same for every `seed`.
 */
export function clustered(count: number, size: number, seed: number, freedom = 16): Clustered {
  const fixed = random(size);
  const centres = Float32Array.from({ length: CLUSTERS * freedom }, () => normal(fixed));
  const axes = Float32Array.from({ length: freedom * size }, () => normal(fixed));
  const next = random(seed);
  const cluster = Uint8Array.from({ length: count }, () => Math.floor(next() * CLUSTERS));
  const values = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < freedom; k++) {
      const x = (centres[(cluster[i] as number) * freedom + k] as number) + WIDTH * normal(next);
      if (freedom === size) values[i * size + k] = x;
      else
        for (let j = 0; j < size; j++)
          values[i * size + j] = (values[i * size + j] as number) + x * (axes[k * size + j] as number);
    }
    for (let j = 0; j < size; j++)
      values[i * size + j] = (values[i * size + j] as number) + 0.1 * normal(next);
  }
  return { values, cluster };
}

/** The same with rows of length 1, as models for dot products give them. */
export function ofUnitLength(data: Clustered, size: number): Clustered {
  const units = Array.from(data.cluster, (_, i) => unit(row(data, size, i)));
  return { ...data, values: Float32Array.from(units.flat()) };
}

/** The row of a number. */
export function row({ values }: Clustered, size: number, i: number): number[] {
  return Array.from(values.subarray(i * size, (i + 1) * size));
}

/** Until nothing is left to index or to clean up. */
export async function whenGreen(client: Client): Promise<void> {
  while ((await client.getCollection("c")).status !== "green")
    await new Promise((done) => setTimeout(done, 5));
}

/**
 * The share of the exact answers' points that the usual ones have, over some queries of `limit` results. Each answer
 * has as many as `matching` points allow, all different, and of those that match.
 */
export async function recall(
  client: Client,
  queries: readonly number[][],
  limit: number,
  matching: number,
  filter?: Filter,
): Promise<number> {
  let found = 0;
  let wanted = 0;
  for (const query of queries) {
    const request = { query, limit, ...(filter && { filter }) };
    const usual = await client.query("c", request);
    const exact = await client.query("c", { ...request, params: { exact: true } });
    const ids = new Set(usual.points.map(({ id }) => id));
    expect(ids.size).toBe(Math.min(limit, matching));
    expect(usual.points).toHaveLength(ids.size);
    expect(exact.points).toHaveLength(ids.size);
    if (filter !== undefined) {
      const met = await client.count("c", { filter: { must: [filter, hasId(...(ids as Set<number>))] } });
      expect(met.count).toBe(ids.size);
    }
    found += exact.points.filter(({ id }) => ids.has(id)).length;
    wanted += ids.size;
  }
  return found / wanted;
}

/** Whether a query is answered by the graph, and not by comparing with every point that it may return. */
export async function usesGraph(client: Client, query: readonly number[], filter?: Filter): Promise<boolean> {
  const { explain } = untyped<{ explain: (name: string, request: object) => Promise<{ plan: string }> }>(
    client,
  );
  const { plan } = await explain.call(client, "c", { query, ...(filter && { filter }) });
  return plan === "graph";
}
