/**
 * Requests as Qdrant's documentation of points writes them, to the letter: what it says comes of them comes of them here.
 * Collections are named `{collection_name}`; the points that requests name are there before.
 */
import { describe, expect, test } from "vitest";
import { REQUESTS } from "./samples/requests.ts";
import { type Answer, serving, type TestServer } from "./support.ts";

const NAME = "{collection_name}";
const UUID = "5c56c793-69f3-4fbf-87e6-c4bf54c28c26";

const sent = new Set<string>();

/** Sends a request that is written as documents do: a line with verb and path, and a body below. */
function send({ call }: TestServer, sample: string): Promise<Answer> {
  sent.add(sample);
  const [, verb = "", path = "", body = ""] = /^\s*(\w+) (\S+)\s*(.*)$/s.exec(sample) ?? [];
  return call(verb, path, body.trim() === "" ? undefined : body);
}

async function colors(size = 3): Promise<TestServer> {
  const server = await serving();
  await server.client.createCollection(NAME, { vectors: { size, distance: "Cosine" } });
  return server;
}

/** Points 0, 1, 3 and 100, of which 0 and 1 are red. */
async function fourColors(): Promise<TestServer> {
  const server = await colors();
  await server.client.upsert(NAME, {
    points: [0, 1, 3, 100].map((id) => ({
      id,
      vector: [id + 1, 1, 1],
      payload: { color: id < 2 ? "red" : "blue", price: id },
    })),
  });
  return server;
}

async function payloads({ client }: TestServer): Promise<unknown> {
  const { points } = await client.scroll(NAME, { limit: 100 });
  return Object.fromEntries(points.map(({ id, payload }) => [String(id), payload]));
}

describe("ids", () => {
  test("a UUID and a number both identify a point", async () => {
    await using server = await colors();
    const samples = [
      REQUESTS.uuidInPoints,
      REQUESTS.numberInPoints,
      REQUESTS.uuidInPointsAgain,
      REQUESTS.numberInPointsAgain,
    ];
    for (const sample of samples) {
      const { status, result } = await send(server, sample);
      expect([status, result.status]).toEqual([200, "acknowledged"]);
    }
    expect(await payloads(server)).toEqual({ 1: { color: "red" }, [UUID]: { color: "red" } });
  });

  test.each([
    ["936DA01F9ABD4d9d80C702AF85C822A8", "936da01f-9abd-4d9d-80c7-02af85c822a8"],
    ["550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"],
    ["urn:uuid:F9168C5E-CEB2-4faa-B6BF-329BF39FA1E4", "f9168c5e-ceb2-4faa-b6bf-329bf39fa1e4"],
  ])("%s is a UUID, also in a path", async (given, canonical) => {
    await using server = await colors();
    const points = [{ id: given, vector: [0.9, 0.1, 0.1] }];
    await server.call("PUT", `/collections/${NAME}/points?wait=true`, { points });
    const one = await server.call("GET", `/collections/${NAME}/points/${given}`);
    expect(one.result.id).toBe(canonical);
  });

  test("a simple point comes back as it was given", async () => {
    await using server = await serving();
    await server.client.createCollection(NAME, { vectors: { size: 4, distance: "Dot" } });
    const point = { id: 129, vector: [0.1, 0.2, 0.3, 0.4], payload: { color: "red" } };
    await server.call("PUT", `/collections/${NAME}/points?wait=true`, { points: [point] });
    expect((await server.call("GET", `/collections/${NAME}/points/129`)).result).toEqual(point);
  });
});

test("without waiting an operation is acknowledged, with it completed", async () => {
  await using server = await colors();
  const points = [{ id: 1, vector: [0.9, 0.1, 0.1] }];
  const operations: number[] = [];
  for (const [query, status] of [
    ["", "acknowledged"],
    ["?wait=false", "acknowledged"],
    ["?wait=true", "completed"],
  ]) {
    const { text } = await server.call("PUT", `/collections/${NAME}/points${query}`, { points });
    const envelope = JSON.parse(text);
    expect(envelope).toEqual({
      result: { operation_id: expect.any(Number), status },
      status: "ok",
      time: expect.any(Number),
    });
    operations.push(envelope.result.operation_id);
  }
  expect(operations).toEqual(operations.toSorted((a, b) => a - b));
});

describe("uploading", () => {
  const COLUMNS = REQUESTS.columns;
  const RECORDS = REQUESTS.records;

  test("by columns and by records comes to the same, however often", async () => {
    const contents: unknown[] = [];
    for (const samples of [[COLUMNS], [RECORDS], [COLUMNS, RECORDS, RECORDS, COLUMNS]]) {
      await using server = await colors();
      for (const sample of samples) expect((await send(server, sample)).status).toBe(200);
      contents.push((await server.client.scroll(NAME, { with_vector: true })).points);
    }
    expect(contents[0]).toHaveLength(3);
    expect(contents[1]).toEqual(contents[0]);
    expect(contents[2]).toEqual(contents[0]);
  });
});

