import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { CoreModule } from "../../src/core/load.ts";
import type { NearvecError } from "../../src/errors.ts";
import type { DenseSpaceConfig, Distance } from "../../src/vectors/config.ts";
import { DenseSpace, type Hits } from "../../src/vectors/dense-space.ts";
import { estimateDenseBytes } from "../../src/vectors/estimate.ts";
import { better, clustered, random, score, testingCore } from "./support.ts";

const DISTANCES: Distance[] = ["Cosine", "Dot", "Euclid", "Manhattan"];
const core: CoreModule = await testingCore("core.relaxed.wasm");
const plain: CoreModule = await testingCore("core.wasm");

const make = (config: Partial<DenseSpaceConfig> = {}, module = core) =>
  DenseSpace.create(module, { size: 8, distance: "Euclid", m: 16, efConstruct: 100, seed: 1, ...config });

function fill(space: DenseSpace, vectors: Float32Array): void {
  const { size } = space.config;
  const count = vectors.length / size;
  space.reserve(count);
  for (let i = 0; i < count; i++) space.put(i, vectors, i * size);
}

function indexAll(space: DenseSpace): void {
  while (space.tailCount > 0) space.indexSome(100_000);
}

function bitmapOf(offsets: Iterable<number>, count: number): Uint32Array {
  const bitmap = new Uint32Array(Math.ceil(count / 32));
  for (const o of offsets) bitmap[o >>> 5] = (bitmap[o >>> 5] as number) | (1 << (o & 31));
  return bitmap;
}

/** The share of the `limit` best scores that the hits reach, ties counted as right. */
function recall(space: DenseSpace, hits: Hits, exact: Hits): number {
  const { distance } = space.config;
  const edge = exact.scores[exact.count - 1] as number;
  let right = 0;
  for (const s of hits.scores) if (!better(distance, edge, s)) right++;
  return right / exact.count;
}

describe.each(DISTANCES)("%s", (distance) => {
  test.each([1, 2, 3, 5, 16, 33, 100])("an exact search of %i values agrees with brute force", (size) => {
    const count = 300;
    const vectors = clustered(count, size, size);
    const space = make({ size, distance });
    fill(space, vectors);
    space.indexSome(20_000); // part graph, part tail
    const next = random(5);
    for (let q = 0; q < 10; q++) {
      const query = Float32Array.from({ length: size }, () => next() * 2 - 1);
      const naive = Array.from({ length: count }, (_, i) =>
        score(distance, query, vectors.subarray(i * size, (i + 1) * size)),
      ).sort((a, b) => (better(distance, a, b) ? -1 : 1));
      const hits = space.search(query, { limit: 20, ef: 20, exact: true });
      expect(hits.plan).toBe("exact");
      expect(new Set(hits.offsets).size).toBe(20);
      hits.scores.forEach((s, i) => {
        expect(Math.abs(s - (naive[i] as number))).toBeLessThan(2e-5 * (1 + Math.abs(s)));
      });
    }
  });

  test.each([
    ["relaxed", core],
    ["plain", plain],
  ])("the graph of the %s build finds what is there", (_, module) => {
    const [size, count] = [24, 3000];
    const vectors = clustered(count, size, 3);
    const space = make({ size, distance }, module);
    fill(space, vectors);
    indexAll(space);
    expect(space.indexedCount).toBe(count);
    const queries = clustered(60, size, 4);
    let sum = 0;
    for (let q = 0; q < 60; q++) {
      const query = queries.subarray(q * size, (q + 1) * size);
      const exact = space.search(query, { limit: 10, ef: 10, exact: true });
      const hits = space.search(query, { limit: 10, ef: 100, exact: false });
      expect(hits.plan).toBe("graph");
      expect(new Set(hits.offsets).size).toBe(10);
      sum += recall(space, hits, exact);
    }
    // A graph over raw dot products leads to long vectors, not near ones: hnswlib finds .89 of these, too.
    expect(sum / 60).toBeGreaterThan(distance === "Dot" ? 0.85 : 0.95);
  });
});

