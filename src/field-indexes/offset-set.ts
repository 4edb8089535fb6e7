/**
 * A set of offsets: small as one sorted list, beyond that in containers of 65,536 offsets each, as roaring bitmaps
 * have them.
 *
 *     up to 4,096 offsets        more
 *     ┌───┬───┬────┬─────┐      container 0          container 1          (none)   container 3
 *     │ 7 │ 9 │ 70 │ …   │      ┌──────────────────┐ ┌──────────────────┐          ┌──────────────────┐
 *     └───┴───┴────┴─────┘      │ up to 4,096: u16 │ │ more: 65,536 bit │          │ …                │
 *      sorted u32               └──────────────────┘ └──────────────────┘          └──────────────────┘
 */

import { lowestBit } from "../bits.ts";
import { bitsOf } from "./answer.ts";

/** In one list, and of a container as a list. */
const MOST_LISTED = 4096;
/** A container that shrinks goes back to a list only here, so that it doesn't change its form all the time. */
const FEW = MOST_LISTED / 2;
const FIRST_CAPACITY = 16;
const CONTAINER_BITS = 16;
const CONTAINER_OFFSETS = 1 << CONTAINER_BITS;
const CONTAINER_WORDS = CONTAINER_OFFSETS / 32;
const LOW = CONTAINER_OFFSETS - 1;
/** What an object and its typed array take beside the array's contents, about. */
const OBJECT_BYTES = 240;

export class OffsetSet {
  #size = 0;
  /** Sorted up to `size`, while there are no containers. */
  #list: Uint32Array = NONE;
  #containers: (Container | undefined)[] | undefined;

  /** @param sorted ascending, each once */
  static of(sorted: ArrayLike<number>): OffsetSet {
    const set = new OffsetSet();
    for (let i = 0; i < sorted.length; i++) set.add(sorted[i] as number);
    return set;
  }

  get size(): number {
    return this.#size;
  }