describe("named vectors", () => {
  async function imagesAndTexts(): Promise<TestServer> {
    const server = await serving();
    await server.client.createCollection(NAME, {
      vectors: { image: { size: 4, distance: "Dot" }, text: { size: 8, distance: "Dot" } },
    });
    const { status } = await send(server, REQUESTS.namedVectors);
    expect(status).toBe(200);
    return server;
  }

  const vectorsOf = async ({ call }: TestServer, id: number) =>
    (await call("GET", `/collections/${NAME}/points/${id}`)).result.vector;

  test("are stored by their names; a point that is stored again has only what it is given", async () => {
    await using server = await imagesAndTexts();
    expect(await vectorsOf(server, 2)).toEqual({
      image: [0.2, 0.1, 0.3, 0.9],
      text: [0.5, 0.2, 0.7, 0.4, 0.7, 0.2, 0.3, 0.9],
    });
    const points = [{ id: 2, vector: { image: [1, 2, 3, 4] } }];
    await server.call("PUT", `/collections/${NAME}/points`, { points });
    expect(await vectorsOf(server, 2)).toEqual({ image: [1, 2, 3, 4] });
  });

  test("are updated, the others staying", async () => {
    await using server = await imagesAndTexts();
    const { status } = await send(server, REQUESTS.updateVectors);
    expect(status).toBe(200);
    expect(await vectorsOf(server, 1)).toEqual({
      image: [0.1, 0.2, 0.3, 0.4],
      text: [0.4, 0.7, 0.1, 0.8, 0.1, 0.1, 0.9, 0.2],
    });
    expect(await vectorsOf(server, 2)).toEqual({
      image: [0.2, 0.1, 0.3, 0.9],
      text: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2],
    });
  });

  test("are deleted, the points staying", async () => {
    await using server = await imagesAndTexts();
    const vector = { image: [1, 1, 1, 1] };
    await server.client.upsert(NAME, { points: [0, 3, 100].map((id) => ({ id, vector })) });
    const { status } = await send(server, REQUESTS.deleteVectors);
    expect(status).toBe(200);
    expect(await vectorsOf(server, 0)).toEqual({});
    expect(Object.keys(await vectorsOf(server, 1)).sort()).toEqual(["image", "text"]);
    expect((await server.client.count(NAME)).count).toBe(5);
  });
});

describe("payloads", () => {
  const PROPERTIES = { property1: "string", property2: "string" };

  test("are set by ids", async () => {
    await using server = await fourColors();
    await send(server, REQUESTS.setPayload);
    expect(await payloads(server)).toEqual({
      0: { color: "red", price: 0, ...PROPERTIES },
      1: { color: "red", price: 1 },
      3: { color: "blue", price: 3, ...PROPERTIES },
      100: { color: "blue", price: 100, ...PROPERTIES },
    });
  });

  test("are set by a filter", async () => {
    await using server = await fourColors();
    await send(server, REQUESTS.setPayloadByFilter);
    expect(await payloads(server)).toMatchObject({ 0: PROPERTIES, 1: PROPERTIES, 3: { price: 3 } });
    expect(Object.keys(((await payloads(server)) as Record<string, object>)[3] ?? {})).toHaveLength(2);
  });

  test("lose keys by ids", async () => {
    await using server = await fourColors();
    await send(server, REQUESTS.deletePayload);
    expect(await payloads(server)).toEqual({ 0: {}, 1: { color: "red", price: 1 }, 3: {}, 100: {} });
  });

  test("lose keys by a filter", async () => {
    await using server = await fourColors();
    await send(server, REQUESTS.deletePayloadByFilter);
    expect(await payloads(server)).toEqual({
      0: {},
      1: {},
      3: { color: "blue", price: 3 },
      100: { color: "blue", price: 100 },
    });
  });

  test("are cleared", async () => {
    await using server = await fourColors();
    await send(server, REQUESTS.clearPayload);
    expect(await payloads(server)).toEqual({ 0: {}, 1: { color: "red", price: 1 }, 3: {}, 100: {} });
  });
});

describe("points", () => {
  test("are deleted by ids", async () => {
    await using server = await fourColors();
    await send(server, REQUESTS.deletePoints);
    expect(Object.keys((await payloads(server)) as object)).toEqual(["1"]);
  });

  test("are deleted by a filter", async () => {
    await using server = await fourColors();
    await send(server, REQUESTS.deletePointsByFilter);
    expect(Object.keys((await payloads(server)) as object)).toEqual(["3", "100"]);
  });

  test("are retrieved by ids, and one by one", async () => {
    await using server = await fourColors();
    const many = await send(server, REQUESTS.retrieve);
    // Without `with_payload` there is none over HTTP.
    expect(many.result).toEqual([{ id: 0 }, { id: 3 }, { id: 100 }]);
    const one = await send(server, REQUESTS.retrieveOne.replace("{point_id}", "100"));
    expect(one.result).toMatchObject({ id: 100, payload: { color: "blue", price: 100 } });
  });

  test("are scrolled through", async () => {
    await using server = await fourColors();
    await server.client.deletePayload(NAME, { keys: ["price"], filter: {} });
    const { text } = await send(server, REQUESTS.scroll);
    expect(JSON.parse(text)).toEqual({
      result: { next_page_offset: 1, points: [{ id: 0, payload: { color: "red" } }] },
      status: "ok",
      time: expect.any(Number),
    });
    const last = await server.call("POST", `/collections/${NAME}/points/scroll`, { offset: 1, limit: 3 });
    expect(last.result.next_page_offset).toBeNull();
  });

  test("are counted", async () => {
    await using server = await colors(1);
    const ids = Uint32Array.from({ length: 4000 }, (_, id) => id);
    const red = Array.from(ids, (id) => ({ color: id < 3811 ? "red" : "blue" }));
    await server.client.upsert(NAME, {
      batch: { ids, vectors: new Float32Array(4000).fill(1), payloads: red },
    });
    const { result } = await send(server, REQUESTS.count);
    expect(result).toEqual({ count: 3811 });
  });
});

test("every request of the documents was sent", () => {
  const all = Object.values(REQUESTS).map((request) => request.replace("{point_id}", "100"));
  expect(all.filter((request) => !sent.has(request))).toEqual([]);
});
