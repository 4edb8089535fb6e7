/**
 * Entries, 8 B each: index u32 · value f32. Those of a vector follow each other, indices ascending, and the vectors follow
 * each other as their slots do. A vector may begin in one block and end in another, so that none is too long for a block.
 */

import { take } from "../arena";
import { OUT_OF_MEMORY, SPACE_FULL } from "../status";
import {
  ENTRY_BYTES,
  ENTRY_SHIFT,
  ENTRY_TABLE,
  ENTRY_TABLE_ENTRIES,
  S_ENTRIES,
  S_ENTRY_CAPACITY,
} from "./layout";

const MASK: u32 = (1 << ENTRY_SHIFT) - 1;

// @ts-ignore: decorator
@inline
export function entryAddress(entry: u32): usize {
  return load<u32>(ENTRY_TABLE + (<usize>(entry >> ENTRY_SHIFT) << 2)) + (entry & MASK) * ENTRY_BYTES;
}

/** How many of the entries from..end-1 lie in the same block as the first. */
export function entriesInBlock(from: u32, end: u32): u32 {
  return min<u32>(end - from, MASK + 1 - (from & MASK));
}

/** Adds blocks until `count` more entries fit. */
export function reserveEntries(count: u32): i32 {
  let capacity = load<u32>(S_ENTRY_CAPACITY);
  while (capacity - load<u32>(S_ENTRIES) < count) {
    const block = capacity >> ENTRY_SHIFT;
    if (block >= ENTRY_TABLE_ENTRIES) return SPACE_FULL;
    const absent = (capacity & MASK) * ENTRY_BYTES; // of the first block
    const base = take((ENTRY_BYTES << ENTRY_SHIFT) - absent);
    if (base == 0) return OUT_OF_MEMORY;
    store<u32>(ENTRY_TABLE + (<usize>block << 2), <u32>base - absent);
    capacity = (block + 1) << ENTRY_SHIFT;
    store<u32>(S_ENTRY_CAPACITY, capacity);
  }
  return 0;
}

/** Copies the entries from..end-1 to one place. */
export function copyEntries(from: u32, end: u32, to: usize): void {
  while (from < end) {
    const count = entriesInBlock(from, end);
    memory.copy(to, entryAddress(from), count * ENTRY_BYTES);
    to += count * ENTRY_BYTES;
    from += count;
  }
}
