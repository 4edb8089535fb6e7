/** Queries by the id of a point in another collection, or of another name. */
import { expect, test } from "vitest";
import { type Client, connect, ids, refused, scored } from "./support.ts";

/** Collection `c` with points 1 and 2, and `other` with points 10 and 11 of two names. */
async function two(): Promise<Client> {
  const client = await connect();
  await client.createCollection("c", { vectors: { size: 2, distance: "Dot" } });
  await client.createCollection("other", {
    vectors: { two: { size: 2, distance: "Cosine" }, three: { size: 3, distance: "Dot" } },
    sparse_vectors: { s: {} },
  });
  await client.upsert("c", {
    points: [
      { id: 1, vector: [1, 0] },
      { id: 2, vector: [0, 1] },
    ],
    wait: true,
  });
  await client.upsert("other", {
    points: [
      { id: 10, vector: { two: [0, 3], three: [1, 2, 3], s: { indices: [1], values: [1] } } },
      { id: 11, vector: { three: [1, 2, 3] } },
    ],
    wait: true,
  });
  return client;
}

const from = (vector?: string) => ({
  lookup_from: { collection: "other", ...(vector !== undefined && { vector }) },
});

test("the vector is looked up where it is said to be", async () => {
  await using client = await two();
  // As it is stored there: a unit vector.
  expect(scored(await client.query("c", { query: 10, ...from("two") }))).toEqual([
    [2, 1],
    [1, 0],
  ]);
  expect(ids(await client.query("c", { query: { nearest: 10 }, ...from("two"), limit: 1 }))).toEqual([2]);
});

test("without a name it is the unnamed vector", async () => {
  await using client = await two();
  await client.createCollection("plain", { vectors: { size: 2, distance: "Dot" } });
  await client.upsert("plain", { points: [{ id: 7, vector: [2, 1] }], wait: true });
  const lookup_from = { collection: "plain" };
  expect(scored(await client.query("c", { query: 7, lookup_from }))).toEqual([
    [1, 2],
    [2, 1],
  ]);
});

test("in batches and groups too", async () => {
  await using client = await two();
  const [answer] = await client.queryBatch("c", { searches: [{ query: 10, ...from("two"), limit: 1 }] });
  expect(answer && ids(answer)).toEqual([2]);
  await client.setPayload("c", { payload: { g: "a" }, points: [1, 2], wait: true });
  const { groups } = await client.queryGroups("c", { query: 10, ...from("two"), group_by: "g" } as never);
  expect(groups.map(({ hits }) => ids(hits))).toEqual([[2, 1]]);
});

test("an alias is a collection's name here too", async () => {
  await using client = await two();
  await client.updateCollectionAliases({
    actions: [{ create_alias: { alias_name: "elsewhere", collection_name: "other" } }],
  });
  const lookup_from = { collection: "elsewhere", vector: "two" };
  expect(ids(await client.query("c", { query: 10, lookup_from, limit: 1 }))).toEqual([2]);
});

test("what is missing there is named", async () => {
  await using client = await two();
  const nowhere = { collection: "nowhere" };
  await refused(client.query("c", { query: 10, lookup_from: nowhere }), "COLLECTION_NOT_FOUND", "nowhere");
  await refused(client.query("c", { query: 1, ...from("two") }), "POINT_NOT_FOUND", "1");
  await refused(client.query("c", { query: 10, ...from("four") }), "INVALID_ARGUMENT", "four");
  await refused(client.query("c", { query: 10, ...from("three") }), "WRONG_DIMENSION", "3", "2");
  await expect(client.query("c", { query: 11, ...from("two") })).rejects.toMatchObject({
    message: expect.stringContaining("11"),
  });
  await expect(client.query("c", { query: 10, ...from("s") })).rejects.toMatchObject({
    name: "NearvecError",
  });
});
