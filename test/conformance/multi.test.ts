/** Multivectors: several vectors of one point under one name, scored by max_sim. */
import { expect, test } from "vitest";
import { type Distance, largerIsBetter, maxSim, random, unit } from "./naive.ts";
import {
  type Client,
  ids,
  match,
  pointsWith,
  refused,
  refusedWithoutEffect,
  scored,
  untyped,
  vectors,
  withCollection,
} from "./support.ts";

const wait = true;
type Rows = number[][];

function holding(distance: Distance, documents: Rows[], size = 2): Promise<Client> {
  const m = { size, distance, multivector_config: { comparator: "max_sim" } } as const;
  return withCollection({ vectors: { m } }, pointsWith("m", documents));
}

const DOCUMENTS: Rows[] = [
  [
    [1, 0],
    [0, 1],
  ],
  [[3, 1]],
  [
    [0, 2],
    [2, 0],
    [-5, -5],
  ],
];

test("they are stored and returned as lists of lists", async () => {
  await using client = await holding("Dot", DOCUMENTS);
  expect(await vectors(client)).toEqual({
    1: { m: DOCUMENTS[0] },
    2: { m: DOCUMENTS[1] },
    3: { m: DOCUMENTS[2] },
  });
  await using cosine = await holding("Cosine", [
    [
      [3, 4],
      [0, 0],
    ],
  ]);
  expect(await vectors(cosine)).toEqual({
    1: {
      m: [
        [0.6, 0.8],
        [0, 0],
      ],
    },
  });
});

test("each vector of the query takes its best match; the score is their sum", async () => {
  await using client = await holding("Dot", DOCUMENTS);
  const query = [
    [1, 0],
    [0, 1],
  ];
  // 1: 1 + 1; 2: 3 + 1; 3: 2 + 2.
  const { points } = await client.query("c", { query, using: "m" });
  expect(new Map(points.map(({ id, score }) => [id, score]))).toEqual(
    new Map([
      [1, 2],
      [2, 4],
      [3, 4],
    ]),
  );
  expect(points.at(-1)?.id).toBe(1);
  expect(scored(await client.query("c", { query: [[1, 0]], using: "m", limit: 2 }))).toEqual([
    [2, 3],
    [3, 2],
  ]);
  expect(scored(await client.query("c", { query: { nearest: [[1, 0]] }, using: "m", limit: 1 }))).toEqual([
    [2, 3],
  ]);
});

test.each(["Dot", "Cosine", "Manhattan"] as const)("%s: what a plain walk finds", async (distance) => {
  const next = random(23);
  const row = () => Array.from({ length: 5 }, () => (Math.floor(next() * 33) - 16) / 8);
  const rows = (most: number) => Array.from({ length: 1 + Math.floor(next() * most) }, row);
  const documents = Array.from({ length: 150 }, () => rows(6));
  await using client = await holding(distance, documents, 5);
  for (let round = 0; round < 10; round++) {
    const query = rows(4);
    const wanted = documents.map((document) => maxSim(distance, query, document));
    const best = wanted.toSorted((a, b) => (largerIsBetter(distance) ? b - a : a - b));
    const { points } = await client.query("c", { query, using: "m", limit: 20, params: { exact: true } });
    expect(points).toHaveLength(20);
    points.forEach(({ id, score }, i) => {
      expect(score).toBeCloseTo(wanted[Number(id) - 1] ?? Number.NaN, 4);
      expect(score).toBeCloseTo(best[i] ?? Number.NaN, 4);
    });
  }
});

test("with a distance the best is the smallest, and the smaller comes first", async () => {
  await using client = await holding("Euclid", [
    [
      [0, 0],
      [9, 9],
    ],
    [[1, 1]],
    [[5, 5]],
  ]);
  expect(scored(await client.query("c", { query: [[0, 1]], using: "m" }))).toMatchObject([
    [1, 1],
    [2, 1],
    [3, expect.closeTo(Math.sqrt(41), 5)],
  ]);
});

test("filter, threshold, offset, id", async () => {
  await using client = await holding("Dot", [
    [[1, 0]],
    [[2, 0]],
    [
      [3, 0],
      [0, 1],
    ],
    [[4, 0]],
  ]);
  const query = [[1, 0]];
  expect(
    ids(await client.query("c", { query, using: "m", filter: { must: [match("even", true)] } })),
  ).toEqual([4, 2]);
  expect(ids(await client.query("c", { query, using: "m", score_threshold: 2 }))).toEqual([4, 3]);
  expect(ids(await client.query("c", { query, using: "m", limit: 2, offset: 1 }))).toEqual([3, 2]);
  expect(scored(await client.query("c", { query: 3, using: "m" }))).toEqual([
    [4, 12],
    [2, 6],
    [1, 3],
  ]);
});

test("writes of every kind are followed", async () => {
  await using client = await holding("Dot", [[[1, 0]], [[2, 0]], [[3, 0]], [[4, 0]]]);
  await client.updateVectors("c", {
    points: [
      {
        id: 1,
        vector: {
          m: [
            [0, 9],
            [9, 0],
            [1, 1],
          ],
        },
      },
    ],
    wait,
  });
  await client.deleteVectors("c", { points: [2], vector: ["m"], wait });
  await client.delete("c", { points: [3], wait });
  expect(scored(await client.query("c", { query: [[1, 0]], using: "m" }))).toEqual([
    [1, 9],
    [4, 4],
  ]);
  expect(await vectors(client)).toMatchObject({
    1: {
      m: [
        [0, 9],
        [9, 0],
        [1, 1],
      ],
    },
    2: {},
  });
});

