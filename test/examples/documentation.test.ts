/**
 * The requests of Qdrant's documentation of points, as calls: what they say comes of them comes of them here.
 * Collections are named `{collection_name}`, as the documentation writes it.
 */
import type { QdrantClient } from "@qdrant/js-client-rest";
import { describe, expect, test } from "vitest";
import { open } from "../../src/index.ts";

/** The one line that differs: `new QdrantClient({ host: "localhost", port: 6333 })`. */
async function connect(): Promise<QdrantClient & AsyncDisposable> {
  return (await open()) as unknown as QdrantClient & AsyncDisposable;
}

const NAME = "{collection_name}";
const RED = { must: [{ key: "color", match: { value: "red" } }] };
const UUID = "5c56c793-69f3-4fbf-87e6-c4bf54c28c26";

async function colors(): Promise<QdrantClient & AsyncDisposable> {
  const client = await connect();
  await client.createCollection(NAME, { vectors: { size: 3, distance: "Cosine" } });
  return client;
}

/** Points 0, 1, 3 and 100, of which 0 and 1 are red. */
async function fourColors(): Promise<QdrantClient & AsyncDisposable> {
  const client = await colors();
  await client.upsert(NAME, {
    points: [0, 1, 3, 100].map((id) => ({
      id,
      vector: [id + 1, 1, 1],
      payload: { color: id < 2 ? "red" : "blue", price: id },
    })),
  });
  return client;
}

async function payloads(client: QdrantClient): Promise<unknown> {
  const { points } = await client.scroll(NAME, { limit: 100 });
  return Object.fromEntries(points.map(({ id, payload }) => [id, payload]));
}

describe("point ids", () => {
  test("a UUID identifies a point as a number does", async () => {
    await using client = await colors();
    client.upsert(NAME, {
      points: [
        {
          id: "5c56c793-69f3-4fbf-87e6-c4bf54c28c26",
          payload: {
            color: "red",
          },
          vector: [0.9, 0.1, 0.1],
        },
      ],
    });
    client.upsert(NAME, {
      points: [
        {
          id: 1,
          payload: {
            color: "red",
          },
          vector: [0.9, 0.1, 0.1],
        },
      ],
    });
    expect(await client.retrieve(NAME, { ids: [1, UUID] })).toEqual([
      { id: 1, payload: { color: "red" } },
      { id: UUID, payload: { color: "red" } },
    ]);
  });

  test.each([
    ["936DA01F9ABD4d9d80C702AF85C822A8", "936da01f-9abd-4d9d-80c7-02af85c822a8"],
    ["550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"],
    ["urn:uuid:F9168C5E-CEB2-4faa-B6BF-329BF39FA1E4", "f9168c5e-ceb2-4faa-b6bf-329bf39fa1e4"],
  ])("%s is a UUID", async (given, canonical) => {
    await using client = await colors();
    await client.upsert(NAME, { points: [{ id: given, vector: [0.9, 0.1, 0.1] }] });
    expect((await client.scroll(NAME)).points.map(({ id }) => id)).toEqual([canonical]);
  });

  test("a simple point", async () => {
    await using client = await connect();
    await client.createCollection(NAME, { vectors: { size: 4, distance: "Dot" } });
    const point = { id: 129, vector: [0.1, 0.2, 0.3, 0.4], payload: { color: "red" } };
    await client.upsert(NAME, { points: [point] });
    expect(await client.retrieve(NAME, { ids: [129], with_vector: true })).toEqual([point]);
  });
});

test("without waiting an operation is acknowledged, with it completed", async () => {
  await using client = await colors();
  const points = [{ id: 1, vector: [0.9, 0.1, 0.1] }];
  const first = await client.upsert(NAME, { points, wait: false });
  const second = await client.upsert(NAME, { points, wait: true });
  expect(first).toEqual({ operation_id: expect.any(Number), status: "acknowledged" });
  expect(second).toEqual({ operation_id: expect.any(Number), status: "completed" });
  expect(second.operation_id).toBeGreaterThan(first.operation_id ?? Number.NaN);
});

