import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NearvecError } from "../../src/errors.ts";
import { decode, encode, parseJson } from "../../src/payload/json.ts";

const place = (index: number) => `points[${index}].payload`;
const text = (payload: unknown) => encode(payload, place, 3);
const roundTrip = (payload: unknown) => decode(new TextEncoder().encode(text(payload)));

function refusal(payload: unknown): NearvecError {
  try {
    text(payload);
  } catch (error) {
    if (error instanceof NearvecError) return error;
    throw error;
  }
  throw new Error("the payload was taken");
}

/** An object with an own key `__proto__`, as JSON.parse makes it. */
const withProto = (value: unknown) => JSON.parse(`{"__proto__":${JSON.stringify(value)}}`);

describe("encoding", () => {
  test("an ordinary payload is what JSON.stringify makes of it", () => {
    const payload = {
      word: "naïve ☃ 𝒳 \u0000 \ud800",
      rank: 3,
      deep: { list: [1, [true, null, -0.5e-10]] },
      empty: {},
    };
    expect(text(payload)).toBe(JSON.stringify(payload));
  });

  test("undefined goes as with JSON.stringify, beside a bigint too", () => {
    expect(text({ a: undefined, b: [undefined, 1] })).toBe('{"b":[null,1]}');
    expect(text({ a: undefined, b: [undefined, 1n] })).toBe('{"b":[null,1]}');
  });

  test("bigints are integers", () => {
    expect(text({ a: 0n, b: [-(2n ** 63n), { c: 2n ** 64n - 1n }] })).toBe(
      '{"a":0,"b":[-9223372036854775808,{"c":18446744073709551615}]}',
    );
  });

  test("toJSON is honoured, with the key, and a Date is its ISO string", () => {
    const key = { toJSON: (key: string) => ({ key, big: 2n ** 60n }) };
    expect(text({ at: new Date(0), list: [key] })).toBe(
      '{"at":"1970-01-01T00:00:00.000Z","list":[{"key":"0","big":1152921504606846976}]}',
    );
    expect(text({ toJSON: () => ({ whole: true }) })).toBe('{"whole":true}');
    expect(text({ toJSON: "a key like any other" })).toBe('{"toJSON":"a key like any other"}');
  });

  test("instances and objects without a prototype are written with their own properties", () => {
    class Word {
      text = "a";
      get length() {
        return 1;
      }
    }
    expect(text(Object.assign(Object.create(null), { word: new Word() }))).toBe('{"word":{"text":"a"}}');
  });

  test("the same object twice is no cycle", () => {
    const shared = { a: 1 };
    expect(text({ x: shared, y: [shared, shared] })).toBe('{"x":{"a":1},"y":[{"a":1},{"a":1}]}');
  });

  test("128 levels are fine", () => {
    let payload = {};
    for (let level = 1; level < 128; level++) payload = { a: payload };
    expect(roundTrip(payload)).toStrictEqual(payload);
  });
});

