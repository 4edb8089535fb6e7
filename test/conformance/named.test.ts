/** Several vectors to a point, by name. */
import { describe, expect, test } from "vitest";
import {
  type Client,
  connect,
  found,
  hasId,
  ids,
  payloads,
  refused,
  refusedWithoutEffect,
  scored,
  untyped,
  vectors,
  withCollection,
} from "./support.ts";

const wait = true;
const NAMED = {
  vectors: { image: { size: 2, distance: "Dot" }, text: { size: 3, distance: "Euclid" } },
} as const;

/** Point 1 has both vectors, 2 an image, 3 a text, 4 none. */
function four(): Promise<Client> {
  return withCollection(NAMED, [
    { id: 1, vector: { image: [1, 0], text: [1, 1, 1] }, payload: { n: 1 } },
    { id: 2, vector: { image: [2, 0] }, payload: { n: 2 } },
    { id: 3, vector: { text: [3, 3, 3] }, payload: { n: 3 } },
    { id: 4, vector: {}, payload: { n: 4 } },
  ]);
}

test("a point may lack any of its vectors; those it has come back by name", async () => {
  await using client = await four();
  expect(await vectors(client)).toEqual({
    1: { image: [1, 0], text: [1, 1, 1] },
    2: { image: [2, 0] },
    3: { text: [3, 3, 3] },
    4: {},
  });
});

test("a search uses one name, and does not see points that lack it", async () => {
  await using client = await four();
  expect(scored(await client.query("c", { query: [1, 0], using: "image" }))).toEqual([
    [2, 2],
    [1, 1],
  ]);
  expect(scored(await client.query("c", { query: [3, 3, 3], using: "text" }))).toEqual([
    [3, 0],
    [1, expect.closeTo(Math.sqrt(12), 6)],
  ]);
  const older = { vector: { name: "image", vector: [1, 0] }, limit: 1 };
  expect(ids(await client.search("c", older))).toEqual([2]);
});

test("without a query, points come whatever vectors they have", async () => {
  await using client = await four();
  expect(ids(await client.query("c", {}))).toEqual([1, 2, 3, 4]);
});

test("by an id the vector of that name is looked up", async () => {
  await using client = await four();
  expect(ids(await client.query("c", { query: 1, using: "image" }))).toEqual([2]);
  expect(ids(await client.query("c", { query: 1, using: "text" }))).toEqual([3]);
  await expect(client.query("c", { query: 4, using: "text" })).rejects.toMatchObject({
    message: expect.stringContaining("4"),
  });
});

test("a list selects vectors; one that a point lacks is left out", async () => {
  await using client = await four();
  const of = async (with_vector: string[] | boolean) =>
    (await client.scroll("c", { with_vector })).points.map(({ vector }) => vector);
  expect(await of(["image"])).toEqual([{ image: [1, 0] }, { image: [2, 0] }, {}, {}]);
  expect(await of(["text", "image"])).toEqual([
    { image: [1, 0], text: [1, 1, 1] },
    { image: [2, 0] },
    { text: [3, 3, 3] },
    {},
  ]);
  const { points } = await client.query("c", { query: [1, 0], using: "image", with_vector: ["text"] });
  expect(points.map(({ vector }) => vector)).toEqual([{}, { text: [1, 1, 1] }]);
  expect(await client.retrieve("c", { ids: [1], with_vector: ["image"], with_payload: false })).toMatchObject(
    [{ id: 1, vector: { image: [1, 0] } }],
  );
});

test("upsert removes the vectors that it does not name", async () => {
  await using client = await four();
  await client.upsert("c", { points: [{ id: 1, vector: { text: [9, 9, 9] } }], wait });
  expect((await vectors(client))[1]).toEqual({ text: [9, 9, 9] });
  expect(ids(await client.query("c", { query: [1, 0], using: "image" }))).toEqual([2]);
});

