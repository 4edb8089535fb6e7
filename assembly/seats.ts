/**
 * A seat is what one thread needs to search and build: scratch memory and a number that its locks carry.
 * `attach` takes a free seat. What a thread that died leaves behind names its seat: its locks, its places, its claim.
 *
 *   seat (128 B)   +0 taken (0 free, 1 taken)
 *                  +4 claim: the slot being inserted, NONE between insertions
 *                  +8 desk      +12 desk bytes       query, gathered neighbours, chosen links    fixed size
 *                  +16 pools    +20 pool bytes       pool · frontier · results                   grows with ef and k
 *                  +24 marks    +28 mark slots       visited marks, one byte a slot              grows with the space
 *                  +32 epoch: the mark that means "visited in this search"
 *                  +36 bitmap   +40 bitmap bytes     allowed slots, written by the host          grows with the space
 *
 *   desk ┌─────────────┬───────────────┬────────────────┬────────────────┬───────────────┬────────────────┐
 *        │ query       │ gathered      │ addresses of   │ distances from │ chosen slots  │ addresses of   │
 *        │ vectorBytes │ slots, G × u32│ their vectors  │ the query, f32 │ (m0 + 4) × u32│ their vectors  │
 *        └─────────────┴───────────────┴────────────────┴────────────────┴───────────────┴────────────────┘
 *        G = gatherLimit, a multiple of four
 */

import { freePlace, placeClass, takePlace } from "./arena";
import { m0, readConfiguration, vectorBytes } from "./blocks";
import { H_CAPACITY, NONE, SEAT_BYTES, SEAT_COUNT, SEATS } from "./layout";
import { ownLocksAs, storeShared } from "./lock";
import { NO_SEAT, OUT_OF_MEMORY } from "./status";

const TAKEN: usize = 0;
const CLAIM: usize = 4;
const DESK: usize = 8;
const DESK_BYTES: usize = 12;
const POOLS: usize = 16;
const POOL_BYTES: usize = 20;
const MARKS: usize = 24;
const MARK_SLOTS: usize = 28;
const EPOCH: usize = 32;
const BITMAP: usize = 36;
const BITMAP_BYTES: usize = 40;

let seat: usize = 0;

export let query: usize = 0;
export let gatherSlots: usize = 0;
export let gatherVectors: usize = 0;
export let gatherDistances: usize = 0;
export let chosenSlots: usize = 0;
export let chosenVectors: usize = 0;
export let marks: usize = 0;
export let epoch: u32 = 0;

/** Neighbours one expansion may gather: a whole list, or what a two-hop expansion collects (graph/filtered.ts). */
export let gatherLimit: u32 = 0;

/** Makes all seats of a new space free, with nothing claimed. */
export function setSeats(): void {
  for (let i: u32 = 0; i < SEAT_COUNT; i++) store<u32>(SEATS + <usize>i * SEAT_BYTES, NONE, CLAIM);
}

/** Takes a seat for this instance and its desk. Answers the seat's number. */
export function attach(): i32 {
  readConfiguration();
  for (let i: u32 = 0; i < SEAT_COUNT; i++) {
    const at = SEATS + <usize>i * SEAT_BYTES;
    if (ASC_FEATURE_THREADS) {
      if (atomic.cmpxchg<u32>(at, 0, 1, TAKEN) != 0) continue;
    } else {
      if (load<u32>(at, TAKEN) != 0) continue;
      store<u32>(at, 1, TAKEN);
    }
    seat = at;
    ownLocksAs(i);
    const status = furnish();
    return status < 0 ? status : <i32>i;
  }
  return NO_SEAT;
}

