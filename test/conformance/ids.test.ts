/** Ids: what is one, how it comes back, and in which order. */
import { expect, test } from "vitest";
import { hasId, ids, refused, refusedWithoutEffect, scored, untyped, withCollection } from "./support.ts";

const DOT = { vectors: { size: 1, distance: "Dot" } } as const;
const UUID = "550e8400-e29b-41d4-a716-446655440000";
const BIG = 424242424242424242n;

const point = (id: unknown) => ({ id: untyped<number>(id), vector: [1] });

test.each([
  ["hyphenated", UUID],
  ["simple", "550e8400e29b41d4a716446655440000"],
  ["urn", `urn:uuid:${UUID}`],
  ["braced", `{${UUID}}`],
  ["upper case", UUID.toUpperCase()],
  ["mixed case without hyphens", "550E8400e29b41D4a716446655440000"],
])("a %s UUID is the same id, and comes back lower-case with hyphens", async (_, id) => {
  await using client = await withCollection(DOT, [point(id)]);
  expect(ids(await client.scroll("c"))).toEqual([UUID]);
  expect(ids(await client.retrieve("c", { ids: [UUID] }))).toEqual([UUID]);
  expect(ids(await client.retrieve("c", { ids: [id] }))).toEqual([UUID]);
  expect(await client.count("c", { filter: { must: [hasId(id)] } })).toEqual({ count: 1 });
  await client.delete("c", { points: [id], wait: true });
  expect(await client.count("c")).toEqual({ count: 0 });
});

test.each([
  ["a numeric string", "123"],
  ["a negative number", -1],
  ["a fraction", 1.5],
  ["an empty string", ""],
  ["a UUID that is too short", UUID.slice(1)],
  ["a UUID with a letter beyond f", UUID.replace("e", "g")],
  ["null", null],
  ["an object", { uuid: UUID }],
  ["beyond 64 bits", 2n ** 64n],
])("%s is no id, wherever one is asked for", async (_, id) => {
  await using client = await withCollection(DOT, [point(1)]);
  const wrong = untyped<number>(id);
  await refusedWithoutEffect(
    client,
    () => client.upsert("c", { points: [point(2), point(id)] }),
    "INVALID_ID",
    "points[1].id",
  );
  await refusedWithoutEffect(
    client,
    () => client.upsert("c", { batch: { ids: [2, wrong], vectors: [[1], [1]] } }),
    "INVALID_ID",
    "ids[1]",
  );
  await refusedWithoutEffect(
    client,
    () => client.delete("c", { points: [1, wrong] }),
    "INVALID_ID",
    "points[1]",
  );
  await refusedWithoutEffect(
    client,
    () => client.clearPayload("c", { points: [wrong] }),
    "INVALID_ID",
    "points[0]",
  );
  await refused(client.retrieve("c", { ids: [1, wrong] }), "INVALID_ID", "ids[1]");
  await refused(client.count("c", { filter: { must: [{ has_id: [wrong] }] } }), "INVALID_ID");
  if (id !== null) await refused(client.scroll("c", { offset: wrong }), "INVALID_ID", "offset");
});

test("integers beyond 2^53 come back exact, also in an error's text", async () => {
  await using client = await withCollection(DOT, [BIG, 2n ** 64n - 1n, 2n ** 53n, 2n ** 53n + 1n].map(point));
  expect(ids(await client.scroll("c"))).toEqual([2n ** 53n, 2n ** 53n + 1n, BIG, 2n ** 64n - 1n]);
  expect(ids(await client.retrieve("c", { ids: [untyped<number>(BIG)] }))).toEqual([BIG]);
  expect(ids(await client.query("c", { query: [1], filter: { must: [hasId(BIG)] } }))).toEqual([BIG]);
  const unknown = untyped<number>(BIG + 2n);
  await refused(client.query("c", { query: unknown }), "POINT_NOT_FOUND", "424242424242424244");
  await refused(
    client.setPayload("c", { points: [unknown], payload: {}, wait: true }),
    "POINT_NOT_FOUND",
    "424242424242424244",
  );
});

test("a whole number is a number when it is safe, however it was given", async () => {
  await using client = await withCollection(DOT, [point(7n), point(2n ** 53n - 1n), point(0)]);
  expect(ids(await client.scroll("c"))).toEqual([0, 7, 2 ** 53 - 1]);
});

test("all integers come before all UUIDs; integers go by value, UUIDs by their bytes", async () => {
  const sorted = [
    0,
    2,
    9,
    10,
    100,
    BIG,
    2n ** 64n - 1n,
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-0000-000000000001",
    "0f000000-0000-0000-0000-000000000000",
    "7fffffff-0000-0000-0000-000000000000",
    "80000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
  ];
  const shuffled = sorted.map((id, i) => [id, (i * 5) % sorted.length] as const).sort((a, b) => a[1] - b[1]);
  await using client = await withCollection(
    DOT,
    shuffled.map(([id]) => point(id)),
  );
  expect(ids(await client.scroll("c", { limit: 100 }))).toEqual(sorted);
  expect(scored(await client.query("c", { limit: 100 }))).toEqual(sorted.map((id) => [id, 1]));
  const { points, next_page_offset } = await client.scroll("c", { limit: 3, offset: untyped<number>(BIG) });
  expect(ids(points)).toEqual(sorted.slice(5, 8));
  expect(next_page_offset).toBe(sorted[8]);
});

test("the same UUID in two forms is one point", async () => {
  await using client = await withCollection(DOT, [point(UUID), point(UUID.toUpperCase())]);
  expect(await client.count("c")).toEqual({ count: 1 });
  expect(ids(await client.retrieve("c", { ids: [UUID, `{${UUID}}`] }))).toEqual([UUID]);
});
