import { IdColumn } from "./id-column.ts";
import type { IdStore } from "./id-store.ts";
import { MOST_SORTED, sortByIds } from "./leaf-sort.ts";

/** An id's parts in the order of their weight: its kind, then its four words. */
const PARTS = 5;

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** Scratch of one call. */
const one = IdColumn.ofLength(1);
const places = new Uint32Array(DIGITS);

/**
 * Sorts any number of offsets by their ids: by the first part in which these differ, then each run of equal ones by the
 * next. Its time grows with the number of offsets and of parts alone, whatever the ids. It takes 12 bytes an offset meanwhile.
 */
export function sortAllByIds(offsets: Uint32Array, ids: IdStore): void {
  new Sorting(offsets, ids).sort(0, offsets.length, 0);
}

class Sorting {
  readonly #ids: IdStore;
  readonly #offsets: Uint32Array;
  /** The parts by which runs are being sorted. */
  readonly #keys: Uint32Array;
  readonly #movedOffsets: Uint32Array;
  readonly #movedKeys: Uint32Array;

  constructor(offsets: Uint32Array, ids: IdStore) {
    this.#ids = ids;
    this.#offsets = offsets;
    this.#keys = new Uint32Array(offsets.length);
    this.#movedOffsets = new Uint32Array(offsets.length);
    this.#movedKeys = new Uint32Array(offsets.length);
  }

  /** Sorts a run of offsets whose ids agree in all parts before `first`. */
  sort(from: number, end: number, first: number): void {
    if (end - from <= MOST_SORTED) {
      if (end - from > 1) sortByIds(this.#offsets.subarray(from, end), this.#ids);
      return;
    }
    const part = this.#firstDifferent(from, end, first);
    if (part === PARTS) return;
    this.#readKeys(from, end, part);
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) this.#sortByDigit(from, end, shift);
    // Sorting a run changes no keys but its own.
    const keys = this.#keys;
    for (let start = from; start < end; ) {
      const key = keys[start] as number;
      let next = start + 1;
      while (next < end && keys[next] === key) next++;
      this.sort(start, next, part + 1);
      start = next;
    }
  }

  /** The first part, from `first` on, that is not the same in all ids of the run; PARTS if there is none. */
  #firstDifferent(from: number, end: number, first: number): number {
    const { words, kinds } = one;
    this.#ids.copy(this.#offsets[from] as number, one, 0);
    const kind = kinds[0] as number;
    const word0 = words[0] as number;
    const word1 = words[1] as number;
    const word2 = words[2] as number;
    const word3 = words[3] as number;
    // Bits that are not the same in all.
    let inKinds = 0;
    let in0 = 0;
    let in1 = 0;
    let in2 = 0;
    let in3 = 0;
    for (let i = from + 1; i < end; i++) {
      this.#ids.copy(this.#offsets[i] as number, one, 0);
      inKinds |= (kinds[0] as number) ^ kind;
      in0 |= (words[0] as number) ^ word0;
      in1 |= (words[1] as number) ^ word1;
      in2 |= (words[2] as number) ^ word2;
      in3 |= (words[3] as number) ^ word3;
    }
    const different = [inKinds, in0, in1, in2, in3];
    for (let part = first; part < PARTS; part++) if (different[part] !== 0) return part;
    return PARTS;
  }

  #readKeys(from: number, end: number, part: number): void {
    for (let i = from; i < end; i++) this.#keys[i] = this.#part(this.#offsets[i] as number, part);
  }

  #part(offset: number, part: number): number {
    this.#ids.copy(offset, one, 0);
    return part === 0 ? (one.kinds[0] as number) : (one.words[part - 1] as number);
  }

  /** Moves the offsets of a run into the order of one digit of their keys; those with equal digits keep theirs. */
  #sortByDigit(from: number, end: number, shift: number): void {
    const keys = this.#keys;
    const offsets = this.#offsets;
    places.fill(0);
    for (let i = from; i < end; i++) {
      const digit = ((keys[i] as number) >>> shift) & (DIGITS - 1);
      places[digit] = (places[digit] as number) + 1;
    }
    if (places[((keys[from] as number) >>> shift) & (DIGITS - 1)] === end - from) return;
    let place = from;
    for (let digit = 0; digit < DIGITS; digit++) {
      const count = places[digit] as number;
      places[digit] = place;
      place += count;
    }
    for (let i = from; i < end; i++) {
      const digit = ((keys[i] as number) >>> shift) & (DIGITS - 1);
      const to = places[digit] as number;
      places[digit] = to + 1;
      this.#movedKeys[to] = keys[i] as number;
      this.#movedOffsets[to] = offsets[i] as number;
    }
    keys.set(this.#movedKeys.subarray(from, end), from);
    offsets.set(this.#movedOffsets.subarray(from, end), from);
  }
}
