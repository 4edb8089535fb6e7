/**
 * Blocks: the storage of a power-of-two number B of slots, 1 to 2 MiB together (the first one about 64 KiB).
 *
 *   BLOCK_TABLE[t >> shift]      vectors  ──► B × vectorBytes   f32 × dimension, padded with zeros to 16 bytes
 *      ┌─────────┬───────┬──────┬───────┐
 *      │ vectors │ links │ meta │ codes │     links ──► B × 4·m0   u32 slots, ended by NONE when fewer than m0
 *      └─────────┴───────┴──────┴───────┘     meta  ──► B × 16     see below      codes: reserved for quantised vectors
 *      4 × u32 addresses
 *
 * The first block has only F = firstSlots slots. A slot s is found at t = s + bias with bias = B − F; the first entry
 * holds addresses moved back by bias × size, so that one formula serves every block and nothing is ever copied.
 *
 *   meta   +0 offset: the point's offset, NONE once the slot is a tombstone (or was never filled)
 *          +4 lock: guards this slot's links on every level
 *          +8 first upper record, NONE on level 0
 *          +12 level in the low 4 bits; bit 7: changed; from bit 8 on how many links on level 0 lead here
 *
 *   "changed": a link of the slot, on whatever level, or its offset. The host takes the mark away when it has a checkpoint of it.
 *
 *   upper record r: m × u32 slots at UPPER_TABLE[r >> upperShift] + (r & mask)·4m; a slot of level L owns L records
 *   in a row, one for each level from 1 up.
 */

import { take } from "./arena";
import {
  BLOCK_ENTRY_BYTES,
  BLOCK_TABLE,
  BLOCK_TABLE_ENTRIES,
  H_BLOCK_BIAS,
  H_BLOCK_SHIFT,
  H_BLOCKS,
  H_CAPACITY,
  H_FIRST_SLOTS,
  H_M,
  H_M0,
  H_METRIC,
  H_UPPER_CAPACITY,
  H_UPPER_SHIFT,
  H_VECTOR_BYTES,
  MAX_SLOTS,
  UPPER_TABLE,
  UPPER_TABLE_ENTRIES,
} from "./layout";
import { orShared, storeShared } from "./lock";
import { OUT_OF_MEMORY, SPACE_FULL } from "./status";

export const META_BYTES: u32 = 16;
export const META_OFFSET: usize = 0;
export const META_LOCK: usize = 4;
export const META_UPPER: usize = 8;
export const META_LEVEL: usize = 12;
/** One link more that leads here, in the word at META_LEVEL. */
export const ONE_LINK: u32 = 1 << 8;
export const LEVEL_MASK: u32 = 15;
/** The links of this slot, or its offset, changed. */
export const CHANGED: u32 = 1 << 7;

export const LARGEST_BLOCK: u32 = 2 << 20;
export const LARGEST_FIRST_BLOCK: u32 = 64 << 10;
export const UPPER_BLOCK_BYTES: u32 = 64 << 10;

// The configuration, copied from the header into this instance by readConfiguration.
export let metric: u32 = 0;
export let vectorBytes: u32 = 0;
export let m: u32 = 0;
export let m0: u32 = 0;
let shift: u32 = 0;
let mask: u32 = 0;
let bias: u32 = 0;
let linkBytes: u32 = 0;
let upperShift: u32 = 0;
let upperMask: u32 = 0;
let upperBytes: u32 = 0;

/** The largest power of two ≥ 1 with that many `size`s within `bytes`. */
function slotsWithin(bytes: u32, size: u32): u32 {
  return size > bytes ? 1 : 1 << (31 - clz<u32>(bytes / size));
}

/** Derives the shape of blocks from dimension, m and m0 in the header. */
export function shapeBlocks(): void {
  const size = load<u32>(H_VECTOR_BYTES) + load<u32>(H_M0) * 4 + META_BYTES;
  const slots = slotsWithin(LARGEST_BLOCK, size);
  const first = min<u32>(slots, slotsWithin(LARGEST_FIRST_BLOCK, size));
  store<u32>(H_BLOCK_SHIFT, ctz<u32>(slots));
  store<u32>(H_BLOCK_BIAS, slots - first);
  store<u32>(H_FIRST_SLOTS, first);
  const perRecord = max<u32>(load<u32>(H_M) * 4, 4);
  store<u32>(H_UPPER_SHIFT, ctz<u32>(slotsWithin(UPPER_BLOCK_BYTES, perRecord)));
}

