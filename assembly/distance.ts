/** One distance for all of the core: the metric of the space, the smaller the closer. */

import { metric, vectorAddress, vectorBytes } from "./blocks";
import { dot, dot4 } from "./kernels/dot";
import { euclid, euclid4 } from "./kernels/euclid";
import { manhattan, manhattan4 } from "./kernels/manhattan";
import { EUCLID, MANHATTAN } from "./layout";
import { gatherDistances, gatherSlots, gatherVectors } from "./seats";

/** Distances computed by this instance since it was made; wraps around. The budget of `indexSome` counts them. */
export let computed: u32 = 0;

/** Counts what was computed elsewhere. */
// @ts-ignore: decorator
@inline
export function countComputed(count: u32): void {
  computed += count;
}

export function distance(a: usize, b: usize): f32 {
  computed++;
  if (metric == EUCLID) return euclid(a, b, vectorBytes);
  if (metric == MANHATTAN) return manhattan(a, b, vectorBytes);
  return dot(a, b, vectorBytes);
}

/** From q to four vectors whose addresses lie at `addresses`. */
export function distance4(q: usize, addresses: usize): v128 {
  computed += 4;
  const a: usize = load<u32>(addresses);
  const b: usize = load<u32>(addresses, 4);
  const c: usize = load<u32>(addresses, 8);
  const d: usize = load<u32>(addresses, 12);
  if (metric == EUCLID) return euclid4(q, a, b, c, d, vectorBytes);
  if (metric == MANHATTAN) return manhattan4(q, a, b, c, d, vectorBytes);
  return dot4(q, a, b, c, d, vectorBytes);
}

/** From q to four vectors that lie in a row. */
export function distanceRow4(q: usize, a: usize): v128 {
  computed += 4;
  const b = a + vectorBytes;
  const c = b + vectorBytes;
  const d = c + vectorBytes;
  if (metric == EUCLID) return euclid4(q, a, b, c, d, vectorBytes);
  if (metric == MANHATTAN) return manhattan4(q, a, b, c, d, vectorBytes);
  return dot4(q, a, b, c, d, vectorBytes);
}

/**
 * Up to this many bytes a vector is touched whole when it is gathered; of a longer one only the first line, behind which
 * the hardware prefetches.
 */
const TOUCH_WHOLE: u32 = 512;
const LINE: u32 = 64;
let touched: u32 = 0;

/** Fetches the cache line at an address, without waiting for it. */
// @ts-ignore: decorator
@inline
export function touch(address: usize): void {
  touched ^= load<u32>(address);
}

/** Puts a slot on the gathered list at `count`. */
// @ts-ignore: decorator
@inline
export function gather(slot: u32, count: u32): void {
  store<u32>(gatherSlots + (<usize>count << 2), slot);
}

/**
 * Finds the vectors of the gathered slots and touches their cache lines, so that the misses of a whole list run at once
 * instead of one after the other. The words read are kept, or the optimiser would drop the loads.
 */
export function locateGathered(count: u32): void {
  const bytes = vectorBytes <= TOUCH_WHOLE ? vectorBytes : LINE;
  let words: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const vector = vectorAddress(load<u32>(gatherSlots + (<usize>i << 2)));
    store<u32>(gatherVectors + (<usize>i << 2), <u32>vector);
    for (let at: u32 = 0; at < bytes; at += LINE) words ^= load<u32>(vector + at);
  }
  touched = words;
}

/** Fills gatherDistances for the `count` gathered vectors. Two left over are cheaper one by one than as a group of four. */
export function measureGathered(q: usize, count: u32): void {
  let i: u32 = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(gatherDistances + (<usize>i << 2), distance4(q, gatherVectors + (<usize>i << 2)));
  }
  if (count - i == 3) {
    const at = gatherVectors + (<usize>i << 2);
    store<u32>(at, load<u32>(at, 8), 12);
    v128.store(gatherDistances + (<usize>i << 2), distance4(q, at));
    return;
  }
  for (; i < count; i++) {
    store<f32>(gatherDistances + (<usize>i << 2), distance(q, load<u32>(gatherVectors + (<usize>i << 2))));
  }
}
