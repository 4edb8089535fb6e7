import { afterEach, beforeEach, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { rejection } from "./support.ts";

let client: NearvecClient;

beforeEach(async () => {
  client = await open();
  await client.createCollection("words", { vectors: { size: 2, distance: "Dot" } });
  await client.upsert("words", {
    points: [1, 2, 3, 4].map((id) => ({ id, vector: [id, 1], payload: { even: id % 2 === 0 } })),
  });
  await client.createCollection("users", {
    vectors: { taste: { size: 2, distance: "Dot" }, face: { size: 3, distance: "Dot" } },
  });
  await client.upsert("users", {
    points: [
      { id: 2, vector: { taste: [-1, 0], face: [1, 1, 1] } },
      { id: 9, vector: { taste: [1, 0] } },
      { id: 8, vector: { face: [0, 0, 1] } },
    ],
  });
});

afterEach(() => client.close());

const ids = ({ points }: { points: { id: unknown }[] }) => points.map(({ id }) => id);
const taste = { collection: "users", vector: "taste" };

test("the vector of a point of another collection is the query; a point of the same id is not left out", async () => {
  expect(ids(await client.query("words", { query: 9, lookup_from: taste, limit: 2 }))).toEqual([4, 3]);
  expect(ids(await client.query("words", { query: 2, lookup_from: taste }))).toEqual([1, 2, 3, 4]);
  expect(ids(await client.query("words", { query: { nearest: 2 }, lookup_from: taste, offset: 1 }))).toEqual([
    2, 3, 4,
  ]);
  const filter = { must: [{ key: "even", match: { value: true } }] };
  expect(ids(await client.query("words", { query: 2, lookup_from: taste, filter }))).toEqual([2, 4]);
  expect(await client.explain("words", { query: 2, lookup_from: taste, limit: 1 })).toMatchObject({
    points: [{ id: 1, score: -1 }],
  });
});

test("from the very collection that is searched, by whatever name, the point is left out", async () => {
  await client.updateCollectionAliases({
    actions: [{ create_alias: { collection_name: "words", alias_name: "alias" } }],
  });
  for (const collection of ["words", "alias"]) {
    expect(ids(await client.query("words", { query: 2, lookup_from: { collection } }))).toEqual([4, 3, 1]);
  }
});

test("without a name of its own, the vector is that of `using`", async () => {
  const lookup_from = { collection: "users" };
  await client.createCollection("other", { vectors: { taste: { size: 2, distance: "Cosine" } } });
  await client.upsert("other", { points: [{ id: 1, vector: { taste: [3, 4] } }] });
  const { points } = await client.query("other", { query: 9, using: "taste", lookup_from });
  expect(points).toEqual([{ id: 1, version: 1, score: expect.closeTo(0.6, 6) }]);
  // The unnamed one of `words` has no namesake there.
  expect(await rejection(() => client.query("words", { query: 9, lookup_from }))).toMatchObject({
    code: "INVALID_ARGUMENT",
    message: expect.stringContaining("lookup_from.vector"),
  });
});

test("batches look up for each query", async () => {
  const searches = [
    { query: 9, lookup_from: taste, limit: 1 },
    { query: 2, limit: 1 },
    { query: 2, lookup_from: taste, limit: 1, filter: { must_not: [{ has_id: [1] }] } },
  ];
  const answers = await client.queryBatch("words", { searches });
  expect(answers.map(ids)).toEqual([[4], [4], [2]]);
  searches.push({ query: 8, lookup_from: taste, limit: 1 });
  expect(await rejection(() => client.queryBatch("words", { searches }))).toMatchObject({
    code: "POINT_NOT_FOUND",
    message: expect.stringContaining("searches[3]: the point with id 8 has no vector"),
  });
});

test("a query that needs no look-up gets none", async () => {
  const lookup_from = { collection: "nowhere" };
  expect(ids(await client.query("words", { query: [1, 0], lookup_from, limit: 1 }))).toEqual([4]);
  expect(ids(await client.query("words", { lookup_from, limit: 1 }))).toEqual([1]);
});

test.each([
  ["an unknown collection", { collection: "nowhere" }, "COLLECTION_NOT_FOUND", '"nowhere"'],
  ["an unknown vector", { collection: "users", vector: "smell" }, "INVALID_ARGUMENT", "lookup_from.vector"],
  ["an unknown point", { collection: "users", vector: "taste" }, "POINT_NOT_FOUND", "no point with id 3"],
  ["another size", { collection: "users", vector: "face" }, "WRONG_DIMENSION", "vectors of 3 values"],
  ["no collection", { vector: "taste" }, "INVALID_ARGUMENT", "lookup_from.collection"],
  ["a name that is none", { collection: "users", vector: 7 }, "INVALID_ARGUMENT", "lookup_from.vector"],
  ["an unknown field", { ...taste, id: 7 }, "INVALID_ARGUMENT", "lookup_from.id"],
  ["a shard key", { ...taste, shard_key: "a" }, "NOT_SUPPORTED", "lookup_from.shard_key"],
] as const)("%s is refused", async (_, lookup_from, code, text) => {
  const error = await rejection(() =>
    client.query("words", { query: 3, lookup_from: lookup_from as typeof taste }),
  );
  expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
});
