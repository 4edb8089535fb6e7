/**
 * Slots, 8 B each: one per vector that was ever stored, in the order of storing.
 *
 *   slot  +0 offset: the point's offset, NONE once the slot is a tombstone
 *         +4 end: the number of the first entry that is not its own; its first one is where the slot before ends
 */

import { take } from "../arena";
import { OUT_OF_MEMORY, SPACE_FULL } from "../status";
import {
  S_SLOT_CAPACITY,
  S_SLOTS,
  SLOT_BYTES,
  SLOT_SHIFT,
  SLOT_START,
  SLOT_TABLE,
  SLOT_TABLE_ENTRIES,
} from "./layout";

const SLOT_END: usize = 4;
const MASK: u32 = (1 << SLOT_SHIFT) - 1;

// @ts-ignore: decorator
@inline
export function slotAddress(slot: u32): usize {
  return load<u32>(SLOT_TABLE + (<usize>(slot >> SLOT_SHIFT) << 2)) + (slot & MASK) * SLOT_BYTES;
}

export function firstEntry(slot: u32): u32 {
  return load<u32>(slotAddress(slot - 1), SLOT_END);
}

export function endOfEntries(slot: u32): u32 {
  return load<u32>(slotAddress(slot), SLOT_END);
}

export function setSlot(slot: u32, offset: u32, end: u32): void {
  const at = slotAddress(slot);
  store<u32>(at, offset);
  store<u32>(at, end, SLOT_END);
}

/** Adds blocks until `count` more slots fit. */
export function reserveSlots(count: u32): i32 {
  let capacity = load<u32>(S_SLOT_CAPACITY);
  while (capacity - load<u32>(S_SLOTS) < count) {
    const block = capacity >> SLOT_SHIFT;
    if (block >= SLOT_TABLE_ENTRIES) return SPACE_FULL;
    const absent = (capacity & MASK) * SLOT_BYTES; // of the first block
    const base = take((SLOT_BYTES << SLOT_SHIFT) - absent);
    if (base == 0) return OUT_OF_MEMORY;
    store<u32>(SLOT_TABLE + (<usize>block << 2), <u32>base - absent);
    capacity = (block + 1) << SLOT_SHIFT;
    store<u32>(S_SLOT_CAPACITY, capacity);
  }
  return 0;
}