describe("uploading points", () => {
  const IDS = [1, 2, 3];
  const COLORS = ["red", "green", "blue"];
  const VECTORS = [
    [0.9, 0.1, 0.1],
    [0.1, 0.9, 0.1],
    [0.1, 0.1, 0.9],
  ];
  const columns = { batch: { ids: IDS, payloads: COLORS.map((color) => ({ color })), vectors: VECTORS } };
  const records = {
    points: IDS.map((id, i) => ({ id, payload: { color: COLORS[i] }, vector: VECTORS[i] ?? [] })),
  };
  const contents = async (client: QdrantClient) => (await client.scroll(NAME, { with_vector: true })).points;

  test("by columns and by records is the same", async () => {
    await using one = await colors();
    await one.upsert(NAME, columns);
    await using other = await colors();
    await other.upsert(NAME, records);
    expect(await contents(one)).toEqual(await contents(other));
    expect(await contents(one)).toMatchObject(IDS.map((id, i) => ({ id, payload: { color: COLORS[i] } })));
  });

  test("twice is as once", async () => {
    await using client = await colors();
    await client.upsert(NAME, records);
    const once = await contents(client);
    await client.upsert(NAME, records);
    expect(await contents(client)).toEqual(once);
    expect(await client.count(NAME)).toEqual({ count: 3 });
  });
});

describe("named vectors", () => {
  const POINTS = [
    { id: 1, vector: { image: [0.9, 0.1, 0.1, 0.2], text: [0.4, 0.7, 0.1, 0.8, 0.1, 0.1, 0.9, 0.2] } },
    { id: 2, vector: { image: [0.2, 0.1, 0.3, 0.9], text: [0.5, 0.2, 0.7, 0.4, 0.7, 0.2, 0.3, 0.9] } },
  ];

  async function named(): Promise<QdrantClient & AsyncDisposable> {
    const client = await connect();
    await client.createCollection(NAME, {
      vectors: { image: { size: 4, distance: "Dot" }, text: { size: 8, distance: "Dot" } },
    });
    await client.upsert(NAME, { points: POINTS });
    return client;
  }
  const vectors = async (client: QdrantClient) =>
    (await client.scroll(NAME, { with_vector: true })).points.map(({ id, vector }) => ({ id, vector }));

  test("each is given, and found, by its name", async () => {
    await using client = await named();
    expect(await vectors(client)).toEqual(POINTS);
    for (const { id, vector } of POINTS) {
      for (const using of ["image", "text"] as const) {
        const { points } = await client.query(NAME, { query: vector[using], using, limit: 1 });
        expect(points).toMatchObject([{ id }]);
      }
    }
  });

  test("some may be left out; an upsert removes those that it leaves out", async () => {
    await using client = await named();
    const image = [0.9, 0.1, 0.1, 0.2];
    const text = [0.5, 0.2, 0.7, 0.4, 0.7, 0.2, 0.3, 0.9];
    await client.upsert(NAME, {
      points: [
        { id: 1, vector: { image } },
        { id: 3, vector: { text } },
      ],
    });
    expect(await vectors(client)).toEqual([
      { id: 1, vector: { image } },
      POINTS[1],
      { id: 3, vector: { text } },
    ]);
  });

  test("updating vectors keeps those that are not named", async () => {
    await using client = await named();
    await client.updateVectors(NAME, {
      points: [
        { id: 1, vector: { image: [0.1, 0.2, 0.3, 0.4] } },
        { id: 2, vector: { text: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2] } },
      ],
    });
    expect(await vectors(client)).toEqual([
      { id: 1, vector: { ...POINTS[0]?.vector, image: [0.1, 0.2, 0.3, 0.4] } },
      { id: 2, vector: { ...POINTS[1]?.vector, text: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2] } },
    ]);
  });

  test("all points whose vectors are updated must exist", async () => {
    await using client = await named();
    const points = [{ id: 99, vector: { image: [0.1, 0.2, 0.3, 0.4] } }];
    await expect(client.updateVectors(NAME, { points })).rejects.toMatchObject({ code: "POINT_NOT_FOUND" });
  });

  test("deleting vectors keeps the others, and the points", async () => {
    await using client = await named();
    await client.upsert(NAME, {
      points: [0, 3, 100].map((id) => ({ id, vector: POINTS[0]?.vector ?? {} })),
    });
    await client.deleteVectors(NAME, { points: [0, 3, 100], vector: ["text", "image"] });
    expect(await vectors(client)).toEqual([
      { id: 0, vector: {} },
      ...POINTS,
      { id: 3, vector: {} },
      { id: 100, vector: {} },
    ]);
    await client.deleteVectors(NAME, { points: [1], vector: ["text"] });
    expect((await vectors(client))[1]).toEqual({ id: 1, vector: { image: POINTS[0]?.vector.image } });
  });
});

