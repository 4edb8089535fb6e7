/**
 * Bits of u32 words. A bitmap over offsets has that of offset o at bit o & 31 of word o >>> 5; its offsets are met, in order, by
 *
 *     for (let word = 0; word < bitmap.length; word++) {
 *       for (let bits = bitmap[word] as number; bits !== 0; bits &= bits - 1) visit(word * 32 + lowestBit(bits));
 *     }
 */

/** Whether an offset is in a bitmap; it may lie behind its end. */
export function hasBit(bitmap: Uint32Array, offset: number): boolean {
  return ((bitmap[offset >>> 5] ?? 0) & (1 << (offset & 31))) !== 0;
}

/** The number of the lowest bit that is set; one must be. */
export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
