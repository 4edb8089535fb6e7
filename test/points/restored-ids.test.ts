import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IdColumn } from "../../src/points/id-column.ts";
import { IdTable } from "../../src/points/id-table.ts";
import { compareIds, type PointId } from "../../src/points/ids.ts";
import { RestoredIds } from "../../src/points/restored-ids.ts";
import { anyId } from "./arbitraries.ts";

const one = (id: PointId) => IdColumn.one(id, "id");

/** A table of ids by offset, where undefined is an offset without one. */
function restored(ids: readonly (PointId | undefined)[]): IdTable {
  const made = new RestoredIds();
  made.grow(ids.length);
  ids.forEach((id, offset) => {
    if (id !== undefined) made.put(offset, one(id));
  });
  const table = new IdTable();
  expect(made.moveTo(table)).toBeUndefined();
  return table;
}

/** The same table, by insertions and deletions. */
function inserted(ids: readonly (PointId | undefined)[]): IdTable {
  const table = new IdTable();
  const filler = (offset: number) => one(`0badf00d-0bad-4bad-8bad-${hex(offset, 12)}`);
  ids.forEach((id, offset) => {
    expect(table.insert(id === undefined ? filler(offset) : one(id), 0)).toBe(offset);
  });
  ids.forEach((id, offset) => {
    if (id === undefined) table.release(table.delete(filler(offset), 0));
  });
  return table;
}

function expectSame(table: IdTable, other: IdTable): void {
  expect(table.size).toBe(other.size);
  expect(table.end).toBe(other.end);
  expect(table.from(undefined, Infinity)).toStrictEqual(other.from(undefined, Infinity));
  for (const offset of other.from(undefined, Infinity)) {
    const id = other.idAt(offset);
    expect(table.idAt(offset)).toBe(id);
    expect(table.find(one(id), 0)).toBe(offset);
  }
}

/** Goes on with both in the same way. */
function goOn(a: IdTable, b: IdTable, fresh: readonly PointId[], gone: readonly PointId[]): void {
  for (const id of gone) {
    const offset = a.delete(one(id), 0);
    expect(b.delete(one(id), 0)).toBe(offset);
    if (offset === -1) continue;
    a.release(offset);
    b.release(offset);
  }
  for (const id of fresh) expect(a.insert(one(id), 0)).toBe(b.insert(one(id), 0));
  expectSame(a, b);
}

test("a restored table is the one of which it was made, and goes on like it", () => {
  const holes = fc.uniqueArray(anyId, { maxLength: 150, size: "max" }).chain((ids) =>
    fc.record({
      ids: fc.constant(ids),
      gaps: fc.array(fc.boolean(), { minLength: ids.length, maxLength: ids.length }),
      fresh: fc.array(anyId, { maxLength: 60, size: "max" }),
      gone: fc.subarray(ids),
    }),
  );
  fc.assert(
    fc.property(holes, ({ ids, gaps, fresh, gone }) => {
      const given = ids.map((id, i) => (gaps[i] ? id : undefined));
      const [a, b] = [restored(given), inserted(given)];
      expectSame(a, b);
      expect(a.memoryBytes).toBeGreaterThan(0);
      goOn(a, b, fresh, gone);
    }),
    { numRuns: 200, seed: 3 },
  );
});

test("what is put again or removed is as it was last", () => {
  const made = new RestoredIds();
  made.grow(3);
  made.put(0, one(5));
  made.put(1, one("00000000-0000-4000-8000-000000000001"));
  made.put(0, one(7));
  made.put(2, one(5));
  made.remove(1);
  made.remove(1);
  const table = new IdTable();
  expect(made.moveTo(table)).toBeUndefined();
  expectSame(table, inserted([7, undefined, 5]));
});

// ── many ids ───────────────────────────────────────────────────────────────────────────────────────────────

/** A scrambled, reproducible 32-bit number. */
function scrambled(at: number): number {
  let x = Math.imul(at ^ (at >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return (x ^ (x >>> 16)) >>> 0;
}

const hex = (value: number | bigint, digits: number) =>
  value.toString(16).padStart(digits, "0").slice(-digits);
const uuid = (high: bigint, low: number) => {
  const all = hex(high, 24) + hex(low, 8);
  return [all.slice(0, 8), all.slice(8, 12), all.slice(12, 16), all.slice(16, 20), all.slice(20)].join("-");
};

const MANY = 30_000;
const SHAPES: readonly [string, (at: number) => PointId][] = [
  ["integers in order", (at) => at],
  ["integers backwards", (at) => MANY - at],
  ["scrambled integers", (at) => scrambled(at)],
  ["integers of which one is far away", (at) => (at === 77 ? 2n ** 64n - 1n : scrambled(at) % 2 ** 20)],
  [
    "integers in a few bunches",
    (at) => (BigInt((scrambled(at) % 3) + 1) << 61n) + BigInt(scrambled(at) >>> 8),
  ],
  ["scrambled UUIDs", (at) => uuid(BigInt(scrambled(at)) << 64n, scrambled(at + 1))],
  ["UUIDs of one moment", (at) => uuid(0x0190_0000_0000_7000_8000_0000n, scrambled(at))],
  ["both kinds", (at) => (scrambled(at) % 2 === 0 ? scrambled(at + 9) : uuid(1n, scrambled(at)))],
];

describe("many ids", () => {
  test.each(SHAPES)("%s are found and in order", (_, idOf) => {
    const ids = [...new Set(Array.from({ length: MANY }, (_, at) => idOf(at)))];
    const given = ids.map((id, i) => (i % 10 === 3 ? undefined : id));
    const table = restored(given);
    const expected = given.filter((id) => id !== undefined).sort(compareIds);
    expect(Array.from(table.from(undefined, Infinity), (offset) => table.idAt(offset))).toStrictEqual(
      expected,
    );
    given.forEach((id, offset) => {
      if (id !== undefined && table.find(one(id), 0) !== offset) throw new Error(`${id} is not at ${offset}`);
    });
    // Offsets without an id are given out first, the lowest one first.
    const fresh = [2n ** 63n + 1n, 2n ** 63n + 2n];
    expect(fresh.map((id) => table.insert(one(id), 0))).toEqual([3, 13]);
  });

  test.each(SHAPES)("of %s, a twin is told, and the table stays as it was", (_, idOf) => {
    const made = new RestoredIds();
    made.grow(1000);
    for (let offset = 0; offset < 1000; offset++) made.put(offset, one(idOf(offset)));
    made.put(999, one(idOf(5)));
    const table = new IdTable();
    expect(made.moveTo(table)).toBe(idOf(5));
    expect(table.size).toBe(0);
    expect(table.from(undefined, 5)).toHaveLength(0);
  });

  test("chunks of offsets of which none is left do no harm", () => {
    const given = Array.from({ length: 20_000 }, (_, at) => (at < 10 || at > 19_990 ? at : undefined));
    const table = restored(given);
    expectSame(table, inserted(given));
    expect(table.memoryBytes).toBeGreaterThan(20_000 * 8);
    expect(table.insert(one(50_000), 0)).toBe(10);
  });

  test("none at all", () => {
    const table = restored([]);
    expect(table.insert(one(1), 0)).toBe(0);
    const empty = restored([undefined, undefined]);
    expect(empty.insert(one(1), 0)).toBe(0);
    expect(empty.insert(one(2), 0)).toBe(1);
    expect(empty.insert(one(3), 0)).toBe(2);
  });
});
