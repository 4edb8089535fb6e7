import { describe, expect, test } from "vitest";
import type { MultiSpace } from "../../src/vectors/kinds/multi-space.ts";
import { random } from "../core/support.ts";
import { documents, fill, indexAll, make, put, unlike } from "./multi-support.ts";
import { bitmapOf, DISTANCES } from "./support.ts";

describe("by the graph", () => {
  const [size, count, each] = [32, 4000, 8];
  const stored = documents(count, each, size, 1);
  const queries = documents(30, each, size, 2);

  /** The share of the 10 best that are found, and the share of queries that the graph answered. */
  function recall(space: MultiSpace, ef: number, asked = queries, allowed?: Uint32Array): [number, number] {
    let right = 0;
    let byGraph = 0;
    for (const query of asked) {
      const options = { limit: 10, ef, ...(allowed && { allowed }) };
      const exact = space.search(query, { ...options, exact: true });
      const hits = space.search(query, { ...options, exact: false });
      expect([exact.plan, exact.count, hits.count]).toEqual(["exact", 10, 10]);
      if (hits.plan === "graph") {
        byGraph++;
        expect(hits.distances).toBeLessThan(exact.distances);
      }
      const best = new Set(exact.offsets);
      for (const offset of hits.offsets) if (best.has(offset)) right++;
    }
    return [right / (10 * asked.length), byGraph / asked.length];
  }

  test.each(DISTANCES)("finds what an exact search finds (%s)", (distance) => {
    const space = make({ size, distance, m: 16, efConstruct: 60 });
    fill(space, stored);
    indexAll(space);
    expect(space.indexedCount).toBe(count);
    const [share, byGraph] = recall(space, 40);
    expect(share).toBeGreaterThan(0.95);
    expect(byGraph).toBeGreaterThan(0.5);
  });

  test("looks farther, or at everything, where the vectors close to a query don't tell the best points", () => {
    const space = make({ size, distance: "Euclid", m: 8, efConstruct: 30 });
    fill(space, unlike(count, each, size, 3));
    indexAll(space);
    expect(recall(space, 10, unlike(30, each, size, 4))[0]).toBeGreaterThan(0.95);
  });

  test("finds what is in the tail, what a filter leaves, and nothing that was removed", () => {
    const space = make({ size, distance: "Euclid", m: 16, efConstruct: 60 });
    fill(space, stored.slice(0, 3500));
    indexAll(space);
    fill(space, stored.slice(3500), 3500);
    expect(space.indexedCount).toBe(3500);
    const removed = new Set(Array.from({ length: 500 }, (_, i) => i * 8));
    for (const offset of removed) space.remove(offset);
    expect(space.indexedCount).toBe(3500 - Math.ceil(3500 / 8));
    expect(recall(space, 40)[0]).toBeGreaterThan(0.95);
    const next = random(3);
    const most = Array.from({ length: count }, (_, o) => o).filter(() => next() < 0.9);
    const allowed = bitmapOf(most, count);
    const [share, byGraph] = recall(space, 40, queries, allowed);
    expect(share).toBeGreaterThan(0.95);
    expect(byGraph).toBeGreaterThan(0.2);
    const allow = new Set(most.filter((o) => !removed.has(o)));
    for (const query of queries) {
      const { offsets } = space.search(query, { limit: 10, ef: 40, exact: false, allowed });
      for (const offset of offsets) expect(allow.has(offset)).toBe(true);
    }
  });
});

describe("never answers too few", () => {
  // Of every hundred points one has 400 vectors, all of them closer to the query than any vector of the others.
  const space = make({ size: 4, distance: "Euclid", m: 8, efConstruct: 20 });
  const next = random(7);
  const around = (x: number, each: number) =>
    Array.from({ length: each }, () => [x + next(), next(), next(), next()]);
  const crowd = Array.from({ length: 600 }, (_, o) =>
    around(o % 100 === 0 ? 0 : 50 + o / 100, o % 100 === 0 ? 400 : 3),
  );
  crowd.forEach((list, o) => {
    put(space, o, list);
  });
  indexAll(space);
  const query = Float32Array.of(0.5, 0.5, 0.5, 0.5);

  test("where the closest vectors belong to few points", () => {
    for (const limit of [1, 6, 7, 20, 300, 600, 700]) {
      const exact = space.search(query, { limit, ef: 1, exact: true });
      const hits = space.search(query, { limit, ef: 1, exact: false });
      expect(hits.count).toBe(Math.min(limit, 600));
      expect(exact.count).toBe(Math.min(limit, 600));
      expect(new Set(hits.offsets.subarray(0, 6))).toEqual(new Set(exact.offsets.subarray(0, 6)));
    }
  });

  test.each([0.001, 0.01, 0.1, 0.5, 0.9])("with a filter that a share of %f meets", (share) => {
    const list = crowd.map((_, o) => o).filter(() => next() < share);
    const set = new Set(list);
    const allowed = bitmapOf(list, 600);
    for (const limit of [1, 10, 100]) {
      for (const exact of [true, false]) {
        const hits = space.search(query, { limit, ef: 4, exact, allowed });
        expect(hits.count).toBe(Math.min(limit, list.length));
        for (const offset of hits.offsets) expect(set.has(offset)).toBe(true);
      }
    }
  });

  test("with a bitmap that is too short or too long, or an empty space", () => {
    const options = { limit: 5, ef: 4, exact: false };
    expect(space.search(query, { ...options, allowed: new Uint32Array(0) }).count).toBe(0);
    expect([...space.search(query, { ...options, allowed: Uint32Array.of(0b110) }).offsets].sort()).toEqual([
      1, 2,
    ]);
    expect(
      space.search(query, { ...options, limit: 700, allowed: new Uint32Array(999).fill(~0) }).count,
    ).toBe(600);
    for (const exact of [true, false]) {
      expect(make({ size: 4 }).search(query, { limit: 3, ef: 3, exact })).toMatchObject({
        count: 0,
        plan: "exact",
      });
    }
  });
});
