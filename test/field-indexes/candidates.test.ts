import { describe, expect, test } from "vitest";
import { parseFilter } from "../../src/filters/parse.ts";
import { parsePath } from "../../src/payload/path.ts";
import { IndexedPoints } from "./support.ts";

async function setUp(indexes: Readonly<Record<string, unknown>>, ...payloads: string[]) {
  const points = new IndexedPoints();
  for (const [path, params] of Object.entries(indexes)) await points.create(path, params);
  for (const [offset, json] of payloads.entries()) points.put(offset, json);
  const ask = (request: unknown) => {
    const filter = parseFilter(request, "filter");
    const answer = points.answer(filter);
    if (answer !== undefined) {
      const asked = new Set(points.asked(filter));
      expect(answer.sure.every((each) => asked.delete(each))).toBe(true);
      for (const each of answer.maybe) asked.delete(each);
      expect(asked.size).toBe(0);
    }
    return answer;
  };
  return { points, ask, must: (...must: unknown[]) => ask({ must }) };
}

const value = (key: string, value: unknown) => ({ key, match: { value } });
const nested = (filter: object) => ({ nested: { key: "l", filter } });

describe("nested conditions", () => {
  const indexes = { "l[].x": "integer", "l[].y": "keyword", "l[].m[].z": "bool" };
  const payloads = [
    '{"l":[{"x":1,"y":"a"},{"x":2}]}',
    '{"l":[{"x":1},{"x":2,"y":"a"}]}',
    '{"l":[{"x":3,"m":[{"z":true},{"z":null}]},{}]}',
    '{"l":{"x":1,"y":"a"}}',
    '{"l":[[{"x":1}]]}',
    "{}",
  ];

  test("of one thing are sure", async () => {
    const { must } = await setUp(indexes, ...payloads);
    expect(must(nested({ must: [value("x", 1)] }))).toEqual({ sure: [0, 1], maybe: [] });
    expect(must(nested({ should: [value("x", 3), value("y", "a")] }))).toEqual({
      sure: [0, 1, 2],
      maybe: [],
    });
    const deep = { nested: { key: "m", filter: { must: [value("z", true)] } } };
    expect(must(nested({ must: [deep] }))).toEqual({ sure: [2], maybe: [] });
    expect(must(nested({ must: [{ key: "m[].z", is_null: true }] }))).toEqual({ sure: [2], maybe: [] });
    expect(must(nested({ must: [{ key: "y", is_empty: false }] }))).toEqual({ sure: [0, 1], maybe: [] });
  });

  test("of several are of one and the same element, which indexes don't tell", async () => {
    const { must } = await setUp(indexes, ...payloads);
    expect(must(nested({ must: [value("x", 1), value("y", "a")] }))).toEqual({ sure: [], maybe: [0, 1] });
    expect(must(nested({ must: [value("x", 1)], should: [value("y", "a")] }))).toEqual({
      sure: [],
      maybe: [0, 1],
    });
  });

  test("of what an element lacks are open", async () => {
    const { must } = await setUp(indexes, ...payloads);
    expect(must(nested({ must_not: [value("x", 1)] }))).toBeUndefined();
    expect(must(nested({ must: [{ is_empty: { key: "y" } }] }))).toBeUndefined();
    expect(must(nested({ must: [{ key: "x", is_null: false }] }))).toBeUndefined();
    expect(must(nested({ must: [value("x", 3)], must_not: [value("y", "a")] }))).toEqual({
      sure: [],
      maybe: [2],
    });
    expect(must(nested({}))).toBeUndefined();
  });

  test("of words that may stand in different elements are open", async () => {
    const { must } = await setUp(
      { "l[].t": { type: "text", phrase_matching: true } },
      '{"l":[{"t":"one two"},{"t":"three"}]}',
      '{"l":[{"t":"one"},{"t":"two"}]}',
    );
    const words = (test: object) => must(nested({ must: [{ key: "t", match: test }] }));
    expect(words({ text: "one two" })).toEqual({ sure: [], maybe: [0, 1] });
    expect(words({ text: "three" })).toEqual({ sure: [0], maybe: [] });
    expect(words({ text_any: "two four" })).toEqual({ sure: [0, 1], maybe: [] });
    expect(words({ phrase: "one two" })).toEqual({ sure: [0], maybe: [] });
    const either = nested({ should: [value("t", "x"), { key: "t", match: { text: "one two" } }] });
    expect(must(either)?.sure).toEqual([]);
  });
});

