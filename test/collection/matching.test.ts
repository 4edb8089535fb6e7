import { describe, expect, test } from "vitest";
import type { Page } from "../../src/collection/id-walk.ts";
import { idsOf } from "../../src/filters/filter.ts";
import { parseFilter } from "../../src/filters/parse.ts";
import { IdColumn } from "../../src/points/id-column.ts";
import { tickingCollection } from "./ticking-collection.ts";

function setUp(count: number) {
  const made = tickingCollection();
  const store = (...points: readonly [id: number, n: number][]) =>
    made.send("upsert", made.pointsOf(points.map(([id, n]) => [id, { n }])));
  store(...Array.from({ length: count }, (_, i) => [i, i] as [number, number]));
  return { ...made, store };
}

const from = (n: number) => parseFilter({ must: { key: "n", range: { gte: n } } }, "filter");
const thirds = parseFilter({ must: { key: "third", match: { value: true } } }, "filter");

describe("with", () => {
  test("a small collection is asked at once, and named ids without asking", () => {
    const { collection, puppet } = setUp(20);
    expect(collection.withMatches(from(15), undefined, ({ count }) => count)).toBe(5);
    const named = parseFilter({ must: [{ has_id: [1, 3, 77] }, { has_id: [3, 1] }] }, "filter");
    expect(collection.withMatches(named, undefined, ({ count, bitmap }) => [count, bitmap[0]])).toEqual([
      2, 10,
    ]);
    expect(puppet.tasks).toEqual([]);
  });

  test("a large one in slices, with what was written in between", async () => {
    const { collection, store, send, settle, puppet } = setUp(1000);
    const answer = collection.withMatches(from(990), undefined, ({ count }) => count);
    expect(answer).toBeInstanceOf(Promise);
    store([0, 5000], [5, 1], [2000, 2000], [2001, 3]);
    await puppet.turn();
    send("delete", { points: [995, 996] });
    store([3000, 1]);
    expect(await settle(answer)).toBe(10 + 2 - 2);
  });

  test("what `use` throws is passed on", async () => {
    const { collection, settle } = setUp(1000);
    const named = parseFilter({ must: [{ has_id: [1] }] }, "filter");
    const fault = () => {
      throw new Error("mine");
    };
    expect(() => collection.withMatches(named, undefined, fault)).toThrow("mine");
    await expect(settle(collection.withMatches(from(0), undefined, fault))).rejects.toThrow("mine");
  });

  test("past its deadline it is given up, and closing ends it", async () => {
    const { collection, settle, puppet } = setUp(1000);
    const late = collection.withMatches(from(0), collection.deadline(2), ({ count }) => count);
    puppet.time += 2500;
    await expect(settle(late)).rejects.toMatchObject({
      code: "TIMEOUT",
      message: expect.stringContaining("2 s"),
    });
    const latePage = collection.page(from(999), undefined, 1, collection.deadline(1), () => 0);
    puppet.time += 1500;
    await expect(settle(latePage)).rejects.toMatchObject({ code: "TIMEOUT" });
    const open = collection.withMatches(from(0), undefined, ({ count }) => count);
    collection.close("it is over");
    await expect(settle(open)).rejects.toMatchObject({ code: "CLOSED" });
    expect(() => collection.withMatches(from(0), undefined, () => 0)).toThrow("it is over");
    expect(() => collection.page(from(0), undefined, 1, undefined, () => 0)).toThrow("it is over");
  });
});

test("what is done at once takes no longer than a slice, however many ask in the same turn", async () => {
  const { collection, settle, puppet, background } = setUp(20);
  const ask = () => collection.withMatches(from(15), undefined, ({ count }) => count);
  const before = puppet.time;
  const answers = Array.from({ length: 50 }, ask);
  expect(answers.filter((answer) => answer === 5).length).toBeLessThan(5);
  expect(collection.page(from(15), undefined, 1, undefined, ({ next }) => next)).toBeInstanceOf(Promise);
  expect(puppet.time - before).toBeLessThan(15);
  for (const answer of answers) expect(await settle(answer)).toBe(5);
  await puppet.turn();
  expect(background.spent).toBeLessThan(4);
  expect(ask()).toBe(5);
});

describe("page", () => {
  const shape = (page: Page) => [page.offsets, page.next];

  test("asks no more points than it takes", () => {
    const { collection } = setUp(100_000);
    expect(collection.page(from(0), undefined, 2, undefined, shape)).toEqual([[0, 1], 2]);
    const first = IdColumn.one(50_000, "offset");
    expect(collection.page(from(50_003), first, 2, undefined, shape)).toEqual([[50_003, 50_004], 50_005]);
  });

  test("the last one has none after it", () => {
    const { collection, later } = setUp(20);
    expect(collection.page(from(17), undefined, 3, undefined, shape)).toEqual([[17, 18, 19], undefined]);
    later();
    expect(collection.page(from(17), undefined, 2, undefined, shape)).toEqual([[17, 18], 19]);
    later();
    expect(collection.page(from(20), undefined, 2, undefined, shape)).toEqual([[], undefined]);
  });

  test("a walk in slices leaves out what no longer matches, keeps what still does, and fills up", async () => {
    const { collection, send, store, settle, puppet, idsOf } = setUp(1000);
    send("set_payload", { points: Array.from({ length: 100 }, (_, i) => i * 10), payload: { third: true } });
    const answer = collection.page(thirds, undefined, 30, undefined, idsOf);
    expect(answer).toBeInstanceOf(Promise);
    await puppet.turn();
    // Behind the walk: 0 no longer matches, 10 does as before, 20 is gone and its offset is that of another point.
    store([0, 1]);
    send("set_payload", { points: [10], payload: { more: 1 } });
    send("delete", { points: [20] });
    send("upsert", { points: [{ id: 5000, vector: {}, payload: { third: true } }] });
    // Ahead of it.
    send("delete", { points: [200] });
    const expected = Array.from({ length: 100 }, (_, i) => i * 10).filter((id) => ![0, 20, 200].includes(id));
    expect(await settle(answer)).toEqual([expected.slice(0, 30), expected[30]]);
  });

  test("large payloads are reason to look at the clock, however few they are", () => {
    const { collection, send, pointsOf, puppet } = setUp(0);
    const large = "x".repeat(5000);
    send("upsert", pointsOf(Array.from({ length: 12 }, (_, id) => [id, { n: id, large }])));
    const begin = puppet.time;
    expect(collection.page(from(100), undefined, 1, undefined, shape)).toBeInstanceOf(Promise);
    expect(puppet.time - begin).toBeLessThan(10);
  });
});

test("a long list of ids is not looked up in one go, and names the same points", () => {
  const { collection } = setUp(50);
  const ids = Array.from({ length: 20_001 }, (_, i) => i * 2);
  const filter = parseFilter({ must: { has_id: ids } }, "filter");
  expect(idsOf(filter, 20_000)).toBeUndefined();
  expect(idsOf(filter, 20_001)).toHaveLength(20_001);
  return expect(
    Promise.resolve(collection.withMatches(filter, undefined, ({ count }) => count)),
  ).resolves.toBe(25);
});