test("vectors come back as stored: as given, or of unit length for Cosine", () => {
  const euclid = make({ size: 3 });
  euclid.reserve(1);
  euclid.put(7, Float32Array.of(9, 1, 2, 3), 1);
  expect(euclid.get(7)).toEqual(Float32Array.of(1, 2, 3));
  expect(euclid.get(6)).toBeUndefined();
  const cosine = make({ size: 2, distance: "Cosine" });
  cosine.reserve(2);
  cosine.put(0, Float32Array.of(3, 4), 0);
  cosine.put(1, Float32Array.of(0, 0), 0);
  expect(cosine.get(0)).toEqual(Float32Array.of(0.6, 0.8));
  expect(cosine.get(1)).toEqual(Float32Array.of(0, 0));
  expect(cosine.search(Float32Array.of(1, 0), { limit: 2, ef: 10, exact: true }).scores[1]).toBe(0);
});

test("overflowing distances sort last and never hide a close vector", () => {
  for (const distance of DISTANCES) {
    const space = make({ size: 4, distance });
    const big = Math.fround(3e38);
    fill(space, Float32Array.of(big, -big, big, -big, 1, 1, 1, 1, -big, big, big, big));
    indexAll(space);
    for (const exact of [true, false]) {
      const hits = space.search(Float32Array.of(1, 1, 1, 1), { limit: 3, ef: 10, exact });
      expect(hits.count).toBe(3);
      expect([...hits.scores].some(Number.isNaN)).toBe(false);
      if (distance === "Euclid" || distance === "Manhattan") expect(hits.offsets[0]).toBe(1);
    }
  }
});

test("products that overflow to NaN neither trap a search nor lose a point while indexing", () => {
  const [size, count] = [4, 1500];
  const next = random(3);
  const wild = () => (next() - 0.5) * 10 ** (next() * 37);
  const vectors = Float32Array.from({ length: size * count }, wild);
  const space = make({ size, distance: "Dot", efConstruct: 40 });
  fill(space, vectors);
  indexAll(space);
  expect([space.indexedCount, space.tailCount]).toEqual([count, 0]);
  for (let o = 0; o < count; o += 7) space.remove(o);
  const allowed = bitmapOf(
    Array.from({ length: count }, (_, o) => o).filter((o) => o % 7 !== 0),
    count,
  );
  for (let q = 0; q < 50; q++) {
    const query = Float32Array.from({ length: size }, wild);
    for (const options of [{ exact: false }, { exact: true }, { exact: false, allowed }]) {
      const hits = space.search(query, { limit: 10, ef: 20, ...options });
      expect(hits.count).toBe(10);
      for (const o of hits.offsets) expect(o % 7).not.toBe(0);
    }
  }
});

test("a random history of puts, removals, indexing and searches agrees with a Map", () => {
  const size = 4;
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant("put" as const), offset: fc.nat(40), value: fc.nat(1000) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), offset: fc.nat(40) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("index" as const), budget: fc.nat(300) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("search" as const),
        value: fc.nat(1000),
        exact: fc.boolean(),
        limit: fc.integer({ min: 1, max: 50 }),
        allowed: fc.option(fc.uniqueArray(fc.nat(60)), { nil: undefined }),
      }),
    },
  );
  const vectorOf = (value: number) => {
    const next = random(value);
    return Float32Array.from({ length: size }, () => Math.round(next() * 20 - 10));
  };
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 120 }), (steps) => {
      const space = make({ size, m: 4, efConstruct: 16 });
      const model = new Map<number, Float32Array>();
      for (const s of steps) {
        if (s.kind === "put") {
          space.reserve(1);
          space.put(s.offset, vectorOf(s.value), 0);
          model.set(s.offset, vectorOf(s.value));
        } else if (s.kind === "remove") {
          expect(space.remove(s.offset)).toBe(model.delete(s.offset));
        } else if (s.kind === "index") {
          space.indexSome(s.budget);
        } else {
          const query = vectorOf(s.value);
          const among = [...model].filter(([o]) => s.allowed === undefined || s.allowed.includes(o));
          const scores = among.map(([, v]) => score("Euclid", query, v)).sort((a, b) => a - b);
          const allowed = s.allowed && bitmapOf(s.allowed, 61);
          const hits = space.search(query, {
            limit: s.limit,
            ef: 64,
            exact: s.exact,
            ...(allowed && { allowed }),
          });
          // With so few points an ef of 64 sees them all: the graph must answer exactly.
          expect(hits.count).toBe(Math.min(s.limit, among.length));
          for (let i = 0; i < hits.count; i++) {
            expect(hits.scores[i]).toBeCloseTo(scores[i] as number, 4);
            const vector = model.get(hits.offsets[i] as number) as Float32Array;
            expect(score("Euclid", query, vector)).toBeCloseTo(hits.scores[i] as number, 4);
          }
        }
        expect(space.liveCount).toBe(model.size);
        expect(space.indexedCount).toBeLessThanOrEqual(model.size);
      }
      for (let o = 0; o <= 40; o++) expect(space.get(o)).toEqual(model.get(o));
      indexAll(space);
      expect(space.indexedCount).toBe(model.size);
    }),
    { numRuns: 150 },
  );
});

