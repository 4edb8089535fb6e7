import { afterEach, beforeEach, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import type { EstimateRequest } from "../../src/client/estimate.ts";
import { open } from "../../src/index.ts";
import { type Code, randomRows, rejection, untyped } from "./support.ts";

let client: NearvecClient;

beforeEach(async () => {
  client = await open();
});

afterEach(() => client.close());

test("a collection's info has every default filled in, and nothing that is null without meaning", async () => {
  await client.createCollection("c", { vectors: { size: 4, distance: "Cosine" } });
  expect(await client.getCollection("c")).toEqual({
    status: "green",
    optimizer_status: "ok",
    indexed_vectors_count: 0,
    points_count: 0,
    segments_count: 1,
    config: {
      params: {
        vectors: { size: 4, distance: "Cosine" },
        shard_number: 1,
        replication_factor: 1,
        write_consistency_factor: 1,
        on_disk_payload: false,
      },
      hnsw_config: {
        m: 16,
        ef_construct: 100,
        full_scan_threshold: 1000,
        max_indexing_threads: 0,
        on_disk: false,
      },
      optimizer_config: {
        deleted_threshold: 0.2,
        vacuum_min_vector_number: 1000,
        default_segment_number: 0,
        max_segment_size: null,
        memmap_threshold: null,
        indexing_threshold: null,
        flush_interval_sec: 5,
        max_optimization_threads: null,
      },
      wal_config: { wal_capacity_mb: 32, wal_segments_ahead: 0, wal_retain_closed: 1 },
    },
    payload_schema: {},
  });
});

test("what was set is shown, and what is shown can't be used to change it", async () => {
  await client.createCollection("c", {
    vectors: { size: 4, distance: "Dot", hnsw_config: { m: 8 } },
    hnsw_config: { ef_construct: 64, m: null },
    optimizers_config: { indexing_threshold: 0, max_optimization_threads: "auto" },
    // What a server's defaults are may be said.
    shard_number: 1,
    on_disk_payload: false,
    quantization_config: null,
  });
  const { config } = await client.getCollection("c");
  expect(config.params.vectors).toEqual({ size: 4, distance: "Dot", hnsw_config: { m: 8 } });
  expect(config.hnsw_config).toMatchObject({ m: 16, ef_construct: 64 });
  expect(config.optimizer_config).toMatchObject({ indexing_threshold: 0, max_optimization_threads: null });
  config.hnsw_config.m = 99;
  expect((await client.getCollection("c")).config.hnsw_config.m).toBe(16);
});

test("collections are listed, exist, and go", async () => {
  expect(await client.getCollections()).toEqual({ collections: [] });
  await client.createCollection("a", { vectors: { size: 4, distance: "Dot" } });
  await client.createCollection("b", { vectors: { size: 4, distance: "Dot" } });
  expect(await client.getCollections()).toEqual({ collections: [{ name: "a" }, { name: "b" }] });
  expect(await client.deleteCollection("a")).toBe(true);
  expect(await client.deleteCollection("a", { timeout: 10 })).toBe(false);
  expect(await client.collectionExists("a")).toEqual({ exists: false });
  expect(await client.collectionExists("b")).toEqual({ exists: true });
  // A new one of that name starts empty.
  await client.createCollection("a", { vectors: { size: 2, distance: "Dot" } });
  expect(await client.count("a")).toEqual({ count: 0 });
});

test("names of the language's own objects are collections like any other", async () => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    await client.createCollection(name, { vectors: { size: 1, distance: "Dot" } });
    expect(await client.count(name)).toEqual({ count: 0 });
  }
});

test("info tells the build and what memory is used", async () => {
  await client.createCollection("c", { vectors: { size: 64, distance: "Dot" } });
  const before = client.info();
  expect(before).toMatchObject({
    build: expect.stringMatching(/^(simd|relaxed)$/),
    threads: 0,
    collections: 1,
  });
  await client.upsert("c", {
    batch: {
      ids: Uint32Array.from({ length: 5000 }, (_, i) => i),
      vectors: randomRows(5000, 64, 1),
      payloads: Array.from({ length: 5000 }, (_, i) => ({ text: `payload number ${i}` })),
    },
  });
  const { memory } = client.info();
  expect(memory.total).toBe(memory.vectors + memory.ids + memory.payloads);
  expect(memory.collections).toEqual({ c: memory.total });
  expect(memory.vectors - before.memory.vectors).toBeGreaterThan(5000 * 64 * 4);
  expect(memory.payloads).toBeGreaterThan(5000 * 30);
});

test.each([
  [300, 8, "integer", 0],
  [2000, 8, "integer", 0],
  [20_000, 32, "integer", 0],
  [20_000, 32, "uuid", 0],
  [2500, 768, "integer", 0],
  [10_000, 16, "integer", 120],
] as const)(
  "the estimate for %i points of %i values with %s ids and %i payload bytes is within a tenth",
  async (count, size, ids, payload_bytes) => {
    // What an insertion weighs decides how long this test takes, and little about memory.
    const vectors = { size, distance: "Dot", hnsw_config: { ef_construct: 16 } } as const;
    await client.createCollection("c", { vectors });
    const text = "x".repeat(Math.max(0, payload_bytes - '{"text":""}'.length));
    await client.upsert("c", {
      batch: {
        ids: Array.from({ length: count }, (_, i) => (ids === "integer" ? i : uuid(i))),
        vectors: randomRows(count, size, 2),
        ...(payload_bytes > 0 && { payloads: Array.from({ length: count }, () => ({ text })) }),
      },
    });
    await client.waitForIndex("c");
    const { memory } = client.info();
    const { total } = client.estimate({ vectors, count, payload_bytes, ids });
    expect(total / memory.total).toBeGreaterThan(0.9);
    expect(total / memory.total).toBeLessThan(1.1);
  },
);

function uuid(index: number): string {
  // Spread over the whole range, as random ones are.
  const high = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  return `${high.toString(16).padStart(8, "0")}-0000-4000-8000-${index.toString(16).padStart(12, "0")}`;
}

test("estimate checks its arguments", async () => {
  const vectors = { size: 4, distance: "Dot" } as const;
  const failing: [EstimateRequest, Code, string][] = [
    [{ vectors: { ...vectors, size: 0 }, count: 1 }, "INVALID_ARGUMENT", "vectors.size: got 0"],
    [{ vectors, count: -1 }, "INVALID_ARGUMENT", "count: got -1"],
    [{ vectors, count: 1, hnsw_config: { m: 1 } }, "INVALID_ARGUMENT", "hnsw_config.m: got 1"],
    [untyped({ vectors, count: 1, ids: "text" }), "INVALID_ARGUMENT", "ids"],
    [untyped({ vectors, count: 1, payload: 1 }), "INVALID_ARGUMENT", "payload"],
    [
      { vectors: { ...vectors, multivector_config: { comparator: "max_sim" } }, count: 1 },
      "NOT_SUPPORTED",
      "vectors.multivector_config",
    ],
  ];
  for (const [request, code, text] of failing) {
    const error = await rejection(async () => client.estimate(request));
    expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
  }
});
