/**
 * Pairs of a number and an offset in the order of the numbers, then the offsets; each pair once.
 *
 *     bounds   2           3.5         17                      numbers, for a binary search
 *     leaves   ┌─────────┐ ┌─────────┐ ┌─────────┐
 *              │ 2  2  3 │ │ 3.5 3.5 │ │ 17 20 … │  × f64      up to 512 pairs each, sorted
 *              │ 5 77  1 │ │   8  90 │ │  4  1 … │  × u32
 *              └─────────┘ └─────────┘ └─────────┘
 *
 * No pair is below its leaf's bound (which was its first pair once), and all are below the next leaf's; only the first
 * leaf also takes what is below its bound. No leaf is empty.
 */

import type { OrderVisit } from "./field-index.ts";

const LEAF_PAIRS = 512;
/** A leaf with no more joins a neighbour that has room. */
const FEW = LEAF_PAIRS / 4;
const JOINED = (LEAF_PAIRS / 4) * 3;
const LEAF_BYTES = LEAF_PAIRS * 12 + 500;

interface Leaf {
  /** With the leaf's number in `bounds`: the pair that is its bound. */
  readonly boundOffset: number;
  readonly numbers: Float64Array;
  readonly offsets: Uint32Array;
  size: number;
}

export class SortedPairs {
  #size = 0;
  readonly #bounds: number[] = [];
  readonly #leaves: Leaf[] = [];

  get size(): number {
    return this.#size;
  }

  get memoryBytes(): number {
    return this.#leaves.length * LEAF_BYTES;
  }

  /** Answers whether the pair is new. */
  add(number: number, offset: number): boolean {
    const place = this.#placeOf(number, offset);
    let leaf = this.#leaves[place] ?? this.#insertLeaf(0, number, offset);
    let at = lowerBound(leaf, number, offset);
    if (isAt(leaf, at, number, offset)) return false;
    if (leaf.size === LEAF_PAIRS) {
      if (at === LEAF_PAIRS && place === this.#leaves.length - 1) {
        // Numbers often come in order: what was filled at the end stays full.
        leaf = this.#insertLeaf(place + 1, number, offset);
      } else {
        this.#split(place);
        if (at > leaf.size) leaf = this.#leaves[place + 1] as Leaf;
      }
      at = lowerBound(leaf, number, offset);
    }
    if (at < leaf.size) {
      leaf.numbers.copyWithin(at + 1, at, leaf.size);
      leaf.offsets.copyWithin(at + 1, at, leaf.size);
    }
    leaf.numbers[at] = number;
    leaf.offsets[at] = offset;
    leaf.size++;
    this.#size++;
    return true;
  }

  /** Answers whether the pair was there. */
  delete(number: number, offset: number): boolean {
    const place = this.#placeOf(number, offset);
    const leaf = this.#leaves[place];
    if (leaf === undefined) return false;
    const at = lowerBound(leaf, number, offset);
    if (!isAt(leaf, at, number, offset)) return false;
    leaf.numbers.copyWithin(at, at + 1, leaf.size);
    leaf.offsets.copyWithin(at, at + 1, leaf.size);
    leaf.size--;
    this.#size--;
    if (leaf.size === 0) this.#removeLeaf(place);
    else if (leaf.size <= FEW) this.#join(place);
    return true;
  }