describe("filters and tombstones", () => {
  const [size, count] = [16, 4000];
  const vectors = clustered(count, size, 21);
  const queries = clustered(40, size, 22);
  const offsets = Array.from({ length: count }, (_, i) => i);
  const space = make({ size });
  fill(space, vectors);
  indexAll(space);

  const pick = (share: number, correlated: boolean) => {
    const next = random(8);
    const middle = vectors
      .map((v, i) => (i % size === 0 ? v : 0))
      .filter((_, i) => i % size === 0)
      .sort();
    const edge = middle[Math.floor(count * share)] as number;
    return offsets.filter((o) => (correlated ? (vectors[o * size] as number) < edge : next() < share));
  };

  test.each([0.001, 0.01, 0.1, 0.5, 0.9])(
    "a bitmap of a share of %f never returns too few or a stranger",
    (share) => {
      for (const correlated of [false, true]) {
        const list = pick(share, correlated);
        const set = new Set(list);
        const allowed = bitmapOf(list, count);
        let sum = 0;
        for (let q = 0; q < 40; q++) {
          const query = queries.subarray(q * size, (q + 1) * size);
          const exact = space.search(query, { limit: 10, ef: 10, exact: true, allowed });
          const hits = space.search(query, { limit: 10, ef: 64, exact: false, allowed });
          expect(hits.count).toBe(Math.min(10, list.length));
          for (const o of hits.offsets) expect(set.has(o)).toBe(true);
          if (exact.count > 0) sum += recall(space, hits, exact) / 40;
        }
        if (list.length > 0) expect(sum).toBeGreaterThan(0.95);
      }
    },
  );

  test("a bitmap with bits beyond the points, or too short, is read as far as it goes", () => {
    const query = queries.subarray(0, size);
    const long = new Uint32Array(1000).fill(0xffffffff);
    expect(space.search(query, { limit: count + 5, ef: 10, exact: true, allowed: long }).count).toBe(count);
    const short = Uint32Array.of(0b1011);
    const hits = space.search(query, { limit: 10, ef: 10, exact: false, allowed: short });
    expect([...hits.offsets].sort((a, b) => a - b)).toEqual([0, 1, 3]);
  });

  test("after deleting half of the points searches are full and as good as before", () => {
    const half = make({ size });
    fill(half, vectors);
    indexAll(half);
    for (let o = 0; o < count; o += 2) half.remove(o);
    let sum = 0;
    for (let q = 0; q < 40; q++) {
      const query = queries.subarray(q * size, (q + 1) * size);
      const exact = half.search(query, { limit: 10, ef: 10, exact: true });
      const hits = half.search(query, { limit: 10, ef: 64, exact: false });
      expect(hits.count).toBe(10);
      for (const o of hits.offsets) expect(o % 2).toBe(1);
      sum += recall(half, hits, exact);
    }
    expect(sum / 40).toBeGreaterThan(0.97);
  });
});

