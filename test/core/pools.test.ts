import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { instance, type TestingExports } from "./support.ts";

const AT = 65536 * 4;
let core: TestingExports;
let memory: WebAssembly.Memory;

beforeAll(async () => {
  ({ core, memory } = await instance("core.wasm"));
});

const keys = (count: number) => [...new BigUint64Array(memory.buffer, AT, count)];
const distances = fc.array(fc.float({ noNaN: true, min: Math.fround(-1e30), max: Math.fround(1e30) }), {
  minLength: 1,
  maxLength: 200,
});
const ascending = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

describe("keys", () => {
  test("order as their distances do, and give them back", () => {
    const any = fc.float({ noNaN: true });
    fc.assert(
      fc.property(any, any, (a, b) => {
        const [x, y] = [core.ordered(a) >>> 0, core.ordered(b) >>> 0];
        if (a < b) expect(x).toBeLessThan(y);
        if (a > b) expect(x).toBeGreaterThan(y);
        expect(core.unordered(core.ordered(a))).toBe(a);
      }),
    );
  });

  test("NaN sorts with infinity, never as the closest", () => {
    expect(core.ordered(Number.NaN)).toBe(core.ordered(Number.POSITIVE_INFINITY));
    expect(core.ordered(-Number.NaN)).toBe(core.ordered(Number.POSITIVE_INFINITY));
  });
});

test("a sorted pool keeps the smallest keys in order", () => {
  fc.assert(
    fc.property(distances, fc.integer({ min: 1, max: 64 }), (list, capacity) => {
      let count = 0;
      const all = list.map((d, slot) => BigInt.asUintN(64, core.keyOf(d, slot)));
      for (const key of all) {
        if (count === capacity && key >= (keys(count).at(-1) as bigint)) continue;
        const position = core.insertKey(AT, count, capacity, key);
        if (count < capacity) count++;
        expect(keys(count)[position]).toBe(key);
      }
      expect(keys(count)).toEqual(all.sort(ascending).slice(0, capacity));
    }),
  );
});

test("a heap keeps the smallest keys and sorts them", () => {
  fc.assert(
    fc.property(distances, fc.integer({ min: 1, max: 64 }), (list, capacity) => {
      let count = 0;
      const all = list.map((d, slot) => BigInt.asUintN(64, core.keyOf(d, slot)));
      for (const key of all) {
        if (count < capacity) core.heapPush(AT, count++, key);
        else if (key < (keys(1)[0] as bigint)) core.heapReplace(AT, count, key);
      }
      core.heapSort(AT, count);
      expect(keys(count)).toEqual(all.sort(ascending).slice(0, capacity));
    }),
  );
});
