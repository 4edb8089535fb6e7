/** Randomness that repeats: the same seed gives the same numbers everywhere. */

/** Numbers from 0 (included) to 1 (not included); mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The numbers 0 … count-1 in random order. */
export function permutation(count: number, seed: number): Uint32Array {
  const random = randomNumbers(seed);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const held = order[i] as number; // i and j are below count
    order[i] = order[j] as number;
    order[j] = held;
  }
  return order;
}

/** One byte per row, 1 where it is allowed: exactly `fraction` of the rows. */
export function randomMask(count: number, fraction: number, seed: number): Uint8Array {
  const mask = new Uint8Array(count);
  for (const row of permutation(count, seed).subarray(0, Math.round(count * fraction))) mask[row] = 1;
  return mask;
}
