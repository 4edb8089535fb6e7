import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IdColumn } from "../../src/points/id-column.ts";
import { hashOf } from "../../src/points/id-store.ts";
import { IdTable } from "../../src/points/id-table.ts";
import { compareIds, type PointId } from "../../src/points/ids.ts";
import { anyId } from "./arbitraries.ts";

const place = (index: number) => `ids[${index}]`;
const column = (...ids: PointId[]) => IdColumn.from(ids, place);

function insertAll(table: IdTable, ids: readonly PointId[]): number[] {
  const all = IdColumn.from(ids, place);
  return ids.map((_, index) => table.insert(all, index));
}

function idsFrom(table: IdTable, first?: PointId, limit = Infinity): PointId[] {
  const offsets = table.from(first === undefined ? undefined : column(first), limit);
  return Array.from(offsets, (offset) => table.idAt(offset));
}

/** What a table does, in the plainest way. */
class Model {
  readonly offsets = new Map<PointId, number>();
  readonly released = new Set<number>();
  end = 0;

  insert(id: PointId): number {
    const known = this.offsets.get(id);
    if (known !== undefined) return known;
    const offset = this.released.size > 0 ? Math.min(...this.released) : this.end++;
    this.released.delete(offset);
    this.offsets.set(id, offset);
    return offset;
  }

  delete(id: PointId): number {
    const offset = this.offsets.get(id) ?? -1;
    this.offsets.delete(id);
    return offset;
  }

  from(first: PointId): PointId[] {
    return [...this.offsets.keys()].filter((id) => compareIds(id, first) >= 0).sort(compareIds);
  }
}

type Step =
  | { do: "insert" | "delete" | "deleteAndRelease" | "find" | "from"; id: PointId }
  | { do: "reserve"; ids: PointId[] };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ do: fc.constant("insert" as const), id: anyId }) },
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constantFrom("delete" as const, "deleteAndRelease" as const), id: anyId }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom("find" as const, "from" as const), id: anyId }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reserve" as const), ids: fc.array(anyId) }) },
);

function run(step: Step, table: IdTable, model: Model): void {
  if (step.do === "reserve") {
    const fresh = new Set(step.ids.filter((id) => !model.offsets.has(id))).size;
    expect(table.reserve(column(...step.ids))).toBeGreaterThanOrEqual(
      model.end + Math.max(0, fresh - model.released.size),
    );
    return;
  }
  const id = column(step.id);
  switch (step.do) {
    case "insert":
      expect(table.insert(id, 0)).toBe(model.insert(step.id));
      break;
    case "find":
      expect(table.find(id, 0)).toBe(model.offsets.get(step.id) ?? -1);
      break;
    case "from":
      expect(idsFrom(table, step.id, 7)).toStrictEqual(model.from(step.id).slice(0, 7));
      break;
    default: {
      const offset = model.delete(step.id);
      expect(table.delete(id, 0)).toBe(offset);
      if (step.do === "delete" || offset === -1) break;
      table.release(offset);
      model.released.add(offset);
    }
  }
}

function expectSame(table: IdTable, model: Model): void {
  expect(table.size).toBe(model.offsets.size);
  expect(table.end).toBe(model.end);
  expect(idsFrom(table)).toStrictEqual([...model.offsets.keys()].sort(compareIds));
  const live = new Set(model.offsets.values());
  for (let offset = 0; offset < model.end; offset++) expect(table.has(offset)).toBe(live.has(offset));
  for (const [id, offset] of model.offsets) {
    expect(table.find(column(id), 0)).toBe(offset);
    expect(table.idAt(offset)).toBe(id);
  }
}

test("a table does what a Map and a sorted array do", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400, size: "max" }), (steps) => {
      const table = new IdTable();
      const model = new Model();
      for (const each of steps) run(each, table, model);
      expectSame(table, model);
    }),
    { numRuns: 200 },
  );
});

/**
 * Thousands of ids of one kind, so that leaves and segments are split and joined; `at` makes the id of a
 * number.
 */
