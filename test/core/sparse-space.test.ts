import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CoreModule } from "../../src/core/load.ts";
import type { SparseSpaceConfig } from "../../src/vectors/config.ts";
import { SparseSpace } from "../../src/vectors/kinds/sparse-space.ts";
import type { SparseVector } from "../../src/vectors/rows.ts";
import { bitmapOf, NaiveSparse, rowsOf, sparse, zipfian } from "./sparse-support.ts";
import { allowDebugBuild, BUILDS, random, testingCore } from "./support.ts";

allowDebugBuild();
const core: CoreModule = await testingCore("core.relaxed.wasm");

const make = (config: Partial<SparseSpaceConfig> = {}, module = core) =>
  SparseSpace.create(module, { kind: "sparse", idf: false, datatype: "float32", seed: 1, ...config });

function put(space: SparseSpace, offset: number, vector: SparseVector): void {
  const rows = rowsOf([vector]);
  space.reserveRows(rows, offset + 1);
  space.store(offset, rows, 0);
}

const ask = (limit = 10) => ({ limit, ef: 0, exact: false });

describe("a vector", () => {
  test("comes back as it was given, up to the largest index", () => {
    const space = make();
    const vector = sparse([0, 1, 7, 2 ** 31, 2 ** 32 - 1], [0.05, -3, 0, 1e-40, 3e38]);
    put(space, 5, vector);
    expect(space.get(5)).toEqual(vector);
    expect(space.get(4)).toBeUndefined();
    expect([space.has(5), space.has(4), space.has(1e6)]).toEqual([true, false, false]);
    expect([space.liveCount, space.indexedCount, space.tailCount]).toEqual([1, 1, 0]);
  });

  test("may be empty: it is there, and is never found", () => {
    const space = make({ idf: true });
    put(space, 0, sparse([], []));
    expect(space.get(0)).toEqual(sparse([], []));
    expect(space.search(sparse([1], [1]), ask()).count).toBe(0);
    expect(space.search(sparse([], []), ask()).count).toBe(0);
    put(space, 1, sparse([1], [2]));
    expect(space.liveCount).toBe(2);
    // ln((2 - 1 + .5) / (1 + .5) + 1)
    expect(space.search(sparse([1], [1]), ask()).scores[0]).toBeCloseTo(2 * Math.log(2), 6);
  });

  test("may be longer than a block of entries", () => {
    const space = make();
    const length = 100_000;
    const vector = {
      indices: Uint32Array.from({ length }, (_, i) => i * 40_000),
      values: Float32Array.from({ length }, (_, i) => i % 100),
    };
    put(space, 0, sparse([3], [1]));
    put(space, 1, vector);
    put(space, 2, vector);
    expect(space.get(1)).toEqual(vector);
    const hits = space.search(sparse([80_000, 120_000, 2_000_000_000], [1, 1, 1]), ask());
    expect([...hits.offsets]).toEqual([1, 2]);
    expect([...hits.scores]).toEqual([5, 5]);
    expect(space.search(vector, { ...ask(), allowed: bitmapOf([2], 3) }).count).toBe(1);
  });

  test("with an index of the query is found, whatever its score", () => {
    const space = make();
    put(space, 0, sparse([1, 2], [1, -1]));
    put(space, 1, sparse([1], [-1]));
    put(space, 2, sparse([3], [9]));
    put(space, 3, sparse([1], [0]));
    put(space, 4, sparse([2], [-0]));
    put(space, 5, sparse([1], [1e-40]));
    const hits = space.search(sparse([1, 2], [1e-20, 1e-20]), ask());
    expect([...hits.offsets]).toEqual([0, 3, 4, 5, 1]);
    expect([...hits.scores]).toEqual([0, 0, 0, 0, -Math.fround(1e-20)]);
    expect(hits.plan).toBe("exact");
    const negative = space.search(sparse([1], [-1e-40]), ask());
    expect([...negative.offsets]).toEqual([1, 3, 5, 0]);
    // Where a filter leaves few of many, these are measured from their entries.
    for (let offset = 6; offset < 3000; offset++) put(space, offset, sparse([1], [1]));
    const allowed = bitmapOf([0, 1, 2, 3, 4, 5], 3000);
    const few = space.search(sparse([1, 2], [1e-20, 1e-20]), { ...ask(), allowed });
    expect([...few.offsets]).toEqual([...hits.offsets]);
    expect([...few.scores]).toEqual([...hits.scores]);
    expect(few.distances).toBeLessThan(10);
  });
});

