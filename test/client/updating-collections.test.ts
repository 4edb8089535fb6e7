import { afterEach, beforeEach, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { type Code, randomBatch, randomRows, rejection, untyped } from "./support.ts";

let client: NearvecClient;

beforeEach(async () => {
  client = await open();
  await client.createCollection("c", {
    vectors: { size: 8, distance: "Dot", hnsw_config: { m: 8 } },
    hnsw_config: { ef_construct: 32, full_scan_threshold: 10 },
    optimizers_config: { indexing_threshold: 0 },
    metadata: { a: 1, b: { c: [424242424242424242n, null] }, n: null },
  });
});

afterEach(() => client.close());

test("settings change, those left out stay, and all are shown", async () => {
  const before = (await client.getCollection("c")).config;
  expect(await client.updateCollection("c", {})).toBe(true);
  expect(await client.updateCollection("c")).toBe(true);
  expect((await client.getCollection("c")).config).toEqual(before);
  const changed = await client.updateCollection("c", {
    vectors: { "": { hnsw_config: { ef_construct: 24 } } },
    hnsw_config: { ef_construct: 48, full_scan_threshold: 2000, m: 16, max_indexing_threads: null },
    optimizers_config: { deleted_threshold: 0.5, vacuum_min_vector_number: 100, indexing_threshold: 1000 },
    params: { replication_factor: 1 },
    quantization_config: null,
    timeout: 5,
  });
  expect(changed).toBe(true);
  const { config } = await client.getCollection("c");
  expect(config).toEqual({
    ...before,
    params: {
      ...before.params,
      vectors: { size: 8, distance: "Dot", hnsw_config: { m: 8, ef_construct: 24 } },
    },
    hnsw_config: { ...before.hnsw_config, ef_construct: 48, full_scan_threshold: 2000 },
    optimizer_config: {
      ...before.optimizer_config,
      deleted_threshold: 0.5,
      vacuum_min_vector_number: 100,
      indexing_threshold: 1000,
    },
  });
});

test("hints to a server are kept and shown", async () => {
  const image = {
    size: 2,
    distance: "Cosine",
    on_disk: true,
    memory: "cold",
    hnsw_config: { m: 4, payload_m: 8, inline_storage: true, on_disk: true, memory: "pinned" },
    quantization_config: { product: { compression: "x16", always_ram: true } },
  } as const;
  const terms = { index: { on_disk: true, memory: "cached", full_scan_threshold: 5 } } as const;
  await client.createCollection("hints", {
    // Copies: a change of what was passed would show.
    vectors: structuredClone({ image }),
    sparse_vectors: structuredClone({ terms }),
    hnsw_config: { on_disk: true, payload_m: 0, inline_storage: false },
    optimizers_config: { memmap_threshold: 10, prevent_unoptimized: true, max_optimization_threads: 2 },
    wal_config: { wal_capacity_mb: 64 },
    quantization_config: { scalar: { type: "int8", quantile: 0.99 } },
    strict_mode_config: { enabled: false, max_query_limit: 10, sparse_config: { terms: { max_length: 7 } } },
    on_disk_payload: true,
    payload: { memory: "cold" },
    shard_number: 2,
    sharding_method: "auto",
    replication_factor: 3,
    write_consistency_factor: 2,
  });
  const { config } = await client.getCollection("hints");
  expect(config).toEqual({
    params: {
      vectors: { image },
      sparse_vectors: { terms },
      on_disk_payload: true,
      payload: { memory: "cold" },
      shard_number: 2,
      sharding_method: "auto",
      replication_factor: 3,
      write_consistency_factor: 2,
    },
    hnsw_config: {
      m: 16,
      ef_construct: 100,
      full_scan_threshold: 1000,
      max_indexing_threads: 0,
      on_disk: true,
      payload_m: 0,
      inline_storage: false,
    },
    optimizer_config: {
      deleted_threshold: 0.2,
      vacuum_min_vector_number: 1000,
      default_segment_number: 0,
      max_segment_size: null,
      memmap_threshold: 10,
      indexing_threshold: null,
      flush_interval_sec: 5,
      max_optimization_threads: 2,
      prevent_unoptimized: true,
    },
    wal_config: { wal_capacity_mb: 64, wal_segments_ahead: 0, wal_retain_closed: 1 },
    quantization_config: { scalar: { type: "int8", quantile: 0.99 } },
    strict_mode_config: { enabled: false, max_query_limit: 10, sparse_config: { terms: { max_length: 7 } } },
  });
  await client.updateCollection("hints", {
    vectors: { image: { on_disk: false, quantization_config: "Disabled", hnsw_config: { payload_m: 2 } } },
    sparse_vectors: { terms: { index: { on_disk: false }, modifier: "idf" } },
    params: { replication_factor: 1, read_fan_out_factor: 2, read_fan_out_delay_ms: 5, payload: {} },
    hnsw_config: { inline_storage: true },
    optimizers_config: { max_optimization_threads: "auto" },
    quantization_config: { binary: { always_ram: false } },
    strict_mode_config: { max_timeout: 5 },
  });
  expect((await client.getCollection("hints")).config).toEqual({
    ...config,
    params: {
      ...config.params,
      vectors: {
        image: {
          size: 2,
          distance: "Cosine",
          on_disk: false,
          memory: "cold",
          hnsw_config: { m: 4, payload_m: 2, inline_storage: true, on_disk: true, memory: "pinned" },
        },
      },
      sparse_vectors: {
        terms: { index: { on_disk: false, memory: "cached", full_scan_threshold: 5 }, modifier: "idf" },
      },
      replication_factor: 1,
      read_fan_out_factor: 2,
      read_fan_out_delay_ms: 5,
      payload: {},
    },
    hnsw_config: { ...config.hnsw_config, inline_storage: true },
    optimizer_config: { ...config.optimizer_config, max_optimization_threads: null },
    quantization_config: { binary: { always_ram: false } },
    strict_mode_config: { ...config.strict_mode_config, max_timeout: 5 },
  });
  await client.updateCollection("hints", { quantization_config: "Disabled" });
  expect((await client.getCollection("hints")).config).not.toHaveProperty("quantization_config");
});

test("how rare words are counts at once when it is to count", async () => {
  await client.createCollection("words", { sparse_vectors: { terms: {} } });
  await client.upsert("words", {
    points: [
      { id: 1, vector: { terms: { indices: [1], values: [1] } } },
      { id: 2, vector: { terms: { indices: [1], values: [2] } } },
      { id: 3, vector: { terms: { indices: [2], values: [1] } } },
    ],
  });
  const order = async () => {
    const query = { indices: [1, 2], values: [1, 1] };
    return (await client.query("words", { query, using: "terms" })).points.map(({ id, score }) => [
      id,
      score,
    ]);
  };
  expect((await order())[0]).toEqual([2, 2]);
  await client.updateCollection("words", { sparse_vectors: { terms: { modifier: "idf" } } });
  const rare = Math.fround(Math.log((3 - 1 + 0.5) / (1 + 0.5) + 1));
  expect((await order()).find(([id]) => id === 3)?.[1]).toBeCloseTo(rare, 5);
  await client.updateCollection("words", { sparse_vectors: { terms: { modifier: "none" } } });
  expect((await order())[0]).toEqual([2, 2]);
});

test("metadata is kept as given, and merged at its top level", async () => {
  const metadata = async () => (await client.getCollection("c")).config.metadata;
  expect(await metadata()).toEqual({ a: 1, b: { c: [424242424242424242n, null] }, n: null });
  await client.updateCollection("c", { metadata: { a: null, b: { d: 2 }, e: 3 } });
  expect(await metadata()).toEqual({ b: { d: 2 }, n: null, e: 3 });
  await client.createCollection("without", { vectors: { size: 1, distance: "Dot" } });
  expect((await client.getCollection("without")).config).not.toHaveProperty("metadata");
  await client.updateCollection("without", { metadata: { now: true } });
  expect((await client.getCollection("without")).config.metadata).toEqual({ now: true });
});

test("what was passed as metadata is a copy", async () => {
  const metadata = { list: [1] };
  await client.updateCollection("c", { metadata });
  metadata.list.push(2);
  expect((await client.getCollection("c")).config.metadata).toMatchObject({ list: [1] });
});

test("switching indexing on starts it, switching it off ends it", async () => {
  const count = 400;
  await client.upsert("c", { batch: randomBatch(count, 8, 1) });
  await client.waitForIndex("c");
  expect(await client.getCollection("c")).toMatchObject({ indexed_vectors_count: 0, status: "green" });
  await client.updateCollection("c", { optimizers_config: { indexing_threshold: 1 } });
  expect(await client.getCollection("c")).toMatchObject({ status: "yellow" });
  await client.waitForIndex("c");
  expect(await client.getCollection("c")).toMatchObject({ indexed_vectors_count: count, status: "green" });
  await client.updateCollection("c", { optimizers_config: { indexing_threshold: 0 } });
  await client.upsert("c", { points: [{ id: count, vector: randomRows(1, 8, 2) }] });
  await client.waitForIndex("c");
  expect(await client.getCollection("c")).toMatchObject({ indexed_vectors_count: count, status: "green" });
});

test("tombstones are cleared out by the new threshold", async () => {
  await client.createCollection("d", {
    vectors: { size: 64, distance: "Dot" },
    hnsw_config: { m: 0 },
    optimizers_config: { deleted_threshold: 0.9 },
  });
  const count = 3000;
  for (const seed of [1, 2]) await client.upsert("d", { batch: randomBatch(count, 64, seed) });
  await client.waitForIndex("d");
  const before = client.info().memory.collections.d ?? 0;
  await client.updateCollection("d", { optimizers_config: { deleted_threshold: 0.2 } });
  expect(await client.getCollection("d")).toMatchObject({ status: "yellow" });
  await client.waitForIndex("d");
  expect(client.info().memory.collections.d).toBeLessThan(before * 0.8);
  expect(await client.count("d")).toEqual({ count });
});

test("searches follow the settings at once", async () => {
  const count = 3000;
  const ids = Uint32Array.from({ length: count }, (_, i) => i);
  await client.updateCollection("c", {
    optimizers_config: { indexing_threshold: 1 },
    hnsw_config: { ef_construct: 8 },
  });
  await client.upsert("c", { batch: { ids, vectors: randomRows(count, 8, 1) } });
  await client.waitForIndex("c");
  const query = { query: randomRows(1, 8, 3), limit: 1 };
  expect((await client.explain("c", query)).plan).toBe("graph");
  await client.updateCollection("c", { hnsw_config: { full_scan_threshold: 10_000 } });
  expect(await client.explain("c", query)).toMatchObject({
    plan: "exact",
    reason: expect.stringContaining("few"),
  });
});

test("the graph is built anew with another m, and goes with m 0", async () => {
  await client.updateCollection("c", { optimizers_config: { indexing_threshold: 1 } });
  await client.upsert("c", { batch: randomBatch(2000, 8, 1) });
  await client.waitForIndex("c");
  const query = [...randomRows(1, 8, 2)];
  const asked = { query, limit: 10, params: { hnsw_ef: 20 } };
  const exact = await client.query("c", { ...asked, params: { exact: true } });
  const before = await client.explain("c", asked);
  for (const m of [24, 0, 8]) {
    await client.updateCollection("c", { vectors: { "": { hnsw_config: { m } } } });
    expect(await client.getCollection("c")).toMatchObject({ status: "yellow", points_count: 2000 });
    await client.waitForIndex("c");
    const found = await client.explain("c", asked);
    expect(found.reason === "the space has no graph").toBe(m === 0);
    const hits = found.points.filter(({ id }) => exact.points.some((each) => each.id === id));
    expect(hits.length).toBeGreaterThanOrEqual(7);
    // Nodes with three times the links have more neighbours to look at.
    if (m === 24) expect(found.distances).toBeGreaterThan(1.3 * before.distances);
    expect((await client.getCollection("c")).indexed_vectors_count).toBe(m === 0 ? 0 : 2000);
  }
});

const WRONG: [string, unknown, Code, string][] = [
  [
    "an unknown vector",
    { vectors: { image: { hnsw_config: {} } } },
    "INVALID_ARGUMENT",
    'no vector string "image"',
  ],
  [
    "a bad setting",
    { optimizers_config: { deleted_threshold: 2 }, metadata: { x: 1 } },
    "INVALID_ARGUMENT",
    "deleted_threshold",
  ],
  [
    "a bad setting of a vector",
    { vectors: { "": { hnsw_config: { ef_construct: 1 } } } },
    "INVALID_ARGUMENT",
    "ef_construct",
  ],
  [
    "an unknown sparse vector",
    { sparse_vectors: { "": { modifier: "idf" } } },
    "INVALID_ARGUMENT",
    'sparse_vectors: there is no vector string ""',
  ],
  [
    "quantization that there is none",
    { quantization_config: { scalar: { type: "int4" } } },
    "INVALID_ARGUMENT",
    "quantization_config.scalar.type",
  ],
  ["no copies", { params: { replication_factor: 0 } }, "INVALID_ARGUMENT", "params.replication_factor"],
  ["another number of shards", { params: { shard_number: 2 } }, "INVALID_ARGUMENT", "params.shard_number"],
  ["strict mode", { strict_mode_config: { enabled: true } }, "NOT_SUPPORTED", "strict_mode_config.enabled"],
  [
    "a graph of single links",
    { vectors: { "": { hnsw_config: { m: 1 } } } },
    "INVALID_ARGUMENT",
    '"].hnsw_config.m: got 1',
  ],
  ["metadata that is none", { metadata: [1] }, "INVALID_PAYLOAD", "metadata"],
  ["an unknown field", { size: 4 }, "INVALID_ARGUMENT", "size"],
];

test.each(WRONG)("%s is refused and changes nothing", async (_, request, code, text) => {
  const before = (await client.getCollection("c")).config;
  const error = await rejection(() => client.updateCollection("c", untyped(request)));
  expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
  expect((await client.getCollection("c")).config).toEqual(before);
});
