import type { Ids } from "./ids.ts";

/** Where things stand in a leaf. */
export const Leaf = { BOUND: 0, KIND: 4, COUNT: 5, SORTED: 6, OFFSETS: 7 } as const;
const LEAF_WORDS = 256;
/** Offsets that a leaf can hold. */
export const LEAF_OFFSETS = LEAF_WORDS - Leaf.OFFSETS;

const SLAB_BITS = 4;
const SLAB_LEAVES = 1 << SLAB_BITS;
const FIRST_PLACES = 16;

/**
 * The storage of `IdOrder`: leaves of 1 KB, and a directory that has them in order.
 *
 * ```
 *   directory, by place
 *   ┌───────────────────────┬─────────────────────┐
 *   │ rank of bound: f64    │ number of leaf: u32 │  × length (spare room up to a quarter)
 *   └───────────────────────┴─────────────────────┘
 *                              │
 *   slabs of 16 leaves         ▼
 *   0                  4        5        6         7                                        256   (× u32)
 *   ┌──────────────────┬────────┬────────┬─────────┬───────────────────┬────────────────────┐
 *   │ bound: an id's   │ bound: │ count  │ sorted  │ `sorted` offsets  │ the rest, in any   │
 *   │ four words       │ kind   │        │         │ in order of ids   │ order; then unused │
 *   └──────────────────┴────────┴────────┴─────────┴───────────────────┴────────────────────┘
 * ```
 * No id in a leaf is below its bound, and all are below the bound of the next leaf. The first leaf also takes
 * what is below its bound. A rank may be that of several ids: then bounds tell.
 */
export class IdLeaves {
  length = 0;
  #ranks = new Float64Array(FIRST_PLACES);
  #numbers = new Uint32Array(FIRST_PLACES);
  readonly #slabs: Uint32Array[] = [];
  readonly #free: number[] = [];

  /** The slab that holds the leaf at that place; `base` says where in it. */
  slab(place: number): Uint32Array {
    return this.#slabs[(this.#numbers[place] as number) >>> SLAB_BITS] as Uint32Array;
  }

  base(place: number): number {
    return ((this.#numbers[place] as number) & (SLAB_LEAVES - 1)) * LEAF_WORDS;
  }

  count(place: number): number {
    return this.slab(place)[this.base(place) + Leaf.COUNT] as number;
  }

  at(place: number, index: number): number {
    return this.slab(place)[this.base(place) + Leaf.OFFSETS + index] as number;
  }

  /** The last place whose bound is not above the id, which has that rank; or the first place. */
  placeOf(rank: number, ids: Ids, index: number): number {
    const ranks = this.#ranks;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const bound = ranks[middle] as number;
      if (bound < rank || (bound === rank && !this.#isBelowBound(middle, ids, index))) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  #isBelowBound(place: number, { words, kinds }: Ids, index: number): boolean {
    const slab = this.slab(place);
    const base = this.base(place);
    const byKind = (kinds[index] as number) - (slab[base + Leaf.KIND] as number);
    if (byKind !== 0) return byKind < 0;
    for (let i = 0; i < 4; i++) {
      const difference = (words[index * 4 + i] as number) - (slab[base + Leaf.BOUND + i] as number);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  /** Makes sure that `count` more leaves can be inserted without asking for memory. */
  reserve(count: number): void {
    while (this.#free.length < count) {
      const first = this.#slabs.length * SLAB_LEAVES;
      this.#slabs.push(new Uint32Array(SLAB_LEAVES * LEAF_WORDS));
      // They are taken from the end of the list: the lowest number first.
      for (let i = SLAB_LEAVES - 1; i >= 0; i--) this.#free.push(first + i);
    }
    const needed = this.length + count;
    if (needed <= this.#ranks.length) return;
    const capacity = Math.max(needed, this.length + (this.length >>> 2) + FIRST_PLACES);
    const ranks = new Float64Array(capacity);
    const numbers = new Uint32Array(capacity);
    ranks.set(this.#ranks);
    numbers.set(this.#numbers);
    this.#ranks = ranks;
    this.#numbers = numbers;
  }

  /**
   * Inserts an empty leaf, bounded by the given id, before the one at `place`; `reserve` must have been
   * called for it.
   */
  insert(place: number, rank: number, { words, kinds }: Ids, index: number): void {
    this.#ranks.copyWithin(place + 1, place, this.length);
    this.#numbers.copyWithin(place + 1, place, this.length);
    this.length++;
    this.#ranks[place] = rank;
    this.#numbers[place] = this.#free.pop() as number;
    const slab = this.slab(place);
    const base = this.base(place);
    for (let i = 0; i < 4; i++) slab[base + Leaf.BOUND + i] = words[index * 4 + i] as number;
    slab[base + Leaf.KIND] = kinds[index] as number;
    slab[base + Leaf.COUNT] = 0;
    slab[base + Leaf.SORTED] = 0;
  }

  remove(place: number): void {
    this.#free.push(this.#numbers[place] as number);
    this.#ranks.copyWithin(place, place + 1, this.length);
    this.#numbers.copyWithin(place, place + 1, this.length);
    this.length--;
  }

  get memoryBytes(): number {
    const directory = this.#ranks.byteLength + this.#numbers.byteLength;
    return directory + this.#slabs.length * SLAB_LEAVES * LEAF_WORDS * 4 + this.#free.length * 8;
  }
}

/** What `count` offsets take in leaves that are full to that part. */
export function estimateLeafBytes(count: number, fill: number): number {
  const leaves = Math.ceil(count / (LEAF_OFFSETS * fill));
  return Math.ceil(leaves / SLAB_LEAVES) * SLAB_LEAVES * LEAF_WORDS * 4 + leaves * 13 + FIRST_PLACES * 12;
}
