/**
 * The core's interface. Everything across it is u32 or i32; addresses are u32. Statuses are those of status.ts.
 * Mirrored, with meanings, in src/core/abi.ts. This is the module of a space of dense vectors; that of sparse ones, with an
 * interface of its own, is sparse/module.ts: few programs need it.
 *
 *   init ─► attach ─► reserve(n) ─► { append(offset), host writes the vector, seal() } × n ─► kill(slot)
 *                  ─► host writes the query at queryAddress() ─► search(k, ef, …) or scan(k, …) ─► host reads results
 *                  ─► indexSome(budget) until it answers 0
 */

import {
  linksAddress,
  m,
  markChanged,
  metaAddress,
  META_LEVEL,
  META_LOCK,
  META_OFFSET,
  META_UPPER,
  metric,
  reserveSlots,
  reserveUpper,
  shapeBlocks,
  upperLinksAddress,
  vectorAddress,
  vectorBytes,
} from "./blocks";
import { computed } from "./distance";
import { searchFiltered } from "./graph/filtered";
import { entryLevel, insert, insertScratch, loadEntry } from "./graph/insert";
import { levelOf, upperRecords } from "./graph/levels";
import { descend, expanded, searchLevel } from "./graph/search";
import { openHeader } from "./header";
import { heapSort } from "./heap";
import { normalize } from "./kernels/normalize";
import {
  COSINE,
  H_CAPACITY,
  H_CURSOR,
  H_DIMENSION,
  H_EF_CONSTRUCT,
  H_M,
  H_M0,
  H_METRIC,
  H_SEED,
  H_SLOTS,
  H_UPPER,
  H_UPPER_CAPACITY,
  H_VECTOR_BYTES,
  MANHATTAN,
  MAX_DIMENSION,
  MAX_EF,
  MAX_M,
  MAX_SLOTS,
  NONE,
} from "./layout";
import { loadShared, storeShared } from "./lock";
import { distanceOf, slotOf } from "./pool";
import { scanBitmap, scanRange } from "./scan";
import * as seats from "./seats";
import { BAD_ARGUMENT, OUT_OF_MEMORY, SPACE_FULL } from "./status";

export { measure, measureAddress } from "./measure";
export { bitmapAddress, distancesComputed } from "./host";
export { attach, detach } from "./seats";

// ── Configuration ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Lays out an empty space in fresh memory. `m` = 0 makes one without a graph. `pageLimit` bounds growth. */
export function init(size: u32, kind: u32, links: u32, efConstruct: u32, seed: u32, pageLimit: u32): i32 {
  if (size == 0 || size > MAX_DIMENSION || kind > MANHATTAN) return BAD_ARGUMENT;
  if (links == 1 || links > MAX_M || efConstruct == 0 || efConstruct > MAX_EF) return BAD_ARGUMENT;
  store<u32>(H_DIMENSION, size);
  store<u32>(H_VECTOR_BYTES, (size * 4 + 15) & ~15);
  store<u32>(H_METRIC, kind);
  store<u32>(H_M, links);
  store<u32>(H_M0, links * 2);
  store<u32>(H_EF_CONSTRUCT, efConstruct);
  store<u32>(H_SEED, seed);
  openHeader(pageLimit);
  shapeBlocks();
  return 0;
}

// ── Storing vectors (one writer) ────────────────────────────────────────────────────────────────────────────────────

/** Room for `count` more slots, so that appending them cannot fail. On failure nothing is lost and nothing changes. */
export function reserve(count: u32): i32 {
  const slots = load<u32>(H_SLOTS);
  if (count > MAX_SLOTS - slots) return SPACE_FULL;
  const status = reserveSlots(slots + count);
  if (status < 0 || m == 0) return status;
  return reserveUpper(load<u32>(H_UPPER) + upperRecords(slots, count));
}