describe("refused, naming the path", () => {
  const cycle: Record<string, unknown> = { name: "x" };
  cycle.list = [{}, { again: cycle }];
  let deep = {};
  for (let level = 0; level < 128; level++) deep = { a: deep };

  test.each<[string, unknown, string, string]>([
    ["NaN", { a: { b: [1, Number.NaN] } }, ".a.b[1]", "NaN"],
    ["infinity", { "a b": Infinity }, '["a b"]', "Infinity"],
    ["a function", { a: [() => 1] }, ".a[0]", "function"],
    ["a symbol", { a: Symbol("s") }, ".a", "symbol"],
    ["a bigint below i64", { a: -(2n ** 63n) - 1n }, ".a", "-9223372036854775809n"],
    ["a bigint above u64", { a: 2n ** 64n }, ".a", "18446744073709551616n"],
    ["an invalid Date", { a: new Date("never") }, ".a", "invalid Date"],
    ["what toJSON answers", { a: { toJSON: () => ({ b: Number.NaN }) } }, ".a.b", "NaN"],
    ["a Map", { a: new Map([[1, 2]]) }, ".a", "Map"],
    ["a Set", { a: new Set([1]) }, ".a", "Set"],
    ["a typed array", { a: Float32Array.of(1) }, ".a", "Float32Array"],
    ["a regular expression", { a: /x/ }, ".a", "RegExp"],
    ["a cycle", cycle, ".list[1].again", "contains itself"],
    ["129 levels", deep, `${".a".repeat(8)}…`, "too deep"],
  ])("%s", (_, payload, path, got) => {
    const error = refusal(payload);
    expect(error.code).toBe("INVALID_PAYLOAD");
    expect(error.details.what).toBe(`points[3].payload${path}`);
    expect(error.details.got).toContain(got);
    expect(error.details.expected).toBeDefined();
    expect(error.details.todo).toBeDefined();
  });

  test.each([[[1, 2]], ["text"], [7], [null], [undefined], [true], [new Date(0)], [new Map()]])(
    "%o as a whole payload",
    (payload) => {
      expect(refusal(payload)).toMatchObject({
        code: "INVALID_PAYLOAD",
        details: { what: "points[3].payload" },
      });
    },
  );
});

describe("decoding", () => {
  test.each<[string, unknown]>([
    ["9007199254740991", 2 ** 53 - 1],
    ["-9007199254740991", -(2 ** 53 - 1)],
    ["9007199254740992", 2n ** 53n],
    ["-9007199254740993", -(2n ** 53n) - 1n],
    ["18446744073709551615", 2n ** 64n - 1n],
    ["-9223372036854775808", -(2n ** 63n)],
    // Beyond 64 bits, and in any other notation, a number is a double.
    ["18446744073709551616", 2 ** 64],
    ["-9223372036854775809", -(2 ** 63)],
    ["9007199254740993.0", 9007199254740992],
    ["9007199254740993e0", 9007199254740992],
    ["0.30000000000000004", 0.1 + 0.2],
    ["0.1250000000000000000e+2", 12.5],
    ['"9007199254740993"', "9007199254740993"],
    ['"\\"9007199254740993\\\\"', '"9007199254740993\\'],
  ])("%s", (json, value) => {
    expect(parseJson(`{"a": [ ${json} ,true, null ] , "b" : "x" }`)).toStrictEqual({
      a: [value, true, null],
      b: "x",
    });
    expect(parseJson(` ${json}\n`)).toStrictEqual(value);
  });

  test.each<[string, unknown[]]>([
    ["[9007199254740993]", [2n ** 53n + 1n]],
    ["[ 1 ,\n-9007199254740993 ]", [1, -(2n ** 53n) - 1n]],
    ["[0.30000000000000004,9007199254740993,1e5]", [0.1 + 0.2, 2n ** 53n + 1n, 1e5]],
    ["[[1,2],[9007199254740993],[],[[3]]]", [[1, 2], [2n ** 53n + 1n], [], [[3]]]],
    ['["]",9007199254740993,"["]', ["]", 2n ** 53n + 1n, "["]],
    ['[{"a]":[true,null,false]},9007199254740993]', [{ "a]": [true, null, false] }, 2n ** 53n + 1n]],
    [
      "[1234567890123456, 12345678901234567890e2, 0]",
      [1234567890123456, Number("12345678901234567890e2"), 0],
    ],
  ])("in a list: %s", (json, list) => {
    expect(parseJson(json)).toStrictEqual(list);
    // Beside one that makes it read exactly in any case.
    expect(parseJson(`{"id":18446744073709551615,"list":${json}}`)).toStrictEqual({
      id: 2n ** 64n - 1n,
      list,
    });
  });

  test("keys and strings that look like bigints stay what they are", () => {
    const json = '{"9007199254740993n":9007199254740993,"a":["9007199254740993n","9007199254740993"]}';
    expect(parseJson(json)).toStrictEqual({
      "9007199254740993n": 2n ** 53n + 1n,
      a: ["9007199254740993n", "9007199254740993"],
    });
  });

  test("a string of megabytes beside a long number is read like any other", () => {
    const long = "x".repeat(8 * 1024 * 1024);
    const read = parseJson(`{"text":"${long}","big":9007199254740993}`) as { text: string };
    expect(read.text === long).toBe(true);
  });

  test("every place of a long number in the text is found", () => {
    for (let at = 0; at < 40; at++) {
      const pad = "x".repeat(at);
      expect(parseJson(`{"${pad}":9007199254740993}`)).toStrictEqual({ [pad]: 9007199254740993n });
    }
  });

  test("what is no JSON is a SyntaxError, with long numbers too", () => {
    for (const wrong of [
      "",
      "{",
      '{"a":1,}',
      "[9007199254740993",
      "09007199254740993",
      '{"a":9007199254740993 9}',
    ]) {
      expect(() => parseJson(wrong)).toThrow(SyntaxError);
    }
  });

  test("of a key that comes twice the last counts", () => {
    expect(parseJson('{"a":9007199254740993,"b":[],"a":{"c":1}}')).toStrictEqual({ a: { c: 1 }, b: [] });
  });
});

