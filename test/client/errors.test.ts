import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { type Code, rejection, stateOf, untyped } from "./support.ts";

let client: NearvecClient;

beforeEach(async () => {
  client = await open();
  await client.createCollection("c", { vectors: { size: 3, distance: "Dot" } });
  await client.upsert("c", {
    points: [
      { id: 1, vector: [1, 2, 3], payload: { a: 1 } },
      { id: 2, vector: [4, 5, 6] },
    ],
  });
});

afterEach(() => client.close());

const GOOD = { id: 9, vector: [1, 1, 1] };
const V = [1, 1, 1];

/** Arguments of upsert that must change nothing, with the code and a part of the message. */
const UPSERTS: [string, unknown, Code, string][] = [
  ["no arguments", undefined, "INVALID_ARGUMENT", "upsert's arguments: got nothing"],
  ["neither points nor batch", {}, "INVALID_ARGUMENT", "neither `points` nor `batch`"],
  ["both points and batch", { points: [], batch: { ids: [], vectors: [] } }, "INVALID_ARGUMENT", "both"],
  ["points that are no list", { points: GOOD }, "INVALID_ARGUMENT", "points: got an object with id, vector"],
  ["a point that is none", { points: [GOOD, 7] }, "INVALID_ARGUMENT", "points[1]: got 7"],
  ["an unknown field", { points: [GOOD], pints: 1 }, "INVALID_ARGUMENT", "pints: got an unknown field"],
  ["an unknown field of a point", { points: [{ ...GOOD, pay: {} }] }, "INVALID_ARGUMENT", "points[0].pay"],
  ["a point without an id", { points: [GOOD, { vector: V }] }, "INVALID_ID", "points[1].id: got nothing"],
  ["a negative id", { points: [GOOD, { id: -1, vector: V }] }, "INVALID_ID", "points[1].id: got -1"],
  ["a fractional id", { points: [{ id: 1.5, vector: V }] }, "INVALID_ID", "got 1.5"],
  ["a numeric string", { points: [{ id: "123", vector: V }] }, "INVALID_ID", 'got string "123"'],
  ["an id beyond u64", { points: [{ id: 2n ** 64n, vector: V }] }, "INVALID_ID", "18446744073709551616n"],
  ["an inexact number", { points: [{ id: 2 ** 53, vector: V }] }, "INVALID_ID", "as a bigint"],
  [
    "a short vector",
    { points: [GOOD, { id: 8, vector: [1, 2] }] },
    "WRONG_DIMENSION",
    "got 2 values, expected 3",
  ],
  [
    "a long typed vector",
    { points: [{ id: 8, vector: new Float32Array(4) }] },
    "WRONG_DIMENSION",
    "got 4 values",
  ],
  ["an empty vector", { points: [GOOD, { id: 8, vector: [] }] }, "WRONG_DIMENSION", "an empty vector"],
  ["NaN", { points: [GOOD, { id: 8, vector: [1, Number.NaN, 1] }] }, "NOT_FINITE", "NaN at position 1"],
  [
    "infinity",
    { points: [{ id: 8, vector: new Float32Array([1, 1, -1 / 0]) }] },
    "NOT_FINITE",
    "-Infinity at position 2",
  ],
  ["beyond f32", { points: [{ id: 8, vector: [1e39, 0, 0] }] }, "NOT_FINITE", "1e+39 at position 0"],
  [
    "a string in a vector",
    { points: [{ id: 8, vector: [1, "2", 3] }] },
    "NOT_FINITE",
    'string "2" at position 1',
  ],
  ["null in a vector", { points: [{ id: 8, vector: [1, null, 3] }] }, "NOT_FINITE", "null at position 1"],
  [
    "a hole in a vector",
    { points: [{ id: 8, vector: new Array(3) }] },
    "NOT_FINITE",
    "nothing at position 0",
  ],
  [
    "a vector that is a string",
    { points: [{ id: 8, vector: "abc" }] },
    "INVALID_ARGUMENT",
    "points[0].vector",
  ],
  ["a missing vector", { points: [{ id: 8 }] }, "INVALID_ARGUMENT", "points[0].vector: got nothing"],
  [
    "integers as a typed array",
    { points: [{ id: 8, vector: new Int8Array(3) }] },
    "INVALID_ARGUMENT",
    "Int8Array of 3",
  ],
  ["a named vector", { points: [{ id: 8, vector: { a: V } }] }, "INVALID_ARGUMENT", "named vectors"],
  [
    "a sparse vector",
    { points: [{ id: 8, vector: { indices: [1], values: [1] } }] },
    "INVALID_ARGUMENT",
    "a sparse vector",
  ],
  ["a multivector", { points: [{ id: 8, vector: [V, V, V] }] }, "INVALID_ARGUMENT", "a multivector"],
  [
    "a document",
    { points: [{ id: 8, vector: { text: "t", model: "m" } }] },
    "NOT_SUPPORTED",
    "inference model",
  ],
  [
    "a payload that is a list",
    { points: [GOOD, { id: 8, vector: V, payload: [1] }] },
    "INVALID_PAYLOAD",
    "points[1].payload",
  ],
  [
    "NaN in a payload",
    { points: [{ id: 8, vector: V, payload: { a: { b: Number.NaN } } }] },
    "INVALID_PAYLOAD",
    "NaN",
  ],
  [
    "a function in a payload",
    { points: [{ id: 8, vector: V, payload: { f() {} } }] },
    "INVALID_PAYLOAD",
    "function",
  ],
  ["a batch that is none", { batch: [1] }, "INVALID_ARGUMENT", "batch: got an array of 1"],
  ["a batch without ids", { batch: { vectors: [V] } }, "INVALID_ARGUMENT", "batch.ids: got nothing"],
  ["a batch without vectors", { batch: { ids: [8] } }, "INVALID_ARGUMENT", "batch.vectors: got nothing"],
  [
    "too few vectors",
    { batch: { ids: [8, 9], vectors: [V] } },
    "INVALID_ARGUMENT",
    "got 1 entries, expected 2",
  ],
  [
    "too few payloads",
    { batch: { ids: [8], vectors: [V], payloads: [] } },
    "INVALID_ARGUMENT",
    "batch.payloads",
  ],
  [
    "a bad id in a column",
    { batch: { ids: [8, -2], vectors: [V, V] } },
    "INVALID_ID",
    "batch.ids[1]: got -2",
  ],
  [
    "a bad id in a typed column",
    { batch: { ids: Float64Array.of(8, 0.5), vectors: [V, V] } },
    "INVALID_ID",
    "batch.ids[1]",
  ],
  [
    "a bad row",
    { batch: { ids: [8, 9], vectors: [V, [1, 2, Number.NaN]] } },
    "NOT_FINITE",
    "batch.vectors[1]",
  ],
  [
    "flat rows of the wrong length",
    { batch: { ids: [8, 9], vectors: new Float32Array(5) } },
    "WRONG_DIMENSION",
    "2 ids × 3 values",
  ],
  [
    "NaN in flat rows",
    { batch: { ids: [8, 9], vectors: Float32Array.of(1, 2, 3, 4, Number.NaN, 6) } },
    "NOT_FINITE",
    "batch.vectors[1]: got NaN at position 1",
  ],
  ["a map of names", { batch: { ids: [8], vectors: { a: [V] } } }, "INVALID_ARGUMENT", "batch.vectors"],
  ["a shard key", { points: [GOOD], shard_key: "a" }, "NOT_SUPPORTED", "shard_key"],
  [
    "an update filter",
    { points: [GOOD], update_filter: { must: 1 } },
    "INVALID_ARGUMENT",
    "update_filter.must",
  ],
  ["an unknown update mode", { points: [GOOD], update_mode: "insert" }, "INVALID_ARGUMENT", "update_mode"],
  ["a wait that is none", { points: [GOOD], wait: "yes" }, "INVALID_ARGUMENT", "wait"],
  ["an unknown ordering", { points: [GOOD], ordering: "best" }, "INVALID_ARGUMENT", "ordering"],
  ["a timeout of 0", { points: [GOOD], timeout: 0 }, "INVALID_ARGUMENT", "timeout: got 0"],
];

