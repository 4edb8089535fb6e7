import { lowestBit } from "../bits.ts";
import { NearvecError } from "../errors.ts";
import type { IdColumn } from "./id-column.ts";
import { estimateHashBytes, IdHash } from "./id-hash.ts";
import { estimateLeafBytes } from "./id-leaves.ts";
import { IdOrder } from "./id-order.ts";
import { estimateStoreBytes, hashOf, IdStore } from "./id-store.ts";
import { IdKind, type Ids, type PointId } from "./ids.ts";

const FIRST_BITMAP_WORDS = 2;
const MOST_OFFSETS = 2 ** 32 - 1;

/** What a table is made of. All offsets below the end have an id or are released; the bitmaps are equally long. */
export interface IdParts {
  readonly ids: IdStore;
  readonly hash: IdHash;
  readonly order: IdOrder;
  readonly live: Uint32Array<ArrayBuffer>;
  readonly released: Uint32Array<ArrayBuffer>;
  readonly end: number;
  readonly size: number;
}

/**
 * Which point has which offset, and the order of all ids.
 *
 * Offsets are handed out from 0 up, one after the other, and belong to their point for its life. The same
 * calls in the same order always give the same offsets.
 */
export class IdTable {
  #ids = new IdStore();
  #hash = new IdHash(this.#ids);
  #order = new IdOrder(this.#ids);
  #live = new Uint32Array(FIRST_BITMAP_WORDS);
  #released = new Uint32Array(FIRST_BITMAP_WORDS);
  #releasedCount = 0;
  /** No word of the bitmap before this one has a released offset. */
  #firstReleased = 0;
  #end = 0;
  #size = 0;

  /** How many ids there are. */
  get size(): number {
    return this.#size;
  }

  /** One above the highest offset that was ever handed out. */
  get end(): number {
    return this.#end;
  }

  /**
   * Which offsets have an id: bit o & 31 of word o >>> 5. Not to be changed, nor kept across an insertion.
   */
  get live(): Uint32Array {
    return this.#live;
  }

  get memoryBytes(): number {
    return (
      this.#ids.memoryBytes + this.#hash.memoryBytes + this.#order.memoryBytes + this.#live.byteLength * 2
    );
  }

  /** The id's offset, or -1. */
  find(ids: Ids, index: number): number {
    return this.#hash.find(hashOf(ids, index), ids, index);
  }

  /**
   * Makes room for the ids of a column that are not there yet. Answers an upper bound of the offsets that
   * will have been handed out after they were inserted: one above the highest.
   *
   * After it an insertion asks for more memory only where ids come out of order or their hashes fall
   * unevenly, and then for less than 100 KB.
   *
   * @throws {NearvecError} `OUT_OF_MEMORY`; nothing has changed then
   */
  reserve(ids: IdColumn): number {
    let fresh = 0;
    let kind: number = IdKind.INTEGER;
    for (let i = 0; i < ids.length; i++) {
      if (this.find(ids, i) !== -1) continue;
      fresh++;
      kind = Math.max(kind, ids.kinds[i] as number);
    }
    if (fresh === 0) return this.#end;
    const end = this.#end + Math.max(0, fresh - this.#releasedCount);
    try {
      if (end > MOST_OFFSETS) throw new RangeError("no more offsets");
      this.#ids.reserve(this.#end, end, kind);
      this.#hash.reserve(fresh);
      this.#order.reserve(fresh);
      this.#growBitmaps(end);
    } catch (cause) {
      throw this.#outOfMemory(cause, fresh);
    }
    return end;
  }

