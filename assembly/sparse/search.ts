/**
 * The best slots for a query, exactly: the dot product over shared indices.
 *
 *   scratch ┌──────────────┬─────────────┬─────────────┬────────────────┬────────────┐
 *           │ terms        │ order       │ heap        │ scores         │ marks      │    T terms, k results
 *           │ T × 32 B     │ T × u64     │ k × u64     │ WINDOW × f32   │ 1,024 bits │
 *           └──────────────┴─────────────┴─────────────┴────────────────┴────────────┘
 *
 *   term    +0  index: by the host, ascending        +16 chunk that is read
 *           +4  weight: by the host                  +20 its next posting, 0 when there is none
 *           +8  live postings: for the host          +24 bound: the most that it can add to a score
 *           +12 dimension, 0 when nobody has it      +28 1 while it is left out
 *
 * Slots are taken in windows whose scores fit the first cache level: every term adds its postings of the window, then the
 * scores are gone through. A score is -0 until a posting adds to it: what is added is never -0 (a product that would be
 * counts as +0), so that a score of zero still says whether an index was shared.
 *
 * Terms that cannot decide are left out. Once k results are known, the worst of them is a score to beat; terms whose bounds
 * together stay below it cannot make a result of a slot that has no other term. Their postings, the longest lists before
 * all, are no longer read. A slot whose other terms come so close that they may matter is measured from its entries; when
 * that happens too often (all slots are alike, say), the terms are taken up again.
 * Sums are made in the order of indices either way, so that a score doesn't depend on the way it was found.
 */

import { countComputed } from "../distance";
import { heapPush, heapReplace, heapSort } from "../heap";
import { NONE } from "../layout";
import { distanceOf, ordered } from "../pool";
import { bitmapAddress, pools } from "../seats";
import { CHUNK_HEAD, D_CHUNK, D_FIRST, D_HIGHEST, D_LIVE, D_LOWEST, findDimension } from "./dimensions";
import { entriesInBlock, entryAddress } from "./entries";
import { FIRST_SLOT, RECORD_BYTES, S_SLOTS, TERM_BYTES } from "./layout";
import { written } from "./postings";
import { endOfEntries, firstEntry, slotAddress } from "./slots";

const T_WEIGHT: usize = 4;
const T_LIVE: usize = 8;
const T_DIMENSION: usize = 12;
const T_CHUNK: usize = 16;
const T_AT: usize = 20;
const T_BOUND: usize = 24;
const T_OUT: usize = 28;

/** Slots of a window: 32 KiB of scores. */
const WINDOW: u32 = 8192;
/** The first window is short: the sooner there are k results, the sooner terms can be left out. */
const FIRST_WINDOW: u32 = 1024;
/** Beyond that a place for scratch cannot be had. */
const MOST_BYTES: u64 = 1 << 31;

let terms: usize = 0;
let termsEnd: usize = 0;
let order: usize = 0;
let heap: usize = 0;
let scores: usize = 0;
/** One bit for each index of the query, by its last bits: most entries of a vector need no further look. */
let marks: usize = 0;
const MARK_BITS: u32 = 1024;
const MARK_MASK: u32 = MARK_BITS - 1;

let k: u32 = 0;
let found: u32 = 0;
/** The score to beat: that of the worst of k results. */
let worst: f32 = 0;
/** Bitmap of allowed offsets; 0: all are. */
let allowed: usize = 0;

/** Terms that are left out: how many of `order`, and how much they can add to a score. */
let out: u32 = 0;
let rest: f32 = 0;
/** Entries that were read because of it. */
let spent: u32 = 0;
/** What rounding may add to a sum of bounds. */
let margin: f32 = 0;
/** The last slot that something was added to. */
let last: u32 = 0;

