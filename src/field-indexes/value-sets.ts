import { passes } from "../filters/evaluate.ts";
import type { Test } from "../filters/filter.ts";
import type { Scalar } from "../filters/match.ts";
import type { Answer } from "./answer.ts";
import type { Facets } from "./field-index.ts";
import {
  addTo,
  eachOffset,
  intersectCount,
  type Postings,
  PostingsMemory,
  sizeOf,
  withOffset,
  withoutOffset,
} from "./postings.ts";
import { SortedWords } from "./sorted-words.ts";

/**
 * Up to so many different values are asked one by one, about a millisecond's work, where a test is for more than equality
 * (prefixes, substrings, ranges).
 */
const MOST_ASKED = 10_000;

/** Beyond so many words with a prefix their points are not counted before they are looked for. */
const MOST_COUNTED = 1000;

/** An entry of a map, and a short string. */
const VALUE_BYTES = 80;

/** For every value the points that have it. */
export class ValueSets implements Facets {
  readonly #sets = new Map<Scalar, Postings>();
  /** The values, when they are strings that shall be found by their beginnings. */
  readonly #words: SortedWords | undefined;
  #pairs = 0;
  readonly #memory = new PostingsMemory();
  #textBytes = 0;

  /** @param byPrefix strings, to be found by their beginnings however many there are */
  constructor(byPrefix = false) {
    this.#words = byPrefix ? new SortedWords() : undefined;
  }

  get memoryBytes(): number {
    const words = this.#words?.memoryBytes ?? 0;
    return this.#sets.size * VALUE_BYTES + this.#textBytes + this.#memory.bytes + words;
  }

  add(offset: number, value: Scalar): void {
    const before = this.#sets.get(value);
    const size = sizeOf(before);
    const after = withOffset(before, offset);
    if (after !== before) this.#sets.set(value, after);
    this.#memory.replace(before, after);
    this.#pairs += sizeOf(after) - size;
    if (before === undefined) this.#enter(value);
  }

  /** A value gets points that were written down, beside those that it has. */
  restore(value: Scalar, points: Postings): void {
    if (this.#sets.has(value)) {
      eachOffset(points, (offset) => this.add(offset, value));
      return;
    }
    this.#sets.set(value, points);
    this.#memory.replace(undefined, points);
    this.#pairs += sizeOf(points);
    this.#enter(value);
  }

  /**
   * All values and their points. Values that stay while they are walked are met once, however others come and go: those
   * of an index by beginnings in their order.
   */
  *entries(): Generator<readonly [value: Scalar, points: Postings], undefined> {
    if (this.#words === undefined) {
      yield* this.#sets.entries();
      return;
    }
    for (const word of this.#words.walk()) {
      const points = this.#sets.get(word);
      if (points !== undefined) yield [word, points];
    }
  }

  #enter(value: Scalar): void {
    this.#textBytes += textBytes(value);
    this.#words?.add(value as string);
    this.entered(value);
  }

  /** A value came that no point had. */
  protected entered(_value: Scalar): void {}

  /** How many points have a value. */
  sizeOf(value: Scalar): number {
    return sizeOf(this.#sets.get(value));
  }

  /** Forgets a pair that is there. Answers whether no point has the value any more. */
  remove(offset: number, value: Scalar): boolean {
    const before = this.#sets.get(value) as Postings;
    const after = withoutOffset(before, offset);
    if (after === undefined) this.#sets.delete(value);
    else if (after !== before) this.#sets.set(value, after);
    this.#memory.replace(before, after);
    this.#pairs--;
    if (after !== undefined) return false;
    this.#textBytes -= textBytes(value);
    this.#words?.delete(value as string);
    return true;
  }

  /** @see FieldIndex.estimate */
  estimate(test: Test): number | undefined {
    if (test.kind === "prefix" && this.#words !== undefined)
      return this.#estimatePrefix(this.#words, test.text);
    return this.count(test) ?? (this.#sets.size <= MOST_ASKED ? this.#pairs : undefined);
  }

  /** @see FieldIndex.count */
  count(test: Test): number | undefined {
    if (test.kind === "value") return this.sizeOf(test.value);
    if (test.kind !== "any") return undefined;
    let count = 0;
    for (const value of test.values) count += this.sizeOf(value);
    return count;
  }

  /** @see FieldIndex.find */
  find(test: Test, { sure }: Answer): void {
    if (test.kind === "value") this.addTo(test.value, sure);
    else if (test.kind === "any") for (const value of test.values) this.addTo(value, sure);
    else if (test.kind === "prefix" && this.#words !== undefined) {
      this.#words.each(test.text, (word) => {
        this.addTo(word, sure);
        return true;
      });
    } else for (const [value, set] of this.#sets) if (passes(value, test)) addTo(set, sure);
  }

  each(allowed: Uint32Array | undefined, visit: (value: Scalar, points: number) => void): void {
    for (const [value, set] of this.#sets) {
      const points = allowed === undefined ? sizeOf(set) : intersectCount(set, allowed);
      if (points > 0) visit(value, points);
    }
  }

  /** How many points (of those allowed) have some of the values. */
  countAny(values: readonly Scalar[], allowed: Uint32Array | undefined): number {
    const having = values.filter((value) => this.#sets.has(value));
    if (having.length <= 1) {
      const set = this.#sets.get(having[0] as Scalar);
      if (set === undefined) return 0;
      return allowed === undefined ? sizeOf(set) : intersectCount(set, allowed);
    }
    const points = new Set<number>();
    for (const value of having) {
      eachOffset(this.#sets.get(value) as Postings, (offset) => {
        if (allowed === undefined || (((allowed[offset >>> 5] ?? 0) >>> (offset & 31)) & 1) === 1) {
          points.add(offset);
        }
      });
    }
    return points.size;
  }

  /** Sets the bits of the points that have a value. */
  addTo(value: Scalar, bitmap: Uint32Array): void {
    const set = this.#sets.get(value);
    if (set !== undefined) addTo(set, bitmap);
  }

  #estimatePrefix(words: SortedWords, prefix: string): number {
    let pairs = 0;
    let met = 0;
    words.each(prefix, (word) => {
      pairs += this.sizeOf(word);
      return ++met <= MOST_COUNTED;
    });
    return met > MOST_COUNTED ? this.#pairs : pairs;
  }
}

function textBytes(value: Scalar): number {
  return typeof value === "string" ? value.length : 0;
}
