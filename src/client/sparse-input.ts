import { invalidArgument, NearvecError, shortly } from "../errors.ts";
import { checkFields, checkObject, fields } from "../fields.ts";
import type { SparseRows } from "../vectors/rows.ts";
import { isFloat32Array, notFinite, type Place } from "./vector-input.ts";

const FIELDS = fields(["indices", "values"]);
const MOST_INDEX = 2 ** 32 - 1;
const FIRST_ENTRIES = 256;

/** Sparse vectors of a request, checked and brought into the order of their indices. */
export class SparseBuilder {
  #ends: number[] = [];
  #indices = new Uint32Array(FIRST_ENTRIES);
  #values = new Float32Array(FIRST_ENTRIES);
  #length = 0;

  /** @throws {NearvecError} `INVALID_ARGUMENT`, `NOT_FINITE` */
  add(value: unknown, place: Place, index: number): void {
    const what = () => place(index);
    checkObject(value, what(), "a sparse vector: { indices, values }");
    checkFields(value, what(), FIELDS);
    const { indices, values } = value as { indices?: unknown; values?: unknown };
    if (!isList(indices)) throw invalidArgument(`${what()}.indices`, indices, "a list of integers");
    if (!isList(values)) throw invalidArgument(`${what()}.values`, values, "a list of numbers");
    const { length } = indices;
    if (values.length !== length) {
      throw new NearvecError("INVALID_ARGUMENT", {
        what: `${what()}.values`,
        got: `${values.length} values`,
        expected: `${length}: as many as there are indices`,
        todo: "Give each index its value.",
      });
    }
    const from = this.#length;
    this.#grow(from + length);
    let ascending = true;
    for (let i = 0; i < length; i++) {
      this.#indices[from + i] = checkIndex(indices[i], `${what()}.indices`, i);
      this.#values[from + i] = checkValue(values, i, `${what()}.values`);
      ascending &&= i === 0 || (this.#indices[from + i - 1] as number) < (this.#indices[from + i] as number);
    }
    this.#length = from + length;
    if (!ascending) this.#sort(from, `${what()}.indices`);
    this.#ends.push(this.#length);
  }

  rows(): SparseRows {
    return {
      type: "sparse",
      count: this.#ends.length,
      ends: Uint32Array.from(this.#ends),
      indices: this.#indices.subarray(0, this.#length),
      values: this.#values.subarray(0, this.#length),
    };
  }

  #sort(from: number, what: string): void {
    const indices = this.#indices.slice(from, this.#length);
    const values = this.#values.slice(from, this.#length);
    const order = Array.from(indices.keys()).sort((a, b) => (indices[a] as number) - (indices[b] as number));
    order.forEach((at, i) => {
      const each = indices[at] as number;
      if (i > 0 && this.#indices[from + i - 1] === each) {
        throw invalidArgument(what, each, "each index once", "Add up the values of equal indices.");
      }
      this.#indices[from + i] = each;
      this.#values[from + i] = values[at] as number;
    });
  }

  #grow(entries: number): void {
    if (entries <= this.#indices.length) return;
    const capacity = Math.max(entries, 2 * this.#indices.length);
    const indices = new Uint32Array(capacity);
    const values = new Float32Array(capacity);
    indices.set(this.#indices);
    values.set(this.#values);
    this.#indices = indices;
    this.#values = values;
  }
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function checkIndex(value: unknown, what: string, at: number): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MOST_INDEX) {
    return value as number;
  }
  throw invalidArgument(`${what}[${at}]`, value, `an integer from 0 to ${MOST_INDEX}`);
}

function checkValue(values: ArrayLike<unknown>, at: number, what: string): number {
  const value = values[at];
  if (typeof value !== "number") {
    throw new NearvecError("NOT_FINITE", {
      what,
      got: `${shortly(value)} at position ${at}`,
      expected: "a number",
      todo: "Check what computed the vector.",
    });
  }
  const stored = isFloat32Array(values) ? value : Math.fround(value);
  if (stored - stored !== 0) throw notFinite(values, what);
  return stored;
}
