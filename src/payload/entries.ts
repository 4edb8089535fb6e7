const PAGE_BITS = 10;
const PAGE_ENTRIES = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_ENTRIES - 1;
const FIRST_ENTRIES = 32;

/**
 * Where each point's payload is: 8 bytes an offset, in pages of 1,024 offsets. Pages without a payload don't
 * exist, and the first one grows up to its size.
 *
 * ```
 *   ┌──────────────────┬──────────────────┬──────────────────┬───
 *   │ place 0: u32     │ length 0: u32    │ place 1: u32     │ …
 *   └──────────────────┴──────────────────┴──────────────────┴───
 *                        0: no payload
 * ```
 */
export class Entries {
  readonly #pages: (Uint32Array | undefined)[] = [];
  memoryBytes = 0;

  place(offset: number): number {
    return this.#pages[offset >>> PAGE_BITS]?.[(offset & PAGE_MASK) * 2] ?? 0;
  }

  /** Bytes of the offset's payload, 0 for none. */
  length(offset: number): number {
    return this.#pages[offset >>> PAGE_BITS]?.[(offset & PAGE_MASK) * 2 + 1] ?? 0;
  }

  /** Makes room for an entry of the offset. */
  reserve(offset: number): void {
    const number = offset >>> PAGE_BITS;
    const page = this.#pages[number];
    const size = page?.length ?? 0;
    const needed = ((offset & PAGE_MASK) + 1) * 2;
    if (needed <= size) return;
    const least = number === 0 ? FIRST_ENTRIES * 2 : PAGE_ENTRIES * 2;
    const larger = new Uint32Array(Math.max(least, 1 << (32 - Math.clz32(needed - 1))));
    if (page !== undefined) larger.set(page);
    this.#pages[number] = larger;
    this.memoryBytes += larger.byteLength - size * 4;
  }

  /** Makes room for entries of all offsets below `end`. */
  reserveAll(end: number): void {
    for (let first = 0; first < end; first += PAGE_ENTRIES) {
      this.reserve(Math.min(first + PAGE_ENTRIES, end) - 1);
    }
  }

  /** `reserve` must have been called for the offset. */
  set(offset: number, place: number, length: number): void {
    const page = this.#pages[offset >>> PAGE_BITS] as Uint32Array;
    page[(offset & PAGE_MASK) * 2] = place;
    page[(offset & PAGE_MASK) * 2 + 1] = length;
  }
}

export function estimateEntryBytes(count: number): number {
  if (count <= PAGE_ENTRIES) return 8 * Math.max(FIRST_ENTRIES, 2 ** Math.ceil(Math.log2(count)));
  return 8 * PAGE_ENTRIES * Math.ceil(count / PAGE_ENTRIES);
}
