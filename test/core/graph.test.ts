import { describe, expect, test } from "vitest";
import { Accept, METRIC, NONE } from "../../src/core/abi.ts";
import { IMAGE } from "../../src/core/space-image.ts";
import { BUILDS, clustered, instance, random, type TestingExports } from "./support.ts";

/** Inserts vectors straight into the core and answers a reader of its links. */
async function build(
  name: (typeof BUILDS)[number],
  count: number,
  size: number,
  m: number,
  vectors: Float32Array,
) {
  const { core, memory } = await instance(name, 4);
  expect(core.init(size, METRIC.Euclid, m, 40, 7, 65536)).toBe(0);
  expect(core.attach()).toBe(0);
  expect(core.reserve(count)).toBe(0);
  for (let i = 0; i < count; i++) {
    const address = core.append(i);
    new Float32Array(memory.buffer, address, size).set(vectors.subarray(i * size, (i + 1) * size));
    expect(core.seal()).toBe(i);
  }
  while (core.indexSome(10_000) > 0);
  return { core, memory, links: (slot: number, level: number) => readLinks(core, memory, slot, level) };
}

function readLinks(core: TestingExports, memory: WebAssembly.Memory, slot: number, level: number): number[] {
  const list = new Uint32Array(memory.buffer, core.linksOn(slot, level) >>> 0, core.linkCapacity(level));
  const end = list.indexOf(NONE);
  return [...(end < 0 ? list : list.subarray(0, end))];
}

describe.each(BUILDS)("%s", (name) => {
  test.each([
    ["clusters", 2],
    ["clusters", 16],
    ["duplicates", 4],
  ])("every link of %s with m = %i is valid, and every node is reached", async (data, m) => {
    const [count, size] = [1500, 6];
    const vectors = clustered(count, size, 4, 10);
    if (data === "duplicates")
      for (let i = 0; i < count; i++) vectors.copyWithin(i * size, (i % 50) * size, (i % 50) * size + size);
    const { core, links } = await build(name, count, size, m, vectors);
    const inDegree = new Uint32Array(count);
    for (let slot = 0; slot < count; slot++) {
      for (let level = 0; level <= core.levelOf(slot); level++) {
        const list = links(slot, level);
        expect(new Set(list).size).toBe(list.length);
        for (const to of list) {
          expect(to).toBeLessThan(count);
          expect(to).not.toBe(slot);
          expect(core.levelOf(to)).toBeGreaterThanOrEqual(level);
          if (level === 0) inDegree[to] = (inDegree[to] as number) + 1;
        }
      }
    }
    expect(inDegree.filter((d) => d === 0).length).toBe(0);

    const reached = new Set<number>();
    const open = [Number(core.loadEntry() & 0xffffffffn)];
    for (let slot = open.pop(); slot !== undefined; slot = open.pop()) {
      if (reached.has(slot)) continue;
      reached.add(slot);
      open.push(...links(slot, 0));
    }
    expect(reached.size / count).toBeGreaterThan(data === "duplicates" || m === 2 ? 0.9 : 0.999);
  });
});

