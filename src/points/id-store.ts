import { IdColumn } from "./id-column.ts";
import { IdKind, type Ids, type PointId, writeInteger } from "./ids.ts";

const CHUNK_BITS = 12;
const CHUNK_OFFSETS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_OFFSETS - 1;
const FIRST_OFFSETS = 64;

/**
 * offset → id, in chunks of 4,096 offsets (the first one grows up to that):
 *
 * ```
 *   narrow chunk, while all its ids are integers          8 bytes an id
 *   ┌──────────┬──────────┬──────────┬──────────┬───
 *   │ high 0   │ low 0    │ high 1   │ low 1    │ …
 *   └──────────┴──────────┴──────────┴──────────┴───
 *   wide chunk, from its first UUID on                    17 bytes an id
 *   ┌──────────┬──────────┬──────────┬──────────┬───      ┌────────┬────────┬───
 *   │ word 0   │ word 1   │ word 2   │ word 3   │ …       │ kind 0 │ kind 1 │ …
 *   └──────────┴──────────┴──────────┴──────────┴───      └────────┴────────┴───
 * ```
 * The id of a deleted point stays readable until its offset is given to another point.
 */
export class IdStore {
  #words: Uint32Array[] = [];
  /** The kinds of wide chunks; narrow ones have none. */
  #kinds: (Uint8Array | undefined)[] = [];

  /**
   * Makes room for ids of that kind (or integers) at offsets from `from` up to `end`. All that needs memory
   * happens here.
   */
  reserve(from: number, end: number, kind: number): void {
    for (let chunk = from >>> CHUNK_BITS; chunk * CHUNK_OFFSETS < end; chunk++) {
      this.#reserveIn(chunk, Math.min(CHUNK_OFFSETS, end - chunk * CHUNK_OFFSETS), kind);
    }
  }

