/**
 * What the official client had until 1.18, still called by programs that were written then: its types, and the calls.
 */
import type { QdrantClient } from "qdrant-client-1.18";
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { type NearvecClient, open } from "../../src/index.ts";

type Gone =
  | "search"
  | "searchBatch"
  | "searchPointGroups"
  | "recommend"
  | "recommendBatch"
  | "recommend_batch"
  | "recommendPointGroups"
  | "discoverPoints"
  | "discoverBatchPoints";

let engine: NearvecClient;
let client: QdrantClient;

beforeAll(async () => {
  engine = await open();
  // Where that release is installed, this is the type that asQdrantClient() answers.
  client = engine as unknown as QdrantClient;
  await client.createCollection("cities", { vectors: { size: 2, distance: "Dot" } });
  const points = [
    { id: 1, vector: [1, 0], payload: { country: "Germany" } },
    { id: 2, vector: [2, 1], payload: { country: "Italy" } },
    { id: 3, vector: [0, 3], payload: { country: "Italy" } },
  ];
  await client.upsert("cities", { points });
});
afterAll(() => engine.close());

describe("methods that are gone from the official client", () => {
  test("are these", () => {
    type Current = ReturnType<NearvecClient["asQdrantClient"]>;
    expectTypeOf<Exclude<keyof QdrantClient, keyof Current>>().toEqualTypeOf<Gone>();
    expectTypeOf<Extract<Gone, keyof NearvecClient>>().toEqualTypeOf<
      "search" | "searchBatch" | "searchPointGroups"
    >();
  });

  test("search", async () => {
    const vector = [1, 1];
    const found = await client.search("cities", {
      vector,
      limit: 2,
      with_payload: true,
      params: { exact: true },
    });
    expect(found).toMatchObject([
      { id: 2, score: 3, payload: { country: "Italy" } },
      { id: 3, score: 3 },
    ]);
    const filter = { must: [{ key: "country", match: { value: "Germany" } }] };
    expect(await client.search("cities", { vector: { name: "", vector }, filter })).toMatchObject([
      { id: 1 },
    ]);
    const searches = [
      { vector, limit: 1, filter },
      { vector: [0, 1], limit: 1 },
    ];
    expect(await client.searchBatch("cities", { searches })).toMatchObject([[{ id: 1 }], [{ id: 3 }]]);
  });

  test("search in groups", async () => {
    const request = { vector: [1, 1], group_by: "country", limit: 2, group_size: 1 };
    expect((await client.searchPointGroups("cities", request)).groups).toMatchObject([
      { id: "Italy", hits: [{ id: 2 }] },
      { id: "Germany", hits: [{ id: 1 }] },
    ]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["recommend", () => client.recommend("cities", { positive: [1], negative: [2], limit: 1 })],
    ["recommendBatch", () => client.recommendBatch("cities", { searches: [{ positive: [1], limit: 1 }] })],
    ["recommend_batch", () => client.recommend_batch("cities", { searches: [{ positive: [1], limit: 1 }] })],
    [
      "recommendPointGroups",
      () =>
        client.recommendPointGroups("cities", {
          positive: [1],
          group_by: "country",
          limit: 1,
          group_size: 1,
        }),
    ],
    ["discoverPoints", () => client.discoverPoints("cities", { target: 1, limit: 1 })],
    [
      "discoverBatchPoints",
      () => client.discoverBatchPoints("cities", { searches: [{ target: 1, limit: 1 }] }),
    ],
  ])("refuse, not supported yet: %s", async (name, call) => {
    await expect(call()).rejects.toMatchObject({
      code: "NOT_SUPPORTED",
      message: expect.stringContaining(`${name}()`),
    });
  });
});
