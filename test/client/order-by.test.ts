import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import type { ScrollRequest } from "../../src/client/types.ts";
import { open } from "../../src/index.ts";
import { rejection, untyped } from "./support.ts";

const UUID = "550e8400-e29b-41d4-a716-446655440000";
let client: NearvecClient;

beforeEach(async () => {
  client = await open();
  await client.createCollection("c", { vectors: { size: 1, distance: "Dot" } });
  const points = [
    { id: 5, n: 2, even: false },
    { id: UUID, n: 2, even: true },
    { id: 1, n: [7, -1], even: false },
    { id: 2, n: 2n ** 60n + 1n, even: true, at: "2024-02-29T12:00:00.000001Z" },
    { id: 3, n: 2n ** 60n, even: false, at: "2024-02-29" },
    { id: 4, n: "2", even: true, at: "someday" },
  ];
  await client.upsert("c", { points: points.map(({ id, ...payload }) => ({ id, vector: [1], payload })) });
  await client.createPayloadIndex("c", { field_name: "n", field_schema: "integer", wait: true });
  await client.createPayloadIndex("c", { field_name: "at", field_schema: "datetime", wait: true });
});

afterEach(() => client.close());

/** What a scroll gives, as pairs of id and value. */
async function scrolled(
  order_by: ScrollRequest["order_by"],
  request: ScrollRequest = {},
): Promise<unknown[]> {
  const { points, next_page_offset } = await client.scroll("c", {
    order_by,
    with_payload: false,
    ...request,
  });
  expect(next_page_offset).toBeNull();
  return points.map(({ id, order_value, ...rest }) => {
    expect(rest).toEqual({});
    return [id, order_value];
  });
}

const ASCENDING = [
  [1, -1],
  [5, 2],
  [UUID, 2],
  [1, 7],
  [3, 2n ** 60n],
  [2, 2n ** 60n + 1n],
];

describe("a scroll", () => {
  test("goes up, or down, ids included; of a point with several values once for each", async () => {
    expect(await scrolled("n")).toEqual(ASCENDING);
    expect(await scrolled({ key: "n", direction: "asc" })).toEqual(ASCENDING);
    expect(await scrolled({ key: "n", direction: "desc" })).toEqual([...ASCENDING].reverse());
    expect(await scrolled("n", { limit: 2 })).toEqual(ASCENDING.slice(0, 2));
  });

  test("begins at a value, which is part of it", async () => {
    expect(await scrolled({ key: "n", start_from: 2 })).toEqual(ASCENDING.slice(1));
    expect(await scrolled({ key: "n", start_from: 6.5, direction: "desc" })).toEqual(
      ASCENDING.slice(0, 3).reverse(),
    );
    expect(await scrolled({ key: "n", start_from: untyped<number>(2n ** 60n + 1n) })).toEqual(
      ASCENDING.slice(5),
    );
  });

  test("of dates gives microseconds", async () => {
    const noon = Date.UTC(2024, 1, 29, 12) * 1000 + 1;
    const midnight = Date.UTC(2024, 1, 29) * 1000;
    expect(await scrolled("at")).toEqual([
      [3, midnight],
      [2, noon],
    ]);
    expect(await scrolled({ key: "at", start_from: "2024-02-29T12:00:00Z" })).toEqual([[2, noon]]);
    expect(await scrolled({ key: "at", start_from: midnight, direction: "desc" })).toEqual([[3, midnight]]);
  });

  test("of points that meet a filter, with what is asked for", async () => {
    const filter = { must: [{ key: "even", match: { value: true } }] };
    expect(await scrolled("n", { filter })).toEqual([
      [UUID, 2],
      [2, 2n ** 60n + 1n],
    ]);
    const { points } = await client.scroll("c", { order_by: "n", filter, limit: 1, with_vector: true });
    expect(points).toEqual([{ id: UUID, payload: { n: 2, even: true }, vector: [1], order_value: 2 }]);
  });

  test("sees what is written", async () => {
    await client.setPayload("c", { payload: { n: 3 }, points: [4, 5] });
    await client.delete("c", { points: [1], wait: true });
    expect(await scrolled("n", { limit: 3 })).toEqual([
      [UUID, 2],
      [4, 3],
      [5, 3],
    ]);
  });

  test.each<[string, unknown, string]>([
    ["a field without an index", { order_by: "even" }, 'no index of "even" with an order'],
    ["a field that is not there", { order_by: "m" }, 'no index of "m" with an order'],
    ["an offset", { order_by: "n", offset: 3 }, "offset"],
    ["a direction that is none", { order_by: { key: "n", direction: "up" } }, "order_by.direction"],
    ["a start that is none", { order_by: { key: "n", start_from: "soon" } }, "order_by.start_from"],
  ])("refuses %s", async (_, request, text) => {
    expect(await rejection(() => client.scroll("c", untyped(request)))).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining(text),
    });
  });

  test("needs an index with an order", async () => {
    await client.createPayloadIndex("c", { field_name: "even", field_schema: "bool", wait: true });
    await client.createPayloadIndex("c", {
      field_name: "n",
      field_schema: { type: "integer", range: false, lookup: true },
      wait: true,
    });
    for (const order_by of ["even", "n"]) {
      const error = await rejection(() => client.scroll("c", { order_by }));
      expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
    }
    await client.createPayloadIndex("c", { field_name: "n", field_schema: "float", wait: true });
    await client.upsert("c", { points: [{ id: 9, vector: [1], payload: { n: 1.5 } }] });
    expect(await scrolled("n", { limit: 2 })).toEqual([
      [1, -1],
      [9, 1.5],
    ]);
    await client.deletePayloadIndex("c", "n");
    expect(await rejection(() => client.scroll("c", { order_by: "n" }))).toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  });
});