test.each(UPSERTS)("upsert refuses %s and changes nothing", async (_, request, code, text) => {
  const before = await stateOf(client, "c");
  const error = await rejection(() => client.upsert("c", untyped(request)));
  expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
  expect(await stateOf(client, "c")).toEqual(before);
});

const DELETES: [string, unknown, Code, string][] = [
  ["an empty object", {}, "INVALID_ARGUMENT", "an empty object does not mean all points"],
  ["a bad id", { points: [1, "x"] }, "INVALID_ID", "points[1]"],
  ["a filter that is none", { filter: { muss: [] } }, "INVALID_ARGUMENT", "filter.muss"],
  ["an unknown field", { points: [1], all: true }, "INVALID_ARGUMENT", "all"],
];

test.each(DELETES)("delete refuses %s and changes nothing", async (_, request, code, text) => {
  const before = await stateOf(client, "c");
  const error = await rejection(() => client.delete("c", untyped(request)));
  expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
  expect(await stateOf(client, "c")).toEqual(before);
});

const QUERIES: [string, unknown, Code, string][] = [
  ["no arguments", undefined, "INVALID_ARGUMENT", "query's arguments"],
  [
    "a misspelt field",
    { query: V, limt: 3 },
    "INVALID_ARGUMENT",
    "limt: got an unknown field, expected one of query",
  ],
  ["a wrong dimension", { query: [1, 2] }, "WRONG_DIMENSION", "query: got 2 values, expected 3 values"],
  ["an empty vector", { query: [] }, "WRONG_DIMENSION", "an empty vector"],
  ["NaN", { query: [1, 2, Number.NaN] }, "NOT_FINITE", "NaN at position 2"],
  ["an id that is none", { query: "123" }, "INVALID_ID", "query"],
  ["an unknown point", { query: 77 }, "POINT_NOT_FOUND", "77"],
  ["an unknown big id", { query: 424242424242424242n }, "POINT_NOT_FOUND", "424242424242424242"],
  ["limit 0", { query: V, limit: 0 }, "INVALID_ARGUMENT", "limit: got 0"],
  ["half a limit", { query: V, limit: 1.5 }, "INVALID_ARGUMENT", "limit: got 1.5"],
  ["a negative offset", { query: V, offset: -1 }, "INVALID_ARGUMENT", "offset: got -1"],
  ["ef 0", { query: V, params: { hnsw_ef: 0 } }, "INVALID_ARGUMENT", "params.hnsw_ef: got 0"],
  ["an absurd ef", { query: V, params: { hnsw_ef: 1e9 } }, "INVALID_ARGUMENT", "an integer from 1 to 65536"],
  ["an ef that is none", { query: V, params: { hnsw_ef: "64" } }, "INVALID_ARGUMENT", 'string "64"'],
  ["an exact that is none", { query: V, params: { exact: 1 } }, "INVALID_ARGUMENT", "params.exact"],
  ["an unknown parameter", { query: V, params: { ef: 1 } }, "INVALID_ARGUMENT", "params.ef"],
  [
    "quantization",
    { query: V, params: { quantization: { rescore: 1 } } },
    "INVALID_ARGUMENT",
    "params.quantization.rescore",
  ],
  ["a threshold that is none", { query: V, score_threshold: "0.5" }, "INVALID_ARGUMENT", "score_threshold"],
  ["a threshold without a query", { score_threshold: 0.5 }, "INVALID_ARGUMENT", "score_threshold"],
  ["a filter that is none", { query: V, filter: { must: [7] } }, "INVALID_ARGUMENT", "filter.must[0]"],
  ["a prefetch", { query: V, prefetch: [{ query: V }] }, "NOT_SUPPORTED", "prefetch"],
  ["a vector name", { query: V, using: "image" }, "INVALID_ARGUMENT", "using"],
  ["lookup_from", { query: 1, lookup_from: "d" }, "INVALID_ARGUMENT", "lookup_from"],
  ["recommend", { query: { recommend: { positive: [1] } } }, "NOT_SUPPORTED", "query.recommend"],
  ["fusion", { query: { fusion: "rrf" } }, "NOT_SUPPORTED", "query.fusion"],
  ["mmr", { query: { nearest: V, mmr: { diversity: 0.5 } } }, "NOT_SUPPORTED", "query.mmr"],
  ["a sparse query", { query: { indices: [1], values: [1] } }, "INVALID_ARGUMENT", "a sparse vector"],
  ["a multivector", { query: [V, V, V] }, "INVALID_ARGUMENT", "a multivector"],
  ["a query that is none", { query: true }, "INVALID_ARGUMENT", "query: got true"],
  ["an empty query object", { query: {} }, "INVALID_ARGUMENT", "query: got an empty object"],
  ["vector names", { query: V, with_vector: ["a"] }, "INVALID_ARGUMENT", "with_vector"],
  ["no path", { query: V, with_payload: ["a..b"] }, "INVALID_ARGUMENT", "with_payload[0]"],
  [
    "a word for a selector",
    { query: V, with_payload: "all" },
    "INVALID_ARGUMENT",
    "with_payload: got string",
  ],
  [
    "a selector that is none",
    { query: V, with_payload: { only: ["a"] } },
    "INVALID_ARGUMENT",
    "with_payload",
  ],
];

