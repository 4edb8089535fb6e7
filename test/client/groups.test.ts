import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import type { QueryGroupsRequest } from "../../src/client/types.ts";
import { Collection } from "../../src/collection/collection.ts";
import { open } from "../../src/index.ts";
import { rejection, untyped } from "./support.ts";

const UUID = "550e8400-e29b-41d4-a716-446655440000";
let client: NearvecClient;

beforeEach(async () => {
  client = await open();
});

afterEach(() => client.close());

/** Points whose score for the query [1] is their id, given by their payloads, the best one first. */
async function store(name: string, payloads: readonly Record<string, unknown>[]): Promise<void> {
  await client.createCollection(name, { vectors: { size: 1, distance: "Dot" } });
  const ids = payloads.map((_, i) => payloads.length - i);
  await client.upsert(name, { batch: { ids, vectors: Float32Array.from(ids), payloads } });
}

/** Groups as their ids with the ids of their points. */
async function groups(
  name: string,
  request: Omit<QueryGroupsRequest, "query">,
): Promise<[unknown, unknown[]][]> {
  const answer = await client.queryGroups(name, { query: [1], ...request });
  return answer.groups.map(({ id, hits }) => [id, hits.map((hit) => hit.id)]);
}

describe("the groups of a few points", () => {
  beforeEach(() =>
    store("c", [
      { doc: "a", even: false }, // 9
      { doc: ["b", "a", "b"], even: true }, // 8
      { doc: 7, even: false }, // 7
      { doc: "a", even: true }, // 6
      { doc: "7", even: false }, // 5
      { doc: "a", even: true }, // 4
      { doc: ["a", 1.5], even: false }, // 3
      { doc: null, even: true }, // 2
      { doc: 2n ** 60n, even: false }, // 1
    ]),
  );

  test("come in the order of their best points", async () => {
    expect(await groups("c", { group_by: "doc" })).toEqual([
      ["a", [9, 8, 6]],
      ["b", [8]],
      [7, [7]],
      ["7", [5]],
      [2n ** 60n, [1]],
    ]);
    expect(await groups("c", { group_by: "doc", group_size: 1, limit: 3 })).toEqual([
      ["a", [9]],
      ["b", [8]],
      [7, [7]],
    ]);
    expect(await groups("c", { group_by: "doc", group_size: 4, limit: 1 })).toEqual([["a", [9, 8, 6, 4]]]);
  });

  test("follow the filter, the threshold and the query's own parameters", async () => {
    const filter = { must: [{ key: "even", match: { value: true } }] };
    expect(await groups("c", { group_by: "doc", filter })).toEqual([
      ["b", [8]],
      ["a", [8, 6, 4]],
    ]);
    expect(await groups("c", { group_by: "doc", score_threshold: 6, params: { exact: true } })).toEqual([
      ["a", [9, 8]],
      ["b", [8]],
      [7, [7]],
    ]);
    const { groups: shaped } = await client.queryGroups("c", {
      query: { nearest: 9 },
      group_by: "doc",
      limit: 1,
      group_size: 1,
      with_payload: ["doc"],
      with_vector: true,
    });
    // Point 9 is the query, and so none of the results.
    expect(shaped).toEqual([
      { id: "b", hits: [{ id: 8, version: 1, score: 72, vector: [8], payload: { doc: ["b", "a", "b"] } }] },
    ]);
  });

  test("without a query come in the order of ids, with a score of 1", async () => {
    const answer = await client.queryGroups("c", { group_by: "doc", limit: 2, group_size: 2 });
    expect(answer).toEqual({
      groups: [
        { id: 2n ** 60n, hits: [{ id: 1, version: 1, score: 1 }] },
        {
          id: "a",
          hits: [
            { id: 4, version: 1, score: 1 },
            { id: 6, version: 1, score: 1 },
          ],
        },
      ],
    });
    const filter = { must_not: [{ has_id: [4] }] };
    const some = await client.queryGroups("c", { group_by: "doc", limit: 2, group_size: 1, filter });
    expect(some.groups.map(({ id }) => id)).toEqual([2n ** 60n, "7"]);
  });

  test("are those of older clients, too", async () => {
    const request = { vector: [1], group_by: "doc", limit: 2, group_size: 2 };
    const expected = await client.queryGroups("c", { query: [1], group_by: "doc", limit: 2, group_size: 2 });
    expect(expected.groups).toHaveLength(2);
    expect(await client.searchPointGroups("c", request)).toEqual(expected);
    expect(await client.searchPointGroups("c", { ...request, vector: { name: "", vector: [1] } })).toEqual(
      expected,
    );
  });
});