describe("a query", () => {
  test("gives a score of 1 and the value; its offset is a count", async () => {
    expect(
      await client.query("c", { query: { order_by: "n" }, limit: 2, offset: 2, with_payload: ["even"] }),
    ).toEqual({
      points: [
        { id: UUID, version: 1, score: 1, payload: { even: true }, order_value: 2 },
        { id: 1, version: 1, score: 1, payload: { even: false }, order_value: 7 },
      ],
    });
  });

  test("of a batch, with a filter", async () => {
    const filter = { must_not: [{ has_id: [1, UUID] }] };
    const query = { order_by: { key: "n", direction: "desc" as const } };
    const [answer] = await client.queryBatch("c", { searches: [{ query, filter, limit: 2 }] });
    expect(answer?.points.map(({ id, order_value }) => [id, order_value])).toEqual([
      [2, 2n ** 60n + 1n],
      [3, 2n ** 60n],
    ]);
  });

  test("of a batch, through more points than a slice has time for", async () => {
    await client.createCollection("many", { vectors: {} });
    const points = Array.from({ length: 40_000 }, (_, id) => ({ id, vector: {}, payload: { n: 7 } }));
    await client.upsert("many", { points });
    await client.createPayloadIndex("many", { field_name: "n", field_schema: "integer", wait: true });
    const query = { order_by: { key: "n", direction: "desc" as const } };
    const [first, second] = await client.queryBatch("many", {
      searches: [{ query, limit: 2 }, { limit: 1 }],
    });
    expect(first?.points.map(({ id }) => id)).toEqual([39_999, 39_998]);
    expect(second?.points.map(({ id }) => id)).toEqual([0]);
  });

  test("can be grouped", async () => {
    const { groups } = await client.queryGroups("c", {
      query: { order_by: "n" },
      group_by: "even",
      group_size: 2,
    });
    expect(groups).toEqual([]); // booleans make no groups
    const byValue = await client.queryGroups("c", {
      query: { order_by: { key: "n", direction: "desc" } },
      group_by: "n",
      limit: 3,
    });
    expect(byValue.groups.map(({ id, hits }) => [id, hits.map(({ order_value }) => order_value)])).toEqual([
      [2n ** 60n + 1n, [2n ** 60n + 1n]],
      [2n ** 60n, [2n ** 60n]],
      [7, [7, -1]],
    ]);
  });

  test.each<[string, unknown, string]>([
    ["a threshold", { query: { order_by: "n" }, score_threshold: 1 }, "score_threshold"],
    ["no index", { query: { order_by: "even" } }, 'no index of "even" with an order'],
    ["more beside it", { query: { order_by: "n", nearest: [1] } }, "query"],
  ])("with %s is refused", async (_, request, text) => {
    expect(await rejection(() => client.query("c", untyped(request)))).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining(text),
    });
  });

  test("has no plan to explain", async () => {
    expect(await rejection(() => client.explain("c", { query: { order_by: "n" } }))).toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  });
});

test("pages by start_from and a filter give every point once", async () => {
  const aPoint = fc.record({ n: fc.integer({ min: 0, max: 5 }), id: fc.nat({ max: 1000 }) });
  const points = fc.uniqueArray(aPoint, { selector: ({ id }) => id, minLength: 1, maxLength: 40 });
  await client.createCollection("pages", { vectors: {} });
  await client.createPayloadIndex("pages", { field_name: "n", field_schema: "integer", wait: true });
  await fc.assert(
    fc.asyncProperty(points, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (stored, limit, down) => {
      await client.upsert("pages", {
        points: stored.map(({ id, n }) => ({ id, vector: {}, payload: { n } })),
      });
      const direction = down ? "desc" : "asc";
      const found: unknown[] = [];
      let seen: { id: number; value: unknown }[] = [];
      for (let start_from: number | null = null; ; ) {
        const page = await client.scroll("pages", {
          limit,
          order_by: { key: "n", direction, start_from },
          filter: { must_not: [{ has_id: seen.map(({ id }) => id) }] },
        });
        const last = page.points.at(-1);
        if (last === undefined) break;
        found.push(...page.points.map(({ id }) => id));
        start_from = last.order_value as number;
        seen = [
          ...seen,
          ...page.points.map(({ id, order_value }) => ({ id: id as number, value: order_value })),
        ];
        seen = seen.filter(({ value }) => value === start_from);
      }
      const sign = down ? -1 : 1;
      const expected = stored.sort((a, b) => sign * (a.n - b.n || a.id - b.id)).map(({ id }) => id);
      expect(found).toEqual(expected);
      await client.delete("pages", { points: expected, wait: true });
    }),
    { seed: 37, numRuns: 40 },
  );
});
