import { describe, expect, test } from "vitest";
import type { RoundedSpaceConfig } from "../../src/vectors/config.ts";
import { estimateDenseBytes } from "../../src/vectors/estimate.ts";
import { TypedDenseSpace } from "../../src/vectors/kinds/typed-dense-space.ts";
import type { StoredVector } from "../../src/vectors/rows.ts";
import { clustered, testingCore } from "../core/support.ts";
import { expectAgreement } from "./history.ts";
import { DISTANCES, datatypes, denseRows, storedAs, typedScore, vectorOf } from "./support.ts";

const core = await testingCore("core.relaxed.wasm");
const size = 5;

const make = (config: Partial<RoundedSpaceConfig> = {}) =>
  TypedDenseSpace.create(core, {
    kind: "dense",
    datatype: "float16",
    size,
    distance: "Cosine",
    m: 4,
    efConstruct: 16,
    seed: 1,
    ...config,
  });

function put(space: TypedDenseSpace, offset: number, vector: number[]): void {
  const rows = denseRows([vector], vector.length);
  space.reserveRows(rows, offset + 1);
  space.store(offset, rows, 0);
}

describe.each(datatypes)("%s", (datatype) => {
  test.each(DISTANCES)("a random history agrees with a Map (%s)", (distance) => {
    const kind = { datatype, distance };
    const tested = () => {
      const space = make({ ...kind, vacuumMinVectors: 3, deletedThreshold: 0.1 });
      return {
        space,
        put: (offset: number, vector: number[]) => put(space, offset, vector),
        query: (vector: number[]) => Float32Array.from(vector),
        score: (query: number[], vector: number[]) => typedScore(kind, query, vector),
        terms: () => 1,
        stored: (vector: number[]) => storedAs(kind, vector),
        numbers: (got: StoredVector) => got as Float32Array,
      };
    };
    expectAgreement(kind, vectorOf(size), 30, tested, { numRuns: 60, seed: 3 });
  });
});

test("float16 comes back rounded, for Cosine of unit length", () => {
  const dot = make({ distance: "Dot", size: 3 });
  put(dot, 0, [0.1, 1e6, -0.33333]);
  expect([...(dot.get(0) as Float32Array)]).toEqual([0.0999755859375, 65504, -0.333251953125]);
  const cosine = make({ size: 2 });
  put(cosine, 0, [3, 4]);
  const unit = [0.60009765625, 0.7998046875];
  expect([...(cosine.get(0) as Float32Array)]).toEqual(unit);
  const [score] = cosine.search(Float32Array.of(30, 40), { limit: 1, ef: 1, exact: true }).scores;
  expect(score).toBeCloseTo(
    unit.reduce((sum, x) => sum + x * x, 0),
    6,
  ); // a little less than 1
});

test("bytes compared by Cosine come back as given, and score as vectors of any length do", () => {
  const space = make({ datatype: "uint8", size: 3 });
  put(space, 0, [255.9, 1.2, 0]);
  put(space, 1, [1, 0.5, 0]);
  put(space, 2, [-7, 0.9, 0]);
  expect([...(space.get(0) as Float32Array)]).toEqual([255, 1, 0]);
  expect([...(space.get(1) as Float32Array)]).toEqual([1, 0, 0]);
  expect([...(space.get(2) as Float32Array)]).toEqual([0, 0, 0]);
  const hits = space.search(Float32Array.of(9.9, 0.3, -1), { limit: 3, ef: 3, exact: true });
  expect([...hits.offsets]).toEqual([1, 0, 2]);
  expect(hits.scores[0]).toBe(1);
  expect(hits.scores[2]).toBe(0); // a vector of zeros
});

