import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import type { PointId } from "../../src/index.ts";
import { open } from "../../src/index.ts";
import { randomRows, rejection, stateOf, untyped } from "./support.ts";

let client: NearvecClient;

const UUID = "550e8400-e29b-41d4-a716-446655440000";
const BIG = 2n ** 60n;

/** Nine points: `n` counts up, `even` says so; the last two have other ids, and no vector. */
beforeEach(async () => {
  client = await open();
  await client.createCollection("c", { vectors: { size: 2, distance: "Dot" } });
  const ids: PointId[] = [1, 2, 3, 4, 5, 6, 7, BIG, UUID];
  await client.upsert("c", {
    points: ids.map((id, i) => ({
      id,
      vector: i < 7 ? [i + 1, 1] : {},
      payload: { n: i + 1, even: i % 2 === 1 },
    })),
  });
});

afterEach(() => client.close());

const even = { must: [{ key: "even", match: { value: true } }] };
const odd = { must_not: [{ key: "even", match: { value: true } }] };
const above = (n: number) => ({ must: [{ key: "n", range: { gt: n } }] });
const none = above(100);

const idsOf = (points: readonly { id: PointId }[]) => points.map(({ id }) => id);

async function idsBy(filter: Parameters<NearvecClient["count"]>[1] = {}): Promise<PointId[]> {
  return idsOf((await client.scroll("c", { ...filter, limit: 100 })).points);
}