describe("payloads", () => {
  const payload = { property1: "string", property2: "string" };

  test("are set by ids, and by a filter", async () => {
    await using client = await fourColors();
    await client.setPayload(NAME, { payload, points: [0, 3, 100] });
    expect(await payloads(client)).toEqual({
      0: { color: "red", price: 0, ...payload },
      1: { color: "red", price: 1 },
      3: { color: "blue", price: 3, ...payload },
      100: { color: "blue", price: 100, ...payload },
    });
    await client.setPayload(NAME, { payload: { property1: "other" }, filter: RED });
    expect(await payloads(client)).toMatchObject({
      0: { property1: "other", property2: "string" },
      1: { property1: "other" },
      3: { property1: "string" },
    });
  });

  test("lose keys by ids, and by a filter", async () => {
    await using client = await fourColors();
    await client.deletePayload(NAME, { keys: ["color", "price"], points: [0, 3, 100] });
    expect(await payloads(client)).toEqual({ 0: {}, 1: { color: "red", price: 1 }, 3: {}, 100: {} });
    await using other = await fourColors();
    // The official client's types want points; the documentation names them by a filter.
    const byFilter = { keys: ["color", "price"], filter: RED };
    await other.deletePayload(NAME, byFilter);
    expect(await payloads(other)).toEqual({
      0: {},
      1: {},
      3: { color: "blue", price: 3 },
      100: { color: "blue", price: 100 },
    });
  });

  test("are cleared", async () => {
    await using client = await fourColors();
    await client.clearPayload(NAME, { points: [0, 3, 100] });
    expect(await payloads(client)).toEqual({ 0: {}, 1: { color: "red", price: 1 }, 3: {}, 100: {} });
  });
});

describe("deleting points", () => {
  test("by ids", async () => {
    await using client = await fourColors();
    await client.delete(NAME, { points: [0, 3, 100] });
    expect(await client.retrieve(NAME, { ids: [0, 1, 3, 100] })).toMatchObject([{ id: 1 }]);
  });

  test("by a filter: all red ones", async () => {
    await using client = await fourColors();
    await client.delete(NAME, { filter: RED });
    expect((await client.scroll(NAME)).points.map(({ id }) => id)).toEqual([3, 100]);
  });

  test("by ids and a filter together", async () => {
    await using client = await fourColors();
    const both = { filter: RED, points: [0, 3] };
    await client.delete(NAME, both);
    expect((await client.scroll(NAME)).points.map(({ id }) => id)).toEqual([1, 3, 100]);
  });
});