test("paths lead to all values of a point", async () => {
  await store("c", [
    { parts: [{ of: "x" }, { of: ["y", "z"] }] },
    { parts: [{ of: "y" }, { of: [["x"]] }] },
    { parts: { of: "x" } },
    { parts: [{ of: "y" }, {}] },
    { "a.b": 1 },
  ]);
  expect(await groups("c", { group_by: "parts[].of" })).toEqual([
    ["x", [5]],
    ["y", [5, 2]],
    ["z", [5]],
  ]);
  expect(await groups("c", { group_by: "parts[0].of" })).toEqual([
    ["x", [5]],
    ["y", [4, 2]],
  ]);
  expect(await groups("c", { group_by: '"a.b"' })).toEqual([[1, [1]]]);
  expect(await groups("c", { group_by: "nothing" })).toEqual([]);
});

test("smaller distances are better where they are", async () => {
  await client.createCollection("c", { vectors: { size: 1, distance: "Euclid" } });
  const points = [1, 2, 3, 4].map((id) => ({ id, vector: [id], payload: { odd: id % 2 } }));
  await client.upsert("c", { points });
  const { groups } = await client.queryGroups("c", { query: [0], group_by: "odd", score_threshold: 4 });
  expect(groups.map(({ id, hits }) => [id, hits.map(({ score }) => score)])).toEqual([
    [1, [1, 3]],
    [0, [2]],
  ]);
});

describe("with_lookup", () => {
  beforeEach(async () => {
    await store("chunks", [
      { doc: 1 },
      { doc: UUID.toUpperCase() },
      { doc: "no id" },
      { doc: -1 },
      { doc: 99 },
    ]);
    await client.createCollection("docs", { vectors: { size: 2, distance: "Dot" } });
    await client.upsert("docs", {
      points: [
        { id: 1, vector: [1, 2], payload: { title: "One", text: "…" } },
        { id: UUID, vector: [3, 4], payload: { title: "Two" } },
      ],
    });
  });

  const lookups = async (with_lookup: QueryGroupsRequest["with_lookup"]) => {
    const answer = await client.queryGroups("chunks", { query: [1], group_by: "doc", with_lookup });
    return answer.groups.map(({ lookup }) => lookup);
  };

  test("adds the point whose id is the group's, with its payload", async () => {
    expect(await lookups("docs")).toEqual([
      { id: 1, payload: { title: "One", text: "…" } },
      { id: UUID, payload: { title: "Two" } },
      undefined,
      undefined,
      undefined,
    ]);
    const none = (await client.queryGroups("chunks", { query: [1], group_by: "doc" })).groups;
    expect(none.every((group) => !("lookup" in group))).toBe(true);
  });

  test("with what is asked for", async () => {
    const [first] = await lookups({ collection: "docs", with_payload: ["title"], with_vectors: true });
    expect(first).toEqual({ id: 1, payload: { title: "One" }, vector: [1, 2] });
    expect((await lookups({ collection: "docs", with_payload: false }))[0]).toEqual({ id: 1 });
    expect((await lookups({ collection: "docs" }))[1]).toEqual({ id: UUID, payload: { title: "Two" } });
  });

  test("from a collection that is missing is an error, even of no groups", async () => {
    const request = { query: [1], group_by: "nothing", with_lookup: "nowhere" };
    expect(await rejection(() => client.queryGroups("chunks", request))).toMatchObject({
      code: "COLLECTION_NOT_FOUND",
      message: expect.stringContaining("nowhere"),
    });
  });
});

test.each([
  ["no field", {}, "group_by"],
  ["no path", { group_by: "a..b" }, "group_by"],
  ["an empty path", { group_by: "" }, "group_by"],
  ["no groups", { group_by: "a", limit: 0 }, "limit"],
  ["empty groups", { group_by: "a", group_size: 0 }, "group_size"],
  ["an offset", { group_by: "a", offset: 1 }, "offset"],
  ["a lookup that is none", { group_by: "a", with_lookup: 7 }, "with_lookup"],
  ["a lookup without a collection", { group_by: "a", with_lookup: {} }, "with_lookup.collection"],
  ["a threshold without a query", { group_by: "a", query: null, score_threshold: 1 }, "score_threshold"],
])("%s is refused", async (_, request, text) => {
  await store("c", [{}]);
  const call = () => client.queryGroups("c", untyped({ query: [1], ...request }));
  expect(await rejection(call)).toMatchObject({
    code: "INVALID_ARGUMENT",
    message: expect.stringContaining(text),
  });
});

