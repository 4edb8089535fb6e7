/**
 * How the datatypes of vectors round numbers, as Qdrant does it: before vectors are stored and before queries are compared.
 * The rounded numbers are held as f32, and take f32's memory.
 */

/** The largest number of binary16, as the bits of an f32. */
const LARGEST_HALF = 0x477fe000;
/** 2^-14, the smallest normal number of binary16, as the bits of an f32. */
const SMALLEST_NORMAL_HALF = 0x38800000;
/** Adding it in f64 leaves no bits below 2^-24, the step of binary16's subnormal numbers. */
const SUBNORMAL_STEP = 1.5 * 2 ** 28;

/**
 * Rounds numbers in place to binary16: to the nearest, of two equally near ones to the even one. What lies beyond its range
 * becomes ±65504, its largest number. (Qdrant's server stores an infinity there, with which no score is a number any more.)
 */
export function roundToFloat16(values: Float32Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    const sign = (bits[i] as number) & 0x80000000;
    const magnitude = (bits[i] as number) & 0x7fffffff;
    if (magnitude >= SMALLEST_NORMAL_HALF) {
      // 13 bits less: half of the last kept bit is added, less a little where that bit is 0.
      const rounded = (magnitude + 0xfff + ((magnitude >>> 13) & 1)) & ~0x1fff;
      bits[i] = sign | Math.min(rounded, LARGEST_HALF);
    } else {
      values[i] = Math.abs(values[i] as number) + SUBNORMAL_STEP - SUBNORMAL_STEP;
      bits[i] = (bits[i] as number) | sign;
    }
  }
}

/** Rounds numbers in place towards zero, into 0..255. */
export function roundToUint8(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    values[i] = value >= 1 ? Math.min(255, Math.floor(value)) : 0;
  }
}

/**
 * Scales a vector in place to unit length, by the rules of assembly/kernels/normalize.ts: a zero vector, and one whose
 * squared length is within 1e-6 of 1, stay as they are.
 */
export function normalize(vector: Float32Array): void {
  const squared = squaredLength(vector);
  if (squared === 0 || Math.abs(squared - 1) < 1e-6) return;
  const scale = 1 / Math.sqrt(squared);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) * scale;
}

export function squaredLength(vector: Float32Array): number {
  let squared = 0;
  for (let i = 0; i < vector.length; i++) squared += (vector[i] as number) ** 2;
  return squared;
}
