import fc from "fast-check";
import { expect, test } from "vitest";
import { countBits } from "../../src/field-indexes/answer.ts";
import { OffsetSet } from "../../src/field-indexes/offset-set.ts";

const END = 300_000;

/** Adding or deleting a run of offsets `step` apart: long ones make bitmaps of lists, and lists of bitmaps. */
const run = fc.record({
  add: fc.boolean(),
  from: fc.integer({ min: 0, max: END - 1 }),
  count: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 10_000 })),
  step: fc.constantFrom(1, 2, 7, 60_000),
});

function same(set: OffsetSet, expected: ReadonlySet<number>): void {
  const sorted = [...expected].sort((a, b) => a - b);
  const offsets: number[] = [];
  set.each((offset) => offsets.push(offset));
  expect(offsets).toEqual(sorted);
  expect(set.size).toBe(expected.size);
  const bitmap = new Uint32Array(Math.ceil(END / 32));
  set.addTo(bitmap);
  expect(countBits(bitmap)).toBe(expected.size);
  expect(sorted.every((each) => ((bitmap[each >>> 5] as number) >>> (each & 31)) & 1)).toBe(true);
}

test("is a set", () => {
  fc.assert(
    fc.property(fc.array(run, { maxLength: 8 }), fc.infiniteStream(fc.nat(END)), (runs, probes) => {
      const set = new OffsetSet();
      const expected = new Set<number>();
      for (const { add, from, count, step } of runs) {
        for (let i = 0, offset = from; i < count && offset < END; i++, offset += step) {
          const isNew = !expected.has(offset);
          if ((add ? set.add(offset) : !set.delete(offset)) !== isNew) throw new Error(`offset ${offset}`);
          if (add) expected.add(offset);
          else expected.delete(offset);
        }
      }
      same(set, expected);
      for (const probe of probes.take(20)) expect(set.has(probe)).toBe(expected.has(probe));
    }),
    { numRuns: 30 },
  );
});

test("counts what it has in common with a bitmap, also a shorter one", () => {
  fc.assert(
    fc.property(
      fc.array(run, { maxLength: 4 }),
      fc.nat(END),
      fc.integer({ min: 1, max: 5 }),
      (runs, end, step) => {
        const set = new OffsetSet();
        const expected = new Set<number>();
        for (const { from, count, step } of runs) {
          for (let i = 0, offset = from; i < count && offset < END; i++, offset += step) {
            set.add(offset);
            expected.add(offset);
          }
        }
        const bitmap = new Uint32Array(Math.ceil(end / 32));
        for (let i = 0; i < end; i += step) bitmap[i >>> 5] = (bitmap[i >>> 5] as number) | (1 << (i & 31));
        const common = [...expected].filter((each) => each < end && each % step === 0).length;
        expect(set.intersectCount(bitmap)).toBe(common);
      },
    ),
    { numRuns: 60 },
  );
});

test("takes about as much as its offsets do", () => {
  const every = (step: number) => {
    const set = new OffsetSet();
    for (let offset = 0; offset < 1_000_000; offset += step) set.add(offset);
    return set.memoryBytes;
  };
  expect(every(1)).toBeLessThan(1_000_000 / 8 + 15_000);
  expect(every(100)).toBeLessThan(10_000 * 4 + 10_000);
  expect(every(10_000)).toBeLessThan(2_000);
});

test("a set that is taken apart into blocks comes together again", () => {
  const offsets = fc.oneof(
    fc.array(fc.nat(200_000), { maxLength: 100 }),
    fc
      .tuple(fc.nat(150_000), fc.integer({ min: 3000, max: 70_000 }), fc.integer({ min: 1, max: 3 }))
      .map(([from, count, step]) => Array.from({ length: count }, (_, i) => from + i * step)),
  );
  fc.assert(
    fc.property(
      offsets,
      fc.array(fc.nat(65_535), { maxLength: 20 }),
      fc.boolean(),
      (given, first, asLists) => {
        const set = OffsetSet.of([...new Set(given)].sort((a, b) => a - b));
        // Of block 5 there is something before: that is another block than those that come.
        const made = OffsetSet.of([...new Set(first)].sort((a, b) => a - b).map((low) => 5 * 65_536 + low));
        const expected = new Set([...given, ...first.map((low) => 5 * 65_536 + low)]);
        for (let number = 0; number < set.blockEnd; number++) {
          const bits = new Uint32Array(2048);
          if (!set.blockTo(number, bits)) continue;
          if (number === 5) return;
          const lows = Uint16Array.from(
            given.filter((each) => each >>> 16 === number).map((each) => each & 0xffff),
          );
          const list = Uint16Array.from(new Set(lows.sort()));
          made.addBlock(number, asLists && list.length <= 4096 ? list : bits);
        }
        made.settle();
        const found: number[] = [];
        made.each((offset) => found.push(offset));
        expect(found).toEqual([...expected].sort((a, b) => a - b));
        expect(made.size).toBe(expected.size);
        for (const each of expected) expect(made.delete(each)).toBe(true);
        expect(made.size).toBe(0);
      },
    ),
    { numRuns: 60, seed: 2 },
  );
});
