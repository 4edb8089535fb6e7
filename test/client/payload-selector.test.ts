import { afterEach, beforeEach, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import type { QueryRequest } from "../../src/client/types.ts";
import { open } from "../../src/index.ts";
import { rejection, untyped } from "./support.ts";

let client: NearvecClient;

beforeEach(async () => {
  client = await open();
  await client.createCollection("c", { vectors: { size: 1, distance: "Dot" } });
  const payload = { a: { b: 1, c: 2n ** 60n }, list: [{ x: 1, y: 2 }, { y: 3 }], "with.dot": { z: null } };
  await client.upsert("c", { points: [{ id: 1, vector: [1], payload }] });
});

afterEach(() => client.close());

// The first call of the file: it loads the code.
test("each search of a batch has its own", async () => {
  const some = { query: [1], with_payload: ["a.b"] };
  const others = { query: [1], with_payload: { exclude: ["a", "list[].y"] } };
  const [[first], [second], [third]] = (
    await client.queryBatch("c", { searches: [some, others, { query: [1], with_payload: true }] })
  ).map(({ points }) => points) as [[unknown], [unknown], [unknown]];
  expect(first).toMatchObject({ payload: { a: { b: 1 } } });
  expect(second).toEqual({
    id: 1,
    version: 1,
    score: 1,
    payload: { list: [{ x: 1 }, {}], "with.dot": { z: null } },
  });
  expect(third).toMatchObject({ payload: { a: { b: 1, c: 2n ** 60n } } });
});

test.each<[QueryRequest["with_payload"], unknown]>([
  [["a.c", '"with.dot".z'], { a: { c: 2n ** 60n }, "with.dot": { z: null } }],
  [{ include: ["list[].y"] }, { list: [{ y: 2 }, { y: 3 }] }],
  [["list[0].y"], { list: [] }],
  [["list.y"], { list: [] }],
  [{ exclude: ["a.c", "list"] }, { a: { b: 1 }, "with.dot": { z: null } }],
  [{ exclude: ["list[]", "a", '"with.dot"'] }, { list: [] }],
  [[], {}],
])("all reads select %o", async (with_payload, payload) => {
  const request = { with_payload };
  const records = await client.retrieve("c", { ids: [1], ...request });
  expect(records).toEqual([{ id: 1, payload }]);
  expect((await client.scroll("c", request)).points).toEqual(records);
  const found = [{ id: 1, version: 1, score: 1, payload }];
  expect((await client.query("c", { query: [1], ...request })).points).toEqual(found);
  expect(await client.search("c", { vector: [1], ...request })).toEqual(found);
  expect(await client.searchBatch("c", { searches: [{ vector: [1], ...request }] })).toEqual([found]);
});

test.each([
  [7, "with_payload: got 7"],
  ["a", "with_payload"],
  [["a..b"], "with_payload[0]"],
  [["a", 7], "with_payload[1]"],
  [{ include: "a" }, "with_payload.include"],
  [{ exclude: [""] }, "with_payload.exclude[0]"],
  [{ include: ["a"], exclude: ["b"] }, "with_payload"],
  [{ only: ["a"] }, "with_payload"],
  [{}, "with_payload"],
])("%o is refused", async (with_payload, text) => {
  for (const call of [
    () => client.scroll("c", untyped({ with_payload })),
    () => client.query("c", untyped({ query: [1], with_payload })),
    () => client.retrieve("c", untyped({ ids: [1], with_payload })),
  ]) {
    expect(await rejection(call)).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining(text),
    });
  }
});
