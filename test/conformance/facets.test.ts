/** How many points have each value of a field. */
import { expect, test } from "vitest";
import { type Client, match, refused, withPayloads } from "./support.ts";

type FieldSchema = NonNullable<Parameters<Client["createPayloadIndex"]>[1]["field_schema"]>;
type Values = string | number | boolean;

async function indexed(schema: FieldSchema, ...values: unknown[]): Promise<Client> {
  const client = await withPayloads(...values.map((v, i) => (v === undefined ? {} : { v, low: i < 3 })));
  await client.createPayloadIndex("c", { field_name: "v", field_schema: schema, wait: true });
  return client;
}

async function facet(client: Client, more: object = {}): Promise<[Values, number][]> {
  const { hits } = await client.facet("c", { key: "v", ...more });
  return hits.map(({ value, count }) => [value, count]);
}

test("values by their counts, the larger first, then by value", async () => {
  await using client = await indexed("keyword", "b", "c", "a", "b", "a", undefined, 5, null, "ä");
  for (const exact of [true, false]) {
    expect(await facet(client, { exact })).toEqual([
      ["a", 2],
      ["b", 2],
      ["c", 1],
      ["ä", 1],
    ]);
  }
});

test("points are counted, not values", async () => {
  await using client = await indexed("keyword", ["a", "a", "b"], ["a"], [], [["a"]]);
  expect(await facet(client)).toEqual([
    ["a", 2],
    ["b", 1],
  ]);
});

test("integers order as numbers", async () => {
  await using client = await indexed("integer", 10, 9, -1, 10, 1.5, "9", [9, 10]);
  expect(await facet(client)).toEqual([
    [10, 3],
    [9, 2],
    [-1, 1],
  ]);
});

test("bools give true and false", async () => {
  await using client = await indexed("bool", true, false, true, "true", 1);
  expect(await facet(client)).toEqual([
    [true, 2],
    [false, 1],
  ]);
});

test("UUIDs are given in their usual form", async () => {
  const uuid = "550e8400-e29b-41d4-a716-446655440000";
  await using client = await indexed("uuid", uuid, "ffffffff-ffff-ffff-ffff-ffffffffffff", uuid, "no uuid");
  expect(await facet(client)).toEqual([
    [uuid, 2],
    ["ffffffff-ffff-ffff-ffff-ffffffffffff", 1],
  ]);
});

test("ten values are given unless asked otherwise", async () => {
  await using client = await indexed("integer", ...Array.from({ length: 15 }, (_, i) => 14 - i));
  expect(await facet(client)).toEqual(Array.from({ length: 10 }, (_, i) => [i, 1]));
  expect(await facet(client, { limit: 2 })).toEqual([
    [0, 1],
    [1, 1],
  ]);
  expect(await facet(client, { limit: 100 })).toHaveLength(15);
  await refused(client.facet("c", { key: "v", limit: 0 }), "INVALID_ARGUMENT", "limit");
});

test("of the points that meet a filter only", async () => {
  await using client = await indexed("keyword", "a", "b", "b", "a", "a");
  const filter = { must: [match("low", true)] };
  expect(await facet(client, { filter, exact: true })).toEqual([
    ["b", 2],
    ["a", 1],
  ]);
  expect(await facet(client, { filter: { must: [match("v", "c")] } })).toEqual([]);
});

test("after writes the counts follow", async () => {
  await using client = await indexed("keyword", "a", "b", "b", "a");
  await client.delete("c", { points: [1], wait: true });
  await client.setPayload("c", { payload: { v: ["a", "c"] }, points: [2], wait: true });
  await client.deletePayload("c", { keys: ["v"], points: [3], wait: true } as never);
  await client.upsert("c", { points: [{ id: 9, vector: [1], payload: { v: "c" } }], wait: true });
  expect(await facet(client)).toEqual([
    ["a", 2],
    ["c", 2],
  ]);
});

test("of a path into lists", async () => {
  await using client = await withPayloads(
    { a: [{ b: "x" }, { b: "y" }] },
    { a: [{ b: "x" }, { b: "x" }] },
    { a: { b: "x" } },
  );
  await client.createPayloadIndex("c", { field_name: "a[].b", field_schema: "keyword", wait: true });
  const { hits } = await client.facet("c", { key: "a[].b" });
  expect(hits).toEqual([
    { value: "x", count: 2 },
    { value: "y", count: 1 },
  ]);
});

test("not without an index that supports match", async () => {
  await using client = await withPayloads({ v: "a", f: 1.5 });
  await refused(client.facet("c", { key: "v" }), "INVALID_ARGUMENT", "v");
  await client.createPayloadIndex("c", { field_name: "f", field_schema: "float", wait: true });
  await refused(client.facet("c", { key: "f" }), "INVALID_ARGUMENT", "f");
  await client.createPayloadIndex("c", { field_name: "v", field_schema: "keyword", wait: true });
  expect(await facet(client)).toEqual([["a", 1]]);
  await client.deletePayloadIndex("c", "v", { wait: true });
  await refused(client.facet("c", { key: "v" }), "INVALID_ARGUMENT", "v");
  await refused(client.facet("nowhere", { key: "v" }), "COLLECTION_NOT_FOUND", "nowhere");
});
