import { hasBit, lowestBit } from "../bits.ts";
import { IdColumn } from "./id-column.ts";
import { fullAt, IdHash, SEGMENT_SLOTS } from "./id-hash.ts";
import { IdLeaves, LEAF_OFFSETS, Leaf } from "./id-leaves.ts";
import { IdOrder } from "./id-order.ts";
import { hashOf, IdStore, rankOf } from "./id-store.ts";
import type { IdTable } from "./id-table.ts";
import { IdKind, type PointId } from "./ids.ts";
import { sortAllByIds } from "./sort-all.ts";

/** A table needs some. */
const LEAST_WORDS = 2;

/**
 * Ids by offset, on their way into a table: put where they were, in any order and over each other, and looked up by nobody.
 * `moveTo` then builds what a table has beside, at once.
 */
export class RestoredIds {
  readonly #store = new IdStore();
  #live = new Uint32Array(LEAST_WORDS);
  #end = 0;
  #size = 0;
  /** Scratch of one call. */
  readonly #one = IdColumn.ofLength(1);

  get size(): number {
    return this.#size;
  }

  /** Offsets are below. */
  get end(): number {
    return this.#end;
  }

  /** Which offsets have an id. */
  get live(): Uint32Array {
    return this.#live;
  }

  /** Lets offsets be below `end`, which is not less than it was. @throws {RangeError} when there is no memory */
  grow(end: number): void {
    this.#end = end;
    const words = (end + 31) >>> 5;
    if (words <= this.#live.length) return;
    const live = new Uint32Array(words);
    live.set(this.#live);
    this.#live = live;
  }

  /** Gives an offset the id of a column of one. @throws {RangeError} when there is no memory */
  put(offset: number, id: IdColumn): void {
    this.#store.reserve(offset, offset + 1, id.kinds[0] as number);
    this.#store.set(offset, id, 0);
    if (hasBit(this.#live, offset)) return;
    this.#live[offset >>> 5] = (this.#live[offset >>> 5] as number) | (1 << (offset & 31));
    this.#size++;
  }

  remove(offset: number): void {
    if (!hasBit(this.#live, offset)) return;
    this.#live[offset >>> 5] = (this.#live[offset >>> 5] as number) & ~(1 << (offset & 31));
    this.#size--;
  }

  /**
   * Makes a table of them, in which all offsets below the end that have no id are released. Answers an id that two
   * offsets have, if there is one; the table is as it was then.
   *
   * @throws {RangeError} when there is no memory
   */
  moveTo(table: IdTable): PointId | undefined {
    const ids = this.#store;
    const end = this.#end;
    const size = this.#size;
    // No chunk of the store is missing, also where all points were deleted.
    ids.reserve(0, end, IdKind.INTEGER);
    const offsets = new Uint32Array(size);
    const hashes = new Uint32Array(size);
    const inOrder = this.#list(offsets, hashes);
    const hash = hashTable(ids, offsets, hashes);
    if (!inOrder) {
      sortAllByIds(offsets, ids);
      const twin = this.#twinIn(offsets);
      if (twin !== undefined) return twin;
    }
    const order = new IdOrder(ids, this.#leavesOf(offsets));
    table.adopt({ ids, hash, order, live: this.#live, released: this.#released(), end, size });
    return undefined;
  }

  /** Lists all offsets and the hashes of their ids. Answers whether each id is above the one before. */
  #list(offsets: Uint32Array, hashes: Uint32Array): boolean {
    const ids = this.#store;
    const live = this.#live;
    const one = this.#one;
    let inOrder = true;
    let last = 0;
    let count = 0;
    for (let word = 0; word < live.length; word++) {
      for (let bits = live[word] as number; bits !== 0; bits &= bits - 1) {
        const offset = word * 32 + lowestBit(bits);
        ids.copy(offset, one, 0);
        if (inOrder && count > 0) inOrder = ids.compare(last, one, 0) < 0;
        hashes[count] = hashOf(one, 0);
        offsets[count++] = offset;
        last = offset;
      }
    }
    return inOrder;
  }

  /** The first id of two offsets that are neighbours, being sorted. */
  #twinIn(offsets: Uint32Array): PointId | undefined {
    const ids = this.#store;
    for (let i = 1; i < offsets.length; i++) {
      const offset = offsets[i] as number;
      if (ids.compareOffsets(offsets[i - 1] as number, offset) === 0) return ids.format(offset);
    }
    return undefined;
  }

  /** Leaves that are full, of offsets in the order of their ids. */
  #leavesOf(offsets: Uint32Array): IdLeaves {
    const one = this.#one;
    const leaves = new IdLeaves();
    leaves.reserve(Math.ceil(offsets.length / LEAF_OFFSETS));
    for (let from = 0; from < offsets.length; from += LEAF_OFFSETS) {
      const part = offsets.subarray(from, from + LEAF_OFFSETS);
      const place = leaves.length;
      this.#store.copy(part[0] as number, one, 0);
      leaves.insert(place, rankOf(one, 0), one, 0);
      const slab = leaves.slab(place);
      const base = leaves.base(place);
      slab.set(part, base + Leaf.OFFSETS);
      slab[base + Leaf.COUNT] = part.length;
      slab[base + Leaf.SORTED] = part.length;
    }
    return leaves;
  }

  #released(): Uint32Array<ArrayBuffer> {
    const released = this.#live.map((word) => ~word);
    const last = this.#end >>> 5;
    if (last < released.length) {
      released[last] = (released[last] as number) & ((1 << (this.#end & 31)) - 1);
      released.fill(0, last + 1);
    }
    return released;
  }
}

/**
 * A hash table of offsets whose ids have those hashes. It is filled segment by segment: one fits into the processor's
 * caches, all of them don't.
 */
function hashTable(ids: IdStore, offsets: Uint32Array, hashes: Uint32Array): IdHash {
  let depth = 0;
  while (offsets.length / 2 ** depth > fullAt(SEGMENT_SLOTS)) depth++;
  const hash = new IdHash(ids, depth);
  if (depth === 0) hash.reserve(offsets.length);
  const order = depth === 0 ? undefined : bySegment(hashes, depth);
  for (let i = 0; i < offsets.length; i++) {
    const at = order === undefined ? i : (order[i] as number);
    const its = hashes[at] as number;
    hash.reserveFor(its);
    hash.add(its, offsets[at] as number);
  }
  return hash;
}

/** Places in a list of hashes, in the order of the first bits of these. */
function bySegment(hashes: Uint32Array, bits: number): Uint32Array {
  const shift = 32 - bits;
  const places = new Uint32Array(2 ** bits + 1);
  for (const hash of hashes) {
    const next = (hash >>> shift) + 1;
    places[next] = (places[next] as number) + 1;
  }
  for (let i = 1; i < places.length; i++) places[i] = (places[i] as number) + (places[i - 1] as number);
  const order = new Uint32Array(hashes.length);
  for (let at = 0; at < hashes.length; at++) {
    const segment = (hashes[at] as number) >>> shift;
    const place = places[segment] as number;
    places[segment] = place + 1;
    order[place] = at;
  }
  return order;
}
