const SMALLEST = 1 << 8;
const LARGEST = 1 << 20;

/** Bytes that grow at their end, in blocks: what is there never moves, and appending a little doesn't copy a lot. */
export class GrowingBytes {
  size = 0;
  readonly #blocks: Uint8Array[] = [];
  /** Where each block begins; where the last one is filled to is `size`. */
  readonly #starts: number[] = [];
  #capacity = 0;

  /** All or nothing. @throws {RangeError} when there is no memory */
  append(bytes: Uint8Array): void {
    const spare = this.#capacity - this.size;
    // The new block first: once it is there, nothing can fail.
    const least = bytes.length - spare;
    const block =
      least > 0 ? new Uint8Array(Math.max(least, SMALLEST, Math.min(this.size, LARGEST))) : undefined;
    const last = this.#blocks.at(-1);
    const fits = Math.min(spare, bytes.length);
    last?.set(bytes.subarray(0, fits), last.length - spare);
    if (block !== undefined) {
      block.set(bytes.subarray(fits));
      this.#blocks.push(block);
      this.#starts.push(this.#capacity);
      this.#capacity += block.length;
    }
    this.size += bytes.length;
  }

  /** A range that is there, in memory of its own. */
  copy(from: number, length: number): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(length);
    for (let i = this.#blockAt(from), at = 0; at < length; i++) {
      const block = this.#blocks[i] as Uint8Array;
      const begin = from + at - (this.#starts[i] as number);
      const part = block.subarray(begin, begin + length - at);
      copy.set(part, at);
      at += part.length;
    }
    return copy;
  }

  #blockAt(position: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) <= position) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}
