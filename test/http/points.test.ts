/** What differs between HTTP and a call in process: defaults, numbers, names, the envelope. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cities, serving, type TestServer } from "./support.ts";

let server: TestServer;
beforeAll(async () => {
  server = await serving();
  await cities(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const POINTS = "/collections/cities/points";

test("an answer is in an envelope, with the seconds it took", async () => {
  const { text, headers } = await server.call("POST", `${POINTS}/count`, {});
  const { time, ...rest } = JSON.parse(text);
  expect(rest).toEqual({ result: { count: 6 }, status: "ok" });
  expect(time).toBeGreaterThan(0);
  expect(time).toBeLessThan(5);
  expect(headers.get("content-type")).toBe("application/json");
});

describe("defaults", () => {
  test("a write does not wait", async () => {
    const body = { points: [99] };
    const status = async (query: string) =>
      (await server.call("POST", `${POINTS}/delete${query}`, body)).result.status;
    expect(await status("")).toBe("acknowledged");
    expect(await status("?wait=false")).toBe("acknowledged");
    expect(await status("?wait=true&ordering=strong&timeout=5")).toBe("completed");
  });

  test("what stands in the body is no option", async () => {
    const { status, result } = await server.call("POST", `${POINTS}/delete`, { points: [99], wait: true });
    expect([status, result.status]).toEqual([200, "acknowledged"]);
  });

  test("points by their ids come without payloads", async () => {
    expect((await server.call("POST", POINTS, { ids: [1] })).result).toEqual([{ id: 1 }]);
    const body = { ids: [1], with_payload: ["city"], with_vectors: true };
    expect((await server.call("POST", POINTS, body)).result).toEqual([
      { id: 1, payload: { city: "Berlin" }, vector: [0.05, 0.61, 0.76, 0.74] },
    ]);
    expect((await server.call("POST", POINTS, { ids: [1], with_payload: null })).result).toEqual([{ id: 1 }]);
  });

  test("one point comes whole", async () => {
    expect((await server.call("GET", `${POINTS}/1`)).result).toEqual({
      id: 1,
      payload: { city: "Berlin", visitors: 13 },
      vector: [0.05, 0.61, 0.76, 0.74],
    });
  });
});

describe("integers", () => {
  test("beyond 2^53 stay what they are", async () => {
    await server.call("PUT", "/collections/exact", { vectors: { size: 1, distance: "Dot" } });
    const points = `{"points":[
      {"id": 424242424242424242, "vector": [1], "payload": {"i": -9223372036854775808, "u": 18446744073709551615}},
      {"id": 18446744073709551615, "vector": [0.1234567890123456789], "payload": {"f": 1e300}}]}`;
    expect((await server.call("PUT", "/collections/exact/points?wait=true", points)).status).toBe(200);
    const one = await server.call("GET", "/collections/exact/points/424242424242424242");
    expect(one.text).toContain('"id":424242424242424242');
    expect(one.text).toContain('{"i":-9223372036854775808,"u":18446744073709551615}');
    const page = await server.call("POST", "/collections/exact/points/scroll", { limit: 1 });
    expect(page.text).toContain('"next_page_offset":18446744073709551615');
    const filter = '{"filter":{"must":[{"key":"u","match":{"value":18446744073709551615}}]}}';
    expect((await server.call("POST", "/collections/exact/points/query", filter)).status).toBeLessThan(500);
    const gone = await server.call(
      "POST",
      "/collections/exact/points/delete?wait=true",
      '{"points":[424242424242424242]}',
    );
    expect(gone.result.status).toBe("completed");
    expect((await server.call("POST", "/collections/exact/points/count", {})).result).toEqual({ count: 1 });
  });

  test("vectors and scores are printed in f32's shortest form", async () => {
    const body = { query: [1, 0, 0, 0], limit: 1, with_vector: true, filter: { must: [{ has_id: [1] }] } };
    const { text } = await server.call("POST", `${POINTS}/query`, body);
    expect(text).toContain('"score":0.05,');
    expect(text).toContain('"vector":[0.05,0.61,0.76,0.74]');
  });

  test("a long body of fractions is read as such", async () => {
    const body = '{"query":[0.1234567890123456,0.99999999999999991,1.0000000000000002,0.12345678901234567]}';
    expect((await server.call("POST", `${POINTS}/query`, body)).status).toBe(200);
  });
});

describe("names", () => {
  test.each(["{collection_name}", "a b", "ä€😀", "100%", "a%2Fb", "a.b", "collections", "+", "#&="])(
    "%s is decoded once",
    async (name) => {
      const path = `/collections/${encodeURIComponent(name)}`;
      expect((await server.call("PUT", path, { vectors: { size: 1, distance: "Dot" } })).status).toBe(200);
      expect(await server.client.collectionExists(name)).toEqual({ exists: true });
      expect((await server.call("GET", `${path}/exists`)).result).toEqual({ exists: true });
      expect((await server.call("DELETE", path)).result).toBe(true);
      expect((await server.call("DELETE", path)).result).toBe(false);
    },
  );

  test("fields of indexes are paths, which may need encoding", async () => {
    const field_name = 'a.b[]."c d"';
    const created = await server.call("PUT", "/collections/cities/index?wait=true", {
      field_name,
      field_schema: "keyword",
    });
    expect(created.result.status).toBe("completed");
    const path = `/collections/cities/index/${encodeURIComponent(field_name)}?wait=true`;
    expect((await server.call("DELETE", path)).result.status).toBe("completed");
    expect((await server.call("GET", "/collections/cities")).result.payload_schema).toEqual({});
  });
});

test("the older ways to search answer bare lists", async () => {
  const vector = [0.2, 0.1, 0.9, 0.7];
  const search = await server.call("POST", `${POINTS}/search`, { vector, limit: 1, with_payload: ["city"] });
  expect(search.result).toMatchObject([{ id: 4, payload: { city: "New York" } }]);
  const batch = await server.call("POST", `${POINTS}/search/batch`, { searches: [{ vector, top: 1 }] });
  expect(batch.result).toMatchObject([[{ id: 4 }]]);
  const request = { vector, group_by: "visitors", limit: 1, group_size: 1 };
  const groups = await server.call("POST", `${POINTS}/search/groups`, request);
  expect(groups.result.groups).toMatchObject([{ id: 66, hits: [{ id: 4 }] }]);
});

test("requests without a length are read as they come", async () => {
  const parts = ['{"fil', 'ter":{"must":[{"key":"city","match":', '{"value":"Berlin"}}]}}'];
  const body = new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
      controller.close();
    },
  });
  const init = { method: "POST", headers: { "content-type": "application/json" }, body, duplex: "half" };
  const response = await server.handler(new Request(`http://localhost${POINTS}/count`, init));
  expect(await response.json()).toMatchObject({ result: { count: 1 } });
});
