import fc from "fast-check";
import { expect, test } from "vitest";
import { type Interval, SortedPairs } from "../../src/field-indexes/sorted-pairs.ts";

type Pair = readonly [number: number, offset: number];

const END = 4000;
const value = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true }),
  fc.constantFrom(2 ** 60, -(2 ** 60), Number.MIN_VALUE, Number.MAX_VALUE),
);
/** Numbers that ascend, descend, stay the same or jump about, so that leaves split and join in all ways. */
const run = fc.record({
  add: fc.boolean(),
  first: value,
  step: fc.constantFrom(0, 1, -1, 0.25),
  from: fc.nat(END - 1),
  count: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 3000 })),
  stride: fc.constantFrom(1, 3, 1237),
});
const interval: fc.Arbitrary<Interval> = fc.record({
  low: fc.oneof(value, fc.constant(Number.NEGATIVE_INFINITY)),
  high: fc.oneof(value, fc.constant(Number.POSITIVE_INFINITY)),
  withLow: fc.boolean(),
  withHigh: fc.boolean(),
});

const compare = (a: Pair, b: Pair) => a[0] - b[0] || a[1] - b[1];

function build(runs: readonly (typeof run extends fc.Arbitrary<infer T> ? T : never)[]) {
  const pairs = new SortedPairs();
  const expected = new Map<string, Pair>();
  for (const { add, first, step, from, count, stride } of runs) {
    for (let i = 0; i < count; i++) {
      const number = first + i * step + 0;
      const offset = (from + i * stride) % END;
      const key = `${number} ${offset}`;
      const isNew = !expected.has(key);
      if ((add ? pairs.add(number, offset) : !pairs.delete(number, offset)) !== isNew) throw new Error(key);
      if (add) expected.set(key, [number, offset]);
      else expected.delete(key);
    }
  }
  return {
    pairs,
    sorted: [...expected.values()].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : compare(a, b))),
  };
}

test("finds what lies in an interval", () => {
  fc.assert(
    fc.property(fc.array(run, { maxLength: 8 }), fc.array(interval, { maxLength: 5 }), (runs, intervals) => {
      const { pairs, sorted } = build(runs);
      expect(pairs.size).toBe(sorted.length);
      for (const interval of intervals) {
        const { low, high, withLow, withHigh } = interval;
        const inside = sorted.filter(
          ([number]) =>
            (withLow ? number >= low : number > low) && (withHigh ? number <= high : number < high),
        );
        expect(pairs.count(interval)).toBe(inside.length);
        const offsets: number[] = [];
        pairs.each(interval, (offset) => offsets.push(offset));
        expect(offsets).toEqual(inside.map(([, offset]) => offset));
        const bitmap = new Uint32Array(END / 32);
        pairs.addTo(interval, bitmap);
        const expected = new Uint32Array(END / 32);
        for (const [, each] of inside)
          expected[each >>> 5] = (expected[each >>> 5] as number) | (1 << (each & 31));
        expect(bitmap).toEqual(expected);
      }
    }),
    { numRuns: 40 },
  );
});

test("walks up and down from any number", () => {
  fc.assert(
    fc.property(fc.array(run, { maxLength: 8 }), fc.option(value), fc.boolean(), (runs, from, descending) => {
      const { pairs, sorted } = build(runs);
      const walked: Pair[] = [];
      pairs.walk(descending, from ?? undefined, (number, offsets) => {
        // Of equal numbers the order is left open.
        for (const offset of offsets) walked.push([number, offset]);
        return true;
      });
      const expected = sorted.filter(
        ([number]) => from === null || (descending ? number <= from : number >= from),
      );
      if (descending) {
        expect(walked.every(([number], i) => i === 0 || number <= (walked[i - 1]?.[0] as number))).toBe(true);
        walked.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : compare(a, b)));
      }
      expect(walked).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

test("a walk ends when it is told to", () => {
  const pairs = new SortedPairs();
  for (let i = 0; i < 2000; i++) pairs.add(i, i);
  let visits = 0;
  pairs.walk(false, 700, (number) => ++visits < 3 || number < 0);
  expect(visits).toBe(3);
});

test("gives its memory back, and keeps leaves full that were filled in order", () => {
  const pairs = new SortedPairs();
  for (let i = 0; i < 100_000; i++) pairs.add(i, i);
  expect(pairs.memoryBytes).toBeLessThan(100_000 * 14);
  for (let i = 0; i < 100_000; i++) if (i % 100 !== 0) pairs.delete(i, i);
  expect(pairs.size).toBe(1000);
  expect(pairs.memoryBytes).toBeLessThan(60_000);
});
