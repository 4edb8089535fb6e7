/**
 * Finding the points that meet a filter by asking each of them, a few milliseconds at a time.
 *
 * Writes may happen between two slices. Whoever owns the points tells the scan which offsets they changed
 * (`note`); these are asked again at the end, in one go, so that the answer is that of the moment it is given, as if all
 * points had been asked at once.
 *
 *      asked already            not yet              noted meanwhile
 *   ●○○●○○○○●●○○○○○○○○●│························   {3, 17, 96}  → asked again when the walk is over
 *                       └ #next
 */

import { type FilteredPoint, matches } from "../filters/evaluate.ts";
import type { Filter } from "../filters/filter.ts";
import type { PointId } from "../points/ids.ts";

/** What a scan reads. */
export interface ScannedPoints {
  /** One above the highest offset. */
  readonly end: number;
  /** Which offsets have a point: bit o & 31 of word o >>> 5. */
  readonly live: Uint32Array;
  idAt(offset: number): PointId;
  payloadAt(offset: number): Record<string, unknown> | undefined;
  hasVector(offset: number, name: string): boolean;
}

/** Which points match, as a bitmap over offsets. */
export interface Matches {
  readonly bitmap: Uint32Array;
  readonly count: number;
}

export class FilterScan {
  readonly #points: ScannedPoints;
  readonly #filter: Filter;
  readonly #asked: AskedPoint;
  readonly #changed = new Set<number>();
  #bitmap: Uint32Array;
  #count = 0;
  #next = 0;

  constructor(points: ScannedPoints, filter: Filter) {
    this.#points = points;
    this.#filter = filter;
    this.#asked = new AskedPoint(points);
    this.#bitmap = new Uint32Array(wordsFor(points.end));
  }

  /** Asks points until the clock says `until`; true once every point was asked. */
  run(now: () => number, until: number): boolean {
    const { live, end } = this.#points;
    const words = Math.min(wordsFor(end), this.#bitmap.length);
    while (this.#next < words) {
      const first = this.#next * 32;
      for (let bits = live[this.#next] as number; bits !== 0; bits &= bits - 1) {
        const offset = first + 31 - Math.clz32(bits & -bits);
        if (this.#matches(offset)) this.#set(offset);
      }
      this.#next++;
      if (now() >= until) break;
    }
    return this.#next >= words;
  }

  /** A point was written or deleted since the scan began. */
  note(offset: number): void {
    this.#changed.add(offset);
  }

  /** The answer, once `run` has said that it is over. */
  finish(): Matches {
    const words = wordsFor(this.#points.end);
    if (words > this.#bitmap.length) {
      const bitmap = new Uint32Array(words);
      bitmap.set(this.#bitmap);
      this.#bitmap = bitmap;
    }
    const { live } = this.#points;
    for (const offset of this.#changed) {
      this.#clear(offset);
      if (hasBit(live, offset) && this.#matches(offset)) this.#set(offset);
    }
    return { bitmap: this.#bitmap, count: this.#count };
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

/** The point that is asked: one object for a whole scan. */
export class AskedPoint implements FilteredPoint {
  offset = 0;
  readonly #points: ScannedPoints;

  constructor(points: ScannedPoints) {
    this.#points = points;
  }

  get id(): PointId {
    return this.#points.idAt(this.offset);
  }

  payload(): Record<string, unknown> | undefined {
    return this.#points.payloadAt(this.offset);
  }

  hasVector(name: string): boolean {
    return this.#points.hasVector(this.offset, name);
  }
}

/** Whether an offset is in a bitmap over offsets. */
export function hasBit(bitmap: Uint32Array, offset: number): boolean {
  return ((bitmap[offset >>> 5] ?? 0) & (1 << (offset & 31))) !== 0;
}

function wordsFor(offsets: number): number {
  return Math.ceil(offsets / 32);
}