test.each(QUERIES)("query refuses %s", async (_, request, code, text) => {
  const error = await rejection(() => client.query("c", untyped(request)));
  expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
});

const CREATES: [string, unknown, Code, string][] = [
  ["no arguments", undefined, "INVALID_ARGUMENT", "createCollection"],
  ["vectors that are none", { vectors: 4 }, "INVALID_ARGUMENT", "vectors: got 4"],
  ["a named vector without a size", { vectors: { image: {} } }, "INVALID_ARGUMENT", "vectors.image.size"],
  [
    "a long name",
    { vectors: { ["ä".repeat(101)]: { size: 4, distance: "Dot" } } },
    "INVALID_NAME",
    "at most 200 bytes",
  ],
  ["size 0", { vectors: { size: 0, distance: "Dot" } }, "INVALID_ARGUMENT", "vectors.size: got 0"],
  ["size 65,537", { vectors: { size: 65_537, distance: "Dot" } }, "INVALID_ARGUMENT", "from 1 to 65536"],
  ["a size that is none", { vectors: { size: "4", distance: "Dot" } }, "INVALID_ARGUMENT", "vectors.size"],
  [
    "an unknown distance",
    { vectors: { size: 4, distance: "cosine" } },
    "INVALID_ARGUMENT",
    '"Cosine", "Dot"',
  ],
  ["a missing distance", { vectors: { size: 4 } }, "INVALID_ARGUMENT", "vectors.distance: got nothing"],
  [
    "m 1",
    { vectors: { size: 4, distance: "Dot" }, hnsw_config: { m: 1 } },
    "INVALID_ARGUMENT",
    "hnsw_config.m: got 1",
  ],
  [
    "a huge m",
    { vectors: { size: 4, distance: "Dot", hnsw_config: { m: 1000 } } },
    "INVALID_ARGUMENT",
    "vectors.hnsw_config.m",
  ],
  [
    "a small ef_construct",
    { vectors: { size: 4, distance: "Dot" }, hnsw_config: { ef_construct: 3 } },
    "INVALID_ARGUMENT",
    "ef_construct",
  ],
  [
    "another datatype",
    { vectors: { size: 4, distance: "Dot", datatype: "turbo4" } },
    "NOT_SUPPORTED",
    "vectors.datatype",
  ],
  [
    "another datatype of a sparse vector",
    { sparse_vectors: { "a b": { index: { datatype: "turbo4" } } } },
    "NOT_SUPPORTED",
    'sparse_vectors["a b"].index.datatype',
  ],
  [
    "vectors on disk in a way that there is none",
    { vectors: { size: 4, distance: "Dot", on_disk: 1 } },
    "INVALID_ARGUMENT",
    "vectors.on_disk: got 1",
  ],
  [
    "quantization that there is none",
    { vectors: { size: 4, distance: "Dot" }, quantization_config: { scalar: { type: "int4" } } },
    "INVALID_ARGUMENT",
    "quantization_config.scalar.type",
  ],
  [
    "quantizations of two kinds",
    { vectors: { size: 4, distance: "Dot" }, quantization_config: { binary: {}, scalar: { type: "int8" } } },
    "INVALID_ARGUMENT",
    "quantization_config",
  ],
  [
    "strict mode",
    { vectors: { size: 4, distance: "Dot" }, strict_mode_config: { enabled: true } },
    "NOT_SUPPORTED",
    "strict_mode_config.enabled",
  ],
  [
    "no optimizations",
    { vectors: { size: 4, distance: "Dot" }, optimizers_config: { max_optimization_threads: 0 } },
    "NOT_SUPPORTED",
    "indexing_threshold: 0",
  ],
  [
    "a name for two vectors",
    { vectors: { s: { size: 4, distance: "Dot" } }, sparse_vectors: { s: {} } },
    "INVALID_ARGUMENT",
    "sparse_vectors.s: got the name",
  ],
  [
    "an unknown modifier",
    { sparse_vectors: { s: { modifier: "tf" } } },
    "INVALID_ARGUMENT",
    "sparse_vectors.s.modifier",
  ],
  [
    "no shards",
    { vectors: { size: 4, distance: "Dot" }, shard_number: 0 },
    "INVALID_ARGUMENT",
    "shard_number: got 0",
  ],
  [
    "shards by key",
    { vectors: { size: 4, distance: "Dot" }, sharding_method: "custom" },
    "NOT_SUPPORTED",
    "sharding_method",
  ],
  [
    "a fraction beyond 1",
    { vectors: { size: 4, distance: "Dot" }, optimizers_config: { deleted_threshold: 2 } },
    "INVALID_ARGUMENT",
    "deleted_threshold",
  ],
  ["an unknown field", { vectors: { size: 4, distance: "Dot" }, name: "x" }, "INVALID_ARGUMENT", "name"],
];

