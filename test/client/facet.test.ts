import { afterEach, beforeEach, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { rejection, untyped } from "./support.ts";

const UUID = "550e8400-e29b-41d4-a716-446655440000";
let client: NearvecClient;

beforeEach(async () => {
  client = await open();
  await client.createCollection("c", { vectors: { size: 1, distance: "Dot" } });
  const payloads = [
    { color: "red", n: 1, odd: true, doc: { id: UUID } },
    { color: ["red", "blue", "red"], n: [2, 2], odd: false, doc: { id: UUID.toUpperCase() } },
    { color: "green", n: 2n ** 60n, odd: true, doc: { id: "no uuid" } },
    { color: "blue", n: 2.5, odd: true },
    { color: ["red", 7, null], n: 1 },
    {},
  ];
  await client.upsert("c", { points: payloads.map((payload, i) => ({ id: i + 1, vector: [1], payload })) });
  const fields = { color: "keyword", n: "integer", odd: "bool", "doc.id": "uuid" } as const;
  for (const [field_name, field_schema] of Object.entries(fields)) {
    await client.createPayloadIndex("c", { field_name, field_schema, wait: true });
  }
});

afterEach(() => client.close());

const counts = async (key: string, request = {}) =>
  (await client.facet("c", { key, ...request })).hits.map(({ value, count }) => [value, count]);

test("points are counted, not values: the most first, then the lower value", async () => {
  expect(await client.facet("c", { key: "color", limit: 2 })).toEqual({
    hits: [
      { value: "red", count: 3 },
      { value: "blue", count: 2 },
    ],
  });
  expect(await counts("color", { exact: true })).toEqual([
    ["red", 3],
    ["blue", 2],
    ["green", 1],
  ]);
  expect(await counts("n")).toEqual([
    [1, 2],
    [2, 1],
    [2n ** 60n, 1],
  ]);
  expect(await counts("odd")).toEqual([
    [true, 3],
    [false, 1],
  ]);
  expect(await counts("doc.id")).toEqual([[UUID, 2]]);
});

test("of the points that meet a filter, and of those that are there now", async () => {
  const filter = { must: [{ key: "odd", match: { value: true } }] };
  expect(await counts("color", { filter })).toEqual([
    ["blue", 1],
    ["green", 1],
    ["red", 1],
  ]);
  expect(await counts("color", { filter: { must: [{ has_id: [6, 7] }] } })).toEqual([]);
  await client.delete("c", { points: [1], wait: true });
  await client.setPayload("c", { payload: { color: "blue" }, points: [5, 6] });
  expect(await counts("color")).toEqual([
    ["blue", 4],
    ["green", 1],
    ["red", 1],
  ]);
});

test("10 values unless told otherwise", async () => {
  const points = Array.from({ length: 30 }, (_, n) => ({ id: n, vector: [1], payload: { n } }));
  await client.upsert("c", { points });
  expect(await counts("n")).toHaveLength(10);
  expect(await counts("n", { limit: 100 })).toHaveLength(30);
});

test.each<[string, unknown, string]>([
  ["no key", {}, "key"],
  ["a field without an index", { key: "size" }, 'no index of "size" that counts values'],
  ["an index that counts no values", { key: "ratio" }, 'no index of "ratio" that counts values'],
  ["a limit of 0", { key: "color", limit: 0 }, "limit"],
  ["an exactness that is none", { key: "color", exact: 1 }, "exact"],
  ["an unknown field", { key: "color", offset: 1 }, "offset"],
])("%s is refused", async (_, request, text) => {
  await client.createPayloadIndex("c", { field_name: "ratio", field_schema: "float", wait: true });
  expect(await rejection(() => client.facet("c", untyped(request)))).toMatchObject({
    code: "INVALID_ARGUMENT",
    message: expect.stringContaining(text),
  });
});
