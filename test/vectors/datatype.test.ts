import fc from "fast-check";
import { expect, test } from "vitest";
import { normalize, roundToFloat16, roundToUint8 } from "../../src/vectors/kinds/datatype.ts";

// Of the ECMAScript of 2025, which the types don't know yet.
const { f16round } = Math as unknown as { f16round(x: number): number };

const expected16 = (x: number) => Math.max(-65504, Math.min(65504, f16round(x)));

function rounded16(numbers: Iterable<number>): Float32Array {
  const values = Float32Array.from(numbers);
  roundToFloat16(values);
  return values;
}

test("every binary16 number stays, and its neighbours and the points between go where Math.f16round sends them", () => {
  const numbers: number[] = [];
  for (let exponent = 0; exponent < 31; exponent++) {
    for (let mantissa = 0; mantissa < 1024; mantissa++) {
      const value = exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15);
      const step = 2 ** (Math.max(exponent, 1) - 25);
      expect(f16round(value)).toBe(value);
      for (const x of [
        value,
        value + step / 2,
        value + step / 2 - step / 2 ** 12,
        value + step / 2 + step / 2 ** 12,
      ]) {
        numbers.push(x, -x);
      }
    }
  }
  const values = Float32Array.from(numbers);
  const expected = Float32Array.from(values, expected16);
  roundToFloat16(values);
  // Compared as bits: -0 is not 0.
  expect(new Uint32Array(values.buffer)).toEqual(new Uint32Array(expected.buffer));
});

test("any f32 number is rounded as Math.f16round does", () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { maxLength: 50 }),
      (numbers) => {
        expect(rounded16(numbers)).toEqual(Float32Array.from(numbers, expected16));
      },
    ),
    { numRuns: 2000, seed: 1 },
  );
  const bits = new Uint32Array(200_000).map((_, i) => Math.imul(i, 2654435761));
  const values = new Float32Array(bits.buffer).filter(Number.isFinite);
  expect(rounded16(values)).toEqual(values.map(expected16));
});

test("what is beyond the range of binary16 becomes its largest number", () => {
  const largest = Math.fround(3.4e38);
  expect([...rounded16([65504, 65519, 65520, 1e6, largest, -65520, -largest])]).toEqual([
    65504, 65504, 65504, 65504, 65504, -65504, -65504,
  ]);
});

test("a part of a larger array is rounded alone", () => {
  const values = Float32Array.of(0.1, 0.1, 0.1);
  roundToFloat16(values.subarray(1, 2));
  expect([...values]).toEqual([Math.fround(0.1), f16round(0.1), Math.fround(0.1)]);
});

test("bytes are truncated towards zero and kept within 0..255", () => {
  const values = Float32Array.of(-1e30, -1, -0.5, -0, 0, 0.9, 1, 1.5, 254.99, 255, 255.5, 256, 1e30);
  roundToUint8(values);
  expect(values).toEqual(Float32Array.of(0, 0, 0, 0, 0, 0, 1, 1, 254, 255, 255, 255, 255));
  expect([...values].some((value) => Object.is(value, -0))).toBe(false);
});

test("vectors get unit length, but for zero and those that have it", () => {
  const scaled = (...numbers: number[]) => {
    const vector = Float32Array.from(numbers);
    normalize(vector);
    return vector;
  };
  expect(scaled(3, 4)).toEqual(Float32Array.of(0.6, 0.8));
  expect(scaled(0, 0)).toEqual(Float32Array.of(0, 0));
  expect(scaled(1 + 1e-7, 0)).toEqual(Float32Array.of(1 + 1e-7, 0));
  expect(scaled(3e38, 3e38)).toEqual(Float32Array.of(Math.SQRT1_2, Math.SQRT1_2));
  expect(scaled(1e-38, 0)).toEqual(Float32Array.of(1, 0));
});
