/** Sum of absolute differences, one value at a time: what manhattan.ts is tested and timed against. */
export function manhattanScalar(a: usize, b: usize, bytes: usize): f32 {
  let sum: f32 = 0;
  for (let i: usize = 0; i < bytes; i += 4) {
    sum += abs<f32>(load<f32>(a + i) - load<f32>(b + i));
  }
  return sum;
}
