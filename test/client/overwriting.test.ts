import { afterEach, expect, test } from "vitest";
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