describe("reads with a filter", () => {
  test("count", async () => {
    expect(await client.count("c", { filter: even })).toEqual({ count: 4 });
    expect(await client.count("c", { filter: none, exact: false, timeout: 1 })).toEqual({ count: 0 });
    for (const filter of [null, {}, { must: [] }]) {
      expect(await client.count("c", { filter })).toEqual({ count: 9 });
    }
    expect(await client.count("c", { filter: { must: [{ has_id: [1, 99, UUID.toUpperCase()] }] } })).toEqual({
      count: 2,
    });
    expect(await client.count("c", { filter: { must: [{ has_vector: "" }] } })).toEqual({ count: 7 });
  });

  test("scroll, page by page", async () => {
    const pages: PointId[][] = [];
    let offset: PointId | null = null;
    do {
      const page: Awaited<ReturnType<NearvecClient["scroll"]>> = await client.scroll("c", {
        filter: odd,
        limit: 2,
        offset,
      });
      pages.push(idsOf(page.points));
      offset = page.next_page_offset;
    } while (offset !== null);
    expect(pages).toEqual([[1, 3], [5, 7], [UUID]]);
    expect(await client.scroll("c", { filter: even, limit: 4 })).toMatchObject({ next_page_offset: null });
    expect(await client.scroll("c", { filter: even, limit: 3, offset: 3 })).toEqual({
      points: [
        { id: 4, payload: { n: 4, even: true } },
        { id: 6, payload: { n: 6, even: true } },
        { id: BIG, payload: { n: 8, even: true } },
      ],
      next_page_offset: null,
    });
    expect(await client.scroll("c", { filter: none })).toEqual({ points: [], next_page_offset: null });
  });

  test("query by a vector, by an id, and by nothing", async () => {
    const by = async (query: number[] | number | undefined, filter: object, more = {}) =>
      idsOf((await client.query("c", untyped({ query, filter, ...more }))).points);
    expect(await by([1, 0], even)).toEqual([6, 4, 2]);
    expect(await by([1, 0], even, { limit: 1, offset: 1 })).toEqual([4]);
    expect(await by([1, 0], odd, { score_threshold: 4 })).toEqual([7, 5]);
    expect(await by([1, 0], none)).toEqual([]);
    expect(await by([1, 0], { must: [{ has_id: [3] }] })).toEqual([3]);
    // The point itself is left out, whether or not it matches.
    expect(await by(6, even, { limit: 2 })).toEqual([4, 2]);
    expect(await by(7, even, { limit: 3 })).toEqual([6, 4, 2]);
    expect(await by(undefined, even, { limit: 2, offset: 1 })).toEqual([4, 6]);
    const { points } = await client.query("c", { filter: above(8), with_payload: true });
    expect(points).toEqual([{ id: UUID, version: 1, score: 1, payload: { n: 9, even: false } }]);
    expect((await rejection(() => client.query("c", { query: 77, filter: even }))).code).toBe(
      "POINT_NOT_FOUND",
    );
  });

  test("search and the batches", async () => {
    expect(idsOf(await client.search("c", { vector: [1, 0], filter: even, top: 2 }))).toEqual([6, 4]);
    const searches = [
      { vector: [1, 0], filter: even },
      { vector: [1, 0], limit: 2 },
      { vector: [-1, 0], filter: odd, limit: 1 },
    ];
    expect((await client.searchBatch("c", { searches, timeout: 5 })).map(idsOf)).toEqual([
      [6, 4, 2],
      [7, 6],
      [1],
    ]);
    const answers = await client.queryBatch("c", { searches: [{ query: 6, filter: odd }, { filter: even }] });
    expect(answers.map(({ points }) => idsOf(points))).toEqual([
      [7, 5, 3, 1],
      [2, 4, 6, BIG],
    ]);
    const WRONG: [unknown[], string][] = [
      [[{ query: 1, filter: even }, { query: 77 }], "searches[1]: there is no point with id 77"],
      [[{ query: 1, filter: even }, { query: [1] }], "searches[1]: query: got 1 values"],
      [[{ query: 1 }, { query: 1, filter: { must: 1 } }], "searches[1]: filter.must"],
    ];
    for (const [wrong, text] of WRONG) {
      const error = await rejection(() => client.queryBatch("c", untyped({ searches: wrong })));
      expect(error.message).toContain(text);
    }
  });

  test("explain says what the filter made of the plan", async () => {
    expect(await client.explain("c", { query: [1, 0], filter: even })).toMatchObject({
      plan: "exact",
      points: [{ id: 6 }, { id: 4 }, { id: 2 }],
    });
    expect(await client.explain("c", { query: [1, 0], filter: none })).toMatchObject({
      distances: 0,
      points: [],
    });
  });

  test("a filter over a graph: few matches are scanned, many are found along it, and only they", async () => {
    const size = 16;
    await client.createCollection("g", {
      vectors: { size, distance: "Euclid" },
      hnsw_config: { m: 16, ef_construct: 64, full_scan_threshold: 10 },
    });
    const count = 8000;
    await client.upsert("g", {
      batch: {
        ids: Uint32Array.from({ length: count }, (_, i) => i),
        vectors: randomRows(count, size, 1),
        payloads: Array.from({ length: count }, (_, n) => ({ n })),
      },
    });
    await client.waitForIndex("g");
    const query = randomRows(1, size, 2);
    const ask = (filter: object, exact = false) =>
      client.explain("g", { query, filter, limit: 10, params: { exact, hnsw_ef: 64 } });
    const half = { must: [{ key: "n", range: { lt: 7000 } }] };
    const some = await ask(half);
    const truth = new Set(idsOf((await ask(half, true)).points));
    expect(some).toMatchObject({ plan: "graph", reason: "the graph is faster than a scan" });
    expect(some.points.every(({ id }) => Number(id) < 7000)).toBe(true);
    expect(some.points.filter(({ id }) => truth.has(id)).length).toBeGreaterThan(7);
    expect(await ask({ must: [{ key: "n", range: { lt: 100 } }] })).toMatchObject({
      plan: "exact",
      reason: "few vectors: a scan is as fast, and exact",
      distances: 100,
    });
    expect(await ask({ must: [{ key: "n", range: { lt: 1000 } }] })).toMatchObject({
      plan: "exact",
      reason: "the graph would compute as much as a scan",
      distances: 1000,
    });
  });
});

