/**
 * Slots, 8 B each: one per vector that was ever stored, in the order of storing.
 *
 *   slot  +0 offset: the point's offset, NONE once the slot is a tombstone
 *         +4 end: the number of the first entry that is not its own; its first one is where the slot before ends
 */

import { recordAddress, reserveRecords } from "./blocks";
import { S_SLOTS, SLOT_SHIFT, SLOT_TABLE, SLOT_TABLE_ENTRIES } from "./layout";

const SLOT_END: usize = 4;

// @ts-ignore: decorator
@inline
export function slotAddress(slot: u32): usize {
  return recordAddress(SLOT_TABLE, SLOT_SHIFT, slot);
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

/** Room for `count` more slots. */
export function reserveSlots(count: u32): i32 {
  return reserveRecords(S_SLOTS, SLOT_TABLE, SLOT_TABLE_ENTRIES, SLOT_SHIFT, count);
}
