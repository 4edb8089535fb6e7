/**
 * However few or many points meet a filter, and wherever these lie: an answer has `limit` results when that many match,
 * and by the defaults they are nearly all of the right ones.
 */
import { expect, test } from "vitest";
import { type Clustered, clustered, ofUnitLength, recall, row, usesGraph, whenGreen } from "./clusters.ts";
import { type Distance, random } from "./naive.ts";
import { type Client, type Filter, ids, untyped, withCollection } from "./support.ts";

const COUNT = 30_000;
const QUERIES = 40;
const SHARES = [0.001, 0.01, 0.1, 0.3, 0.5, 0.9];
const LEAST_RECALL = 0.95;

/** Numbers by which points are filtered: each is below `COUNT` × share for that share of the points. */
const FIELDS = {
  "at random": "any",
  "whole clusters": "cluster",
  "the far end of one coordinate": "first",
} as const;
type Field = (typeof FIELDS)[keyof typeof FIELDS];

const share = (field: Field, of: number): Filter => ({ must: [{ key: field, range: { lt: COUNT * of } }] });

/** The position of each in the order of some values, the least first. */
function ranks(values: ArrayLike<number>): number[] {
  const order = Array.from(values, (_, i) => i);
  order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
  const positions = new Array<number>(order.length);
  for (const [position, i] of order.entries()) positions[i] = position;
  return positions;
}

/** Rows of the data that `kept` picks, indexed. */
async function holding(
  { values, cluster }: Clustered,
  distance: Distance,
  size: number,
  kept: (payload: Record<Field, number>) => boolean = () => true,
): Promise<Client> {
  const client = await withCollection({ vectors: { size, distance } });
  const next = random(3);
  const any = ranks(Float64Array.from(cluster, next));
  const clusters = ranks(cluster);
  const first = ranks(Float64Array.from(cluster, (_, i) => -(values[i * size] as number)));
  const points = Array.from(cluster, (_, i) => ({
    id: i,
    vector: values.subarray(i * size, (i + 1) * size),
    payload: { any: any[i] as number, cluster: clusters[i] as number, first: first[i] as number },
  })).filter(({ payload }) => kept(payload));
  for (let from = 0; from < points.length; from += 5000)
    await client.upsert("c", untyped({ points: points.slice(from, from + 5000), wait: true }));
  await whenGreen(client);
  return client;
}

const rows = (data: Clustered, size: number) => Array.from({ length: QUERIES }, (_, i) => row(data, size, i));

const SETUPS = [
  ["Cosine", 256],
  ["Dot", 256],
  ["Euclid", 256],
  ["Cosine", 32],
  ["Dot", 32],
  ["Euclid", 32],
] as const;

test.each(SETUPS)("%s, %d values: `limit` results, nearly all of the right ones", async (distance, size) => {
  const made = (count: number, seed: number) => {
    const data = clustered(count, size, seed);
    return distance === "Dot" ? ofUnitLength(data, size) : data;
  };
  await using client = await holding(made(COUNT, 1), distance, size);
  // From everywhere, so that some are near to what matches and some are far from it.
  const queries = rows(made(QUERIES, 2), size);
  const filters = Object.entries(FIELDS).flatMap(([how, field]) =>
    SHARES.map((each) => ({
      name: `${each * 100} % ${how}`,
      matching: COUNT * each,
      filter: share(field, each),
    })),
  );
  const answers = async () => {
    const points: unknown[] = [];
    for (const { filter } of filters)
      for (const query of queries.slice(0, 2)) points.push(ids(await client.query("c", { query, filter })));
    return points;
  };
  const unindexed = await answers();
  for (const field_name of Object.values(FIELDS))
    await client.createPayloadIndex("c", { field_name, field_schema: "integer", wait: true });
  expect(await answers()).toEqual(unindexed);

  const measured: Record<string, number> = { all: await recall(client, queries, 10, COUNT) };
  for (const { name, matching, filter } of filters) {
    measured[name] = await recall(client, queries, 10, matching, filter);
    // More than the candidates that are kept, and where few match, more than those.
    await recall(client, queries.slice(0, 3), 400, matching, filter);
  }
  for (const [name, found] of Object.entries(measured))
    expect(found, name).toBeGreaterThanOrEqual(LEAST_RECALL);
  // Where hardly any match, comparing with all that do is cheaper.
  const plans = [0.001, 0.5, 0.9].map((each) =>
    usesGraph(client, queries[0] as number[], share("any", each)),
  );
  expect(await Promise.all(plans)).toEqual([false, true, true]);
});

/**
 * Where nothing of a vector tells of its other values, where products favour the long vectors, and queries come from
 * clusters that don't match, no graph finds nearly all. A filter should find no less than a graph of what matches alone.
 */
test.each(["Cosine", "Dot", "Euclid"] as const)(
  "%s: hardly less than of what matches alone",
  async (distance) => {
    const size = 256;
    const data = clustered(COUNT, size, 1, size);
    await using client = await holding(data, distance, size);
    await client.createPayloadIndex("c", { field_name: "cluster", field_schema: "integer", wait: true });
    const queries = rows(clustered(QUERIES, size, 2, size), size);
    for (const each of [0.3, 0.5, 0.9]) {
      const matching = COUNT * each;
      await using alone = await holding(data, distance, size, ({ cluster }) => cluster < matching);
      const best = await recall(alone, queries, 10, matching);
      const found = await recall(client, queries, 10, matching, share("cluster", each));
      expect(found, `${each * 100} %`).toBeGreaterThanOrEqual(best - 0.02);
    }
  },
);