describe("writes by a filter", () => {
  test("delete", async () => {
    expect(await client.delete("c", { filter: even, wait: true })).toEqual({
      operation_id: 2,
      status: "completed",
    });
    expect(await idsBy()).toEqual([1, 3, 5, 7, UUID]);
    expect(await client.delete("c", { filter: none })).toMatchObject({ status: "acknowledged" });
    await client.delete("c", { filter: { must: [{ has_id: [1, 2, UUID] }] } });
    expect(await idsBy()).toEqual([3, 5, 7]);
    await client.delete("c", { filter: {} });
    expect(await idsBy()).toEqual([]);
  });

  test("of payloads and vectors", async () => {
    await client.setPayload("c", { filter: above(7), payload: { a: 1, n: null } });
    await client.setPayload("c", {
      filter: { must: [{ key: "a", match: { value: 1 } }] },
      payload: { b: 2 },
      key: "x",
    });
    await client.overwritePayload("c", { filter: { must: [{ has_id: [1] }] }, payload: { o: 1 } });
    await client.deletePayload("c", { filter: { must: [{ has_id: [2] }] }, keys: ["even"] });
    await client.clearPayload("c", { filter: { must: [{ key: "n", match: { value: 3 } }] } });
    await client.deleteVectors("c", { filter: { must: [{ key: "n", match: { value: 4 } }] }, vector: [""] });
    const { points } = await client.scroll("c", { with_vector: true });
    expect(points.slice(0, 5).map(({ payload, vector }) => [payload, vector])).toEqual([
      [{ o: 1 }, [1, 1]],
      [{ n: 2 }, [2, 1]],
      [{}, [3, 1]],
      [{ n: 4, even: true }, {}],
      [{ n: 5, even: false }, [5, 1]],
    ]);
    expect(points.slice(7).map(({ payload }) => payload)).toEqual([
      { even: true, a: 1, x: { b: 2 } },
      { even: false, a: 1, x: { b: 2 } },
    ]);
  });

  test("ids and a filter: both must hold, and ids that are not there don't match", async () => {
    await client.setPayload("c", { points: [2, 3, 4, 4, 99], filter: even, payload: { hit: 1 } });
    const filter = { must_not: [{ is_empty: { key: "hit" } }] };
    expect(await idsBy({ filter })).toEqual([2, 4]);
    await client.delete("c", { points: Uint32Array.of(1, 2), filter });
    expect(await idsBy()).toEqual([1, 3, 4, 5, 6, 7, BIG, UUID]);
    const error = await rejection(() => client.delete("c", { points: ["x"], filter }));
    expect(error).toMatchObject({ code: "INVALID_ID", message: expect.stringContaining("points[0]") });
  });

  test("in a batch each sees what those before it did", async () => {
    const results = await client.batchUpdate("c", {
      operations: [
        { set_payload: { filter: even, payload: { mark: 1 } } },
        { delete_payload: { points: [2], keys: ["mark"] } },
        { upsert: { points: [{ id: 10, vector: [1, 1], payload: { mark: 1 } }] } },
        { delete: { filter: { must: [{ key: "mark", match: { value: 1 } }] } } },
        { clear_payload: { filter: odd } },
      ],
    });
    expect(results.map(({ operation_id }) => operation_id)).toEqual([2, 3, 4, 5, 6]);
    expect(await idsBy()).toEqual([1, 2, 3, 5, 7, UUID]);
    expect(await client.count("c", { filter: { must: [{ is_empty: { key: "n" } }] } })).toEqual({ count: 5 });
  });

  test("a fault anywhere in a batch changes nothing", async () => {
    const before = await stateOf(client, "c");
    const error = await rejection(() =>
      client.batchUpdate("c", {
        operations: [{ delete: { filter: even } }, { delete: { filter: untyped({ must: { key: "a" } }) } }],
      }),
    );
    expect(error).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("operations[1].delete: filter.must"),
    });
    expect(await stateOf(client, "c")).toEqual(before);
  });
});

