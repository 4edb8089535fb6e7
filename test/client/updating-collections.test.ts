import { afterEach, beforeEach, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { type Code, randomRows, rejection, untyped } from "./support.ts";

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
  const ids = Uint32Array.from({ length: count }, (_, i) => i);
  await client.upsert("c", { batch: { ids, vectors: randomRows(count, 8, 1) } });
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
  const ids = Uint32Array.from({ length: count }, (_, i) => i);
  for (const seed of [1, 2])
    await client.upsert("d", { batch: { ids, vectors: randomRows(count, 64, seed) } });
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
  await client.upsert("c", {
    batch: { ids: Uint32Array.from({ length: 2000 }, (_, i) => i), vectors: randomRows(2000, 8, 1) },
  });
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
    "quantization",
    { quantization_config: { scalar: { type: "int8" } } },
    "NOT_SUPPORTED",
    "quantization_config",
  ],
  ["several copies", { params: { replication_factor: 2 } }, "NOT_SUPPORTED", "params.replication_factor"],
  ["metadata that is none", { metadata: [1] }, "INVALID_PAYLOAD", "metadata"],
  ["an unknown field", { size: 4 }, "INVALID_ARGUMENT", "size"],
];

test.each(WRONG)("%s is refused and changes nothing", async (_, request, code, text) => {
  const before = (await client.getCollection("c")).config;
  const error = await rejection(() => client.updateCollection("c", untyped(request)));
  expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
  expect((await client.getCollection("c")).config).toEqual(before);
});
