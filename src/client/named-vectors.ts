/** The vectors of a collection that has several, or other ones than dense f32; loaded on demand (vector-forms.ts). */

import type { DenseSettings } from "../collection/config.ts";
import type { NamedSpace } from "../collection/named-space.ts";
import { bitmapWords } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { invalidArgument, NearvecError, shortly } from "../errors.ts";
import type { MultiVector, SparseVector, StoredVector } from "../vectors/rows.ts";
import type { AnswerForm } from "./answer-form.ts";
import { shortestArray } from "./f32.ts";
import { MultiBuilder } from "./multi-input.ts";
import { SparseBuilder } from "./sparse-input.ts";
import type { VectorOutput } from "./types.ts";
import type { VectorForms } from "./vector-forms.ts";
import { checkColumn, copyVector, encodeRows, isFloat32Array, type Place } from "./vector-input.ts";

type Spaces = ReadonlyMap<string, NamedSpace>;

/** What one name's vectors of a request are: one value per point, `undefined` where it has none. */
type Column = Map<number, unknown>;

/** A vector by itself, or those of a map, by their names. */
type Output = Extract<VectorOutput, Record<string, unknown>>[string];

export class NamedVectors implements VectorForms {
  readonly #spaces: Spaces;

  constructor(spaces: Spaces) {
    this.#spaces = spaces;
  }

  encodeList(vectors: readonly unknown[], needed: boolean, place: Place, encoder: OperationEncoder): void {
    const columns = new Map<string, Column>();
    vectors.forEach((value, i) => {
      const named = namedOf(value, place, i);
      if (needed && named.length === 0) throw invalidArgument(place(i), value, "the vectors to update");
      for (const [name, vector] of named) {
        let column = columns.get(name);
        if (column === undefined) {
          this.space(name, place(i));
          column = new Map();
          columns.set(name, column);
        }
        column.set(i, vector);
      }
    });
    for (const [name, column] of columns) {
      const named: Place = (i) => placeOf(place(i), name, vectors[i]);
      this.#encode(this.space(name, "vector"), column, vectors.length, named, encoder);
    }
  }

  encodeColumn(vectors: unknown, count: number, encoder: OperationEncoder): void {
    const what = "batch.vectors";
    if (
      vectors == null ||
      Array.isArray(vectors) ||
      ArrayBuffer.isView(vectors) ||
      typeof vectors !== "object"
    ) {
      this.#encodeNamedColumn("", vectors, count, what, encoder);
      return;
    }
    for (const [name, column] of Object.entries(vectors)) {
      this.#encodeNamedColumn(name, column, count, `${what}[${JSON.stringify(name)}]`, encoder);
    }
  }

  #encodeNamedColumn(
    name: string,
    column: unknown,
    count: number,
    what: string,
    encoder: OperationEncoder,
  ): void {
    const space = this.space(name, what);
    if (isFloat32Array(column) && space.settings.kind === "dense") {
      const { size } = space.settings;
      encoder.beginVectors(name, size);
      encodeRows(column, count, size, encoder, what);
      encoder.endVectors();
      return;
    }
    checkColumn(column, what, count);
    const present: Column = new Map();
    column.forEach((value: unknown, i) => {
      // {} is a point without the vector, as it is in a list of points.
      if (value != null && !isEmptyObject(value)) present.set(i, value);
    });
    this.#encode(space, present, count, (i) => `${what}[${i}]`, encoder);
  }

  #encode(
    { name, settings }: NamedSpace,
    column: Column,
    count: number,
    place: Place,
    encoder: OperationEncoder,
  ): void {
    if (settings.kind === "dense") {
      encoder.beginVectors(name, settings.size);
      for (const [i, value] of column) {
        const at = encoder.row(i);
        copyVector(value, encoder.floats, at, settings.size, place, i);
      }
      encoder.endVectors();
      return;
    }
    const presence = new Uint32Array(bitmapWords(count));
    const builder = settings.kind === "sparse" ? new SparseBuilder() : new MultiBuilder(settings.size);
    for (const [i, value] of column) {
      presence[i >>> 5] = (presence[i >>> 5] as number) | (1 << (i & 31));
      builder.add(value, place, i);
    }
    encoder.vectors(name, presence, builder.rows());
  }

  space(name: string, what: string): NamedSpace {
    const space = this.#spaces.get(name);
    if (space !== undefined) return space;
    const names = Array.from(this.#spaces.keys(), (each) => JSON.stringify(each));
    throw new NearvecError("INVALID_ARGUMENT", {
      what: `${what}: there is no ${name === "" ? "unnamed vector" : `vector ${shortly(name)}`}`,
      expected: names.length === 0 ? "none: the collection has no vectors" : `one of ${names.join(", ")}`,
      todo: name === "" ? "Say which with `using`, or as a key." : "Name vectors that the collection has.",
      subject: { vector: name },
    });
  }

  query({ settings }: NamedSpace, value: unknown, place: Place): StoredVector {
    switch (settings.kind) {
      case "sparse": {
        const builder = new SparseBuilder();
        builder.add(value, place, 0);
        const { indices, values } = builder.rows();
        return { indices, values };
      }
      case "multi": {
        const builder = new MultiBuilder(settings.size);
        builder.add(value, place, 0);
        return { size: settings.size, values: builder.rows().values };
      }
      default: {
        const vector = new Float32Array(settings.size);
        copyVector(value, vector, 0, settings.size, place, 0);
        return vector;
      }
    }
  }

  read(offset: number, names: readonly string[] | undefined, floats = shortestArray): VectorOutput {
    const found: [string, Output][] = [];
    for (const name of names ?? this.#spaces.keys()) {
      const space = this.space(name, "with_vector");
      const stored = space.space.get(offset);
      if (stored !== undefined) found.push([name, output(stored, space, floats)]);
    }
    const [only] = found;
    if (found.length === 1 && only?.[0] === "") return only[1] as VectorOutput;
    return Object.fromEntries(found);
  }
}

/** A point's vectors by their names: a vector by itself is the unnamed one. */
function namedOf(value: unknown, place: Place, index: number): [string, unknown][] {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return [["", value]];
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).filter(([, vector]) => vector != null);
  }
  throw invalidArgument(place(index), value, "a vector, or vectors by their names: { name: vector }");
}

function placeOf(point: string, name: string, value: unknown): string {
  const bare = Array.isArray(value) || ArrayBuffer.isView(value);
  return bare ? point : `${point}[${JSON.stringify(name)}]`;
}

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    Object.keys(value).length === 0
  );
}

function output(stored: StoredVector, { settings }: NamedSpace, floats: AnswerForm["floats"]): Output {
  switch (settings.kind) {
    case "sparse": {
      const { indices, values } = stored as SparseVector;
      return { indices: Array.from(indices), values: floats(values) };
    }
    case "multi":
      return rowsOf(stored as MultiVector, settings, floats);
    default:
      return floats(stored as Float32Array);
  }
}

function rowsOf({ values }: MultiVector, { size }: DenseSettings, floats: AnswerForm["floats"]): number[][] {
  return Array.from({ length: values.length / size }, (_, row) =>
    floats(values.subarray(row * size, (row + 1) * size)),
  );
}
