/**
 * Sorted pools of u64 keys, the closest first.
 *
 *   key  63                        32 31                          2  1        0
 *       ┌────────────────────────────┬─────────────────────────────┬────────┬──────────┐
 *       │ distance, order-preserving │ slot                        │ needed │ expanded │
 *       └────────────────────────────┴─────────────────────────────┴────────┴──────────┘
 *
 * One comparison of two u64 orders by distance, then by slot; the flags are the lowest bits, so that setting one in place
 * keeps the order. `expanded`: the node's links were followed. `needed`: its link must not be pruned (graph/select.ts).
 */

/** Bits of an f32 as a u32 that sorts the same way. NaN, which an overflowing product can give, sorts as infinity. */
// @ts-ignore: decorator
@inline
export function ordered(distance: f32): u32 {
  const bits = reinterpret<u32>(distance == distance ? distance : <f32>Infinity);
  return bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
}

// @ts-ignore: decorator
@inline
export function unordered(bits: u32): f32 {
  return reinterpret<f32>(bits ^ (<u32>(<i32>~bits >> 31) | 0x80000000));
}

// @ts-ignore: decorator
@inline
export function keyOf(distance: f32, slot: u32): u64 {
  return (<u64>ordered(distance) << 32) | (slot << 2);
}

// @ts-ignore: decorator
@inline
export function slotOf(key: u64): u32 {
  return <u32>key >> 2;
}

// @ts-ignore: decorator
@inline
export function distanceOf(key: u64): f32 {
  return unordered(<u32>(key >> 32));
}

export const EXPANDED: u64 = 1;
export const NEEDED: u64 = 2;

/**
 * Inserts a key into the sorted pool of `count` keys; the last one falls out when `count` is `capacity`.
 * Answers the position. The caller knows that the key belongs into the pool.
 */
export function insertKey(pool: usize, count: u32, capacity: u32, key: u64): u32 {
  // Halving without branches: where a random key falls is what no branch predictor knows.
  let from = pool;
  let length = count;
  while (length > 1) {
    const half = length >> 1;
    const middle = from + (<usize>half << 3);
    from = select<usize>(middle, from, load<u64>(middle - 8) < key);
    length -= half;
  }
  let low = <u32>((from - pool) >> 3);
  if (length == 1) low += u32(load<u64>(from) < key);
  const kept = min<u32>(count, capacity - 1);
  const at = pool + (<usize>low << 3);
  const moved = kept - low;
  if (moved < 20) {
    // A loop beats the call of memory.copy for short moves.
    for (let p = at + (<usize>moved << 3); p > at; p -= 8) store<u64>(p, load<u64>(p - 8));
  } else {
    memory.copy(at + 8, at, <usize>moved << 3);
  }
  store<u64>(at, key);
  return low;
}