describe("reading points", () => {
  test("by ids, with parts of them selected", async () => {
    await using client = await fourColors();
    const records = await client.retrieve(NAME, { ids: [0, 3, 100] });
    expect(records.map(({ id }) => id)).toEqual([0, 3, 100]);
    const [bare] = await client.retrieve(NAME, { ids: [3], with_payload: false, with_vector: false });
    expect(bare).toEqual({ id: 3 });
    const [some] = await client.retrieve(NAME, { ids: [3], with_payload: ["price"], with_vector: true });
    expect(some).toMatchObject({
      id: 3,
      payload: { price: 3 },
      vector: [expect.any(Number), 0, 0].fill(expect.any(Number)),
    });
  });

  test("scroll gives one page, sorted by id, and says where the next begins", async () => {
    await using client = await colors();
    await client.upsert(NAME, {
      points: [1, 0].map((id) => ({ id, vector: [0.9, 0.1, 0.1], payload: { color: "red" } })),
    });
    const request = { filter: RED, limit: 1, with_payload: true, with_vector: false };
    const first = await client.scroll(NAME, request);
    expect(first).toEqual({ next_page_offset: 1, points: [{ id: 0, payload: { color: "red" } }] });
    const last = await client.scroll(NAME, { ...request, offset: 1 });
    expect(last).toEqual({ next_page_offset: null, points: [{ id: 1, payload: { color: "red" } }] });
  });

  test("scroll sorts by a payload field, with a direction", async () => {
    await using client = await fourColors();
    await client.createPayloadIndex(NAME, { field_name: "price", field_schema: "integer", wait: true });
    const up = await client.scroll(NAME, { order_by: "price", limit: 3 });
    expect(up.points.map(({ id, order_value }) => [id, order_value])).toEqual([
      [0, 0],
      [1, 1],
      [3, 3],
    ]);
    const down = await client.scroll(NAME, { order_by: { key: "price", direction: "desc" }, filter: RED });
    expect(down.points.map(({ id }) => id)).toEqual([1, 0]);
    expect(down.next_page_offset).toBeNull();
  });

  test("count tells how many meet a filter", async () => {
    await using client = await colors();
    const ids = Array.from({ length: 3811 + 500 }, (_, i) => i);
    await client.upsert(NAME, {
      batch: {
        ids,
        vectors: ids.map((i) => [i, 1, 0]),
        payloads: ids.map((i) => ({ color: i < 3811 ? "red" : "blue" })),
      },
    });
    expect(await client.count(NAME, { filter: RED, exact: true })).toEqual({ count: 3811 });
    const { count } = await client.count(NAME, { filter: RED, exact: false });
    expect(Math.abs(count - 3811)).toBeLessThan(500);
  });

  test.each(["all", "majority", "quorum", 1] as const)("with consistency %s", async (consistency) => {
    await using client = await fourColors();
    expect((await client.scroll(NAME, { consistency, timeout: 5 })).points).toHaveLength(4);
    expect(await client.retrieve(NAME, { ids: [0], consistency })).toHaveLength(1);
  });
});

test.each(["weak", "medium", "strong"] as const)("a write with %s ordering", async (ordering) => {
  await using client = await fourColors();
  const written = await client.upsert(NAME, { points: [{ id: 7, vector: [1, 1, 1] }], ordering, wait: true });
  expect(written.status).toBe("completed");
  expect(await client.delete(NAME, { points: [7], ordering, wait: true })).toMatchObject({
    status: "completed",
  });
  expect(await client.count(NAME)).toEqual({ count: 4 });
});

test("a batch of all kinds of operations has one result of each", async () => {
  await using client = await fourColors();
  const results = await client.batchUpdate(NAME, {
    operations: [
      { upsert: { points: [{ id: 7, vector: [1, 2, 3], payload: { color: "red" } }] } },
      { set_payload: { payload: { price: 7 }, points: [7] } },
      { overwrite_payload: { payload: { color: "green" }, points: [3] } },
      { delete_payload: { keys: ["price"], filter: RED } },
      { clear_payload: { points: [100] } },
      { update_vectors: { points: [{ id: 0, vector: [3, 4, 0] }] } },
      { delete_vectors: { points: [1], vector: [""] } },
      { delete: { points: [7] } },
    ],
    wait: true,
  });
  expect(results.map(({ status }) => status)).toEqual(new Array(8).fill("completed"));
  expect(await payloads(client)).toEqual({
    0: { color: "red" },
    1: { color: "red" },
    3: { color: "green" },
    100: {},
  });
  const [zero, one] = await client.retrieve(NAME, { ids: [0, 1], with_vector: true });
  expect(zero?.vector).toEqual([0.6, 0.8, 0]);
  expect(one?.vector).toEqual({});
});