test("of equal scores the smaller offset comes first, though it was stored last", () => {
  const space = make();
  for (let offset = 99; offset >= 0; offset--) put(space, offset, sparse([7], [1]));
  expect([...space.search(sparse([7], [2]), ask(4)).offsets]).toEqual([0, 1, 2, 3]);
  put(space, 1, sparse([7], [1]));
  expect([...space.search(sparse([7], [2]), ask(4)).offsets]).toEqual([0, 1, 2, 3]);
});

test("scores that overflow sort first or last, and lose nobody", () => {
  const space = make();
  const big = 3e38;
  put(space, 0, sparse([1, 2], [big, -big]));
  put(space, 1, sparse([1], [big]));
  put(space, 2, sparse([1], [-big]));
  put(space, 3, sparse([1], [1]));
  const hits = space.search(sparse([1, 2], [big, big]), ask());
  expect([...hits.offsets]).toEqual([1, 3, 0, 2]);
  expect([...hits.scores].some(Number.isNaN)).toBe(false);
});

describe("idf", () => {
  test("weighs by the points that have the vector, or by those of a corpus", () => {
    const space = make({ idf: true });
    for (let offset = 0; offset < 10; offset++)
      put(space, offset, sparse(offset < 3 ? [1, 2] : [2], offset < 3 ? [1, 1] : [1]));
    space.remove(9);
    const rarity = (all: number, having: number) => Math.log((all - having + 0.5) / (having + 0.5) + 1);
    const scoreOf = (corpus?: Uint32Array) =>
      space.search(sparse([1], [2]), { ...ask(), ...(corpus && { corpus }) }).scores[0];
    expect(scoreOf()).toBeCloseTo(2 * rarity(9, 3), 6);
    expect(scoreOf(bitmapOf([0, 5, 6, 7, 9, 40], 64))).toBeCloseTo(2 * rarity(4, 1), 6);
    expect(scoreOf(new Uint32Array(0))).toBeCloseTo(2 * Math.log(2), 6);
    expect(scoreOf(bitmapOf([9], 32))).toBeCloseTo(2 * Math.log(2), 6);
  });

  test("is off unless it is asked for", () => {
    const space = make();
    put(space, 0, sparse([1], [2]));
    expect([...space.search(sparse([1], [2]), ask()).scores]).toEqual([4]);
  });
});

describe("terms that cannot decide", () => {
  const fill = (space: SparseSpace, vectors: readonly SparseVector[]) => {
    const rows = rowsOf(vectors);
    space.reserveRows(rows, rows.count);
    for (let row = 0; row < rows.count; row++) space.store(row, rows, row);
  };
  const naive = (vectors: readonly SparseVector[], query: SparseVector, limit: number) => {
    const model = new NaiveSparse(false);
    for (const [offset, vector] of vectors.entries()) model.set(offset, vector);
    return model.search(query, limit);
  };

  test.each([
    [0.1, 0.2, 2],
    [-0.1, 0.2, 2],
    [0.1, -0.2, 2],
  ])("are left out where they are frequent and weigh little: %f, %f, %f", (...weights) => {
    const next = random(1);
    const count = 60_000;
    const vectors = Array.from({ length: count }, (_, i) =>
      sparse([1, 2, 3 + (i % 100)], [next(), 2 * next() - 1, 1 + next() / 100]),
    );
    const space = make();
    fill(space, vectors);
    const query = sparse([1, 2, 50], weights);
    const hits = space.search(query, ask());
    const expected = naive(vectors, query, 10);
    expect([...hits.offsets]).toEqual(expected.map(({ offset }) => offset));
    expect([...hits.scores]).toEqual(expected.map(({ score }) => score));
    expect(hits.distances).toBeLessThan(count / 4); // of 2 × count postings and more
  });

  test("are taken up again where all vectors are alike", () => {
    const [count, terms] = [40_000, 12];
    const indices = Uint32Array.from({ length: terms }, (_, i) => i);
    const like = { indices, values: new Float32Array(terms).fill(1.1) };
    const vectors = new Array<SparseVector>(count).fill(like);
    vectors[39_000] = { indices, values: new Float32Array(terms).fill(1.2) };
    const space = make();
    fill(space, vectors);
    const query = { indices, values: Float32Array.from(indices, (i) => 1 + i / 10) };
    const hits = space.search(query, ask(30));
    const expected = naive(vectors, query, 30);
    expect([...hits.offsets]).toEqual(expected.map(({ offset }) => offset));
    expect([...hits.scores]).toEqual(expected.map(({ score }) => score));
    // Without that, every vector would be read beside most postings.
    expect(hits.distances).toBeLessThan(1.4 * count * terms);
  });
});