describe("memory", () => {
  test("what cannot be reserved is refused with OUT_OF_MEMORY, and everything goes on", () => {
    const space = make({ size: 100, maxBytes: 4 << 20 });
    const vectors = clustered(1000, 100, 2);
    fill(space, vectors);
    indexAll(space);
    const query = vectors.subarray(0, 100);
    const before = space.search(query, { limit: 5, ef: 50, exact: false });
    expect(() => space.reserve(1_000_000)).toThrowError(
      expect.objectContaining({ code: "OUT_OF_MEMORY" }) as NearvecError,
    );
    expect(space.liveCount).toBe(1000);
    expect(space.search(query, { limit: 5, ef: 50, exact: false })).toEqual(before);
    space.reserve(1);
    space.put(1000, query, 0);
    expect(space.search(query, { limit: 2, ef: 50, exact: false }).offsets).toEqual(Uint32Array.of(0, 1000));
  });

  test.each([
    { size: 1, m: 16 },
    { size: 8, m: 2 },
    { size: 100, m: 16 },
    { size: 384, m: 32 },
    { size: 1536, m: 16 },
    { size: 65536, m: 16 },
    { size: 64, m: 0 },
  ])("the estimate for $size values and m = $m is within 10 %", ({ size, m }) => {
    for (const count of [0, 10, 500, 3000]) {
      if (size * count > 1e7) continue;
      const config = { size, m, efConstruct: 20, distance: "Dot" as const, seed: 1 };
      const space = DenseSpace.create(core, config);
      fill(space, clustered(count, size, 1));
      if (m > 0) indexAll(space);
      space.search(new Float32Array(size), { limit: 1, ef: 20, exact: false });
      const estimate = estimateDenseBytes(config, count);
      // A page of WebAssembly memory is 64 KiB, which is much for ten points.
      const tolerance = Math.max(0.1 * space.memoryBytes, 66_000);
      expect([count, Math.abs(estimate - space.memoryBytes) <= tolerance]).toEqual([count, true]);
    }
  });

  test("closing gives the memory back and refuses further calls", () => {
    const space = make();
    space.close();
    expect(space.memoryBytes).toBeLessThan(1000);
    expect(() => space.search(new Float32Array(8), { limit: 1, ef: 1, exact: true })).toThrowError(
      expect.objectContaining({ code: "CLOSED" }) as NearvecError,
    );
  });
});

test("65,536 values, and a limit above any ef", () => {
  const large = make({ size: 65536, distance: "Dot", efConstruct: 8 });
  fill(large, clustered(20, 65536, 9, 3));
  indexAll(large);
  expect(large.search(new Float32Array(65536).fill(1), { limit: 20, ef: 4, exact: false }).count).toBe(20);
  const many = make({ size: 1, efConstruct: 4, m: 2 });
  fill(many, clustered(70_000, 1, 3));
  const hits = many.search(Float32Array.of(0), { limit: 70_000, ef: 4, exact: false });
  expect(hits.count).toBe(70_000);
  expect(hits.plan).toBe("exact");
});

test("the same operations in the same order make the same graph", () => {
  const vectors = clustered(800, 8, 14);
  const answers = [1, 2].map(() => {
    const space = make();
    fill(space, vectors);
    indexAll(space);
    const hits = Array.from({ length: 20 }, (_, i) =>
      space.search(vectors.subarray(i * 8, i * 8 + 8), { limit: 5, ef: 5, exact: false }),
    );
    return hits.map(({ offsets, distances, expanded }) => ({ offsets, distances, expanded }));
  });
  expect(answers[0]).toEqual(answers[1]);
});

