/**
 * Searching the graph: greedy descent through the upper levels, then a best-first search with a sorted pool of ef.
 *
 * Only slots below `limit` (those this seat has marks for) are followed: a link to a newer one was published after the
 * search began, and the tail covers it.
 */

import { linksAddress, m, m0, upperLinksAddress, vectorAddress } from "../blocks";
import { distance, gather, locateGathered, measureGathered, touch } from "../distance";
import { NONE } from "../layout";
import { distanceOf, EXPANDED, insertKey, keyOf, slotOf } from "../pool";
import { gatherDistances, gatherSlots, markLimit, visit } from "../seats";

/** Nodes whose links were followed by this instance since it was made; wraps around. */
export let expanded: u32 = 0;

export function countExpansion(): void {
  expanded++;
}

// @ts-ignore: decorator
@inline
export function linksOn(slot: u32, level: u32): usize {
  return level == 0 ? linksAddress(slot) : upperLinksAddress(slot, level);
}

// @ts-ignore: decorator
@inline
export function linkCapacity(level: u32): u32 {
  return level == 0 ? m0 : m;
}

/** Walks from `slot` to the closest node it can reach greedily on each level above `to`. Answers its key. */
export function descend(q: usize, slot: u32, from: u32, to: u32): u64 {
  const limit = markLimit();
  let best = keyOf(distance(q, vectorAddress(slot)), slot);
  for (let level = from; level > to; level--) {
    while (true) {
      const links = upperLinksAddress(slotOf(best), level);
      let count: u32 = 0;
      for (let i: u32 = 0; i < m; i++) {
        const next = load<u32>(links + (<usize>i << 2));
        if (next == NONE) break;
        if (next < limit) gather(next, count++);
      }
      locateGathered(count);
      measureGathered(q, count);
      const before = best;
      for (let i: u32 = 0; i < count; i++) {
        const at = <usize>i << 2;
        const key = keyOf(load<f32>(gatherDistances + at), load<u32>(gatherSlots + at));
        if (key < best) best = key;
      }
      if (best == before) break;
    }
  }
  return best;
}

/**
 * Gathers the links that were not visited before, and marks them. Whether a node was visited is a coin toss, so nothing
 * branches on it: every link is written to the next place, and the place is kept when the link is new.
 */
// @ts-ignore: decorator
@inline
function gatherUnvisited(links: usize, capacity: u32, limit: u32): u32 {
  const end = links + (<usize>capacity << 2);
  let count: u32 = 0;
  for (let p = links; p < end; p += 4) {
    const slot = load<u32>(p);
    if (slot >= limit) {
      if (slot == NONE) break;
      continue;
    }
    store<u32>(gatherSlots + (<usize>count << 2), slot);
    count += u32(visit(slot));
  }
  locateGathered(count);
  return count;
}

/**
 * Best-first search on one level from the one key in `pool`, whose slot is marked as visited.
 * Leaves the ef closest nodes found in the pool and answers how many. The pool has room for ef + 1 keys.
 */
export function searchLevel(q: usize, level: u32, ef: u32, pool: usize): u32 {
  const limit = markLimit();
  const capacity = linkCapacity(level);
  let count: u32 = 1;
  let worst: f32 = ef == 1 ? distanceOf(load<u64>(pool)) : <f32>Infinity;
  let next: u32 = 0;
  while (next < count) {
    const at = pool + (<usize>next << 3);
    const key = load<u64>(at);
    if (key & EXPANDED) {
      next++;
      continue;
    }
    store<u64>(at, key | EXPANDED);
    next++;
    expanded++;
    const gathered = gatherUnvisited(linksOn(slotOf(key), level), capacity, limit);
    // Most often the next node in line is the next to be expanded: fetch its links while the distances are computed.
    if (next < count) touch(linksOn(slotOf(load<u64>(pool + (<usize>next << 3))), level));
    measureGathered(q, gathered);
    for (let i: u32 = 0; i < gathered; i++) {
      const d = load<f32>(gatherDistances + (<usize>i << 2));
      if (!(d < worst) && count == ef) continue; // also when d is NaN
      const position = insertKey(pool, count, ef, keyOf(d, load<u32>(gatherSlots + (<usize>i << 2))));
      if (position < next) next = position;
      if (count < ef) count++;
      if (count == ef) worst = distanceOf(load<u64>(pool + (<usize>(ef - 1) << 3)));
    }
  }
  return count;
}
