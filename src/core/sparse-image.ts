/** The slots and entries of a sparse space as they lie in linear memory (assembly/sparse/slots.ts, entries.ts); see space-image.ts. */

import { LAYOUT, NONE, type SparseExports } from "./abi.ts";
import type { SpaceMemory } from "./space-memory.ts";

/** assembly/sparse/layout.ts */
export const SPARSE_IMAGE = {
  SLOT_TABLE: 10240,
  SLOT_SHIFT: 13,
  ENTRY_TABLE: 65536,
  ENTRY_SHIFT: 15,
} as const;

/** Words of a slot, and of an entry. */
const WORDS = 2;

/** Slots count from 0 on here, entries by the core's numbers. */
export class SparseImage {
  readonly #memory: SpaceMemory<SparseExports>;

  constructor(memory: SpaceMemory<SparseExports>) {
    this.#memory = memory;
  }

  offsetOf(slot: number): number {
    return this.#memory.u32[this.#slot(slot)] as number;
  }

  /** Where the entries of a slot end; they begin where those of the slot before end, which slot 0 has, too. */
  endOf(slot: number): number {
    return this.#memory.u32[this.#slot(slot) + 1] as number;
  }

  /** A bit for each slot below `to` that is no tombstone. */
  live(to: number): Uint32Array {
    const { u32 } = this.#memory;
    const mask = 2 ** SPARSE_IMAGE.SLOT_SHIFT - 1;
    const live = new Uint32Array(Math.ceil(to / 32));
    for (let slot = 0; slot < to; ) {
      const end = Math.min(to, slot + mask + 1 - ((slot + LAYOUT.FIRST_SLOT) & mask));
      for (let at = this.#slot(slot); slot < end; slot++, at += WORDS) {
        if (u32[at] !== NONE) live[slot >>> 5] = (live[slot >>> 5] as number) | (1 << (slot & 31));
      }
    }
    return live;
  }

  /** A copy of the slots from..to-1: the offset and the end of each. */
  slots(from: number, to: number): Uint32Array {
    const { u32 } = this.#memory;
    const mask = 2 ** SPARSE_IMAGE.SLOT_SHIFT - 1;
    const slots = new Uint32Array((to - from) * WORDS);
    for (let slot = from; slot < to; ) {
      const count = Math.min(to - slot, mask + 1 - ((slot + LAYOUT.FIRST_SLOT) & mask));
      const at = this.#slot(slot);
      slots.set(u32.subarray(at, at + count * WORDS), (slot - from) * WORDS);
      slot += count;
    }
    return slots;
  }

  /** Copies the entries from..to-1, index and value of each, to `target`. */
  copyEntries(from: number, to: number, target: Uint32Array, at: number): void {
    const { ENTRY_TABLE, ENTRY_SHIFT } = SPARSE_IMAGE;
    const { u32 } = this.#memory;
    const mask = 2 ** ENTRY_SHIFT - 1;
    let next = at;
    for (let entry = from; entry < to; ) {
      const count = Math.min(to - entry, mask + 1 - (entry & mask));
      const block = u32[(ENTRY_TABLE >>> 2) + (entry >>> ENTRY_SHIFT)] as number;
      const begin = ((block >>> 2) + (entry & mask) * WORDS) % 2 ** 30; // the first block's address is moved back
      // A subarray costs more than copying a few entries by hand.
      if (count > 32) target.set(u32.subarray(begin, begin + count * WORDS), next);
      else for (let i = 0; i < count * WORDS; i++) target[next + i] = u32[begin + i] as number;
      next += count * WORDS;
      entry += count;
    }
  }

  #slot(slot: number): number {
    const { SLOT_TABLE, SLOT_SHIFT } = SPARSE_IMAGE;
    const number = slot + LAYOUT.FIRST_SLOT;
    const block = this.#memory.u32[(SLOT_TABLE >>> 2) + (number >>> SLOT_SHIFT)] as number;
    return ((block >>> 2) + (number & (2 ** SLOT_SHIFT - 1)) * WORDS) % 2 ** 30;
  }
}
