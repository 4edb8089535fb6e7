/**
 * Hands out linear memory. Blocks are never given back (a space frees its memory as a whole); scratch comes in places
 * of a power of two of bytes, which go back to a list of their size and are handed out again.
 *
 *   place ┌────────────────────────────┐        H_FREE_PLACES[c] ──► place ──► place ──► 0
 *         │ next free place (u32) while │        lists of places of 2^c bytes that nobody uses
 *         │ it is on a list, else free  │
 *         └────────────────────────────┘
 */

import { H_ARENA_LOCK, H_BRK, H_FREE_PLACES, H_PAGE_LIMIT } from "./layout";
import { lock, unlock } from "./lock";

const UNIT_SHIFT: u32 = 6; // everything is aligned to cache lines
const SMALLEST_PLACE: u32 = 12; // 4 KiB

/**
 * `bytes` of zeroed memory, aligned to 64, or 0 when memory cannot grow. The caller holds the arena lock.
 *
 * Memory grows by a sixteenth where it can: the host makes its views anew after each growth, and V8, to which it looks like
 * that much garbage, collects. What is not handed out yet is never touched, and takes address space only.
 */
function bump(bytes: u64): usize {
  const from = <u64>load<u32>(H_BRK) << UNIT_SHIFT;
  const to = (from + bytes + 63) & ~63;
  const pages = <u32>((to + 65535) >> 16);
  const limit = load<u32>(H_PAGE_LIMIT);
  if (pages > limit) return 0;
  const have = <u32>memory.size();
  if (pages > have) {
    const ample = max<u32>(pages, min<u32>(limit, have + (have >> 4)));
    if (memory.grow(ample - have) < 0 && memory.grow(pages - have) < 0) return 0;
  }
  store<u32>(H_BRK, <u32>(to >> UNIT_SHIFT));
  return <usize>from;
}

/** Memory for good. 0 when there is none. */
export function take(bytes: u64): usize {
  lock(H_ARENA_LOCK);
  const address = bump(bytes);
  unlock(H_ARENA_LOCK);
  return address;
}

/** The power of two of bytes that a place for `bytes` has. */
export function placeClass(bytes: u32): u32 {
  if (bytes <= 1 << SMALLEST_PLACE) return SMALLEST_PLACE;
  return 32 - clz<u32>(bytes - 1);
}

/** A place of at least `bytes`, contents undefined. 0 when there is none. */
export function takePlace(bytes: u32): usize {
  const c = placeClass(bytes);
  if (c > 31) return 0;
  const head = H_FREE_PLACES + (<usize>c << 2);
  lock(H_ARENA_LOCK);
  let place: usize = load<u32>(head);
  if (place != 0) store<u32>(head, load<u32>(place));
  else place = bump(<u64>1 << c);
  unlock(H_ARENA_LOCK);
  return place;
}

/** Gives a place back; `bytes` is what it was taken for. */
export function freePlace(place: usize, bytes: u32): void {
  if (place == 0) return;
  const head = H_FREE_PLACES + (<usize>placeClass(bytes) << 2);
  lock(H_ARENA_LOCK);
  store<u32>(place, load<u32>(head));
  store<u32>(head, <u32>place);
  unlock(H_ARENA_LOCK);
}
