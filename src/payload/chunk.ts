/** Records begin at multiples of 8 bytes. */
export const ALIGNMENT = 8;
const HEADER_BYTES = 4;

/** What a record of that many payload bytes takes. */
export function recordBytes(length: number): number {
  return Math.ceil((HEADER_BYTES + length) / ALIGNMENT) * ALIGNMENT;
}

/**
 * A piece of the payload store: records one behind the other, added at the end, never moved within.
 *
 * ```
 *   at                at + 4                           at + recordBytes(length)
 *   ┌─────────────────┬───────────────────┬───────────┐
 *   │ header: u32     │ payload: UTF-8    │ 0…7 bytes │
 *   └─────────────────┴───────────────────┴───────────┘
 *     the offset of the point that it belongs to; of a dead record, its length
 * ```
 * A record is alive if that point's entry in the store leads here. Nothing leads to a dead one, whatever its
 * header says.
 */
export class Chunk {
  readonly bytes: Uint8Array;
  readonly #words: Uint32Array;
  /** Bytes taken by records, and by the dead ones among them. */
  used = 0;
  dead = 0;

  constructor(capacity: number) {
    const buffer = new ArrayBuffer(capacity);
    this.bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
  }

  get capacity(): number {
    return this.bytes.length;
  }

  get room(): number {
    return this.bytes.length - this.used;
  }

  header(at: number): number {
    return this.#words[at >>> 2] as number;
  }

  /**
   * Adds a record with the payload bytes from `start` to `end`; there must be room. Answers where it begins.
   */
  append(offset: number, source: Uint8Array, start: number, end: number): number {
    const at = this.used;
    this.#words[at >>> 2] = offset;
    if (end - start > SHORT) this.bytes.set(source.subarray(start, end), at + HEADER_BYTES);
    else for (let i = start, to = at + HEADER_BYTES; i < end; ) this.bytes[to++] = source[i++] as number;
    this.used += recordBytes(end - start);
    return at;
  }

  payload(at: number, length: number): Uint8Array {
    return this.bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
  }

  kill(at: number, length: number): void {
    this.#words[at >>> 2] = length;
    this.dead += recordBytes(length);
  }
}

/** Below this a loop is faster than making a view to copy from. */
const SHORT = 64;
