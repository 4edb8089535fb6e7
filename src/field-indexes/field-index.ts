import type { Test } from "../filters/filter.ts";
import type { Scalar } from "../filters/match.ts";
import type { Answer } from "./answer.ts";
import type { Coordinates } from "./coordinates.ts";
import type { OffsetSet } from "./offset-set.ts";
import type { SortedPairs } from "./sorted-pairs.ts";
import type { TextDocuments } from "./text-documents.ts";
import type { TextPostings } from "./text-postings.ts";
import type { ValueSets } from "./value-sets.ts";

/**
 * The values of one type at one path: which points have them. It knows nothing of paths and payloads, nor of values of
 * other types; `IndexedField` does.
 *
 * THE RULE: an index changes how long an answer takes, never what it is (but for text). What an index can't tell for sure
 * it calls a `maybe`, and the payload of that point is asked.
 */
export interface FieldIndex {
  /** In bytes; of strings and objects of the JavaScript heap an estimate. */
  readonly memoryBytes: number;

  /** Whether a value of a payload (no array, or one inside an array) is of the index's type. */
  accepts(value: unknown): boolean;

  /**
   * Adds a point with its values, all of them accepted and different. It had none before, or some of these: then what is
   * missing is added.
   */
  add(offset: number, values: readonly unknown[]): void;

  /** Forgets a point, given with the very values that it was added with. */
  remove(offset: number, values: readonly unknown[]): void;

  /** Whether no value that `accepts` refuses can pass the test. */
  covers(test: Test): boolean;

  /**
   * At most how many pairs of a point and a value pass the test; found out in microseconds. Undefined: the index can't
   * answer the test.
   */
  estimate(test: Test): number | undefined;

  /** Exactly how many such pairs there are, where that is as quick. */
  count(test: Test): number | undefined;

  /**
   * Adds the points with a value that passes the test to the answer: those that may have one as `maybe`. Asked only
   * where there is an estimate.
   */
  find(test: Test, answer: Answer): void;

  /** Stands for how values are read from payloads: with another text, an index that was written down is another one. */
  readonly reading: string;

  /** What the index consists of, for those who write it down and read it back, in this order. */
  readonly contents: readonly IndexContent[];

  /** What facets count: where the type has single values that can be matched. */
  readonly facets?: Facets | undefined;

  /** What `order_by` follows: where the type has an order. */
  readonly order?: Order | undefined;

  /**
   * What a test of this field means because there is this index. Only a text index has an opinion: its words instead of
   * substrings. Filters are bound before they are planned or evaluated.
   */
  bind?(test: Test): Test;
}

/** What an index consists of. */
export type IndexContent =
  | { readonly kind: "values"; readonly values: ValueSets }
  | { readonly kind: "pairs"; readonly pairs: SortedPairs }
  | { readonly kind: "elsewhere"; readonly offsets: OffsetSet }
  | { readonly kind: "coordinates"; readonly coordinates: Coordinates }
  | { readonly kind: "tokens"; readonly tokens: TextPostings }
  | { readonly kind: "documents"; readonly documents: TextDocuments; readonly tokens: TextPostings };

/** Values, and how many points have each. */
export interface Facets {
  /** Calls `visit` for every value that some point has; with `allowed`, a bitmap over offsets, that some of those points has. */
  each(allowed: Uint32Array | undefined, visit: (value: Scalar, points: number) => void): void;
}

/** Pairs of a value and a point in the order of the values. */
export interface Order {
  /**
   * Calls `visit` with each value and the points that have it, in any order (a view, valid during the call); upwards, or
   * downwards; beginning at `from`, inclusively. It ends when `visit` answers false. The same value may come several
   * times in a row, with other points.
   */
  walk(descending: boolean, from: number | undefined, visit: OrderVisit): void;

  /**
   * The number by which a value of a payload is ordered; undefined: it is not of the type. The walk has the f64 next to it:
   * beyond 2^53 several bigints look the same there.
   */
  valueOf(value: unknown): number | bigint | undefined;
}

export type OrderVisit = (value: number, offsets: Uint32Array) => boolean;
