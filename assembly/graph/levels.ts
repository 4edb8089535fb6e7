/**
 * Levels of the hierarchy. A slot reaches level l with probability m^-l, decided by a hash of slot and seed: the same
 * slots get the same levels on every machine and in every run, whatever thread inserts them.
 */

import { H_SEED, MAX_LEVEL } from "../layout";
import { m } from "../blocks";

/** The finaliser of MurmurHash3 over the slot, spread by the golden ratio. */
function hash(slot: u32): u32 {
  let h = (slot + 1) * 0x9e3779b1 ^ load<u32>(H_SEED);
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}

export function levelOf(slot: u32): u32 {
  if (m < 2) return 0;
  const threshold = <u32>((<u64>1 << 32) / m);
  let h = hash(slot);
  let level: u32 = 0;
  // Below the threshold h is uniform again after multiplying by m: one hash serves all levels.
  while (h < threshold && level < MAX_LEVEL) {
    level++;
    h *= m;
  }
  return level;
}

/** Upper records that the `count` slots from `slot` on will own. */
export function upperRecords(slot: u32, count: u32): u32 {
  let records: u32 = 0;
  for (let i: u32 = 0; i < count; i++) records += levelOf(slot + i);
  return records;
}
