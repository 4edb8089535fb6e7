import { describe, expect, test } from "vitest";
import { METRIC, Status } from "../../src/core/abi.ts";
import type { Distance } from "../../src/vectors/config.ts";
import { BUILDS, clustered, instance, random, score, type TestingExports } from "./support.ts";

const DISTANCES: Distance[] = ["Cosine", "Dot", "Euclid", "Manhattan"];

/** A space of `vectors`, one a slot. */
async function filled(
  build: (typeof BUILDS)[number],
  distance: Distance,
  vectors: Float32Array,
  size: number,
) {
  const { core, memory } = await instance(build);
  expect(core.init(size, METRIC[distance], 0, 8, 1, 65536)).toBe(0);
  expect(core.attach()).toBe(0);
  const count = vectors.length / size;
  expect(core.reserve(count)).toBe(0);
  for (let i = 0; i < count; i++) {
    const at = core.append(i);
    new Float32Array(memory.buffer, at, size).set(vectors.subarray(i * size, (i + 1) * size));
    core.seal();
  }
  return { core, memory };
}

/** Writes queries and lists where assembly/measure.ts has them, and reads the sums. */
function measure(
  { core, memory }: { core: TestingExports; memory: WebAssembly.Memory },
  queries: Float32Array,
  size: number,
  lists: readonly (readonly number[])[],
): Float32Array {
  const count = queries.length / size;
  const stride = Math.ceil(size / 4) * 4;
  const capacity = lists.length + 3;
  const slots = lists.flat();
  const address = core.measureAddress(count, capacity, slots.length) >>> 2;
  expect(address).not.toBe(0);
  const f32 = new Float32Array(memory.buffer);
  const u32 = new Uint32Array(memory.buffer);
  for (let i = 0; i < count; i++) f32.set(queries.subarray(i * size, (i + 1) * size), address + i * stride);
  const ends = address + count * stride + Math.ceil(count / 4) * 4;
  let end = 0;
  lists.forEach((list, i) => {
    end += list.length;
    u32[ends + i] = end;
  });
  u32.set(slots, ends + 2 * capacity);
  expect(core.measure(lists.length)).toBe(0);
  return f32.slice(ends + capacity, ends + capacity + lists.length);
}

describe.each(BUILDS)("%s", (build) => {
  test.each(DISTANCES)("sums the closest of each list by %s", async (distance) => {
    for (const size of [1, 4, 7, 33, 100]) {
      const vectors = clustered(60, size, size);
      const space = await filled(build, distance, vectors, size);
      const next = random(size);
      for (const count of [1, 2, 3, 4, 5, 8, 11]) {
        const queries = clustered(count, size, 100 + count);
        const lists = Array.from({ length: 20 }, () =>
          Array.from({ length: 1 + Math.floor(next() * 9) }, () => Math.floor(next() * 60)),
        );
        const sums = measure(space, queries, size, lists);
        lists.forEach((list, i) => {
          let naive = 0;
          for (let q = 0; q < count; q++) {
            const query = queries.subarray(q * size, (q + 1) * size);
            const scores = list.map((slot) =>
              score(distance, query, vectors.subarray(slot * size, (slot + 1) * size)),
            );
            naive += distance === "Cosine" || distance === "Dot" ? -Math.max(...scores) : Math.min(...scores);
          }
          expect(Math.abs((sums[i] as number) - naive)).toBeLessThan(2e-5 * (1 + Math.abs(naive)));
        });
      }
    }
  });
});

test("products that overflow make a list the farthest, never NaN", async () => {
  const big = Math.fround(3e38);
  const space = await filled("core.wasm", "Dot", Float32Array.of(big, -big, big, big, -big, -big, 1, 1), 2);
  // Infinity - Infinity within a product; -Infinity and Infinity as parts of a sum.
  const queries = Float32Array.of(big, big, -big, -big);
  const sums = measure(space, queries, 2, [[0], [1], [3], [0, 3]]);
  expect([...sums].some(Number.isNaN)).toBe(false);
  expect(sums[0]).toBe(Infinity);
  expect(sums[1]).toBe(Infinity);
  expect(measure(space, Float32Array.of(1, 2), 2, [[3]])[0]).toBe(-3);
});

test("refuses what was not made room for", async () => {
  const { core } = await instance("core.wasm");
  expect(core.init(4, METRIC.Dot, 0, 8, 1, 16)).toBe(0);
  expect(core.attach()).toBe(0);
  expect(core.measure(1)).toBe(Status.BAD_ARGUMENT);
  expect(core.measureAddress(1, 2, 3)).not.toBe(0);
  expect(core.measure(3)).toBe(Status.BAD_ARGUMENT);
  expect(core.measureAddress(1, 2, 1 << 20)).toBe(0);
  expect(core.measureAddress(2 ** 31, 2, 3)).toBe(0);
  expect(core.measure(0)).toBe(Status.BAD_ARGUMENT);
});
