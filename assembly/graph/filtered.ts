/**
 * Searching level 0 when some nodes must not be returned: tombstones, or slots outside a bitmap.
 *
 * Two sorted pools: `top` holds the ef closest nodes that may be returned, `frontier` nodes that are only passed
 * through. The search ends when no unexpanded node of either is closer than the worst of a full `top`.
 *
 * Where most nodes may be returned (tombstones are few: a space is rebuilt before they are many), the others are measured
 * and passed through like any node. Where few may be returned, measuring the others would be most of the work: there an
 * expansion looks through foreign neighbours at theirs (two hops), measures only what may be returned, and passes only
 * through those foreign nodes that lead to hardly anything allowed. The two cost the same at a share of about .4.
 *
 *      expanded node ──► allowed ──────────────► measured → top
 *                    └─► foreign ──► allowed ──► measured → top          (two hops)
 *                           └ leads nowhere ──► measured → frontier
 */

import { linksAddress, m0, metaAddress } from "../blocks";
import { gather, locateGathered, measureGathered } from "../distance";
import { NONE } from "../layout";
import { distanceOf, EXPANDED, insertKey, keyOf, slotOf } from "../pool";
import { chosenSlots, gatherDistances, gatherLimit, gatherSlots, unvisit, visit } from "../seats";
import { countExpansion } from "./search";

/** Bit `slot` of the bitmap; without a bitmap, whether the slot is no tombstone. */
// @ts-ignore: decorator
@inline
export function accepts(slot: u32, bitmap: usize): bool {
  if (bitmap == 0) return load<u32>(metaAddress(slot)) != NONE;
  return ((load<u8>(bitmap + (slot >> 3)) >> (<u8>slot & 7)) & 1) != 0;
}

/** Foreign neighbours that the two-hop expansion leaves to be passed through: first `passing` of chosenSlots. */
let passing: u32 = 0;

/**
 * Gathers allowed neighbours from the links of the `foreign` nodes in chosenSlots, as long as there is room for a whole
 * list. A node with fewer than two allowed links stays in chosenSlots: the way on may lead through it alone. One that
 * there was no room for may be met again.
 */
function gatherTwoHops(foreign: u32, gathered: u32, bitmap: usize, limit: u32): u32 {
  let count = gathered;
  passing = 0;
  for (let i: u32 = 0; i < foreign; i++) {
    const via = load<u32>(chosenSlots + (<usize>i << 2));
    if (count >= m0) {
      unvisit(via);
      continue;
    }
    let ways: u32 = 0;
    const links = linksAddress(via);
    for (let p = links; p < links + (<usize>m0 << 2); p += 4) {
      const slot = load<u32>(p);
      if (slot >= limit) {
        if (slot == NONE) break;
        continue;
      }
      if (!accepts(slot, bitmap)) continue;
      ways++;
      if (visit(slot)) gather(slot, count++);
    }
    if (ways < 2) store<u32>(chosenSlots + (<usize>(passing++) << 2), via);
  }
  return count;
}

/**
 * Searches from `entry` (a key) for slots of `bitmap` (0: slots that are no tombstones), by two hops or by passing
 * through; slots from `limit` on are left alone. `top` has room for ef keys, `frontier` for `frontierCapacity`. Answers
 * how many keys `top` holds.
 */
export function searchFiltered(
  q: usize,
  entry: u64,
  bitmap: usize,
  twoHops: bool,
  limit: u32,
  ef: u32,
  top: usize,
  frontier: usize,
  frontierCapacity: u32,
): u32 {
  let topCount: u32 = 0;
  let frontierCount: u32 = 0;
  let topNext: u32 = 0;
  let frontierNext: u32 = 0;
  let worst: f32 = <f32>Infinity;
  visit(slotOf(entry));
  if (accepts(slotOf(entry), bitmap)) {
    store<u64>(top, entry);
    topCount = 1;
    if (ef == 1) worst = distanceOf(entry);
  } else {
    store<u64>(frontier, entry);
    frontierCount = 1;
  }
  while (true) {
    while (topNext < topCount && (load<u64>(top + (<usize>topNext << 3)) & EXPANDED) != 0) topNext++;
    while (frontierNext < frontierCount && (load<u64>(frontier + (<usize>frontierNext << 3)) & EXPANDED) != 0) frontierNext++;
    const a = topNext < topCount ? load<u64>(top + (<usize>topNext << 3)) : u64.MAX_VALUE;
    const b = frontierNext < frontierCount ? load<u64>(frontier + (<usize>frontierNext << 3)) : u64.MAX_VALUE;
    const key = min<u64>(a, b);
    if (key == u64.MAX_VALUE || distanceOf(key) > worst) break;
    if (a < b) store<u64>(top + (<usize>(topNext++) << 3), key | EXPANDED);
    else store<u64>(frontier + (<usize>(frontierNext++) << 3), key | EXPANDED);
    countExpansion();

    let allowed: u32 = 0;
    let foreign: u32 = 0;
    const links = linksAddress(slotOf(key));
    for (let p = links; p < links + (<usize>m0 << 2); p += 4) {
      const slot = load<u32>(p);
      if (slot >= limit) {
        if (slot == NONE) break;
        continue;
      }
      if (!visit(slot)) continue;
      if (accepts(slot, bitmap)) gather(slot, allowed++);
      else store<u32>(chosenSlots + (<usize>(foreign++) << 2), slot);
    }
    if (twoHops) {
      allowed = gatherTwoHops(foreign, allowed, bitmap, limit);
      foreign = passing;
    }
    let gathered = allowed;
    for (let i: u32 = 0; i < foreign; i++) gather(load<u32>(chosenSlots + (<usize>i << 2)), gathered++);
    locateGathered(gathered);
    measureGathered(q, gathered);
    for (let i: u32 = 0; i < gathered; i++) {
      const d = load<f32>(gatherDistances + (<usize>i << 2));
      if (!(d < worst) && topCount == ef) continue; // also when d is NaN
      const found = keyOf(d, load<u32>(gatherSlots + (<usize>i << 2)));
      if (i < allowed) {
        const position = insertKey(top, topCount, ef, found);
        if (position < topNext) topNext = position;
        if (topCount < ef) topCount++;
        if (topCount == ef) worst = distanceOf(load<u64>(top + (<usize>(ef - 1) << 3)));
      } else if (frontierCount < frontierCapacity || found < load<u64>(frontier + (<usize>(frontierCapacity - 1) << 3))) {
        const position = insertKey(frontier, frontierCount, frontierCapacity, found);
        if (position < frontierNext) frontierNext = position;
        if (frontierCount < frontierCapacity) frontierCount++;
      }
    }
  }
  return topCount;
}