const KINDS: [string, (at: number) => PointId][] = [
  ["integers", (at) => at],
  ["integers with gaps", (at) => at * 1_000_003],
  ["integers close together beyond 2^53", (at) => 2n ** 60n + BigInt(at)],
  ["UUIDs", (at) => `${hex(Math.imul(at, 0x9e3779b1), 8)}-0000-4000-8000-${hex(at, 12)}`],
  ["UUIDs that differ in their last bits", (at) => `01900000-0000-7000-8000-${hex(at, 12)}`],
  ["both", (at) => (at % 2 === 0 ? at : `00000000-0000-0000-0000-${hex(at, 12)}`)],
];
const COUNT = 15_000;

/** The numbers below COUNT in another order; 15,013 is a prime above. */
const ORDERS: [string, (at: number) => number][] = [
  ["ascending", (at) => at],
  ["descending", (at) => COUNT - 1 - at],
  ["scattered", (at) => (at * 2741) % 15_013],
];

function hex(value: number, digits: number): string {
  return (value >>> 0).toString(16).padStart(digits, "0");
}

describe.each(KINDS)("%s", (_, idOf) => {
  test.each(ORDERS)("%s, then most deleted", (_, order) => {
    const numbers = Array.from({ length: 15_013 }, (_, at) => order(at)).filter(
      (at) => at >= 0 && at < COUNT,
    );
    const ids = numbers.map(idOf);
    const table = new IdTable();
    expect(insertAll(table, ids)).toStrictEqual(numbers.map((_, index) => index));
    const sorted = [...ids].sort(compareIds);
    expect(idsFrom(table)).toStrictEqual(sorted);
    expect(idsFrom(table, sorted[4000], 3)).toStrictEqual(sorted.slice(4000, 4003));

    const [gone, left] = [sorted.slice(500, 12_500), [...sorted.slice(0, 500), ...sorted.slice(12_500)]];
    const doomed = IdColumn.from(gone, place);
    for (let i = 0; i < gone.length; i++) expect(ids[table.delete(doomed, i)]).toBe(gone[i]);
    expect(idsFrom(table)).toStrictEqual(left);
    for (let i = 0; i < gone.length; i++) expect(table.find(doomed, i)).toBe(-1);
    const there = IdColumn.from(left, place);
    for (let i = 0; i < left.length; i++) expect(ids[table.find(there, i)]).toBe(left[i]);
  });
});

/** Integer ids with chosen hashes: `hashOf` backwards. */
function idWithHash(hash: number, high: number): bigint {
  const inverse = (odd: number) => {
    let x = odd;
    for (let i = 0; i < 5; i++) x = Math.imul(x, 2 - Math.imul(odd, x));
    return x;
  };
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, inverse(0xc2b2ae35));
  h ^= (h >>> 13) ^ (h >>> 26);
  h = Math.imul(h, inverse(0x85ebca6b));
  h ^= h >>> 16;
  h = Math.imul(h - high, inverse(0x85ebca6b));
  h ^= h >>> 16;
  return (BigInt(high) << 32n) | BigInt(h >>> 0);
}

function expectAllFound(table: IdTable, ids: readonly PointId[]): void {
  const all = IdColumn.from(ids, place);
  for (let i = 0; i < ids.length; i++) expect(table.find(all, i)).toBe(i);
}

test("ids of equal hashes, more than a segment holds", () => {
  const ids = Array.from({ length: 7000 }, (_, at) => idWithHash(0xdeadbeef, at));
  expect(hashOf(IdColumn.from(ids, place), 6999)).toBe(0xdeadbeef);
  const table = new IdTable();
  insertAll(table, ids);
  expectAllFound(table, ids);
  for (let at = 0; at < 7000; at += 7) expect(table.delete(column(ids[at] as bigint), 0)).toBe(at);
  for (let at = 0; at < 7000; at += 101)
    expect(table.find(column(ids[at] as bigint), 0)).toBe(at % 7 === 0 ? -1 : at);
});

test("ids whose hashes fall unevenly", () => {
  // First all into the lowest 32nd of the hashes, then as many everywhere: a few segments have been split
  // often, the others not.
  const low = Array.from({ length: 14_000 }, (_, at) => idWithHash(Math.imul(at, 0x9e3779b1) >>> 5, at));
  const all = Array.from({ length: 60_000 }, (_, at) => idWithHash(Math.imul(at, 0x9e3779b1), at + 14_000));
  const table = new IdTable();
  insertAll(table, low);
  insertAll(table, all);
  expectAllFound(table, [...low, ...all]);
});

