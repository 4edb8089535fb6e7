import { describe, expect, test } from "vitest";
import { holds, named } from "./support.ts";

/** Each row: a test of the field `a`, a value of that field as JSON ("" for none), and what comes of it. */
type Row = [test: Record<string, unknown>, value: string, expected: boolean];

function table(name: string, rows: Row[]): void {
  test.each(named(rows))(`${name}: %s`, (_, asked, value, expected) => {
    expect(holds({ key: "a", ...asked }, value === "" ? "{}" : `{"a":${value}}`)).toBe(expected);
  });
}

const BIG = 2n ** 62n;

describe("match", () => {
  const value = (value: unknown) => ({ match: { value } });
  table("value", [
    [value("x"), '"x"', true],
    [value("x"), '"X"', false],
    [value("x"), '"xx"', false],
    [value("1"), "1", false],
    [value(1), "1", true],
    [value(1), '"1"', false],
    [value(1), "1.5", false],
    [value(1), "true", false],
    [value(true), "true", true],
    [value(true), "1", false],
    [value(false), "null", false],
    [value(0), "[]", false],
    [value(-3), "-3", true],
    [value(3n), "3", true],
    // One level of an array, any element.
    [value("x"), '["y","x"]', true],
    [value("x"), '[["x"]]', false],
    [value("x"), "[]", false],
    [value("x"), "", false],
    [value("x"), '{"x":"x"}', false],
    // Beyond 2^53.
    [value(BIG), String(BIG), true],
    [value(BIG + 1n), String(BIG), false],
    [value(BIG), String(BIG + 1n), false],
    [value(-BIG), `[1,${-BIG}]`, true],
    [value(2n ** 63n - 1n), "9223372036854775807", true],
    [value(2n ** 53n), "9007199254740992", true],
    // The digits that JSON gives the number; not a number that is written with a fraction or an exponent.
    [value(2 ** 60), "1152921504606847000", true],
    [value(10 ** 18), "1000000000000000000", true],
    [value(10 ** 18), "1e18", false],
  ]);
  table("any", [
    [{ match: { any: ["x", "y"] } }, '"y"', true],
    [{ match: { any: ["x", "y"] } }, '["z","x"]', true],
    [{ match: { any: ["x", "y"] } }, '"z"', false],
    [{ match: { any: [1, 2] } }, "2", true],
    [{ match: { any: [1, 2] } }, '"2"', false],
    [{ match: { any: [1, BIG] } }, String(BIG), true],
    [{ match: { any: [1, BIG + 1n] } }, String(BIG), false],
    [{ match: { any: [1] } }, "true", false],
    [{ match: { any: [] } }, '"x"', false],
    [{ match: { any: [] } }, "", false],
  ]);
  table("except", [
    [{ match: { except: ["x"] } }, '"y"', true],
    [{ match: { except: ["x"] } }, '"x"', false],
    [{ match: { except: ["x"] } }, '["x","y"]', true],
    [{ match: { except: ["x"] } }, '["x","x"]', false],
    [{ match: { except: ["x"] } }, "", false],
    [{ match: { except: ["x"] } }, "null", false],
    [{ match: { except: ["x"] } }, "[]", false],
    [{ match: { except: ["x"] } }, "[null]", false],
    [{ match: { except: ["x"] } }, "[null,1]", true],
    [{ match: { except: ["x"] } }, "7", true],
    [{ match: { except: ["x"] } }, "true", true],
    [{ match: { except: ["x"] } }, "{}", true],
    [{ match: { except: ["x"] } }, '[["x"]]', true],
    [{ match: { except: [1] } }, "1", false],
    [{ match: { except: [1] } }, "1.5", true],
    [{ match: { except: [BIG] } }, String(BIG), false],
    [{ match: { except: [BIG] } }, String(BIG + 1n), true],
    [{ match: { except: [] } }, '"x"', true],
    [{ match: { except: [] } }, "null", false],
    [{ match: { except: [] } }, "", false],
  ]);
  table("text", [
    [{ match: { text: "ell" } }, '"hello"', true],
    [{ match: { text: "Ell" } }, '"hello"', false],
    [{ match: { text: "a b" } }, '"b a"', false],
    [{ match: { text: "" } }, '""', true],
    [{ match: { text: "1" } }, "1", false],
    [{ match: { text: "ell" } }, '["x","hello"]', true],
    [{ match: { phrase: "lo wo" } }, '"hello world"', true],
    [{ match: { phrase: "world hello" } }, '"hello world"', false],
    [{ match: { text_any: "xyz ell" } }, '"hello"', true],
    [{ match: { text_any: "\u0085xyz\u00a0 ELL " } }, '"hello"', false],
    [{ match: { text_any: "xyz\u0085ell" } }, '"hello"', true],
    [{ match: { text_any: " " } }, '" "', false],
    [{ match: { text_any: "1" } }, "1", false],
    [{ match: { prefix: "he" } }, '"hello"', true],
    [{ match: { prefix: "He" } }, '"hello"', false],
    [{ match: { prefix: "ello" } }, '"hello"', false],
    [{ match: { prefix: "he" } }, '[1,"hello"]', true],
    [{ match: { prefix: "1" } }, "1", false],
  ]);
});

