/** What is stored of a vector, and which score it gets. */
import { expect, test } from "vitest";
import { type Distance, largerIsBetter, random, score, unit } from "./naive.ts";
import { ids, scored, vectors, withCollection } from "./support.ts";

const DISTANCES: Distance[] = ["Cosine", "Dot", "Euclid", "Manhattan"];
const TOLERANCE = 1e-6;

const collection = (size: number, distance: Distance, rows: number[][]) =>
  withCollection(
    { vectors: { size, distance } },
    rows.map((vector, i) => ({ id: i + 1, vector })),
  );

test.each(DISTANCES)("%s orders by its definition, the better first", async (distance) => {
  const next = random(7);
  const row = () => Array.from({ length: 9 }, () => Math.fround(next() * 4 - 2));
  const rows = Array.from({ length: 40 }, row);
  await using client = await collection(9, distance, rows);
  for (const exact of [true, false]) {
    const query = row();
    const expected = rows
      .map((vector, i): [number, number] => [i + 1, score(distance, query, vector)])
      .sort(([, a], [, b]) => (largerIsBetter(distance) ? b - a : a - b));
    const { points } = await client.query("c", { query, limit: 100, params: { exact } });
    expect(ids(points)).toEqual(expected.map(([id]) => id));
    points.forEach((point, i) => {
      const wanted = expected[i]?.[1] ?? Number.NaN;
      expect(Math.abs(point.score - wanted)).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(wanted)));
    });
  }
});

test("scores of small integers are exact", async () => {
  const rows = [
    [3, 4],
    [1, 0],
    [-2, 2],
  ];
  const expected = {
    Dot: [
      [1, 7],
      [2, 1],
      [3, 0],
    ],
    Euclid: [
      [2, 1],
      [3, Math.fround(Math.sqrt(10))],
      [1, Math.fround(Math.sqrt(13))],
    ],
    Manhattan: [
      [2, 1],
      [3, 4],
      [1, 5],
    ],
  };
  for (const distance of ["Dot", "Euclid", "Manhattan"] as const) {
    await using client = await collection(2, distance, rows);
    const got = scored(await client.query("c", { query: [1, 1] }));
    expect(got.map(([id, value]) => [id, Math.fround(value)])).toEqual(expected[distance]);
  }
});

test("cosine gives back the unit vector, and leaves a zero vector and one of length 1 as they are", async () => {
  const almost = [0.6000001, 0.8000002, 0].map(Math.fround);
  await using client = await collection(3, "Cosine", [[3, 4, 0], [0, 0, 0], almost]);
  const stored = await vectors(client);
  expect(stored[1]).toEqual([0.6, 0.8, 0]);
  expect(stored[2]).toEqual([0, 0, 0]);
  expect((stored[3] as number[]).map(Math.fround)).toEqual(almost);
  const { points } = await client.query("c", { query: [300, 400, 0], params: { exact: true } });
  const scores = new Map(points.map((point) => [point.id, point.score]));
  expect(scores.get(2)).toBe(0);
  expect(scores.get(1)).toBeCloseTo(1, 6);
});

test("cosine of any scale: stored vectors have length 1", async () => {
  const next = random(3);
  const rows = Array.from({ length: 20 }, (_, i) =>
    Array.from({ length: 5 }, () => (next() - 0.5) * 10 ** (i - 10)),
  );
  await using client = await collection(5, "Cosine", rows);
  const stored = await vectors(client);
  rows.forEach((row, i) => {
    const got = stored[i + 1] as number[];
    unit(row).forEach((value, j) => {
      expect(Math.abs((got[j] ?? Number.NaN) - value)).toBeLessThan(TOLERANCE);
    });
  });
});

test.each(["Dot", "Euclid", "Manhattan"] as const)(
  "%s keeps vectors as they were given",
  async (distance) => {
    const rows = [
      [0.05, 0.61, 0.76],
      [-0.1, 1e-38, 123456.78],
      [0, 3.4e38, 1 / 3],
    ];
    await using client = await collection(3, distance, rows.slice(0, 2));
    // As f32, in its shortest form: 0.05, not 0.05000000074505806.
    expect(await vectors(client)).toEqual({ 1: [0.05, 0.61, 0.76], 2: [-0.1, 1e-38, 123456.78] });
    await client.upsert("c", { points: [{ id: 3, vector: rows[2] ?? [] }], wait: true });
    expect((await vectors(client))[3]).toEqual([0, 3.4e38, 0.33333334]);
  },
);

test("scores are f32 in their shortest form", async () => {
  await using client = await collection(2, "Dot", [
    [0.05, 0],
    [0.1, 0.2],
  ]);
  expect(scored(await client.query("c", { query: [1, 0] }))).toEqual([
    [2, 0.1],
    [1, 0.05],
  ]);
});

const THRESHOLDS: [Distance, number, number[]][] = [
  // Points 1..5 are [1, 0] … [5, 0]; the query is [1, 0].
  ["Dot", 3, [5, 4]],
  ["Dot", 2.5, [5, 4, 3]],
  ["Dot", -1, [5, 4, 3, 2, 1]],
  ["Euclid", 2, [1, 2]],
  ["Euclid", 2.5, [1, 2, 3]],
  ["Manhattan", 2, [1, 2]],
  ["Manhattan", 0, []],
  ["Cosine", 1.5, []],
];
test.each(THRESHOLDS)(
  "%s with a threshold of %d keeps only better scores",
  async (distance, threshold, expected) => {
    await using client = await collection(
      2,
      distance,
      [1, 2, 3, 4, 5].map((x) => [x, 0]),
    );
    for (const exact of [true, false]) {
      const request = { query: [1, 0], score_threshold: threshold, params: { exact } };
      expect(ids(await client.query("c", request))).toEqual(expected);
      expect(ids(await client.query("c", { ...request, offset: 1 }))).toEqual(expected.slice(1));
    }
  },
);

test("cosine with a threshold keeps greater scores", async () => {
  await using client = await collection(2, "Cosine", [
    [1, 0],
    [1, 1],
    [0, 1],
    [-1, 0],
  ]);
  expect(ids(await client.query("c", { query: [1, 0], score_threshold: 0.5 }))).toEqual([1, 2]);
  expect(ids(await client.query("c", { query: [1, 0], score_threshold: -0.5 }))).toEqual([1, 2, 3]);
});

test("vectors may have a single number, or very many", async () => {
  await using one = await collection(1, "Euclid", [[1], [4]]);
  expect(scored(await one.query("c", { query: [2] }))).toEqual([
    [1, 1],
    [2, 2],
  ]);
  const long = Array.from({ length: 65_536 }, (_, i) => (i % 2 === 0 ? 1 : -1));
  await using many = await collection(65_536, "Dot", [long]);
  expect(scored(await many.query("c", { query: long }))).toEqual([[1, 65_536]]);
});

test("a point without its vector comes back with an empty map", async () => {
  await using client = await withCollection({ vectors: { size: 2, distance: "Dot" } }, [
    { id: 1, vector: {} },
  ]);
  expect(await client.retrieve("c", { ids: [1], with_vector: true })).toEqual([
    { id: 1, payload: {}, vector: {} },
  ]);
  expect(ids(await client.query("c", { query: [1, 1] }))).toEqual([]);
});
