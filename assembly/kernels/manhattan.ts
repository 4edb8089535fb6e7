/**
 * Sum of absolute differences.
 *
 * Vectors are padded with zeros to a multiple of 16 bytes, which add nothing; addresses need 16-byte alignment only for
 * speed. `manhattan` (one vector) is for scans: four accumulators hide the latency of the addition, and the loads stream.
 * `manhattan4` (one query, four vectors) is for the scattered neighbours of a graph: it loads the query once for four, with
 * two accumulators each. Twin: manhattan.scalar.ts.
 */

import { sum, sum4 } from "./arithmetic";

// @ts-ignore: decorator
@inline
function absolute(a: v128, b: v128, acc: v128): v128 {
  return f32x4.add(acc, f32x4.abs(f32x4.sub(a, b)));
}

export function manhattan(a: usize, b: usize, bytes: usize): f32 {
  const end = a + bytes;
  const end64 = a + (bytes & ~63);
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  while (a < end64) {
    s0 = absolute(v128.load(a), v128.load(b), s0);
    s1 = absolute(v128.load(a, 16), v128.load(b, 16), s1);
    s2 = absolute(v128.load(a, 32), v128.load(b, 32), s2);
    s3 = absolute(v128.load(a, 48), v128.load(b, 48), s3);
    a += 64;
    b += 64;
  }
  while (a < end) {
    s0 = absolute(v128.load(a), v128.load(b), s0);
    a += 16;
    b += 16;
  }
  return sum(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

export function manhattan4(q: usize, a: usize, b: usize, c: usize, d: usize, bytes: usize): v128 {
  const end = q + bytes;
  const end32 = q + (bytes & ~31);
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  while (q < end32) {
    const q0 = v128.load(q);
    const q1 = v128.load(q, 16);
    a0 = absolute(q0, v128.load(a), a0);
    a1 = absolute(q1, v128.load(a, 16), a1);
    b0 = absolute(q0, v128.load(b), b0);
    b1 = absolute(q1, v128.load(b, 16), b1);
    c0 = absolute(q0, v128.load(c), c0);
    c1 = absolute(q1, v128.load(c, 16), c1);
    d0 = absolute(q0, v128.load(d), d0);
    d1 = absolute(q1, v128.load(d, 16), d1);
    q += 32;
    a += 32;
    b += 32;
    c += 32;
    d += 32;
  }
  if (q < end) {
    const q0 = v128.load(q);
    a0 = absolute(q0, v128.load(a), a0);
    b0 = absolute(q0, v128.load(b), b0);
    c0 = absolute(q0, v128.load(c), c0);
    d0 = absolute(q0, v128.load(d), d0);
  }
  return sum4(f32x4.add(a0, a1), f32x4.add(b0, b1), f32x4.add(c0, c1), f32x4.add(d0, d1));
}