test("columns of multivectors, by name and unnamed", async () => {
  await using client = await holding("Dot", []);
  await client.upsert("c", {
    batch: {
      ids: [1, 2],
      vectors: {
        m: [
          [
            [1, 2],
            [3, 4],
          ],
          [[5, 6]],
        ],
      },
    },
    wait,
  });
  expect(await vectors(client)).toEqual({
    1: {
      m: [
        [1, 2],
        [3, 4],
      ],
    },
    2: { m: [[5, 6]] },
  });
  const unnamed = { size: 2, distance: "Dot", multivector_config: { comparator: "max_sim" } } as const;
  await using other = await withCollection({ vectors: unnamed }, [
    {
      id: 1,
      vector: [
        [1, 2],
        [3, 4],
      ],
    },
  ]);
  await other.upsert("c", { batch: { ids: [2], vectors: [[[5, 6]]] }, wait });
  expect(await vectors(other)).toEqual({
    1: [
      [1, 2],
      [3, 4],
    ],
    2: [[5, 6]],
  });
  expect(
    scored(
      await other.query("c", {
        query: [
          [1, 0],
          [0, 1],
        ],
      }),
    ),
  ).toEqual([
    [2, 11],
    [1, 7],
  ]);
});

test("cosine makes every row a unit", async () => {
  const next = random(29);
  const rows = Array.from({ length: 7 }, () => Array.from({ length: 4 }, () => next() - 0.5));
  await using client = await holding("Cosine", [rows], 4);
  const stored = untyped<Record<string, { m: Rows }>>(await vectors(client));
  rows.map(unit).forEach((row, i) => {
    row.forEach((value, j) => {
      expect(stored[1]?.m[i]?.[j]).toBeCloseTo(value, 6);
    });
  });
});

test.each<[string, unknown, "INVALID_ARGUMENT" | "WRONG_DIMENSION" | "NOT_FINITE"]>([
  ["no rows", [], "INVALID_ARGUMENT"],
  ["an empty row", [[]], "WRONG_DIMENSION"],
  ["rows of different sizes", [[1, 2], [3]], "WRONG_DIMENSION"],
  ["a row of another size", [[1, 2, 3]], "WRONG_DIMENSION"],
  [
    "NaN",
    [
      [1, 2],
      [1, Number.NaN],
    ],
    "NOT_FINITE",
  ],
])("%s is refused", async (_, rows, code) => {
  await using client = await holding("Dot", [[[1, 0]]]);
  const m = untyped<Rows>(rows);
  await refusedWithoutEffect(
    client,
    () => client.upsert("c", { points: [{ id: 2, vector: { m } }] }),
    code,
    "points[0]",
  );
  await refused(client.query("c", { query: m, using: "m" }), code, "query");
});

test("a multivector is none for a plain dense name", async () => {
  await using client = await withCollection({ vectors: { d: { size: 2, distance: "Dot" } } });
  const points = [
    {
      id: 1,
      vector: {
        d: [
          [1, 2],
          [3, 4],
        ],
      },
    },
  ];
  await expect(client.upsert("c", { points })).rejects.toMatchObject({
    message: expect.stringContaining("d"),
  });
  await expect(
    client.query("c", {
      query: [
        [1, 2],
        [3, 4],
      ],
      using: "d",
    }),
  ).rejects.toMatchObject({
    name: "NearvecError",
  });
});

test("a multivector and a sparse vector may be added to a live collection", async () => {
  await using client = await withCollection({ vectors: { a: { size: 1, distance: "Dot" } } }, [
    { id: 4, vector: { a: [4] } },
  ]);
  await client.createVectorName("c", "words", { sparse: { modifier: "idf" } }, { wait });
  const multi = { size: 1, distance: "Dot", multivector_config: { comparator: "max_sim" } } as const;
  await client.createVectorName("c", "tokens", { dense: multi }, { wait });
  const vector = { words: { indices: [7], values: [1] }, tokens: [[1], [2]] };
  await client.updateVectors("c", { points: [{ id: 4, vector }], wait });
  expect((await vectors(client))[4]).toEqual({ a: [4], ...vector });
  expect(ids(await client.query("c", { query: { indices: [7], values: [1] }, using: "words" }))).toEqual([4]);
  expect(scored(await client.query("c", { query: [[3]], using: "tokens" }))).toEqual([[4, 6]]);
  const { params } = (await client.getCollection("c")).config;
  expect(params.sparse_vectors).toMatchObject({ words: { modifier: "idf" } });
  expect(params.vectors).toMatchObject({ tokens: { multivector_config: { comparator: "max_sim" } } });
  await client.deleteVectorName("c", "words", { wait });
  await client.deleteVectorName("c", "tokens", { wait });
  expect(await vectors(client)).toEqual({ 4: { a: [4] } });
});