test.each(CREATES)("createCollection refuses %s", async (_, request, code, text) => {
  const error = await rejection(() => client.createCollection("new", untyped(request)));
  expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
  expect(await client.collectionExists("new")).toEqual({ exists: false });
});

const FINE = { vectors: { size: 4, distance: "Dot" } } as const;

describe("names", () => {
  test.each([...'<>:"/?*\\|\0\u001f'])("a collection name with %j is refused", async (character) => {
    const error = await rejection(() => client.createCollection(`a${character}b`, FINE));
    expect(error).toMatchObject({
      code: "INVALID_NAME",
      message: expect.stringContaining(JSON.stringify(character)),
    });
  });

  test.each([
    ["", "an empty string"],
    ["x".repeat(256), "256 characters"],
    [7, "7"],
    [undefined, "nothing"],
  ])("%j is refused", async (name, got) => {
    const error = await rejection(() => client.createCollection(untyped(name), FINE));
    expect(error).toMatchObject({ code: "INVALID_NAME", details: { got } });
  });

  test("255 characters are fine, counted as characters", async () => {
    expect(await client.createCollection("😀".repeat(255), FINE)).toBe(true);
  });

  test("a name is taken once", async () => {
    const before = await stateOf(client, "c");
    expect(await rejection(() => client.createCollection("c", FINE))).toMatchObject({
      code: "COLLECTION_EXISTS",
    });
    expect(await stateOf(client, "c")).toEqual(before);
  });
});