describe("range", () => {
  table("of numbers", [
    [{ range: { gt: 1 } }, "1", false],
    [{ range: { gt: 1 } }, "1.5", true],
    [{ range: { gte: 1 } }, "1", true],
    [{ range: { lt: 1 } }, "1", false],
    [{ range: { lt: 1 } }, "-1", true],
    [{ range: { lte: 1 } }, "1", true],
    [{ range: { gte: 1, lt: 2 } }, "2", false],
    [{ range: { gte: 1, lt: 2 } }, "[5,1.5]", true],
    // All bounds for one element, not some for each.
    [{ range: { gt: 1, lt: 2 } }, "[0,3]", false],
    [{ range: { gt: 1, lt: null, lte: undefined } }, "9", true],
    [{ range: {} }, "9", true],
    [{ range: { gt: null } }, '"x"', false],
    [{ range: { gt: 0 } }, '"5"', false],
    [{ range: { gt: 0 } }, "true", false],
    [{ range: { lt: 1 } }, "null", false],
    [{ range: { lt: 1 } }, "", false],
    [{ range: { lt: 9 } }, "[[1]]", false],
    // Integers compare as f64.
    [{ range: { gt: 2 ** 62 } }, String(BIG + 1n), false],
    [{ range: { gte: 2 ** 62 } }, String(BIG + 1n), true],
    [{ range: { gte: BIG + 1n } }, String(BIG), true],
    [{ range: { gt: 2 ** 63 } }, "18446744073709551615", true],
  ]);
  const noon = { range: { gte: "2024-02-29T12:00:00Z", lt: "2024-02-29T12:00:01Z" } };
  table("of dates", [
    [noon, '"2024-02-29T12:00:00Z"', true],
    [noon, '"2024-02-29T12:00:00.999999+00:00"', true],
    [noon, '"2024-02-29T13:00:00+01:00"', true],
    [noon, '"2024-02-29 17:30+0530"', false],
    [noon, '"2024-02-29 17:30:00+0530"', true],
    [noon, '"2024-02-29 12:00"', true],
    [noon, '"2024-02-29"', false],
    [noon, '["never","2024-02-29 12:00:00"]', true],
    [noon, '"2024-02-29T12:00:01Z"', false],
    [noon, '"noon"', false],
    [noon, "1709208000", false],
    [{ range: { lt: new Date(1) } }, '"1970-01-01"', true],
    [{ range: { gt: "9999-12-31T23:59:59.999998Z" } }, '"9999-12-31T23:59:59.999999Z"', true],
    [{ range: { gt: "9999-12-31T23:59:59.999999Z" } }, '"9999-12-31T23:59:59.999999Z"', false],
    [{ range: { gt: null, lt: "2000-01-01" } }, '"1999-12-31"', true],
  ]);
});

