import { IdColumn } from "./id-column.ts";
import { IdLeaves, LEAF_OFFSETS, Leaf } from "./id-leaves.ts";
import { type IdStore, rankOf } from "./id-store.ts";
import type { Ids } from "./ids.ts";
import { sortByIds } from "./leaf-sort.ts";

/**
 * Up to so many unsorted offsets find their place in a leaf one by one; for more, sorting the leaf anew is
 * faster.
 */
const FEW = 8;

/**
 * All offsets in the order of their ids: leaves in order, each of which is sorted only when somebody looks,
 * or when it is full and has to be split. So adding an id takes a search of the directory and no look at
 * other ids (each a cache miss), ids that arrive in order are appended, and no call ever sorts more than one
 * leaf.
 */
export class IdOrder {
  readonly #ids: IdStore;
  readonly #leaves: IdLeaves;
  /** The rank and the offset of the highest id; a rank below all others while there is none. */
  #lastRank = -1;
  #last = 0;
  readonly #probe = IdColumn.ofLength(1);
  /** Grows with every change. */
  version = 0;

  /** @param leaves those of an order that was built elsewhere */
  constructor(ids: IdStore, leaves = new IdLeaves()) {
    this.#ids = ids;
    this.#leaves = leaves;
    if (leaves.length > 0) this.#noteLast();
  }

  /** Makes room for `count` more offsets if they arrive in order, and in any case for one. */
  reserve(count: number): void {
    this.#leaves.reserve(Math.ceil(count / LEAF_OFFSETS));
  }

