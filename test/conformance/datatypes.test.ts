/** Vectors kept as float16 or as bytes. */
import { expect, test } from "vitest";
import { type Distance, f16, largerIsBetter, random, score, u8, unit } from "./naive.ts";
import { type Client, ids, scored, vectors, withCollection } from "./support.ts";

type Datatype = "float32" | "float16" | "uint8";

const collection = (datatype: Datatype, distance: Distance, rows: number[][]): Promise<Client> =>
  withCollection(
    { vectors: { size: rows[0]?.length ?? 1, distance, datatype } },
    rows.map((vector, i) => ({ id: i + 1, vector })),
  );

test("float16 comes back rounded", async () => {
  const rows = [
    [0.1, 0.05, 1 / 3, 1000.1],
    [2049, 2051, -2049, 65504],
    [6.1e-5, 5.9e-8, 2.9e-8, 1e-9],
    [-0.1, 0, 1, 0.333251953125],
  ];
  await using client = await collection("float16", "Dot", rows);
  const stored = await vectors(client);
  rows.forEach((row, i) => {
    expect((stored[i + 1] as number[]).map(Math.fround)).toEqual(row.map((x) => Math.fround(f16(x)) + 0));
  });
});

test("float16 with cosine is normalised, then rounded", async () => {
  const next = random(31);
  const rows = Array.from({ length: 20 }, () => Array.from({ length: 6 }, () => next() - 0.5));
  await using client = await collection("float16", "Cosine", rows);
  const stored = await vectors(client);
  rows.map(unit).forEach((row, i) => {
    row.forEach((value, j) => {
      // An f32 in between may fall on the other side of a half: one step of f16.
      expect(Math.abs(((stored[i + 1] as number[])[j] ?? Number.NaN) - value)).toBeLessThan(2 ** -11);
    });
  });
});

test("bytes are cut to whole numbers within 0 and 255", async () => {
  const row = [0, 1.9, 254.99, 255, 256, 1e9, -1, -0.5, 0.4];
  await using client = await collection("uint8", "Dot", [row]);
  expect((await vectors(client))[1]).toEqual(row.map(u8));
});

test("bytes with cosine are not normalised, though scored as cosine", async () => {
  await using client = await collection("uint8", "Cosine", [
    [3, 4],
    [30, 40],
    [4, 3],
    [0, 0],
  ]);
  expect(await vectors(client)).toEqual({ 1: [3, 4], 2: [30, 40], 3: [4, 3], 4: [0, 0] });
  const { points } = await client.query("c", { query: [3, 4], params: { exact: true } });
  const scores = new Map(points.map(({ id, score }) => [id, score]));
  expect(scores.get(1)).toBeCloseTo(1, 6);
  expect(scores.get(2)).toBeCloseTo(1, 6);
  expect(scores.get(3)).toBeCloseTo(0.96, 6);
  expect(scores.get(4)).toBe(0);
});

const DISTANCES: Distance[] = ["Dot", "Cosine", "Euclid", "Manhattan"];
const CASES = DISTANCES.flatMap((distance) => [["float16", distance] as const, ["uint8", distance] as const]);

test.each(CASES)("%s, %s: scores are those of what is stored", async (datatype, distance) => {
  const next = random(37);
  const value =
    datatype === "uint8" ? () => Math.floor(next() * 256) : () => (Math.floor(next() * 65) - 32) / 16;
  const row = () => Array.from({ length: 7 }, value);
  const rows = Array.from({ length: 100 }, row);
  await using client = await collection(datatype, distance, rows);
  const stored = await vectors(client);
  for (let round = 0; round < 5; round++) {
    const query = row();
    const wanted = rows.map((_, i) => score(distance, query, stored[i + 1] as number[]));
    const best = wanted.toSorted((a, b) => (largerIsBetter(distance) ? b - a : a - b));
    for (const exact of [true, false]) {
      const { points } = await client.query("c", { query, limit: 10, params: { exact } });
      expect(points).toHaveLength(10);
      points.forEach(({ id, score }, i) => {
        const near = (wanted: number) => Math.abs(score - wanted) <= 2e-3 * Math.max(1, Math.abs(wanted));
        expect(near(wanted[Number(id) - 1] ?? Number.NaN)).toBe(true);
        expect(near(best[i] ?? Number.NaN)).toBe(true);
      });
    }
  }
});

test("the datatype is a setting of each name", async () => {
  await using client = await withCollection(
    {
      vectors: {
        half: { size: 2, distance: "Dot", datatype: "float16" },
        bytes: { size: 2, distance: "Dot", datatype: "uint8" },
        full: { size: 2, distance: "Dot" },
      },
    },
    [{ id: 1, vector: { half: [0.1, 1], bytes: [1.7, 300], full: [0.1, 1.7] } }],
  );
  expect((await client.getCollection("c")).config.params.vectors).toMatchObject({
    half: { datatype: "float16" },
    bytes: { datatype: "uint8" },
  });
  const { half, bytes, full } = (await vectors(client))[1] as Record<string, number[]>;
  expect(half?.map(Math.fround)).toEqual([Math.fround(f16(0.1)), 1]);
  expect(bytes).toEqual([1, 255]);
  expect(full).toEqual([0.1, 1.7]);
});

test("multivectors have datatypes too", async () => {
  const m = {
    size: 2,
    distance: "Dot",
    datatype: "uint8",
    multivector_config: { comparator: "max_sim" },
  } as const;
  await using client = await withCollection({ vectors: { m } }, [
    {
      id: 1,
      vector: {
        m: [
          [1.5, -2],
          [256, 7],
        ],
      },
    },
    { id: 2, vector: { m: [[2, 0]] } },
  ]);
  expect(await vectors(client)).toEqual({
    1: {
      m: [
        [1, 0],
        [255, 7],
      ],
    },
    2: { m: [[2, 0]] },
  });
  expect(scored(await client.query("c", { query: [[1, 1]], using: "m" }))).toEqual([
    [1, 262],
    [2, 2],
  ]);
});

test("writes of every kind, in bytes", async () => {
  await using client = await collection("uint8", "Euclid", [[1], [2], [3], [4]]);
  await client.updateVectors("c", { points: [{ id: 1, vector: [9.9] }], wait: true });
  await client.delete("c", { points: [2], wait: true });
  await client.deleteVectors("c", { points: [3], vector: [""], wait: true });
  expect(scored(await client.query("c", { query: [5] }))).toEqual([
    [4, 1],
    [1, 4],
  ]);
  expect(ids(await client.query("c", { query: 1 }))).toEqual([4]);
  expect(await vectors(client)).toEqual({ 1: [9], 3: {}, 4: [4] });
});