test("coming and going takes no more memory in the end", () => {
  const table = new IdTable();
  const window = IdColumn.ofLength(1);
  let early = 0;
  for (let at = 0; at < 60_000; at++) {
    window.set(0, at, place);
    table.insert(window, 0);
    if (at >= 1000) {
      window.set(0, at - 1000, place);
      table.release(table.delete(window, 0));
    }
    if (at === 2000) early = table.memoryBytes;
  }
  expect(table.memoryBytes).toBe(early);
});

test("leaves that have become short are joined", () => {
  const table = new IdTable();
  for (let from = 0; from < 100_000; from += 5000) {
    for (let at = from; at < from + 5000; at++) table.insert(column(at), 0);
    // Every twentieth stays.
    for (let at = from; at < from + 5000; at++) if (at % 20 !== 0) table.release(table.delete(column(at), 0));
  }
  expect(idsFrom(table)).toStrictEqual(Array.from({ length: 5000 }, (_, at) => at * 20));
  expect(table.memoryBytes / table.size).toBeLessThan(60);
});

test("the highest id goes, and its offset goes to a low one: the order is kept among ids of equal rank", () => {
  const table = new IdTable();
  const tie = (last: string) => `01900000-0000-7000-8000-00000000000${last}`;
  insertAll(table, [tie("5"), tie("9")]);
  table.release(table.delete(column(tie("9")), 0));
  insertAll(table, [1]);
  expect(idsFrom(table)).toStrictEqual([1, tie("5")]);
  insertAll(table, [tie("3")]);
  expect(idsFrom(table)).toStrictEqual([1, tie("3"), tie("5")]);
});

test("offsets are handed out in order; freed ones only after they were released, the lowest first", () => {
  const table = new IdTable();
  expect(insertAll(table, [10, 20, 30, 40])).toStrictEqual([0, 1, 2, 3]);
  for (const id of [20, 40, 10]) table.delete(column(id), 0);
  expect(insertAll(table, [50])).toStrictEqual([4]);
  table.release(3);
  table.release(1);
  table.release(1);
  expect(insertAll(table, [60, 70, 80, 50])).toStrictEqual([1, 3, 5, 4]);
  expect(table.size).toBe(5);
  expect(table.end).toBe(6);
});

test("the offset of a living point can't be released", () => {
  const table = new IdTable();
  insertAll(table, [1]);
  table.release(0);
  expect(insertAll(table, [2])).toStrictEqual([1]);
});

test("an offset has no id after its point was deleted", () => {
  const table = new IdTable();
  insertAll(table, [1, 2]);
  table.delete(column(1), 0);
  expect(table.has(0)).toBe(false);
  expect(() => table.idAt(0)).toThrow(expect.objectContaining({ code: "INTERNAL" }));
});

test("a walk can stop and go on after the id where it stopped, even when that is gone", () => {
  const table = new IdTable();
  insertAll(table, [1, 2, 3, 4]);
  const mark = IdColumn.ofLength(1);
  const cursor = table.cursor();
  cursor.next();
  table.copyId(cursor.next(), mark, 0);
  expect(mark.at(0)).toBe(2);
  expect(table.idAt(table.cursor(mark, 0, true).next())).toBe(3);
  expect(table.idAt(table.cursor(mark, 0).next())).toBe(2);
  table.delete(mark, 0);
  expect(() => cursor.next()).toThrow(expect.objectContaining({ code: "INTERNAL" }));
  expect(table.idAt(table.cursor(mark, 0, true).next())).toBe(3);
});

test("an empty table has no ids to walk", () => {
  const table = new IdTable();
  expect(table.cursor().next()).toBe(-1);
  expect(table.cursor(column(5)).next()).toBe(-1);
  insertAll(table, [5]);
  table.delete(column(5), 0);
  expect(idsFrom(table)).toStrictEqual([]);
});
