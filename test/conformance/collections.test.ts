/** Making, changing, describing and deleting collections. */
import { expect, test } from "vitest";
import { connect, found, ids, refused, untyped, withCollection } from "./support.ts";

const DOT = { vectors: { size: 2, distance: "Dot" } } as const;

test("a collection is there once it was created, until it is deleted", async () => {
  await using client = await connect();
  expect(await client.collectionExists("c")).toEqual({ exists: false });
  expect(await client.getCollections()).toEqual({ collections: [] });
  expect(await client.createCollection("c", DOT)).toBe(true);
  await client.createCollection("d", DOT);
  expect(await client.collectionExists("c")).toEqual({ exists: true });
  const { collections } = await client.getCollections();
  expect(collections.map(({ name }) => name).sort()).toEqual(["c", "d"]);
  expect(await client.deleteCollection("c")).toBe(true);
  expect(await client.deleteCollection("c")).toBe(false);
  expect(await client.collectionExists("c")).toEqual({ exists: false });
  await refused(client.getCollection("c"), "COLLECTION_NOT_FOUND", "c");
});

test("a name is taken once", async () => {
  await using client = await withCollection(DOT, [{ id: 1, vector: [1, 1] }]);
  await refused(client.createCollection("c", DOT), "COLLECTION_EXISTS", "c");
  expect(await client.count("c")).toEqual({ count: 1 });
});

test("a collection that is made again is empty", async () => {
  await using client = await withCollection(DOT, [{ id: 1, vector: [1, 1], payload: { a: 1 } }]);
  await client.deleteCollection("c");
  await client.createCollection("c", { vectors: { size: 3, distance: "Cosine" } });
  expect(await found(client, {})).toEqual([]);
  await client.upsert("c", { points: [{ id: 1, vector: [1, 2, 2] }], wait: true });
  expect(ids(await client.query("c", { query: [1, 1, 1] }))).toEqual([1]);
});

test("its info has every default filled in", async () => {
  await using client = await withCollection(DOT, [
    { id: 1, vector: [1, 1] },
    { id: 2, vector: {} },
  ]);
  const info = await client.getCollection("c");
  expect(info).toMatchObject({
    status: expect.stringMatching(/^(green|yellow)$/),
    optimizer_status: "ok",
    points_count: 2,
    segments_count: expect.any(Number),
    indexed_vectors_count: expect.any(Number),
    payload_schema: {},
    config: {
      params: {
        vectors: { size: 2, distance: "Dot" },
        shard_number: 1,
        replication_factor: 1,
        write_consistency_factor: 1,
      },
      hnsw_config: { m: 16, ef_construct: 100, full_scan_threshold: expect.any(Number) },
      optimizer_config: {
        deleted_threshold: 0.2,
        vacuum_min_vector_number: 1000,
        default_segment_number: expect.any(Number),
        flush_interval_sec: expect.any(Number),
      },
    },
  });
  expect(absentRatherThanUndefined(info)).toEqual([]);
  expect(info).not.toHaveProperty("warnings");
});

/** The paths of keys whose value is undefined: such a key should not be there. */
function absentRatherThanUndefined(value: unknown, path = ""): string[] {
  if (value === undefined) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => absentRatherThanUndefined(each, `${path}.${key}`));
}

test("points_count is exact through every kind of write", async () => {
  await using client = await withCollection(DOT);
  const count = async () => (await client.getCollection("c")).points_count;
  const upsert = (...list: number[]) =>
    client.upsert("c", { points: list.map((id) => ({ id, vector: [id, 1] })), wait: true });
  await upsert(1, 2, 3, 3);
  expect(await count()).toBe(3);
  await upsert(3, 4);
  expect(await count()).toBe(4);
  await client.delete("c", { points: [1, 99], wait: true });
  expect(await count()).toBe(3);
  await client.delete("c", { filter: { must_not: [{ has_id: [4] }] }, wait: true });
  expect(await count()).toBe(1);
});

test("settings given are shown", async () => {
  await using client = await withCollection({
    vectors: { size: 4, distance: "Euclid", hnsw_config: { m: 8 } },
    hnsw_config: { m: 24, ef_construct: 64 },
    optimizers_config: { indexing_threshold: 500, deleted_threshold: 0.4 },
    metadata: { owner: "me", deep: { a: [1] } },
  });
  expect((await client.getCollection("c")).config).toMatchObject({
    params: { vectors: { size: 4, distance: "Euclid", hnsw_config: { m: 8 } } },
    hnsw_config: { m: 24, ef_construct: 64 },
    optimizer_config: { indexing_threshold: 500, deleted_threshold: 0.4 },
    metadata: { owner: "me", deep: { a: [1] } },
  });
});