describe("an unknown collection", () => {
  const calls: [string, (name: string) => Promise<unknown>][] = [
    ["getCollection", (name) => client.getCollection(name)],
    ["upsert", (name) => client.upsert(name, { points: [GOOD] })],
    ["delete", (name) => client.delete(name, { points: [1] })],
    ["retrieve", (name) => client.retrieve(name, { ids: [1] })],
    ["scroll", (name) => client.scroll(name)],
    ["count", (name) => client.count(name)],
    ["query", (name) => client.query(name, { query: V })],
    ["explain", (name) => client.explain(name, { query: V })],
    ["waitForIndex", (name) => client.waitForIndex(name)],
    ["setPayload", (name) => client.setPayload(name, { points: [1], payload: {} })],
    ["overwritePayload", (name) => client.overwritePayload(name, { points: [1], payload: {} })],
    ["deletePayload", (name) => client.deletePayload(name, { points: [1], keys: ["a"] })],
    ["clearPayload", (name) => client.clearPayload(name, { points: [1] })],
    ["updateVectors", (name) => client.updateVectors(name, { points: [GOOD] })],
    ["deleteVectors", (name) => client.deleteVectors(name, { points: [1], vector: [""] })],
    ["batchUpdate", (name) => client.batchUpdate(name, { operations: [] })],
    ["queryBatch", (name) => client.queryBatch(name, { searches: [] })],
    ["search", (name) => client.search(name, { vector: V })],
    ["searchBatch", (name) => client.searchBatch(name, { searches: [] })],
    ["updateCollection", (name) => client.updateCollection(name, {})],
  ];
  test.each(calls)("%s says that there is none", async (_, call) => {
    expect(await rejection(() => call("nope"))).toMatchObject({
      code: "COLLECTION_NOT_FOUND",
      message: expect.stringContaining('"nope"'),
    });
    expect(await rejection(() => call("a/b"))).toMatchObject({ code: "INVALID_NAME" });
  });

  test("exists and delete answer instead", async () => {
    expect(await client.collectionExists("nope")).toEqual({ exists: false });
    expect(await client.deleteCollection("nope")).toBe(false);
  });
});

