/** How long it takes from the bytes of a snapshot to the first answer. */
import { expect, test } from "vitest";
import { open } from "../../src/index.ts";
import { randomRows } from "../client/support.ts";
import { snapshotOf } from "./support.ts";

const SIZE = 384;
const COUNT = 10_000;
const LIMIT_MS = 30;

test(`${COUNT} × ${SIZE}, with their graph and payloads`, async () => {
  const snapshot = await snapshotOf(async (client) => {
    await client.createCollection("c", { vectors: { size: SIZE, distance: "Cosine" } });
    const ids = Uint32Array.from({ length: COUNT }, (_, i) => i);
    const payloads = Array.from(ids, (id) => ({ title: `document ${id}`, id }));
    await client.upsert("c", { batch: { ids, vectors: randomRows(COUNT, SIZE, 1), payloads } });
    await client.waitForIndex("c");
  });
  const query = { query: randomRows(1, SIZE, 2), limit: 10 };
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const begin = performance.now();
    await using client = await open({ snapshot });
    expect((await client.query("c", query)).points).toHaveLength(10);
    times.push(performance.now() - begin);
    expect((await client.getCollection("c")).indexed_vectors_count).toBe(COUNT);
  }
  times.sort((a, b) => a - b);
  console.log(
    `from bytes to the first answer: median ${times[10]?.toFixed(1)} ms, least ${times[0]?.toFixed(1)} ms`,
  );
  // The least: other tests run beside.
  expect(times[0]).toBeLessThan(LIMIT_MS);
});
