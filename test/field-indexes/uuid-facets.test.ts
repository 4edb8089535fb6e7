import fc from "fast-check";
import { expect, test } from "vitest";
import { uuidIndex } from "../../src/field-indexes/lookup-index.ts";
import type { Scalar } from "../../src/filters/match.ts";
import { offsetsOf } from "./support.ts";

const canonical = (n: number) => `550e8400-e29b-41d4-a716-44665544${n.toString(16).padStart(4, "a")}`;
const spellings = [
  (uuid: string) => uuid,
  (uuid: string) => uuid.toUpperCase(),
  (uuid: string) => uuid.replaceAll("-", ""),
  (uuid: string) => `urn:uuid:${uuid}`,
];
const value = fc.tuple(fc.nat(3), fc.nat(3)).map(([n, form]) => ({
  uuid: canonical(n),
  spelling: (spellings[form] as (u: string) => string)(canonical(n)),
}));
const values = fc.uniqueArray(value, { maxLength: 3, selector: ({ spelling }) => spelling });
type Values = typeof values extends fc.Arbitrary<infer T> ? T : never;

test("a UUID counts once for each point, however it is spelled, while points come and go", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), values), { maxLength: 60 }), fc.nat(), (changes, allowed) => {
      const index = uuidIndex();
      const stored = new Map<number, Values>();
      for (const [offset, values] of changes) {
        const before = stored.get(offset);
        const texts = (values: Values) => values.map(({ spelling }) => spelling);
        if (before !== undefined && before.length > 0) index.remove(offset, texts(before));
        if (values.length > 0) index.add(offset, texts(values));
        stored.set(offset, values);
      }
      for (const bitmap of [undefined, Uint32Array.of(allowed)]) {
        const expected = new Map<Scalar, number>();
        const among = bitmap && offsetsOf(bitmap);
        for (const [offset, values] of stored) {
          if (among !== undefined && !among.includes(offset)) continue;
          for (const uuid of new Set(values.map(({ uuid }) => uuid))) {
            expected.set(uuid, (expected.get(uuid) ?? 0) + 1);
          }
        }
        const found = new Map<Scalar, number>();
        index.facets?.each(bitmap, (value, points) => found.set(value, points));
        expect(found).toEqual(expected);
      }
    }),
    { numRuns: 300 },
  );
});

test("facets of odd spellings don't work them out anew", () => {
  const index = uuidIndex();
  const empty = index.memoryBytes;
  for (let i = 0; i < 20_000; i++) {
    index.add(i, [`550E8400-E29B-41D4-A716-${i.toString(16).toUpperCase().padStart(12, "0")}`]);
  }
  const tests = RegExp.prototype.test;
  let points = 0;
  index.facets?.each(undefined, (_, count) => {
    points += count;
  });
  expect(points).toBe(20_000);
  expect(RegExp.prototype.test).toBe(tests);
  expect(index.memoryBytes - empty).toBeGreaterThan(20_000 * 250);
});
