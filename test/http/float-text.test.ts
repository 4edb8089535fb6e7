import fc from "fast-check";
import { expect, test } from "vitest";
import { shortestArray } from "../../src/client/f32.ts";
import { floatsText } from "../../src/http/float-text.ts";

const expected = (values: Float32Array) => JSON.stringify(shortestArray(values));
const ofBits = (patterns: readonly number[]) => {
  const values = new Float32Array(Uint32Array.from(patterns).buffer);
  // Stored vectors are finite.
  return values.map((value) => (Number.isFinite(value) ? value : 0));
};

test.each([
  [[], "[]"],
  [[0, -0, 1, -1], "[0,0,1,-1]"],
  [[0.05, -0.61, 2.5, 123.456, 0.30000004], "[0.05,-0.61,2.5,123.456,0.30000004]"],
  [[1e-5, 9.99e-6, 1e-7, 1e-38, 1e-45], "[0.00001,0.00000999,1e-7,1e-38,1e-45]"],
  [
    [16777215, 16777216, 1e10, 3.4e38, -3.4028235e38],
    "[16777215,16777216,10000000000,3.4e+38,-3.4028235e+38]",
  ],
  [[9.999999, 0.99999994, 99999.99, 1048576.25], "[9.999999,0.99999994,99999.99,1048576.2]"],
])("%j", (values, text) => {
  expect(floatsText(Float32Array.from(values))).toBe(text);
});

test("around every power of ten and of two it is what JSON.stringify writes", () => {
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  const values: number[] = [];
  const centres = Array.from({ length: 76 }, (_, i) => 10 ** (i - 37));
  for (const centre of [...centres, ...Array.from({ length: 250 }, (_, i) => 2 ** (i - 124))]) {
    float[0] = centre;
    const pattern = bits[0] as number;
    for (let step = -3; step <= 3; step++) values.push(pattern + step, (pattern + step) | 0x80000000);
  }
  const list = ofBits(values.map((each) => each >>> 0));
  expect(floatsText(list)).toBe(expected(list));
});

test("any f32 is what JSON.stringify writes", () => {
  const pattern = fc.oneof(
    fc.integer({ min: 0, max: 0xffffffff }),
    // From 2^-17 to 2^24, where digits are written by hand.
    fc.integer({ min: 110 << 23, max: (151 << 23) - 1 }),
  );
  fc.assert(
    fc.property(fc.array(pattern, { minLength: 50, maxLength: 100 }), (patterns) => {
      const list = ofBits(patterns);
      expect(floatsText(list)).toBe(expected(list));
    }),
    { seed: 7, numRuns: 500 },
  );
});

test.each([4095, 4096, 4097, 10_000])("lists of %i numbers", (count) => {
  const list = Float32Array.from({ length: count }, (_, i) => Math.sin(i) * 10 ** ((i % 12) - 6));
  expect(floatsText(list)).toBe(expected(list));
});
