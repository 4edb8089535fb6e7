import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { type Code, rejection, stateOf, untyped } from "./support.ts";

let client: NearvecClient;

beforeEach(async () => {
  client = await open();
  await client.createCollection("c", { vectors: { size: 2, distance: "Dot" } });
  await client.upsert("c", {
    points: [
      { id: 1, vector: [1, 2], payload: { a: 1, b: { c: 2, d: null }, list: [{ x: 1 }, { x: 2 }, 3] } },
      { id: 2, vector: [3, 4] },
      { id: 3, vector: {}, payload: { big: 424242424242424242n, text: "ä" } },
    ],
  });
});

afterEach(() => client.close());

async function payloads(): Promise<unknown> {
  const { points } = await client.scroll("c", { with_vector: true });
  // Vectors are none of these writes' business.
  expect(points.map(({ vector }) => vector)).toEqual([[1, 2], [3, 4], {}]);
  return points.map(({ payload }) => payload);
}

const FIRST = { a: 1, b: { c: 2, d: null }, list: [{ x: 1 }, { x: 2 }, 3] };
const THIRD = { big: 424242424242424242n, text: "ä" };

describe("setPayload", () => {
  test("merges top-level keys and removes those that are null", async () => {
    const answer = await client.setPayload("c", {
      payload: { a: null, b: { e: null }, new: [1], gone: undefined },
      points: [1, 2, 2],
    });
    expect(answer).toEqual({ operation_id: 2, status: "completed" });
    expect(await payloads()).toEqual([
      { b: { e: null }, list: FIRST.list, new: [1] },
      { b: { e: null }, new: [1] },
      THIRD,
    ]);
  });

  test("writes at a path, and makes what is missing on the way", async () => {
    await client.setPayload("c", { payload: { z: 1, c: null }, key: "b", points: [1, 2] });
    expect(await payloads()).toEqual([{ ...FIRST, b: { d: null, z: 1 } }, { b: { z: 1 } }, THIRD]);
    await client.setPayload("c", { payload: { y: true }, key: "list[]", points: [1] });
    expect((await client.retrieve("c", { ids: [1] }))[0]?.payload?.list).toEqual([
      { x: 1, y: true },
      { x: 2, y: true },
      { y: true },
    ]);
    await client.setPayload("c", { payload: { w: 0 }, key: "list[1].deep", points: [1] });
    await client.setPayload("c", { payload: { w: 0 }, key: "list[9].deep", points: [1] });
    expect((await client.retrieve("c", { ids: [1] }))[0]?.payload?.list).toEqual([
      { x: 1, y: true },
      { x: 2, y: true, deep: { w: 0 } },
      { y: true },
    ]);
  });

  test("keeps big integers, and takes __proto__ for a key", async () => {
    const payload = JSON.parse('{"__proto__":{"polluted":1}}');
    await client.setPayload("c", { payload: { ...payload, n: 2n ** 63n }, points: Uint32Array.of(3) });
    await client.setPayload("c", { payload, points: [3] });
    const [point] = await client.retrieve("c", { ids: [3] });
    expect(point?.payload).toMatchObject({ ...THIRD, n: 2n ** 63n });
    expect(Object.keys(point?.payload ?? {})).toContain("__proto__");
    expect(untyped<{ polluted?: number }>({}).polluted).toBeUndefined();
  });

  test("can be done to many points", async () => {
    const ids = Uint32Array.from({ length: 3000 }, (_, i) => 100 + i);
    await client.upsert("c", { batch: { ids, vectors: new Float32Array(6000) } });
    const text = "x".repeat(300);
    await client.setPayload("c", { points: ids, payload: { text } });
    await client.setPayload("c", { points: ids, payload: { more: 1 } });
    const points = await client.retrieve("c", { ids });
    expect(points).toHaveLength(3000);
    for (const { payload } of points) expect(payload).toEqual({ text, more: 1 });
  });
});

test("overwritePayload replaces the whole payload, and keeps nulls", async () => {
  await client.overwritePayload("c", { payload: { n: null, m: { k: null } }, points: [1, 2] });
  expect(await payloads()).toEqual([{ n: null, m: { k: null } }, { n: null, m: { k: null } }, THIRD]);
  // As on a server, whose overwriting knows no part of a payload.
  await client.overwritePayload("c", { payload: { only: 1 }, key: "m", points: [1] });
  await client.overwritePayload("c", { payload: {}, points: [2] });
  expect(await payloads()).toEqual([{ only: 1 }, {}, THIRD]);
});

test("deletePayload removes what paths lead to", async () => {
  await client.deletePayload("c", {
    keys: ["a", "b.c", "list[].x", "list[0]", "none.at.all"],
    points: [1, 2],
  });
  expect(await payloads()).toEqual([{ b: { d: null }, list: [{}, {}, 3] }, {}, THIRD]);
  await client.deletePayload("c", { keys: ["list[]", "b"], points: [1] });
  await client.deletePayload("c", { keys: ["big", "text"], points: [3] });
  expect(await payloads()).toEqual([{ list: [] }, {}, {}]);
});