  /** How many pairs have a number in the interval. */
  count(interval: Interval): number {
    let count = 0;
    this.#pieces(interval, (_, from, end) => {
      count += end - from;
    });
    return count;
  }

  /** Sets the bits of all offsets whose number is in the interval. */
  addTo(interval: Interval, bitmap: Uint32Array): void {
    this.#pieces(interval, ({ offsets }, from, end) => {
      for (let i = from; i < end; i++) {
        const offset = offsets[i] as number;
        bitmap[offset >>> 5] = (bitmap[offset >>> 5] as number) | (1 << (offset & 31));
      }
    });
  }

  /** Calls `visit` with the offsets whose number is in the interval, ascending by number. */
  each(interval: Interval, visit: (offset: number) => void): void {
    this.#pieces(interval, ({ offsets }, from, end) => {
      for (let i = from; i < end; i++) visit(offsets[i] as number);
    });
  }

  /**
   * Calls `visit` with runs of pairs in their order, from the given one on (which need not be there), until it answers
   * false. Views, valid during the call.
   */
  runs(
    number: number,
    offset: number,
    visit: (numbers: Float64Array, offsets: Uint32Array) => boolean,
  ): void {
    for (let place = this.#placeOf(number, offset); place < this.#leaves.length; place++) {
      const leaf = this.#leaves[place] as Leaf;
      const from = lowerBound(leaf, number, offset);
      const { numbers, offsets, size } = leaf;
      if (from < size && !visit(numbers.subarray(from, size), offsets.subarray(from, size))) return;
    }
  }

  /** Adds sorted pairs, all of them above those that are there. */
  append(numbers: Float64Array, offsets: Uint32Array): void {
    for (let from = 0; from < numbers.length; ) {
      let leaf = this.#leaves.at(-1);
      if (leaf === undefined || leaf.size === LEAF_PAIRS) {
        leaf = this.#insertLeaf(this.#leaves.length, numbers[from] as number, offsets[from] as number);
      }
      const end = Math.min(numbers.length, from + LEAF_PAIRS - leaf.size);
      leaf.numbers.set(numbers.subarray(from, end), leaf.size);
      leaf.offsets.set(offsets.subarray(from, end), leaf.size);
      leaf.size += end - from;
      this.#size += end - from;
      from = end;
    }
  }

  /** @see Order.walk */
  walk(descending: boolean, start: number | undefined, visit: OrderVisit): void {
    if (descending) this.#walkDown(start ?? Number.POSITIVE_INFINITY, visit);
    else this.#walkUp(start ?? Number.NEGATIVE_INFINITY, visit);
  }

  #walkUp(start: number, visit: OrderVisit): void {
    for (let place = this.#placeOf(start, 0); place < this.#leaves.length; place++) {
      const leaf = this.#leaves[place] as Leaf;
      for (let from = lowerBound(leaf, start, 0); from < leaf.size; ) {
        const number = leaf.numbers[from] as number;
        let end = from + 1;
        while (end < leaf.size && leaf.numbers[end] === number) end++;
        if (!visit(number, leaf.offsets.subarray(from, end))) return;
        from = end;
      }
    }
  }

  #walkDown(start: number, visit: OrderVisit): void {
    for (let place = this.#placeOf(start, ABOVE_ALL); place >= 0; place--) {
      const leaf = this.#leaves[place];
      if (leaf === undefined) return;
      for (let end = lowerBound(leaf, start, ABOVE_ALL); end > 0; ) {
        const number = leaf.numbers[end - 1] as number;
        let from = end - 1;
        while (from > 0 && leaf.numbers[from - 1] === number) from--;
        if (!visit(number, leaf.offsets.subarray(from, end))) return;
        end = from;
      }
    }
  }

  /** Calls `visit` with each leaf that has pairs in the interval, and where they begin and end in it. */
  #pieces(interval: Interval, visit: (leaf: Leaf, from: number, end: number) => void): void {
    const { low, high, withLow, withHigh } = interval;
    const lowest = withLow ? 0 : ABOVE_ALL;
    const highest = withHigh ? ABOVE_ALL : 0;
    const first = this.#placeOf(low, lowest);
    const last = this.#placeOf(high, highest);
    for (let place = first; place <= last && place < this.#leaves.length; place++) {
      const leaf = this.#leaves[place] as Leaf;
      // What stands in later leaves is above the bound of these, and that above `low`.
      const from = place === first ? lowerBound(leaf, low, lowest) : 0;
      const end = place === last ? lowerBound(leaf, high, highest) : leaf.size;
      if (from < end) visit(leaf, from, end);
    }
  }

  /** The last leaf whose bound is not above the pair; or the first leaf. */
  #placeOf(number: number, offset: number): number {
    const bounds = this.#bounds;
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const bound = bounds[middle] as number;
      if (bound < number || (bound === number && (this.#leaves[middle] as Leaf).boundOffset <= offset)) {
        low = middle + 1;
      } else high = middle;
    }
    return Math.max(0, low - 1);
  }

  #insertLeaf(place: number, bound: number, boundOffset: number): Leaf {
    const numbers = new Float64Array(LEAF_PAIRS);
    const leaf: Leaf = { boundOffset, numbers, offsets: new Uint32Array(LEAF_PAIRS), size: 0 };
    this.#leaves.splice(place, 0, leaf);
    this.#bounds.splice(place, 0, bound);
    return leaf;
  }

  #removeLeaf(place: number): void {
    this.#leaves.splice(place, 1);
    this.#bounds.splice(place, 1);
  }

  /** Moves the upper half of a full leaf into a new one behind it. */
  #split(place: number): void {
    const leaf = this.#leaves[place] as Leaf;
    const keep = LEAF_PAIRS / 2;
    const next = this.#insertLeaf(place + 1, leaf.numbers[keep] as number, leaf.offsets[keep] as number);
    append(next, leaf, keep);
    leaf.size = keep;
  }

  #join(place: number): void {
    for (const left of [place, place - 1]) {
      const leaf = this.#leaves[left];
      const next = this.#leaves[left + 1];
      if (leaf === undefined || next === undefined || leaf.size + next.size > JOINED) continue;
      append(leaf, next, 0);
      this.#removeLeaf(left + 1);
      return;
    }
  }
}

/** Numbers from `low` to `high`, with or without these themselves. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly withLow: boolean;
  readonly withHigh: boolean;
}

/** No offset is this. */
const ABOVE_ALL = 2 ** 32;

/** Adds what stands in a leaf from `from` on to the end of another. */
function append(to: Leaf, leaf: Leaf, from: number): void {
  to.numbers.set(leaf.numbers.subarray(from, leaf.size), to.size);
  to.offsets.set(leaf.offsets.subarray(from, leaf.size), to.size);
  to.size += leaf.size - from;
}

/** How many pairs of the leaf are below the given one. */
function lowerBound({ numbers, offsets, size }: Leaf, number: number, offset: number): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = numbers[middle] as number;
    if (at < number || (at === number && (offsets[middle] as number) < offset)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isAt(leaf: Leaf, at: number, number: number, offset: number): boolean {
  return at < leaf.size && leaf.numbers[at] === number && leaf.offsets[at] === offset;
}
