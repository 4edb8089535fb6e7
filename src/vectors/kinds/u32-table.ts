/** A growing array of u32 numbers; 0 where none was set. */
export class U32Table {
  #values = new Uint32Array(0);

  get(index: number): number {
    return index < this.#values.length ? (this.#values[index] as number) : 0;
  }

  set(index: number, value: number): void {
    if (index >= this.#values.length) this.#grow(index + 1);
    this.#values[index] = value;
  }

  /** Room for indices below `count`, so that setting them asks for no memory. @throws {RangeError} there is none */
  reserve(count: number): void {
    if (count > this.#values.length) this.#grow(count);
  }

  /** One more than the largest index that may be set. */
  get limit(): number {
    return this.#values.length;
  }

  get memoryBytes(): number {
    return this.#values.byteLength;
  }

  #grow(count: number): void {
    const next = new Uint32Array(Math.max(count, Math.ceil(this.#values.length * 1.25), 64));
    next.set(this.#values);
    this.#values = next;
  }
}