describe("everything except some values", () => {
  const payloads = ['{"k":["a","b"]}', '{"k":"a"}', '{"k":"b"}', '{"k":5}', '{"k":null}', '{"k":[]}', "{}"];
  const except = (...values: unknown[]) => ({ key: "k", match: { except: values } });

  test("is known of few values, and of other types asked", async () => {
    const { must } = await setUp({ k: "keyword" }, ...payloads);
    expect(must(except("a"))).toEqual({ sure: [0, 2], maybe: [3] });
    expect(must(except())).toEqual({ sure: [0, 1, 2], maybe: [3] });
    expect(must(except(5))).toEqual({ sure: [0, 1, 2], maybe: [3] });
  });

  test("of many values is what has none of them; what has several is asked", async () => {
    const many = Array.from({ length: 10_001 }, (_, i) => `{"k":"w${i}"}`);
    const { points, must } = await setUp({ k: "keyword" }, ...payloads, ...many);
    const answer = must(except("a", "w0"));
    expect(answer?.maybe).toEqual([0, 1, 3, 7]);
    expect(answer?.sure.length).toBe(1 + 10_000);
    points.delete(0);
    expect(must(except("a", "w0"))?.maybe).toEqual([3]);
  });

  test("is known of integers in order, too", async () => {
    const { must } = await setUp(
      { k: { type: "integer", lookup: false } },
      '{"k":[1,2]}',
      '{"k":1}',
      '{"k":2}',
    );
    expect(must(except(1))).toEqual({ sure: [2], maybe: [0, 1] });
  });
});

describe("clauses", () => {
  const payloads = Array.from({ length: 64 }, (_, i) => `{"n":${i},"k":"k${i % 4}","u":${i % 2}}`);
  const indexes = { n: "integer", k: "keyword" };
  const below = (n: number) => ({ key: "n", range: { lt: n } });

  test("with what is not indexed keep what is", async () => {
    const { ask } = await setUp(indexes, ...payloads);
    const open = value("u", 1);
    expect(ask({ must: [below(4), open] })).toEqual({ sure: [], maybe: [0, 1, 2, 3] });
    expect(ask({ must: [below(4)], must_not: [open] })).toEqual({ sure: [], maybe: [0, 1, 2, 3] });
    const some = ask({ should: [below(4), open] });
    expect([some?.sure, some?.maybe.length]).toEqual([[0, 1, 2, 3], 60]);
    const none = ask({ must_not: [below(4), open] });
    expect([none?.sure, none?.maybe.length]).toEqual([[], 60]);
    expect(ask({ must: [open] })).toBeUndefined();
    expect(ask({ must: [open, { must_not: [open] }] })).toBeUndefined();
  });

  test("count votes", async () => {
    const { ask } = await setUp(indexes, ...payloads);
    const conditions = [below(8), value("k", "k1"), { key: "n", range: { gte: 5 } }, value("u", 1)];
    const votes = (min_count: number) => ask({ min_should: { conditions, min_count } });
    expect(votes(5)).toEqual({ sure: [], maybe: [] });
    expect(votes(4)).toEqual({ sure: [], maybe: [5] });
    expect(votes(3)?.sure).toEqual([5]);
    expect(votes(0)?.sure.length).toBe(64);
    expect(ask({ min_should: { conditions: conditions.slice(0, 2), min_count: 2 } })).toEqual({
      sure: [1, 5],
      maybe: [],
    });
  });

  test("with ids and vectors are known where these are", async () => {
    const { points, ask } = await setUp(indexes, ...payloads);
    expect(ask({ must: [{ has_id: [3, 9, 77] }, below(5)] })).toEqual({ sure: [3], maybe: [] });
    expect(ask({ must: [{ has_vector: "" }, below(5)] })).toEqual({ sure: [], maybe: [] });
    points.put(0, '{"n":0}', 0, [""]);
    expect(ask({ must: [{ has_vector: "" }, below(2)] })).toEqual({ sure: [], maybe: [0, 1] });
  });

  test("look nothing up that takes longer than asking what is left", async () => {
    const many = Array.from({ length: 40_000 }, (_, i) => `{"n":${i},"k":"k${i % 20000}"}`);
    const { must } = await setUp(indexes, ...many);
    expect(must(value("k", "k7"), { key: "n", range: { gte: 20_000 } })).toEqual({
      sure: [],
      maybe: [7, 20_007],
    });
    expect(must(value("k", "k7"), below(100))).toEqual({ sure: [7], maybe: [] });
  });
});

