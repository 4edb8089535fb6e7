/** Negated dot product, one value at a time: what dot.ts is tested and timed against. */
export function dotScalar(a: usize, b: usize, bytes: usize): f32 {
  let sum: f32 = 0;
  for (let i: usize = 0; i < bytes; i += 4) {
    sum += load<f32>(a + i) * load<f32>(b + i);
  }
  return -sum;
}
