/** nearvec as its users get it: the built package and its public client. */

import { readFileSync } from "node:fs";
import { open, type QueryResponse } from "../../../dist/index.js";
import { GRAPH, type Peer, type Setup } from "./protocol.ts";
import { inChunks, views } from "./rows.ts";

const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const COLLECTION = "bench";

export async function create({ metric, dim, count, base, queries, k }: Setup): Promise<Peer<QueryResponse>> {
  const client = await open();
  const points = views(queries, dim, 0, queries.length / dim);
  let params = { hnsw_ef: 64, exact: false };
  return {
    version,
    note: `core: ${client.info().build}`,
    async build(stopwatch) {
      stopwatch.start();
      await client.createCollection(COLLECTION, {
        vectors: { size: dim, distance: metric === "cosine" ? "Cosine" : "Euclid" },
        // Like the others, it should use its graph however small the base is (by default it scans below
        // 10,000 kB; 10 is the least).
        hnsw_config: { m: GRAPH.m, ef_construct: GRAPH.efConstruction, full_scan_threshold: 10 },
      });
      stopwatch.stop();
      await inChunks(
        stopwatch,
        count,
        1000,
        (first, size) => ({
          ids: Uint32Array.from({ length: size }, (_, i) => first + i),
          vectors: views(base, dim, first, size),
        }),
        async (batch) => {
          await client.upsert(COLLECTION, { wait: true, batch });
        },
      );
      stopwatch.start();
      await client.waitForIndex(COLLECTION);
      stopwatch.stop();
    },
    setEf(ef) {
      params = { hnsw_ef: ef, exact: false };
    },
    search: (query) => client.query(COLLECTION, { query: points[query] as Float32Array, limit: k, params }),
    rows: (answer) => answer.points.map(({ id }) => Number(id)),
    reportedBytes: () => client.info().memory.total,
    close: () => client.close(),
  };
}