const READS: [string, () => Promise<unknown>, Code, string][] = [
  ["scroll with limit 0", () => client.scroll("c", { limit: 0 }), "INVALID_ARGUMENT", "limit: got 0"],
  ["scroll from no id", () => client.scroll("c", { offset: "x" }), "INVALID_ID", "offset"],
  ["scroll in another order", () => client.scroll("c", { order_by: "a" }), "INVALID_ARGUMENT", "order_by"],
  [
    "scroll with no filter",
    () => client.scroll("c", untyped({ filter: [] })),
    "INVALID_ARGUMENT",
    "filter: got an empty array",
  ],
  ["retrieve without ids", () => client.retrieve("c", untyped({})), "INVALID_ARGUMENT", "ids: got nothing"],
  ["retrieve no id", () => client.retrieve("c", { ids: [1, "x"] }), "INVALID_ID", "ids[1]"],
  [
    "count with no filter",
    () => client.count("c", { filter: { must: [{ has_id: ["x"] }] } }),
    "INVALID_ID",
    "filter.must[0].has_id[0]",
  ],
  [
    "an unknown consistency",
    () => client.retrieve("c", untyped({ ids: [], consistency: "some" })),
    "INVALID_ARGUMENT",
    "consistency",
  ],
  [
    "a signal that is none",
    () => client.waitForIndex("c", untyped({ signal: 1 })),
    "INVALID_ARGUMENT",
    "signal",
  ],
];

test.each(READS)("%s is refused", async (_, call, code, text) => {
  expect(await rejection(call)).toMatchObject({ code, message: expect.stringContaining(text) });
});

describe("open", () => {
  test.each([
    [{ threads: 4 }, "NOT_SUPPORTED", "threads"],
    [{ simd: "avx" }, "INVALID_ARGUMENT", "simd"],
    [{ module: new Uint8Array(8) }, "INVALID_ARGUMENT", "module"],
    [{ folder: "/tmp" }, "INVALID_ARGUMENT", "folder"],
    ["memory", "INVALID_ARGUMENT", "open's options"],
  ] as const)("%j is refused", async (options, code, text) => {
    expect(await rejection(() => open(untyped(options)))).toMatchObject({
      code,
      message: expect.stringContaining(text),
    });
  });
});
