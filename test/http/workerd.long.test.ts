/** The handler in workerd, the runtime of Cloudflare Workers: no Node, no sockets, no compiling of WebAssembly. */
import { gzipSync } from "node:zlib";
import { QdrantClient } from "@qdrant/js-client-rest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startWorker, type Worker } from "./workerd/start.ts";

let worker: Worker;
let client: QdrantClient;
beforeAll(async () => {
  worker = await startWorker();
  client = new QdrantClient({ url: worker.url, apiKey: "key", port: Number(new URL(worker.url).port) });
});
afterAll(() => worker[Symbol.asyncDispose]());

test("points are stored, read and found there", async () => {
  await client.createCollection("words", {
    vectors: { size: 4, distance: "Dot" },
    sparse_vectors: { terms: {} },
  });
  const dense = (id: number) => [id, 1, 0, 0];
  const points = Array.from({ length: 500 }, (_, id) => ({
    id,
    vector: { "": dense(id), terms: { indices: [id % 7], values: [id] } },
    payload: { parity: id % 2 === 0 ? "even" : "odd", text: `number ${id}` },
  }));
  expect(await client.upsert("words", { wait: true, points })).toMatchObject({ status: "completed" });
  expect(await client.count("words")).toEqual({ count: 500 });
  const filter = { must: [{ key: "parity", match: { value: "even" } }] };
  const nearest = await client.query("words", {
    query: [1, 0, 0, 0],
    filter,
    limit: 2,
    with_payload: ["text"],
  });
  expect(nearest.points).toMatchObject([
    { id: 498, score: 498, payload: { text: "number 498" } },
    { id: 496, score: 496 },
  ]);
  const terms = { indices: [3], values: [1] };
  const sparse = await client.query("words", { query: terms, using: "terms", limit: 1 });
  expect(sparse.points).toMatchObject([{ id: 3 + 7 * 70, score: 493 }]);
});

test("what is loaded on demand elsewhere is there", async () => {
  await client.createPayloadIndex("words", { wait: true, field_name: "parity", field_schema: "keyword" });
  await client.createPayloadIndex("words", { wait: true, field_name: "text", field_schema: "text" });
  expect(await client.facet("words", { key: "parity" })).toEqual({
    hits: [
      { value: "even", count: 250 },
      { value: "odd", count: 250 },
    ],
  });
  const filter = { must: [{ key: "text", match: { text: "number 77" } }] };
  expect((await client.scroll("words", { filter })).points).toMatchObject([{ id: 77 }]);
  await client.setPayload("words", { payload: { parity: "none" }, filter });
  const groups = await client.queryGroups("words", {
    group_by: "parity",
    query: [1, 0, 0, 0],
    group_size: 1,
  });
  expect(groups.groups.map(({ id }) => id)).toEqual(["odd", "even", "none"]);
});

test("integers are exact, and keys asked for", async () => {
  const id = "18446744073709551615";
  const call = (path: string, body: string, headers = {}) =>
    fetch(worker.url + path, {
      method: body === "" ? "GET" : "PUT",
      headers: { "content-type": "application/json", ...headers },
      ...(body !== "" && { body }),
    });
  const body = `{"points":[{"id":${id},"vector":[0,0,0,1],"payload":{"big":${id}}}]}`;
  expect((await call("/collections/words/points?wait=true", body)).status).toBe(401);
  expect((await call("/collections/words/points?wait=true", body, { "api-key": "key" })).status).toBe(200);
  const read = await call(`/collections/words/points/${id}`, "", { "api-key": "key" });
  expect(await read.text()).toContain(`"id":${id},"payload":{"big":${id}}`);
  expect((await call("/healthz", "")).status).toBe(200);
});

test("all of it, and nothing else, is a few hundred KB", () => {
  const size = gzipSync(worker.bytes).length;
  console.log(`the worker's code takes ${size} bytes gzipped`);
  // What free plans take is 3 MB.
  expect(size).toBeLessThan(300_000);
  expect(worker.complaints()).toBe("");
});
