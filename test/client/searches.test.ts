import { afterAll, beforeAll, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { type Code, rejection, untyped } from "./support.ts";

let client: NearvecClient;

beforeAll(async () => {
  client = await open();
  await client.createCollection("c", { vectors: { size: 2, distance: "Dot" } });
  await client.upsert("c", {
    points: [1, 2, 3, 4, 5].map((id) => ({ id, vector: [id, 1], payload: { id } })),
  });
});

afterAll(() => client.close());

const ids = (points: { id: unknown }[]) => points.map(({ id }) => id);

test("queryBatch answers each query as if it were alone", async () => {
  const searches = [
    { query: [1, 0], limit: 2 },
    { query: 5, limit: 2, with_vector: true },
    { limit: 1, offset: 2, with_payload: true },
    { query: { nearest: [-1, 0] }, limit: 1, score_threshold: -2 },
  ];
  const answers = await client.queryBatch("c", { searches, timeout: 5, consistency: "all" });
  expect(answers).toEqual(await Promise.all(searches.map((search) => client.query("c", search))));
  expect(answers.map(({ points }) => ids(points))).toEqual([[5, 4], [4, 3], [3], [1]]);
  expect(await client.queryBatch("c", { searches: [] })).toEqual([]);
});

test("search is query with a bare list", async () => {
  expect(await client.search("c", { vector: [1, 0], limit: 2 })).toEqual(
    (await client.query("c", { query: [1, 0], limit: 2 })).points,
  );
  expect(ids(await client.search("c", { vector: { name: "", vector: [-1, 0] }, top: 2, offset: 1 }))).toEqual(
    [2, 3],
  );
  expect(
    await client.search("c", {
      vector: Float32Array.of(1, 0),
      limit: 1,
      with_vectors: true,
      with_payload: ["id"],
      score_threshold: 4,
      params: { exact: true, hnsw_ef: 10 },
    }),
  ).toEqual([{ id: 5, version: 1, score: 5, vector: [5, 1], payload: { id: 5 } }]);
  expect(ids(await client.search("c", { vector: [1, 0] }))).toEqual([5, 4, 3, 2, 1]);
});

test("searchBatch answers each search as if it were alone", async () => {
  const searches = [
    { vector: [1, 0], limit: 2 },
    { vector: [-1, 0], top: 1 },
  ];
  expect((await client.searchBatch("c", { searches })).map(ids)).toEqual([[5, 4], [1]]);
});

test("with_vectors is with_vector by another name", async () => {
  expect(await client.retrieve("c", { ids: [2], with_vectors: true })).toEqual([
    { id: 2, vector: [2, 1], payload: { id: 2 } },
  ]);
  expect((await client.scroll("c", { limit: 1, with_vectors: true })).points[0]?.vector).toEqual([1, 1]);
  const { points } = await client.query("c", { query: [1, 0], limit: 1, with_vectors: true });
  expect(points[0]?.vector).toEqual([5, 1]);
});

const WRONG: [string, () => Promise<unknown>, Code, string][] = [
  [
    "search without a vector",
    () => client.search("c", untyped({})),
    "INVALID_ARGUMENT",
    "vector: got nothing",
  ],
  ["search by id", () => client.search("c", untyped({ vector: 1 })), "INVALID_ARGUMENT", "vector: got 1"],
  [
    "search of a wrong dimension",
    () => client.search("c", { vector: [1] }),
    "WRONG_DIMENSION",
    "vector: got 1 values",
  ],
  [
    "search by name",
    () => client.search("c", { vector: { name: "image", vector: [1, 0] } }),
    "INVALID_ARGUMENT",
    'there is no vector string "image"',
  ],
  [
    "search with both limits",
    () => client.search("c", { vector: [1, 0], limit: 1, top: 1 }),
    "INVALID_ARGUMENT",
    "both",
  ],
  [
    "search with no filter",
    () => client.search("c", untyped({ vector: [1, 0], filter: "all" })),
    "INVALID_ARGUMENT",
    'filter: got string "all"',
  ],
  ["search with a query", () => client.search("c", untyped({ query: [1, 0] })), "INVALID_ARGUMENT", "query"],
  ["query with top", () => client.query("c", untyped({ query: [1, 0], top: 1 })), "INVALID_ARGUMENT", "top"],
  [
    "both spellings",
    () => client.retrieve("c", { ids: [1], with_vector: true, with_vectors: true }),
    "INVALID_ARGUMENT",
    "both",
  ],
  ["queryBatch without searches", () => client.queryBatch("c", untyped({})), "INVALID_ARGUMENT", "searches"],
  [
    "one bad query",
    () => client.queryBatch("c", { searches: [{}, { limit: 0 }] }),
    "INVALID_ARGUMENT",
    "searches[1].limit: got 0",
  ],
  [
    "one unknown point",
    () => client.queryBatch("c", { searches: [{}, { query: 9 }] }),
    "POINT_NOT_FOUND",
    "searches[1]: there is no point with id 9",
  ],
  [
    "one bad search",
    () => client.searchBatch("c", { searches: [{ vector: [1] }] }),
    "WRONG_DIMENSION",
    "searches[0]: vector",
  ],
  [
    "a search that is none",
    () => client.searchBatch("c", untyped({ searches: [1] })),
    "INVALID_ARGUMENT",
    "searches[0]",
  ],
];

test.each(WRONG)("%s is refused", async (_, call, code, text) => {
  expect(await rejection(call)).toMatchObject({ code, message: expect.stringContaining(text) });
});