describe("filters of very many conditions", () => {
  const END = 20_000;
  const payloads = Array.from({ length: END }, (_, i) => `{"n":${i}}`);
  const above = (n: number) => ({ key: "n", range: { gte: n } });

  test("are looked up in part; what is left is open", async () => {
    const { points, ask } = await setUp({ n: "integer" }, ...payloads);
    let found = 0;
    const field = points.indexes.complete(parsePath("n", "n"));
    if (field === undefined) throw new Error("it is complete");
    const find = field.find.bind(field);
    field.find = (test, answer) => {
      found++;
      find(test, answer);
    };
    const many = Array.from({ length: 500 }, (_, i) => above(i));
    // Not compared with what payloads say: that takes seconds.
    const quickly = (request: unknown) => points.answer(parseFilter(request, "filter"));
    const all = quickly({ must: many });
    expect(all?.sure).toEqual([]);
    expect(all?.maybe).toEqual(expect.arrayContaining([500, END - 1]));
    const some = ask({ should: many.toReversed() });
    expect(some?.sure).toContain(END - 1);
    const none = ask({ must_not: many.toReversed() });
    expect(none?.sure).toEqual([]);
    expect(none?.maybe.length).toBeGreaterThan(100);
    const both = quickly({
      should: many.map((each) => ({ must: [each, { key: "n", range: { lt: 100 } }] })),
    });
    expect(both?.maybe.length).toBeGreaterThan(1000);
    const votes = ask({ min_should: { conditions: many, min_count: 30 } });
    expect(votes).toBeUndefined();
    expect(found).toBeLessThan(1500);
    // As many as anybody writes are looked up all of them.
    expect(ask({ must: many.slice(0, 12) })?.maybe).toEqual([]);
  });

  test("of which each finds little are looked up all", async () => {
    const { ask } = await setUp({ n: "integer" }, ...payloads.slice(0, 500));
    const few = Array.from({ length: 10_000 }, (_, i) => value("n", i));
    expect(ask({ should: few })).toEqual({ sure: Array.from({ length: 500 }, (_, i) => i), maybe: [] });
  });

  test("inside each other are estimated once", async () => {
    const { points, ask } = await setUp({ n: "integer" }, ...payloads.slice(0, 100));
    const field = points.indexes.complete(parsePath("n", "n"));
    if (field === undefined) throw new Error("it is complete");
    let estimated = 0;
    const estimate = field.estimate.bind(field);
    field.estimate = (test) => {
      estimated++;
      return estimate(test);
    };
    let filter: object = above(90);
    for (let depth = 0; depth < 50; depth++) filter = { must: [filter] };
    expect(ask(filter)?.sure.length).toBe(10);
    expect(estimated).toBe(1);
  });
});

describe("counts at hand", () => {
  test("are those of single conditions on indexed fields", async () => {
    const { points } = await setUp(
      { k: "keyword", n: "float" },
      '{"k":"a","n":1}',
      '{"k":["a","b"],"n":null}',
      '{"k":[]}',
      '{"n":2.5}',
    );
    const count = (filter: unknown) => points.count(parseFilter(filter, "filter"));
    expect(count({ must: [value("k", "a")] })).toBe(2);
    expect(count({ should: [{ must: [value("k", "a")] }] })).toBe(2);
    expect(count({ must: { key: "n", range: { gt: 0 } } })).toBe(2);
    expect(count({ must: { is_empty: { key: "k" } } })).toBe(2);
    expect(count({ must: { key: "k", is_empty: false } })).toBe(2);
    expect(count({ must: { is_null: { key: "n" } } })).toBe(1);
    expect(count({ must: { key: "n", is_null: false } })).toBe(3);
    // A point may have several of the values, or a condition more than one test.
    expect(count({ must: { key: "k", match: { any: ["a", "b"] } } })).toBeUndefined();
    expect(count({ must: { key: "k", match: { value: "a" }, range: { gt: 0 } } })).toBeUndefined();
    expect(count({ must: [value("k", "a"), value("n", 1)] })).toBeUndefined();
    expect(count({ must_not: [value("k", "a")] })).toBeUndefined();
    expect(count({ must: [value("x", "a")] })).toBeUndefined();
  });
});
