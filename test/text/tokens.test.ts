import { describe, expect, test } from "vitest";
import { pathText } from "../../src/field-indexes/field-indexes.ts";
import { matches } from "../../src/filters/evaluate.ts";
import type { Test } from "../../src/filters/filter.ts";
import { bindFilter } from "../../src/filters/index.ts";
import { parseFilter } from "../../src/filters/parse.ts";
import { bindToTokens, hasRun } from "../../src/filters/tokens.ts";
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