/** Groups as a walk through all points in their order makes them. */
function naive(payloads: readonly unknown[][], limit: number, size: number): [unknown, unknown[]][] {
  const found = new Map<unknown, number[]>();
  payloads.forEach((values, i) => {
    if (!values.every((value) => typeof value === "string" || Number.isInteger(value))) return;
    for (const value of new Set(values)) {
      const ids = found.get(value) ?? [];
      found.set(value, ids);
      ids.push(payloads.length - i);
    }
  });
  return [...found].slice(0, limit).map(([id, ids]) => [id, ids.slice(0, size)]);
}

const aValue = fc.oneof(
  { arbitrary: fc.constantFrom<unknown>("a", "b", "c", "1", 1, 2, 3), weight: 20 },
  { arbitrary: fc.constantFrom<unknown>(true, null, 1.5), weight: 1 },
);
const someValues = fc.array(aValue, { maxLength: 3 });

test("any few points are grouped as by a walk through all of them", async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(someValues, { maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 5 }),
      async (points, limit, group_size) => {
        const name = `few ${number++}`;
        await store(
          name,
          points.map((of) => (of.length === 1 ? { of: of[0] } : { of })),
        );
        expect(await groups(name, { group_by: "of", limit, group_size })).toEqual(
          naive(points, limit, group_size),
        );
        await client.deleteCollection(name);
      },
    ),
    { seed: 17, numRuns: 150 },
  );
});

/** Where thousands of points of a few groups come first, the beginning of the ranking does not do. */
const aRun = fc.record({
  values: fc.oneof(someValues, fc.constantFrom<unknown[]>(["a"], ["a", "b"], [true])),
  length: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1000, max: 6000 })),
});

test("any long runs of points are grouped as by a walk through all of them", {
  timeout: 60_000,
}, async () => {
  let number = 0;
  let filtered = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(aRun, { minLength: 2, maxLength: 9 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      async (runs, limit, group_size, half) => {
        const name = `long ${number++}`;
        const points = runs.flatMap(({ values, length }) => Array.from({ length }, () => values));
        await store(
          name,
          points.map((of, i) => ({ of, half: i % 2 })),
        );
        const kept = points.map((values, i) => (half && i % 2 === 0 ? [true] : values));
        const expected = naive(kept, limit, group_size);
        const filter = half ? { must: { key: "half", match: { value: 1 } } } : null;
        expect(await groups(name, { group_by: "of", limit, group_size, filter })).toEqual(expected);
        const [last] = expected.flatMap(([, ids]) => ids).sort((a, b) => Number(a) - Number(b));
        if (points.length - Number(last) > 4096) filtered++;
        await client.deleteCollection(name);
      },
    ),
    { seed: 23, numRuns: 25 },
  );
  expect(filtered).toBeGreaterThan(5);
});

describe("all points are asked but a few times", () => {
  /** How often a filter was asked of them. */
  async function filters(
    payloads: readonly Record<string, unknown>[],
    request: Omit<QueryGroupsRequest, "query">,
    index?: "float" | "keyword" | "bool",
  ) {
    await store("c", payloads);
    if (index !== undefined) {
      await client.createPayloadIndex("c", { field_name: "of", field_schema: index, wait: true });
    }
    const asked = vi.spyOn(Collection.prototype, "withMatches");
    try {
      return { found: await groups("c", request), count: asked.mock.calls.length };
    } finally {
      asked.mockRestore();
    }
  }

  test.each<[string, (i: number) => unknown, index?: "float" | "keyword" | "bool"]>([
    ["a float", (i) => i + 0.5],
    ["an indexed float", (i) => i + 0.5, "float"],
    ["a float beside a keyword", (i) => i + 0.5, "keyword"],
    ["a boolean", (i) => i % 2 === 0],
    ["an indexed boolean", (i) => i % 2 === 0, "bool"],
    ["an object", (i) => ({ i })],
    ["null", () => null],
    ["a list with a float", (i) => [i, 0.5]],
    ["a list with null", (i) => [`${i}`, null]],
    ["a list of lists", (i) => [[i]]],
  ])("when %s is no group's id", async (_, fieldOf, index) => {
    const payloads = Array.from({ length: 20_000 }, (_, i) => ({ of: fieldOf(i) }));
    const last = { of: "last" };
    const request = { group_by: "of", limit: 2, group_size: 2 };
    const { found, count } = await filters([...payloads, last], request, index);
    expect(found).toEqual([["last", [1]]]);
    expect(count).toBeLessThan(3);
  });

  test("when the groups lie one after the other", async () => {
    const payloads = Array.from({ length: 24_000 }, (_, i) => ({ of: Math.floor(i / 150) }));
    const { found, count } = await filters(payloads, { group_by: "of", limit: 160, group_size: 1 });
    expect(found).toEqual(Array.from({ length: 160 }, (_, i) => [i, [24_000 - i * 150]]));
    expect(count).toBeLessThan(5);
  });
});
