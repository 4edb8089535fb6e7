import type { IdStore } from "./id-store.ts";
import type { Ids } from "./ids.ts";

export const SEGMENT_SLOTS = 8192;
const FIRST_SLOTS = 64;
/**
 * Segments are split until 2^19 of them are told apart; ids whose hashes agree in that many bits make a
 * segment grow instead.
 */
const MOST_DEPTH = 19;
/**
 * Three quarters: longer runs of full slots would make a miss expensive, and a split would leave segments no
 * emptier.
 */
export const fullAt = (slots: number): number => (slots >>> 2) * 3;

/**
 * id → offset: extendible hashing. The first `depth` bits of an id's hash pick a segment, its last bits the
 * slot from which that segment is probed linearly. A full segment is split in two by the next bit, so growing
 * never takes longer than moving a few thousand entries, and the table never holds an old and a new copy of
 * itself.
 *
 * ```
 *   hash   31            31 - depth         20          13           0
 *          ┌──────────────┬─────────────────┬───────────┬────────────┐
 *          │ directory    │                 │ tag       │ slot       │
 *          └──────────────┴─────────────────┴───────────┴────────────┘
 *   directory: 2^depth × segment (a segment of lesser depth stands there several times)
 *   segment    ┌─────────────────────┐  ┌─────────────────┐
 *              │ offsets: 8192 × u32 │  │ tags: 8192 × u8 │    tag 0: the slot is free
 *              └─────────────────────┘  └─────────────────┘
 * ```
 * A tag tells 254 of 255 wrong slots apart without a look at the id, which would be a cache miss.
 */
export class IdHash {
  readonly #ids: IdStore;
  #directory: Segment[];
  #depth: number;

  /** @param depth of all segments, for a table that will be large at once */
  constructor(ids: IdStore, depth = 0) {
    this.#ids = ids;
    this.#depth = depth;
    const slots = depth > 0 ? SEGMENT_SLOTS : FIRST_SLOTS;
    this.#directory = Array.from({ length: 2 ** depth }, () => new Segment(slots, depth));
  }

  /** The offset of the id, which has that hash, or -1. */
  find(hash: number, ids: Ids, index: number): number {
    const { tags, offsets } = this.#segment(hash);
    const mask = tags.length - 1;
    const tag = tagOf(hash);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const there = tags[slot] as number;
      if (there === 0) return -1;
      if (there !== tag) continue;
      const offset = offsets[slot] as number;
      if (this.#ids.equals(offset, ids, index)) return offset;
    }
  }

  /** Makes room for `count` more ids, as far as can be foreseen: hashes fall evenly. */
  reserve(count: number): void {
    for (let first = 0; first < 2 ** 32; ) {
      const segment = this.#segment(first);
      if (segment.count + count / 2 ** segment.depth > fullAt(segment.slots)) this.#enlarge(segment, first);
      else first += 2 ** (32 - segment.depth);
    }
  }

  /** Makes room for an id with that hash. All that needs memory happens here. */
  reserveFor(hash: number): void {
    for (let segment = this.#segment(hash); segment.isFull; segment = this.#segment(hash))
      this.#enlarge(segment, hash);
  }

  /** Adds an id that is not there; `reserve` must have been called for it. */
  add(hash: number, offset: number): void {
    this.#segment(hash).add(hash, offset);
  }

  /** Removes an id that is there. The entries behind it move up, so that no slot is lost to a marker. */
  remove(hash: number, offset: number): void {
    const segment = this.#segment(hash);
    const { tags, offsets } = segment;
    const mask = tags.length - 1;
    let hole = hash & mask;
    while (offsets[hole] !== offset) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; tags[slot] !== 0; slot = (slot + 1) & mask) {
      const moving = offsets[slot] as number;
      const home = this.#ids.hash(moving) & mask;
      // An entry may move to the hole only if probing from its home passes there.
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      offsets[hole] = moving;
      tags[hole] = tags[slot] as number;
      hole = slot;
    }
    tags[hole] = 0;
    segment.count--;
  }

  get memoryBytes(): number {
    let bytes = this.#directory.length * 8;
    for (const segment of new Set(this.#directory))
      bytes += segment.offsets.byteLength + segment.tags.byteLength;
    return bytes;
  }

  #segment(hash: number): Segment {
    // In two steps, because a shift by 32 would shift by 0.
    return this.#directory[(hash >>> 1) >>> (31 - this.#depth)] as Segment;
  }

  #enlarge(segment: Segment, hash: number): void {
    if (segment.slots === SEGMENT_SLOTS && segment.depth < MOST_DEPTH) this.#split(segment, hash);
    else this.#grow(segment);
  }

  #split(segment: Segment, hash: number): void {
    const depth = segment.depth + 1;
    const low = new Segment(SEGMENT_SLOTS, depth);
    const high = new Segment(SEGMENT_SLOTS, depth);
    for (let slot = 0; slot < segment.slots; slot++) {
      if (segment.tags[slot] === 0) continue;
      const offset = segment.offsets[slot] as number;
      const itsHash = this.#ids.hash(offset);
      (((itsHash >>> (32 - depth)) & 1) === 0 ? low : high).add(itsHash, offset);
    }
    if (depth > this.#depth) {
      this.#directory = this.#directory.flatMap((entry) => [entry, entry]);
      this.#depth = depth;
    }
    // The two halves of the run of entries that led to the old segment.
    const half = 1 << (this.#depth - depth);
    const from = ((hash >>> 1) >>> (32 - depth)) * half * 2;
    this.#directory.fill(low, from, from + half);
    this.#directory.fill(high, from + half, from + half * 2);
  }

  #grow(segment: Segment): void {
    const larger = new Segment(segment.slots * 2, segment.depth);
    for (let slot = 0; slot < segment.slots; slot++) {
      if (segment.tags[slot] === 0) continue;
      const offset = segment.offsets[slot] as number;
      larger.add(this.#ids.hash(offset), offset);
    }
    segment.offsets = larger.offsets;
    segment.tags = larger.tags;
  }
}

export function estimateHashBytes(count: number): number {
  let slots = FIRST_SLOTS;
  while (slots < SEGMENT_SLOTS && count > fullAt(slots)) slots *= 2;
  let segments = 1;
  while (count / segments > fullAt(slots)) segments *= 2;
  return segments * (slots * 5 + 8);
}

function tagOf(hash: number): number {
  return (hash >>> 13) & 0xff || 1;
}

class Segment {
  offsets: Uint32Array;
  tags: Uint8Array;
  count = 0;
  /** How many first bits of the hash all its ids share. */
  readonly depth: number;

  constructor(slots: number, depth: number) {
    this.offsets = new Uint32Array(slots);
    this.tags = new Uint8Array(slots);
    this.depth = depth;
  }

  get slots(): number {
    return this.tags.length;
  }

  get isFull(): boolean {
    return this.count >= fullAt(this.tags.length);
  }

  add(hash: number, offset: number): void {
    const { tags } = this;
    const mask = tags.length - 1;
    let slot = hash & mask;
    while (tags[slot] !== 0) slot = (slot + 1) & mask;
    tags[slot] = tagOf(hash);
    this.offsets[slot] = offset;
    this.count++;
  }
}
