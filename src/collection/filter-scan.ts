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

import { type FilteredPoint, matches } from "../filters/evaluate.ts";
import type { Filter } from "../filters/filter.ts";
import type { PointId } from "../points/ids.ts";
import { hasBit, type Matches } from "./matches.ts";

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

  /** Asks points until the clock says `until`; true once `finish` may answer. */
  run(now: () => number, until: number): boolean {
    const { live } = this.#points;
    const words = this.#words;
    const open = this.#open;
    while (this.#next < words) {
      const first = this.#next * 32;
      let bits = live[this.#next] as number;
      if (open !== undefined) bits &= open[this.#next] as number;
      this.#next++;
      if (bits === 0) continue;
      for (; bits !== 0; bits &= bits - 1) {
        const offset = first + 31 - Math.clz32(bits & -bits);
        if (this.#matches(offset)) this.#set(offset);
      }
      if (now() >= until) return this.#next >= words && this.#changed.size === 0;
    }
    return this.#askAgain(now, until);
  }

  /** False while it gets on; where writers are faster, `finish` has to do the rest in one go. */
  #askAgain(now: () => number, until: number): boolean {
    let asked = 0;
    for (const offset of this.#changed) {
      this.#changed.delete(offset);
      this.#update(offset);
      if (++asked % 32 === 0 && now() >= until) break;
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
        this.note(word * 32 + 31 - Math.clz32(bits & -bits));
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

function wordsFor(offsets: number): number {
  return Math.ceil(offsets / 32);
}
