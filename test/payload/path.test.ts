import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NearvecError } from "../../src/errors.ts";
import { decode, encode, parseJson } from "../../src/payload/json.ts";
import { deleteAt, EACH, mergeInto, parsePath, setAt, valuesAt } from "../../src/payload/path.ts";

type Payload = Record<string, unknown>;

const path = (text: unknown) => parsePath(text, "key");
/** A payload as the store gives it: `__proto__` is an own key. */
const payload = (json: string) => parseJson(json) as Payload;
const json = (value: Payload) => encode(value, () => "payload", 0);

describe("reading a path", () => {
  test.each([
    ["a", ["a"]],
    ["a.b", ["a", "b"]],
    ["a[].b", ["a", EACH, "b"]],
    ["a[0]", ["a", 0]],
    ['a[1][50].bar-baz[]."qux[.]quux"', ["a", 1, 50, "bar-baz", EACH, "qux[.]quux"]],
    ['"key with . "', ["key with . "]],
    ['a."" ', undefined],
    ['a.""', ["a", ""]],
    ['""', [""]],
    ["naïve_ключ-१2.हिनदी", ["naïve_ключ-१2", "हिनदी"]],
    ["0.1", ["0", "1"]],
    ["__proto__.constructor", ["__proto__", "constructor"]],
    ["a[007]", ["a", 7]],
  ])("%j", (text, steps) => {
    if (steps === undefined) expect(() => path(text)).toThrow(NearvecError);
    else expect(path(text)).toEqual(steps);
  });

  test.each([
    ["", 0],
    [".a", 0],
    ["[]", 0],
    ["[0].a", 0],
    ["a.", 1],
    ["a..b", 1],
    ["a b", 1],
    ["a[", 1],
    ["a[-1]", 1],
    ["a[x]", 1],
    ["a[]b", 3],
    ['a"b"', 1],
    ['a."b', 1],
    ['"a\\"b"', 0],
    ["a.[0]", 1],
    ["a[99999999999999999999]", 1],
  ])("%j is none from position %i on", (text, position) => {
    expect(() => path(text)).toThrow(
      expect.objectContaining({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining(`which is no path from position ${position} on`),
      }),
    );
  });

  test("a path is a string of at most 128 steps", () => {
    const of = (steps: number) => Array.from({ length: steps }, () => "a").join(".");
    expect(path(of(128))).toHaveLength(128);
    expect(() => path(of(129))).toThrow(/128/);
    expect(() => path(7)).toThrow(/key: got 7, expected a path/);
  });

  test("any key in quotes is found", () => {
    const key = fc.string({ unit: "grapheme" }).filter((text) => !/["\\]/.test(text));
    fc.assert(
      fc.property(key, (text) => {
        expect(path(`a."${text}"`)).toEqual(["a", text]);
      }),
    );
  });
});

describe("values", () => {
  const data = payload(
    '{"a":{"b":1,"n":null},"list":[{"b":1},{"b":[2,3]},{},5,[{"b":9}]],"m":[[1,2],[3]],"__proto__":{"x":1}}',
  );

  test.each([
    ["a", [{ b: 1, n: null }]],
    ["a.b", [1]],
    ["a.n", [null]],
    ["a.missing", []],
    ["a[0]", []],
    ["a[]", []],
    ["list.b", []],
    ["list[].b", [1, [2, 3]]],
    ["list[1].b", [[2, 3]]],
    ["list[1].b[]", [2, 3]],
    ["list[9]", []],
    ["m", [[[1, 2], [3]]]],
    ["m[]", [[1, 2], [3]]],
    ["m[][]", [1, 2, 3]],
    ["m[][1]", [2]],
    ["a.b.c", []],
    ["__proto__.x", [1]],
    ["a.__proto__", []],
    ["constructor", []],
    ["a.toString", []],
    ["list.length", []],
  ])("%s", (text, values) => {
    expect(valuesAt(data, path(text))).toEqual(values);
  });
});

describe("setting", () => {
  test.each([
    ["merges, shallowly", '{"a":{"x":1,"y":{"p":1}}}', "a", '{"y":{"q":2}}', '{"a":{"x":1,"y":{"q":2}}}'],
    ["makes objects on the way", "{}", "a.b.c", '{"x":1}', '{"a":{"b":{"c":{"x":1}}}}'],
    ["replaces what is no object", '{"a":5}', "a.b", '{"x":1}', '{"a":{"b":{"x":1}}}'],
    ["replaces an array that is no object", '{"a":[1]}', "a", '{"x":1}', '{"a":{"x":1}}'],
    ["every element", '{"a":[{"x":1},5,[]]}', "a[]", '{"y":2}', '{"a":[{"x":1,"y":2},{"y":2},{"y":2}]}'],
    [
      "inside every element",
      '{"a":[{"b":{"x":1}},{}]}',
      "a[].b",
      '{"y":2}',
      '{"a":[{"b":{"x":1,"y":2}},{"b":{"y":2}}]}',
    ],
    ["one element", '{"a":[{},{"x":1}]}', "a[1]", '{"y":2}', '{"a":[{},{"x":1,"y":2}]}'],
    ["no element that isn't there", '{"a":[{}]}', "a[1].b", '{"y":2}', '{"a":[{}]}'],
    ["[] on what is no array", '{"a":{"x":1}}', "a[]", '{"y":2}', '{"a":[]}'],
    ["[0] on what is no array", '{"a":5}', "a[0].b", '{"y":2}', '{"a":[]}'],
    ["[] on what is missing", "{}", "a[].b", '{"y":2}', '{"a":[]}'],
    ["a null removes its key", '{"a":{"x":1,"y":2}}', "a", '{"x":null,"z":null}', '{"a":{"y":2}}'],
    ["a null on the way is replaced", '{"a":null}', "a.b", "{}", '{"a":{"b":{}}}'],
    ["__proto__ is a key", "{}", "__proto__.a", '{"__proto__":1}', '{"__proto__":{"a":{"__proto__":1}}}'],
    [
      "constructor is a key",
      "{}",
      "constructor.prototype",
      '{"x":1}',
      '{"constructor":{"prototype":{"x":1}}}',
    ],
  ])("%s", (_, before, at, object, after) => {
    const changed = payload(before);
    setAt(changed, path(at), payload(object));
    expect(json(changed)).toBe(after);
    expect(Object.getPrototypeOf(changed)).toBe(Object.prototype);
    expect(({} as Payload).x).toBeUndefined();
  });

  test("at the top, nulls remove and undefined is nothing", () => {
    const changed: Payload = { a: 1, b: 2, c: 3 };
    mergeInto(changed, { a: null, b: undefined, d: { e: null } });
    expect(changed).toStrictEqual({ b: 2, c: 3, d: { e: null } });
    mergeInto(changed, payload('{"__proto__":{"x":1}}'));
    expect(Object.hasOwn(changed, "__proto__")).toBe(true);
    mergeInto(changed, payload('{"__proto__":null}'));
    expect(json(changed)).toBe('{"b":2,"c":3,"d":{"e":null}}');
  });
});

describe("deleting", () => {
  test.each([
    ["a key", '{"a":1,"b":2}', "a", '{"b":2}'],
    ["a key inside", '{"a":{"b":1,"c":2}}', "a.b", '{"a":{"c":2}}'],
    ["a missing key", '{"a":{"b":1}}', "a.x.y", '{"a":{"b":1}}'],
    ["not through an array", '{"a":[{"b":1}]}', "a.b", '{"a":[{"b":1}]}'],
    ["no position", '{"a":[1,2]}', "a[0]", '{"a":[1,2]}'],
    ["behind a position", '{"a":[{"b":1},{"b":2}]}', "a[1].b", '{"a":[{"b":1},{}]}'],
    ["all elements", '{"a":[1,2]}', "a[]", '{"a":[]}'],
    ["in all elements", '{"a":[{"b":1,"c":2},5,{"b":3}]}', "a[].b", '{"a":[{"c":2},5,{}]}'],
    ["all elements of what is no array", '{"a":{"b":1}}', "a[]", '{"a":{"b":1}}'],
    ["__proto__", '{"__proto__":{"a":1}}', "__proto__.a", '{"__proto__":{}}'],
    ["nothing of a prototype", "{}", "constructor.name", "{}"],
  ])("%s", (_, before, at, after) => {
    const changed = payload(before);
    deleteAt(changed, path(at));
    expect(json(changed)).toBe(after);
  });
});

test("what was set is found, and gone when deleted", () => {
  const key = fc.constantFrom("a", "b", "__proto__", "constructor");
  const steps = fc.array(key, { minLength: 1, maxLength: 4 });
  const before = fc.jsonValue({ maxDepth: 3 }).map((value) => ({ a: value, b: [value] }) as Payload);
  fc.assert(
    fc.property(before, steps, fc.dictionary(key, fc.nat()), (object, keys, merge) => {
      const changed = decode(new TextEncoder().encode(json(object)));
      const at = path(keys.join("."));
      setAt(changed, at, merge);
      expect(valuesAt(changed, at)).toEqual([expect.objectContaining({ ...merge })]);
      deleteAt(changed, at);
      expect(valuesAt(changed, at)).toEqual([]);
    }),
  );
});
