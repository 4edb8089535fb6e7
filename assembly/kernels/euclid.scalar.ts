/** Squared Euclidean distance, one value at a time: what euclid.ts is tested and timed against. */
export function euclidScalar(a: usize, b: usize, bytes: usize): f32 {
  let sum: f32 = 0;
  for (let i: usize = 0; i < bytes; i += 4) {
    const d = load<f32>(a + i) - load<f32>(b + i);
    sum += d * d;
  }
  return sum;
}