test("bytes of any length come back after Cosine has scaled them, up to 65,536 of them", () => {
  for (const dimension of [1, 100, 65536]) {
    const space = make({ datatype: "uint8", size: dimension, m: 0 });
    const vectors = [1, 254, 255].map((step) =>
      Array.from({ length: dimension }, (_, i) => (i * step) % 256),
    );
    vectors.push(new Array(dimension).fill(255), new Array(dimension).fill(1));
    vectors.forEach((vector, o) => {
      put(space, o, vector);
    });
    vectors.forEach((vector, o) => {
      expect(space.get(o)).toEqual(Float32Array.from(vector));
    });
  }
});

test("queries are left as they were given", () => {
  for (const datatype of datatypes) {
    const space = make({ datatype, distance: "Dot" });
    put(space, 0, [1, 2, 3, 4, 5]);
    const query = Float32Array.of(0.1, 0.2, 300.7, -1, 5);
    space.search(query, { limit: 1, ef: 1, exact: true });
    expect(query).toEqual(Float32Array.of(0.1, 0.2, 300.7, -1, 5));
  }
});

test("takes over a change of the settings", () => {
  const config = { kind: "dense" as const, datatype: "float16" as const, size, distance: "Cosine" as const };
  const settings = {
    ...config,
    m: 0,
    efConstruct: 16,
    seed: 1,
    vacuumMinVectors: 10,
    deletedThreshold: 0.9,
  };
  const space = TypedDenseSpace.create(core, settings);
  for (let o = 0; o < 50; o++) put(space, o, [o, 1, 2, 3, 4]);
  const before = Array.from({ length: 50 }, (_, o) => space.get(o));
  for (let o = 0; o < 20; o++) space.remove(o);
  expect(space.rebuildDue).toBe(false);
  settings.deletedThreshold = 0.2;
  expect(space.rebuildDue).toBe(true);
  while (space.rebuildDue) space.rebuildSome(100, true);
  settings.m = 4;
  expect(space.rebuildDue).toBe(true);
  while (space.rebuildDue) space.rebuildSome(100, true);
  while (space.tailCount > 0) space.indexSome(1000);
  expect(space.indexedCount).toBe(30);
  for (let o = 20; o < 50; o++) expect(space.get(o)).toEqual(before[o]);
});

describe("memory", () => {
  test.each(datatypes)("what cannot be reserved is refused, and everything goes on (%s)", (datatype) => {
    const space = make({ datatype, size: 100, maxBytes: 4 << 20 });
    const vectors = clustered(500, 100, 2);
    const rows = { type: "dense" as const, count: 500, size: 100, values: vectors };
    space.reserveRows(rows, 500);
    for (let o = 0; o < 500; o++) space.store(o, rows, o);
    const options = { limit: 5, ef: 50, exact: true };
    const before = space.search(vectors.subarray(0, 100), options);
    const many = { ...rows, count: 1_000_000 };
    expect(() => space.reserveRows(many, 1_000_500)).toThrowError(
      expect.objectContaining({ code: "OUT_OF_MEMORY" }),
    );
    expect(space.liveCount).toBe(500);
    expect(space.search(vectors.subarray(0, 100), options)).toEqual(before);
  });

  test.each(datatypes)("the estimate is within 10 % (%s)", (datatype) => {
    const config = { datatype, distance: "Cosine" as const, size: 8, m: 4, efConstruct: 16 };
    const space = make(config);
    const rows = { type: "dense" as const, count: 20_000, size: 8, values: clustered(20_000, 8, 2) };
    space.reserveRows(rows, 20_000);
    for (let o = 0; o < 20_000; o++) space.store(o, rows, o);
    while (space.tailCount > 0) space.indexSome(1e6);
    const estimate = estimateDenseBytes(config, 20_000);
    expect(Math.abs(estimate - space.memoryBytes)).toBeLessThan(0.1 * space.memoryBytes);
  });

  test("closing gives the memory back and refuses further calls", () => {
    const space = make();
    space.close();
    expect(space.memoryBytes).toBeLessThan(1000);
    expect(() => space.search(new Float32Array(size), { limit: 1, ef: 1, exact: true })).toThrowError(
      expect.objectContaining({ code: "CLOSED" }),
    );
  });
});
