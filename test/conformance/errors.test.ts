/** Errors that concern all calls alike. */
import { expect, test } from "vitest";
import { type Client, refused, untyped, withCollection } from "./support.ts";

const DOT = { vectors: { size: 2, distance: "Dot" } } as const;
const POINTS = { points: [{ id: 1, vector: [1, 1] }] };

type Call = (client: Client, name: string) => Promise<unknown>;

const CALLS: [string, Call][] = [
  ["getCollection", (client, name) => client.getCollection(name)],
  ["updateCollection", (client, name) => client.updateCollection(name, {})],
  ["upsert", (client, name) => client.upsert(name, POINTS)],
  ["delete", (client, name) => client.delete(name, { points: [1] })],
  ["delete by a filter", (client, name) => client.delete(name, { filter: {} })],
  ["updateVectors", (client, name) => client.updateVectors(name, POINTS)],
  ["deleteVectors", (client, name) => client.deleteVectors(name, { points: [1], vector: [""] })],
  ["setPayload", (client, name) => client.setPayload(name, { payload: {}, points: [1] })],
  ["overwritePayload", (client, name) => client.overwritePayload(name, { payload: {}, points: [1] })],
  ["deletePayload", (client, name) => client.deletePayload(name, untyped({ keys: ["a"], points: [1] }))],
  ["clearPayload", (client, name) => client.clearPayload(name, { points: [1] })],
  ["batchUpdate", (client, name) => client.batchUpdate(name, { operations: [{ delete: { points: [1] } }] })],
  ["retrieve", (client, name) => client.retrieve(name, { ids: [1] })],
  ["scroll", (client, name) => client.scroll(name)],
  ["scroll with a filter", (client, name) => client.scroll(name, { filter: { must: [{ has_id: [1] }] } })],
  ["count", (client, name) => client.count(name)],
  ["query", (client, name) => client.query(name, { query: [1, 1] })],
  ["queryBatch", (client, name) => client.queryBatch(name, { searches: [{ query: [1, 1] }] })],
  ["search", (client, name) => client.search(name, { vector: [1, 1], limit: 1 })],
  ["searchBatch", (client, name) => client.searchBatch(name, { searches: [{ vector: [1, 1], limit: 1 }] })],
];

test.each(CALLS)("%s of an unknown collection names it", async (_, call) => {
  await using client = await withCollection(DOT);
  await refused(call(client, "nowhere"), "COLLECTION_NOT_FOUND", "nowhere");
});

test.each(CALLS)("%s of a deleted collection names it", async (_, call) => {
  await using client = await withCollection(DOT, POINTS.points);
  await client.deleteCollection("c");
  await refused(call(client, "c"), "COLLECTION_NOT_FOUND", "c");
});

test.each(CALLS)("%s is fine with a collection that is there", async (_, call) => {
  await using client = await withCollection(DOT, POINTS.points);
  expect(await call(client, "c")).toBeDefined();
});

/** With a field too many, which a server refuses too: a misspelt option must not be ignored. */
const MISSPELT: [string, Call][] = [
  ["upsert", (client) => client.upsert("c", untyped({ ...POINTS, updatemode: "upsert" }))],
  [
    "a point",
    (client) => client.upsert("c", untyped({ points: [{ id: 1, vector: [1, 1], updatemode: {} }] })),
  ],
  ["delete", (client) => client.delete("c", untyped({ points: [1], updatemode: {} }))],
  ["setPayload", (client) => client.setPayload("c", untyped({ payload: {}, points: [1], updatemode: {} }))],
  ["retrieve", (client) => client.retrieve("c", untyped({ ids: [1], updatemode: true }))],
  ["scroll", (client) => client.scroll("c", untyped({ updatemode: true }))],
  ["count", (client) => client.count("c", untyped({ updatemode: true }))],
  ["query", (client) => client.query("c", untyped({ query: [1, 1], updatemode: 3 }))],
  ["params", (client) => client.query("c", untyped({ query: [1, 1], params: { updatemode: 3 } }))],
];

test.each(MISSPELT)("%s names a field that it does not know", async (_, call) => {
  await using client = await withCollection(DOT, POINTS.points);
  await refused(call(client, "c"), "INVALID_ARGUMENT", "updatemode");
});

test.each(["matrix pairs", "matrix offsets", "shard keys"] as const)(
  "%s are not there yet, and say so",
  async (what) => {
    await using client = await withCollection(DOT);
    const calls = {
      "matrix pairs": () => client.searchMatrixPairs("c", {}),
      "matrix offsets": () => client.searchMatrixOffsets("c", {}),
      "shard keys": () => client.createShardKey("c", { shard_key: "a" }),
    };
    await refused(calls[what](), "NOT_SUPPORTED");
  },
);

/** There is one shard, which has no name. */
const SHARDS: [string, (client: Client, shard_key: string) => Promise<unknown>][] = [
  ["upsert", (client, shard_key) => client.upsert("c", { ...POINTS, shard_key })],
  ["delete", (client, shard_key) => client.delete("c", { points: [1], shard_key })],
  ["setPayload", (client, shard_key) => client.setPayload("c", { payload: {}, points: [1], shard_key })],
  ["updateVectors", (client, shard_key) => client.updateVectors("c", { ...POINTS, shard_key })],
  ["scroll", (client, shard_key) => client.scroll("c", { shard_key })],
  ["count", (client, shard_key) => client.count("c", { shard_key })],
  ["retrieve", (client, shard_key) => client.retrieve("c", { ids: [1], shard_key })],
  ["query", (client, shard_key) => client.query("c", { query: [1, 1], shard_key })],
];

test.each(SHARDS)("%s of a shard that is named is refused; null names none", async (_, call) => {
  await using client = await withCollection(DOT, POINTS.points);
  await refused(call(client, "a"), "NOT_SUPPORTED", "shard_key");
  expect(await client.count("c")).toEqual({ count: 1 });
  expect(await call(client, untyped<string>(null))).toBeDefined();
});