function furnish(): i32 {
  gatherLimit = 4 * m0 + 64;
  const bytes = vectorBytes + gatherLimit * 12 + (m0 + 4) * 8;
  if (load<u32>(seat, DESK) == 0) {
    const desk = takePlace(bytes);
    if (desk == 0) {
      detach();
      return OUT_OF_MEMORY;
    }
    store<u32>(seat, <u32>desk, DESK);
    store<u32>(seat, bytes, DESK_BYTES);
  }
  store<u32>(seat, NONE, CLAIM);
  query = load<u32>(seat, DESK);
  memory.fill(query, 0, vectorBytes); // the padding of a query stays zero
  gatherSlots = query + vectorBytes;
  gatherVectors = gatherSlots + gatherLimit * 4;
  gatherDistances = gatherVectors + gatherLimit * 4;
  chosenSlots = gatherDistances + gatherLimit * 4;
  chosenVectors = chosenSlots + (m0 + 4) * 4;
  marks = load<u32>(seat, MARKS);
  epoch = load<u32>(seat, EPOCH);
  return 0;
}

/** Leaves the seat; its places stay with it for whoever sits down next. */
export function detach(): void {
  if (ASC_FEATURE_THREADS) atomic.store<u32>(seat, 0, TAKEN);
  else store<u32>(seat, 0, TAKEN);
}

/** What this seat is inserting; a dead builder's claim is what must be inserted again. */
export function claim(slot: u32): void {
  storeShared(seat + CLAIM, slot);
}

/** The lowest slot that is claimed and below `cursor`, else `cursor`: from here on slots may not be in the graph. */
export function lowestClaim(cursor: u32): u32 {
  let lowest = cursor;
  for (let i: u32 = 0; i < SEAT_COUNT; i++) {
    lowest = min<u32>(lowest, atomic.load<u32>(SEATS + <usize>i * SEAT_BYTES, CLAIM));
  }
  return lowest;
}

/** Replaces a place of the seat by a larger one, when it is smaller than `bytes`. Contents are lost. */
function growPlace(address: usize, size: usize, bytes: u32): bool {
  if (load<u32>(seat + size) >= bytes) return true;
  const place = takePlace(bytes);
  if (place == 0) return false;
  freePlace(load<u32>(seat + address), load<u32>(seat + size));
  store<u32>(seat + address, <u32>place);
  store<u32>(seat + size, 1 << placeClass(bytes)); // all of the place, so that a little more needs no other one
  return true;
}

/** Scratch for sorted pools and results; 0 when there is no memory. */
export function pools(bytes: u32): usize {
  return growPlace(POOLS, POOL_BYTES, bytes) ? load<u32>(seat, POOLS) : 0;
}

/** Room for a bitmap of `bytes` that the host fills; 0 when there is no memory. */
export function bitmap(bytes: u32): usize {
  return growPlace(BITMAP, BITMAP_BYTES, bytes) ? load<u32>(seat, BITMAP) : 0;
}

export function bitmapAddress(): usize {
  return load<u32>(seat, BITMAP);
}

/** Makes sure that there are marks for every slot there is now. */
export function reserveMarks(): i32 {
  const slots = load<u32>(H_CAPACITY);
  if (load<u32>(seat, MARK_SLOTS) >= slots) return 0;
  if (!growPlace(MARKS, MARK_SLOTS, slots)) return OUT_OF_MEMORY;
  marks = load<u32>(seat, MARKS);
  epoch = 255; // the place comes with whatever was in it
  store<u32>(seat, epoch, EPOCH);
  return 0;
}

/** Starts a search: nothing is visited any more. */
export function beginVisit(): void {
  if (epoch >= 255) {
    memory.fill(marks, 0, load<u32>(seat, MARK_SLOTS));
    epoch = 0;
  }
  epoch++;
  store<u32>(seat, epoch, EPOCH);
}

/** Slots this seat has marks for: a link beyond was published after the search began and is left alone. */
export function markLimit(): u32 {
  return load<u32>(seat, MARK_SLOTS);
}

/** Marks a slot as visited; true when it was not yet. */
// @ts-ignore: decorator
@inline
export function visit(slot: u32): bool {
  const at = marks + slot;
  const before = load<u8>(at);
  store<u8>(at, <u8>epoch);
  return before != epoch;
}

/** Takes the mark back. */
// @ts-ignore: decorator
@inline
export function unvisit(slot: u32): void {
  store<u8>(marks + slot, 0);
}
