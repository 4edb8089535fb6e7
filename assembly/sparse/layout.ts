/**
 * Linear memory of a sparse space: an inverted index. The header, seats and arena are those of every space (../layout.ts);
 * the tables of blocks are put to another use. One thread at a time: nothing here is locked.
 *
 *   1024 ┌──────────────────────────────┐
 *        │ HEADER        at 1536: below │
 *  10240 ├──────────────────────────────┤
 *        │ SLOT_TABLE    4096 × u32     │  addresses of the blocks of slots (slots.ts)
 *  65536 ├──────────────────────────────┤
 *        │ ENTRY_TABLE  16384 × u32     │  addresses of the blocks of entries (entries.ts)
 * 131072 ├──────────────────────────────┤
 *        │ blocks of slots and entries  │  what a checkpoint would hold: no addresses in it
 *        │ pages: dimensions, postings  │  follow from slots and entries (dimensions.ts, postings.ts)
 *        │ places: hash table, scratch  │
 *        └──────────────────────────────┘
 *
 *   a vector  ──► a slot:  offset · end of its entries           a dimension ──► its postings, in the order of slots
 *                     └──► entries: index · value ┄┄┄┄┄┄┄┄┄┄┄┄┄► by index:    └──► slot · value
 *
 * Both directions are kept, at 8 bytes each: postings answer a query, entries answer for a point (its vector, its score
 * when a filter leaves few, which dimensions to count down when it goes).
 */

import { BLOCK_TABLE, HEADER, UPPER_TABLE } from "../layout";

export const SLOT_TABLE: usize = UPPER_TABLE;
export const SLOT_TABLE_ENTRIES: u32 = 4096;
export const ENTRY_TABLE: usize = BLOCK_TABLE;
export const ENTRY_TABLE_ENTRIES: u32 = 16384;

/**
 * SPARSE_HEADER, u32 each:
 *
 *   +0  next slot · first one that has no block        +8  next entry · first one that has no block
 *   +16 hash table: address · shift · dimensions       +28 page: next free byte · end       +36 number of the reservation
 */
export const SPARSE_HEADER: usize = HEADER + 512;
export const S_SLOTS: usize = SPARSE_HEADER;
export const S_SLOT_CAPACITY: usize = SPARSE_HEADER + 4;
export const S_ENTRIES: usize = SPARSE_HEADER + 8;
export const S_ENTRY_CAPACITY: usize = SPARSE_HEADER + 12;
export const S_TABLE: usize = SPARSE_HEADER + 16;
export const S_TABLE_SHIFT: usize = SPARSE_HEADER + 20;
export const S_DIMENSIONS: usize = SPARSE_HEADER + 24;
export const S_PAGE: usize = SPARSE_HEADER + 28;
export const S_PAGE_END: usize = SPARSE_HEADER + 32;
export const S_RESERVATION: usize = SPARSE_HEADER + 36;

/** Slots, entries and postings: two words each. */
export const RECORD_BYTES: u32 = 8;

/** 2^13 slots make a block of 64 KiB; the first block has 512. */
export const SLOT_SHIFT: u32 = 13;
const FIRST_SLOTS: u32 = 512;

/** 2^15 entries make a block of 256 KiB; the first block has 2,048. */
export const ENTRY_SHIFT: u32 = 15;
const FIRST_ENTRIES: u32 = 2048;

/**
 * The first numbers, which are those that the first blocks begin with (blocks.ts); but the first slot belongs to nobody: its
 * end is where the entries of the next one begin.
 */
export const SLOT_START: u32 = (1 << SLOT_SHIFT) - FIRST_SLOTS;
export const FIRST_SLOT: u32 = SLOT_START + 1;
export const FIRST_ENTRY: u32 = (1 << ENTRY_SHIFT) - FIRST_ENTRIES;

/** A page holds dimensions and chunks of postings; both come in multiples of a cache line. */
export const SPARSE_PAGE_BYTES: u32 = 64 << 10;
/** Bytes of the largest chunk of postings. */
export const LARGEST_CHUNK: u32 = 16384;

/** What the host writes for a query, 32 B a term (search.ts). */
export const TERM_BYTES: u32 = 32;
