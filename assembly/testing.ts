/** What tests and benchmarks see beside the published interface: layouts, kernels and their scalar twins, pools, links. */

export * from "./index";
export * from "./sparse/index";
export * from "./layout";
export * from "./sparse/layout";
export * from "./status";
export {
  CHANGED,
  LARGEST_BLOCK,
  LARGEST_FIRST_BLOCK,
  LEVEL_MASK,
  META_BYTES,
  META_LEVEL,
  META_UPPER,
  metaAddress,
  ONE_LINK,
  UPPER_BLOCK_BYTES,
} from "./blocks";
export { entryLevel, loadEntry } from "./graph/insert";
export { levelOf } from "./graph/levels";
export { linkCapacity, linksOn } from "./graph/search";
export { heapPush, heapReplace, heapSort } from "./heap";
export { dot } from "./kernels/dot";
export { dotScalar } from "./kernels/dot.scalar";
export { euclid } from "./kernels/euclid";
export { euclidScalar } from "./kernels/euclid.scalar";
export { manhattan } from "./kernels/manhattan";
export { manhattanScalar } from "./kernels/manhattan.scalar";
export { normalize } from "./kernels/normalize";
export { insertKey, keyOf, ordered, unordered } from "./pool";

import { dot, dot4 } from "./kernels/dot";
import { dotScalar } from "./kernels/dot.scalar";
import { euclid, euclid4 } from "./kernels/euclid";
import { euclidScalar } from "./kernels/euclid.scalar";
import { manhattan, manhattan4 } from "./kernels/manhattan";
import { manhattanScalar } from "./kernels/manhattan.scalar";
import { EUCLID, MANHATTAN } from "./layout";

/** Distances from q to four vectors in a row, written to `out`. */
export function kernel4(metric: u32, q: usize, vectors: usize, bytes: usize, out: usize): void {
  const b = vectors + bytes;
  const c = b + bytes;
  const d = c + bytes;
  if (metric == EUCLID) v128.store(out, euclid4(q, vectors, b, c, d, bytes));
  else if (metric == MANHATTAN) v128.store(out, manhattan4(q, vectors, b, c, d, bytes));
  else v128.store(out, dot4(q, vectors, b, c, d, bytes));
}

/** Runs a kernel `rounds` times over `count` vectors in a row, without leaving the module: what a benchmark times. */
export function timeKernel(metric: u32, q: usize, vectors: usize, bytes: usize, count: u32, rounds: u32): f32 {
  let total: f32 = 0;
  for (let r: u32 = 0; r < rounds; r++) {
    for (let i: u32 = 0; i < count; i++) {
      const at = vectors + <usize>i * bytes;
      if (metric == EUCLID) total += euclid(q, at, bytes);
      else if (metric == MANHATTAN) total += manhattan(q, at, bytes);
      else total += dot(q, at, bytes);
    }
  }
  return total;
}

export function timeKernel4(metric: u32, q: usize, vectors: usize, bytes: usize, count: u32, rounds: u32): f32 {
  let total = f32x4.splat(0);
  for (let r: u32 = 0; r < rounds; r++) {
    for (let i: u32 = 0; i + 4 <= count; i += 4) {
      const a = vectors + <usize>i * bytes;
      const b = a + bytes;
      const c = b + bytes;
      const d = c + bytes;
      if (metric == EUCLID) total = f32x4.add(total, euclid4(q, a, b, c, d, bytes));
      else if (metric == MANHATTAN) total = f32x4.add(total, manhattan4(q, a, b, c, d, bytes));
      else total = f32x4.add(total, dot4(q, a, b, c, d, bytes));
    }
  }
  return f32x4.extract_lane(total, 0);
}

export function timeScalar(metric: u32, q: usize, vectors: usize, bytes: usize, count: u32, rounds: u32): f32 {
  let total: f32 = 0;
  for (let r: u32 = 0; r < rounds; r++) {
    for (let i: u32 = 0; i < count; i++) {
      const at = vectors + <usize>i * bytes;
      if (metric == EUCLID) total += euclidScalar(q, at, bytes);
      else if (metric == MANHATTAN) total += manhattanScalar(q, at, bytes);
      else total += dotScalar(q, at, bytes);
    }
  }
  return total;
}

/** The sum of every f32 in a range: the least work that reads each byte, which a scan's bandwidth is held against. */
export function sumBytes(from: usize, bytes: usize): f32 {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  const end = from + bytes;
  for (let p = from; p + 64 <= end; p += 64) {
    s0 = f32x4.add(s0, v128.load(p));
    s1 = f32x4.add(s1, v128.load(p, 16));
    s2 = f32x4.add(s2, v128.load(p, 32));
    s3 = f32x4.add(s3, v128.load(p, 48));
  }
  const s = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  return f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1) + f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3);
}