test("an update changes what it names, and leaves the rest", async () => {
  await using client = await withCollection({ ...DOT, hnsw_config: { ef_construct: 64 } });
  expect(await client.updateCollection("c", { optimizers_config: { indexing_threshold: 777 } })).toBe(true);
  expect(await client.updateCollection("c", { hnsw_config: { ef_construct: 99 } })).toBe(true);
  expect((await client.getCollection("c")).config).toMatchObject({
    hnsw_config: { m: 16, ef_construct: 99 },
    optimizer_config: { indexing_threshold: 777, deleted_threshold: 0.2 },
  });
});

test("metadata is merged at its top level, and a null removes a key", async () => {
  await using client = await withCollection({ ...DOT, metadata: { a: { x: 1 }, b: 2, c: 3 } });
  await client.updateCollection("c", { metadata: { a: { y: 2 }, b: null, d: [4] } });
  expect((await client.getCollection("c")).config.metadata).toEqual({ a: { y: 2 }, c: 3, d: [4] });
  await client.updateCollection("c", {});
  expect((await client.getCollection("c")).config.metadata).toEqual({ a: { y: 2 }, c: 3, d: [4] });
});

test("an update of a vector that is not there names it", async () => {
  await using client = await withCollection(DOT);
  await refused(
    client.updateCollection("c", { vectors: { image: { hnsw_config: { m: 8 } } } }),
    "INVALID_ARGUMENT",
    "image",
  );
  await refused(client.updateCollection("x", {}), "COLLECTION_NOT_FOUND", "x");
});

test.each([
  [1, true],
  [65_536, true],
  [0, false],
  [65_537, false],
  [1.5, false],
  [-1, false],
])("a size of %d is possible: %s", async (size, possible) => {
  await using client = await connect();
  const created = client.createCollection("c", { vectors: { size, distance: "Dot" } });
  if (possible) expect(await created).toBe(true);
  else await refused(created, "INVALID_ARGUMENT", "vectors.size", String(size));
});

test.each([
  ["another distance", { vectors: { size: 2, distance: "cosine" } }, "distance"],
  ["no distance", { vectors: { size: 2 } }, "distance"],
  ["no size", { vectors: { distance: "Dot" } }, "size"],
  ["an unknown field", { ...DOT, vektors: {} }, "vektors"],
  ["an unknown field of a vector", { vectors: { size: 2, distance: "Dot", dim: 2 } }, "dim"],
  ["a wrong ef_construct", { ...DOT, hnsw_config: { ef_construct: 3 } }, "ef_construct"],
  ["metadata that is a list", { ...DOT, metadata: [1] }, "metadata"],
])("%s is refused, and makes no collection", async (_, request, word) => {
  await using client = await connect();
  await expect(client.createCollection("c", untyped(request))).rejects.toMatchObject({
    message: expect.stringContaining(word),
  });
  expect(await client.collectionExists("c")).toEqual({ exists: false });
});

test.each(["a".repeat(255), "with space", "ключ", "a.b-c_d", "😀"])(
  "%j is a collection's name",
  async (name) => {
    await using client = await connect();
    expect(await client.createCollection(name, DOT)).toBe(true);
    expect(await client.getCollections()).toEqual({ collections: [{ name }] });
  },
);

test.each(["", "a".repeat(256), ...'<>:"/?*\\|\u0000\u001f'])("%j is no collection's name", async (name) => {
  await using client = await connect();
  await refused(client.createCollection(name && name.length === 1 ? `a${name}b` : name, DOT), "INVALID_NAME");
  expect(await client.getCollections()).toEqual({ collections: [] });
});

test("collections keep apart", async () => {
  await using client = await withCollection(DOT, [{ id: 1, vector: [1, 1] }]);
  await client.createCollection("d", { vectors: { size: 3, distance: "Cosine" } });
  await client.upsert("d", { points: [{ id: 1, vector: [1, 1, 1], payload: { d: true } }], wait: true });
  await client.delete("c", { points: [1], wait: true });
  expect(await client.retrieve("d", { ids: [1] })).toEqual([{ id: 1, payload: { d: true } }]);
  expect(await client.count("c")).toEqual({ count: 0 });
});
