/**
 * Blocks of records of 8 B, numbered through. A table holds a block's address; growing copies nothing.
 *
 *   table ┌──────────────┬─────────┬─────────┐
 *         │ 0: moved back│    1    │    …    │      record n lies at table[n >> shift] + (n & mask) · 8
 *         └──┬───────────┴────┬────┴─────────┘
 *            ▼  absent        ▼
 *            ┄┄┄┄┄┄┄┌──────┐  ┌─────────────┐      the first block has only the last numbers that would be in it,
 *                   └──────┘  └─────────────┘      so that a small space stays small
 */

import { take } from "../arena";
import { OUT_OF_MEMORY, SPACE_FULL } from "../status";
import { RECORD_BYTES } from "./layout";

// @ts-ignore: decorator
@inline
export function recordAddress(table: usize, shift: u32, number: u32): usize {
  return load<u32>(table + (<usize>(number >> shift) << 2)) + (number & ((1 << shift) - 1)) * RECORD_BYTES;
}

/**
 * Adds blocks until `count` more records fit. At `numbers` are that of the next record and of the first one that has no
 * block.
 */
export function reserveRecords(numbers: usize, table: usize, tableEntries: u32, shift: u32, count: u32): i32 {
  const next = load<u32>(numbers);
  let capacity = load<u32>(numbers, 4);
  while (capacity - next < count) {
    const block = capacity >> shift;
    if (block >= tableEntries) return SPACE_FULL;
    const absent = (capacity & ((1 << shift) - 1)) * RECORD_BYTES;
    const base = take((RECORD_BYTES << shift) - absent);
    if (base == 0) return OUT_OF_MEMORY;
    store<u32>(table + (<usize>block << 2), <u32>base - absent);
    capacity = (block + 1) << shift;
    store<u32>(numbers, capacity, 4);
  }
  return 0;
}
