import { OffsetSet } from "./offset-set.ts";

/**
 * The points of one value, in a form that fits their number: most values of a field have one point or a few, and an object
 * with a typed array takes as much as 30 offsets in a plain array.
 */
export type Postings = number | readonly number[] | OffsetSet;

const MOST_IN_ARRAY = 32;

/** @param postings undefined: none so far. An offset that is among them stays. */
export function withOffset(postings: Postings | undefined, offset: number): Postings {
  if (postings === undefined) return offset;
  if (postings instanceof OffsetSet) {
    postings.add(offset);
    return postings;
  }
  if (postings === offset) return postings;
  if (typeof postings === "number") return postings < offset ? [postings, offset] : [offset, postings];
  const at = postings.findLastIndex((each) => each < offset) + 1;
  if (postings[at] === offset) return postings;
  // A copy: an array that grows in place would set aside room for 16 more.
  const larger = [...postings.slice(0, at), offset, ...postings.slice(at)];
  return larger.length > MOST_IN_ARRAY ? OffsetSet.of(larger) : larger;
}

/** Of offsets in ascending order, one at least. */
export function postingsOf(sorted: Uint32Array): Postings {
  if (sorted.length === 1) return sorted[0] as number;
  return sorted.length <= MOST_IN_ARRAY ? Array.from(sorted) : OffsetSet.of(sorted);
}

/** What is left without an offset that is there; undefined: none. */
export function withoutOffset(postings: Postings, offset: number): Postings | undefined {
  if (postings instanceof OffsetSet) {
    postings.delete(offset);
    return postings.size === 0 ? undefined : postings;
  }
  if (typeof postings === "number") return undefined;
  const smaller = postings.filter((each) => each !== offset);
  return smaller.length === 1 ? smaller[0] : smaller;
}

/** What many postings take. */
export class PostingsMemory {
  /** Of those that are plain arrays. */
  #bytes = 0;
  /** The others, which know what they take. */
  readonly #large = new Set<OffsetSet>();

  get bytes(): number {
    let bytes = this.#bytes;
    for (const set of this.#large) bytes += set.memoryBytes;
    return bytes;
  }

  /** Postings became others, or themselves; undefined: none. */
  replace(before: Postings | undefined, after: Postings | undefined): void {
    if (before === after) return;
    if (before instanceof OffsetSet) this.#large.delete(before);
    else this.#bytes -= arrayBytes(before);
    if (after instanceof OffsetSet) this.#large.add(after);
    else this.#bytes += arrayBytes(after);
  }
}

function arrayBytes(postings: number | readonly number[] | undefined): number {
  return postings === undefined || typeof postings === "number" ? 0 : 48 + postings.length * 8;
}

export function sizeOf(postings: Postings | undefined): number {
  if (postings === undefined) return 0;
  if (typeof postings === "number") return 1;
  return postings instanceof OffsetSet ? postings.size : postings.length;
}

/** Sets the bits of all of them. */
export function addTo(postings: Postings, bitmap: Uint32Array): void {
  if (typeof postings === "number") setBit(bitmap, postings);
  else if (postings instanceof OffsetSet) postings.addTo(bitmap);
  else for (const offset of postings) setBit(bitmap, offset);
}

/** How many of them are in the bitmap. */
export function intersectCount(postings: Postings, bitmap: Uint32Array): number {
  if (typeof postings === "number") return bitAt(bitmap, postings);
  if (postings instanceof OffsetSet) return postings.intersectCount(bitmap);
  let count = 0;
  for (const offset of postings) count += bitAt(bitmap, offset);
  return count;
}

export function eachOffset(postings: Postings, visit: (offset: number) => void): void {
  if (typeof postings === "number") visit(postings);
  else if (postings instanceof OffsetSet) postings.each(visit);
  else postings.forEach(visit);
}

function setBit(bitmap: Uint32Array, offset: number): void {
  bitmap[offset >>> 5] = (bitmap[offset >>> 5] as number) | (1 << (offset & 31));
}

function bitAt(bitmap: Uint32Array, offset: number): number {
  return ((bitmap[offset >>> 5] ?? 0) >>> (offset & 31)) & 1;
}
