/** How requests and answers write the vectors of one collection. */

import type { NamedSpace } from "../collection/named-space.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import type { StoredVector } from "../vectors/rows.ts";
import type { AnswerForm } from "./answer-form.ts";
import type { VectorOutput } from "./types.ts";
import type { Place } from "./vector-input.ts";

export interface VectorForms {
  /**
   * Writes the vectors of a list of points, one value each, as sections of an operation.
   *
   * @param needed whether a point without any vector is an error
   */
  encodeList(vectors: readonly unknown[], needed: boolean, place: Place, encoder: OperationEncoder): void;
  /** Writes `vectors` of a column batch of `count` points. */
  encodeColumn(vectors: unknown, count: number, encoder: OperationEncoder): void;
  /** The space of a name that stands at `what`. @throws {NearvecError} `INVALID_ARGUMENT`: there is none */
  space(name: string, what: string): NamedSpace;
  /**
   * A vector to search a space with, checked. Where it isn't `kept`, it is good until the next call.
   *
   * @throws {NearvecError} `WRONG_DIMENSION`, `NOT_FINITE`, `INVALID_ARGUMENT`, `NOT_SUPPORTED` (documents)
   */
  query(space: NamedSpace, value: unknown, place: Place, kept: boolean): StoredVector;
  /** A point's vectors as they come back; with names, only those. `floats`: what their numbers become; else, numbers. */
  read(offset: number, names: readonly string[] | undefined, floats?: AnswerForm["floats"]): VectorOutput;
}