describe("building anew", () => {
  const [size, count] = [8, 3000];
  const vectors = clustered(count, size, 41);
  const config = { size, efConstruct: 40, vacuumMinVectors: 100, deletedThreshold: 0.2 };

  test("drops the tombstones, keeps every answer, and takes writes meanwhile", () => {
    const space = make(config);
    fill(space, vectors);
    indexAll(space);
    const model = new Map(
      Array.from({ length: count }, (_, o) => [o, vectors.slice(o * size, (o + 1) * size)]),
    );
    for (let o = 0; o < count; o += 3) {
      space.remove(o);
      model.delete(o);
    }
    expect(space.rebuildDue).toBe(true);
    const next = random(6);
    for (let step = 0; space.rebuildDue; step++) {
      space.rebuildSome(2000);
      const offset = Math.floor(next() * count);
      if (step % 2 === 0) {
        const vector = Float32Array.from({ length: size }, () => next());
        space.reserve(1);
        space.put(offset, vector, 0);
        model.set(offset, vector);
      } else {
        expect(space.remove(offset)).toBe(model.delete(offset));
      }
      if (step % 10 === 0) {
        const hits = space.search(vectors.subarray(0, size), { limit: 10, ef: 100, exact: false });
        expect(hits.count).toBe(10);
        for (const o of hits.offsets) expect(model.has(o)).toBe(true);
      }
    }
    expect(space.tombstoneCount).toBeLessThan(400); // the writes meanwhile left some, too
    expect(space.liveCount).toBe(model.size);
    for (let o = 0; o < count; o++) expect(space.get(o)).toEqual(model.get(o));
    indexAll(space);
    expect(space.indexedCount).toBe(model.size);
  });

  test("reserves for its copies beside the writes of others", () => {
    // A block has 32 slots of this size: nothing but reservations makes room.
    const [wide, many] = [16_000, 300];
    const space = make({ size: wide, m: 2, efConstruct: 4, distance: "Dot", vacuumMinVectors: 50 });
    fill(space, new Float32Array(wide * many).fill(1));
    for (let o = 0; o < many; o += 3) space.remove(o);
    expect(space.rebuildDue).toBe(true);
    const fresh = new Float32Array(wide * 20).fill(2);
    for (let offset = many; space.tombstoneCount >= 100; offset += 20) {
      space.rebuildSome(2000);
      space.reserve(20, offset + 20);
      for (let i = 0; i < 20; i++) space.put(i % 2 === 0 ? offset + i : i + 1, fresh, i * wide);
    }
    expect(space.get(2)).toEqual(fresh.subarray(0, wide));
    expect(space.get(many + 2)).toEqual(fresh.subarray(0, wide));
    space.close();
  });

  test("leaves the graph out where indexing is off", () => {
    const space = make(config);
    fill(space, vectors);
    for (let o = 0; o < count; o += 2) space.remove(o);
    while (space.rebuildDue) space.rebuildSome(10_000, false);
    expect([space.liveCount, space.indexedCount, space.tombstoneCount]).toEqual([count / 2, 0, 0]);
  });

  test("overwriting the same points again and again takes bounded memory", () => {
    const space = make({ ...config, m: 0 });
    fill(space, vectors);
    const before = space.memoryBytes;
    for (let round = 0; round < 20; round++) {
      fill(space, vectors);
      while (space.rebuildDue) space.rebuildSome(10_000);
    }
    expect(space.memoryBytes).toBeLessThan(before * 2.5);
  });

  test("is put off when there is no memory for a second copy", () => {
    const space = make(config);
    fill(space, vectors);
    indexAll(space);
    for (let o = 0; o < count; o += 2) space.remove(o);
    const memory = vi.spyOn(WebAssembly, "Memory").mockImplementation(() => {
      throw new RangeError("could not allocate memory");
    });
    space.rebuildSome(1000);
    expect(space.rebuildDue).toBe(false);
    memory.mockRestore();
    expect(space.liveCount).toBe(count / 2);
    expect(space.search(vectors.subarray(0, size), { limit: 5, ef: 50, exact: false }).count).toBe(5);
    while (!space.rebuildDue) {
      space.reserve(1);
      space.put(1, vectors, 0);
    }
    expect(space.tombstoneCount).toBeGreaterThan(count); // twice as many as when it failed
  });
});
