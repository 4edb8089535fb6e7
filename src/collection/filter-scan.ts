/**
 * Finding the points that meet a filter by asking each of them, a few milliseconds at a time.
 *
 * Writes may happen between two slices. Whoever owns the points tells the scan which offsets they changed
 * (`note`); these are asked again at the end, so that the answer is that of the moment it is given, as if all points had
 * been asked at once.
 *
 *      asked already            not yet              noted meanwhile
 *   ●○○●○○○○●●○○○○○○○○●│························   {3, 17, 96}  → asked again when the walk is over
 *                       └ #next
 */

import { hasBit, lowestBit } from "../bits.ts";
import { type FilteredPoint, matches } from "../filters/evaluate.ts";
import type { Filter } from "../filters/filter.ts";
import { decode } from "../payload/json.ts";
import type { PointId } from "../points/ids.ts";
import type { Matches } from "./matches.ts";

/** What a scan reads. */
export interface ScannedPoints {
  /** One above the highest offset. */
  readonly end: number;
  /** Which offsets have a point: bit o & 31 of word o >>> 5. */
  readonly live: Uint32Array;
  idAt(offset: number): PointId;
  /** As UTF-8 JSON; undefined: none. */
  payloadBytesAt(offset: number): Uint8Array | undefined;
  hasVector(offset: number, name: string): boolean;
}

/** What indexes know of a filter: bitmaps over offsets, as long as the points are many. */
export interface Known {
  /** These match. */
  readonly sure: Uint32Array;
  /** These have to be asked; all others don't match. */
  readonly open: Uint32Array;
}

export class FilterScan {
  readonly #points: ScannedPoints;
  readonly #filter: Filter;
  readonly #asked: AskedPoint;
  readonly #changed = new Set<number>();
  /** Only these are asked, unless they change; undefined: all. */
  readonly #open: Uint32Array | undefined;
  #bitmap: Uint32Array;
  /** How long it was when the walk began: what lies behind that is noted. */
  readonly #words: number;
  #count = 0;
  #next = 0;
  /** What is left to be asked of the word before that, where a slice ended amid it. */
  #rest = 0;
  /** How many changed points were left after the last slice that asked such. */
  #left = Number.POSITIVE_INFINITY;

  /** @param known of the points as they are now; the scan goes on with its bitmaps */
  constructor(points: ScannedPoints, filter: Filter, known?: Known & { readonly sureCount: number }) {
    this.#points = points;
    this.#filter = filter;
    this.#asked = new AskedPoint(points);
    this.#words = wordsFor(points.end);
    this.#open = known?.open;
    this.#bitmap = known?.sure ?? new Uint32Array(this.#words);
    this.#count = known?.sureCount ?? 0;
  }

  /** Asks points until `isOver`; true once `finish` may answer. */
  run(isOver: () => boolean): boolean {
    const { live } = this.#points;
    const words = this.#words;
    const open = this.#open;
    while (this.#next < words || this.#rest !== 0) {
      const isNew = this.#rest === 0;
      const word = isNew ? this.#next++ : this.#next - 1;
      let bits = live[word] as number;
      if (!isNew) bits &= this.#rest;
      else if (open !== undefined) bits &= open[word] as number;
      this.#rest = 0;
      if (bits === 0) continue;
      for (; bits !== 0; bits &= bits - 1) {
        const offset = word * 32 + lowestBit(bits);
        if (this.#matches(offset)) this.#set(offset);
        if (!this.#asked.hasReadMuch() || !isOver()) continue;
        this.#rest = bits & (bits - 1);
        return this.#isDone;
      }
      if (isOver()) return this.#isDone;
    }
    return this.#askAgain(isOver);
  }

  get #isDone(): boolean {
    return this.#rest === 0 && this.#next >= this.#words && this.#changed.size === 0;
  }

  /** False while it gets on; where writers are faster, `finish` has to do the rest in one go. */
  #askAgain(isOver: () => boolean): boolean {
    let asked = 0;
    for (const offset of this.#changed) {
      this.#changed.delete(offset);
      this.#update(offset);
      if ((++asked % 32 === 0 || this.#asked.hasReadMuch()) && isOver()) break;
    }
    const over = this.#changed.size === 0 || this.#changed.size >= this.#left;
    this.#left = this.#changed.size;
    return over;
  }

  /** A point was written or deleted since the scan began. */
  note(offset: number): void {
    const word = offset >>> 5;
    const toCome = word >= this.#next && word < this.#words;
    // What an index has said of the point may no longer hold.
    if (!toCome || (this.#open !== undefined && !hasBit(this.#open, offset))) this.#changed.add(offset);
  }

  /** Something has changed of all points at once, such as what vectors they can have: none counts as asked. */
  noteAll(): void {
    for (let word = 0; word < this.#points.live.length; word++) {
      for (let bits = this.#points.live[word] as number; bits !== 0; bits &= bits - 1) {
        this.note(word * 32 + lowestBit(bits));
      }
    }
  }

  /** The answer, once `run` has said that it is over. */
  finish(): Matches {
    for (const offset of this.#changed) this.#update(offset);
    this.#changed.clear();
    return { bitmap: this.#bitmap, count: this.#count };
  }

  #update(offset: number): void {
    this.#clear(offset);
    if (!hasBit(this.#points.live, offset) || !this.#matches(offset)) return;
    if (offset >>> 5 >= this.#bitmap.length) this.#grow();
    this.#set(offset);
  }

  #grow(): void {
    const bitmap = new Uint32Array(wordsFor(this.#points.end));
    bitmap.set(this.#bitmap);
    this.#bitmap = bitmap;
  }

  #matches(offset: number): boolean {
    this.#asked.offset = offset;
    return matches(this.#filter, this.#asked);
  }

  #set(offset: number): void {
    const word = offset >>> 5;
    this.#bitmap[word] = (this.#bitmap[word] as number) | (1 << (offset & 31));
    this.#count++;
  }

  #clear(offset: number): void {
    if (!hasBit(this.#bitmap, offset)) return;
    const word = offset >>> 5;
    this.#bitmap[word] = (this.#bitmap[word] as number) & ~(1 << (offset & 31));
    this.#count--;
  }
}

/** To decode so many bytes of payloads is reason to look at the clock, however few points were asked. */
const BYTES_BETWEEN_LOOKS = 4096;

/** The point that is asked: one object for a whole scan. */
export class AskedPoint implements FilteredPoint {
  offset = 0;
  /** Bytes of payloads since `hasReadMuch` has said so. */
  #read = 0;
  readonly #points: ScannedPoints;

  constructor(points: ScannedPoints) {
    this.#points = points;
  }

  get id(): PointId {
    return this.#points.idAt(this.offset);
  }

  payload(): Record<string, unknown> | undefined {
    const bytes = this.#points.payloadBytesAt(this.offset);
    if (bytes === undefined) return undefined;
    this.#read += bytes.length;
    return decode(bytes);
  }

  /** Whether so much was read that it is time to look at the clock; then it counts anew. */
  hasReadMuch(): boolean {
    if (this.#read < BYTES_BETWEEN_LOOKS) return false;
    this.#read = 0;
    return true;
  }

  hasVector(name: string): boolean {
    return this.#points.hasVector(this.offset, name);
  }
}

function wordsFor(offsets: number): number {
  return Math.ceil(offsets / 32);
}
