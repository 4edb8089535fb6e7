import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RoundedSpaceConfig } from "../../src/vectors/config.ts";
import { estimateMultiBytes } from "../../src/vectors/estimate.ts";
import { MultiSpace } from "../../src/vectors/kinds/multi-space.ts";
import type { MultiVector, StoredVector } from "../../src/vectors/rows.ts";
import { clustered, random } from "../core/support.ts";
import { expectAgreement } from "./history.ts";
import { core, documents, fill, indexAll, make, put } from "./multi-support.ts";
import { DISTANCES, datatypes, maxSim, multiVector, storedAs, typedScore, vectorOf } from "./support.ts";

const larger = ({ distance }: Pick<RoundedSpaceConfig, "distance">) =>
  distance === "Cosine" || distance === "Dot";

const listOf = fc.array(vectorOf(3), { minLength: 1, maxLength: 6 });

describe.each(datatypes)("%s", (datatype) => {
  test.each(DISTANCES)("a random history agrees with a Map (%s)", (distance) => {
    const kind = { datatype, distance };
    const tested = () => {
      const space = make({ ...kind, vacuumMinVectors: 5, deletedThreshold: 0.1 });
      return {
        space,
        put: (offset: number, list: number[][]) => put(space, offset, list),
        query: (list: number[][]) => multiVector(list, 3),
        score: (query: number[][], list: number[][]) => maxSim(kind, query, list),
        terms: (query: number[][]) => query.length,
        stored: (list: number[][]) => list.flatMap((vector) => storedAs(kind, vector)),
        numbers: (got: StoredVector) => {
          const { size, values } = got as MultiVector;
          expect(size).toBe(3);
          return values;
        },
      };
    };
    expectAgreement(kind, listOf, 20, tested, { numRuns: 40, seed: 5 });
  });
});

test("vectors come back as stored, in their order: for Cosine of unit length", () => {
  const space = make({ size: 2 });
  put(space, 3, [
    [3, 4],
    [0, 0],
    [-5, 0],
  ]);
  expect(space.get(3)).toEqual({ size: 2, values: Float32Array.of(0.6, 0.8, 0, 0, -1, 0) });
  expect(space.get(2)).toBeUndefined();
  put(space, 3, [[1, 0]]);
  expect(space.get(3)).toEqual({ size: 2, values: Float32Array.of(1, 0) });
});

test("one vector asks as a list of one does", () => {
  for (const distance of DISTANCES) {
    const kind = { distance, datatype: "float32" as const };
    const space = make({ ...kind, size: 2 });
    const lists = [
      [[1, 2]],
      [
        [3, 4],
        [5, -6],
      ],
      [
        [0, 0],
        [2, 1],
      ],
    ];
    lists.forEach((list, o) => {
      put(space, o, list);
    });
    const options = { limit: 3, ef: 3, exact: true };
    const hits = space.search(Float32Array.of(2, 3), options);
    expect(hits).toEqual(space.search(multiVector([[2, 3]], 2), options));
    hits.offsets.forEach((o, i) => {
      const scores = (lists[o] as number[][]).map((vector) => typedScore(kind, [2, 3], vector));
      const best = larger(kind) ? Math.max(...scores) : Math.min(...scores);
      expect(hits.scores[i]).toBeCloseTo(best, 5);
    });
  }
});

test("the sum of overflowing distances sorts last and hides nothing", () => {
  const big = 3e38;
  for (const distance of DISTANCES) {
    const space = make({ size: 2, distance });
    put(space, 0, [
      [big, -big],
      [-big, big],
    ]);
    put(space, 1, [[1, 1]]);
    indexAll(space);
    for (const exact of [true, false]) {
      const hits = space.search(
        multiVector(
          [
            [1, 1],
            [-big, big],
            [big, big],
          ],
          2,
        ),
        { limit: 2, ef: 8, exact },
      );
      expect(hits.count).toBe(2);
      expect([...hits.scores].some(Number.isNaN)).toBe(false);
    }
    const hits = space.search(multiVector([[1, 1]], 2), { limit: 2, ef: 8, exact: true });
    if (distance !== "Dot") expect(hits.offsets[0]).toBe(1);
  }
});

test("without a graph every search is exact, until m is raised", () => {
  const settings = {
    ...{ kind: "multi" as const, datatype: "float16" as const, distance: "Dot" as const, size: 3 },
    ...{ m: 0, efConstruct: 16, seed: 1 },
  };
  const space = MultiSpace.create(core, settings);
  for (let o = 0; o < 300; o++)
    put(space, o, [
      [o, 1, 2],
      [1, o, 2],
    ]);
  space.indexSome(1000);
  expect([space.indexedCount, space.liveCount]).toEqual([0, 300]);
  const query = multiVector(
    [
      [1, 0, 0],
      [0, 1, 0],
    ],
    3,
  );
  const before = space.search(query, { limit: 3, ef: 3, exact: false });
  expect(before.plan).toBe("exact");
  expect([...before.offsets]).toEqual([299, 298, 297]);
  settings.m = 4;
  expect(space.rebuildDue).toBe(true);
  while (space.rebuildDue) space.rebuildSome(100, true);
  indexAll(space);
  expect(space.indexedCount).toBe(300);
  const after = space.search(query, { limit: 3, ef: 60, exact: true });
  expect(after.offsets).toEqual(before.offsets);
});

