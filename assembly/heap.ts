/** The k smallest of many u64 keys: a max-heap of k, then sorted in place. Keys are those of pool.ts. */

function siftDown(heap: usize, from: u32, count: u32, key: u64): void {
  let i = from;
  while (true) {
    let child: u32 = 2 * i + 1;
    if (child >= count) break;
    const left = load<u64>(heap + (<usize>child << 3));
    let larger = left;
    if (child + 1 < count) {
      const right = load<u64>(heap + (<usize>child << 3), 8);
      if (right > left) {
        larger = right;
        child++;
      }
    }
    if (larger <= key) break;
    store<u64>(heap + (<usize>i << 3), larger);
    i = child;
  }
  store<u64>(heap + (<usize>i << 3), key);
}

/** Adds a key to a heap of `count` < capacity keys. */
export function heapPush(heap: usize, count: u32, key: u64): void {
  let i = count;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = load<u64>(heap + (<usize>parent << 3));
    if (above >= key) break;
    store<u64>(heap + (<usize>i << 3), above);
    i = parent;
  }
  store<u64>(heap + (<usize>i << 3), key);
}

/** Replaces the largest key. */
export function heapReplace(heap: usize, count: u32, key: u64): void {
  siftDown(heap, 0, count, key);
}

/** Turns the heap into an ascending list. */
export function heapSort(heap: usize, count: u32): void {
  for (let n = count; n > 1; n--) {
    const last = heap + (<usize>(n - 1) << 3);
    const key = load<u64>(last);
    store<u64>(last, load<u64>(heap));
    siftDown(heap, 0, n - 1, key);
  }
}