/** Room for a query of `count` terms and `limit` results. Answers where the terms go; 0 when there is no memory. */
export function reserveTerms(count: u32, limit: u32): usize {
  const bytes = <u64>count * (TERM_BYTES + 8) + <u64>limit * 8 + WINDOW * 4 + 16 + MARK_BITS / 8;
  terms = bytes > MOST_BYTES ? 0 : pools(<u32>bytes);
  if (terms == 0) return 0;
  termsEnd = terms + <usize>count * TERM_BYTES;
  order = termsEnd;
  heap = order + (<usize>count << 3);
  scores = (heap + (<usize>limit << 3) + 15) & ~15;
  marks = scores + WINDOW * 4;
  return terms;
}

/** Finds the dimensions of the terms. */
export function lookUp(): void {
  memory.fill(marks, 0, MARK_BITS / 8);
  for (let term = terms; term < termsEnd; term += TERM_BYTES) {
    const index = load<u32>(term);
    const mark = marks + ((index & MARK_MASK) >> 3);
    store<u8>(mark, load<u8>(mark) | (<u8>1 << <u8>(index & 7)));
    const dimension = findDimension(index);
    store<u32>(term, <u32>dimension, T_DIMENSION);
    store<u32>(term, dimension == 0 ? 0 : load<u32>(dimension, D_LIVE), T_LIVE);
  }
}

/** Whether an offset is in the bitmap that the host wrote. */
// @ts-ignore: decorator
@inline
function isIn(bitmap: usize, offset: u32): bool {
  return bool((load<u8>(bitmap + (offset >> 3)) >> <u8>(offset & 7)) & 1);
}

/** Counts live slots in the bitmap, for each term those that have its index. Answers how many slots there are. */
export function countCorpus(): u32 {
  const bitmap = bitmapAddress();
  for (let term = terms; term < termsEnd; term += TERM_BYTES) {
    const dimension: usize = load<u32>(term, T_DIMENSION);
    if (dimension == 0) continue;
    let count: u32 = 0;
    for (let chunk = dimension + D_FIRST; chunk != 0; chunk = load<u32>(chunk)) {
      const end = written(dimension, chunk);
      for (let at = chunk + CHUNK_HEAD; at < end; at += 8) {
        const offset = load<u32>(slotAddress(load<u32>(at)));
        if (offset != NONE && isIn(bitmap, offset)) count++;
      }
      if (chunk == load<u32>(dimension, D_CHUNK)) break;
    }
    store<u32>(term, count, T_LIVE);
  }
  let live: u32 = 0;
  for (let slot = FIRST_SLOT; slot < load<u32>(S_SLOTS); slot++) {
    const offset = load<u32>(slotAddress(slot));
    if (offset != NONE && isIn(bitmap, offset)) live++;
  }
  return live;
}

/** What nothing was added to. */
// @ts-ignore: decorator
@inline
function isUntouched(score: f32): bool {
  return reinterpret<u32>(score) == 0x80000000;
}

/** The score of a slot from its entries; -0 when no index is shared. */
function measure(slot: u32): f32 {
  let score: f32 = -0.0;
  let term = terms;
  let from = firstEntry(slot);
  const end = endOfEntries(slot);
  spent += end - from;
  while (from < end) {
    const count = entriesInBlock(from, end);
    let entry = entryAddress(from);
    const stop = entry + count * RECORD_BYTES;
    from += count;
    for (; entry < stop; entry += RECORD_BYTES) {
      const index = load<u32>(entry);
      if (!isIn(marks, index & MARK_MASK)) continue;
      while (load<u32>(term) < index) {
        term += TERM_BYTES;
        if (term == termsEnd) return score;
      }
      if (load<u32>(term) == index) score += load<f32>(term, T_WEIGHT) * load<f32>(entry, 4) + 0;
    }
  }
  return score;
}

/**
 * Keeps a slot when it is among the best so far, the smaller offset when scores are equal. While terms are left out, `score`
 * is what the others add up to.
 */
function offer(slot: u32, score: f32): void {
  const offset = load<u32>(slotAddress(slot));
  if (offset == NONE || (allowed != 0 && !isIn(allowed, offset))) return;
  if (out != 0) score = measure(slot);
  const key = (<u64>ordered(-score) << 32) | offset;
  if (found < k) heapPush(heap, found++, key);
  else if (key < load<u64>(heap)) heapReplace(heap, found, key);
  else return;
  if (found == k) worst = -distanceOf(load<u64>(heap));
}

