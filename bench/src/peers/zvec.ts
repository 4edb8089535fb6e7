/**
 * @zvec/zvec: a native embedded database. It writes a log and segments to disk as it goes, in a temporary
 * folder here; its graph is built by `optimizeSync`. Installed in a package of its own (bench/peers/zvec),
 * because it isn't there for every platform.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePeer } from "./install.ts";
import { GRAPH, type Peer, type Setup } from "./protocol.ts";
import { inChunks, views } from "./rows.ts";
import { installedVersion } from "./version.ts";

/** The part of its types that is used here; the package may be absent. */
interface Zvec {
  readonly ZVecDataType: { readonly VECTOR_FP32: number };
  readonly ZVecIndexType: { readonly HNSW: number };
  readonly ZVecMetricType: { readonly L2: number; readonly COSINE: number };
  ZVecInitialize(options: object): void;
  ZVecCollectionSchema: new (options: object) => object;
  ZVecCreateAndOpen(path: string, schema: object): Collection;
}

interface Collection {
  insertSync(docs: object[]): { ok: boolean; message: string }[];
  optimizeSync(options: { concurrency: number }): void;
  querySync(query: object): Doc[];
  closeSync(): void;
}

interface Doc {
  readonly id: string;
}

const FIELD = "embedding";

export function create({ metric, dim, count, base, queries, k }: Setup): Peer<Doc[]> {
  ensurePeer("@zvec/zvec", "peers/zvec");
  const require = createRequire(new URL("../../peers/zvec/package.json", import.meta.url));
  const zvec = require("@zvec/zvec") as Zvec;
  const folder = mkdtempSync(join(tmpdir(), "nearvec-zvec-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  zvec.ZVecInitialize({ queryThreads: 1, optimizeThreads: 1 });
  const schema = new zvec.ZVecCollectionSchema({
    name: "bench",
    vectors: {
      name: FIELD,
      dataType: zvec.ZVecDataType.VECTOR_FP32,
      dimension: dim,
      indexParams: {
        indexType: zvec.ZVecIndexType.HNSW,
        metricType: metric === "cosine" ? zvec.ZVecMetricType.COSINE : zvec.ZVecMetricType.L2,
        m: GRAPH.m,
        efConstruction: GRAPH.efConstruction,
      },
    },
  });
  const collection = zvec.ZVecCreateAndOpen(join(folder, "bench"), schema);
  const points = views(queries, dim, 0, queries.length / dim);
  let params = { indexType: zvec.ZVecIndexType.HNSW, ef: 64 };
  return {
    version: installedVersion("@zvec/zvec", "peers/zvec"),
    async build(stopwatch) {
      await inChunks(
        stopwatch,
        count,
        1000,
        (first, size) =>
          views(base, dim, first, size).map((vector, i) => ({
            id: `${first + i}`,
            vectors: { [FIELD]: vector },
          })),
        (docs) => {
          const failed = collection.insertSync(docs).find(({ ok }) => !ok);
          if (failed) throw new Error(failed.message);
        },
      );
      stopwatch.start();
      collection.optimizeSync({ concurrency: 1 });
      stopwatch.stop();
    },
    setEf(ef) {
      params = { indexType: zvec.ZVecIndexType.HNSW, ef };
    },
    search: (query) =>
      collection.querySync({ fieldName: FIELD, vector: points[query], topk: k, params, outputFields: [] }),
    rows: (docs) => docs.map(({ id }) => Number(id)),
    close: () => collection.closeSync(),
  };
}
