import fc from "fast-check";
import { expect, test } from "vitest";
import { mostFrequent } from "../../src/client/facets.ts";
import { createIndex } from "../../src/field-indexes/create-index.ts";
import { IndexedField } from "../../src/field-indexes/indexed-field.ts";
import { type IndexType, parseFieldParams } from "../../src/field-indexes/params.ts";

const UUIDS = ["550e8400-e29b-41d4-a716-446655440000", "00000000-0000-0000-0000-000000000001"] as const;

const TYPES: Record<string, { values: fc.Arbitrary<unknown>; worth: (value: unknown) => unknown }> = {
  keyword: {
    values: fc.constantFrom<unknown>("", "a", "b", "Z", "\u{1f600}", "\uffff", 1, null, true),
    worth: (value) => (typeof value === "string" ? value : undefined),
  },
  integer: {
    values: fc.constantFrom<unknown>(0, -1, 5, 2n ** 60n, 2n ** 60n + 1n, 0.5, "1", null),
    worth: (value) => (typeof value === "bigint" || Number.isInteger(value) ? value : undefined),
  },
  bool: {
    values: fc.constantFrom<unknown>(true, false, 1, "true"),
    worth: (value) => (typeof value === "boolean" ? value : undefined),
  },
  uuid: {
    values: fc.constantFrom<unknown>(...UUIDS, "no uuid", 7),
    worth: (value) => (UUIDS.includes(value as (typeof UUIDS)[0]) ? value : undefined),
  },
};

/** As their UTF-8 bytes, or their numbers, are ordered. */
function compare(a: unknown, b: unknown): number {
  if (typeof a === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  return Number((a as number) > (b as number)) - Number((a as number) < (b as number));
}

test.each(Object.keys(TYPES))("any %s values are counted", (type) => {
  const { values, worth } = TYPES[type] as (typeof TYPES)[string];
  const aPoint = fc.record({
    field: fc.oneof(values, fc.array(values, { maxLength: 4 })),
    matches: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(aPoint, { maxLength: 100 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 10 }),
      (points, filtered, limit) => {
        const field = new IndexedField(["a"], createIndex(parseFieldParams(type as IndexType, "type")));
        const bitmap = new Uint32Array(4);
        points.forEach(({ field: a, matches }, offset) => {
          field.change(offset, undefined, { a });
          if (matches) bitmap[offset >>> 5] = (bitmap[offset >>> 5] ?? 0) | (1 << (offset & 31));
        });
        const { facets } = field.index;
        if (facets === undefined) throw new Error("no facets");
        const counts = new Map<unknown, number>();
        for (const { field: a, matches } of points) {
          if (filtered && !matches) continue;
          for (const value of new Set([a].flat().map(worth))) {
            if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
          }
        }
        const expected = Array.from(counts, ([value, count]) => ({ value, count }))
          .sort((a, b) => b.count - a.count || compare(a.value, b.value))
          .slice(0, limit);
        expect(mostFrequent(facets, limit, filtered ? { bitmap, count: 0 } : undefined)).toEqual(expected);
      },
    ),
    { seed: 31, numRuns: 200 },
  );
});

test("of very many values the most frequent ones are taken", () => {
  const field = new IndexedField(["a"], createIndex(parseFieldParams("integer", "type")));
  let offset = 0;
  // Value v on 1 + v % 50 points, in an order that keeps changing what is best so far.
  for (let v = 0; v < 1000; v++) {
    for (let i = 0; i <= v % 50; i++) field.change(offset++, undefined, { a: v });
  }
  const { facets } = field.index;
  if (facets === undefined) throw new Error("no facets");
  const hits = mostFrequent(facets, 25, undefined);
  const expected = [49, 48].flatMap((rest) =>
    Array.from({ length: 20 }, (_, i) => ({ value: i * 50 + rest, count: rest + 1 })),
  );
  expect(hits).toEqual(expected.slice(0, 25));
});
