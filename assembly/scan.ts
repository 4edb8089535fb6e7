/** Exact search: distances to every slot of a range, or to every slot of a bitmap, keeping the k closest in a heap. */

import { metaAddress, slotsLeftInBlock, vectorAddress, vectorBytes } from "./blocks";
import { distance, distanceRow4, gather, locateGathered, measureGathered } from "./distance";
import { heapPush, heapReplace } from "./heap";
import { NONE } from "./layout";
import { distanceOf, keyOf } from "./pool";
import { gatherDistances, gatherLimit, gatherSlots } from "./seats";

let heap: usize = 0;
let capacity: u32 = 0;
let count: u32 = 0;
let worst: f32 = 0;

/** Keeps a key when it is among the closest so far. Ties at the edge stay with whoever came first. */
function offer(d: f32, slot: u32): void {
  const key = keyOf(d, slot);
  if (count < capacity) {
    heapPush(heap, count++, key);
    if (count == capacity) worst = distanceOf(load<u64>(heap));
  } else if (key < load<u64>(heap)) {
    heapReplace(heap, count, key);
    worst = distanceOf(load<u64>(heap));
  }
}

function begin(at: usize, k: u32): void {
  heap = at;
  capacity = k;
  count = 0;
  worst = <f32>Infinity;
}

/**
 * Vectors up to this many bytes are compared four at a time: their sums across lanes are a good part of the work. Longer
 * ones stream better one by one.
 */
const SHORT: u32 = 1024;

function consider(d: f32, slot: u32): void {
  // Infinity (an overflow) still fills a heap that has room.
  if (d >= worst && count == capacity) return;
  if (load<u32>(metaAddress(slot)) != NONE) offer(d, slot);
}

/** Slots from..to-1 that are no tombstones. Answers how many keys the heap at `at` holds, k at the most. */
export function scanRange(q: usize, from: u32, to: u32, at: usize, k: u32): u32 {
  begin(at, k);
  let slot = from;
  while (slot < to) {
    const end = min<u32>(to, slot + slotsLeftInBlock(slot));
    let vector = vectorAddress(slot);
    if (vectorBytes <= SHORT) {
      for (; slot + 4 <= end; slot += 4, vector += 4 * vectorBytes) {
        const four = distanceRow4(q, vector);
        if (count == capacity && !v128.any_true(f32x4.lt(four, f32x4.splat(worst)))) continue;
        v128.store(gatherDistances, four);
        for (let i: u32 = 0; i < 4; i++) consider(load<f32>(gatherDistances + (<usize>i << 2)), slot + i);
      }
    }
    for (; slot < end; slot++, vector += vectorBytes) consider(distance(q, vector), slot);
  }
  return count;
}

function flush(q: usize, gathered: u32): void {
  locateGathered(gathered);
  measureGathered(q, gathered);
  for (let i: u32 = 0; i < gathered; i++) {
    const d = load<f32>(gatherDistances + (<usize>i << 2));
    if (d < worst || count < capacity) offer(d, load<u32>(gatherSlots + (<usize>i << 2)));
  }
}

/** Slots from..to-1 whose bit is set in `bitmap`, which covers [0, to) rounded up to 64. */
export function scanBitmap(q: usize, from: u32, to: u32, bitmap: usize, at: usize, k: u32): u32 {
  begin(at, k);
  let gathered: u32 = 0;
  for (let base = from & ~63; base < to; base += 64) {
    let bits = load<u64>(bitmap + (base >> 3));
    if (base < from) bits &= u64.MAX_VALUE << (from - base);
    while (bits != 0) {
      const slot = base + <u32>ctz<u64>(bits);
      bits &= bits - 1;
      if (slot >= to) break;
      gather(slot, gathered++);
      if (gathered == gatherLimit) {
        flush(q, gathered);
        gathered = 0;
      }
    }
  }
  flush(q, gathered);
  return count;
}
