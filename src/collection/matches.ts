/** Which points match a filter, as a bitmap over offsets. */
export interface Matches {
  readonly bitmap: Uint32Array;
  readonly count: number;
}

/** Whether an offset is in a bitmap over offsets: bit o & 31 of word o >>> 5. */
export function hasBit(bitmap: Uint32Array, offset: number): boolean {
  return ((bitmap[offset >>> 5] ?? 0) & (1 << (offset & 31))) !== 0;
}
