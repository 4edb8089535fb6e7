/**
 * Dimensions: one for every index that a vector ever had, found by a hash table with open addressing.
 *
 *   table  2^n × 8 B            dimension, one cache line
 *   ┌───────┬───────────┐       +0  index                          +24 asked: postings that the reservation wants
 *   │ index │ dimension ├────►  +4  live: postings of live slots   +28 the reservation that asked
 *   ├───────┼───────────┤       +8  chunk that is written          +32 highest value, at least 0
 *   │   …   │ 0: free   │       +12 where its next posting goes    +36 lowest value, at most 0
 *   └───────┴───────────┘       +16 last chunk                     +40 first chunk, 24 B: room for two postings
 *   address: place              +20 room: postings until there
 *
 * Most indices of real text are rare: a dimension with up to two postings is this line and nothing else. Dimensions and
 * chunks never move; the table is copied when three quarters are taken, into a place twice as large, and its old place is
 * used again.
 */

import { freePlace, take, takePlace } from "../arena";
import {
  LARGEST_CHUNK,
  S_DIMENSIONS,
  S_PAGE,
  S_PAGE_END,
  S_TABLE,
  S_TABLE_SHIFT,
  SPARSE_PAGE_BYTES,
} from "./layout";

export const D_LIVE: usize = 4;
export const D_CHUNK: usize = 8;
export const D_WRITE: usize = 12;
export const D_LAST: usize = 16;
export const D_ROOM: usize = 20;
export const D_ASKED: usize = 24;
export const D_RESERVATION: usize = 28;
export const D_HIGHEST: usize = 32;
export const D_LOWEST: usize = 36;
export const D_FIRST: usize = 40;
const DIMENSION_BYTES: u32 = 64;

/** Chunk of postings: next chunk · end of this one · postings (postings.ts). */
export const CHUNK_END: usize = 4;
export const CHUNK_HEAD: u32 = 8;

const TABLE_ENTRY: u32 = 8;
/** 2^9 entries, the smallest place there is. */
const FIRST_SHIFT: u32 = 32 - 9;
/** 2^32 / the golden ratio: spreads indices that follow each other. */
const SPREAD: u32 = 0x9e3779b9;

// @ts-ignore: decorator
@inline
function tableBytes(shift: u32): u32 {
  return TABLE_ENTRY << (32 - shift);
}

/** The entry of an index in a table: its own, or the free one where it would go. */
function locate(table: usize, shift: u32, index: u32): usize {
  const mask = u32.MAX_VALUE >> shift;
  let i = (index * SPREAD) >> shift;
  while (true) {
    const at = table + i * TABLE_ENTRY;
    if (load<u32>(at, 4) == 0 || load<u32>(at) == index) return at;
    i = (i + 1) & mask;
  }
}

/** The dimension of an index, 0 when no vector ever had it. */
export function findDimension(index: u32): usize {
  return load<u32>(locate(load<u32>(S_TABLE), load<u32>(S_TABLE_SHIFT), index), 4);
}

/** An empty table of 2^(32 - shift) entries takes the place of the one there is. */
function makeTable(shift: u32): bool {
  const bytes = tableBytes(shift);
  const table = takePlace(bytes);
  if (table == 0) return false;
  memory.fill(table, 0, bytes);
  const old: usize = load<u32>(S_TABLE);
  if (old != 0) {
    const oldBytes = tableBytes(load<u32>(S_TABLE_SHIFT));
    for (let at = old; at < old + oldBytes; at += TABLE_ENTRY) {
      if (load<u32>(at, 4) != 0) store<u64>(locate(table, shift, load<u32>(at)), load<u64>(at));
    }
    freePlace(old, oldBytes);
  }
  store<u32>(S_TABLE, <u32>table);
  store<u32>(S_TABLE_SHIFT, shift);
  return true;
}

export function makeFirstTable(): bool {
  return makeTable(FIRST_SHIFT);
}

/** How many bytes of `wanted` the page has left; a new page is begun where there are none. 0: no memory. */
function openPage(wanted: u32): u32 {
  const page = load<u32>(S_PAGE);
  if (page < load<u32>(S_PAGE_END)) return min<u32>(wanted, load<u32>(S_PAGE_END) - page);
  const fresh = <u32>take(SPARSE_PAGE_BYTES);
  if (fresh == 0) return 0;
  store<u32>(S_PAGE, fresh);
  store<u32>(S_PAGE_END, fresh + SPARSE_PAGE_BYTES);
  return wanted;
}

function takeFromPage(bytes: u32): usize {
  const page = load<u32>(S_PAGE);
  store<u32>(S_PAGE, page + bytes);
  return page;
}

/** The dimension of an index, a new one if need be; 0 when there is no memory. */
export function haveDimension(index: u32): usize {
  let shift = load<u32>(S_TABLE_SHIFT);
  const known = findDimension(index);
  if (known != 0) return known;
  const count = load<u32>(S_DIMENSIONS) + 1;
  if (<u64>count * 4 > (<u64>3 << (32 - shift)) && !makeTable(--shift)) return 0;
  if (openPage(DIMENSION_BYTES) == 0) return 0;
  const dimension = takeFromPage(DIMENSION_BYTES);
  const first = dimension + D_FIRST;
  store<u32>(dimension, index);
  store<u32>(dimension, <u32>first, D_CHUNK);
  store<u32>(dimension, <u32>first + CHUNK_HEAD, D_WRITE);
  store<u32>(dimension, <u32>first, D_LAST);
  store<u32>(first, <u32>dimension + DIMENSION_BYTES, CHUNK_END);
  store<u32>(dimension, (DIMENSION_BYTES - D_FIRST - CHUNK_HEAD) / 8, D_ROOM);
  const at = locate(load<u32>(S_TABLE), shift, index);
  store<u32>(at, index);
  store<u32>(at, <u32>dimension, 4);
  store<u32>(S_DIMENSIONS, count);
  return dimension;
}

/**
 * Links one more chunk to a dimension: a quarter of its postings, so that a long list lies in long chunks and a short one
 * wastes little, or what a page has left. False when there is no memory.
 */
export function linkChunk(dimension: usize): bool {
  const postings = load<u32>(dimension, D_LIVE) + load<u32>(dimension, D_ASKED);
  const quarter = CHUNK_HEAD + (postings >> 2) * 8;
  const bytes = openPage(min<u32>(LARGEST_CHUNK, (quarter + 63) & ~63));
  if (bytes == 0) return false;
  const chunk = takeFromPage(bytes);
  store<u32>(chunk, <u32>chunk + bytes, CHUNK_END);
  store<u32>(load<u32>(dimension, D_LAST), <u32>chunk);
  store<u32>(dimension, <u32>chunk, D_LAST);
  store<u32>(dimension, load<u32>(dimension, D_ROOM) + (bytes - CHUNK_HEAD) / 8, D_ROOM);
  return true;
}
