import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";

const UUID = "550e8400-e29b-41d4-a716-446655440000";
let client: NearvecClient;

beforeEach(async () => {
  client = await open();
  await client.createCollection("c", { vectors: { size: 2, distance: "Dot" } });
  await client.upsert("c", {
    points: [
      { id: UUID, vector: [5, 0] },
      { id: 2n ** 60n, vector: [4, 0], payload: { big: 2n ** 60n } },
      { id: 3, vector: [3, 0.05], payload: { city: "Rome", "a.b": 1, n: null } },
      { id: 2, vector: [2, 0], payload: { city: "Oslo" } },
      { id: 1, vector: [1, 0] },
    ],
  });
});

afterEach(() => client.close());

const ids = (points: { id: unknown }[]) => points.map((point) => point.id);

describe("scroll", () => {
  test("goes page by page in the order of ids, payloads included", async () => {
    const first = await client.scroll("c", { limit: 2 });
    expect(first).toEqual({
      points: [
        { id: 1, payload: {} },
        { id: 2, payload: { city: "Oslo" } },
      ],
      next_page_offset: 3,
    });
    const second = await client.scroll("c", { limit: 2, offset: first.next_page_offset });
    expect(ids(second.points)).toEqual([3, 2n ** 60n]);
    expect(second.next_page_offset).toBe(UUID);
    const last = await client.scroll("c", { limit: 2, offset: second.next_page_offset });
    expect(last).toEqual({ points: [{ id: UUID, payload: {} }], next_page_offset: null });
  });

  test("knows that nothing follows when exactly `limit` points are left", async () => {
    expect((await client.scroll("c", { limit: 5 })).next_page_offset).toBeNull();
    expect((await client.scroll("c")).points).toHaveLength(5);
  });

  test("starts at an id that is not there with the next one", async () => {
    expect(ids((await client.scroll("c", { offset: 4 })).points)).toEqual([2n ** 60n, UUID]);
    expect(await client.scroll("c", { offset: "ffffffff-ffff-ffff-ffff-ffffffffffff" })).toEqual({
      points: [],
      next_page_offset: null,
    });
  });

  test("has a limit of 10 when none is given", async () => {
    await client.upsert("c", {
      batch: { ids: Uint32Array.from({ length: 20 }, (_, i) => i), vectors: new Float32Array(40) },
    });
    expect((await client.scroll("c")).points).toHaveLength(10);
  });
});

describe("retrieve", () => {
  test("keeps the order of the request, drops what is not there, gives what is repeated once", async () => {
    const records = await client.retrieve("c", {
      ids: [3, 99, UUID.toUpperCase(), 3, 1],
      with_payload: false,
    });
    expect(records).toEqual([{ id: 3 }, { id: UUID }, { id: 1 }]);
  });

  test("gives payloads unless told otherwise, and vectors when asked, in their shortest form", async () => {
    expect(await client.retrieve("c", { ids: [3], with_vector: true })).toEqual([
      { id: 3, payload: { city: "Rome", "a.b": 1, n: null }, vector: [3, 0.05] },
    ]);
  });

  test("takes typed arrays of ids, and gives integers beyond 2^53 as bigints", async () => {
    expect(ids(await client.retrieve("c", { ids: new Uint32Array([2, 1]) }))).toEqual([2, 1]);
    expect(await client.retrieve("c", { ids: new BigUint64Array([2n ** 60n]) })).toEqual([
      { id: 2n ** 60n, payload: { big: 2n ** 60n } },
    ]);
  });
});

describe("query", () => {
  test("gives id, version and score, best first, and nothing else", async () => {
    expect(await client.query("c", { query: [1, 0], limit: 2 })).toEqual({
      points: [
        { id: UUID, version: 1, score: 5 },
        { id: 2n ** 60n, version: 1, score: 4 },
      ],
    });
  });

  test("the version is the number of the operation that wrote the point", async () => {
    const { operation_id } = await client.upsert("c", { points: [{ id: 1, vector: [9, 0] }] });
    expect((await client.query("c", { query: [1, 0], limit: 1 })).points).toEqual([
      { id: 1, version: operation_id, score: 9 },
    ]);
  });

  test("offset is a count", async () => {
    expect(ids((await client.query("c", { query: [1, 0], limit: 2, offset: 3 })).points)).toEqual([2, 1]);
    expect((await client.query("c", { query: [1, 0], offset: 5 })).points).toEqual([]);
  });

  test("by id leaves that point out", async () => {
    expect(ids((await client.query("c", { query: UUID, limit: 3 })).points)).toEqual([2n ** 60n, 3, 2]);
    expect(ids((await client.query("c", { query: { nearest: 3 }, limit: 4, offset: 1 })).points)).toEqual([
      2n ** 60n,
      2,
      1,
    ]);
  });

  test("a score threshold is strict", async () => {
    expect(ids((await client.query("c", { query: [1, 0], score_threshold: 3 })).points)).toEqual([
      UUID,
      2n ** 60n,
    ]);
    await client.createCollection("e", { vectors: { size: 1, distance: "Euclid" } });
    await client.upsert("e", { batch: { ids: [1, 2, 3], vectors: [[1], [2], [3]] } });
    expect(await client.query("e", { query: [0], score_threshold: 2 })).toEqual({
      points: [{ id: 1, version: 1, score: 1 }],
    });
  });

  test("a threshold is compared in f32", async () => {
    await client.upsert("c", { points: [{ id: 7, vector: [0.1, 0] }] });
    const { points } = await client.query("c", { query: [1, 0], score_threshold: 0.1, limit: 10 });
    expect(ids(points)).not.toContain(7);
  });

  test("without a query gives points by id with score 1", async () => {
    const { points } = await client.query("c", { limit: 2, offset: 1 });
    expect(points).toEqual([
      { id: 2, version: 1, score: 1 },
      { id: 3, version: 1, score: 1 },
    ]);
  });

  test("a point without a vector is found by no search, but is there", async () => {
    await client.upsert("c", { points: [{ id: UUID, vector: {} }] });
    expect(ids((await client.query("c", { query: [1, 0] })).points)).toEqual([2n ** 60n, 3, 2, 1]);
    expect(await client.retrieve("c", { ids: [UUID], with_vector: true })).toEqual([
      { id: UUID, payload: {}, vector: {} },
    ]);
    expect(await client.count("c")).toEqual({ count: 5 });
  });

  test("Cosine gives vectors back in unit length, and leaves zero vectors alone", async () => {
    await client.createCollection("u", { vectors: { size: 2, distance: "Cosine" } });
    await client.upsert("u", {
      batch: {
        ids: [1, 2],
        vectors: [
          [3, 4],
          [0, 0],
        ],
      },
    });
    const { points } = await client.query("u", { query: [6, 8], with_vector: true });
    expect(points).toEqual([
      { id: 1, version: 1, score: expect.closeTo(1, 6), vector: [0.6, 0.8] },
      { id: 2, version: 1, score: 0, vector: [0, 0] },
    ]);
  });
});