describe("over many points", () => {
  const MANY = 60_000;

  beforeEach(async () => {
    await client.createCollection("m", { vectors: { size: 2, distance: "Dot" }, hnsw_config: { m: 0 } });
    await client.upsert("m", {
      batch: {
        ids: Uint32Array.from({ length: MANY }, (_, i) => i),
        vectors: new Float32Array(2 * MANY),
        payloads: Array.from({ length: MANY }, (_, n) => ({ n, name: `the point with the number ${n}` })),
      },
    });
  });

  const low = { must: [{ key: "n", range: { lt: 1000 } }] };

  test("writes keep the order of the calls, whether or not they wait", async () => {
    const order: string[] = [];
    const note = (what: string) => () => order.push(what);
    await Promise.all([
      client.setPayload("m", { filter: low, payload: { mark: 1 } }).then(note("set")),
      client.upsert("m", { points: [{ id: 5, vector: [1, 1], payload: { n: 5 } }] }).then(note("upsert")),
      client.delete("m", { points: [6] }).then(note("delete")),
      client
        .delete("m", { filter: { must: [{ key: "mark", match: { value: 1 } }] } })
        .then(note("delete by filter")),
      client
        .upsert("m", { points: [{ id: 6, vector: [1, 1], payload: { n: -1, mark: 1 } }] })
        .then(note("last")),
    ]);
    expect(order).toEqual(["set", "upsert", "delete", "delete by filter", "last"]);
    const { points } = await client.scroll("m", { filter: low });
    expect(points).toEqual([
      { id: 5, payload: { n: 5 } },
      { id: 6, payload: { n: -1, mark: 1 } },
    ]);
    expect(await client.count("m")).toEqual({ count: MANY - 998 });
  });

  test("a write that fails does not hold up those behind it", async () => {
    const outcomes = await Promise.allSettled([
      client.clearPayload("m", { filter: low }),
      client.clearPayload("m", { points: [MANY] }),
      client.delete("m", { points: [0], wait: true }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await client.count("m")).toEqual({ count: MANY - 1 });
  });

  test("what is written while a filter looks around is seen; other tasks have their turns", async () => {
    const high = { must: [{ key: "n", range: { gte: MANY } }] };
    let longest = 0;
    let ticks = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      ticks++;
    }, 1);
    const counting = client.count("m", { filter: high });
    const answer = client.query("m", { query: [1, 0], filter: high, limit: 5 });
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await client.upsert("m", { points: [{ id: i * 100, vector: [i + 1, 0], payload: { n: MANY + i } }] });
      await client.upsert("m", { points: [{ id: MANY + i, vector: [0, 0], payload: { n: MANY } }] });
      await client.delete("m", { points: [MANY + i] });
      if (i === 10) await client.delete("m", { points: [0] });
    }
    const { count } = await counting;
    const { points } = await answer;
    clearInterval(timer);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(20);
    expect(points.every(({ id }) => Number(id) % 100 === 0 && id !== 0)).toBe(true);
    expect(await client.count("m", { filter: high })).toEqual({ count: 19 });
    expect(ticks).toBeGreaterThan(5);
    // A slice is 4 ms; noise of the machine may be more than that, so this is told, not demanded.
    if (longest > 20) console.warn(`the longest time without a turn was ${longest.toFixed(1)} ms`);
  });

  test("a vector is the caller's again once the call has returned", async () => {
    await client.upsert("m", { points: [{ id: 7, vector: [3, 0], payload: { n: 7 } }] });
    const query = Float32Array.of(1, 0);
    const answer = client.query("m", { query, filter: low, limit: 1 });
    const answers = client.queryBatch("m", {
      searches: [
        { query, filter: low, limit: 1 },
        { query, limit: 1 },
      ],
    });
    query.fill(-1);
    expect((await answer).points).toMatchObject([{ id: 7, score: 3 }]);
    expect(await answers).toMatchObject([{ points: [{ id: 7 }] }, { points: [{ id: 7, score: 3 }] }]);
  });

  test("a scroll goes on over what was written meanwhile", async () => {
    const page = client.scroll("m", { filter: { must: [{ key: "n", range: { gte: MANY - 3 } }] }, limit: 2 });
    await client.delete("m", { points: [MANY - 3] });
    expect(idsOf((await page).points)).toEqual([MANY - 2, MANY - 1]);
    expect((await page).next_page_offset).toBeNull();
  });

  test("whoever waits for a filter is told when the collection goes away", async () => {
    const waiting = [
      () => client.count("m", { filter: low }),
      () => client.scroll("m", { filter: above(MANY) }),
      () => client.query("m", { query: [1, 1], filter: low }),
      () => client.delete("m", { filter: low }),
      () => client.upsert("m", { points: [{ id: 1, vector: [1, 1] }] }),
      () => client.batchUpdate("m", { operations: [{ delete: { filter: low } }] }),
    ].map(rejection);
    await client.deleteCollection("m");
    for (const error of await Promise.all(waiting)) expect(error.code).toBe("CLOSED");
  });
});
