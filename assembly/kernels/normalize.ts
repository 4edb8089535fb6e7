/**
 * Scales a vector to unit length in place. Lengths are summed in f64, so that no finite f32 vector overflows or
 * vanishes on the way. A zero vector stays zero, and one whose squared length is within 1e-6 of 1 stays as it is: what
 * was normalised already comes back bit for bit.
 */
export function normalize(a: usize, bytes: usize): void {
  const end = a + bytes;
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  for (let p = a; p < end; p += 16) {
    const v = v128.load(p);
    const low = f64x2.promote_low_f32x4(v);
    const high = f64x2.promote_low_f32x4(i32x4.shuffle(v, v, 2, 3, 0, 1));
    s0 = f64x2.add(s0, f64x2.mul(low, low));
    s1 = f64x2.add(s1, f64x2.mul(high, high));
  }
  const s = f64x2.add(s0, s1);
  const squared = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  if (squared == 0 || abs<f64>(squared - 1) < 1e-6) return;
  const scale = 1 / sqrt<f64>(squared);
  for (let p = a; p < end; p += 4) store<f32>(p, <f32>(<f64>load<f32>(p) * scale));
}
