import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { type ErrorSubject, invalidArgument, NearvecError, notSupported, shortly } from "../errors.ts";

/** Names the place of a vector in the request, only when an error has to say it. */
export type Place = (index: number) => string;

/**
 * Copies a vector of the request into `target` as f32 and checks it in the same pass: the dimension, and that
 * each value is a number that is finite in f32.
 *
 * @throws {NearvecError} `WRONG_DIMENSION`, `NOT_FINITE`, `INVALID_ARGUMENT`, `NOT_SUPPORTED` (documents)
 */
export function copyVector(
  source: unknown,
  target: Float32Array,
  at: number,
  size: number,
  place: Place,
  index: number,
): void {
  if (Array.isArray(source)) copyNumbers(source, target, at, size, place, index);
  else if (isFloat32Array(source)) copyFloats(source, target, at, size, place, index);
  else throw notAVector(source, place(index));
}

export const NO_VECTOR = Symbol("no vector");

/**
 * The unnamed one of a point's vectors: what stands there by itself or, as in a map of names, under `""`;
 * `NO_VECTOR` for `{}`, which is Qdrant's way of saying that there is none.
 */
export function unnamedVector(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    return value;
  const names = Object.keys(value);
  if (names.length === 0) return NO_VECTOR;
  return names.length === 1 && names[0] === "" ? (value as Readonly<Record<string, unknown>>)[""] : value;
}

/** Of any realm: that of a frame or of a test runner is no instance of ours. */
export function isFloat32Array(value: unknown): value is Float32Array {
  return value instanceof Float32Array || Object.prototype.toString.call(value) === "[object Float32Array]";
}

function copyFloats(
  source: Float32Array,
  target: Float32Array,
  at: number,
  size: number,
  place: Place,
  index: number,
): void {
  if (source.length !== size) throw wrongDimension(source.length, size, place(index));
  target.set(source, at);
  let zero = 0;
  for (let i = at; i < at + size; i++) zero += (target[i] as number) - (target[i] as number);
  if (zero !== 0) throw notFinite(source, place(index));
}

function copyNumbers(
  source: readonly unknown[],
  target: Float32Array,
  at: number,
  size: number,
  place: Place,
  index: number,
): void {
  if (source.length !== size) {
    // A list of the wrong length may well be a vector of another form, which is the better news.
    if (Array.isArray(source[0])) throw otherForm(source, "a multivector", place(index));
    throw wrongDimension(source.length, size, place(index));
  }
  // x - x is 0 for a finite number and NaN for any other, and a NaN stays in the sum: one test for the whole vector.
  let zero = 0;
  for (let i = 0; i < size; i++) {
    let value = source[i];
    // Of a request over HTTP, for which it is a number like any other.
    if (typeof value === "bigint") value = Number(value);
    if (typeof value !== "number") throw notANumber(value, i, place(index));
    // Not only NaN and infinities: a double beyond f32's range becomes one as it is stored.
    const stored = Math.fround(value);
    target[at + i] = stored;
    zero += stored - stored;
  }
  if (zero !== 0) throw notFinite(source, place(index));
}

const SAME_MODEL = "Use vectors of the collection's `size`: all from the same embedding model.";

function wrongDimension(got: number, size: number, what: string): NearvecError {
  return new NearvecError("WRONG_DIMENSION", {
    what,
    got: got === 0 ? "an empty vector" : `${got} values`,
    expected: `${size} values`,
    todo: SAME_MODEL,
    subject: { dimension: { got, expected: size } },
  });
}

/** Checks rows that were copied at once; answers nothing, or says which row has what at which position. */
function checkRows(
  rows: Float32Array,
  from: number,
  count: number,
  size: number,
  source: Float32Array,
  place: Place,
): void {
  for (let row = 0; row < count; row++) {
    const at = from + row * size;
    let zero = 0;
    for (let i = at; i < at + size; i++) zero += (rows[i] as number) - (rows[i] as number);
    if (zero !== 0) throw notFinite(source.subarray(row * size, (row + 1) * size), place(row));
  }
}

/** Dense vectors that came in one array: copied at once, into the section that was begun. */
export function encodeRows(
  rows: Float32Array,
  count: number,
  size: number,
  encoder: OperationEncoder,
  what: string,
): void {
  if (rows.length !== count * size) {
    throw new NearvecError("WRONG_DIMENSION", {
      what,
      got: `${rows.length} values in one Float32Array`,
      expected: `${count} ids × ${size} values`,
      todo: SAME_MODEL,
    });
  }
  if (count === 0) return;
  const from = encoder.row(0);
  for (let i = 1; i < count; i++) encoder.row(i);
  encoder.floats.set(rows, from);
  checkRows(encoder.floats, from, count, size, rows, (index) => `${what}[${index}]`);
}

/** A column of a batch. */
export function checkColumn(
  column: unknown,
  what: string,
  count: number,
  of: "vectors" | "payloads" = "vectors",
): asserts column is readonly unknown[] {
  if (!Array.isArray(column)) throw invalidArgument(what, column, "an array with one entry per id");
  if (column.length !== count) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what,
      got: `${column.length} entries`,
      expected: `${count}, one per id`,
      todo: "Make all columns of the batch equally long; a point without a payload has null there.",
      subject: { column: { of, ids: count, got: column.length } },
    });
  }
}

/** For a vector that holds something that is not finite in f32. */
export function notFinite(source: ArrayLike<unknown>, what: string): NearvecError {
  const position = Array.from(source).findIndex((value) => !Number.isFinite(Math.fround(value as number)));
  return new NearvecError("NOT_FINITE", {
    what,
    got: `${shortly(source[position])} at position ${position}`,
    expected: "numbers that are finite in f32 (up to 3.4e38)",
    todo: "Check what computed the vector.",
  });
}

function notANumber(value: unknown, position: number, what: string): NearvecError {
  if (Array.isArray(value)) return otherForm(value, "a multivector", what);
  return new NearvecError("NOT_FINITE", {
    what,
    got: `${shortly(value)} at position ${position}`,
    expected: "a number",
    todo: "Check what computed the vector.",
  });
}

function notAVector(value: unknown, what: string): NearvecError {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    if ("model" in value) return notSupported(`${what} (an object for an inference model)`, GIVE_DENSE);
    if ("indices" in value && "values" in value) return otherForm(value, "a sparse vector", what);
    if (Object.values(value).some((inner) => typeof inner === "object")) {
      const vector = Object.keys(value).find((name) => name !== "") ?? "";
      return otherForm(value, "named vectors", what, { vector });
    }
  }
  return invalidArgument(what, value, "an array of numbers or a Float32Array");
}

const GIVE_DENSE = "Give a dense vector: an array of numbers or a Float32Array.";

/** What Qdrant takes elsewhere, where a dense vector stands. */
function otherForm(value: object, form: string, what: string, subject?: ErrorSubject): NearvecError {
  return new NearvecError("INVALID_ARGUMENT", {
    what,
    got: `${form}: ${shortly(value)}`,
    expected: "a dense vector",
    todo: GIVE_DENSE,
    subject,
  });
}
