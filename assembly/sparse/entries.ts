/**
 * Entries, 8 B each: index u32 · value f32. Those of a vector follow each other, indices ascending, and the vectors follow
 * each other as their slots do. A vector may begin in one block and end in another, so that none is too long for a block.
 */

import { recordAddress, reserveRecords } from "./blocks";
import { ENTRY_SHIFT, ENTRY_TABLE, ENTRY_TABLE_ENTRIES, S_ENTRIES } from "./layout";

const MASK: u32 = (1 << ENTRY_SHIFT) - 1;

// @ts-ignore: decorator
@inline
export function entryAddress(entry: u32): usize {
  return recordAddress(ENTRY_TABLE, ENTRY_SHIFT, entry);
}

/** How many of the entries from..end-1 lie in the same block as the first. */
export function entriesInBlock(from: u32, end: u32): u32 {
  return min<u32>(end - from, MASK + 1 - (from & MASK));
}

/** Room for `count` more entries. */
export function reserveEntries(count: u32): i32 {
  return reserveRecords(S_ENTRIES, ENTRY_TABLE, ENTRY_TABLE_ENTRIES, ENTRY_SHIFT, count);
}
