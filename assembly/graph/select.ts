/**
 * The neighbour selection heuristic of HNSW (algorithm 4 of the paper, as hnswlib has it): a candidate is kept when it is
 * closer to the base than to every neighbour kept before, so that links lead in different directions.
 */

import { vectorAddress } from "../blocks";
import { distance4 } from "../distance";
import { distanceOf, slotOf } from "../pool";
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

/** Chooses at most `limit` of the `count` sorted keys into chosenSlots. Answers how many. */
export function select(keys: usize, count: u32, limit: u32): u32 {
  let chosen: u32 = 0;
  for (let i: u32 = 0; i < count && chosen < limit; i++) {
    const key = load<u64>(keys + (<usize>i << 3));
    const vector = vectorAddress(slotOf(key));
    if (count >= limit && isCovered(vector, distanceOf(key), chosen)) continue;
    choose(slotOf(key), vector, chosen++);
  }
  return chosen;
}
