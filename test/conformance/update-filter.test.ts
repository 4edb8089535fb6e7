/** Writes that leave points alone which do not meet a filter. */
import { expect, test } from "vitest";
import { type Client, match, payloads, refusedWithoutEffect, vectors, withCollection } from "./support.ts";

const wait = true;
const update_filter = { must: [match("v", 1)] };

/** Points 1 and 2 of versions 1 and 2. */
function two(): Promise<Client> {
  return withCollection(
    { vectors: { size: 1, distance: "Dot" } },
    [1, 2].map((v) => ({ id: v, vector: [v], payload: { v } })),
  );
}

const points = [1, 2, 3].map((id) => ({ id, vector: [10], payload: { v: 10 } }));
const batch = { ids: [1, 2, 3], vectors: [[10], [10], [10]], payloads: [{ v: 10 }, { v: 10 }, { v: 10 }] };

test("upsert skips points that are there and do not meet it, and makes those that are missing", async () => {
  for (const what of [{ points }, { batch }]) {
    await using client = await two();
    expect(await client.upsert("c", { ...what, update_filter, wait })).toMatchObject({ status: "completed" });
    expect(await payloads(client)).toEqual({ 1: { v: 10 }, 2: { v: 2 }, 3: { v: 10 } });
    expect(await vectors(client)).toEqual({ 1: [10], 2: [2], 3: [10] });
  }
});

test("insert_only leaves also those that meet it", async () => {
  await using client = await two();
  await client.upsert("c", { points, update_filter, update_mode: "insert_only", wait });
  expect(await payloads(client)).toEqual({ 1: { v: 1 }, 2: { v: 2 }, 3: { v: 10 } });
});

test("update_only makes none that are missing", async () => {
  await using client = await two();
  await client.upsert("c", { points, update_filter, update_mode: "update_only", wait });
  expect(await payloads(client)).toEqual({ 1: { v: 10 }, 2: { v: 2 } });
});

test("a filter that all meet, or none, is fine", async () => {
  await using client = await two();
  await client.upsert("c", { points, update_filter: { must: [match("v", 99)] }, wait });
  expect(await payloads(client)).toEqual({ 1: { v: 1 }, 2: { v: 2 }, 3: { v: 10 } });
  await client.upsert("c", { points, update_filter: {}, wait });
  expect(await payloads(client)).toEqual({ 1: { v: 10 }, 2: { v: 10 }, 3: { v: 10 } });
});

test("update_vectors skips points that do not meet it; a missing one is told all the same", async () => {
  await using client = await two();
  const some = [1, 2].map((id) => ({ id, vector: [7] }));
  await client.updateVectors("c", { points: some, update_filter, wait });
  expect(await vectors(client)).toEqual({ 1: [7], 2: [2] });
  await refusedWithoutEffect(
    client,
    () => client.updateVectors("c", { points: [...some, { id: 77, vector: [7] }], update_filter, wait }),
    "POINT_NOT_FOUND",
    "77",
  );
});

test("in a batch it sees what came before", async () => {
  await using client = await two();
  await client.batchUpdate("c", {
    operations: [
      { set_payload: { payload: { v: 1 }, points: [2] } },
      { upsert: { points, update_filter } },
      { update_vectors: { points: [{ id: 3, vector: [4] }], update_filter } },
    ],
    wait,
  });
  expect(await payloads(client)).toEqual({ 1: { v: 10 }, 2: { v: 10 }, 3: { v: 10 } });
  expect((await vectors(client))[3]).toEqual([10]);
});

test("a filter that is none changes nothing", async () => {
  await using client = await two();
  const wrong = { muss: [] } as object;
  await refusedWithoutEffect(
    client,
    () => client.upsert("c", { points, update_filter: wrong }),
    "INVALID_ARGUMENT",
    "muss",
  );
});