  /**
   * The id's offset: its own if it is there already, else the lowest released one, else a new one.
   *
   * @throws {NearvecError} `OUT_OF_MEMORY`; nothing has changed then
   */
  insert(ids: Ids, index: number): number {
    const hash = hashOf(ids, index);
    const known = this.#hash.find(hash, ids, index);
    if (known !== -1) return known;
    const offset = this.#releasedCount > 0 ? this.#lowestReleased() : this.#end;
    this.#reserveOne(offset, hash, ids.kinds[index] as number);
    this.#ids.set(offset, ids, index);
    this.#hash.add(hash, offset);
    this.#order.add(offset, ids, index);
    setBit(this.#live, offset);
    if (offset === this.#end) this.#end++;
    else {
      clearBit(this.#released, offset);
      this.#releasedCount--;
    }
    this.#size++;
    return offset;
  }

  /**
   * Removes an id. Answers the offset that it had, or -1 when it was not there. No other id gets that offset
   * before `release`.
   */
  delete(ids: Ids, index: number): number {
    const hash = hashOf(ids, index);
    const offset = this.#hash.find(hash, ids, index);
    if (offset === -1) return -1;
    this.#order.remove(offset);
    this.#hash.remove(hash, offset);
    clearBit(this.#live, offset);
    this.#size--;
    return offset;
  }

  /**
   * Lets the offset of a deleted point be given to another. For callers who know that nothing refers to it
   * any more.
   */
  release(offset: number): void {
    if (this.has(offset) || offset >= this.#end || isSet(this.#released, offset)) return;
    setBit(this.#released, offset);
    this.#releasedCount++;
    this.#firstReleased = Math.min(this.#firstReleased, offset >>> 5);
  }

  /** Whether the offset belongs to a point. */
  has(offset: number): boolean {
    return offset < this.#end && isSet(this.#live, offset);
  }

  /** The id of a point's offset. @throws {NearvecError} `INTERNAL` where there is no point */
  idAt(offset: number): PointId {
    if (this.has(offset)) return this.#ids.format(offset);
    throw new NearvecError("INTERNAL", { what: `no point has offset ${offset}`, todo: "Please report it." });
  }

  /** Copies the id of a point's offset into a column. */
  copyId(offset: number, ids: Ids, index: number): void {
    this.#ids.copy(offset, ids, index);
  }

  /** Below zero when the id of offset `a` comes before that of `b`, above when after. */
  compare(a: number, b: number): number {
    return this.#ids.compareOffsets(a, b);
  }

  /**
   * The offsets of the lowest `limit` ids from `first` up (the first of that column; inclusive), or of all
   * ids.
   */
  from(first: Ids | undefined, limit: number): Uint32Array {
    const cursor = this.cursor(first);
    const found = new Uint32Array(Math.min(limit, this.#size));
    let count = 0;
    for (; count < found.length; count++) {
      const offset = cursor.next();
      if (offset === -1) break;
      found[count] = offset;
    }
    return found.subarray(0, count);
  }

  /**
   * Walks the ids upwards: from the lowest; from `first`, an id of a column, or the next higher one; with
   * `after`, from the next higher one in any case, so that a walk can be interrupted: keep the id of the last
   * offset (`copyId`) and go on after it.
   */
  cursor(first?: Ids, index = 0, after = false): IdCursor {
    if (first === undefined) return new IdCursor(this.#order, 0, 0);
    const { place, below } = this.#order.seek(first, index);
    const there = this.#order.leaf(place)?.[below];
    const skip = after && there !== undefined && this.#ids.compare(there, first, index) === 0;
    return new IdCursor(this.#order, place, skip ? below + 1 : below);
  }

  /** Becomes the table that was built of these parts (restored-ids.ts), which nobody else keeps. */
  adopt({ ids, hash, order, live, released, end, size }: IdParts): void {
    this.#ids = ids;
    this.#hash = hash;
    this.#order = order;
    this.#live = live;
    this.#released = released;
    this.#releasedCount = end - size;
    this.#firstReleased = 0;
    this.#end = end;
    this.#size = size;
  }

  #lowestReleased(): number {
    let word = this.#firstReleased;
    while (this.#released[word] === 0) word++;
    this.#firstReleased = word;
    const bits = this.#released[word] as number;
    return word * 32 + lowestBit(bits);
  }

  #reserveOne(offset: number, hash: number, kind: number): void {
    try {
      if (offset === MOST_OFFSETS) throw new RangeError("no more offsets");
      this.#ids.reserve(offset, offset + 1, kind);
      this.#hash.reserveFor(hash);
      this.#order.reserve(1);
      this.#growBitmaps(offset + 1);
    } catch (cause) {
      throw this.#outOfMemory(cause, 1);
    }
  }

  #growBitmaps(end: number): void {
    const words = (end + 31) >>> 5;
    if (words <= this.#live.length) return;
    const capacity = Math.max(words, this.#live.length * 2);
    const live = new Uint32Array(capacity);
    const released = new Uint32Array(capacity);
    live.set(this.#live);
    released.set(this.#released);
    this.#live = live;
    this.#released = released;
  }

  /** A typed array that can't be allocated is a RangeError; anything else is what it is. */
  #outOfMemory(cause: unknown, count: number): unknown {
    if (!(cause instanceof RangeError)) return cause;
    const what = `no room for ${count} more ids beside ${this.#size}`;
    const todo = "Delete collections or close clients, or spread the points over several processes.";
    return new NearvecError("OUT_OF_MEMORY", { what, todo }, { cause });
  }
}

/** Leaves that are split wherever a random id falls are full to ln 2 on average. */
const RANDOM_FILL = Math.LN2;

/** What a table of that many ids takes: integers that came in order, or random UUIDs. */
export function estimateIdBytes(count: number, kind: "integer" | "uuid"): number {
  const inOrder = kind === "integer";
  const bitmaps = Math.max(FIRST_BITMAP_WORDS, Math.ceil(count / 32)) * 4 * 2;
  return (
    estimateStoreBytes(count, inOrder ? IdKind.INTEGER : IdKind.UUID) +
    estimateHashBytes(count) +
    estimateLeafBytes(count, inOrder ? 1 : RANDOM_FILL) +
    bitmaps
  );
}

/** Walks the ids of a table in order. It ends with the next change of the table: take a new one then. */
export class IdCursor {
  readonly #order: IdOrder;
  readonly #version: number;
  #place: number;
  #index: number;
  #leaf: Uint32Array | undefined;

  /** @internal */
  constructor(order: IdOrder, place: number, index: number) {
    this.#order = order;
    this.#version = order.version;
    this.#place = place;
    this.#index = index;
    this.#leaf = order.leaf(place);
  }

  /** The offset of the next id, or -1 at the end. */
  next(): number {
    if (this.#order.version !== this.#version) {
      throw new NearvecError("INTERNAL", {
        what: "a walk over ids that have changed",
        todo: "Please report it.",
      });
    }
    while (this.#leaf !== undefined) {
      const offset = this.#leaf[this.#index++];
      if (offset !== undefined) return offset;
      this.#leaf = this.#order.leaf(++this.#place);
      this.#index = 0;
    }
    return -1;
  }
}

function isSet(bitmap: Uint32Array, bit: number): boolean {
  return (((bitmap[bit >>> 5] as number) >>> (bit & 31)) & 1) === 1;
}

function setBit(bitmap: Uint32Array, bit: number): void {
  bitmap[bit >>> 5] = (bitmap[bit >>> 5] as number) | (1 << (bit & 31));
}

function clearBit(bitmap: Uint32Array, bit: number): void {
  bitmap[bit >>> 5] = (bitmap[bit >>> 5] as number) & ~(1 << (bit & 31));
}
