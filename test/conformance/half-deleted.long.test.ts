/** After half of the points are gone, answers are full, and hardly worse than those of a collection without them. */
import { expect, test } from "vitest";
import { clustered, recall, row, usesGraph, whenGreen } from "./clusters.ts";
import { type Client, ids, untyped, withCollection } from "./support.ts";

const COUNT = 100_000;
const SIZE = 32;
const QUERIES = 100;
const TOLERANCE = 0.02;

const data = clustered(COUNT, SIZE, 1);
const asked = clustered(QUERIES, SIZE, 2);
const queries = Array.from({ length: QUERIES }, (_, i) => row(asked, SIZE, i));

async function holding(kept: (i: number) => boolean, deleted_threshold: number): Promise<Client> {
  const client = await withCollection({
    vectors: { size: SIZE, distance: "Euclid" },
    optimizers_config: { deleted_threshold },
  });
  const points = Array.from(data.cluster, (_, i) => i).filter(kept);
  for (let from = 0; from < points.length; from += 5000) {
    const some = points.slice(from, from + 5000);
    const vectors = some.map((i) => data.values.subarray(i * SIZE, (i + 1) * SIZE));
    const payloads = some.map((i) => ({ cluster: data.cluster[i], i }));
    await client.upsert("c", untyped({ batch: { ids: some, vectors, payloads }, wait: true }));
  }
  await whenGreen(client);
  return client;
}

/** Some share of the ids at random: a hash of them, so that their order says nothing. */
const atRandom = (i: number) => (Math.imul(i, 0x9e3779b1) >>> 16) % 2 === 0;

test.each<[string, (i: number) => boolean, number]>([
  ["at random", atRandom, 0.2],
  ["at random, while nothing is cleaned up", atRandom, 1],
  ["whole clusters", (i) => (data.cluster[i] as number) % 2 === 0, 0.2],
  ["whole clusters, while nothing is cleaned up", (i) => (data.cluster[i] as number) % 2 === 0, 1],
  ["all but the last that came", (i) => i >= COUNT / 2, 0.2],
])("%s", async (_, kept, threshold) => {
  await using client = await holding(() => true, threshold);
  const gone = Array.from(data.cluster, (_, i) => i).filter((i) => !kept(i));
  await client.delete("c", { points: gone, wait: true });
  const left = COUNT - gone.length;
  expect(await client.count("c")).toEqual({ count: left });

  await using fresh = await holding(kept, threshold);
  const best = await recall(fresh, queries, 10, left);
  expect(best).toBeGreaterThan(0.95);
  // At once, while points move to a graph without the gaps, and after.
  expect(await usesGraph(client, queries[0] as number[])).toBe(true);
  expect(await recall(client, queries, 10, left)).toBeGreaterThanOrEqual(best - TOLERANCE);
  await whenGreen(client);
  expect(await recall(client, queries, 10, left)).toBeGreaterThanOrEqual(best - TOLERANCE);
  for (const limit of [1, 100, 1000]) await recall(client, queries.slice(0, 5), limit, left);
  const [first] = queries;
  const all = ids(await client.query("c", { query: untyped<number[]>(first), limit: COUNT }));
  expect(all).toHaveLength(left);
  expect(new Set(all).size).toBe(left);
});
