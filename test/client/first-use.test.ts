import { expect, test, vi } from "vitest";
import { open } from "../../src/index.ts";

/** Each test has an engine of its own, but the code of a feature is loaded once: what comes first here, loads. */
test("the first requests of all kinds keep their order while their code is loaded", async () => {
  const client = await open();
  // None of these is awaited before the next one.
  const calls = [
    client.createCollection("c", { vectors: { a: { size: 1, distance: "Dot" } } }),
    client.upsert("c", {
      points: [1, 2, 3].map((n) => ({ id: n, vector: { a: [n] }, payload: { n, m: { o: n } } })),
    }),
    client.retrieve("c", { ids: [3], with_payload: ["m.o"] }),
    client.createCollection("d", { vectors: { size: 1, distance: "Dot" } }),
    client.upsert("d", { points: [{ id: 1, vector: [7] }] }),
    client.delete("c", { filter: { must: [{ key: "n", range: { gte: 3 } }] }, wait: true }),
    client.queryGroups("c", {
      query: 1,
      using: "a",
      lookup_from: { collection: "d", vector: "" },
      group_by: "n",
    }),
    client.upsert("c", { points: [{ id: 4, vector: { a: [4] } }], update_filter: {} }),
    client.count("c"),
    client.setPayload("c", { points: [1], payload: { n: null } }),
    client.batchUpdate("c", { operations: [{ delete: { points: [4] } }] }),
    client.collectionExists("d"),
    client.deleteCollection("d"),
    client.getCollection("c"),
    client.getCollections(),
  ] as const;
  const [, , records, , , , { groups }, , count, , , exists, deleted, info, list] = await Promise.all(calls);
  expect(records).toEqual([{ id: 3, payload: { m: { o: 3 } } }]);
  expect(groups.map(({ id }) => id)).toEqual([2, 1]);
  expect(count).toEqual({ count: 3 });
  expect([exists, deleted]).toEqual([{ exists: true }, true]);
  expect(info.points_count).toBe(2);
  expect(list.collections).toEqual([{ name: "c" }]);
  await client.close();
});

test("what creates a collection and what deletes it keep their order", async () => {
  vi.resetModules();
  const { open: openAnew } = await import("../../src/index.ts");
  const client = await openAnew();
  const made = client.createCollection("plain", { vectors: { size: 1, distance: "Dot" } });
  expect(await client.collectionExists("plain")).toEqual({ exists: true });
  const deleted = client.deleteCollection("plain");
  expect(await Promise.all([made, deleted])).toEqual([true, true]);
  expect(await client.getCollections()).toEqual({ collections: [] });
  await client.close();
});
