/** What setting, overwriting, deleting and clearing does to payloads. */
import { describe, expect, test } from "vitest";
import {
  match,
  payloads,
  refused,
  refusedWithoutEffect,
  untyped,
  withCollection,
  withPayloads,
} from "./support.ts";

const wait = true;

test("set merges top-level keys", async () => {
  await using client = await withPayloads({ a: { x: 1 }, b: 2 }, { b: 3 });
  const done = await client.setPayload("c", { payload: { a: { y: 2 }, c: [1] }, points: [1], wait });
  expect(done).toMatchObject({ status: "completed" });
  expect(await payloads(client)).toEqual({ 1: { a: { y: 2 }, b: 2, c: [1] }, 2: { b: 3 } });
});

test("set with a null removes the key; upsert and overwrite keep it", async () => {
  await using client = await withPayloads({ a: 1, b: null });
  expect(await payloads(client)).toEqual({ 1: { a: 1, b: null } });
  await client.setPayload("c", { payload: { a: null, none: null, c: { d: null } }, points: [1], wait });
  expect(await payloads(client)).toEqual({ 1: { b: null, c: { d: null } } });
  await client.overwritePayload("c", { payload: { x: null }, points: [1], wait });
  expect(await payloads(client)).toEqual({ 1: { x: null } });
});

test("overwrite replaces the whole payload, clear leaves an empty one", async () => {
  await using client = await withPayloads({ a: 1 }, { a: 2 }, { a: 3 });
  await client.overwritePayload("c", { payload: { b: 1 }, points: [1, 2], wait });
  await client.clearPayload("c", { points: [2], wait });
  expect(await payloads(client)).toEqual({ 1: { b: 1 }, 2: {}, 3: { a: 3 } });
  await client.overwritePayload("c", { payload: {}, points: [3], wait });
  expect(await payloads(client)).toEqual({ 1: { b: 1 }, 2: {}, 3: {} });
});

test("the points are named by a filter, or by ids and a filter that both must hold", async () => {
  await using client = await withPayloads({ a: 1 }, { a: 1 }, { a: 2 });
  const filter = { must: [match("a", 1)] };
  await client.setPayload("c", { payload: { set: true }, filter, wait });
  await client.overwritePayload("c", untyped({ payload: { over: true }, filter, points: [2, 3], wait }));
  expect(await payloads(client)).toEqual({ 1: { a: 1, set: true }, 2: { over: true }, 3: { a: 2 } });
  await client.deletePayload("c", { keys: ["set"], filter, wait });
  await client.clearPayload("c", { filter: { must: [match("over", true)] }, wait });
  expect(await payloads(client)).toEqual({ 1: { a: 1 }, 2: {}, 3: { a: 2 } });
  const none = { must: [match("a", 99)] };
  expect(await client.setPayload("c", { payload: { b: 1 }, filter: none, wait })).toMatchObject({
    status: "completed",
  });
});

test("an id that is not there, beside a filter, is no error: the filter does not hold for it", async () => {
  await using client = await withPayloads({ a: 1 });
  const filter = { must: [match("a", 1)] };
  await client.clearPayload("c", untyped({ points: [1, 99], filter, wait }));
  expect(await payloads(client)).toEqual({ 1: {} });
});

/** What each call needs beside its points. */
const CALLS = [
  ["setPayload", { payload: { b: 1 } }],
  ["overwritePayload", { payload: { b: 1 } }],
  ["deletePayload", { keys: ["a"] }],
  ["clearPayload", {}],
] as const;

test.each(CALLS)("%s of an unknown id names it", async (method, what) => {
  await using client = await withPayloads({ a: 1 });
  await refused(client[method]("c", untyped({ ...what, points: [77], wait })), "POINT_NOT_FOUND", "77");
});

test.each(CALLS)("%s without points or a filter is refused", async (method, what) => {
  await using client = await withPayloads({ a: 1 });
  await refusedWithoutEffect(client, () => client[method]("c", untyped(what)), "INVALID_ARGUMENT");
});

describe("set at a key", () => {
  test.each<[string, string, unknown, unknown]>([
    ["makes what is missing on the way", "x.y", { a: 1 }, { a: 1, x: { y: { new: 1 } } }],
    ["merges into the object there", "x", { x: { old: 0, new: 0 } }, { x: { old: 0, new: 1 } }],
    ["merges in no deeper", "x", { x: { old: { deep: 1 } } }, { x: { old: { deep: 1 }, new: 1 } }],
    ["replaces a value on the way that is no object", "x.y", { x: 5 }, { x: { y: { new: 1 } } }],
    ["replaces a list on the way", "x.y", { x: [1] }, { x: { y: { new: 1 } } }],
    ["replaces a value at the key that is no object", "x", { x: "text" }, { x: { new: 1 } }],
    [
      "sets every element",
      "x[].y",
      { x: [{ y: { a: 1 } }, {}] },
      { x: [{ y: { a: 1, new: 1 } }, { y: { new: 1 } }] },
    ],
    ["merges into every element", "x[]", { x: [{ a: 1 }, 2] }, { x: [{ a: 1, new: 1 }, { new: 1 }] }],
    ["sets one element", "x[1]", { x: [{ a: 1 }, { b: 1 }] }, { x: [{ a: 1 }, { b: 1, new: 1 }] }],
    ["sets no element that is not there", "x[2]", { x: [{ a: 1 }] }, { x: [{ a: 1 }] }],
    ["replaces what is no list by an empty one", "x[]", { x: { a: 1 } }, { x: [] }],
    ["replaces what is no list by an empty one, also at a position", "x[0].y", { x: 1 }, { x: [] }],
    ["makes an empty list where there is nothing", "x[].y", {}, { x: [] }],
    ["takes quoted keys as they are", '"a.b"', { a: { b: 1 } }, { a: { b: 1 }, "a.b": { new: 1 } }],
  ])("%s", async (_, key, before, after) => {
    await using client = await withPayloads(before as Record<string, unknown>);
    await client.setPayload("c", { payload: { new: 1 }, key, points: [1], wait });
    expect(await payloads(client)).toEqual({ 1: after });
  });

  test("a null in it removes the key there", async () => {
    await using client = await withPayloads({ x: { y: 1, z: 2 } });
    await client.setPayload("c", { payload: { y: null }, key: "x", points: [1], wait });
    expect(await payloads(client)).toEqual({ 1: { x: { z: 2 } } });
  });

  test.each(["", "a..b", "a[", "a[x]", "a]"])("a path of %j is refused", async (key) => {
    await using client = await withPayloads({ a: 1 });
    await refusedWithoutEffect(
      client,
      () => client.setPayload("c", { payload: { b: 1 }, key, points: [1], wait }),
      "INVALID_ARGUMENT",
      "key",
    );
  });
});