describe.each(BUILDS)("%s", (build) => {
  const vectors = fc
    .uniqueArray(
      fc.tuple(
        fc.oneof(fc.nat(6), fc.integer({ min: 2 ** 32 - 3, max: 2 ** 32 - 1 })),
        fc.integer({ min: -3, max: 6 }),
      ),
      {
        maxLength: 8,
        selector: ([index]) => index,
      },
    )
    .map((pairs) => {
      const sorted = pairs.toSorted(([a], [b]) => a - b);
      return sparse(
        sorted.map(([index]) => index),
        sorted.map(([, value]) => value / 2),
      );
    });
  const bitmap = fc.option(fc.uniqueArray(fc.nat(80)), { nil: undefined });
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("put" as const),
        offset: fc.nat(60),
        batch: fc.array(vectors, { minLength: 1, maxLength: 5 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), offset: fc.nat(64) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("rebuild" as const), budget: fc.nat(400) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("search" as const),
        query: vectors,
        limit: fc.integer({ min: 1, max: 70 }),
        allowed: bitmap,
        corpus: bitmap,
      }),
    },
  );

  test.each([false, true])("a random history agrees with a Map (idf: %s)", async (idf) => {
    const module = await testingCore(build);
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 120, size: "max" }), (steps) => {
        const space = make({ idf, vacuumMinVectors: 3 }, module);
        const model = new NaiveSparse(idf);
        for (const s of steps) {
          if (s.kind === "put") {
            const rows = rowsOf(s.batch);
            space.reserveRows(rows, s.offset + s.batch.length);
            s.batch.forEach((vector, row) => {
              space.store(s.offset + row, rows, row);
              model.set(s.offset + row, vector);
            });
          } else if (s.kind === "remove") {
            expect(space.remove(s.offset)).toBe(model.delete(s.offset));
          } else if (s.kind === "rebuild") {
            if (space.rebuildDue) space.rebuildSome(s.budget, false);
          } else {
            const allowed = s.allowed && bitmapOf(s.allowed, 81);
            const corpus = s.corpus && bitmapOf(s.corpus, 81);
            const hits = space.search(s.query, {
              ...ask(s.limit),
              ...(allowed && { allowed }),
              ...(corpus && { corpus }),
            });
            const expected = model.search(s.query, s.limit, s.allowed, s.corpus);
            expect([...hits.offsets]).toEqual(expected.map(({ offset }) => offset));
            expect([...hits.scores]).toEqual(expected.map(({ score }) => score));
          }
          expect(space.liveCount).toBe(model.size);
        }
        for (let offset = 0; offset < 70; offset++) expect(space.get(offset)).toEqual(model.get(offset));
        space.close();
      }),
      { seed: 11, numRuns: build === "core.debug.wasm" ? 40 : 100 },
    );
  });

  test("thousands of zipfian vectors, some replaced and some gone, agree with a Map", async () => {
    const next = random(4);
    const space = make({ idf: true, deletedThreshold: 1 }, await testingCore(build));
    const model = new NaiveSparse(true);
    const { rows, vectors } = zipfian({ count: 12_000, seed: 2, dimensions: 3000, shortest: 5, longest: 30 });
    space.reserveRows(rows, rows.count);
    vectors.forEach((vector, offset) => {
      space.store(offset, rows, offset);
      model.set(offset, vector);
    });
    for (let i = 0; i < 3000; i++) {
      const offset = Math.floor(next() * rows.count);
      if (i % 2) expect(space.remove(offset)).toBe(model.delete(offset));
      else {
        const vector = vectors[Math.floor(next() * rows.count)] as SparseVector;
        put(space, offset, vector);
        model.set(offset, vector);
      }
    }
    expect(space.tombstoneCount).toBeGreaterThan(2000);
    const queries = zipfian({ count: 40, seed: 3, dimensions: 3000, shortest: 1, longest: 25 }).vectors;
    const shares = [undefined, 0.5, 0.1, 0.003];
    for (const [i, query] of queries.entries()) {
      const share = shares[i % shares.length];
      const some = share === undefined ? undefined : [...vectors.keys()].filter(() => next() < share);
      const allowed = some && bitmapOf(some, rows.count);
      const limit = [1, 10, 300, 20_000][i % 7] ?? 10;
      const hits = space.search(query, { ...ask(limit), ...(allowed && { allowed }) });
      const expected = model.search(query, limit, some);
      expect([...hits.offsets]).toEqual(expected.map(({ offset }) => offset));
      expect([...hits.scores]).toEqual(expected.map(({ score }) => score));
    }
  });
});
