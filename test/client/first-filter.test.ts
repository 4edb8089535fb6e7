import { expect, test } from "vitest";
import { open } from "../../src/index.ts";

test("the first filter loads its code, and the calls after it keep their order", async () => {
  const client = await open();
  await client.createCollection("c", { vectors: { size: 1, distance: "Dot" } });
  const point = (id: number) => ({ id, vector: [id], payload: { n: id } });
  const filter = { must: [{ key: "n", range: { gte: 2 } }] };
  // None of these is awaited before the next: the second has to wait for the code of filters.
  const calls = [
    client.upsert("c", { points: [1, 2, 3].map(point) }),
    client.delete("c", { filter, wait: true }),
    client.upsert("c", { points: [point(3)] }),
    client.count("c"),
    client.batchUpdate("c", { operations: [{ delete: { filter } }, { upsert: { points: [point(4)] } }] }),
    client.scroll("c", { filter }),
  ] as const;
  const [, , , count, , page] = await Promise.all(calls);
  expect(count).toEqual({ count: 2 });
  expect(page.points.map(({ id }) => id)).toEqual([4]);
  await client.close();
});
