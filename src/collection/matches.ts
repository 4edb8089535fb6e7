/** Which points match a filter, as a bitmap over offsets. */
export interface Matches {
  readonly bitmap: Uint32Array;
  readonly count: number;
}

/** Whether an offset is in a bitmap over offsets: bit o & 31 of word o >>> 5. */
export function hasBit(bitmap: Uint32Array, offset: number): boolean {
  return ((bitmap[offset >>> 5] ?? 0) & (1 << (offset & 31))) !== 0;
}

/** The number of the lowest bit that is set, of one at least: `for (; bits !== 0; bits &= bits - 1)` meets all of them. */
export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
