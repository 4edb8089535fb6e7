/**
 * Compares a list of queries with lists of slots (max_sim): for each list, the sum over all queries of the distance to
 * the closest slot of the list. A stored vector is read once, and compared with four queries at a time.
 *
 *   scratch   ┌─────────────────┬──────────────────┬─────────┬─────────┬─────────┐
 *             │ queries         │ closest          │ ends    │ sums    │ slots   │
 *             │ Q × vectorBytes │ Q × f32, to 16 B │ L × u32 │ L × f32 │ S × u32 │
 *             └─────────────────┴──────────────────┴─────────┴─────────┴─────────┘
 *   The host writes queries, ends and slots: list i has the slots from ends[i - 1] (0 for the first) up to ends[i].
 *
 * Euclidean distances are summed as such, not squared, as a sum of squares would order lists differently.
 */

import { metric, vectorAddress, vectorBytes } from "./blocks";
import { distance, distanceRow4 } from "./distance";
import { normalize } from "./kernels/normalize";
import { COSINE, EUCLID } from "./layout";
import { pools } from "./seats";
import { BAD_ARGUMENT } from "./status";

/** Beyond that a place for scratch cannot be had. */
const MOST_BYTES: u64 = 1 << 31;

let queries: usize = 0;
let queryCount: u32 = 0;
let closest: usize = 0;
let ends: usize = 0;
let sums: usize = 0;
let slots: usize = 0;
let listCount: u32 = 0;

/**
 * Room for `q` queries, up to `l` lists, and `s` slots in all of them; what lies behind the queries' values is zero. Answers
 * where the queries go, good until the next search or call of this; 0 when there is no memory.
 */
export function measureAddress(q: u32, l: u32, s: u32): usize {
  const closestBytes = (<u64>q * 4 + 15) & ~15;
  const bytes = <u64>q * vectorBytes + closestBytes + <u64>l * 8 + <u64>s * 4;
  queries = bytes > MOST_BYTES ? 0 : pools(<u32>bytes);
  if (queries == 0) return 0;
  queryCount = q;
  listCount = l;
  closest = queries + <usize>q * vectorBytes;
  ends = closest + <usize>closestBytes;
  sums = ends + (<usize>l << 2);
  slots = sums + (<usize>l << 2);
  memory.fill(queries, 0, closest - queries);
  return queries;
}

/** Keeps the smaller distance of each query. A distance that is NaN is never the smaller one. */
function compare(vector: usize): void {
  const end = closest + (<usize>queryCount << 2);
  let q = queries;
  let at = closest;
  for (; at + 16 <= end; at += 16, q += 4 * vectorBytes) {
    v128.store(at, f32x4.pmin(v128.load(at), distanceRow4(vector, q)));
  }
  for (; at < end; at += 4, q += vectorBytes) {
    const d = distance(vector, q);
    if (d < load<f32>(at)) store<f32>(at, d);
  }
}

/** Fills the sums of the first `lists` lists. Answers 0, or a status. */
export function measure(lists: u32): i32 {
  if (queries == 0 || lists > listCount) return BAD_ARGUMENT;
  if (metric == COSINE) {
    for (let i: u32 = 0; i < queryCount; i++) normalize(queries + <usize>i * vectorBytes, vectorBytes);
  }
  let slot = slots;
  for (let list: u32 = 0; list < lists; list++) {
    for (let at = closest; at < ends; at += 16) v128.store(at, f32x4.splat(<f32>Infinity));
    const end = slots + (<usize>load<u32>(ends + (<usize>list << 2)) << 2);
    for (; slot < end; slot += 4) compare(vectorAddress(load<u32>(slot)));
    let sum: f64 = 0;
    for (let i: u32 = 0; i < queryCount; i++) {
      const d = <f64>load<f32>(closest + (<usize>i << 2));
      sum += metric == EUCLID ? sqrt<f64>(d) : d;
    }
    // Infinities of both signs make no number: such a list is the farthest.
    store<f32>(sums + (<usize>list << 2), sum == sum ? <f32>sum : <f32>Infinity);
  }
  return 0;
}
