/**
 * The interface of a sparse space, beside `attach`. Statuses, addresses and numbers are as in ../index.ts.
 *
 *   sparseInit ─► attach ─► sparseReserve ─► { indices at sparseRow, sparseAsk } × pieces
 *                        ─► { entries at sparseRow, sparseStore } × vectors ─► sparseKill(slot)
 *                        ─► terms at sparseTerms, sparseLookUp, [bitmap, sparseCorpus,] [weights,] sparseSearch or sparseScore
 *                        ─► results
 */

import { openHeader } from "../header";
import { NONE } from "../layout";
import { bitmapAddress, pools } from "../seats";
import { BAD_ARGUMENT, OUT_OF_MEMORY } from "../status";
import { D_LIVE, findDimension, makeFirstTable } from "./dimensions";
import { entryAddress, reserveEntries } from "./entries";
import {
  FIRST_ENTRY,
  FIRST_SLOT,
  RECORD_BYTES,
  S_ENTRIES,
  S_ENTRY_CAPACITY,
  S_RESERVATION,
  S_SLOT_CAPACITY,
  S_SLOTS,
  SLOT_START,
} from "./layout";
import { append, ask } from "./postings";
import { searchAll, searchSlots } from "./search";
import { endOfEntries, firstEntry, reserveSlots, setSlot, slotAddress } from "./slots";

export {
  countCorpus as sparseCorpus,
  lookUp as sparseLookUp,
  reserveTerms as sparseTerms,
  results as sparseResults,
} from "./search";

/** Beyond that a place for scratch cannot be had. */
const MOST_ENTRIES: u32 = (1 << 31) / RECORD_BYTES;

/** Lays out an empty space in fresh memory. `pageLimit` bounds growth. */
export function sparseInit(pageLimit: u32): i32 {
  openHeader(pageLimit);
  store<u32>(S_SLOT_CAPACITY, SLOT_START);
  store<u32>(S_SLOTS, SLOT_START);
  store<u32>(S_ENTRY_CAPACITY, FIRST_ENTRY);
  store<u32>(S_ENTRIES, FIRST_ENTRY);
  if (reserveSlots(1) < 0 || !makeFirstTable()) return OUT_OF_MEMORY;
  setSlot(SLOT_START, NONE, FIRST_ENTRY);
  store<u32>(S_SLOTS, FIRST_SLOT);
  return 0;
}

// ── Storing vectors ─────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Begins a reservation: room for `vectors` with `entries` in all, but for their postings, for which `sparseAsk` makes room.
 * It replaces the one before. On failure nothing is lost and nothing changes.
 */
export function sparseReserve(vectors: u32, entries: u32): i32 {
  store<u32>(S_RESERVATION, load<u32>(S_RESERVATION) + 1);
  const status = reserveSlots(vectors);
  return status < 0 ? status : reserveEntries(entries);
}

/** Where the host writes `count` entries (index u32, value f32), or twice as many indices. 0: no memory. */
export function sparseRow(count: u32): usize {
  return count > MOST_ENTRIES ? 0 : pools(count * RECORD_BYTES);
}

/** Adds room for the postings of `count` indices at sparseRow to the reservation. */
export function sparseAsk(count: u32): i32 {
  const row = pools(0);
  for (let i: u32 = 0; i < count; i++) {
    if (!ask(load<u32>(row + (<usize>i << 2)))) return OUT_OF_MEMORY;
  }
  return 0;
}

/** Stores the `count` entries at sparseRow as the vector of the point `offset`. Answers its slot. */
export function sparseStore(offset: u32, count: u32): i32 {
  const slot = load<u32>(S_SLOTS);
  let entry = load<u32>(S_ENTRIES);
  if (slot >= load<u32>(S_SLOT_CAPACITY) || load<u32>(S_ENTRY_CAPACITY) - entry < count) return BAD_ARGUMENT;
  const end = entry + count;
  for (let from = pools(0); entry < end; entry++, from += RECORD_BYTES) {
    store<u64>(entryAddress(entry), load<u64>(from));
    append(findDimension(load<u32>(from)), slot, load<f32>(from, 4));
  }
  setSlot(slot, offset, end);
  store<u32>(S_ENTRIES, end);
  store<u32>(S_SLOTS, slot + 1);
  return <i32>slot;
}

/** Turns a slot into a tombstone: never returned from now on, and not counted. */
export function sparseKill(slot: u32): void {
  store<u32>(slotAddress(slot), NONE);
  const end = endOfEntries(slot);
  for (let entry = firstEntry(slot); entry < end; entry++) {
    const dimension = findDimension(load<u32>(entryAddress(entry)));
    store<u32>(dimension, load<u32>(dimension, D_LIVE) - 1, D_LIVE);
  }
}

/** Copies the entries of a slot to sparseRow. Answers how many they are. */
export function sparseRead(slot: u32): i32 {
  const from = firstEntry(slot);
  const count = endOfEntries(slot) - from;
  const row = sparseRow(count);
  if (row == 0) return OUT_OF_MEMORY;
  for (let i: u32 = 0; i < count; i++) store<u64>(row + i * RECORD_BYTES, load<u64>(entryAddress(from + i)));
  return <i32>count;
}

// ── Searching ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** The best `limit` ≥ 1 slots that share an index with the terms. `filtered`: only offsets in the bitmap. */
export function sparseSearch(limit: u32, filtered: bool): u32 {
  return searchAll(limit, filtered ? bitmapAddress() : 0);
}

/** The same of the `count` live slots whose numbers lie in the bitmap's place. */
export function sparseScore(count: u32, limit: u32): u32 {
  return searchSlots(count, limit);
}
