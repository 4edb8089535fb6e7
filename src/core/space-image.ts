/**
 * The slots of a dense space as they lie in linear memory, for what copies them out and in again (vectors/persistence/). It
 * follows the drawings in assembly/layout.ts and assembly/blocks.ts. Loaded on demand, like all that checkpoints take.
 *
 * One thread: marks are taken away by plain stores.
 */

import { LAYOUT, NONE } from "./abi.ts";
import { checked, type SpaceMemory } from "./space-memory.ts";

/** assembly/layout.ts and assembly/blocks.ts: what only images need. */
export const IMAGE = {
  H_VECTOR_BYTES: 1024 + 12,
  H_M: 1024 + 20,
  H_M0: 1024 + 24,
  H_BLOCK_SHIFT: 1024 + 36,
  H_BLOCK_BIAS: 1024 + 40,
  H_UPPER_SHIFT: 1024 + 48,
  H_UPPER: 1024 + 76,
  H_ENTRY: 1024 + 192,
  UPPER_TABLE: 10240,
  BLOCK_TABLE: 65536,
  META_UPPER: 8,
  META_LEVEL: 12,
  LEVEL_MASK: 15,
  CHANGED: 1 << 7,
  ONE_LINK: 1 << 8,
} as const;

/** Which of a block's addresses in the table. */
const VECTORS = 0;
const LINKS = 1;
const META = 2;

/** Words of a slot's meta, and what lies where in it. */
const META_WORDS = LAYOUT.META_BYTES / 4;
const LEVEL = IMAGE.META_LEVEL / 4;

/** Where searches begin: a slot, and the highest level. */
export interface EntryPoint {
  readonly slot: number;
  readonly level: number;
}

export class SpaceImage {
  /** Bytes of a vector with its padding, of a list on level 0, and of a list above it. */
  readonly vectorBytes: number;
  readonly linkBytes: number;
  readonly upperBytes: number;
  readonly #memory: SpaceMemory;
  readonly #shift: number;
  readonly #mask: number;
  readonly #bias: number;
  readonly #upperShift: number;

  constructor(memory: SpaceMemory) {
    this.#memory = memory;
    this.vectorBytes = memory.header(IMAGE.H_VECTOR_BYTES);
    this.linkBytes = memory.header(IMAGE.H_M0) * 4;
    this.upperBytes = memory.header(IMAGE.H_M) * 4;
    this.#shift = memory.header(IMAGE.H_BLOCK_SHIFT);
    this.#mask = 2 ** this.#shift - 1;
    this.#bias = memory.header(IMAGE.H_BLOCK_BIAS);
    this.#upperShift = memory.header(IMAGE.H_UPPER_SHIFT);
  }

  get slotCount(): number {
    return this.#memory.header(LAYOUT.H_SLOTS);
  }

  /** The first slot that is not in the graph. */
  get cursor(): number {
    return this.#memory.header(LAYOUT.H_CURSOR);
  }

  set cursor(slot: number) {
    this.#memory.u32[LAYOUT.H_CURSOR >>> 2] = slot;
  }

  /** Records of upper links, of all slots. */
  get upperCount(): number {
    return this.#memory.header(IMAGE.H_UPPER);
  }