test("columns of vectors go by name", async () => {
  await using client = await connect();
  await client.createCollection("c", NAMED);
  const batch = {
    ids: [1, 2],
    vectors: {
      image: [
        [1, 2],
        [3, 4],
      ],
      text: [
        [1, 1, 1],
        [2, 2, 2],
      ],
    },
    payloads: [{ a: 1 }, null],
  };
  await client.upsert("c", { batch, wait });
  expect(await vectors(client)).toEqual({
    1: { image: [1, 2], text: [1, 1, 1] },
    2: { image: [3, 4], text: [2, 2, 2] },
  });
  await client.upsert("c", { batch: { ids: [3], vectors: { image: [[5, 6]] } }, wait });
  expect((await vectors(client))[3]).toEqual({ image: [5, 6] });
  const uneven = {
    ids: [1, 2],
    vectors: {
      image: [
        [1, 2],
        [3, 4],
      ],
      text: [[1, 1, 1]],
    },
  };
  await refusedWithoutEffect(client, () => client.upsert("c", { batch: uneven }), "INVALID_ARGUMENT", "text");
});

test("update_vectors replaces the vectors that it names; of one point several times, the last of each name", async () => {
  await using client = await four();
  await client.updateVectors("c", {
    points: [
      { id: 1, vector: { image: [7, 7] } },
      { id: 3, vector: { image: [8, 8] } },
      { id: 1, vector: { text: [5, 5, 5] } },
      { id: 1, vector: { image: [9, 9] } },
    ],
    wait,
  });
  expect(await vectors(client)).toEqual({
    1: { image: [9, 9], text: [5, 5, 5] },
    2: { image: [2, 0] },
    3: { image: [8, 8], text: [3, 3, 3] },
    4: {},
  });
  expect((await payloads(client))[1]).toEqual({ n: 1 });
});

test("delete_vectors removes some names of some points", async () => {
  await using client = await four();
  await client.deleteVectors("c", { points: [1, 2, 4], vector: ["image"], wait });
  expect(await vectors(client)).toEqual({ 1: { text: [1, 1, 1] }, 2: {}, 3: { text: [3, 3, 3] }, 4: {} });
  expect(ids(await client.query("c", { query: [1, 0], using: "image" }))).toEqual([]);
  await client.deleteVectors("c", {
    filter: { must: [{ has_vector: "text" }] },
    vector: ["text", "image"],
    wait,
  });
  expect(await vectors(client)).toEqual({ 1: {}, 2: {}, 3: {}, 4: {} });
});

test("has_vector asks for a name", async () => {
  await using client = await four();
  const having = (name: string) => found(client, { must: [{ has_vector: name }] });
  expect(await having("image")).toEqual([1, 2]);
  expect(await having("text")).toEqual([1, 3]);
  expect(await having("none")).toEqual([]);
  expect(await having("")).toEqual([]);
  await client.deleteVectors("c", { points: [1], vector: ["text"], wait });
  expect(await having("text")).toEqual([3]);
  await client.updateVectors("c", { points: [{ id: 4, vector: { text: [0, 0, 0] } }], wait });
  expect(await having("text")).toEqual([3, 4]);
});