  /**
   * Adds an offset, given with its id, which must be stored already; `reserve` must have been called for it.
   */
  add(offset: number, ids: Ids, index: number): void {
    const rank = rankOf(ids, index);
    this.version++;
    if (this.#isBeyondLast(rank, ids, index)) this.#append(offset, rank, ids, index);
    else this.#scatter(offset, rank, ids, index);
  }

  /** Removes an offset that is there, while its id is still stored. */
  remove(offset: number): void {
    this.version++;
    this.#ids.copy(offset, this.#probe, 0);
    const place = this.#leaves.placeOf(rankOf(this.#probe, 0), this.#probe, 0);
    const slab = this.#leaves.slab(place);
    const base = this.#leaves.base(place);
    const from = base + Leaf.OFFSETS;
    const count = slab[base + Leaf.COUNT] as number;
    const at = slab.indexOf(offset, from);
    if (at < from + (slab[base + Leaf.SORTED] as number)) {
      slab.copyWithin(at, at + 1, from + count);
      slab[base + Leaf.SORTED] = (slab[base + Leaf.SORTED] as number) - 1;
    } else {
      slab[at] = slab[from + count - 1] as number;
    }
    slab[base + Leaf.COUNT] = count - 1;
    if (count === 1) this.#leaves.remove(place);
    else if (count <= LEAF_OFFSETS / 4) this.#join(place);
    if (offset === this.#last) this.#noteLast();
  }

  /** The leaf at that place, sorted, for those who walk through all of them; undefined past the end. */
  leaf(place: number): Uint32Array | undefined {
    if (place >= this.#leaves.length) return undefined;
    this.#sort(place);
    const from = this.#leaves.base(place) + Leaf.OFFSETS;
    return this.#leaves.slab(place).subarray(from, from + this.#leaves.count(place));
  }

  /** Where the given id stands, or would: a place, and how many ids of that leaf are below. */
  seek(ids: Ids, index: number): { place: number; below: number } {
    const place = this.#leaves.placeOf(rankOf(ids, index), ids, index);
    if (place >= this.#leaves.length) return { place, below: 0 };
    this.#sort(place);
    return { place, below: this.#below(place, this.#leaves.count(place), ids, index) };
  }

  get memoryBytes(): number {
    return this.#leaves.memoryBytes;
  }

  #isBeyondLast(rank: number, ids: Ids, index: number): boolean {
    return rank === this.#lastRank ? this.#ids.compare(this.#last, ids, index) < 0 : rank > this.#lastRank;
  }

  /** Adds an id above all others. A leaf that is full by then stays full. */
  #append(offset: number, rank: number, ids: Ids, index: number): void {
    const leaves = this.#leaves;
    let place = leaves.length - 1;
    if (place < 0 || leaves.count(place) === LEAF_OFFSETS) leaves.insert(++place, rank, ids, index);
    const slab = leaves.slab(place);
    const base = leaves.base(place);
    const count = slab[base + Leaf.COUNT] as number;
    slab[base + Leaf.OFFSETS + count] = offset;
    slab[base + Leaf.COUNT] = count + 1;
    if (slab[base + Leaf.SORTED] === count) slab[base + Leaf.SORTED] = count + 1;
    this.#lastRank = rank;
    this.#last = offset;
  }

  #scatter(offset: number, rank: number, ids: Ids, index: number): void {
    const leaves = this.#leaves;
    let place = leaves.placeOf(rank, ids, index);
    if (leaves.count(place) === LEAF_OFFSETS) {
      this.#split(place);
      place = leaves.placeOf(rank, ids, index);
    }
    const slab = leaves.slab(place);
    const base = leaves.base(place);
    const count = slab[base + Leaf.COUNT] as number;
    slab[base + Leaf.OFFSETS + count] = offset;
    slab[base + Leaf.COUNT] = count + 1;
  }

  #split(place: number): void {
    this.#sort(place);
    const leaves = this.#leaves;
    const keep = LEAF_OFFSETS >>> 1;
    this.#ids.copy(leaves.at(place, keep), this.#probe, 0);
    leaves.insert(place + 1, rankOf(this.#probe, 0), this.#probe, 0);
    this.#move(place, keep, place + 1);
    leaves.slab(place + 1)[leaves.base(place + 1) + Leaf.SORTED] = LEAF_OFFSETS - keep;
    leaves.slab(place)[leaves.base(place) + Leaf.SORTED] = keep;
  }

  /** Moves what stands in a leaf from `index` on to the end of another. */
  #move(from: number, index: number, to: number): void {
    const leaves = this.#leaves;
    const count = leaves.count(from);
    const size = leaves.count(to);
    const start = leaves.base(from) + Leaf.OFFSETS;
    const moving = leaves.slab(from).subarray(start + index, start + count);
    leaves.slab(to).set(moving, leaves.base(to) + Leaf.OFFSETS + size);
    leaves.slab(to)[leaves.base(to) + Leaf.COUNT] = size + moving.length;
    leaves.slab(from)[leaves.base(from) + Leaf.COUNT] = index;
  }

  /** Joins a leaf that has become short with a neighbour, where both fit well into one. */
  #join(place: number): void {
    const leaves = this.#leaves;
    for (const left of [place, place - 1]) {
      if (left < 0 || left + 1 >= leaves.length) continue;
      if (leaves.count(left) + leaves.count(left + 1) > (LEAF_OFFSETS / 4) * 3) continue;
      this.#move(left + 1, 0, left);
      leaves.remove(left + 1);
      return;
    }
  }

  #sort(place: number): void {
    const slab = this.#leaves.slab(place);
    const base = this.#leaves.base(place);
    const from = base + Leaf.OFFSETS;
    const count = slab[base + Leaf.COUNT] as number;
    const sorted = slab[base + Leaf.SORTED] as number;
    if (sorted === count) return;
    if (count - sorted > FEW) sortByIds(slab.subarray(from, from + count), this.#ids);
    else for (let size = sorted; size < count; size++) this.#sink(place, size);
    slab[base + Leaf.SORTED] = count;
  }

  /** Moves the offset behind the first `size` ones, which are sorted, to its place among them. */
  #sink(place: number, size: number): void {
    const slab = this.#leaves.slab(place);
    const from = this.#leaves.base(place) + Leaf.OFFSETS;
    const offset = slab[from + size] as number;
    this.#ids.copy(offset, this.#probe, 0);
    const below = this.#below(place, size, this.#probe, 0);
    slab.copyWithin(from + below + 1, from + below, from + size);
    slab[from + below] = offset;
  }

  /** How many of the leaf's first `size` ids, which are sorted, are below the given one. */
  #below(place: number, size: number, ids: Ids, index: number): number {
    const slab = this.#leaves.slab(place);
    const from = this.#leaves.base(place) + Leaf.OFFSETS;
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ids.compare(slab[from + middle] as number, ids, index) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #noteLast(): void {
    const last = this.leaf(this.#leaves.length - 1)?.at(-1);
    this.#lastRank = last === undefined ? -1 : this.#ids.rank(last);
    this.#last = last ?? 0;
  }
}
