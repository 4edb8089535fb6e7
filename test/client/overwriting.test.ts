import { afterEach, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { randomRows } from "./support.ts";

const client = await open();
afterEach(() => client.close());

test("overwriting the same points for ever takes bounded memory and keeps every answer", async () => {
  const [count, size] = [3000, 16];
  await client.createCollection("c", {
    vectors: { size, distance: "Euclid" },
    hnsw_config: { m: 4, ef_construct: 8, full_scan_threshold: 10 },
  });
  const ids = Uint32Array.from({ length: count }, (_, i) => i);
  const round = async (seed: number) => {
    await client.upsert("c", { batch: { ids, vectors: randomRows(count, size, seed) } });
    await client.waitForIndex("c");
  };
  await round(0);
  const before = client.info().memory.vectors;
  for (let seed = 1; seed <= 8; seed++) await round(seed);
  expect(client.info().memory.vectors).toBeLessThan(before * 2.5);
  const info = await client.getCollection("c");
  expect([info.status, info.points_count, info.indexed_vectors_count]).toEqual(["green", count, count]);
  const rows = randomRows(count, size, 8);
  for (const id of [0, 7, 2999]) {
    const query = rows.subarray(id * size, (id + 1) * size);
    const { points } = await client.query("c", { query, limit: 1, params: { exact: true } });
    expect(points[0]?.id).toBe(id);
  }
});

/** Memory after so many turns of overwriting 200 points, in a loop that leaves no time to anybody else by itself. */
async function peakOf(
  config: Parameters<NearvecClient["createCollection"]>[1],
  vectorsOf: (round: number) => object,
): Promise<number> {
  await using own = await open();
  await own.createCollection("c", config);
  const ids = Uint32Array.from({ length: 200 }, (_, i) => i);
  let peak = 0;
  for (let round = 0; round < 700; round++) {
    await own.upsert("c", { batch: { ids, vectors: vectorsOf(round) as never } });
    peak = Math.max(peak, own.info().memory.vectors);
  }
  return peak;
}

const rows = Array.from({ length: 7 }, (_, seed) => randomRows(200, 64, seed));
const dense = (round: number) => rows[round % rows.length] as Float32Array;
const sparse = (round: number) => {
  const indices = Uint32Array.from({ length: 32 }, (_, i) => i * 7 + (round % 5));
  return { s: Array.from({ length: 200 }, () => ({ indices, values: new Float32Array(32).fill(1) })) };
};

// 140,000 vectors in all: without their tombstones ever going they would take 55 MB and more.
test.each([
  ["dense vectors", { vectors: { size: 64, distance: "Dot" as const } }, dense],
  ["without a graph", { vectors: { size: 64, distance: "Dot" as const, hnsw_config: { m: 0 } } }, dense],
  ["sparse vectors", { sparse_vectors: { s: {} } }, sparse],
])("overwriting without a pause takes bounded memory, too: %s", async (_, config, vectorsOf) => {
  expect(await peakOf(config, vectorsOf)).toBeLessThan(30e6);
});

test("inserting points that are there already takes no memory, whatever their sparse vectors", async () => {
  await using own = await open();
  await own.createCollection("c", { sparse_vectors: { s: {} } });
  const point = (round: number) => ({
    id: 1,
    vector: {
      s: {
        indices: Uint32Array.from({ length: 5000 }, (_, i) => round * 5000 + i),
        values: new Float32Array(5000).fill(1),
      },
    },
  });
  await own.upsert("c", { points: [point(0)] });
  const before = own.info().memory.vectors;
  for (let round = 1; round < 20; round++) {
    await own.upsert("c", { points: [point(round)], update_mode: "insert_only" });
  }
  expect(own.info().memory.vectors).toBeLessThanOrEqual(before + 65_536);
});