test.each<[string, (client: Client) => Promise<unknown>, "INVALID_ARGUMENT" | "WRONG_DIMENSION", string]>([
  [
    "upsert",
    (client) => client.upsert("c", { points: [{ id: 5, vector: { sound: [1, 2] } }] }),
    "INVALID_ARGUMENT",
    "sound",
  ],
  [
    "upsert",
    (client) => client.upsert("c", { points: [{ id: 5, vector: [1, 2] }] }),
    "INVALID_ARGUMENT",
    "vector",
  ],
  [
    "upsert",
    (client) => client.upsert("c", { points: [{ id: 5, vector: { image: [1, 2, 3] } }] }),
    "WRONG_DIMENSION",
    "image",
  ],
  [
    "updateVectors",
    (client) => client.updateVectors("c", { points: [{ id: 1, vector: { sound: [1] } }] }),
    "INVALID_ARGUMENT",
    "sound",
  ],
  [
    "updateVectors",
    (client) => client.updateVectors("c", { points: [{ id: 1, vector: { text: [] } }] }),
    "WRONG_DIMENSION",
    "text",
  ],
  [
    "deleteVectors",
    (client) => client.deleteVectors("c", { points: [1], vector: ["image", "sound"] }),
    "INVALID_ARGUMENT",
    "sound",
  ],
  ["query", (client) => client.query("c", { query: [1, 2], using: "sound" }), "INVALID_ARGUMENT", "sound"],
  ["query without a name", (client) => client.query("c", { query: [1, 2] }), "INVALID_ARGUMENT", ""],
  [
    "query of another size",
    (client) => client.query("c", { query: [1, 2], using: "text" }),
    "WRONG_DIMENSION",
    "3",
  ],
  [
    "a wrong point of several",
    (client) =>
      client.upsert("c", {
        points: [
          { id: 9, vector: { image: [1, 1] } },
          { id: 5, vector: { image: [1] } },
        ],
      }),
    "WRONG_DIMENSION",
    "points[1].vector",
  ],
])("%s is refused, and names what is wrong", async (_, call, code, word) => {
  await using client = await four();
  await refusedWithoutEffect(client, () => call(client), code, word);
});

test("the info shows each vector's settings", async () => {
  await using client = await connect();
  await client.createCollection("c", {
    vectors: { a: { size: 2, distance: "Dot", hnsw_config: { m: 8 } }, b: { size: 3, distance: "Cosine" } },
  });
  expect((await client.getCollection("c")).config.params.vectors).toMatchObject({
    a: { size: 2, distance: "Dot", hnsw_config: { m: 8 } },
    b: { size: 3, distance: "Cosine" },
  });
  await client.updateCollection("c", { vectors: { b: { hnsw_config: { ef_construct: 77 } } } });
  expect((await client.getCollection("c")).config.params.vectors).toMatchObject({
    a: { size: 2, hnsw_config: { m: 8 } },
    b: { size: 3, hnsw_config: { ef_construct: 77 } },
  });
});

test("a collection may have no vectors at all", async () => {
  await using client = await withCollection({ vectors: {} }, [
    { id: 1, vector: {}, payload: { a: 1 } },
    { id: 2, vector: {} },
  ]);
  expect(await vectors(client)).toEqual({ 1: {}, 2: {} });
  expect(ids(await client.query("c", {}))).toEqual([1, 2]);
  expect(await client.count("c", { filter: { must: [{ key: "a", match: { value: 1 } }] } })).toEqual({
    count: 1,
  });
  await refused(client.upsert("c", { points: [{ id: 3, vector: [1] }] }), "INVALID_ARGUMENT", "vector");
  await refused(client.query("c", { query: [1] }), "INVALID_ARGUMENT");
  expect((await client.getCollection("c")).points_count).toBe(2);
});