function begin(limit: u32, bitmap: usize): void {
  k = limit;
  found = 0;
  worst = -Infinity;
  allowed = bitmap;
  out = 0;
  rest = 0;
  spent = 0;
}

/** Sorts what was found: pairs of offset and score, the best first. Answers how many. */
function finish(): u32 {
  countComputed(spent);
  heapSort(heap, found);
  // The low word of a key is the offset already.
  for (let at = heap; at < heap + (<usize>found << 3); at += 8) store<f32>(at, 0 - distanceOf(load<u64>(at)), 4);
  return found;
}

/** Where a search left its results. */
export function results(): usize {
  return heap;
}

/** The best of `count` live slots that the host wrote to the bitmap's place. */
export function searchSlots(count: u32, limit: u32): u32 {
  begin(limit, 0);
  const end = bitmapAddress() + (<usize>count << 2);
  for (let at = bitmapAddress(); at < end; at += 4) {
    const slot = load<u32>(at);
    const score = measure(slot);
    if (!isUntouched(score)) offer(slot, score);
  }
  return finish();
}

/**
 * Opens the terms at their first postings. `order` gets the terms that somebody has, those first that are the best to leave
 * out: little to add, and much to read. Answers how many these are.
 */
function openTerms(): u32 {
  let count: u32 = 0;
  let sum: f32 = 0;
  for (let term = terms; term < termsEnd; term += TERM_BYTES) {
    const dimension: usize = load<u32>(term, T_DIMENSION);
    store<u32>(term, 0, T_AT);
    store<u32>(term, 0, T_OUT);
    if (dimension == 0) continue;
    const first = dimension + D_FIRST;
    if (written(dimension, first) > first + CHUNK_HEAD) store<u32>(term, <u32>first + CHUNK_HEAD, T_AT);
    store<u32>(term, <u32>first, T_CHUNK);
    const weight = load<f32>(term, T_WEIGHT);
    const a = weight * load<f32>(dimension, D_HIGHEST);
    const b = weight * load<f32>(dimension, D_LOWEST);
    const bound = max<f32>(max<f32>(a, b), 0);
    store<f32>(term, bound, T_BOUND);
    sum += max<f32>(abs<f32>(a), abs<f32>(b));
    const benefit = bound / <f32>(load<u32>(dimension, D_LIVE) + 1);
    heapPush(order, count++, (<u64>ordered(benefit) << 32) | (term - terms));
  }
  heapSort(order, count);
  // Each of n sums rounds by at most 2^-24 of what its terms are without their signs; four times that is enough for three sums.
  margin = sum * <f32>count * <f32>(1.0 / 4194304.0);
  return count;
}

/**
 * Only so much of the score to beat may be left out, and only so many entries may be read for it: a quarter of each. An
 * entry costs about four times a posting, for it is never next to the one before. Measured on zipfian vectors; shares of .15
 * to .4 differ little, beyond that more is measured than saved.
 */
const SHARE: f32 = 0.25;
const ENTRY_COST: u32 = 4;
/** So much is free: while the score to beat still rises, many slots come close to it. */
const GRACE: u32 = 65536;

/** Leaves out terms of `order`, which has `count`, as far as the score to beat has risen. */
function leaveOut(count: u32): void {
  for (; out < count; out++) {
    const term = terms + <usize>(<u32>load<u64>(order + (<usize>out << 3)));
    const more = load<u32>(term, T_AT) == 0 ? rest : rest + load<f32>(term, T_BOUND);
    if (!(more < SHARE * (worst - margin))) return;
    rest = more;
    store<u32>(term, 1, T_OUT);
  }
}

/** Takes up all terms again. */
function takeUp(): void {
  out = 0;
  rest = 0;
  for (let term = terms; term < termsEnd; term += TERM_BYTES) store<u32>(term, 0, T_OUT);
}

