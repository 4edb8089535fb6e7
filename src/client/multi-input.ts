import { invalidArgument } from "../errors.ts";
import type { MultiRows } from "../vectors/rows.ts";
import { copyVector, isFloat32Array, type Place } from "./vector-input.ts";

const FIRST_VECTORS = 16;

/** Multivectors of a request, checked while they are copied. */
export class MultiBuilder {
  readonly #size: number;
  #ends: number[] = [];
  #values: Float32Array;
  #count = 0;

  constructor(size: number) {
    this.#size = size;
    this.#values = new Float32Array(FIRST_VECTORS * size);
  }

  /**
   * A list of vectors; one vector stands for a list of one.
   *
   * @throws {NearvecError} `INVALID_ARGUMENT`, `WRONG_DIMENSION`, `NOT_FINITE`
   */
  add(value: unknown, place: Place, index: number): void {
    if (!isMultivector(value)) {
      this.#copy(value, place, index);
    } else {
      if (value.length === 0) throw invalidArgument(place(index), value, "at least one vector");
      for (let i = 0; i < value.length; i++) this.#copy(value[i], () => `${place(index)}[${i}]`, i);
    }
    this.#ends.push(this.#count);
  }

  rows(): MultiRows {
    return {
      type: "multi",
      count: this.#ends.length,
      size: this.#size,
      ends: Uint32Array.from(this.#ends),
      values: this.#values.subarray(0, this.#count * this.#size),
    };
  }

  #copy(vector: unknown, place: Place, index: number): void {
    const at = this.#count * this.#size;
    if (at === this.#values.length) {
      const larger = new Float32Array(2 * at);
      larger.set(this.#values);
      this.#values = larger;
    }
    copyVector(vector, this.#values, at, this.#size, place, index);
    this.#count++;
  }
}

/** Whether a value is a list of vectors, rather than one. */
function isMultivector(value: unknown): value is readonly unknown[] {
  if (!Array.isArray(value)) return false;
  return value.length === 0 || Array.isArray(value[0]) || isFloat32Array(value[0]);
}
