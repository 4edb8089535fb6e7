/**
 * The neighbour selection heuristic of HNSW (algorithm 4 of the paper, as hnswlib has it): a candidate is kept when it is
 * closer to the base than to every neighbour kept before, so that links lead in different directions.
 */

import { vectorAddress } from "../blocks";
import { distance, distance4 } from "../distance";
import { distanceOf, NEEDED, slotOf } from "../pool";
import { chosenSlots, chosenVectors } from "../seats";

// @ts-ignore: decorator
@inline
function choose(slot: u32, vector: usize, count: u32): void {
  const at = <usize>count << 2;
  store<u32>(chosenSlots + at, slot);
  // Repeated three more times, so that the last group of four is always full.
  v128.store(chosenVectors + at, i32x4.splat(<i32>vector));
}

/** Whether the vector lies closer than d to one of the chosen. */
function isCovered(vector: usize, d: f32, chosen: u32): bool {
  const bound = f32x4.splat(d);
  for (let i: u32 = 0; i < chosen; i += 4) {
    if (v128.any_true(f32x4.lt(distance4(vector, chosenVectors + (<usize>i << 2)), bound))) return true;
  }
  return false;
}

/** Whether d is the distance of a vector to itself, but for rounding: the candidate is a duplicate of the base. */
// @ts-ignore: decorator
@inline
function isDuplicate(d: f32, self: f32): bool {
  return abs<f32>(d - self) <= abs<f32>(self) * 1e-6;
}

/**
 * Chooses at most `limit` of the `count` sorted keys, distances from `base`, into chosenSlots. Answers how many.
 *
 * Two things differ from the paper. Keys that carry NEEDED (`needed` of them, fewer than `limit` or as many) are chosen
 * whatever lies around them: no other link leads to their nodes, and pruning shall not take the last one. And at
 * most half of the places go to duplicates of the base, which cover nothing but each other: a crowd of equal vectors
 * would become an island.
 */
export function select(base: usize, keys: usize, count: u32, limit: u32, needed: u32): u32 {
  const self = distance(base, base);
  let chosen: u32 = 0;
  let duplicates: u32 = 0;
  for (let i: u32 = 0; i < count && chosen < limit; i++) {
    const key = load<u64>(keys + (<usize>i << 3));
    const vector = vectorAddress(slotOf(key));
    const d = distanceOf(key);
    if (isDuplicate(d, self)) duplicates++;
    if (key & NEEDED) needed--;
    else if (chosen + needed >= limit) continue;
    else if (isDuplicate(d, self) && duplicates > limit / 2) continue;
    else if (count >= limit && isCovered(vector, d, chosen)) continue;
    choose(slotOf(key), vector, chosen++);
  }
  return chosen;
}