/** Prepares the next slot for the point `offset`. Answers the address where its vector goes; 0 if none is reserved. */
export function append(offset: u32): usize {
  const slot = load<u32>(H_SLOTS);
  if (slot >= load<u32>(H_CAPACITY)) return 0;
  const meta = metaAddress(slot);
  store<u32>(meta, offset, META_OFFSET);
  store<u32>(meta, 0, META_LOCK);
  let level: u32 = 0;
  if (m != 0) {
    level = levelOf(slot);
    const first = load<u32>(H_UPPER);
    if (level == 0 || first + level > load<u32>(H_UPPER_CAPACITY)) {
      level = 0;
      store<u32>(meta, NONE, META_UPPER);
    } else {
      store<u32>(meta, first, META_UPPER);
      store<u32>(H_UPPER, first + level);
    }
    store<u32>(linksAddress(slot), NONE);
    for (let l: u32 = 1; l <= level; l++) store<u32>(upperLinksAddress(slot, l), NONE);
  }
  store<u32>(meta, level, META_LEVEL);
  return vectorAddress(slot);
}

/** The vector of the appended slot is written: it becomes searchable. Answers the slot. */
export function seal(): u32 {
  const slot = load<u32>(H_SLOTS);
  if (metric == COSINE) normalize(vectorAddress(slot), vectorBytes);
  storeShared(H_SLOTS, slot + 1);
  return slot;
}

/** Turns a slot into a tombstone: never returned from now on, still passed through. */
export function kill(slot: u32): void {
  storeShared(metaAddress(slot) + META_OFFSET, NONE);
  markChanged(slot);
}

export function vectorOf(slot: u32): usize {
  return vectorAddress(slot);
}

export function offsetOf(slot: u32): u32 {
  return load<u32>(metaAddress(slot), META_OFFSET);
}

// ── Indexing (any thread that has a seat) ───────────────────────────────────────────────────────────────────────────

/** Takes the next slot that no builder has claimed, NONE when there is none. */
function claimNext(slots: u32): u32 {
  if (ASC_FEATURE_THREADS) {
    let slot = atomic.load<u32>(H_CURSOR);
    while (slot < slots) {
      seats.claim(slot); // before the cursor moves, so that no slot is ever claimed by nobody
      const seen = atomic.cmpxchg<u32>(H_CURSOR, slot, slot + 1);
      if (seen == slot) return slot;
      slot = seen;
    }
    seats.claim(NONE);
    return NONE;
  }
  const slot = load<u32>(H_CURSOR);
  if (slot >= slots) return NONE;
  seats.claim(slot);
  store<u32>(H_CURSOR, slot + 1);
  return slot;
}

/**
 * Moves slots from the tail into the graph until about `budget` distances were computed (at least one slot).
 * Answers how many slots are left in the tail, or a status.
 */
export function indexSome(budget: u32): i32 {
  if (m == 0) return BAD_ARGUMENT;
  const scratch = seats.pools(insertScratch());
  if (scratch == 0) return OUT_OF_MEMORY;
  if (seats.reserveMarks() < 0) return OUT_OF_MEMORY;
  const slots = min<u32>(loadShared(H_SLOTS), seats.markLimit());
  const from = computed;
  do {
    const slot = claimNext(slots);
    if (slot == NONE) break;
    if (load<u32>(metaAddress(slot), META_OFFSET) != NONE) insert(slot, scratch);
    seats.claim(NONE);
  } while (computed - from < budget);
  return <i32>(loadShared(H_SLOTS) - loadShared(H_CURSOR));
}

/** The first slot that may not be in the graph yet. */
function tailStart(): u32 {
  const cursor = loadShared(H_CURSOR);
  return ASC_FEATURE_THREADS ? seats.lowestClaim(cursor) : cursor;
}

// ── Searching (any thread that has a seat) ──────────────────────────────────────────────────────────────────────────

let results: usize = 0;

/** Where the host writes the query: dimension × f32, zeros behind. */
export function queryAddress(): usize {
  return seats.query;
}

/** Where a search left its results: pairs of offset (u32) and distance (f32), the closest first. */
export function resultsAddress(): usize {
  return results;
}

/**
 * Merges the ascending keys that the graph gave (a) and those of a scan (b), which covered the slots from..to-1, into
 * `results`. What the graph gave of that range was being indexed meanwhile; the scan has it, too.
 */
