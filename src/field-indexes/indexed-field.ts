import { hasNull, isEmpty } from "../filters/evaluate.ts";
import type { Test } from "../filters/filter.ts";
import { type JsonPath, valuesAt } from "../payload/path.ts";
import { Answer } from "./answer.ts";
import type { FieldIndex } from "./field-index.ts";
import { OffsetSet } from "./offset-set.ts";

export type Payload = Readonly<Record<string, unknown>>;

/** What a payload has at the field's path. */
interface Content {
  /** Values of the index's type, all different. */
  readonly own: readonly unknown[];
  /** Whether there are others, but for null. */
  readonly foreign: boolean;
  /** Whether it is not empty, and whether it is null, as `is_empty` and `is_null` have it. */
  readonly filled: boolean;
  readonly null: boolean;
}

/** What is known of points beside what the index knows. */
export interface FieldSets {
  readonly own: OffsetSet;
  readonly foreign: OffsetSet;
  readonly filled: OffsetSet;
  readonly nulls: OffsetSet;
}

const NOTHING: Content = { own: [], foreign: false, filled: false, null: false };

/**
 * A path and its index. The index knows the values of its type; here is known which points have any, which have other values
 * (that an index of that type can't tell apart, so that payloads are asked), which are empty, and which are null.
 */
export class IndexedField {
  readonly path: JsonPath;
  readonly index: FieldIndex;
  readonly #own = new OffsetSet();
  readonly #foreign = new OffsetSet();
  readonly #filled = new OffsetSet();
  readonly #nulls = new OffsetSet();
  /** Points with more than one value of the type. */
  several = 0;

  constructor(path: JsonPath, index: FieldIndex) {
    this.path = path;
    this.index = index;
  }

  /** Points that have a value of the index's type. */
  get points(): number {
    return this.#own.size;
  }

  get memoryBytes(): number {
    const sets = [this.#own, this.#foreign, this.#filled, this.#nulls];
    return sets.reduce((bytes, set) => bytes + set.memoryBytes, this.index.memoryBytes);
  }

  get sets(): FieldSets {
    return { own: this.#own, foreign: this.#foreign, filled: this.#filled, nulls: this.#nulls };
  }

  /** Adds what is missing of a point that is partly there: all but whether it has several values. */
  complete(offset: number, payload: Payload): void {
    const { own, foreign, filled, null: isNull } = this.#contentOf(payload);
    if (foreign) this.#foreign.add(offset);
    if (filled) this.#filled.add(offset);
    if (isNull) this.#nulls.add(offset);
    if (own.length === 0) return;
    this.#own.add(offset);
    this.index.add(offset, own);
  }

  /** A point's payload is another one from now on; undefined: none. */
  change(offset: number, before: Payload | undefined, after: Payload | undefined): void {
    const old = this.#contentOf(before);
    const fresh = this.#contentOf(after);
    if (old.foreign !== fresh.foreign) mark(this.#foreign, offset, fresh.foreign);
    if (old.filled !== fresh.filled) mark(this.#filled, offset, fresh.filled);
    if (old.null !== fresh.null) mark(this.#nulls, offset, fresh.null);
    if (areSame(old.own, fresh.own)) return;
    if (old.own.length > 0) this.index.remove(offset, old.own);
    if (fresh.own.length > 0) this.index.add(offset, fresh.own);
    this.several += Number(fresh.own.length > 1) - Number(old.own.length > 1);
    if (old.own.length === 0) this.#own.add(offset);
    else if (fresh.own.length === 0) this.#own.delete(offset);
  }

  #contentOf(payload: Payload | undefined): Content {
    if (payload === undefined) return NOTHING;
    const values = valuesAt(payload, this.path);
    if (values.length === 0) return NOTHING;
    let own: unknown[] = [];
    let foreign = false;
    for (const value of values.flat()) {
      if (this.index.accepts(value)) own.push(value);
      else if (value !== null) foreign = true;
    }
    // Objects (of coordinates) are all different; two that say the same do no harm.
    if (own.length > 1) own = [...new Set(own)];
    return { own, foreign, filled: !values.every(isEmpty), null: values.some(hasNull) };
  }

  /** At most how many points have a value that passes the test, or have one of which it isn't known. */
  estimate(test: Test): number {
    const found = this.index.estimate(test) ?? this.#own.size;
    return found + (this.index.covers(test) ? 0 : this.#foreign.size);
  }

  /** Exactly how many points have a value that passes, where that is known without looking at each. */
  count(test: Test): number | undefined {
    if (this.#foreign.size > 0 && !this.index.covers(test)) return undefined;
    // A point with several values may be in several pairs; of one value, every point has one.
    return this.several === 0 || test.kind === "value" ? this.index.count(test) : undefined;
  }

  /** Adds the points that have a value which passes the test. */
  find(test: Test, answer: Answer): void {
    if (this.index.estimate(test) !== undefined) this.index.find(test, answer);
    else if (test.kind === "except") this.#findOthers({ kind: "any", values: test.values }, answer);
    else this.#own.addTo(answer.maybe);
    if (this.#foreign.size > 0 && !this.index.covers(test)) this.#foreign.addTo(answer.maybe);
  }

  /** Adds the points with a value of the type that does not pass. */
  #findOthers(test: Test, answer: Answer): void {
    if (this.index.estimate(test) === undefined) {
      this.#own.addTo(answer.maybe);
      return;
    }
    const passing = new Answer(answer.words);
    this.index.find(test, passing);
    const own = new Uint32Array(answer.words);
    this.#own.addTo(own);
    const others = passing.not(own);
    // Those whose values all pass are none of them; of several values, one may be another.
    if (this.several > 0) {
      for (let i = 0; i < own.length; i++) {
        answer.maybe[i] = (answer.maybe[i] as number) | ((own[i] as number) & ~(others.sure[i] as number));
      }
    }
    answer.or(others);
  }

  /** Sets the bits of the points where there is more than null and []. */
  addFilled(bitmap: Uint32Array): void {
    this.#filled.addTo(bitmap);
  }

  get filledCount(): number {
    return this.#filled.size;
  }

  /** Sets the bits of the points where there is a null. */
  addNulls(bitmap: Uint32Array): void {
    this.#nulls.addTo(bitmap);
  }

  get nullCount(): number {
    return this.#nulls.size;
  }
}

function mark(set: OffsetSet, offset: number, there: boolean): void {
  if (there) set.add(offset);
  else set.delete(offset);
}

function areSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