// @ts-ignore: decorator
@inline
function add(at: usize, base: usize, weight: f32): void {
  const score = base + (<usize>load<u32>(at) << 2);
  store<f32>(score, load<f32>(score) + (weight * load<f32>(at, 4) + 0));
}

/** Adds the postings of a term from..to-1; the score of slot s lies at base + 4·s. Answers how many. */
function accumulate(term: usize, base: usize, from: u32, to: u32): u32 {
  const dimension: usize = load<u32>(term, T_DIMENSION);
  const weight = load<f32>(term, T_WEIGHT);
  let chunk: usize = load<u32>(term, T_CHUNK);
  let at: usize = load<u32>(term, T_AT);
  let added: u32 = 0;
  while (true) {
    const end = written(dimension, chunk);
    const newest = load<u32>(end - 8);
    // What was left out for some windows lies behind.
    if (newest < from) at = end;
    else while (load<u32>(at) < from) at += 8;
    const first = at;
    if (newest < to) {
      for (; at < end; at += 8) add(at, base, weight);
    } else {
      for (; load<u32>(at) < to; at += 8) add(at, base, weight);
    }
    if (at > first) last = max<u32>(last, load<u32>(at - 8));
    added += <u32>(at - first) >> 3;
    if (at < end) break;
    if (chunk == load<u32>(dimension, D_CHUNK)) {
      at = 0;
      break;
    }
    chunk = load<u32>(chunk);
    at = chunk + CHUNK_HEAD;
  }
  store<u32>(term, <u32>chunk, T_CHUNK);
  store<u32>(term, <u32>at, T_AT);
  return added;
}

/** Offers the slots whose scores begin at `scores`, and makes these untouched again. */
function sweep(from: u32, count: u32): void {
  const end = scores + (<usize>count << 2);
  const untouched = f32x4.splat(-0.0);
  let edge = worst - rest - margin;
  for (let at = scores; at < end; at += 64, from += 16) {
    const edges = f32x4.splat(edge);
    const a = f32x4.lt(v128.load(at), edges);
    const b = f32x4.lt(v128.load(at, 16), edges);
    const c = f32x4.lt(v128.load(at, 32), edges);
    const d = f32x4.lt(v128.load(at, 48), edges);
    if (!i32x4.all_true(v128.and(v128.and(a, b), v128.and(c, d)))) {
      for (let i: u32 = 0; i < 16; i++) {
        const score = load<f32>(at + (<usize>i << 2));
        if (score < edge || isUntouched(score)) continue;
        offer(from + i, score);
        edge = worst - rest - margin;
      }
    }
    v128.store(at, untouched);
    v128.store(at, untouched, 16);
    v128.store(at, untouched, 32);
    v128.store(at, untouched, 48);
  }
}

/** The best of all slots, or of those whose offsets are in the bitmap. */
export function searchAll(limit: u32, bitmap: usize): u32 {
  begin(limit, bitmap);
  let count = openTerms();
  for (let at = scores; at < scores + WINDOW * 4; at += 16) v128.store(at, f32x4.splat(-0.0));
  let width = FIRST_WINDOW;
  let from: u32 = 0;
  let read: u32 = 0;
  while (true) {
    leaveOut(count);
    let next = NONE;
    for (let term = terms; term < termsEnd; term += TERM_BYTES) {
      const at: usize = load<u32>(term, T_AT);
      if (at != 0 && load<u32>(term, T_OUT) == 0) next = min<u32>(next, load<u32>(at));
    }
    if (next == NONE) break;
    from = max<u32>(from, next);
    last = from;
    for (let term = terms; term < termsEnd; term += TERM_BYTES) {
      if (load<u32>(term, T_AT) == 0 || load<u32>(term, T_OUT) != 0) continue;
      read += accumulate(term, scores - (<usize>from << 2), from, from + width);
    }
    sweep(from, last - from + 1);
    from += width;
    width = WINDOW;
    if (spent * ENTRY_COST > read + GRACE) {
      takeUp();
      count = 0;
    }
  }
  countComputed(read);
  return finish();
}
