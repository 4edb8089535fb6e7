/** Which slot holds the vector of an offset: a growing u32 array, NONE where there is none. */

import { NONE } from "../core/abi.ts";

export class OffsetSlots {
  #slots = new Uint32Array(0);

  get(offset: number): number {
    return offset < this.#slots.length ? (this.#slots[offset] as number) : NONE;
  }

  set(offset: number, slot: number): void {
    if (offset >= this.#slots.length) this.#grow(offset + 1);
    this.#slots[offset] = slot;
  }

  /** Room for offsets below `count`, so that setting them asks for no memory. @throws {RangeError} there is none */
  reserve(count: number): void {
    if (count > this.#slots.length) this.#grow(count);
  }

  /** One more than the largest offset that can be here. */
  get limit(): number {
    return this.#slots.length;
  }

  get memoryBytes(): number {
    return this.#slots.byteLength;
  }

  #grow(count: number): void {
    const next = new Uint32Array(Math.max(count, Math.ceil(this.#slots.length * 1.25), 64)).fill(
      NONE,
      this.#slots.length,
    );
    next.set(this.#slots);
    this.#slots = next;
  }
}
