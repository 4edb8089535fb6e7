/** A growing array of u32 numbers, such as the slots of offsets. */
export class U32Table {
  readonly #none: number;
  #values = new Uint32Array(0);

  /** @param none what there is where nothing was set */
  constructor(none: number) {
    this.#none = none;
  }

  get(index: number): number {
    return index < this.#values.length ? (this.#values[index] as number) : this.#none;
  }

  set(index: number, value: number): void {
    if (index >= this.#values.length) this.#grow(index + 1);
    this.#values[index] = value;
  }

  /** Room for indices below `count`, so that setting them asks for no memory. @throws {RangeError} there is none */
  reserve(count: number): void {
    if (count > this.#values.length) this.#grow(count);
  }

  /** One more than the largest index that may have been set. */
  get limit(): number {
    return this.#values.length;
  }

  get memoryBytes(): number {
    return this.#values.byteLength;
  }

  #grow(count: number): void {
    const { length } = this.#values;
    const next = new Uint32Array(Math.max(count, Math.ceil(length * 1.25), 64));
    next.set(this.#values);
    if (this.#none !== 0) next.fill(this.#none, length);
    this.#values = next;
  }
}