function emit(a: usize, aCount: u32, b: usize, bCount: u32, from: u32, to: u32, k: u32): i32 {
  const aEnd = a + (<usize>aCount << 3);
  const bEnd = b + (<usize>bCount << 3);
  let count: u32 = 0;
  while (count < k && (a < aEnd || b < bEnd)) {
    let key: u64;
    if (b >= bEnd || (a < aEnd && load<u64>(a) <= load<u64>(b))) {
      key = load<u64>(a);
      a += 8;
      if (slotOf(key) >= from && slotOf(key) < to) continue;
    } else {
      key = load<u64>(b);
      b += 8;
    }
    const slot = slotOf(key);
    const offset = load<u32>(metaAddress(slot), META_OFFSET);
    if (offset == NONE) continue;
    const at = results + (<usize>count << 3);
    store<u32>(at, offset);
    store<f32>(at, distanceOf(key), 4);
    count++;
  }
  return <i32>count;
}

/** Rounds what a caller may ask for to what there is. */
function clampCount(k: u32): u32 {
  return max<u32>(1, min<u32>(k, loadShared(H_SLOTS)));
}

// What a search may return; Accept in src/core/abi.ts.
const ALL: u32 = 0; // every slot: there are no tombstones
const LIVE: u32 = 1; // every slot but tombstones
const SPARSE: u32 = 2; // the slots of the bitmap, which are a minority
const DENSE: u32 = 3; // the slots of the bitmap, which are about half or more

/**
 * The k closest slots by the graph, merged with an exact scan of the tail. A bitmap lies at bitmapAddress, covers every
 * slot and allows no tombstone. `k` ≤ `ef`. Answers how many were found, or a status.
 */
export function search(k: u32, ef: u32, accept: u32): i32 {
  if (ef == 0 || ef > MAX_EF || k > ef || accept > DENSE) return BAD_ARGUMENT;
  const slots = loadShared(H_SLOTS);
  k = clampCount(k);
  ef = max<u32>(k, min<u32>(ef, max<u32>(slots, 1)));
  const frontierCapacity: u32 = accept == ALL ? 0 : 2 * ef + 256;
  const scratch = seats.pools((ef + 1 + frontierCapacity + k + k) * 8);
  if (scratch == 0 || seats.reserveMarks() < 0) return OUT_OF_MEMORY;
  const frontier = scratch + (<usize>(ef + 1) << 3);
  const tail = frontier + (<usize>frontierCapacity << 3);
  results = tail + (<usize>k << 3);
  const q = seats.query;
  if (metric == COSINE) normalize(q, vectorBytes);

  const from = tailStart(); // before the entry point: what leaves the tail meanwhile is reachable by then
  const entry = loadEntry();
  const bitmap = accept >= SPARSE ? seats.bitmapAddress() : 0;
  let found: u32 = 0;
  if (entry != 0) {
    seats.beginVisit();
    const start = descend(q, <u32>entry, entryLevel(entry), 0);
    if (accept == ALL) {
      seats.visit(slotOf(start));
      store<u64>(scratch, start);
      found = searchLevel(q, 0, ef, scratch);
      for (let i: u32 = 0; i < found; i++) {
        const at = scratch + (<usize>i << 3);
        store<u64>(at, load<u64>(at) & ~1);
      }
    } else {
      const limit = min<u32>(slots, seats.markLimit());
      found = searchFiltered(q, start, bitmap, accept == SPARSE, limit, ef, scratch, frontier, frontierCapacity);
    }
  }
  let inTail: u32 = 0;
  if (from < slots) {
    inTail = bitmap == 0 ? scanRange(q, from, slots, tail, k) : scanBitmap(q, from, slots, bitmap, tail, k);
    heapSort(tail, inTail);
  }
  return emit(scratch, found, tail, inTail, from, slots, k);
}

/** The k closest slots, exactly. */
export function scan(k: u32, accept: u32): i32 {
  if (accept > DENSE) return BAD_ARGUMENT;
  const slots = loadShared(H_SLOTS);
  k = clampCount(k);
  const heap = seats.pools(k * 16);
  if (heap == 0) return OUT_OF_MEMORY;
  results = heap + (<usize>k << 3);
  const q = seats.query;
  if (metric == COSINE) normalize(q, vectorBytes);
  const count =
    accept >= SPARSE ? scanBitmap(q, 0, slots, seats.bitmapAddress(), heap, k) : scanRange(q, 0, slots, heap, k);
  heapSort(heap, count);
  return emit(0, 0, heap, count, 0, slots, k);
}

// ── Counters ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Nodes expanded by this instance, wrapping. */
export function nodesExpanded(): u32 {
  return expanded;
}
