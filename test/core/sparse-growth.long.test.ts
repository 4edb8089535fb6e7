import { expect, test } from "vitest";
import type { Hits } from "../../src/vectors/dense-shard.ts";
import { SparseSpace } from "../../src/vectors/kinds/sparse-space.ts";
import type { SparseRows, SparseVector } from "../../src/vectors/rows.ts";
import { bitmapOf, zipfian } from "./sparse-support.ts";
import { BUILDS, random, testingCore } from "./support.ts";

const COUNT = 200_000;
const DIMENSIONS = 30_000;
const BATCH = 1000;

/** The best of all rows, by reading them all. `isAlive` and `isAllowed` are asked for rows. */
function naive(
  { ends, indices, values }: SparseRows,
  query: SparseVector,
  limit: number,
  isWanted: (row: number) => boolean,
): { row: number; score: number }[] {
  const weights = new Float32Array(DIMENSIONS).fill(Number.NaN);
  query.indices.forEach((index, i) => {
    weights[index] = query.values[i] as number;
  });
  const found: { row: number; score: number }[] = [];
  for (let row = 0, at = 0; row < ends.length; row++) {
    let score = Number.NaN;
    for (; at < (ends[row] as number); at++) {
      const weight = weights[indices[at] as number] as number;
      if (Number.isNaN(weight)) continue;
      const product = Math.fround(weight * (values[at] as number));
      score = Number.isNaN(score) ? product : Math.fround(score + product);
    }
    if (!Number.isNaN(score) && isWanted(row)) found.push({ row, score });
  }
  return found.sort((a, b) => b.score - a.score || a.row - b.row).slice(0, limit);
}

const flat = (hits: Hits) => Array.from(hits.offsets, (row, i) => ({ row, score: hits.scores[i] as number }));

test.each(BUILDS.filter((build) => build !== "core.debug.wasm"))(
  "%s: 200,000 vectors of 30 to 100 entries",
  async (build) => {
    const { rows, vectors } = zipfian({
      count: COUNT,
      seed: 1,
      dimensions: DIMENSIONS,
      shortest: 30,
      longest: 100,
    });
    const space = SparseSpace.create(await testingCore(build), {
      kind: "sparse",
      idf: false,
      datatype: "float32",
      seed: 1,
    });
    for (let first = 0; first < COUNT; first += BATCH) {
      const from = first === 0 ? 0 : (rows.ends[first - 1] as number);
      const ends = rows.ends.slice(first, first + BATCH).map((end) => end - from);
      const last = from + (ends[BATCH - 1] as number);
      const batch: SparseRows = {
        type: "sparse",
        count: BATCH,
        ends,
        indices: rows.indices.subarray(from, last),
        values: rows.values.subarray(from, last),
      };
      space.reserveRows(batch, first + BATCH);
      for (let row = 0; row < BATCH; row++) space.store(first + row, batch, row);
    }
    const entries = rows.indices.length;
    expect(entries).toBeGreaterThan(12_500_000);
    expect(space.memoryBytes / entries).toBeLessThan(18);
    for (let row = 0; row < COUNT; row += 997) expect(space.get(row)).toEqual(vectors[row]);

    const { vectors: queries } = zipfian({
      count: 12,
      seed: 2,
      dimensions: DIMENSIONS,
      shortest: 2,
      longest: 40,
    });
    const next = random(3);
    const some = Array.from({ length: COUNT }, (_, row) => row).filter(() => next() < 0.05);
    const inSome = new Set(some);
    const allowed = bitmapOf(some, COUNT);
    const check = (isAlive: (row: number) => boolean) => {
      for (const [i, query] of queries.entries()) {
        const limit = [10, 1, 100][i % 3] as number;
        const options = { limit, ef: 0, exact: false };
        expect(flat(space.search(query, options))).toEqual(naive(rows, query, limit, isAlive));
        const within = naive(rows, query, limit, (row) => isAlive(row) && inSome.has(row));
        expect(flat(space.search(query, { ...options, allowed }))).toEqual(within);
      }
    };
    check(() => true);

    const isAlive = (row: number) => row % 3 !== 0;
    for (let row = 0; row < COUNT; row += 3) expect(space.remove(row)).toBe(true);
    check(isAlive);
    const before = space.memoryBytes;
    while (space.rebuildDue) space.rebuildSome(500_000, false);
    expect(space.tombstoneCount).toBe(0);
    expect(space.memoryBytes).toBeLessThan(0.7 * before);
    check(isAlive);
    space.close();
  },
);