  /** Undefined while the graph is empty. */
  get entry(): EntryPoint | undefined {
    const level = this.#memory.header(IMAGE.H_ENTRY + 4) - 1;
    return level < 0 ? undefined : { slot: this.#memory.header(IMAGE.H_ENTRY), level };
  }

  set entry(entry: EntryPoint | undefined) {
    const { u32 } = this.#memory;
    u32[IMAGE.H_ENTRY >>> 2] = entry?.slot ?? 0;
    u32[(IMAGE.H_ENTRY + 4) >>> 2] = entry === undefined ? 0 : entry.level + 1;
  }

  /** How many of the slots from..to-1 lie in one row in memory, beginning with the first. */
  slotsInRow(from: number, to: number): number {
    return Math.min(to - from, this.#mask + 1 - ((from + this.#bias) & this.#mask));
  }

  /** The vectors of `count` slots in a row: a view, until memory grows. */
  vectors(slot: number, count: number): Uint8Array {
    return this.#bytes(this.#address(slot, VECTORS, this.vectorBytes), count * this.vectorBytes);
  }

  /** Their lists on level 0. */
  links(slot: number, count: number): Uint8Array {
    return this.#bytes(this.#address(slot, LINKS, this.linkBytes), count * this.linkBytes);
  }

  upperInRow(from: number, to: number): number {
    const mask = 2 ** this.#upperShift - 1;
    return Math.min(to - from, mask + 1 - (from & mask));
  }

  /** The lists of `count` upper records in a row. */
  upperLinks(record: number, count: number): Uint8Array {
    return this.#bytes(this.#upperAddress(record), count * this.upperBytes);
  }

  levelOf(slot: number): number {
    return (this.#memory.u32[this.#meta(slot) + LEVEL] as number) & IMAGE.LEVEL_MASK;
  }

  /** The number of a slot's first upper record, where its level is above 0. */
  upperOf(slot: number): number {
    return this.#memory.u32[this.#meta(slot) + IMAGE.META_UPPER / 4] as number;
  }

  offsetOf(slot: number): number {
    return this.#memory.u32[this.#meta(slot)] as number;
  }

  setOffset(slot: number, offset: number): void {
    this.#memory.u32[this.#meta(slot)] = offset;
  }

  /** A copy of the offsets of the slots from..to-1. */
  offsets(from: number, to: number): Uint32Array {
    const { u32 } = this.#memory;
    const offsets = new Uint32Array(to - from);
    for (let slot = from; slot < to; ) {
      const end = slot + this.slotsInRow(slot, to);
      for (let at = this.#meta(slot); slot < end; slot++, at += META_WORDS)
        offsets[slot - from] = u32[at] as number;
    }
    return offsets;
  }

  /** Takes the marks of changed slots below `to` away. Answers which slots below `known` had one. */
  takeChanged(known: number, to: number): Uint32Array {
    const { u32 } = this.#memory;
    const changed: number[] = [];
    for (let slot = 0; slot < to; ) {
      const end = slot + this.slotsInRow(slot, to);
      for (let at = this.#meta(slot) + LEVEL; slot < end; slot++, at += META_WORDS) {
        const word = u32[at] as number;
        if ((word & IMAGE.CHANGED) === 0) continue;
        u32[at] = word ^ IMAGE.CHANGED;
        if (slot < known) changed.push(slot);
      }
    }
    try {
      return new Uint32Array(changed);
    } catch (noMemory) {
      this.markChanged(changed);
      throw noMemory;
    }
  }

  /** Puts marks back. */
  markChanged(slots: Iterable<number>): void {
    const { u32 } = this.#memory;
    for (const slot of slots) {
      const at = this.#meta(slot) + LEVEL;
      u32[at] = (u32[at] as number) | IMAGE.CHANGED;
    }
  }

  /** Appends slots with these offsets and without links, as storing vectors does; vectors are still to come. Their room was reserved. */
  appendSlots(offsets: Uint32Array): void {
    const { exports, u32 } = this.#memory;
    let slots = this.slotCount;
    for (const offset of offsets) {
      if (exports.append(offset) === 0) checked(-2, "restoring slots");
      u32[LAYOUT.H_SLOTS >>> 2] = ++slots;
    }
  }

  /**
   * Once all links are restored: counts how many lead to each slot, and looks whether they make sense. Answers what is wrong.
   */
  settleLinks(): string | undefined {
    const { u32 } = this.#memory;
    const { cursor, slotCount } = this;
    const incoming = new Uint32Array(cursor);
    const [most, mostUpper] = [this.linkBytes / 4, this.upperBytes / 4];
    for (let slot = 0; slot < cursor; ) {
      const end = slot + this.slotsInRow(slot, cursor);
      for (let at = this.#address(slot, LINKS, this.linkBytes) >>> 2; slot < end; slot++, at += most) {
        for (let i = at; i < at + most; i++) {
          const to = u32[i] as number;
          if (to === NONE) break;
          if (to >= cursor || to === slot) return `a link from slot ${slot} to ${to}`;
          incoming[to] = (incoming[to] as number) + 1;
        }
      }
    }
    for (let slot = 0; slot < slotCount; ) {
      const end = slot + this.slotsInRow(slot, slotCount);
      for (let at = this.#meta(slot); slot < end; slot++, at += META_WORDS) {
        const level = (u32[at + LEVEL] as number) & IMAGE.LEVEL_MASK;
        u32[at + LEVEL] = level + (slot < cursor ? (incoming[slot] as number) * IMAGE.ONE_LINK : 0);
        const record = u32[at + IMAGE.META_UPPER / 4] as number;
        for (let l = 1; l <= level; l++) {
          const list = this.#upperAddress(record + l - 1) >>> 2;
          for (let i = list; i < list + mostUpper; i++) {
            const to = u32[i] as number;
            if (to === NONE) break;
            // A node of a lower level has no list there: reading one would be reading anything.
            if (slot >= cursor || to >= cursor || to === slot || this.levelOf(to) < l) {
              return `a link from slot ${slot} to ${to} on level ${l}`;
            }
          }
        }
      }
    }
    return undefined;
  }

  /** The index of a slot's meta in u32 words. */
  #meta(slot: number): number {
    return this.#address(slot, META, LAYOUT.META_BYTES) >>> 2;
  }

  #address(slot: number, part: number, bytes: number): number {
    const t = slot + this.#bias;
    const base = this.#memory.u32[(IMAGE.BLOCK_TABLE >>> 2) + (t >>> this.#shift) * 4 + part] as number;
    return (base + (t & this.#mask) * bytes) >>> 0;
  }

  #upperAddress(record: number): number {
    const block = this.#memory.u32[(IMAGE.UPPER_TABLE >>> 2) + (record >>> this.#upperShift)] as number;
    return block + (record & (2 ** this.#upperShift - 1)) * this.upperBytes;
  }

  #bytes(address: number, length: number): Uint8Array {
    return this.#memory.u8.subarray(address, address + length);
  }
}
