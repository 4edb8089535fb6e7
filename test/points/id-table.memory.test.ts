import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { IdColumn } from "../../src/points/id-column.ts";
import { estimateIdBytes, IdTable } from "../../src/points/id-table.ts";

const COUNT = 1_000_000;
const BATCH = 10_000;
/** What the table may take per id, spare room included. */
const MOST_BYTES = 40;
/** The estimate may be off by a tenth, as `estimate` promises. */
const TOLERANCE = 0.1;

/** A scrambled, reproducible 32-bit number. */
function scrambled(at: number): number {
  let x = Math.imul(at ^ (at >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Bytes in array buffers that something still refers to. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  const gc: () => void = runInNewContext("gc");
  // Once for what refers to the buffers, once for the buffers.
  gc();
  gc();
  return process.memoryUsage().arrayBuffers;
}

type Fill = (ids: IdColumn, index: number, at: number) => void;

const sequential: Fill = (ids, index, at) => {
  ids.words[index * 4 + 3] = at;
};
const randomIntegers: Fill = (ids, index, at) => {
  ids.words[index * 4 + 2] = scrambled(at);
  ids.words[index * 4 + 3] = scrambled(at + COUNT);
};
const randomUuids: Fill = (ids, index, at) => {
  ids.kinds[index] = 1;
  for (let word = 0; word < 4; word++) ids.words[index * 4 + word] = scrambled(at * 4 + word);
};

function filled(count: number, fill: Fill, reserve: boolean): IdTable {
  const table = new IdTable();
  for (let from = 0; from < count; from += BATCH) {
    const ids = IdColumn.ofLength(Math.min(BATCH, count - from));
    for (let i = 0; i < ids.length; i++) fill(ids, i, from + i);
    if (reserve) table.reserve(ids);
    for (let i = 0; i < ids.length; i++) table.insert(ids, i);
  }
  expect(table.size).toBe(count);
  return table;
}

test.each([
  ["sequential integers", sequential, "integer"],
  ["random integers", randomIntegers, "integer"],
  ["random UUIDs", randomUuids, "uuid"],
] as const)("a million %s take less than 40 bytes each", (_, fill, kind) => {
  const before = heldBytes();
  const table = filled(COUNT, fill, true);
  const held = heldBytes() - before;
  expect(held / COUNT).toBeLessThan(MOST_BYTES);
  expect(table.memoryBytes / COUNT).toBeLessThan(MOST_BYTES);
  // memoryBytes tells the truth.
  expect(Math.abs(table.memoryBytes / held - 1)).toBeLessThan(0.05);
  const inOrder = fill !== randomIntegers;
  if (inOrder) expect(Math.abs(estimateIdBytes(COUNT, kind) / table.memoryBytes - 1)).toBeLessThan(TOLERANCE);
});

test.each([1000, 5000, 20_000, 100_000, 300_000])("the estimate for %i ids", (count) => {
  const integers = filled(count, sequential, true).memoryBytes;
  expect(Math.abs(estimateIdBytes(count, "integer") / integers - 1)).toBeLessThan(2 * TOLERANCE);
  const uuids = filled(count, randomUuids, false).memoryBytes;
  expect(Math.abs(estimateIdBytes(count, "uuid") / uuids - 1)).toBeLessThan(2 * TOLERANCE);
});

test("an empty table takes a few KB at most", () => {
  expect(new IdTable().memoryBytes).toBeLessThan(4096);
});
