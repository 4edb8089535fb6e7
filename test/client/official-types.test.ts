/**
 * A program written for the official client type-checks against this one. The compiler runs most of this
 * file: requests that satisfy the official client's types are taken by ours, and what ours answers can be
 * used as what the official client answers, once ids are narrowed to what theirs are.
 */
import { QdrantClient } from "@qdrant/js-client-rest";
import { expect, test } from "vitest";
import { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";

type Method =
  | "createCollection"
  | "getCollection"
  | "getCollections"
  | "collectionExists"
  | "deleteCollection"
  | "upsert"
  | "delete"
  | "retrieve"
  | "scroll"
  | "count"
  | "query"
  | "queryBatch"
  | "setPayload"
  | "overwritePayload"
  | "deletePayload"
  | "clearPayload"
  | "updateVectors"
  | "deleteVectors"
  | "batchUpdate"
  | "updateCollection"
  | "getCollectionAliases";

/** Methods whose first argument is their request. */
type Global = "updateCollectionAliases" | "getAliases";

/** Results with ids as the official client has them. */
type NarrowIds<T> = T extends bigint
  ? never
  : T extends readonly (infer Item)[]
    ? NarrowIds<Item>[]
    : T extends object
      ? { [Key in keyof T]: NarrowIds<T[Key]> }
      : T;

type Answer<T> = T extends (...args: never[]) => Promise<infer Result> ? Result : never;

/** The methods whose results the official client's callers could not use; no name is left if all is well. */
type Mismatch = {
  [Name in Method | Global]: NarrowIds<Answer<NearvecClient[Name]>> extends Answer<QdrantClient[Name]>
    ? never
    : Name;
}[Method | Global];

/** That the check above can fail: without narrowing the ids, it does. */
const unnarrowed: Answer<NearvecClient["query"]> extends Answer<QdrantClient["query"]> ? true : false = false;

type Request<Client extends Record<Name, (...args: never[]) => unknown>, Name extends Method> = Parameters<
  Client[Name]
>[1];

const create = {
  vectors: { size: 4, distance: "Cosine", hnsw_config: { m: 32 } },
  hnsw_config: { m: 16, ef_construct: 100 },
  optimizers_config: { default_segment_number: 2, indexing_threshold: 10_000 },
  replication_factor: 1,
} satisfies Request<QdrantClient, "createCollection">;

const points = {
  wait: true,
  points: [
    { id: 1, vector: [0.05, 0.61, 0.76, 0.74], payload: { city: "Berlin", price: 1.99 } },
    { id: "550e8400-e29b-41d4-a716-446655440000", vector: [0.19, 0.81, 0.75, 0.11] },
  ],
} satisfies Request<QdrantClient, "upsert">;

const batch = {
  batch: {
    ids: [3, 4],
    vectors: [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ],
    payloads: [{ city: "Rome" }, null],
  },
} satisfies Request<QdrantClient, "upsert">;

const query = {
  query: [0.2, 0.1, 0.9, 0.7],
  params: { hnsw_ef: 128, exact: false },
  limit: 3,
  offset: 0,
  score_threshold: -1,
  with_payload: { include: ["city"] },
  with_vector: true,
} satisfies Request<QdrantClient, "query">;

const scroll = { limit: 2, offset: 1, with_payload: ["city"], with_vector: false } satisfies Request<
  QdrantClient,
  "scroll"
>;
const retrieve = { ids: [1, "550e8400-e29b-41d4-a716-446655440000"] } satisfies Request<
  QdrantClient,
  "retrieve"
>;
const remove = { points: [1, 2], wait: true } satisfies Request<QdrantClient, "delete">;
const setPayload = {
  payload: { seen: true, price: null },
  points: [1],
  key: "meta",
  wait: true,
} satisfies Request<QdrantClient, "setPayload">;
const overwritePayload = { payload: { seen: null }, points: [3], ordering: "strong" } satisfies Request<
  QdrantClient,
  "overwritePayload"
>;
const deletePayload = { keys: ["meta.seen"], points: [1] } satisfies Request<QdrantClient, "deletePayload">;
const clearPayload = { points: [4], wait: false } satisfies Request<QdrantClient, "clearPayload">;
const updateVectors = { points: [{ id: 1, vector: [1, 0, 0, 1] }] } satisfies Request<
  QdrantClient,
  "updateVectors"
>;
const deleteVectors = { points: [4], vector: [""] } satisfies Request<QdrantClient, "deleteVectors">;
const batchUpdate = {
  wait: true,
  operations: [
    { upsert: { points: [{ id: 5, vector: [0, 0, 1, 0], payload: {} }], update_mode: "insert_only" } },
    { set_payload: { payload: { a: 1 }, points: [5] } },
    { overwrite_payload: { payload: { a: 1 }, points: [5] } },
    { delete_payload: { keys: ["a"], points: [5] } },
    { clear_payload: { points: [5] } },
    { update_vectors: { points: [{ id: 5, vector: [0, 1, 0, 0] }] } },
    { delete_vectors: { points: [5], vector: [""] } },
    { delete: { points: [5] } },
  ],
} satisfies Request<QdrantClient, "batchUpdate">;
const queryBatch = { searches: [{ query: [1, 0, 0, 0], limit: 1 }, { query: 1 }] } satisfies Request<
  QdrantClient,
  "queryBatch"
>;
const updateCollection = {
  hnsw_config: { ef_construct: 64 },
  optimizers_config: { indexing_threshold: 1000 },
  metadata: { owner: "test" },
} satisfies Request<QdrantClient, "updateCollection">;
const aliases = {
  actions: [
    { create_alias: { collection_name: "cities", alias_name: "towns" } },
    { rename_alias: { old_alias_name: "towns", new_alias_name: "places" } },
    { delete_alias: { alias_name: "nothing" } },
  ],
} satisfies Parameters<QdrantClient["updateCollectionAliases"]>[0];
const count = { exact: true } satisfies Request<QdrantClient, "count">;

test("the results have the official client's types", () => {
  const mismatches: Mismatch[] = [];
  // The compiler has checked it: a list of names could not be taken for a list of nothing.
  const none: never[] = mismatches;
  expect(none).toEqual([]);
  expect(unnarrowed).toBe(false);
});

test("requests written for the official client are taken as they are", async () => {
  await using client = await open();
  expect(await client.createCollection("cities", create)).toBe(true);
  expect(await client.upsert("cities", points)).toMatchObject({ status: "completed" });
  expect(await client.upsert("cities", batch)).toMatchObject({ status: "completed" });
  expect((await client.query("cities", query)).points).toHaveLength(3);
  expect((await client.scroll("cities", scroll)).next_page_offset).toBe(4);
  expect(await client.retrieve("cities", retrieve)).toHaveLength(2);
  expect(await client.count("cities", count)).toEqual({ count: 4 });
  expect(await client.setPayload("cities", setPayload)).toMatchObject({ status: "completed" });
  expect(await client.overwritePayload("cities", overwritePayload)).toMatchObject({ status: "completed" });
  expect(await client.deletePayload("cities", deletePayload)).toMatchObject({ status: "completed" });
  expect(await client.clearPayload("cities", clearPayload)).toMatchObject({ status: "acknowledged" });
  expect(await client.updateVectors("cities", updateVectors)).toMatchObject({ status: "completed" });
  expect(await client.deleteVectors("cities", deleteVectors)).toMatchObject({ status: "completed" });
  expect(await client.batchUpdate("cities", batchUpdate)).toHaveLength(8);
  expect(await client.queryBatch("cities", queryBatch)).toHaveLength(2);
  expect(await client.updateCollection("cities", updateCollection)).toBe(true);
  expect(await client.updateCollectionAliases(aliases)).toBe(true);
  expect((await client.getAliases()).aliases).toHaveLength(1);
  expect((await client.getCollectionAliases("cities")).aliases).toHaveLength(1);
  expect(await client.delete("cities", remove)).toMatchObject({ status: "completed" });
});

test("every method of the official client is there, if only to say that it is not supported yet", async () => {
  const names = Object.getOwnPropertyNames(QdrantClient.prototype);
  const missing = names.filter((name) => !(name in NearvecClient.prototype));
  expect(missing).toEqual(["api"]);
  await using client = await open();
  const facet: unknown = Reflect.get(client, "facet");
  expect(facet).toBeTypeOf("function");
  await expect((facet as () => Promise<unknown>).call(client)).rejects.toMatchObject({
    code: "NOT_SUPPORTED",
    message: expect.stringContaining("facet"),
  });
});
