/** Scrolling by id, counting, getting points, and what comes with them. */
import { expect, test } from "vitest";
import { type Client, hasId, ids, match, refused, untyped, withCollection, withPayloads } from "./support.ts";

const DOT = { vectors: { size: 2, distance: "Dot" } } as const;

/** Points of even ids 2, 4, … 2n. */
function evens(count: number): Promise<Client> {
  const points = Array.from({ length: count }, (_, i) => ({
    id: 2 * (i + 1),
    vector: [i, 1],
    payload: { third: i % 3 === 0 },
  }));
  return withCollection(DOT, points);
}

test("scroll gives ten points by id, with payloads and without vectors", async () => {
  await using client = await evens(12);
  const { points, next_page_offset } = await client.scroll("c");
  expect(ids(points)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
  expect(next_page_offset).toBe(22);
  expect(points[0]).toEqual({ id: 2, payload: { third: true } });
  expect(points[0]).not.toHaveProperty("vector");
  expect(points[0]).not.toHaveProperty("order_value");
});

test("an offset is an id, inclusive, of a point that need not be there", async () => {
  await using client = await evens(5);
  expect(await client.scroll("c", { offset: 6, limit: 2, with_payload: false })).toMatchObject({
    points: [{ id: 6 }, { id: 8 }],
    next_page_offset: 10,
  });
  expect(ids(await client.scroll("c", { offset: 7 }))).toEqual([8, 10]);
  expect(await client.scroll("c", { offset: 11 })).toEqual({ points: [], next_page_offset: null });
  expect(ids(await client.scroll("c", { offset: null }))).toHaveLength(5);
});

test("there is no next page when exactly `limit` points were left", async () => {
  await using client = await evens(4);
  expect((await client.scroll("c", { limit: 4 })).next_page_offset).toBeNull();
  expect((await client.scroll("c", { limit: 3 })).next_page_offset).toBe(8);
  expect((await client.scroll("c", { limit: 2, offset: 6 })).next_page_offset).toBeNull();
});

test("the next page's offset is the next point that meets the filter", async () => {
  await using client = await evens(12);
  const filter = { must: [match("third", true)] };
  const pages: unknown[][] = [];
  let offset: string | number | null | undefined;
  do {
    const page = await client.scroll("c", { filter, limit: 3, ...(offset != null && { offset }) });
    pages.push(ids(page.points));
    offset = untyped<string | number | null>(page.next_page_offset);
  } while (offset != null);
  expect(pages).toEqual([[2, 8, 14], [20]]);
});

test("paging meets each point once, also those beyond what was deleted", async () => {
  await using client = await evens(30);
  await client.delete("c", { points: [4, 6, 20, 60], wait: true });
  const seen: unknown[] = [];
  let offset: string | number | null | undefined;
  do {
    const page = await client.scroll("c", { limit: 7, ...(offset != null && { offset }) });
    seen.push(...ids(page.points));
    offset = untyped<string | number | null>(page.next_page_offset);
  } while (offset != null);
  expect(seen).toEqual(
    Array.from({ length: 30 }, (_, i) => 2 * (i + 1)).filter((id) => ![4, 6, 20, 60].includes(id)),
  );
});

test.each([0, -1, 1.5])("a limit of %d is refused", async (limit) => {
  await using client = await evens(1);
  await refused(client.scroll("c", { limit }), "INVALID_ARGUMENT", "limit");
  await refused(client.query("c", { limit }), "INVALID_ARGUMENT", "limit");
  await refused(client.query("c", { query: [1, 1], limit }), "INVALID_ARGUMENT", "limit");
});

test("retrieve keeps the order asked, leaves out what is missing, and gives a repeated id once", async () => {
  await using client = await evens(5);
  const records = await client.retrieve("c", { ids: [8, 99, 2, 8, 4, 2] });
  expect(records).toEqual([
    { id: 8, payload: { third: true } },
    { id: 2, payload: { third: true } },
    { id: 4, payload: { third: false } },
  ]);
  expect(records[0]).not.toHaveProperty("vector");
  expect(await client.retrieve("c", { ids: [] })).toEqual([]);
});

test("query gives neither payloads nor vectors unless asked", async () => {
  await using client = await evens(2);
  const { points } = await client.query("c", { query: [1, 0] });
  expect(Object.keys(points[0] ?? {}).sort()).toEqual(["id", "score", "version"]);
  const full = await client.query("c", { query: [1, 0], limit: 1, with_payload: true, with_vector: true });
  expect(full.points).toMatchObject([{ id: 4, payload: { third: false }, vector: [1, 1] }]);
});

test("with_vectors is another name of with_vector", async () => {
  await using client = await evens(1);
  const more = untyped<object>({ with_vectors: true });
  expect((await client.scroll("c", { ...more })).points).toMatchObject([{ vector: [0, 1] }]);
  expect(await client.retrieve("c", { ids: [2], ...more })).toMatchObject([{ vector: [0, 1] }]);
  expect((await client.query("c", { query: [1, 1], ...more })).points).toMatchObject([{ vector: [0, 1] }]);
});

test("payloads come whole, not at all, by keys, or without keys", async () => {
  await using client = await withPayloads({ a: 1, b: { c: 2, d: [3] }, "e f": null });
  const payload = async (with_payload: boolean | string[] | { include: string[] } | { exclude: string[] }) =>
    (await client.scroll("c", { with_payload })).points[0]?.payload;
  expect(await payload(true)).toEqual({ a: 1, b: { c: 2, d: [3] }, "e f": null });
  expect((await client.scroll("c", { with_payload: false })).points[0]?.payload ?? null).toBeNull();
  expect(await payload(["a", "none"])).toEqual({ a: 1 });
  expect(await payload({ include: ["b"] })).toEqual({ b: { c: 2, d: [3] } });
  expect(await payload({ exclude: ["b", "none"] })).toEqual({ a: 1, "e f": null });
  expect(await payload({ exclude: [] })).toEqual({ a: 1, b: { c: 2, d: [3] }, "e f": null });
  const request = { ids: [1], with_payload: ["a"] };
  expect(await client.retrieve("c", request)).toEqual([{ id: 1, payload: { a: 1 } }]);
  expect((await client.query("c", { query: [1], with_payload: ["a"] })).points).toMatchObject([
    { payload: { a: 1 } },
  ]);
});

test("a point without payload has an empty one", async () => {
  await using client = await withCollection(DOT, [{ id: 1, vector: [1, 1] }]);
  expect(await client.retrieve("c", { ids: [1] })).toEqual([{ id: 1, payload: {} }]);
});

test("count is exact by default, and may be asked for an estimate", async () => {
  await using client = await evens(12);
  expect(await client.count("c")).toEqual({ count: 12 });
  expect(await client.count("c", { exact: true, filter: { must: [match("third", true)] } })).toEqual({
    count: 4,
  });
  expect(await client.count("c", { filter: { must: [match("third", 1)] } })).toEqual({ count: 0 });
  const { count } = await client.count("c", { exact: false, filter: { must: [hasId(2, 4, 5)] } });
  expect(count).toBeGreaterThanOrEqual(0);
  expect(count).toBeLessThanOrEqual(12);
});

test.each(["all", "majority", "quorum", 1, 2] as const)("reads take consistency %s", async (consistency) => {
  await using client = await evens(1);
  expect(ids(await client.scroll("c", { consistency }))).toEqual([2]);
  expect(ids(await client.retrieve("c", { ids: [2], consistency }))).toEqual([2]);
  expect(ids(await client.query("c", { query: [1, 1], consistency }))).toEqual([2]);
});

test("a timeout is in seconds, at least 1", async () => {
  await using client = await evens(1);
  expect(ids(await client.scroll("c", { timeout: 1 }))).toEqual([2]);
  expect(await client.count("c", { timeout: 60 })).toEqual({ count: 1 });
  await refused(client.scroll("c", { timeout: 0 }), "INVALID_ARGUMENT", "timeout");
  await refused(client.count("c", { timeout: 0 }), "INVALID_ARGUMENT", "timeout");
  await refused(client.query("c", { query: [1, 1], timeout: 0.5 }), "INVALID_ARGUMENT", "timeout");
});
