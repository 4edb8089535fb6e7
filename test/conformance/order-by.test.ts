/** Scrolling, and querying, in the order of a payload's values. */
import { expect, test } from "vitest";
import { type Client, hasId, ids, match, refused, scored, untyped, withPayloads } from "./support.ts";

type FieldSchema = NonNullable<Parameters<Client["createPayloadIndex"]>[1]["field_schema"]>;

async function indexed(schema: FieldSchema, ...values: unknown[]): Promise<Client> {
  const client = await withPayloads(...values.map((n) => (n === undefined ? {} : { n, even: n === 2 })));
  await client.createPayloadIndex("c", { field_name: "n", field_schema: schema, wait: true });
  return client;
}

/** Ids and values, in the order of the answer. */
async function ordered(client: Client, order_by: unknown, more: object = {}): Promise<unknown[]> {
  const answer = await client.scroll("c", { order_by: untyped<string>(order_by), limit: 100, ...more });
  expect(answer.next_page_offset).toBeNull();
  return answer.points.map(({ id, order_value }) => [id, order_value]);
}

test("points come by value, the smaller first, and those without a value not at all", async () => {
  await using client = await indexed("integer", 30, undefined, 10, null, -5, "7", 2 ** 40);
  const expected = [
    [5, -5],
    [3, 10],
    [1, 30],
    [7, 2 ** 40],
  ];
  expect(await ordered(client, "n")).toEqual(expected);
  expect(await ordered(client, { key: "n" })).toEqual(expected);
  expect(await ordered(client, { key: "n", direction: "asc" })).toEqual(expected);
  expect(await ordered(client, { key: "n", direction: "desc" })).toEqual(expected.toReversed());
});

test("ties go by id, ascending with asc and descending with desc", async () => {
  await using client = await indexed("integer", 2, 1, 2, 1, 2);
  expect(await ordered(client, "n")).toEqual([
    [2, 1],
    [4, 1],
    [1, 2],
    [3, 2],
    [5, 2],
  ]);
  expect(await ordered(client, { key: "n", direction: "desc" })).toEqual([
    [5, 2],
    [3, 2],
    [1, 2],
    [4, 1],
    [2, 1],
  ]);
});

test("equal values of one point are one entry", async () => {
  await using client = await indexed("float", [2, 1.5, 1.5, 2.0], 2);
  expect(await ordered(client, "n")).toEqual([
    [1, 1.5],
    [1, 2],
    [2, 2],
  ]);
});

