import { afterEach, beforeEach, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { type Code, rejection, stateOf, untyped } from "./support.ts";

let client: NearvecClient;

beforeEach(async () => {
  client = await open();
  await client.createCollection("c", { vectors: { size: 2, distance: "Dot" } });
  await client.upsert("c", {
    points: [
      { id: 1, vector: [1, 2], payload: { a: 1 } },
      { id: 2, vector: [3, 4] },
      { id: 3, vector: {}, payload: { a: 3 } },
    ],
  });
});

afterEach(() => client.close());

async function vectors(): Promise<unknown> {
  const { points } = await client.scroll("c", { with_vector: true });
  expect(points.map(({ payload }) => payload)).toEqual([{ a: 1 }, {}, { a: 3 }]);
  return points.map(({ vector }) => vector);
}

test("updateVectors replaces vectors, and gives one to points without", async () => {
  const answer = await client.updateVectors("c", {
    points: [
      { id: 1, vector: [9, 9] },
      { id: 3, vector: { "": [5, 6] } },
      { id: 1, vector: Float32Array.of(7, 8) },
    ],
  });
  expect(answer).toEqual({ operation_id: 2, status: "completed" });
  expect(await vectors()).toEqual([
    [7, 8],
    [3, 4],
    [5, 6],
  ]);
  const { points } = await client.query("c", { query: [1, 1], limit: 3 });
  expect(points.map(({ id, score }) => [id, score])).toEqual([
    [1, 15],
    [3, 11],
    [2, 7],
  ]);
});

test("deleteVectors hides points from searches; a point without a vector is fine", async () => {
  await client.deleteVectors("c", { points: [1, 3], vector: [""] });
  expect(await vectors()).toEqual([{}, [3, 4], {}]);
  expect((await client.query("c", { query: [1, 1] })).points.map(({ id }) => id)).toEqual([2]);
  await client.deleteVectors("c", { points: [2], vectors: [""] });
  expect((await client.query("c", { query: [1, 1] })).points).toEqual([]);
  expect(await client.count("c")).toEqual({ count: 3 });
});

test("upsert takes the unnamed vector by its name", async () => {
  await client.upsert("c", { points: [{ id: 2, vector: { "": [6, 7] } }] });
  expect(await vectors()).toEqual([[1, 2], [6, 7], {}]);
});

const WRONG: [string, "updateVectors" | "deleteVectors", unknown, Code, string][] = [
  [
    "an unknown id",
    "updateVectors",
    {
      points: [
        { id: 1, vector: [0, 0] },
        { id: 9, vector: [0, 0] },
      ],
    },
    "POINT_NOT_FOUND",
    "9",
  ],
  ["an unknown id", "deleteVectors", { points: [1, 9], vector: [""] }, "POINT_NOT_FOUND", "9"],
  ["no points", "updateVectors", { points: [] }, "INVALID_ARGUMENT", "points"],
  ["no vector", "updateVectors", { points: [{ id: 1, vector: {} }] }, "INVALID_ARGUMENT", "points[0].vector"],
  ["a missing vector", "updateVectors", { points: [{ id: 1 }] }, "INVALID_ARGUMENT", "points[0].vector"],
  [
    "a wrong dimension",
    "updateVectors",
    { points: [{ id: 1, vector: [1] }] },
    "WRONG_DIMENSION",
    "points[0].vector",
  ],
  [
    "an empty vector",
    "updateVectors",
    { points: [{ id: 1, vector: [] }] },
    "WRONG_DIMENSION",
    "an empty vector",
  ],
  ["NaN", "updateVectors", { points: [{ id: 1, vector: [1, Number.NaN] }] }, "NOT_FINITE", "position 1"],
  [
    "a payload",
    "updateVectors",
    { points: [{ id: 1, vector: [1, 1], payload: {} }] },
    "INVALID_ARGUMENT",
    "points[0].payload",
  ],
  [
    "a name",
    "updateVectors",
    { points: [{ id: 1, vector: { image: [1, 1] } }] },
    "INVALID_ARGUMENT",
    "named vectors",
  ],
  [
    "an update filter",
    "updateVectors",
    { points: [{ id: 1, vector: [1, 1] }], update_filter: { all: [] } },
    "INVALID_ARGUMENT",
    "update_filter",
  ],
  [
    "an unknown name",
    "deleteVectors",
    { points: [1], vector: ["image"] },
    "INVALID_ARGUMENT",
    'there is no vector string "image"',
  ],
  [
    "no names",
    "deleteVectors",
    { points: [1], vector: [] },
    "INVALID_ARGUMENT",
    "vector: got an empty array",
  ],
  ["a name twice", "deleteVectors", { points: [1], vector: ["", ""] }, "INVALID_ARGUMENT", "vector[1]"],
  [
    "both spellings",
    "deleteVectors",
    { points: [1], vector: [""], vectors: [""] },
    "INVALID_ARGUMENT",
    "both",
  ],
  ["no filter", "deleteVectors", { filter: 7, vector: [""] }, "INVALID_ARGUMENT", "filter: got 7"],
  ["nothing", "deleteVectors", { vector: [""] }, "INVALID_ARGUMENT", "does not mean all points"],
];

test.each(WRONG)("%s: %s refuses it and changes nothing", async (_, method, request, code, text) => {
  const before = await stateOf(client, "c");
  const error = await rejection(() => client[method]("c", untyped(request)));
  expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
  expect(await stateOf(client, "c")).toEqual(before);
});
