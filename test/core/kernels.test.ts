import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { METRIC } from "../../src/core/abi.ts";
import { BUILDS, instance, random } from "./support.ts";

const KERNELS = ["dot", "euclid", "manhattan"] as const;
const METRIC_OF = { dot: METRIC.Dot, euclid: METRIC.Euclid, manhattan: METRIC.Manhattan };
const SIZES = [
  1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 31, 32, 33, 63, 64, 100, 127, 384, 768, 1536, 4096, 65536,
];
const AT = 65536 * 4;

describe.each(BUILDS)("%s", (build) => {
  test.each(KERNELS)("%s agrees with its scalar twin for every padding", async (kernel) => {
    const { core, memory } = await instance(build);
    const next = random(11);
    for (const size of SIZES) {
      const bytes = Math.ceil(size / 4) * 16;
      const values = new Float32Array(memory.buffer, AT, (bytes / 4) * 5);
      values.fill(0);
      for (let v = 0; v < 5; v++) for (let i = 0; i < size; i++) values[(v * bytes) / 4 + i] = next() * 2 - 1;
      const out = AT + 5 * bytes;
      core.kernel4(METRIC_OF[kernel], AT, AT + bytes, bytes, out);
      const four = new Float32Array(memory.buffer, out, 4);
      for (let v = 0; v < 4; v++) {
        const other = AT + (v + 1) * bytes;
        const twin = core[`${kernel}Scalar`](AT, other, bytes);
        // Only the order of summation differs: √n roundings, each relative to the sum.
        const tolerance = 2e-7 * Math.sqrt(size) * Math.max(1, Math.abs(twin));
        expect(Math.abs(core[kernel](AT, other, bytes) - twin)).toBeLessThanOrEqual(tolerance);
        expect(Math.abs((four[v] as number) - twin)).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  test("distances of integers are exact", async () => {
    const { core, memory } = await instance(build);
    const values = new Float32Array(memory.buffer, AT, 8);
    values.set([1, 2, 3, 4, -1, 5, 0, 2]);
    expect(core.dot(AT, AT + 16, 16)).toBe(-(-1 + 10 + 0 + 8));
    expect(core.euclid(AT, AT + 16, 16)).toBe(4 + 9 + 9 + 4);
    expect(core.manhattan(AT, AT + 16, 16)).toBe(2 + 3 + 3 + 2);
  });

  test("normalize gives unit length to whatever f32 can hold, and leaves zero and unit vectors alone", async () => {
    const { core, memory } = await instance(build);
    const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 40 }), (vector) => {
        const bytes = Math.ceil(vector.length / 4) * 16;
        const values = new Float32Array(memory.buffer, AT, bytes / 4).fill(0);
        values.set(vector);
        core.normalize(AT, bytes);
        const length = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
        if (vector.every((x) => x === 0)) expect(length).toBe(0);
        // A vector of subnormals has few bits to be exact with.
        else expect(Math.abs(length - 1)).toBeLessThan(2e-6);
      }),
    );
    const unit = new Float32Array(memory.buffer, AT, 4);
    unit.set([0.6, 0.8, 0, 0]);
    const before = [...unit];
    core.normalize(AT, 16);
    expect([...unit]).toEqual(before);
  });
});
