const CHUNK_BITS = 14;
const CHUNK = 1 << CHUNK_BITS;

/**
 * The sequence number of the last operation that wrote each point, by offset: 8 bytes a point, never copied
 * when it grows.
 */
export class Versions {
  readonly #chunks: Float64Array[] = [];

  /** Room for offsets below `count`. */
  reserve(count: number): void {
    while (this.#chunks.length * CHUNK < count) this.#chunks.push(new Float64Array(CHUNK));
  }

  get(offset: number): number {
    return this.#chunks[offset >>> CHUNK_BITS]?.[offset & (CHUNK - 1)] ?? 0;
  }

  /** Within what was reserved. */
  set(offset: number, sequence: number): void {
    (this.#chunks[offset >>> CHUNK_BITS] as Float64Array)[offset & (CHUNK - 1)] = sequence;
  }

  get memoryBytes(): number {
    return this.#chunks.length * CHUNK * 8;
  }
}

/** What versions of `count` points will take. */
export function estimateVersionBytes(count: number): number {
  return Math.ceil(count / CHUNK) * CHUNK * 8;
}
