/** The universal query: what it may be given, what it answers; and the searches of older clients. */
import { expect, test } from "vitest";
import {
  type Client,
  type Filter,
  hasId,
  ids,
  match,
  refused,
  scored,
  untyped,
  withCollection,
} from "./support.ts";

const UUID = "550e8400-e29b-41d4-a716-446655440000";

/** Points 1 … 6 at [1, 0] … [6, 0], and one that has a UUID at [0, 9]; dot product. */
function seven(): Promise<Client> {
  const points = [1, 2, 3, 4, 5, 6].map((n) => ({ id: n, vector: [n, 0], payload: { n, odd: n % 2 === 1 } }));
  return withCollection({ vectors: { size: 2, distance: "Dot" } }, [
    ...points,
    { ...{ id: untyped<number>(UUID) }, vector: [0, 9], payload: { n: 7, odd: true } },
  ]);
}

const ODD = { must: [match("odd", true)] };

test("ten points are given from the first on, unless asked otherwise", async () => {
  const points = Array.from({ length: 15 }, (_, i) => ({ id: i, vector: [i] }));
  await using client = await withCollection({ vectors: { size: 1, distance: "Dot" } }, points);
  expect(ids(await client.query("c", { query: [1] }))).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5]);
  expect(ids(await client.query("c", { query: [1], limit: 3 }))).toEqual([14, 13, 12]);
  // Here an offset is a count.
  expect(ids(await client.query("c", { query: [1], limit: 3, offset: 2 }))).toEqual([12, 11, 10]);
  expect(ids(await client.query("c", { query: [1], limit: 3, offset: 14 }))).toEqual([0]);
  expect(ids(await client.query("c", { query: [1], limit: 3, offset: 15 }))).toEqual([]);
  expect(ids(await client.query("c", {}))).toHaveLength(10);
});

test("without a query: points by id, every score 1, the offset a count", async () => {
  await using client = await seven();
  expect(scored(await client.query("c", { limit: 3, offset: 2 }))).toEqual([
    [3, 1],
    [4, 1],
    [5, 1],
  ]);
  expect(ids(await client.query("c", { filter: ODD }))).toEqual([1, 3, 5, UUID]);
  expect(ids(await client.query("c", { query: null, limit: 1 }))).toEqual([1]);
  await refused(client.query("c", { score_threshold: 0.5 }), "INVALID_ARGUMENT", "score_threshold");
});

test("a vector may stand alone or as the nearest", async () => {
  await using client = await seven();
  const bare = await client.query("c", { query: [1, 0], limit: 3 });
  expect(scored(bare)).toEqual([
    [6, 6],
    [5, 5],
    [4, 4],
  ]);
  expect(await client.query("c", { query: { nearest: [1, 0] }, limit: 3 })).toEqual(bare);
});

test("by an id its vector is looked up, and the point itself is left out", async () => {
  await using client = await seven();
  const expected = [
    [5, 30],
    [4, 24],
    [3, 18],
  ];
  expect(scored(await client.query("c", { query: 6, limit: 3 }))).toEqual(expected);
  expect(scored(await client.query("c", { query: { nearest: 6 }, limit: 3 }))).toEqual(expected);
  expect(ids(await client.query("c", { query: 6, limit: 10 }))).toEqual([5, 4, 3, 2, 1, UUID]);
  expect(ids(await client.query("c", { query: UUID.toUpperCase(), limit: 10 }))).not.toContain(UUID);
  expect(ids(await client.query("c", { query: 5, filter: ODD }))).toEqual([3, 1, UUID]);
  expect(ids(await client.query("c", { query: 6, limit: 2, offset: 1 }))).toEqual([4, 3]);
});

test("an unknown id is told, one without a vector too", async () => {
  await using client = await seven();
  await refused(client.query("c", { query: 77 }), "POINT_NOT_FOUND", "77");
  await client.upsert("c", { points: [{ id: 8, vector: {} }], wait: true });
  await expect(client.query("c", { query: 8 })).rejects.toMatchObject({
    message: expect.stringContaining("8"),
  });
});

