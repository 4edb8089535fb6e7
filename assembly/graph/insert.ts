/**
 * Inserting a slot. The order in which links become visible lets searches run meanwhile, on any thread:
 * the new node's own links on every level first, then the links that lead to it, from level 0 up, and the entry point
 * last. Each list is changed under the lock of the node that owns it; readers take no lock and see single u32 stores.
 */

import { metaAddress, META_LEVEL, META_LOCK, vectorAddress } from "../blocks";
import { gather, measureGathered } from "../distance";
import { H_EF_CONSTRUCT, H_ENTRY, H_ENTRY_LOCK, NONE } from "../layout";
import { lock, storeShared, unlock } from "../lock";
import { insertKey, keyOf, slotOf } from "../pool";
import { beginVisit, chosenSlots, gatherDistances, gatherSlots, visit } from "../seats";
import { descend, linkCapacity, linksOn, searchLevel } from "./search";
import { m } from "../blocks";
import { select } from "./select";

/** Entry point and top level in one word, so that they are always read together. 0 while the graph is empty. */
// @ts-ignore: decorator
@inline
export function loadEntry(): u64 {
  if (ASC_FEATURE_THREADS) return atomic.load<u64>(H_ENTRY);
  return load<u64>(H_ENTRY);
}

function storeEntry(slot: u32, level: u32): void {
  const entry = (<u64>(level + 1) << 32) | slot;
  if (ASC_FEATURE_THREADS) atomic.store<u64>(H_ENTRY, entry);
  else store<u64>(H_ENTRY, entry);
}

// @ts-ignore: decorator
@inline
export function entryLevel(entry: u64): u32 {
  return <u32>(entry >> 32) - 1;
}

/** Scratch that `insert` needs: a pool of ef_construct keys, and the keys of one overfull list. */
export function insertScratch(): u32 {
  return (load<u32>(H_EF_CONSTRUCT) + 1 + linkCapacity(0) + 1) * 8;
}

/** Writes a list of `count` chosen slots; whoever reads meanwhile sees old links, new ones, or both. */
function writeLinks(links: usize, capacity: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    storeShared(links + (<usize>i << 2), load<u32>(chosenSlots + (<usize>i << 2)));
  }
  if (count < capacity) storeShared(links + (<usize>count << 2), NONE);
}

/** Adds a link from `from` to `to`; a full list is chosen anew from what it held and the new one. */
function connect(from: u32, to: u32, level: u32, keys: usize): void {
  const capacity = linkCapacity(level);
  const links = linksOn(from, level);
  const guard = metaAddress(from) + META_LOCK;
  lock(guard);
  let count: u32 = 0;
  while (count < capacity) {
    const slot = load<u32>(links + (<usize>count << 2));
    if (slot == NONE) break;
    if (slot == to) {
      unlock(guard); // linked already: the insertion of a dead builder, done again
      return;
    }
    gather(slot, count++);
  }
  if (count < capacity) {
    if (count + 1 < capacity) storeShared(links + (<usize>(count + 1) << 2), NONE);
    storeShared(links + (<usize>count << 2), to);
  } else {
    gather(to, count++);
    measureGathered(vectorAddress(from), count);
    for (let i: u32 = 0; i < count; i++) {
      const at = <usize>i << 2;
      insertKey(keys, i, count, keyOf(load<f32>(gatherDistances + at), load<u32>(gatherSlots + at)));
    }
    writeLinks(links, capacity, select(keys, count, capacity));
  }
  unlock(guard);
}

/** Inserts a slot that has its vector and level. `scratch` has insertScratch() bytes, and there are marks. */
export function insert(slot: u32, scratch: usize): void {
  const level = load<u32>(metaAddress(slot), META_LEVEL);
  let entry = loadEntry();
  let holdsEntry = false;
  if (entry == 0 || level > entryLevel(entry)) {
    lock(H_ENTRY_LOCK);
    entry = loadEntry();
    holdsEntry = entry == 0 || level > entryLevel(entry);
    if (!holdsEntry) unlock(H_ENTRY_LOCK);
  }
  if (entry != 0) {
    const ef = load<u32>(H_EF_CONSTRUCT);
    const keys = scratch + (<usize>(ef + 1) << 3);
    const top = min<u32>(level, entryLevel(entry));
    const q = vectorAddress(slot);
    let nearest = descend(q, <u32>entry, entryLevel(entry), top);
    for (let l: i32 = <i32>top; l >= 0; l--) {
      beginVisit();
      visit(slot);
      visit(slotOf(nearest));
      store<u64>(scratch, nearest);
      const found = searchLevel(q, l, ef, scratch);
      writeLinks(linksOn(slot, l), linkCapacity(l), select(scratch, found, m));
      nearest = load<u64>(scratch) & ~1;
    }
    for (let l: u32 = 0; l <= top; l++) {
      const links = linksOn(slot, l);
      const capacity = linkCapacity(l);
      for (let i: u32 = 0; i < capacity; i++) {
        const neighbour = load<u32>(links + (<usize>i << 2));
        if (neighbour == NONE) break;
        connect(neighbour, slot, l, keys);
      }
    }
  }
  if (holdsEntry) {
    storeEntry(slot, level);
    unlock(H_ENTRY_LOCK);
  }
}
