import fc from "fast-check";
import { expect, test } from "vitest";
import { shortest, shortestArray } from "../../src/client/f32.ts";

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

function fromBits(pattern: number): number {
  bits[0] = pattern;
  return float[0] as number;
}

/** The number of significant digits that f32 needs, by trying them all. */
function digitsNeeded(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    if (Math.fround(Number(value.toPrecision(digits))) === value) return digits;
  }
  return 9;
}

function digitsOf(value: number): number {
  return value.toExponential().replace(/e.*|\D/g, "").length;
}

test("what was given in decimals comes back in decimals", () => {
  for (const given of [0.05, 0.1, 0.61, 1.99, 0.123456, 123.456, 1e-7, 3.4e38, 0.30000004, 1e10]) {
    expect(shortest(Math.fround(given))).toBe(given);
  }
  expect(shortestArray(Float32Array.of(0.05, -0.61, 2))).toEqual([0.05, -0.61, 2]);
});

test("zero, infinities and NaN stay what they are", () => {
  expect(shortest(0)).toBe(0);
  expect(shortest(-0)).toBe(-0);
  expect(shortest(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(shortest(Number.NaN)).toBeNaN();
});

test("half-way cases go to the even digit, as Rust prints them", () => {
  expect(shortest(1048576.25)).toBe(1048576.2);
  expect(shortest(-1048576.25)).toBe(-1048576.2);
});

test("every f32 survives, in no more digits than it needs", () => {
  const check = (value: number) => {
    fc.pre(Number.isFinite(value));
    expect(Math.fround(shortest(value))).toBe(value);
    expect(digitsOf(shortest(value))).toBeLessThanOrEqual(digitsNeeded(value));
  };
  fc.assert(fc.property(fc.integer({ min: 0, max: 0xffffffff }).map(fromBits), check), { numRuns: 2000 });
  fc.assert(fc.property(fc.float({ min: -1, max: 1, noNaN: true }), check), { numRuns: 2000 });
  for (let exponent = 0; exponent < 255; exponent++) {
    for (const mantissa of [0, 1, 0x400000, 0x7fffff]) check(fromBits((exponent << 23) | mantissa));
  }
});