test("a list gives one entry per value", async () => {
  await using client = await indexed("integer", [3, 1], 2, [], [5]);
  expect(await ordered(client, "n")).toEqual([
    [1, 1],
    [2, 2],
    [1, 3],
    [4, 5],
  ]);
  expect(await ordered(client, { key: "n", direction: "desc" })).toEqual([
    [4, 5],
    [1, 3],
    [2, 2],
    [1, 1],
  ]);
  expect(await ordered(client, "n", { limit: 2 })).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

test("the limit holds, and is ten by default", async () => {
  await using client = await indexed("integer", ...Array.from({ length: 15 }, (_, i) => 100 - i));
  expect(await ordered(client, "n", { limit: 3 })).toEqual([
    [15, 86],
    [14, 87],
    [13, 88],
  ]);
  expect((await client.scroll("c", { order_by: "n" })).points).toHaveLength(10);
});

test("records carry payload, and the value only when ordered", async () => {
  await using client = await indexed("integer", 2);
  const { points } = await client.scroll("c", { order_by: "n" });
  expect(points).toEqual([{ id: 1, payload: { n: 2, even: true }, order_value: 2 }]);
  const more = { order_by: "n", with_payload: false, with_vector: true };
  const [bare] = (await client.scroll("c", more)).points;
  expect(bare).toMatchObject({ id: 1, order_value: 2, vector: [1] });
  expect((await client.scroll("c")).points[0]).not.toHaveProperty("order_value");
});

test("start_from is inclusive in both directions", async () => {
  await using client = await indexed("integer", 1, 2, 3, 4);
  expect(await ordered(client, { key: "n", start_from: 3 })).toEqual([
    [3, 3],
    [4, 4],
  ]);
  expect(await ordered(client, { key: "n", start_from: 3, direction: "desc" })).toEqual([
    [3, 3],
    [2, 2],
    [1, 1],
  ]);
  expect(await ordered(client, { key: "n", start_from: 2.5 })).toEqual([
    [3, 3],
    [4, 4],
  ]);
  expect(await ordered(client, { key: "n", start_from: 99 })).toEqual([]);
});

test("start_from and must_not has_id make pages", async () => {
  await using client = await indexed("integer", 5, 5, 1, 5, 9, 5, 3);
  const seen: unknown[] = [];
  let start_from: unknown;
  for (let last: unknown[] = []; ; ) {
    const order_by = { key: "n", ...(start_from !== undefined && { start_from }) };
    const page = (await ordered(client, order_by, {
      limit: 2,
      filter: { must_not: [hasId(...(last as number[]))] },
    })) as [number, number][];
    if (page.length === 0) break;
    seen.push(...page.map(([id]) => id));
    const value = page.at(-1)?.[1];
    const same = page.filter(([, each]) => each === value).map(([id]) => id);
    last = value === start_from ? [...last, ...same] : same;
    start_from = value;
  }
  expect(seen).toEqual([3, 7, 1, 2, 4, 6, 5]);
});

test("a filter leaves out points, not the order", async () => {
  await using client = await indexed("integer", 2, 3, 2, 1);
  expect(await ordered(client, "n", { filter: { must_not: [match("even", true)] } })).toEqual([
    [4, 1],
    [2, 3],
  ]);
  expect(await ordered(client, { key: "n", direction: "desc" }, { filter: { must: [hasId(1, 4)] } })).toEqual(
    [
      [1, 2],
      [4, 1],
    ],
  );
});

test("floats order with whole numbers among them", async () => {
  await using client = await indexed("float", 1.5, 1, -0.25, 2, [0.5, 3.5]);
  expect(await ordered(client, "n")).toEqual([
    [3, -0.25],
    [5, 0.5],
    [2, 1],
    [1, 1.5],
    [4, 2],
    [5, 3.5],
  ]);
  expect(await ordered(client, { key: "n", start_from: 1.25 })).toEqual([
    [1, 1.5],
    [4, 2],
    [5, 3.5],
  ]);
});

test("dates order by time; their values are microseconds", async () => {
  const dates = ["2024-02-29T12:00:00+02:00", "2024-02-29", "2024-02-29T11:00:00.000001Z", "soon"];
  await using client = await indexed("datetime", ...dates);
  const midnight = Date.UTC(2024, 1, 29) * 1000;
  const hour = 3_600_000_000;
  const expected = [
    [2, midnight],
    [1, midnight + 10 * hour],
    [3, midnight + 11 * hour + 1],
  ];
  expect(await ordered(client, "n")).toEqual(expected);
  for (const start_from of ["2024-02-29T10:00:00Z", "2024-02-29 10:00", "2024-02-29T12:00:00.0+02:00"]) {
    expect(await ordered(client, { key: "n", start_from })).toEqual(expected.slice(1));
  }
});

test("after writes the order follows", async () => {
  await using client = await indexed("integer", 1, 2, 3);
  await client.setPayload("c", { payload: { n: 9 }, points: [1], wait: true });
  await client.delete("c", { points: [2], wait: true });
  await client.upsert("c", { points: [{ id: 7, vector: [1], payload: { n: 0 } }], wait: true });
  await client.clearPayload("c", { points: [3], wait: true });
  expect(await ordered(client, "n")).toEqual([
    [7, 0],
    [1, 9],
  ]);
});

test("no order without an index that knows one", async () => {
  await using client = await withPayloads({ n: 1, k: "a" });
  await refused(client.scroll("c", { order_by: "n" }), "INVALID_ARGUMENT", "n");
  await client.createPayloadIndex("c", { field_name: "k", field_schema: "keyword", wait: true });
  await refused(client.scroll("c", { order_by: "k" }), "INVALID_ARGUMENT", "k");
  const lookup = { type: "integer", lookup: true, range: false } as const;
  await client.createPayloadIndex("c", { field_name: "n", field_schema: lookup, wait: true });
  await refused(client.scroll("c", { order_by: "n" }), "INVALID_ARGUMENT", "n");
  await client.createPayloadIndex("c", { field_name: "n", field_schema: "integer", wait: true });
  expect(ids(await client.scroll("c", { order_by: "n" }))).toEqual([1]);
  await client.deletePayloadIndex("c", "n", { wait: true });
  await refused(client.scroll("c", { order_by: "n" }), "INVALID_ARGUMENT", "n");
});

test("an offset can't go with an order, nor an unknown direction", async () => {
  await using client = await indexed("integer", 1);
  await refused(client.scroll("c", { order_by: "n", offset: 1 }), "INVALID_ARGUMENT", "offset");
  const wrong = untyped<{ key: string }>({ key: "n", direction: "up" });
  await refused(client.scroll("c", { order_by: wrong }), "INVALID_ARGUMENT", "direction");
});

test("as a query: every score is 1", async () => {
  await using client = await indexed("integer", 3, 1, undefined, 2);
  const answer = await client.query("c", { query: { order_by: "n" } });
  expect(scored(answer)).toEqual([
    [2, 1],
    [4, 1],
    [1, 1],
  ]);
  expect(answer.points.map(({ order_value }) => order_value)).toEqual([1, 2, 3]);
  const desc = { query: { order_by: { key: "n", direction: "desc" } }, limit: 2 } as const;
  expect(ids(await client.query("c", desc))).toEqual([1, 4]);
  await refused(client.query("c", { ...desc, score_threshold: 0.5 }), "INVALID_ARGUMENT", "score_threshold");
});