test("a rebuild keeps every point while others are written", () => {
  const space = make({ size: 4, distance: "Dot", vacuumMinVectors: 50, deletedThreshold: 0.2 });
  const next = random(11);
  const list = () =>
    Array.from({ length: 1 + Math.floor(next() * 5) }, () =>
      Array.from({ length: 4 }, () => Math.fround(next())),
    );
  const model = new Map<number, number[][]>();
  const write = (offset: number) => {
    const made = list();
    put(space, offset, made);
    model.set(offset, made);
  };
  for (let o = 0; o < 400; o++) write(o);
  indexAll(space);
  for (let o = 0; o < 400; o += 3) expect(space.remove(o)).toBe(model.delete(o));
  expect(space.rebuildDue).toBe(true);
  for (let i = 0; space.rebuildDue; i++) {
    space.rebuildSome(200, true);
    const offset = Math.floor(next() * 450);
    if (i % 3 === 0) expect(space.remove(offset)).toBe(model.delete(offset));
    else write(offset);
  }
  expect(space.liveCount).toBe(model.size);
  for (let o = 0; o < 450; o++) {
    const expected = model.get(o);
    expect(space.get(o)).toEqual(expected && multiVector(expected, 4));
  }
  indexAll(space);
  expect(space.indexedCount).toBe(model.size);
});

describe("memory", () => {
  test("what cannot be reserved is refused with OUT_OF_MEMORY, and everything goes on", () => {
    const space = make({ size: 100, distance: "Euclid", maxBytes: 4 << 20 });
    const stored = documents(100, 5, 100, 3);
    fill(space, stored);
    indexAll(space);
    const options = { limit: 5, ef: 10, exact: true };
    const before = space.search(stored[7] as MultiVector, options);
    const values = new Float32Array(0);
    for (const count of [1, 50_000]) {
      const ends = Uint32Array.from({ length: count }, (_, i) => ((i + 1) * 1_000_000) / count);
      expect(() =>
        space.reserveRows({ type: "multi", count, size: 100, ends, values }, 100 + count),
      ).toThrowError(expect.objectContaining({ code: "OUT_OF_MEMORY" }));
    }
    expect([space.liveCount, space.indexedCount]).toEqual([100, 100]);
    expect(space.search(stored[7] as MultiVector, options)).toEqual(before);
    const query = { size: 100, values: new Float32Array(100 * 20_000) };
    for (const exact of [true, false]) {
      expect(() => space.search(query, { limit: 5, ef: 10, exact })).toThrowError(
        expect.objectContaining({ code: "OUT_OF_MEMORY" }),
      );
    }
    expect(space.search(stored[7] as MultiVector, options)).toEqual(before);
    fill(space, [stored[0] as MultiVector], 100);
    expect(space.search(stored[0] as MultiVector, { ...options, limit: 2 }).offsets).toEqual(
      Uint32Array.of(0, 100),
    );
  });

  test("replacing points by longer and shorter ones takes bounded memory", () => {
    const space = make({ size: 8, distance: "Dot", m: 0, vacuumMinVectors: 100 });
    const values = clustered(64, 8, 1);
    let first = 0;
    for (let round = 1; round <= 40; round++) {
      const each = 1 + ((round * 13) % 32);
      const lists = Array.from({ length: 100 }, () => ({ size: 8, values: values.subarray(0, each * 8) }));
      fill(space, lists);
      while (space.rebuildDue) space.rebuildSome(10_000, false);
      if (round === 5) first = space.memoryBytes;
    }
    expect(space.memoryBytes).toBeLessThan(1.5 * first);
  });

  test.each(datatypes)("the estimate is within 10 % (%s)", (datatype) => {
    const config = { datatype, distance: "Cosine" as const, size: 16, m: 8, efConstruct: 10 };
    const space = make(config);
    const stored = documents(2000, 10, 16, 4);
    const ends = Uint32Array.from({ length: 2000 }, (_, i) => (i + 1) * 10);
    const values = Float32Array.from(stored.flatMap((each) => [...each.values]));
    const rows = { type: "multi" as const, count: 2000, size: 16, ends, values };
    space.reserveRows(rows, 2000);
    for (let o = 0; o < 2000; o++) space.store(o, rows, o);
    indexAll(space);
    space.search(stored[0] as MultiVector, { limit: 5, ef: 10, exact: true });
    const estimate = estimateMultiBytes(config, 2000, 10);
    expect(Math.abs(estimate - space.memoryBytes)).toBeLessThan(0.1 * space.memoryBytes);
  });

  test("closing gives the memory back and refuses further calls", () => {
    const space = make();
    space.close();
    expect(space.memoryBytes).toBeLessThan(1000);
    expect(() => space.search(new Float32Array(3), { limit: 1, ef: 1, exact: true })).toThrowError(
      expect.objectContaining({ code: "CLOSED" }),
    );
  });
});
