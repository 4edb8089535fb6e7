/** The vectors of a collection that has one unnamed dense vector of f32 per point. */

import type { DenseSettings } from "../collection/config.ts";
import type { NamedSpace } from "../collection/named-space.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { invalidArgument, NearvecError, shortly } from "../errors.ts";
import type { StoredVector } from "../vectors/rows.ts";
import { shortestArray } from "./f32.ts";
import type { VectorOutput } from "./types.ts";
import type { VectorForms } from "./vector-forms.ts";
import {
  checkColumn,
  copyVector,
  encodeRows,
  isFloat32Array,
  NO_VECTOR,
  type Place,
  unnamedVector,
} from "./vector-input.ts";

const batchVector: Place = (index) => `batch.vectors[${index}]`;

export class PlainVectors implements VectorForms {
  readonly #space: NamedSpace;
  readonly #size: number;

  constructor(space: NamedSpace) {
    this.#space = space;
    this.#size = (space.settings as DenseSettings).size;
  }

  encodeList(vectors: readonly unknown[], needed: boolean, place: Place, encoder: OperationEncoder): void {
    const size = this.#size;
    encoder.beginVectors("", size);
    for (let i = 0; i < vectors.length; i++) {
      const dense = unnamedVector(vectors[i]);
      if (dense === NO_VECTOR) {
        if (needed) throw invalidArgument(place(i), vectors[i], "the vector to update");
        continue;
      }
      const at = encoder.row(i);
      copyVector(dense, encoder.floats, at, size, place, i);
    }
    encoder.endVectors();
  }

  encodeColumn(vectors: unknown, count: number, encoder: OperationEncoder): void {
    if (isFloat32Array(vectors)) {
      encoder.beginVectors("", this.#size);
      encodeRows(vectors, count, this.#size, encoder, "batch.vectors");
      encoder.endVectors();
      return;
    }
    if (isMap(vectors)) {
      for (const name of Object.keys(vectors)) this.space(name, "batch.vectors");
      // The one name is "", that of the unnamed vector; without it, no point has one.
      const column = (vectors as Readonly<Record<string, unknown>>)[""];
      if (column !== undefined) this.encodeColumn(column, count, encoder);
      return;
    }
    checkColumn(vectors, "batch.vectors", count);
    this.encodeList(vectors, false, batchVector, encoder);
  }

  space(name: string, what: string): NamedSpace {
    if (name === "") return this.#space;
    throw new NearvecError("INVALID_ARGUMENT", {
      what: `${what}: there is no vector ${shortly(name)}`,
      expected: '"", the unnamed vector',
      todo: "Name vectors that the collection has.",
      subject: { vector: name },
    });
  }

  query(space: NamedSpace, value: unknown, place: Place, kept: boolean): StoredVector {
    const vector = kept ? new Float32Array(this.#size) : space.scratch;
    copyVector(value, vector, 0, this.#size, place, 0);
    return vector;
  }

  read(offset: number, names: readonly string[] | undefined, floats = shortestArray): VectorOutput {
    for (const name of names ?? []) this.space(name, "with_vector");
    const stored = this.#space.space.get(offset);
    return stored === undefined ? {} : floats(stored as Float32Array);
  }
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