  /** How many blocks of 65,536 offsets there may be. */
  get blockEnd(): number {
    if (this.#containers !== undefined) return this.#containers.length;
    return this.#size === 0 ? 0 : ((this.#list[this.#size - 1] as number) >>> CONTAINER_BITS) + 1;
  }

  /** Sets the bits of a block's offsets in 2,048 words of zeros, counted from its first offset. Answers whether there are any. */
  blockTo(number: number, bits: Uint32Array): boolean {
    if (this.#containers !== undefined) {
      const container = this.#containers[number];
      container?.addTo(bits, 0);
      return container !== undefined;
    }
    const begin = lowerBound(this.#list, this.#size, number * CONTAINER_OFFSETS);
    let at = begin;
    for (; at < this.#size && (this.#list[at] as number) >>> CONTAINER_BITS === number; at++) {
      const low = (this.#list[at] as number) & LOW;
      bits[low >>> 5] = (bits[low >>> 5] as number) | (1 << (low & 31));
    }
    return at > begin;
  }

  /** Adds a whole block, of which there is none yet: a sorted list of at most 4,096 offsets in it, or a bitmap. */
  addBlock(number: number, block: Uint16Array | Uint32Array): void {
    if (this.#containers === undefined) this.#divide();
    const containers = this.#containers as (Container | undefined)[];
    while (containers.length <= number) containers.push(undefined);
    const container = Container.of(block);
    containers[number] = container;
    this.#size += container.size;
  }

  /** All blocks are there: a small set is a list again. */
  settle(): void {
    if (this.#containers !== undefined && this.#size <= FEW) this.#unite();
  }

  get memoryBytes(): number {
    if (this.#containers === undefined) return OBJECT_BYTES + this.#list.byteLength;
    const containers = this.#containers.reduce((bytes, each) => bytes + (each?.memoryBytes ?? 0), 0);
    return OBJECT_BYTES + this.#containers.length * 8 + containers;
  }

  has(offset: number): boolean {
    if (this.#containers !== undefined) {
      return this.#containers[offset >>> CONTAINER_BITS]?.has(offset & LOW) ?? false;
    }
    const at = lowerBound(this.#list, this.#size, offset);
    return at < this.#size && this.#list[at] === offset;
  }

  /** Answers whether it is new. Ascending offsets are appended. */
  add(offset: number): boolean {
    if (this.#containers === undefined && this.#size === MOST_LISTED) {
      if (this.has(offset)) return false;
      this.#divide();
    }
    const added =
      this.#containers === undefined ? this.#addToList(offset) : this.#container(offset).add(offset & LOW);
    if (added) this.#size++;
    return added;
  }

  /** Answers whether it was there. */
  delete(offset: number): boolean {
    if (this.#containers === undefined) {
      const at = lowerBound(this.#list, this.#size, offset);
      if (at === this.#size || this.#list[at] !== offset) return false;
      this.#list.copyWithin(at, at + 1, this.#size);
      this.#size--;
      return true;
    }
    const number = offset >>> CONTAINER_BITS;
    const container = this.#containers[number];
    if (container === undefined || !container.delete(offset & LOW)) return false;
    this.#size--;
    if (container.size === 0) this.#containers[number] = undefined;
    if (this.#size <= FEW) this.#unite();
    return true;
  }

  /** Calls `visit` with each offset, ascending. */
  each(visit: (offset: number) => void): void {
    if (this.#containers === undefined) {
      for (let i = 0; i < this.#size; i++) visit(this.#list[i] as number);
    } else {
      this.#containers.forEach((container, number) => {
        container?.each((low) => visit(number * CONTAINER_OFFSETS + low));
      });
    }
  }

  /** Sets the bits of all offsets in a bitmap that is long enough. */
  addTo(bitmap: Uint32Array): void {
    if (this.#containers === undefined) {
      const list = this.#list;
      for (let i = 0; i < this.#size; i++) {
        const offset = list[i] as number;
        bitmap[offset >>> 5] = (bitmap[offset >>> 5] as number) | (1 << (offset & 31));
      }
    } else {
      this.#containers.forEach((container, number) => {
        container?.addTo(bitmap, number * CONTAINER_WORDS);
      });
    }
  }

  /** How many of the offsets are in the bitmap. */
  intersectCount(bitmap: Uint32Array): number {
    if (this.#containers !== undefined) {
      const counts = (count: number, container: Container | undefined, number: number) =>
        count + (container?.intersectCount(bitmap, number * CONTAINER_WORDS) ?? 0);
      return this.#containers.reduce(counts, 0);
    }
    let count = 0;
    for (let i = 0; i < this.#size; i++) {
      const offset = this.#list[i] as number;
      count += ((bitmap[offset >>> 5] ?? 0) >>> (offset & 31)) & 1;
    }
    return count;
  }

  #addToList(offset: number): boolean {
    const size = this.#size;
    const last = size === 0 ? -1 : (this.#list[size - 1] as number);
    const at = offset > last ? size : lowerBound(this.#list, size, offset);
    if (at < size && this.#list[at] === offset) return false;
    if (size === this.#list.length) {
      const larger = new Uint32Array(Math.max(FIRST_CAPACITY, Math.min(size * 2, MOST_LISTED)));
      larger.set(this.#list);
      this.#list = larger;
    }
    if (at < size) this.#list.copyWithin(at + 1, at, size);
    this.#list[at] = offset;
    return true;
  }

  #container(offset: number): Container {
    const containers = this.#containers as (Container | undefined)[];
    const number = offset >>> CONTAINER_BITS;
    while (containers.length <= number) containers.push(undefined);
    const container = containers[number] ?? new Container();
    containers[number] = container;
    return container;
  }

  #divide(): void {
    const list = this.#list.subarray(0, this.#size);
    this.#containers = [];
    this.#list = NONE;
    for (const offset of list) this.#container(offset).add(offset & LOW);
  }

  #unite(): void {
    const list = new Uint32Array(Math.max(FIRST_CAPACITY, Math.min(this.#size * 2, MOST_LISTED)));
    let at = 0;
    this.each((offset) => {
      list[at++] = offset;
    });
    this.#containers = undefined;
    this.#list = list;
  }
}

const NONE = new Uint32Array(0);

/** The offsets of a set that share their upper 16 bits, by their lower ones. */
class Container {
  size = 0;
  #list: Uint16Array | undefined = new Uint16Array(FIRST_CAPACITY);
  #bits: Uint32Array | undefined;

  /** @see OffsetSet.addBlock */
  static of(block: Uint16Array | Uint32Array): Container {
    const container = new Container();
    if (block instanceof Uint16Array) {
      container.size = block.length;
      container.#list = block.slice();
    } else {
      container.size = block.reduce((size, word) => size + bitsOf(word), 0);
      container.#list = undefined;
      container.#bits = block.slice();
    }
    return container;
  }

  get memoryBytes(): number {
    return OBJECT_BYTES + (this.#list?.byteLength ?? 0) + (this.#bits?.byteLength ?? 0);
  }

  has(low: number): boolean {
    if (this.#bits !== undefined) return (((this.#bits[low >>> 5] as number) >>> (low & 31)) & 1) === 1;
    const list = this.#list as Uint16Array;
    const at = lowerBound(list, this.size, low);
    return at < this.size && list[at] === low;
  }

  add(low: number): boolean {
    if (this.#bits === undefined && this.size === MOST_LISTED) {
      if (this.has(low)) return false;
      this.#toBits();
    }
    if (this.#bits === undefined) return this.#insert(low);
    const word = this.#bits[low >>> 5] as number;
    const bit = 1 << (low & 31);
    if ((word & bit) !== 0) return false;
    this.#bits[low >>> 5] = word | bit;
    this.size++;
    return true;
  }

  delete(low: number): boolean {
    if (!this.has(low)) return false;
    if (this.#bits === undefined) {
      const list = this.#list as Uint16Array;
      const at = lowerBound(list, this.size, low);
      list.copyWithin(at, at + 1, this.size);
      this.size--;
      return true;
    }
    this.#bits[low >>> 5] = (this.#bits[low >>> 5] as number) & ~(1 << (low & 31));
    this.size--;
    if (this.size <= FEW) this.#toList();
    return true;
  }

  each(visit: (low: number) => void): void {
    if (this.#bits === undefined) {
      for (let i = 0; i < this.size; i++) visit((this.#list as Uint16Array)[i] as number);
      return;
    }
    for (let i = 0; i < CONTAINER_WORDS; i++) {
      for (let bits = this.#bits[i] as number; bits !== 0; bits &= bits - 1) {
        visit(i * 32 + lowestBit(bits));
      }
    }
  }

  addTo(bitmap: Uint32Array, firstWord: number): void {
    const bits = this.#bits;
    if (bits === undefined) {
      const list = this.#list as Uint16Array;
      for (let i = 0; i < this.size; i++) {
        const low = list[i] as number;
        const word = firstWord + (low >>> 5);
        bitmap[word] = (bitmap[word] as number) | (1 << (low & 31));
      }
      return;
    }
    const words = Math.min(CONTAINER_WORDS, bitmap.length - firstWord);
    for (let i = 0; i < words; i++) {
      bitmap[firstWord + i] = (bitmap[firstWord + i] as number) | (bits[i] as number);
    }
  }

  intersectCount(bitmap: Uint32Array, firstWord: number): number {
    let count = 0;
    const bits = this.#bits;
    if (bits === undefined) {
      const list = this.#list as Uint16Array;
      for (let i = 0; i < this.size; i++) {
        const low = list[i] as number;
        count += ((bitmap[firstWord + (low >>> 5)] ?? 0) >>> (low & 31)) & 1;
      }
      return count;
    }
    const words = Math.min(CONTAINER_WORDS, bitmap.length - firstWord);
    for (let i = 0; i < words; i++) count += bitsOf((bits[i] as number) & (bitmap[firstWord + i] as number));
    return count;
  }

  #insert(low: number): boolean {
    let list = this.#list as Uint16Array;
    const { size } = this;
    const last = size === 0 ? -1 : (list[size - 1] as number);
    const at = low > last ? size : lowerBound(list, size, low);
    if (at < size && list[at] === low) return false;
    if (size === list.length) {
      const larger = new Uint16Array(size * 2);
      larger.set(list);
      list = larger;
      this.#list = list;
    }
    if (at < size) list.copyWithin(at + 1, at, size);
    list[at] = low;
    this.size++;
    return true;
  }

  #toBits(): void {
    const bits = new Uint32Array(CONTAINER_WORDS);
    this.addTo(bits, 0);
    this.#bits = bits;
    this.#list = undefined;
  }

  #toList(): void {
    const list = new Uint16Array(MOST_LISTED);
    let at = 0;
    this.each((low) => {
      list[at++] = low;
    });
    this.#list = list;
    this.#bits = undefined;
  }
}

/** How many of the first `size` numbers, which are sorted, are below the given one. */
function lowerBound(sorted: Uint32Array | Uint16Array, size: number, value: number): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
