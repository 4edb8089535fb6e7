/** Sparse vectors: few values at some of 2^32 indices. */
import { expect, test } from "vitest";
import { random, type Sparse, sparseDot, withIdf } from "./naive.ts";
import { compare, expected, holding, IDF, PLAIN, randomSparse, sparse } from "./sparse-support.ts";
import {
  connect,
  hasId,
  ids,
  match,
  refused,
  refusedWithoutEffect,
  scored,
  untyped,
  vectors,
  withCollection,
} from "./support.ts";

const wait = true;

test("indices come back sorted, with their values", async () => {
  await using client = await holding(PLAIN, [
    { indices: [70, 3, 4_294_967_295, 0], values: [0.05, -2, 3, 1] },
  ]);
  expect(await vectors(client)).toEqual({
    1: { s: { indices: [0, 3, 70, 4_294_967_295], values: [1, -2, 0.05, 3] } },
  });
  const selected = await client.retrieve("c", { ids: [1], with_vector: ["s"] });
  expect(selected).toMatchObject([{ vector: { s: { indices: [0, 3, 70, 4_294_967_295] } } }]);
});

test("the score is the dot product over shared indices", async () => {
  const documents = [sparse({ 1: 1, 2: 2 }), sparse({ 2: 3, 9: 1 }), sparse({ 1: -1, 9: 4 })];
  await using client = await holding(PLAIN, documents);
  const query = sparse({ 1: 2, 2: 1, 77: 5 });
  expect(scored(await client.query("c", { query, using: "s" }))).toEqual([
    [1, 4],
    [2, 3],
    [3, -2],
  ]);
  const shuffled = { indices: [77, 1, 2], values: [5, 2, 1] };
  expect(ids(await client.query("c", { query: shuffled, using: "s" }))).toEqual([1, 2, 3]);
  expect(
    ids(await client.query("c", { query: { nearest: query }, using: "s", limit: 1, offset: 1 })),
  ).toEqual([2]);
  const older = { vector: { name: "s", vector: query }, limit: 2 };
  expect(ids(await client.search("c", older))).toEqual([1, 2]);
});

test("points that share no index are not found, even if fewer than `limit` are", async () => {
  await using client = await holding(PLAIN, [sparse({ 1: 1 }), sparse({ 2: 1 }), sparse({ 1: -1, 2: 1 })]);
  expect(ids(await client.query("c", { query: sparse({ 1: 1 }), using: "s", limit: 10 }))).toEqual([1, 3]);
  expect(await client.query("c", { query: sparse({ 5: 1 }), using: "s" })).toEqual({ points: [] });
});

test("a filter, a threshold, an id", async () => {
  const documents = [1, 2, 3, 4, 5].map((x) => sparse({ 1: x }));
  await using client = await holding(PLAIN, documents);
  const query = sparse({ 1: 1 });
  const even = { must: [match("even", true)] };
  expect(ids(await client.query("c", { query, using: "s", filter: even }))).toEqual([4, 2]);
  expect(ids(await client.query("c", { query, using: "s", score_threshold: 3 }))).toEqual([5, 4]);
  expect(ids(await client.query("c", { query: 5, using: "s" }))).toEqual([4, 3, 2, 1]);
  expect(ids(await client.query("c", { query, using: "s", filter: { must: [hasId(3)] } }))).toEqual([3]);
});

test("writes of every kind are followed", async () => {
  await using client = await holding(PLAIN, [
    sparse({ 1: 1 }),
    sparse({ 1: 2 }),
    sparse({ 1: 3 }),
    sparse({ 1: 4 }),
  ]);
  await client.updateVectors("c", { points: [{ id: 1, vector: { s: sparse({ 2: 1 }) } }], wait });
  await client.deleteVectors("c", { points: [2], vector: ["s"], wait });
  await client.delete("c", { points: [3], wait });
  await client.upsert("c", { points: [{ id: 5, vector: { s: sparse({ 1: 9, 2: 9 }) } }], wait });
  expect(ids(await client.query("c", { query: sparse({ 1: 1 }), using: "s" }))).toEqual([5, 4]);
  expect(ids(await client.query("c", { query: sparse({ 2: 1 }), using: "s" }))).toEqual([5, 1]);
  expect((await vectors(client))[2]).toEqual({});
});

test("columns of sparse vectors", async () => {
  await using client = await connect();
  await client.createCollection("c", PLAIN);
  const s = [sparse({ 1: 1 }), sparse({ 2: 2 })];
  await client.upsert("c", { batch: { ids: [1, 2], vectors: { s } }, wait });
  expect(await vectors(client)).toEqual({ 1: { s: s[0] }, 2: { s: s[1] } });
});

test("among dense vectors; a point may have either, or both", async () => {
  await using client = await withCollection(
    { vectors: { d: { size: 2, distance: "Dot" } }, sparse_vectors: { s: {} } },
    [
      { id: 1, vector: { d: [1, 1], s: sparse({ 1: 1 }) } },
      { id: 2, vector: { d: [2, 2] } },
      { id: 3, vector: { s: sparse({ 1: 3 }) } },
    ],
  );
  expect(ids(await client.query("c", { query: [1, 1], using: "d" }))).toEqual([2, 1]);
  expect(ids(await client.query("c", { query: sparse({ 1: 1 }), using: "s" }))).toEqual([3, 1]);
  await refused(client.query("c", { query: [1, 1], using: "s" }), "INVALID_ARGUMENT", "s");
  await refused(client.query("c", { query: sparse({ 1: 1 }), using: "d" }), "INVALID_ARGUMENT", "d");
});