test("clearPayload leaves nothing", async () => {
  expect(await client.clearPayload("c", { points: [1, 2] })).toMatchObject({ status: "completed" });
  expect(await payloads()).toEqual([{}, {}, THIRD]);
});

test("a write into a payload is the last to have written the point", async () => {
  const { operation_id } = await client.setPayload("c", { payload: { a: 2 }, points: [2] });
  const { points } = await client.query("c", {});
  expect(points.map(({ id, version }) => [id, version])).toEqual([
    [1, 1],
    [2, operation_id],
    [3, 1],
  ]);
});

test("a point that is missing is an error, and nothing is written", async () => {
  const before = await stateOf(client, "c");
  const points = [1, 99, 2];
  const calls = [
    () => client.setPayload("c", { payload: { q: 1 }, points }),
    () => client.overwritePayload("c", { payload: { q: 1 }, points }),
    () => client.deletePayload("c", { keys: ["a"], points }),
    () => client.clearPayload("c", { points }),
  ];
  for (const call of calls) {
    expect(await rejection(call)).toMatchObject({
      code: "POINT_NOT_FOUND",
      message: expect.stringContaining("99"),
    });
  }
  expect(await stateOf(client, "c")).toEqual(before);
});

test("without waiting, a missing point is not reported, and the operation still has its number", async () => {
  const before = await stateOf(client, "c");
  const first = await client.setPayload("c", { payload: { q: 1 }, points: [1, 99], wait: false });
  expect(first.status).toBe("acknowledged");
  expect(await stateOf(client, "c")).toEqual(before);
  const second = await client.setPayload("c", { payload: { q: 1 }, points: [1], wait: false });
  expect(second.operation_id).toBe((first.operation_id ?? 0) + 1);
});

const WRONG: [
  string,
  "setPayload" | "overwritePayload" | "deletePayload" | "clearPayload",
  unknown,
  Code,
  string,
][] = [
  ["no points", "setPayload", { payload: {} }, "INVALID_ARGUMENT", "points: got nothing"],
  ["no filter", "setPayload", { payload: {}, filter: 1 }, "INVALID_ARGUMENT", "filter: got 1"],
  ["ids that are none and a filter", "clearPayload", { points: 1, filter: {} }, "INVALID_ARGUMENT", "points"],
  ["no payload", "setPayload", { points: [1] }, "INVALID_ARGUMENT", "payload: got nothing"],
  ["a payload that is none", "overwritePayload", { points: [1], payload: [1] }, "INVALID_PAYLOAD", "payload"],
  ["NaN", "setPayload", { points: [1], payload: { a: Number.NaN } }, "INVALID_PAYLOAD", "payload.a"],
  ["a path that is none", "setPayload", { points: [1], payload: {}, key: "a..b" }, "INVALID_ARGUMENT", "key"],
  [
    "a path that is none",
    "overwritePayload",
    { points: [1], payload: {}, key: 7 },
    "INVALID_ARGUMENT",
    "key",
  ],
  ["no keys", "deletePayload", { points: [1] }, "INVALID_ARGUMENT", "keys: got nothing"],
  ["a bad key", "deletePayload", { points: [1], keys: ["a", "b."] }, "INVALID_ARGUMENT", "keys[1]"],
  ["a bad id", "deletePayload", { points: [1, -1], keys: ["a"] }, "INVALID_ID", "points[1]"],
  ["an empty object", "clearPayload", {}, "INVALID_ARGUMENT", "does not mean all points"],
  ["an unknown field", "clearPayload", { points: [1], keys: [] }, "INVALID_ARGUMENT", "keys"],
  ["a shard", "clearPayload", { points: [1], shard_key: "a" }, "NOT_SUPPORTED", "shard_key"],
  ["a wait that is none", "clearPayload", { points: [1], wait: 1 }, "INVALID_ARGUMENT", "wait"],
];

test.each(WRONG)("%s: %s refuses it and changes nothing", async (_, method, request, code, text) => {
  const before = await stateOf(client, "c");
  const error = await rejection(() => client[method]("c", untyped(request)));
  expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
  expect(await stateOf(client, "c")).toEqual(before);
});

test("a payload that would become too deep is refused", async () => {
  const before = await stateOf(client, "c");
  const key = Array.from({ length: 100 }, () => "k").join(".");
  let payload: Record<string, unknown> = { end: 1 };
  for (let i = 0; i < 60; i++) payload = { p: payload };
  const error = await rejection(() => client.setPayload("c", { payload, key, points: [1] }));
  expect(error.code).toBe("INVALID_PAYLOAD");
  expect(await stateOf(client, "c")).toEqual(before);
});