test.each(BUILDS)("%s marks every slot whose links or offset change, and hardly another", async (name) => {
  const [count, size, m] = [300, 4, 4];
  const { core, memory } = await instance(name, 4);
  core.init(size, METRIC.Euclid, m, 20, 7, 65536);
  core.attach();
  core.reserve(count);
  const vectors = clustered(count, size, 4, 10);
  for (let i = 0; i < count; i++) {
    new Float32Array(memory.buffer, core.append(i), size).set(vectors.subarray(i * size, (i + 1) * size));
    core.seal();
  }
  const states = () =>
    Array.from({ length: count }, (_, slot) => {
      const links: number[][] = [];
      for (let l = 0; l <= core.levelOf(slot); l++) links.push(readLinks(core, memory, slot, l));
      return JSON.stringify([core.offsetOf(slot), links]);
    });
  const next = random(8);
  let marked = 0;
  for (let before = states(), left = 1; left > 0; ) {
    left = core.indexSome(1);
    if (next() < 0.3) core.kill(Math.floor(next() * count));
    const after = states();
    const words = new Uint32Array(memory.buffer);
    for (let slot = 0; slot < count; slot++) {
      const at = (core.metaAddress(slot) + IMAGE.META_LEVEL) >>> 2;
      const isMarked = ((words[at] as number) & IMAGE.CHANGED) !== 0;
      // A list that is chosen anew may come out as it was.
      if (before[slot] !== after[slot] && !isMarked) throw new Error(`slot ${slot} changed without a mark`);
      if (isMarked) marked++;
      if (((words[at] as number) & IMAGE.LEVEL_MASK) !== core.levelOf(slot))
        throw new Error(`level of ${slot}`);
      words[at] = (words[at] as number) & ~IMAGE.CHANGED;
    }
    before = after;
  }
  expect(marked / count).toBeLessThan(4 * m);
});

test("levels thin out by m", async () => {
  for (const m of [4, 16, 24]) {
    const { core } = await instance("core.wasm", 4);
    core.init(4, METRIC.Dot, m, 40, 99, 65536);
    core.attach();
    const counts = [0, 0, 0];
    for (let slot = 0; slot < 200_000; slot++) {
      for (let level = 0; level < 3; level++) {
        if (core.levelOf(slot) > level) counts[level] = (counts[level] as number) + 1;
      }
    }
    expect((counts[0] as number) / 200_000).toBeCloseTo(1 / m, 2);
    expect((counts[1] as number) / (counts[0] as number)).toBeCloseTo(1 / m, 1);
  }
});

describe("a search under a bitmap", () => {
  const [count, size] = [8000, 12];
  const vectors = clustered(count, size, 31);
  const space = build("core.wasm", count, size, 16, vectors);

  test.each([
    ["by two hops", Accept.SPARSE, 0.02],
    ["by two hops", Accept.SPARSE, 0.1],
    ["by two hops", Accept.SPARSE, 0.3],
    ["passing through", Accept.DENSE, 0.3],
    ["passing through", Accept.DENSE, 0.8],
  ])("%s (%i) at a share of %f agrees with a scan", async (_, accept, share) => {
    const { core, memory } = await space;
    const next = random(17);
    // Half of the points by chance, half of them from one corner of the space, where queries from elsewhere find nobody.
    const chosen = Array.from({ length: count }, (_, slot) => {
      return next() < share / 2 || ((vectors[slot * size] as number) > 0.6 && next() < share);
    });
    const bitmap = core.bitmapAddress(count);
    let right = 0;
    const runs = 50;
    for (let run = 0; run < runs; run++) {
      const bytes = new Uint8Array(memory.buffer, bitmap, count / 8).fill(0);
      chosen.forEach((yes, slot) => {
        if (yes) bytes[slot >> 3] = (bytes[slot >> 3] as number) | (1 << (slot & 7));
      });
      const query = Float32Array.from({ length: size }, () => next() * 2 - 1);
      const ask = (answer: () => number) => {
        new Float32Array(memory.buffer, core.queryAddress(), size).set(query);
        const found = answer();
        return [...new Uint32Array(memory.buffer, core.resultsAddress(), found * 2)].filter(
          (_, i) => i % 2 === 0,
        );
      };
      const exact = new Set(ask(() => core.scan(10, accept)));
      const hits = ask(() => core.search(10, 64, accept));
      expect(new Set(hits).size).toBe(hits.length);
      for (const slot of hits) expect(chosen[slot]).toBe(true);
      right += hits.filter((slot) => exact.has(slot)).length / exact.size;
    }
    expect(right / runs).toBeGreaterThan(0.9); // an ef_construct of 40 and queries from anywhere are no easy case
  });
});