test("beside the unnamed vector", async () => {
  await using client = await withCollection(
    { vectors: { size: 2, distance: "Dot" }, sparse_vectors: { s: {} } },
    [
      { id: 1, vector: { "": [1, 1], s: sparse({ 1: 1 }) } },
      { id: 2, vector: [2, 2] },
    ],
  );
  expect(ids(await client.query("c", { query: [1, 1] }))).toEqual([2, 1]);
  expect(ids(await client.query("c", { query: sparse({ 1: 1 }), using: "s" }))).toEqual([1]);
  expect((await vectors(client))[1]).toEqual({ "": [1, 1], s: sparse({ 1: 1 }) });
});

test.each<[string, unknown, string]>([
  ["an index twice", { indices: [1, 1], values: [1, 2] }, "indices"],
  ["fewer values than indices", { indices: [1, 2], values: [1] }, "values"],
  ["more values than indices", { indices: [1], values: [1, 2] }, "values"],
  ["a negative index", { indices: [-1], values: [1] }, "indices"],
  ["an index beyond 32 bits", { indices: [2 ** 32], values: [1] }, "indices"],
  ["an index that is not whole", { indices: [0.5], values: [1] }, "indices"],
  ["no values", { indices: [1] }, "values"],
])("%s is refused, in a point and in a query", async (_, wrong, word) => {
  await using client = await holding(PLAIN, [sparse({ 1: 1 })]);
  const s = untyped<Sparse>(wrong);
  await refusedWithoutEffect(
    client,
    () =>
      client.upsert("c", {
        points: [
          { id: 2, vector: { s: sparse({ 1: 1 }) } },
          { id: 3, vector: { s } },
        ],
      }),
    "INVALID_ARGUMENT",
    "points[1]",
    word,
  );
  await refused(client.query("c", { query: s, using: "s" }), "INVALID_ARGUMENT", word);
});

test("a value that is no finite number is refused", async () => {
  await using client = await holding(PLAIN, [sparse({ 1: 1 })]);
  const s = { indices: [1, 2], values: [1, Number.NaN] };
  await refusedWithoutEffect(
    client,
    () => client.upsert("c", { points: [{ id: 2, vector: { s } }] }),
    "NOT_FINITE",
  );
  await refused(client.query("c", { query: s, using: "s" }), "NOT_FINITE");
});

test("what a plain walk over many documents finds", async () => {
  const next = random(11);
  const documents = Array.from({ length: 500 }, () => randomSparse(next, 300, 12));
  await using client = await holding(PLAIN, documents);
  for (let round = 0; round < 20; round++) {
    const query = randomSparse(next, 300, 8);
    const wanted = expected(query, documents);
    for (const exact of [true, false]) {
      const { points } = await client.query("c", { query, using: "s", limit: 20, params: { exact } });
      expect(points.map(({ score }) => score)).toEqual(wanted.slice(0, 20).map(([, score]) => score));
      const scores = new Map(wanted);
      for (const { id, score } of points) expect(score).toBe(scores.get(Number(id)));
      expect(new Set(ids(points)).size).toBe(points.length);
    }
  }
});

test("idf weighs each index of the query by how rare it is", async () => {
  const next = random(5);
  const documents = Array.from({ length: 120 }, () => randomSparse(next, 40, 6));
  await using client = await holding(IDF, documents);
  for (let round = 0; round < 10; round++) {
    const query = randomSparse(next, 40, 5);
    await compare(client, query, withIdf(query, documents), documents);
  }
});

test("idf counts the points that have the vector, as they are now", async () => {
  const documents = [sparse({ 1: 1 }), sparse({ 1: 1, 2: 1 }), sparse({ 2: 1 }), sparse({ 3: 1 })];
  await using client = await holding(IDF, documents);
  const query = sparse({ 1: 1, 2: 1, 3: 1 });
  await compare(client, query, withIdf(query, documents), documents);
  // One goes, one loses its vector, one changes, and one without comes.
  await client.delete("c", { points: [1], wait });
  await client.deleteVectors("c", { points: [4], vector: ["s"], wait });
  await client.updateVectors("c", { points: [{ id: 3, vector: { s: sparse({ 1: 2, 3: 1 }) } }], wait });
  await client.upsert("c", { points: [{ id: 9, vector: {} }], wait });
  const left = [sparse({ 1: 1, 2: 1 }), sparse({ 1: 2, 3: 1 })];
  const { points } = await client.query("c", { query, using: "s" });
  const weighed = withIdf(query, left);
  const scores = left.map((document) => sparseDot(weighed, document) ?? Number.NaN);
  const got = new Map(points.map(({ id, score }) => [id, score]));
  expect(got.size).toBe(2);
  expect(got.get(2)).toBeCloseTo(scores[0] ?? Number.NaN, 5);
  expect(got.get(3)).toBeCloseTo(scores[1] ?? Number.NaN, 5);
});

test("the info shows the modifier", async () => {
  await using client = await holding(IDF, []);
  expect((await client.getCollection("c")).config.params.sparse_vectors).toMatchObject({
    s: { modifier: "idf" },
  });
});
