import { invalidArgument, NearvecError, notSupported, shortly } from "../errors.ts";
import { checkFields, checkObject, fields } from "../fields.ts";
import type { SparseRows } from "../vectors/rows.ts";
import { notFinite, type Place } from "./vector-input.ts";

const FIELDS = fields(["indices", "values"]);
const MOST_INDEX = 2 ** 32 - 1;
const FIRST_ENTRIES = 256;

/** Sparse vectors of a request, checked and brought into the order of their indices. */
export class SparseBuilder {
  #ends: number[] = [];
  #indices = new Uint32Array(FIRST_ENTRIES);
  #values = new Float32Array(FIRST_ENTRIES);
  #length = 0;

  /** @throws {NearvecError} `INVALID_ARGUMENT`, `NOT_FINITE`, `NOT_SUPPORTED` (documents) */
  add(value: unknown, place: Place, index: number): void {
    const { indices, values } = fieldsOf(value, place, index);
    // The place's name is made only for an error.
    const what = () => place(index);
    const { length } = indices;
    if (values.length !== length) {
      throw new NearvecError("INVALID_ARGUMENT", {
        what: `${what()}.values`,
        got: `${values.length} values`,
        expected: `${length}: as many as there are indices`,
        todo: "Give each index its value.",
        subject: { rule: "lengths" },
      });
    }
    const from = this.#length;
    this.#grow(from + length);
    let ascending = true;
    for (let i = 0; i < length; i++) {
      const each = indices[i];
      const value = values[i];
      const number = typeof value === "bigint" ? Number(value) : value;
      if (!isIndex(each))
        throw invalidArgument(`${what()}.indices[${i}]`, each, `an integer from 0 to ${MOST_INDEX}`);
      if (typeof number !== "number") throw notANumber(number, i, `${what()}.values`);
      const stored = Math.fround(number);
      if (stored - stored !== 0) throw notFinite(values, `${what()}.values`);
      this.#indices[from + i] = each;
      this.#values[from + i] = stored;
      ascending &&= i === 0 || (this.#indices[from + i - 1] as number) < each;
    }
    this.#length = from + length;
    if (!ascending) this.#sort(from, what);
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

  #sort(from: number, what: () => string): void {
    const indices = this.#indices.slice(from, this.#length);
    const values = this.#values.slice(from, this.#length);
    const order = Array.from(indices.keys()).sort((a, b) => (indices[a] as number) - (indices[b] as number));
    order.forEach((at, i) => {
      const each = indices[at] as number;
      if (i > 0 && this.#indices[from + i - 1] === each) {
        throw invalidArgument(
          `${what()}.indices`,
          each,
          "each index once",
          "Add up the values of equal indices.",
          { rule: "unique" },
        );
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

function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MOST_INDEX;
}

function fieldsOf(
  value: unknown,
  place: Place,
  index: number,
): { indices: ArrayLike<unknown>; values: ArrayLike<unknown> } {
  const what = place(index);
  checkObject(value, what, "a sparse vector: { indices, values }");
  if ("model" in value) {
    const todo = "Give a sparse vector: { indices, values }.";
    throw notSupported(`${what} (an object for an inference model)`, todo);
  }
  checkFields(value, what, FIELDS);
  const { indices, values } = value as { indices?: unknown; values?: unknown };
  if (!isList(indices)) throw invalidArgument(`${what}.indices`, indices, "a list of integers");
  if (!isList(values)) throw invalidArgument(`${what}.values`, values, "a list of numbers");
  return { indices, values };
}

function notANumber(value: unknown, at: number, what: string): NearvecError {
  return new NearvecError("NOT_FINITE", {
    what,
    got: `${shortly(value)} at position ${at}`,
    expected: "a number",
    todo: "Check what computed the vector.",
  });
}
