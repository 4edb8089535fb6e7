/**
 * Inserting a slot. The order in which links become visible lets searches run meanwhile, on any thread:
 * the new node's own links on every level first, then the links that lead to it, from level 0 up, and the entry point
 * last. Each list is changed under the lock of the node that owns it; readers take no lock and see single u32 stores.
 */

import { LEVEL_MASK, m, markChanged, metaAddress, META_LEVEL, META_LOCK, ONE_LINK, vectorAddress } from "../blocks";
import { gather, locateGathered, measureGathered } from "../distance";
import { H_EF_CONSTRUCT, H_ENTRY, H_ENTRY_LOCK, NONE } from "../layout";
import { addShared, loadShared, lock, storeShared, unlock } from "../lock";
import { insertKey, keyOf, NEEDED, slotOf } from "../pool";
import { beginVisit, chosenSlots, gatherDistances, gatherSlots, visit } from "../seats";
import { descend, linkCapacity, linksOn, searchLevel } from "./search";
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

/**
 * Counts the links on level 0 that lead to a slot: a node that loses its last one is lost to every search.
 * Answers the word before.
 */
// @ts-ignore: decorator
@inline
function countLink(slot: u32, change: u32): u32 {
  return addShared(metaAddress(slot) + META_LEVEL, change);
}

// @ts-ignore: decorator
@inline
function linksTo(slot: u32): u32 {
  return loadShared(metaAddress(slot) + META_LEVEL) / ONE_LINK;
}

/** Writes a list of `count` chosen slots; whoever reads meanwhile sees old links, new ones, or both. */
function writeLinks(links: usize, capacity: u32, count: u32, level: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const slot = load<u32>(chosenSlots + (<usize>i << 2));
    if (level == 0) countLink(slot, ONE_LINK);
    storeShared(links + (<usize>i << 2), slot);
  }
  if (count < capacity) storeShared(links + (<usize>count << 2), NONE);
}

/** How many lists `adopt` tries before it leaves a node to its links on upper levels. */
const ADOPTION_TRIES: u32 = 32;

/**
 * Finds a list on level 0 with room for a slot that none of its neighbours linked back to, because each is the only way
 * to every node it links to (many duplicates do that). Those they lead to are near too, and have room.
 */
function adopt(slot: u32, nearest: u32, keys: usize): void {
  const capacity = linkCapacity(0);
  let from = nearest;
  for (let i: u32 = 0; i < ADOPTION_TRIES; i++) {
    if (from != slot) connect(from, slot, 0, true, keys);
    if (linksTo(slot) != 0) return;
    const links = linksOn(from, 0);
    let count: u32 = 1;
    while (count < capacity && load<u32>(links + (<usize>count << 2)) != NONE) count++;
    from = load<u32>(links + (<usize>((slot + 7 * i) % count) << 2)); // another way each time, not round in circles
  }
}

/** Adds a link from `from` to `to`; a full list is chosen anew from what it held and the new one. */
function connect(from: u32, to: u32, level: u32, last: bool, keys: usize): void {
  const capacity = linkCapacity(level);
  const links = linksOn(from, level);
  const guard = metaAddress(from) + META_LOCK;
  lock(guard);
  let count: u32 = 0;
  while (count < capacity) {
    const slot = load<u32>(links + (<usize>count << 2));
    if (slot == NONE) break;
    if (slot == to) {
      unlock(guard); // linked already: an insertion that was begun before, and is done again
      return;
    }
    gather(slot, count++);
  }
  markChanged(from);
  if (count < capacity) {
    if (count + 1 < capacity) storeShared(links + (<usize>(count + 1) << 2), NONE);
    storeShared(links + (<usize>count << 2), to);
    if (level == 0) countLink(to, ONE_LINK);
  } else {
    rewire(from, to, links, capacity, level, last, keys);
  }
  unlock(guard);
}

/** Chooses a full list anew from its gathered links and `to`. `last`: nobody else will link to `to` if this list doesn't. */
function rewire(from: u32, to: u32, links: usize, capacity: u32, level: u32, last: bool, keys: usize): void {
  const count = capacity + 1;
  gather(to, capacity);
  locateGathered(count);
  measureGathered(vectorAddress(from), count);
  let needed: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at = <usize>i << 2;
    const slot = load<u32>(gatherSlots + at);
    let key = keyOf(load<f32>(gatherDistances + at), slot);
    if (level == 0) {
      // Taken back before it is decided about, so that two threads never prune the last two links to one node at once.
      const others = slot == to ? linksTo(to) : countLink(slot, -ONE_LINK) / ONE_LINK - 1;
      // `to` comes last: it is forced in only where the other half of the list stays free for the heuristic.
      if (others == 0 && (slot != to || (last && needed < capacity / 2))) {
        key |= NEEDED;
        needed++;
      }
    }
    insertKey(keys, i, count, key);
  }
  const chosen = select(vectorAddress(from), keys, count, capacity, needed);
  writeLinks(links, capacity, chosen, level);
}

/** Inserts a slot that has its vector and level. `scratch` has insertScratch() bytes, and there are marks. */
export function insert(slot: u32, scratch: usize): void {
  const level = load<u32>(metaAddress(slot), META_LEVEL) & LEVEL_MASK;
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
    markChanged(slot);
    for (let l: i32 = <i32>top; l >= 0; l--) {
      beginVisit();
      visit(slot);
      visit(slotOf(nearest));
      store<u64>(scratch, nearest);
      const found = searchLevel(q, l, ef, scratch);
      writeLinks(linksOn(slot, l), linkCapacity(l), select(q, scratch, found, m, 0), l);
      nearest = load<u64>(scratch) & ~1;
    }
    for (let l: u32 = 0; l <= top; l++) {
      const links = linksOn(slot, l);
      const capacity = linkCapacity(l);
      let count: u32 = 0;
      while (count < capacity && load<u32>(links + (<usize>count << 2)) != NONE) count++;
      // From the farthest to the nearest, which must take the link when nobody else did.
      for (let i = count; i > 0; i--) {
        connect(load<u32>(links + (<usize>(i - 1) << 2)), slot, l, i == 1, keys);
      }
      if (l == 0 && linksTo(slot) == 0) adopt(slot, load<u32>(links), keys);
    }
  }
  if (holdsEntry) {
    storeEntry(slot, level);
    unlock(H_ENTRY_LOCK);
  }
}
