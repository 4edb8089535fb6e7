import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EACH, type JsonPath, type PathStep, parsePath } from "../../src/payload/path.ts";
import { excluding, including } from "../../src/payload/select.ts";

type Payload = Record<string, unknown>;

const paths = (texts: readonly string[]) => texts.map((text) => parsePath(text, "path"));
const payload: Payload = {
  a: { b: [{ c: 1 }, { c: 2, x: null }, { d: { e: 3 } }, 4], k: { l: 5 } },
  f: 3,
  g: ["g0", "g1"],
  "h.i": { j: 6 },
};

describe("including", () => {
  test.each<[string[], Payload]>([
    [["f"], { f: 3 }],
    [["f", "nothing", "f.more"], { f: 3 }],
    [[], {}],
    [["a.k"], { a: { k: { l: 5 } } }],
    [["a.k.l", "a.k.nothing"], { a: { k: { l: 5 } } }],
    [["a.nothing"], { a: {} }],
    [["a.b[].c"], { a: { b: [{ c: 1 }, { c: 2 }, {}, 4] } }],
    [["a.b[].c", "a.b[].d.e"], { a: { b: [{ c: 1 }, { c: 2 }, { d: { e: 3 } }, 4] } }],
    [["a.b[].x"], { a: { b: [{}, { x: null }, {}, 4] } }],
    [["a.b[]"], { a: { b: (payload.a as Payload).b } }],
    [["a.b.c"], { a: { b: [] } }],
    [["a.b[0].c"], { a: { b: [] } }],
    [["g[1]"], { g: [] }],
    [["a", "a.k"], { a: payload.a }],
    [["a.k", "a"], { a: payload.a }],
    [['"h.i".j'], { "h.i": { j: 6 } }],
    [["h.i"], {}],
  ])("%j", (texts, expected) => {
    expect(including(paths(texts))(payload)).toEqual(expected);
  });
});

describe("excluding", () => {
  const { a, f, g, "h.i": hi } = payload;
  const { b, k } = a as Payload;
  test.each<[string[], Payload]>([
    [["a"], { f, g, "h.i": hi }],
    [[], payload],
    [["a.b"], { a: { k }, f, g, "h.i": hi }],
    [["a.b", "a.k"], { a: {}, f, g, "h.i": hi }],
    [["a.b[].c"], { a: { b: [{}, { x: null }, { d: { e: 3 } }, 4], k }, f, g, "h.i": hi }],
    [["a.b[].d.e"], { a: { b: [{ c: 1 }, { c: 2, x: null }, { d: {} }, 4], k }, f, g, "h.i": hi }],
    [["a.b[]"], { a: { b: [], k }, f, g, "h.i": hi }],
    [["a.b.c"], payload],
    [["a.b[0].c"], payload],
    [["g[0]"], payload],
    [["f.more", "nothing"], payload],
    [['"h.i".j'], { a: { b, k }, f, g, "h.i": {} }],
    [["a.k.l", "a"], { f, g, "h.i": hi }],
  ])("%j", (texts, expected) => {
    const before = structuredClone(payload);
    expect(excluding(paths(texts))(payload)).toEqual(expected);
    expect(payload).toEqual(before);
  });
});

test("`__proto__` is a key like any other", () => {
  const odd = JSON.parse('{"__proto__":{"a":1,"b":2},"c":3}') as Payload;
  const text = (part: Payload) => JSON.stringify(part);
  expect(text(including(paths(["__proto__.a"]))(odd))).toBe('{"__proto__":{"a":1}}');
  expect(text(excluding(paths(["__proto__.a", "c"]))(odd))).toBe('{"__proto__":{"b":2}}');
});

/** As the server does it: every place in the payload has a path, which is compared with each of the wanted ones. */
function filtered(
  value: unknown,
  at: readonly PathStep[],
  keeps: (path: readonly PathStep[]) => boolean,
): unknown {
  if (Array.isArray(value)) {
    const path = [...at, EACH];
    return value.filter(() => keeps(path)).map((each) => filtered(each, path, keeps));
  }
  if (typeof value !== "object" || value === null) return value;
  const inside = Object.entries(value).filter(([key]) => keeps([...at, key]));
  return Object.fromEntries(inside.map(([key, each]) => [key, filtered(each, [...at, key], keeps)]));
}

const startsAlike = (a: readonly PathStep[], b: readonly PathStep[]) =>
  a.every((step, i) => i >= b.length || step === b[i]);
const beginsWith = (path: readonly PathStep[], start: readonly PathStep[]) =>
  start.length <= path.length && startsAlike(path, start);

const key = fc.constantFrom("a", "b", "c");
const { value: anyPayload } = fc.letrec<{ value: unknown; object: Payload }>((tie) => ({
  object: fc.dictionary(key, tie("value"), { maxKeys: 3 }) as fc.Arbitrary<Payload>,
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(1, "x", null),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("object"),
  ),
}));
const anyObject = fc.dictionary(key, anyPayload, { maxKeys: 3 });
const anyPath = fc
  .tuple(key, fc.array(fc.oneof(key, fc.constant(EACH), fc.constant(0)), { maxLength: 3 }))
  .map(([first, rest]): JsonPath => [first, ...rest]);

test("any paths select what comparing each place with each path does", () => {
  fc.assert(
    fc.property(anyObject, fc.array(anyPath, { maxLength: 4 }), (object, wanted) => {
      expect(including(wanted)(object)).toEqual(
        filtered(object, [], (path) => wanted.some((each) => startsAlike(path, each))),
      );
      expect(excluding(wanted)(object)).toEqual(
        filtered(object, [], (path) => !wanted.some((each) => beginsWith(path, each))),
      );
    }),
    { seed: 11, numRuns: 500 },
  );
});
