import { hasBit } from "../../bits.ts";

/** The points that changed since a moment: a bitmap over the offsets that there were. All later ones count as changed. */
export class ChangedPoints {
  readonly end: number;
  readonly bitmap: Uint32Array;
  #some = false;

  constructor(end: number) {
    this.end = end;
    this.bitmap = new Uint32Array((end + 31) >>> 5);
  }

  add(offset: number): void {
    if (offset >= this.end) return;
    this.bitmap[offset >>> 5] = (this.bitmap[offset >>> 5] as number) | (1 << (offset & 31));
    this.#some = true;
  }

  has(offset: number): boolean {
    return offset >= this.end || (this.#some && hasBit(this.bitmap, offset));
  }

  /** Clears the bits of changed points in a bitmap that begins at a word of this one. */
  clearIn(bits: Uint32Array, firstWord: number): void {
    if (this.#some) {
      for (let i = 0; i < bits.length; i++) {
        bits[i] = (bits[i] as number) & ~(this.bitmap[firstWord + i] as number);
      }
    }
    const left = this.end - firstWord * 32;
    if (left >= bits.length * 32) return;
    const words = Math.max(0, left) >>> 5;
    bits.fill(0, words + 1);
    if (words < bits.length) bits[words] = (bits[words] as number) & ((1 << (Math.max(0, left) & 31)) - 1);
  }
}