describe("__proto__ is a key like any other", () => {
  test.each([
    ["alone", withProto({ polluted: true })],
    ["beside a bigint", Object.assign(withProto({ polluted: true }), { big: 2n ** 60n })],
    ["deep", { a: [withProto(1), 2n ** 60n] }],
  ])("%s", (_, payload) => {
    const back = roundTrip(payload);
    expect(text(back)).toBe(text(payload));
    const [inner] = Array.isArray(back.a) ? back.a : [back];
    expect(Object.hasOwn(inner, "__proto__")).toBe(true);
    expect(Object.getPrototypeOf(inner)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(back.polluted).toBeUndefined();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("constructor and prototype too", () => {
    const payload = { constructor: { prototype: { polluted: 2n ** 60n } } };
    expect(text(roundTrip(payload))).toBe(text(payload));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("properties", () => {
  const bigint = fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
    .filter((n) => n < -(2n ** 53n) || n > 2n ** 53n);
  // As numbers, integers beyond 2^53 come back as bigints; -0 as 0.
  const number = fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((n) => !Number.isInteger(n) || Number.isSafeInteger(n) || Math.abs(n) >= 1e21)
    .map((n) => n + 0);
  const key = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("__proto__", "constructor", "toString", "", "0"),
  );
  const { payload } = fc.letrec((tie) => ({
    leaf: fc.oneof(
      bigint,
      number,
      fc.integer(),
      fc.string({ unit: "binary" }),
      fc.boolean(),
      fc.constant(null),
    ),
    value: fc.oneof({ depthSize: "small" }, tie("leaf"), fc.array(tie("value")), tie("payload")),
    payload: fc.dictionary(key, tie("value"), { noNullPrototype: true }),
  }));

  test("a payload comes back as it was", () => {
    fc.assert(
      fc.property(payload, (given) => {
        // Not toStrictEqual: that takes a key `constructor` for the class.
        expect(isDeepStrictEqual(roundTrip(given), given)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("without large integers the text is JSON.stringify's, and reading it is JSON.parse", () => {
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), (given) => {
        fc.pre(!hasLargeInteger(given));
        const json = JSON.stringify(given);
        const parsed = JSON.parse(json);
        expect(text(given)).toBe(json);
        const [back, long] = parseJson(`[${json}, 9007199254740993]`) as unknown[];
        expect(long).toBe(9007199254740993n);
        expect(isDeepStrictEqual(back, parsed)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("a large integer given as a number comes back as the bigint of its digits", () => {
    expect(roundTrip({ a: 2 ** 60 })).toStrictEqual({ a: BigInt(JSON.stringify(2 ** 60)) });
  });
});

function hasLargeInteger(value: unknown): boolean {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value);
  return typeof value === "object" && value !== null && Object.values(value).some(hasLargeInteger);
}
