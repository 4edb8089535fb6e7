/** Naive answers for spaces of rounded vectors and of lists of them. */

import fc from "fast-check";
import type { Datatype, Distance, RoundedSpaceConfig } from "../../src/vectors/config.ts";
import type { DenseRows, MultiRows, MultiVector } from "../../src/vectors/rows.ts";
import { score } from "../core/support.ts";

export const DISTANCES: readonly Distance[] = ["Cosine", "Dot", "Euclid", "Manhattan"];

// Of the ECMAScript of 2025, which the types don't know yet.
const { f16round } = Math as unknown as { f16round(x: number): number };

type Kind = Pick<RoundedSpaceConfig, "distance" | "datatype">;

/** A vector as it is stored and comes back. */
export function storedAs({ distance, datatype }: Kind, vector: readonly number[]): number[] {
  if (datatype === "uint8") return vector.map((x) => Math.max(0, Math.min(255, Math.trunc(x))) + 0);
  let values = vector.map(Math.fround);
  const squared = values.reduce((sum, x) => sum + x * x, 0);
  if (distance === "Cosine" && squared > 0 && Math.abs(squared - 1) >= 1e-6) {
    values = values.map((x) => Math.fround(x / Math.sqrt(squared)));
  }
  return datatype === "float16" ? values.map((x) => Math.max(-65504, Math.min(65504, f16round(x)))) : values;
}

/** Qdrant's score of two vectors as they are given. Of rounded unit vectors it is the product. */
export function typedScore(kind: Kind, a: readonly number[], b: readonly number[]): number {
  const distance = kind.distance === "Cosine" && kind.datatype === "float16" ? "Dot" : kind.distance;
  return score(distance, storedAs(kind, a), storedAs(kind, b));
}

/** The sum over the query's vectors of the best match in the document. */
export function maxSim(kind: Kind, query: readonly number[][], document: readonly number[][]): number {
  const best = kind.distance === "Cosine" || kind.distance === "Dot" ? Math.max : Math.min;
  return query
    .map((vector) => best(...document.map((other) => typedScore(kind, vector, other))))
    .reduce((sum, each) => sum + each, 0);
}

export function denseRows(vectors: readonly (readonly number[])[], size: number): DenseRows {
  return { type: "dense", count: vectors.length, size, values: Float32Array.from(vectors.flat()) };
}

export function multiRows(lists: readonly (readonly number[][])[], size: number): MultiRows {
  let end = 0;
  const ends = Uint32Array.from(lists, (list) => {
    end += list.length;
    return end;
  });
  return { type: "multi", count: lists.length, size, ends, values: Float32Array.from(lists.flat(2)) };
}

export function multiVector(list: readonly number[][], size: number): MultiVector {
  return { size, values: Float32Array.from(list.flat()) };
}

export function bitmapOf(offsets: Iterable<number>, count: number): Uint32Array {
  const bitmap = new Uint32Array(Math.ceil(count / 32));
  for (const o of offsets) bitmap[o >>> 5] = (bitmap[o >>> 5] as number) | (1 << (o & 31));
  return bitmap;
}

export const datatypes: readonly Datatype[] = ["float32", "float16", "uint8"];

/** Numbers that a datatype rounds in every way it can, without sums that hang on the last bit. */
export const vectorOf = (size: number) =>
  fc.array(
    fc.integer({ min: -40, max: 2600 }).map((x) => x / 8),
    { minLength: size, maxLength: size },
  );