/** Every instance (thread) over this memory calls it once before anything else. */
export function readConfiguration(): void {
  metric = load<u32>(H_METRIC);
  vectorBytes = load<u32>(H_VECTOR_BYTES);
  m = load<u32>(H_M);
  m0 = load<u32>(H_M0);
  shift = load<u32>(H_BLOCK_SHIFT);
  mask = (1 << shift) - 1;
  bias = load<u32>(H_BLOCK_BIAS);
  linkBytes = m0 * 4;
  upperShift = load<u32>(H_UPPER_SHIFT);
  upperMask = (1 << upperShift) - 1;
  upperBytes = m * 4;
}

// @ts-ignore: decorator
@inline
function entry(t: u32): usize {
  return BLOCK_TABLE + (<usize>(t >> shift) << 4);
}

// @ts-ignore: decorator
@inline
export function vectorAddress(slot: u32): usize {
  const t = slot + bias;
  return load<u32>(entry(t)) + (t & mask) * vectorBytes;
}

// @ts-ignore: decorator
@inline
export function linksAddress(slot: u32): usize {
  const t = slot + bias;
  return load<u32>(entry(t), 4) + (t & mask) * linkBytes;
}

// @ts-ignore: decorator
@inline
export function metaAddress(slot: u32): usize {
  const t = slot + bias;
  return load<u32>(entry(t), 8) + (t & mask) * META_BYTES;
}

/** Marks a slot whose links or offset changed. */
// @ts-ignore: decorator
@inline
export function markChanged(slot: u32): void {
  orShared(metaAddress(slot) + META_LEVEL, CHANGED);
}

/** The links of `slot` on a level from 1 up. */
// @ts-ignore: decorator
@inline
export function upperLinksAddress(slot: u32, level: u32): usize {
  const record = load<u32>(metaAddress(slot), META_UPPER) + level - 1;
  return load<u32>(UPPER_TABLE + (<usize>(record >> upperShift) << 2)) + (record & upperMask) * upperBytes;
}

/** How many of the next slots lie in the same block as `slot`, itself included: a scan steps by block. */
// @ts-ignore: decorator
@inline
export function slotsLeftInBlock(slot: u32): u32 {
  return mask + 1 - ((slot + bias) & mask);
}

/** Adds blocks until `capacity` slots fit. */
export function reserveSlots(capacity: u32): i32 {
  if (capacity > MAX_SLOTS) return SPACE_FULL;
  const slots = mask + 1;
  while (load<u32>(H_CAPACITY) < capacity) {
    const block = load<u32>(H_BLOCKS);
    if (block >= BLOCK_TABLE_ENTRIES) return SPACE_FULL;
    const count = block == 0 ? load<u32>(H_FIRST_SLOTS) : slots;
    const absent = slots - count;
    const links = <u64>vectorBytes * count;
    const meta = links + ((<u64>linkBytes * count + 63) & ~63);
    const base = take(meta + <u64>META_BYTES * count);
    if (base == 0) return OUT_OF_MEMORY;
    const at = BLOCK_TABLE + <usize>block * BLOCK_ENTRY_BYTES;
    store<u32>(at, <u32>base - absent * vectorBytes);
    store<u32>(at, <u32>base + <u32>links - absent * linkBytes, 4);
    store<u32>(at, <u32>base + <u32>meta - absent * META_BYTES, 8);
    store<u32>(H_BLOCKS, block + 1);
    storeShared(H_CAPACITY, load<u32>(H_CAPACITY) + count);
  }
  return 0;
}

/** Adds upper blocks until `records` fit, as far as the table goes (a slot without room stays on level 0). */
export function reserveUpper(records: u32): i32 {
  while (load<u32>(H_UPPER_CAPACITY) < records) {
    const block = load<u32>(H_UPPER_CAPACITY) >> upperShift;
    if (block >= UPPER_TABLE_ENTRIES) return 0;
    const base = take(<u64>upperBytes << upperShift);
    if (base == 0) return OUT_OF_MEMORY;
    store<u32>(UPPER_TABLE + (<usize>block << 2), <u32>base);
    storeShared(H_UPPER_CAPACITY, load<u32>(H_UPPER_CAPACITY) + upperMask + 1);
  }
  return 0;
}
