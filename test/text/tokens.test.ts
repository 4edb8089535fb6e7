import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathText } from "../../src/field-indexes/field-indexes.ts";
import { bindFilter } from "../../src/filters/bind.ts";
import { matches } from "../../src/filters/evaluate.ts";
import type { Test } from "../../src/filters/filter.ts";
import { parseFilter } from "../../src/filters/parse.ts";
import { bindToTokens, hasRun, passTokens, type TokensTest } from "../../src/filters/tokens.ts";
import type { JsonPath } from "../../src/payload/path.ts";
import { payload, point } from "../filters/support.ts";
import { analyzer } from "./support.ts";

const words = await analyzer({ stopwords: { custom: ["the"] } });

/** Whether a payload meets a filter when these paths have a text index. */
function meets(filter: unknown, json: string, indexed: readonly string[]): boolean {
  const indexAt = (path: JsonPath) =>
    indexed.includes(pathText(path)) ? { bind: (test: Test) => bindToTokens(test, words) } : undefined;
  return matches(bindFilter(parseFilter(filter, "filter"), indexAt), point(1, payload(json)));
}

const has = (text: string) => ({ key: "a", match: { text } });

describe("a filter is bound wherever it has tests", () => {
  const json = '{"a":"Red fox","n":[{"a":"Blue dog","m":[{"a":"Green cat"}]}],"b":"Red fox"}';
  test.each<[string, unknown, boolean]>([
    ["must", { must: has("FOX red") }, true],
    ["should", { should: [has("cat"), has("FOX")] }, true],
    ["must_not", { must_not: has("FOX") }, false],
    ["min_should", { min_should: { conditions: [has("FOX"), has("RED"), has("x")], min_count: 2 } }, true],
    ["min_should, of more", { min_should: { conditions: [has("FOX"), has("x")], min_count: 2 } }, false],
    ["a filter in a filter", { must: { should: { must: has("FOX") } } }, true],
    ["nested", { must: { nested: { key: "n", filter: { must: has("DOG") } } } }, true],
    [
      "nested, by its other spelling",
      { must: { nested: { key: "n[]", filter: { must: has("DOG") } } } },
      true,
    ],
    [
      "nested in nested",
      {
        must: {
          nested: { key: "n", filter: { must: { nested: { key: "m", filter: { must: has("CAT") } } } } },
        },
      },
      true,
    ],
    ["a filter in nested", { must: { nested: { key: "n", filter: { must: { must: has("DOG") } } } } }, true],
  ])("%s", (_, filter, expected) => {
    expect(meets(filter, json, ["a", "n[].a", "n[].m[].a"])).toBe(expected);
    // Without indexes it is about substrings, of which none of these is one.
    expect(meets(filter, json, [])).toBe(!expected && "must_not" in (filter as object));
  });

  test("but only for the paths that have an index", () => {
    expect(meets({ must: { key: "b", match: { text: "FOX" } } }, json, ["a"])).toBe(false);
    expect(meets({ must: { nested: { key: "n", filter: { must: has("DOG") } } } }, json, ["a"])).toBe(false);
  });

  test("and stays as it was otherwise", () => {
    const filter = parseFilter(
      { must: [has("x"), { has_id: [1] }, { key: "a", range: { gt: 1 }, match: { value: 2 } }], should: [] },
      "filter",
    );
    expect(bindFilter(filter, () => undefined)).toEqual(filter);
    expect(bindFilter(filter, () => ({}))).toEqual(filter);
  });
});

describe("tokens are asked of a field's strings", () => {
  test.each<[object, string, boolean]>([
    [{ text: "red FOX" }, '"the fox is red"', true],
    [{ text: "red fox" }, '["red","fox"]', true],
    [{ text: "red fox" }, '["red",["fox"]]', false],
    [{ text: "red" }, '["red",1,null,{"a":"fox"}]', true],
    [{ text: "red red" }, '"red"', true],
    [{ text: "1" }, "1", false],
    [{ text: "re" }, '"red"', false],
    [{ text: "the" }, '"the"', false],
    [{ text: "the fox" }, '"fox"', true],
    [{ text_any: "cat FOX" }, '"fox"', true],
    [{ text_any: "the" }, '"the"', false],
    [{ text_any: "cat" }, '["fox","dog"]', false],
    [{ phrase: "red fox" }, '"a Red, fox!"', true],
    [{ phrase: "red fox" }, '["red","fox"]', false],
    [{ phrase: "red fox" }, '["red","a red fox"]', true],
    [{ phrase: "red the fox" }, '"red fox"', true],
    [{ phrase: "fox red" }, '"red fox"', false],
    [{ phrase: "the" }, '"the"', false],
    [{ phrase: "" }, '""', false],
    [{ text: "red" }, "null", false],
  ])("%j of %s", (match, json, expected) => {
    expect(meets({ must: { key: "a", match } }, `{"a":${json}}`, ["a"])).toBe(expected);
  });

  test("beside other tests of the same condition", () => {
    const filter = { must: { key: "a", match: { text: "FOX" }, range: { gt: 5 } } };
    expect(meets(filter, '{"a":6}', ["a"])).toBe(true);
    expect(meets(filter, '{"a":["fox",1]}', ["a"])).toBe(true);
    expect(meets(filter, '{"a":["dog",1]}', ["a"])).toBe(false);
    expect(meets(filter, "{}", ["a"])).toBe(false);
  });
});

test("runs", () => {
  expect(hasRun([1, 1, 2], [1, 2])).toBe(true);
  expect(hasRun([1, 2, 1], [2, 1])).toBe(true);
  expect(hasRun([1, 2], [1, 2, 3])).toBe(false);
  expect(hasRun([1, 2], [2, 1])).toBe(false);
  expect(hasRun([1, 2], [])).toBe(false);
  expect(hasRun([], [])).toBe(false);
});

test("runs are found as by comparing at each place", () => {
  const numbers = (maxLength: number) => fc.array(fc.nat(1), { maxLength });
  fc.assert(
    fc.property(numbers(40), numbers(6), (all, run) => {
      const isAt = (_: number, start: number) =>
        start + run.length <= all.length && run.every((each, i) => all[start + i] === each);
      expect(hasRun(all, run)).toBe(run.length > 0 && all.some(isAt));
    }),
    { numRuns: 1000 },
  );
});

test("runs that repeat themselves are found in time, and many tokens too", () => {
  const begin = performance.now();
  const all = new Array<string>(200_000).fill("a");
  // By comparing at each place, that would be ten thousand million comparisons: many times the time given here.
  expect(hasRun(all, [...all.slice(0, 100_000), "b"])).toBe(false);
  const many = Array.from({ length: 100_000 }, (_, i) => `w${i}`);
  const test = bindToTokens({ kind: "text", text: many.join(" ") }, words) as TokensTest;
  expect(passTokens([many.toReversed().join(" ")], test)).toBe(true);
  expect(passTokens([many.slice(1).join(" ")], test)).toBe(false);
  expect(performance.now() - begin).toBeLessThan(3000);
});