  #reserveIn(chunk: number, count: number, kind: number): void {
    const words = this.#words[chunk];
    const kinds = this.#kinds[chunk];
    const had = kinds?.length ?? (words?.length ?? 0) / 2;
    const capacity =
      count <= had ? had : chunk > 0 ? CHUNK_OFFSETS : Math.max(FIRST_OFFSETS, powerOfTwo(count));
    const wide = kinds !== undefined || kind === IdKind.UUID;
    if (capacity === had && wide === (kinds !== undefined)) return;
    const largerKinds = wide ? new Uint8Array(capacity) : undefined;
    const larger = new Uint32Array(capacity * (wide ? 4 : 2));
    if (words !== undefined) {
      if (wide && kinds === undefined) widen(words, larger);
      else larger.set(words);
    }
    if (kinds !== undefined) largerKinds?.set(kinds);
    this.#words[chunk] = larger;
    this.#kinds[chunk] = largerKinds;
  }

  /** Stores an id; `reserve` must have been called for it. */
  set(offset: number, ids: Ids, index: number): void {
    const words = this.#words[offset >>> CHUNK_BITS] as Uint32Array;
    const kinds = this.#kinds[offset >>> CHUNK_BITS];
    const place = offset & CHUNK_MASK;
    const from = index * 4;
    if (kinds === undefined) {
      words[place * 2] = ids.words[from + 2] as number;
      words[place * 2 + 1] = ids.words[from + 3] as number;
      return;
    }
    for (let i = 0; i < 4; i++) words[place * 4 + i] = ids.words[from + i] as number;
    kinds[place] = ids.kinds[index] as number;
  }

  /** Copies the id of an offset into a column. */
  copy(offset: number, ids: Ids, index: number): void {
    const words = this.#words[offset >>> CHUNK_BITS] as Uint32Array;
    const kinds = this.#kinds[offset >>> CHUNK_BITS];
    const place = offset & CHUNK_MASK;
    if (kinds === undefined) {
      writeInteger(ids, index, words[place * 2] as number, words[place * 2 + 1] as number);
      return;
    }
    for (let i = 0; i < 4; i++) ids.words[index * 4 + i] = words[place * 4 + i] as number;
    ids.kinds[index] = kinds[place] as number;
  }

  equals(offset: number, ids: Ids, index: number): boolean {
    const words = this.#words[offset >>> CHUNK_BITS] as Uint32Array;
    const kinds = this.#kinds[offset >>> CHUNK_BITS];
    const place = offset & CHUNK_MASK;
    const other = ids.words;
    const from = index * 4;
    if (kinds === undefined) {
      return (
        words[place * 2 + 1] === other[from + 3] &&
        words[place * 2] === other[from + 2] &&
        ids.kinds[index] === IdKind.INTEGER
      );
    }
    return (
      words[place * 4 + 3] === other[from + 3] &&
      words[place * 4 + 2] === other[from + 2] &&
      words[place * 4 + 1] === other[from + 1] &&
      words[place * 4] === other[from] &&
      kinds[place] === ids.kinds[index]
    );
  }

  /** Below zero when the id of the offset comes before the given one, above when after. */
  compare(offset: number, ids: Ids, index: number): number {
    const words = this.#words[offset >>> CHUNK_BITS] as Uint32Array;
    const kinds = this.#kinds[offset >>> CHUNK_BITS];
    const place = offset & CHUNK_MASK;
    const byKind =
      (kinds === undefined ? IdKind.INTEGER : (kinds[place] as number)) - (ids.kinds[index] as number);
    if (byKind !== 0) return byKind;
    const other = ids.words;
    const from = index * 4;
    if (kinds === undefined) {
      return (
        (words[place * 2] as number) - (other[from + 2] as number) ||
        (words[place * 2 + 1] as number) - (other[from + 3] as number)
      );
    }
    return (
      (words[place * 4] as number) - (other[from] as number) ||
      (words[place * 4 + 1] as number) - (other[from + 1] as number) ||
      (words[place * 4 + 2] as number) - (other[from + 2] as number) ||
      (words[place * 4 + 3] as number) - (other[from + 3] as number)
    );
  }

  compareOffsets(a: number, b: number): number {
    this.copy(b, one, 0);
    return this.compare(a, one, 0);
  }

  hash(offset: number): number {
    this.copy(offset, one, 0);
    return hashOf(one, 0);
  }

  rank(offset: number): number {
    this.copy(offset, one, 0);
    return rankOf(one, 0);
  }

  format(offset: number): PointId {
    this.copy(offset, one, 0);
    return one.at(0);
  }

  get memoryBytes(): number {
    let bytes = 0;
    for (const words of this.#words) bytes += words.byteLength;
    for (const kinds of this.#kinds) bytes += kinds?.byteLength ?? 0;
    return bytes;
  }
}

/** What `count` ids of one kind take. */
export function estimateStoreBytes(count: number, kind: number): number {
  const capacity =
    count <= CHUNK_OFFSETS
      ? Math.max(FIRST_OFFSETS, powerOfTwo(count))
      : Math.ceil(count / CHUNK_OFFSETS) * CHUNK_OFFSETS;
  return capacity * (kind === IdKind.UUID ? 17 : 8);
}

/** Used within one call only. */
const one = IdColumn.ofLength(1);

function widen(narrow: Uint32Array, wide: Uint32Array): void {
  for (let place = 0; place * 2 < narrow.length; place++) {
    wide[place * 4 + 2] = narrow[place * 2] as number;
    wide[place * 4 + 3] = narrow[place * 2 + 1] as number;
  }
}

function powerOfTwo(atLeast: number): number {
  return 1 << (32 - Math.clz32(atLeast - 1));
}

const TWO_32 = 2 ** 32;
/** UUIDs rank above all integers: their first 52 bits fill the mantissa of the numbers from 2^65 to 2^66. */
const UUID_RANK = 2 ** 65;
const UUID_STEP = 2 ** 13;

/**
 * A number that grows with the id: ids in order have ranks in order, and few different ids have equal ranks.
 */
export function rankOf({ words, kinds }: Ids, index: number): number {
  const at = index * 4;
  if (kinds[index] === IdKind.INTEGER) return (words[at + 2] as number) * TWO_32 + (words[at + 3] as number);
  const first52Bits = (words[at] as number) * 2 ** 20 + ((words[at + 1] as number) >>> 12);
  return UUID_RANK + first52Bits * UUID_STEP;
}

/** 32 bits, each of which depends on every bit of the id (the mixing steps are MurmurHash3's). */
export function hashOf({ words, kinds }: Ids, index: number): number {
  const at = index * 4;
  let h = words[at + 3] as number;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) + (words[at + 2] as number);
  if (kinds[index] === IdKind.UUID) {
    h = Math.imul(h ^ (h >>> 15), 0xcc9e2d51) + (words[at + 1] as number);
    h = Math.imul(h ^ (h >>> 15), 0x1b873593) + (words[at] as number);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
