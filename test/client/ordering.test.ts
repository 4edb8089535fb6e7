import fc from "fast-check";
import { expect, test } from "vitest";
import { inOrder } from "../../src/client/order-walk.ts";
import { parseOrderBy } from "../../src/client/ordering.ts";
import type { Matches } from "../../src/collection/matches.ts";
import { createIndex } from "../../src/field-indexes/create-index.ts";
import { IndexedField } from "../../src/field-indexes/indexed-field.ts";
import { type IndexType, parseFieldParams } from "../../src/field-indexes/params.ts";

test.each([
  ["a.b", { key: "a.b", path: ["a", "b"], descending: false, from: undefined }],
  [{ key: "a" }, { key: "a", path: ["a"], descending: false, from: undefined }],
  [
    { key: "a", direction: "asc", start_from: null },
    { key: "a", path: ["a"], descending: false, from: undefined },
  ],
  [
    { key: "a", direction: "desc", start_from: 1.5 },
    { key: "a", path: ["a"], descending: true, from: 1.5 },
  ],
  [
    { key: "a", start_from: "1970-01-01T00:00:01Z" },
    { key: "a", path: ["a"], descending: false, from: 1_000_000 },
  ],
  [
    { key: "a", start_from: new Date(1) },
    { key: "a", path: ["a"], descending: false, from: 1000 },
  ],
  [
    { key: "a", start_from: 2n ** 60n },
    { key: "a", path: ["a"], descending: false, from: 2n ** 60n },
  ],
])("%o is read", (given, order) => {
  expect(parseOrderBy(given, "order_by")).toEqual(order);
});

test.each([
  [7, "order_by: got 7"],
  [{ direction: "asc" }, "order_by.key"],
  [{ key: "a..b" }, "order_by.key"],
  [{ key: "a", direction: "up" }, "order_by.direction"],
  [{ key: "a", start_from: "soon" }, "order_by.start_from"],
  [{ key: "a", start_from: new Date(Number.NaN) }, "an invalid Date"],
  [{ key: "a", start_from: Number.NaN }, "order_by.start_from"],
  [{ key: "a", start_from: true }, "order_by.start_from"],
  [{ key: "a", from: 1 }, "order_by.from"],
])("%o is refused", (given, text) => {
  expect(() => parseOrderBy(given, "order_by")).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(text) }),
  );
});

const MICROSECOND = 1000;
/** What the field's types take values from, and how they order them. */
const TYPES: Record<
  string,
  { values: fc.Arbitrary<unknown>; worth: (value: unknown) => number | bigint | undefined }
> = {
  integer: {
    values: fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 53n + 5n }),
      fc.bigInt({ min: -(2n ** 62n) - 300n, max: -(2n ** 62n) + 300n }),
      fc.constantFrom<unknown>(0.5, "1", null, true),
    ),
    worth: (value) =>
      typeof value === "bigint" || Number.isInteger(value) ? (value as number | bigint) : undefined,
  },
  float: {
    values: fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom<unknown>(0.5, 1e300, "1", null, true)),
    worth: (value) => (typeof value === "number" ? value : undefined),
  },
  datetime: {
    values: fc.oneof(
      fc.constantFrom("1970-01-01", "1970-01-01T00:00:00Z", "2024-02-29T12:00:00.5Z", "2024-02-30", "soon"),
      fc.constantFrom<unknown>(7, null),
    ),
    worth: (value) => {
      const time = typeof value === "string" ? Date.parse(value.replace(/^2024-02-30$/, "")) : Number.NaN;
      return Number.isNaN(time) ? undefined : time * MICROSECOND;
    },
  },
};

const compare = (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0);

test.each(Object.keys(TYPES))("points are in the order of any %s values", (type) => {
  const { values, worth } = TYPES[type] as (typeof TYPES)[string];
  const aPoint = fc.record({
    rank: fc.nat(),
    field: fc.oneof(values, fc.array(values, { maxLength: 3 })),
    matches: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(aPoint, { maxLength: 150 }),
      fc.boolean(),
      fc.boolean(),
      fc.option(values.map(worth), { nil: undefined }),
      fc.integer({ min: 1, max: 200 }),
      (points, descending, filtered, from, limit) => {
        const field = new IndexedField(["a"], createIndex(parseFieldParams(type as IndexType, "type")));
        const bitmap = new Uint32Array(8);
        points.forEach(({ field: a, matches }, offset) => {
          field.change(offset, undefined, { a });
          if (matches) bitmap[offset >>> 5] = (bitmap[offset >>> 5] ?? 0) | (1 << (offset & 31));
        });
        const order = field.index.order;
        if (order === undefined) throw new Error("no order");
        const compareIds = (a: number, b: number) => (points[a]?.rank ?? 0) - (points[b]?.rank ?? 0) || a - b;
        const ordered = {
          compareIds,
          valuesAt: (offset: number) => [points[offset]?.field].flat(),
        };
        const sign = descending ? -1 : 1;
        const expected = points
          .flatMap(({ field: a, matches }, offset) => {
            if (filtered && !matches) return [];
            const own = new Set([a].flat().flatMap((each) => worth(each) ?? []));
            return Array.from(own, (value) => ({ offset, value }));
          })
          .filter(({ value }) => from === undefined || sign * compare(value, from) >= 0)
          .sort((a, b) => sign * (compare(a.value, b.value) || compareIds(a.offset, b.offset)))
          .slice(0, limit);
        // Few matches are looked at one by one; said to be many, they are met on a walk.
        for (const count of filtered ? [0, 1e6] : [0]) {
          const matches: Matches | undefined = filtered ? { bitmap, count } : undefined;
          expect(inOrder(ordered, order, { descending, from }, limit, matches)).toEqual(expected);
        }
      },
    ),
    { seed: 29, numRuns: 300 },
  );
});

test("of very many points with one value the first ones are taken", () => {
  const field = new IndexedField(["a"], createIndex(parseFieldParams("integer", "type")));
  const count = 5000;
  for (let offset = 0; offset < count; offset++) field.change(offset, undefined, { a: 1 });
  const order = field.index.order;
  if (order === undefined) throw new Error("no order");
  // 7 and 5000 have no common divisor: a permutation.
  const rank = (offset: number) => (offset * 7) % count;
  const points = { compareIds: (a: number, b: number) => rank(a) - rank(b), valuesAt: () => [1] };
  for (const descending of [false, true]) {
    const entries = inOrder(points, order, { descending, from: undefined }, 100, undefined);
    const expected = Array.from({ length: 100 }, (_, i) => (descending ? count - 1 - i : i));
    expect(entries.map(({ offset }) => rank(offset))).toEqual(expected);
  }
});