describe("how much is there", () => {
  table("values_count", [
    [{ values_count: { lte: 0 } }, "", true],
    [{ values_count: { lte: 0 } }, "null", true],
    [{ values_count: { lte: 0 } }, "[]", true],
    [{ values_count: { gte: 2, lt: 3 } }, "[null,1]", true],
    [{ values_count: { gt: 2 } }, "[1,2]", false],
    [{ values_count: { gte: 1, lte: 1 } }, "{}", true],
    [{ values_count: { gte: 1, lte: 1 } }, '"abc"', true],
    [{ values_count: { gte: 1, lt: null } }, "false", true],
    [{ values_count: {} }, "", true],
  ]);
  table("is_empty", [
    [{ is_empty: true }, "", true],
    [{ is_empty: true }, "null", true],
    [{ is_empty: true }, "[]", true],
    [{ is_empty: true }, '""', false],
    [{ is_empty: true }, "{}", false],
    [{ is_empty: true }, "[null]", false],
    [{ is_empty: true }, "0", false],
    [{ is_empty: false }, "", false],
    [{ is_empty: false }, "[null]", true],
    [{ is_empty: false }, '""', true],
  ]);
  table("is_null", [
    [{ is_null: true }, "null", true],
    [{ is_null: true }, "[1,null]", true],
    [{ is_null: true }, "", false],
    [{ is_null: true }, "[]", false],
    [{ is_null: true }, "[[null]]", false],
    [{ is_null: true }, "{}", false],
    [{ is_null: false }, "", true],
    [{ is_null: false }, "null", false],
    [{ is_null: false }, "[1,null]", false],
    [{ is_null: false }, "[1]", true],
  ]);

  test.each(["", "null", "[]", "[null]", '""', "{}", "[1]"])("the other form of both, on %s", (value) => {
    const json = value === "" ? "{}" : `{"a":${value}}`;
    for (const name of ["is_empty", "is_null"]) {
      expect(holds({ [name]: { key: "a" } }, json)).toBe(holds({ key: "a", [name]: true }, json));
    }
  });

  test("false is the opposite of true, for many values too", () => {
    const json = '{"a":[{"b":null},{"b":1}]}';
    expect(holds({ key: "a[].b", is_null: true }, json)).toBe(true);
    expect(holds({ key: "a[].b", is_null: false }, json)).toBe(false);
    expect(holds({ key: "a[].b", is_empty: true }, json)).toBe(false);
    expect(holds({ key: "a[].b", is_empty: false }, json)).toBe(true);
  });
});

describe("paths", () => {
  const x = (key: string) => ({ key, match: { value: "x" } });
  test.each<[string, string, boolean]>([
    ["a.b", '{"a":{"b":"x"}}', true],
    ["a.b", '{"a.b":"x"}', false],
    ['"a.b"', '{"a.b":"x"}', true],
    ["a.b", '{"a":[{"b":"x"}]}', false],
    ["a[].b", '{"a":[{"b":"y"},{"b":"x"}]}', true],
    ["a[].b", '{"a":[{"b":["x"]}]}', true],
    ["a[].b", '{"a":{"b":"x"}}', false],
    ["a[1]", '{"a":["y","x"]}', true],
    ["a[0]", '{"a":["y","x"]}', false],
    ["a[]", '{"a":["y","x"]}', true],
    ["a", '{"a":[["x"]]}', false],
    ["a[]", '{"a":[["x"]]}', true],
    ["__proto__", '{"__proto__":"x"}', true],
    ["__proto__.y", '{"__proto__":{"y":"x"}}', true],
    ["constructor.name", '{"a":"x"}', false],
    ["ключ", '{"ключ":"x"}', true],
  ])("%s on %s", (key, json, expected) => {
    expect(holds(x(key), json)).toBe(expected);
  });

  test("nothing is found in a prototype", () => {
    expect(holds({ key: "toString", is_empty: false }, "{}")).toBe(false);
    expect(holds({ key: "__proto__", is_empty: false }, "{}")).toBe(false);
  });

  test("different elements may meet different conditions", () => {
    const json = '{"a":[1,9]}';
    expect(
      holds(
        [
          { key: "a", range: { lt: 2 } },
          { key: "a", range: { gt: 8 } },
        ],
        json,
      ),
    ).toBe(true);
  });
});

test("of several tests in one condition any suffices, but counts and emptiness come first", () => {
  const asked = { key: "a", match: { value: "x" }, range: { gt: 5 } };
  expect(holds(asked, '{"a":"x"}')).toBe(true);
  expect(holds(asked, '{"a":6}')).toBe(true);
  expect(holds(asked, '{"a":5}')).toBe(false);
  expect(holds({ ...asked, is_null: false, values_count: { gte: 2 } }, '{"a":6}')).toBe(false);
  expect(holds({ ...asked, is_null: true, is_empty: false }, '{"a":5}')).toBe(true);
  expect(holds({ ...asked, match: null, is_null: null }, '{"a":6}')).toBe(true);
});