describe("delete of keys", () => {
  test.each<[string, string[], unknown, unknown]>([
    ["removes top-level keys", ["a", "none"], { a: 1, b: 2 }, { b: 2 }],
    ["removes inside objects", ["a.b"], { a: { b: 1, c: 2 } }, { a: { c: 2 } }],
    ["leaves an emptied object", ["a.b"], { a: { b: 1 } }, { a: {} }],
    ["does nothing at a position", ["a[0]"], { a: [1, 2] }, { a: [1, 2] }],
    ["empties a list", ["a[]"], { a: [1, 2] }, { a: [] }],
    [
      "removes a key of every element",
      ["a[].b"],
      { a: [{ b: 1, c: 2 }, { b: 3 }, 4] },
      { a: [{ c: 2 }, {}, 4] },
    ],
    ["removes a key of one element", ["a[1].b"], { a: [{ b: 1 }, { b: 3 }] }, { a: [{ b: 1 }, {}] }],
    ["does not step through a list by itself", ["a.b"], { a: [{ b: 1 }] }, { a: [{ b: 1 }] }],
    ["takes quoted keys as they are", ['"a.b"'], { a: { b: 1 }, "a.b": 1 }, { a: { b: 1 } }],
    ["takes several keys in their order", ["a.b", "a"], { a: { b: 1 } }, {}],
  ])("%s", async (_, keys, before, after) => {
    await using client = await withPayloads(before as Record<string, unknown>);
    await client.deletePayload("c", { keys, points: [1], wait });
    expect(await payloads(client)).toEqual({ 1: after });
  });
});

describe("payloads are data", () => {
  const wild = { "": 0, constructor: 1, toString: "x", "a.b": 2, "ключ ☃": [{}], "\u0000": "\ud83d\ude00" };

  test("with any key", async () => {
    const payload = JSON.parse('{"__proto__": {"polluted": true}, "hasOwnProperty": 3}');
    await using client = await withPayloads({ ...wild }, payload);
    const [first, second] = await client.retrieve("c", { ids: [1, 2] });
    expect(first?.payload).toEqual(wild);
    expect(Object.keys(second?.payload ?? {})).toEqual(["__proto__", "hasOwnProperty"]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    await client.setPayload("c", { payload: JSON.parse('{"__proto__": 1}'), points: [1], wait });
    const [again] = await client.retrieve("c", { ids: [1] });
    expect(Object.getOwnPropertyDescriptor(again?.payload, "__proto__")?.value).toBe(1);
    expect(Object.getPrototypeOf(again?.payload)).toBe(Object.prototype);
  });

  test("with integers of 64 bits", async () => {
    const big = { big: 2n ** 53n + 1n, list: [2n ** 64n - 1n, -(2n ** 63n)], near: 2 ** 53 - 1 };
    await using client = await withPayloads({ ...big });
    expect(await payloads(client)).toEqual({ 1: big });
    await client.setPayload("c", { payload: { other: 1 }, key: "deep", points: [1], wait });
    expect(await payloads(client)).toEqual({ 1: { ...big, deep: { other: 1 } } });
  });

  test("a copy: what the caller does to its object later, and to the answer, is the caller's", async () => {
    const mine = { a: [1] };
    await using client = await withPayloads(mine);
    mine.a.push(2);
    const [record] = await client.retrieve("c", { ids: [1] });
    const theirs = record?.payload as { a: number[] };
    expect(theirs).toEqual({ a: [1] });
    theirs.a.push(3);
    expect(await payloads(client)).toEqual({ 1: { a: [1] } });
  });

  test("numbers keep their value, texts every character", async () => {
    const payload = { n: [0.1, 1e-320, 1.7976931348623157e308, -0.5, 1e21], s: '"\\\n\u2028\u{1f600}' };
    await using client = await withPayloads(payload);
    expect(await payloads(client)).toEqual({ 1: payload });
  });
});

test.each([
  ["a list", [1]],
  ["a text", "payload"],
  ["a number", 1],
])("%s is no payload", async (_, payload) => {
  await using client = await withCollection({ vectors: { size: 1, distance: "Dot" } }, [
    { id: 1, vector: [1] },
  ]);
  const wrong = untyped<Record<string, unknown>>(payload);
  await refusedWithoutEffect(
    client,
    () => client.upsert("c", { points: [{ id: 2, vector: [1], payload: wrong }] }),
    "INVALID_PAYLOAD",
    "payload",
  );
  await refusedWithoutEffect(
    client,
    () => client.setPayload("c", { payload: wrong, points: [1] }),
    "INVALID_PAYLOAD",
    "payload",
  );
});