test("exact and approximate answers of few points are the same", async () => {
  await using client = await seven();
  const request = { query: [1, 2], limit: 7 };
  const exact = await client.query("c", { ...request, params: { exact: true } });
  expect(await client.query("c", { ...request, params: { hnsw_ef: 64, exact: false } })).toEqual(exact);
  expect(await client.query("c", { ...request, params: { indexed_only: false } })).toEqual(exact);
});

test("a filter is met by all that is found", async () => {
  await using client = await seven();
  expect(ids(await client.query("c", { query: [1, 0], filter: ODD }))).toEqual([5, 3, 1, UUID]);
  const none: Filter = { must: [hasId(99)] };
  expect(await client.query("c", { query: [1, 0], filter: none })).toEqual({ points: [] });
});

test("a batch answers each query as if alone, and one that is wrong fails all", async () => {
  await using client = await seven();
  const searches = [
    { query: [1, 0], limit: 2 },
    { query: 6, limit: 1, with_payload: true },
    { filter: ODD, limit: 2 },
    { query: [0, 1], score_threshold: 5, with_vector: true },
  ];
  const alone = await Promise.all(searches.map((search) => client.query("c", search)));
  expect(await client.queryBatch("c", { searches })).toEqual(alone);
  expect(alone.map(ids)).toEqual([[6, 5], [5], [1, 3], [UUID]]);
  expect(await client.queryBatch("c", { searches: [] })).toEqual([]);
  await refused(
    client.queryBatch("c", { searches: [{ query: [1, 0] }, { query: [1] }] }),
    "WRONG_DIMENSION",
    "searches[1]",
  );
  await refused(
    client.queryBatch("c", { searches: [{ query: [1, 0] }, { query: 77 }] }),
    "POINT_NOT_FOUND",
    "77",
  );
});

test("search, as older clients have it, answers the bare list", async () => {
  await using client = await seven();
  const expected = (await client.query("c", { query: [1, 0], limit: 2, with_payload: true })).points;
  expect(await client.search("c", { vector: [1, 0], limit: 2, with_payload: true })).toEqual(expected);
  expect(
    await client.search("c", { vector: { name: "", vector: [1, 0] }, top: 2, with_payload: true }),
  ).toEqual(expected);
  expect(ids(await client.search("c", { vector: [1, 0], filter: ODD, limit: 3, offset: 1 }))).toEqual([
    3,
    1,
    UUID,
  ]);
  const batch = await client.searchBatch("c", {
    searches: [
      { vector: [1, 0], limit: 1 },
      { vector: [0, 1], limit: 1, with_vector: true },
    ],
  });
  expect(batch).toMatchObject([[{ id: 6, score: 6 }], [{ id: UUID, score: 9, vector: [0, 9] }]]);
});

test.each([
  ["a bool", true, "INVALID_ARGUMENT"],
  ["an empty object", {}, "INVALID_ARGUMENT"],
  ["an unknown kind", { closest: [1, 0] }, "INVALID_ARGUMENT"],
  ["a numeric text", "123", "INVALID_ID"],
  ["no numbers", [], "WRONG_DIMENSION"],
  ["a text among numbers", [1, "0"], "NOT_FINITE"],
] as const)("%s is no query", async (_, query, code) => {
  await using client = await seven();
  await refused(client.query("c", { query: untyped<number[]>(query) }), code, "query");
});

test.each([
  ["recommend", { query: { recommend: { positive: [1] } } }],
  ["discover", { query: { discover: { target: 1, context: [] } } }],
  ["context", { query: { context: [{ positive: 1, negative: 2 }] } }],
  ["fusion", { prefetch: [{ query: [1, 0] }], query: { fusion: "rrf" } }],
  ["rrf", { prefetch: [{ query: [1, 0] }], query: { rrf: { k: 2 } } }],
  ["formula", { prefetch: [{ query: [1, 0] }], query: { formula: "$score" } }],
  ["sample", { query: { sample: "random" } }],
  ["mmr", { query: { nearest: [1, 0], mmr: {} } }],
  ["relevance_feedback", { query: { relevance_feedback: { target: 1, feedback: [] } } }],
  ["prefetch", { prefetch: { query: [1, 0] }, query: [1, 0] }],
  ["a document", { query: { text: "a", model: "qdrant/bm25" } }],
])("%s is not there yet, and says so", async (_, request) => {
  await using client = await seven();
  await refused(client.query("c", untyped(request)), "NOT_SUPPORTED");
});