describe("with_payload", () => {
  const cases: [unknown, unknown][] = [
    [true, { city: "Rome", "a.b": 1, n: null }],
    [["city"], { city: "Rome" }],
    [["city", "nothing"], { city: "Rome" }],
    [['"a.b"'], { "a.b": 1 }],
    [[], {}],
    [{ include: ["n"] }, { n: null }],
    [{ exclude: ["n", "city"] }, { "a.b": 1 }],
  ];
  test.each(cases)("%j", async (with_payload, payload) => {
    const { points } = await client.query("c", { query: 2, limit: 3, with_payload: with_payload as boolean });
    expect(points[2]).toEqual({ id: 3, version: 1, score: 6, payload });
  });

  test("false, and nothing, give none", async () => {
    for (const with_payload of [false, null, undefined]) {
      expect((await client.query("c", { query: 2, limit: 1, with_payload })).points[0]).not.toHaveProperty(
        "payload",
      );
    }
    expect((await client.scroll("c", { with_payload: false })).points[0]).toEqual({ id: 1 });
  });
});

describe("writing", () => {
  test("an upsert replaces the whole point", async () => {
    await client.upsert("c", { points: [{ id: 3, vector: [1, 1] }] });
    expect(await client.retrieve("c", { ids: [3], with_vector: true })).toEqual([
      { id: 3, payload: {}, vector: [1, 1] },
    ]);
  });

  test("of two points with one id the last wins", async () => {
    await client.upsert("c", {
      batch: {
        ids: [8, 8n],
        vectors: [
          [1, 1],
          [2, 2],
        ],
        payloads: [{ a: 1 }, null],
      },
    });
    expect(await client.retrieve("c", { ids: [8], with_vector: true })).toEqual([
      { id: 8, payload: {}, vector: [2, 2] },
    ]);
  });

  test("an empty request changes nothing and succeeds", async () => {
    expect(await client.upsert("c", { points: [] })).toMatchObject({ status: "completed" });
    expect(await client.count("c")).toEqual({ count: 5 });
  });

  test("rows may come in one array, ids in a typed one; the caller's arrays are left alone", async () => {
    const ids = BigUint64Array.of(10n, 11n);
    const vectors = Float32Array.of(1, 2, 3, 4);
    await client.upsert("c", { batch: { ids, vectors } });
    expect(vectors).toEqual(Float32Array.of(1, 2, 3, 4));
    vectors.fill(0);
    expect(await client.retrieve("c", { ids, with_vector: true, with_payload: false })).toEqual([
      { id: 10, vector: [1, 2] },
      { id: 11, vector: [3, 4] },
    ]);
  });

  test("a Float32Array of another realm is one", async () => {
    const foreign: Float32Array = runInNewContext("Float32Array.of(7, 8)");
    expect(foreign).not.toBeInstanceOf(Float32Array);
    await client.upsert("c", { points: [{ id: 30, vector: foreign }] });
    await client.upsert("c", { batch: { ids: [31], vectors: foreign } });
    expect(await client.retrieve("c", { ids: [30, 31], with_vector: true, with_payload: false })).toEqual([
      { id: 30, vector: [7, 8] },
      { id: 31, vector: [7, 8] },
    ]);
  });

  test("wait decides what the answer says; operation ids grow", async () => {
    const first = await client.upsert("c", { points: [{ id: 1, vector: [0, 0] }] });
    expect(first.status).toBe("completed");
    expect(await client.upsert("c", { wait: false, points: [] })).toEqual({
      operation_id: (first.operation_id ?? 0) + 1,
      status: "acknowledged",
    });
    expect(await client.delete("c", { points: [1] })).toMatchObject({ status: "acknowledged" });
    expect(await client.delete("c", { points: [1], wait: true })).toMatchObject({ status: "completed" });
  });

  test("a payload whose getter calls the client is stored whole, and so is what it stored", async () => {
    let inner: Promise<unknown> | undefined;
    const payload = {
      before: 1,
      get reentrant() {
        inner ??= client.upsert("c", { points: [{ id: 21, vector: [2, 2], payload: { inner: true } }] });
        return "yes";
      },
    };
    await client.upsert("c", { points: [{ id: 20, vector: [1, 1], payload }] });
    await inner;
    expect(await client.retrieve("c", { ids: [20, 21], with_vector: true })).toEqual([
      { id: 20, vector: [1, 1], payload: { before: 1, reentrant: "yes" } },
      { id: 21, vector: [2, 2], payload: { inner: true } },
    ]);
  });
});
