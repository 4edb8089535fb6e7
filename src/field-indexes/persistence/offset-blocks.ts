/**
 * Sets of offsets as blocks of 65,536 offsets each; those without any are left out.
 *
 * ```
 *   0         2          4                                  up to 4,096 offsets: as a sorted list
 *   ┌─────────┬──────────┬───────┬───────┬─ … ┬───────┐
 *   │ number  │ size - 1 │ low   │ low   │    │ 0     │     low halves of the offsets, filled up to whole words
 *   │ u16     │ u16      │ u16   │ u16   │    │       │
 *   ├─────────┼──────────┼───────┴───────┴─ … ┴───────┤
 *   │ number  │ size - 1 │ 2,048 × u32                │     more: as a bitmap
 *   └─────────┴──────────┴────────────────────────────┘
 * ```
 */

import { lowestBit } from "../../bits.ts";
import { countBits } from "../answer.ts";
import { damaged } from "./format.ts";

export const BLOCK_OFFSETS = 1 << 16;
export const BLOCK_WORDS = BLOCK_OFFSETS / 32;
/** Of one block, at most. */
export const MOST_BLOCK_WORDS = 1 + BLOCK_WORDS;
const MOST_LISTED = 4096;

/** Writes the block of a bitmap at a word of `target`, where there is room. Answers how many words, none for no offsets. */
export function writeBlock(number: number, bits: Uint32Array, target: Uint32Array, at: number): number {
  const size = countBits(bits);
  if (size === 0) return 0;
  target[at] = number + (size - 1) * BLOCK_OFFSETS;
  if (size > MOST_LISTED) {
    target.set(bits, at + 1);
    return MOST_BLOCK_WORDS;
  }
  const words = (size + 1) >>> 1;
  target[at + words] = 0;
  const list = new Uint16Array(target.buffer, target.byteOffset + (at + 1) * 4, size);
  let next = 0;
  for (let word = 0; word < bits.length; word++) {
    for (let left = bits[word] as number; left !== 0; left &= left - 1)
      list[next++] = word * 32 + lowestBit(left);
  }
  return 1 + words;
}

/** Reads blocks, one behind the other. */
export class BlockReader {
  readonly #words: Uint32Array;
  readonly #end: number;
  /** Where the next block begins, in words. */
  at: number;
  number = -1;
  size = 0;
  #last = -1;

  /** @param end no offset is as high */
  constructor(words: Uint32Array, at: number, end: number) {
    this.#words = words;
    this.#end = end;
    this.at = at;
  }

  get atEnd(): boolean {
    return this.at >= this.#words.length;
  }

  /** The next block's content, a view; its number and size are this one's. @throws {NearvecError} `DAMAGED` */
  next(): Uint16Array | Uint32Array {
    const words = this.#words;
    if (this.atEnd) throw damaged("a block of offsets", "nothing", "one");
    const head = words[this.at] as number;
    const number = head & (BLOCK_OFFSETS - 1);
    const size = (head >>> 16) + 1;
    if (number <= this.number) throw damaged("the number of a block", number, `more than ${this.number}`);
    const from = this.at + 1;
    const end = from + (size > MOST_LISTED ? BLOCK_WORDS : (size + 1) >>> 1);
    if (end > words.length) throw damaged("the size of a block", size, "as much as there is");
    this.at = end;
    this.number = number;
    this.size = size;
    const block = size > MOST_LISTED ? this.#bits(from, end, size) : this.#list(from, size);
    if (this.#last >= this.#end) throw damaged("an offset of a block", this.#last, `less than ${this.#end}`);
    return block;
  }

  /** The highest offset so far; -1: none. */
  get last(): number {
    return this.#last;
  }

  #list(from: number, size: number): Uint16Array {
    const { buffer, byteOffset } = this.#words;
    const list = new Uint16Array(buffer, byteOffset + from * 4, size);
    for (let i = 1; i < size; i++) {
      if ((list[i] as number) <= (list[i - 1] as number))
        throw damaged("an offset of a block", list[i], `more than ${list[i - 1]}`);
    }
    this.#last = this.number * BLOCK_OFFSETS + (list[size - 1] as number);
    return list;
  }

  #bits(from: number, end: number, size: number): Uint32Array {
    const bits = this.#words.subarray(from, end);
    const counted = countBits(bits);
    if (counted !== size) throw damaged("the offsets of a block", counted, String(size));
    let word = BLOCK_WORDS - 1;
    while (bits[word] === 0) word--;
    this.#last = this.number * BLOCK_OFFSETS + word * 32 + 31 - Math.clz32(bits[word] as number);
    return bits;
  }
}

/** Sets the bits of a block in a bitmap over all offsets; those that are past its end are left out. */
export function blockTo(number: number, block: Uint16Array | Uint32Array, bitmap: Uint32Array): void {
  const first = number * BLOCK_WORDS;
  if (block instanceof Uint16Array) {
    for (let i = 0; i < block.length; i++) {
      const low = block[i] as number;
      const word = first + (low >>> 5);
      bitmap[word] = (bitmap[word] as number) | (1 << (low & 31));
    }
    return;
  }
  const words = Math.min(BLOCK_WORDS, bitmap.length - first);
  for (let i = 0; i < words; i++) bitmap[first + i] = (bitmap[first + i] as number) | (block[i] as number);
}

/** Whether all offsets of a block are in a bitmap over all offsets. */
export function isWithin(number: number, block: Uint16Array | Uint32Array, bitmap: Uint32Array): boolean {
  const first = number * BLOCK_WORDS;
  if (block instanceof Uint16Array) {
    for (let i = 0; i < block.length; i++) {
      const low = block[i] as number;
      if ((((bitmap[first + (low >>> 5)] ?? 0) >>> (low & 31)) & 1) === 0) return false;
    }
    return true;
  }
  for (let i = 0; i < BLOCK_WORDS; i++) {
    if (((block[i] as number) & ~(bitmap[first + i] ?? 0)) !== 0) return false;
  }
  return true;
}
