import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type OrderedPoints, OrderWalk } from "../../src/client/order-walk.ts";
import { Answer } from "../../src/field-indexes/answer.ts";
import { createIndex } from "../../src/field-indexes/create-index.ts";
import { IndexedField } from "../../src/field-indexes/indexed-field.ts";
import { parseFieldParams } from "../../src/field-indexes/params.ts";

const always = () => true;
const never = () => false;

/** Points by offset, each with a field `a`, and their index. */
class Points implements OrderedPoints {
  readonly index = createIndex(parseFieldParams("integer", "type"));
  readonly #field = new IndexedField(["a"], this.index);
  readonly fields: unknown[] = [];
  /** Payloads that were read. */
  read = 0;

  set(offset: number, a: unknown): void {
    const before = this.fields[offset];
    this.#field.change(
      offset,
      before === undefined ? undefined : { a: before },
      a === undefined ? undefined : { a },
    );
    this.fields[offset] = a;
  }

  /** Their ids are such that offsets are in no order. */
  compareIds(a: number, b: number): number {
    return ((a * 7919) % 100_003) - ((b * 7919) % 100_003);
  }

  valuesAt(offset: number): readonly unknown[] {
    this.read++;
    return [this.fields[offset]].flat();
  }

  readonly withValue = (value: bigint): Uint32Array | undefined => {
    const test = { kind: "value", value } as const;
    if (this.index.count(test) === 0) return undefined;
    const answer = new Answer(Math.ceil(this.fields.length / 32));
    this.index.find(test, answer);
    return answer.sure;
  };

  walk(descending: boolean, limit: number, meets?: (offset: number) => boolean, lookup = true): OrderWalk {
    const { order } = this.index;
    if (order === undefined) throw new Error("no order");
    const bitmap = new Uint32Array(Math.ceil(this.fields.length / 32));
    this.fields.forEach((_, offset) => {
      if (meets?.(offset)) bitmap[offset >>> 5] = (bitmap[offset >>> 5] ?? 0) | (1 << (offset & 31));
    });
    const points: OrderedPoints = {
      compareIds: this.compareIds,
      valuesAt: (offset) => this.valuesAt(offset),
      withValue: lookup ? this.withValue : undefined,
    };
    // Said to be many, they are met on a walk.
    const matches = meets && { bitmap, count: 1e6 };
    return new OrderWalk(points, order, { descending, from: undefined }, limit, matches, meets);
  }

  naive(descending: boolean, limit: number, meets: (offset: number) => boolean = always): unknown[] {
    const sign = descending ? -1 : 1;
    const entries = this.fields.flatMap((a, offset) =>
      a === undefined || !meets(offset)
        ? []
        : Array.from(new Set([a].flat() as (number | bigint)[]), (value) => ({ offset, value })),
    );
    const compare = (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0);
    entries.sort((a, b) => sign * (compare(a.value, b.value) || this.compareIds(a.offset, b.offset)));
    return entries.slice(0, limit);
  }
}

describe("a walk", () => {
  test("to the end of the order holds nobody up for longer than a slice", () => {
    const points = new Points();
    for (let offset = 0; offset < 20_000; offset++) points.set(offset, offset);
    const walk = points.walk(false, 10, (offset) => offset >= 19_990);
    let slices = 1;
    while (!walk.run(always)) slices++;
    expect(slices).toBeGreaterThan(30);
    expect(walk.entries().map(({ value }) => value)).toEqual(
      Array.from({ length: 10 }, (_, i) => 19_990 + i),
    );
  });

  test("through very many equal values does not, either", () => {
    const points = new Points();
    for (let offset = 0; offset < 20_000; offset++) points.set(offset, 7);
    const walk = points.walk(true, 10);
    let slices = 1;
    while (!walk.run(always)) slices++;
    expect(slices).toBeGreaterThan(30);
    expect(walk.entries()).toEqual(points.naive(true, 10));
  });

  test.each([false, true])(
    "reads no payloads of integers that an index can tell apart (downwards: %s)",
    (descending) => {
      const points = new Points();
      // All of them are 2^62 as f64.
      for (let offset = 0; offset < 3000; offset++) points.set(offset, 2n ** 62n + BigInt(offset % 3));
      const walk = points.walk(descending, 5);
      expect(walk.run(never)).toBe(true);
      expect(walk.entries()).toEqual(points.naive(descending, 5));
      expect(points.read).toBe(0);
    },
  );

  test("reads them a few at a time where it can't", () => {
    const points = new Points();
    for (let offset = 0; offset < 3000; offset++) points.set(offset, 2n ** 62n + BigInt(offset % 3));
    const walk = points.walk(false, 1500, undefined, false);
    let most = 0;
    for (let before = 0; !walk.run(always); before = points.read) most = Math.max(most, points.read - before);
    expect(walk.entries()).toEqual(points.naive(false, 1500));
    expect(points.read).toBe(3000);
    expect(most).toBeLessThan(100);
  });

  test("that writers keep behind ends nevertheless", () => {
    const points = new Points();
    for (let offset = 0; offset < 2000; offset++) points.set(offset, offset);
    const walk = points.walk(false, 10, (offset) => offset >= 1000);
    let slices = 1;
    for (; !walk.run(always) && slices < 1000; slices++) {
      for (let offset = 0; offset < 100; offset++) walk.note(1900 + offset);
    }
    expect(slices).toBeLessThan(20);
    expect(walk.entries()).toEqual(points.naive(false, 10, (offset) => offset >= 1000));
  });
});

const aValue = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.bigInt({ min: 2n ** 60n, max: 2n ** 60n + 3n }),
  fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
);
const aWrite = fc.record({
  at: fc.nat({ max: 3100 }),
  length: fc.integer({ min: 1, max: 40 }),
  to: fc.option(aValue, { nil: undefined }),
});

test("whatever is written between its slices, the answer is that of the moment it is given", () => {
  let slices = 0;
  fc.assert(
    fc.property(
      fc.array(aValue, { minLength: 1, maxLength: 8 }),
      fc.array(fc.array(aWrite, { maxLength: 3 }), { minLength: 3, maxLength: 12 }),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 60 }),
      (values, writes, descending, filtered, lookup, limit) => {
        const points = new Points();
        for (let offset = 0; offset < 3000; offset++) points.set(offset, values[offset % values.length]);
        const meets = filtered ? (offset: number) => offset % 5 === 0 : undefined;
        const walk = points.walk(descending, limit, meets, lookup);
        const left = [...writes];
        while (!walk.run(always)) {
          slices++;
          for (const { at, length, to } of left.shift() ?? []) {
            // Points among the first ones are hit often.
            for (let offset = at; offset < at + length; offset++) {
              points.set(offset, to);
              walk.note(offset);
            }
          }
        }
        expect(walk.entries()).toEqual(points.naive(descending, limit, meets));
      },
    ),
    { seed: 41, numRuns: 150 },
  );
  expect(slices).toBeGreaterThan(1000);
});

test("writes to the very points that come first are seen", () => {
  for (const descending of [false, true]) {
    const points = new Points();
    for (let offset = 0; offset < 3000; offset++) points.set(offset, 5);
    const walk = points.walk(descending, 20);
    while (!walk.run(always)) {
      const { offset } = points.naive(descending, 1)[0] as { offset: number };
      points.set(offset, undefined);
      walk.note(offset);
    }
    expect(walk.entries()).toEqual(points.naive(descending, 20));
  }
});