describe("names on a live collection", () => {
  test("a vector is added, filled, searched and dropped", async () => {
    await using client = await four();
    const config = { dense: { size: 1, distance: "Manhattan" } } as const;
    expect(await client.createVectorName("c", "sound", config, { wait })).toMatchObject({
      status: "completed",
    });
    expect((await client.getCollection("c")).config.params.vectors).toMatchObject({
      image: { size: 2 },
      sound: { size: 1, distance: "Manhattan" },
    });
    expect(ids(await client.query("c", { query: [1], using: "sound" }))).toEqual([]);
    await client.updateVectors("c", { points: [2, 4].map((id) => ({ id, vector: { sound: [id] } })), wait });
    expect(scored(await client.query("c", { query: [5], using: "sound" }))).toEqual([
      [4, 1],
      [2, 3],
    ]);
    expect((await vectors(client))[2]).toEqual({ image: [2, 0], sound: [2] });
    expect(await client.deleteVectorName("c", "sound", { wait })).toMatchObject({ status: "completed" });
    await refused(client.query("c", { query: [1], using: "sound" }), "INVALID_ARGUMENT", "sound");
    expect((await vectors(client))[2]).toEqual({ image: [2, 0] });
    expect((await client.getCollection("c")).config.params.vectors).not.toHaveProperty("sound");
    expect(ids(await client.query("c", { query: [1, 0], using: "image" }))).toEqual([2, 1]);
  });

  test("what was dropped does not reappear when the name is made again", async () => {
    await using client = await four();
    await client.deleteVectorName("c", "image", { wait });
    await client.createVectorName("c", "image", { dense: { size: 2, distance: "Dot" } }, { wait });
    expect(ids(await client.query("c", { query: [1, 0], using: "image" }))).toEqual([]);
    expect(await vectors(client)).toEqual({ 1: { text: [1, 1, 1] }, 2: {}, 3: { text: [3, 3, 3] }, 4: {} });
    expect(await found(client, { must: [{ has_vector: "image" }] })).toEqual([]);
  });

  test("a collection without vectors gets its first", async () => {
    await using client = await withCollection({ vectors: {} }, [{ id: 1, vector: {} }]);
    await client.createVectorName("c", "a", { dense: { size: 1, distance: "Dot" } }, { wait });
    await client.updateVectors("c", { points: [{ id: 1, vector: { a: [3] } }], wait });
    expect(scored(await client.query("c", { query: [2], using: "a" }))).toEqual([[1, 6]]);
  });

  test("an unknown name to drop is told", async () => {
    await using client = await four();
    await refused(client.deleteVectorName("c", "sound", { wait }), "INVALID_ARGUMENT", "sound");
    await refused(
      client.createVectorName("none", "a", { dense: { size: 1, distance: "Dot" } }),
      "COLLECTION_NOT_FOUND",
      "none",
    );
  });
});

test("names are at most 200 bytes long", async () => {
  await using client = await connect();
  const named = (name: string) =>
    client.createCollection("c", { vectors: { [name]: { size: 1, distance: "Dot" } } });
  await expect(named("ä".repeat(101))).rejects.toMatchObject({ name: "NearvecError" });
  expect(await named("ä".repeat(100))).toBe(true);
});

test("a batch of operations works on names", async () => {
  await using client = await four();
  await client.batchUpdate("c", {
    operations: [
      { upsert: { points: [{ id: 5, vector: { image: [5, 0] } }] } },
      { update_vectors: { points: [{ id: 5, vector: { text: [0, 0, 0] } }] } },
      { delete_vectors: { filter: { must: [hasId(1, 5)] }, vector: ["image"] } },
    ],
    wait,
  });
  expect(await vectors(client)).toMatchObject({ 1: { text: [1, 1, 1] }, 5: { text: [0, 0, 0] } });
  expect(ids(await client.query("c", { query: [1, 0], using: "image" }))).toEqual([2]);
});

test("many points of many names, each found by its own", async () => {
  const names = ["a", "b", "c", "d"];
  const config = Object.fromEntries(names.map((name) => [name, { size: 2, distance: "Euclid" as const }]));
  const points = Array.from({ length: 400 }, (_, i) => ({
    id: i,
    vector: Object.fromEntries(names.filter((_, n) => (i >> n) % 2 === 1).map((name) => [name, [i, -i]])),
  }));
  await using client = await withCollection({ vectors: config }, points);
  for (const [n, name] of names.entries()) {
    const { points } = await client.query("c", { query: [100.2, -100.2], using: name, limit: 5 });
    const expected = Array.from({ length: 400 }, (_, i) => i)
      .filter((i) => (i >> n) % 2 === 1)
      .sort((x, y) => Math.abs(x - 100.2) - Math.abs(y - 100.2));
    expect(ids(points)).toEqual(untyped<number[]>(expected.slice(0, 5)));
  }
});
