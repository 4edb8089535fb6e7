/** What is left for later is refused as a whole, whatever it is asked for: nothing is ever answered by a guess. */

import type { QdrantClient, Schemas } from "@qdrant/js-client-rest";
import { beforeEach, describe, expect, test } from "vitest";
import { build, type Driver, QUERY } from "./cities.ts";

const QUERIES: Record<string, Schemas["QueryRequest"]> = {
  recommend: { query: { recommend: { positive: [1, 2], negative: [3], strategy: "best_score" } } },
  discover: { query: { discover: { target: 1, context: [{ positive: 2, negative: 3 }] } } },
  context: { query: { context: [{ positive: 2, negative: 3 }] } },
  prefetch: { prefetch: [{ query: QUERY, limit: 5 }], query: 1 },
  fusion: { prefetch: [{ query: QUERY }, { query: 1 }], query: { fusion: "rrf" } },
  rrf: { prefetch: [{ query: QUERY }, { query: 1 }], query: { rrf: { k: 60 } } },
  formula: {
    prefetch: { query: QUERY },
    query: { formula: { sum: ["$score", { mult: [2, { key: "city", match: { value: "London" } }] }] } },
  },
  sample: { query: { sample: "random" } },
  mmr: { query: { nearest: QUERY, mmr: { diversity: 0.5, candidates_limit: 10 } } },
  document: { query: { text: "a big city", model: "qdrant/bm25" } },
};

const CALLS: Record<string, (client: QdrantClient) => Promise<unknown>> = {
  searchMatrixPairs: (client) => client.searchMatrixPairs("cities", { sample: 10, limit: 2 }),
  searchMatrixOffsets: (client) => client.searchMatrixOffsets("cities", { sample: 10, limit: 2 }),
  createShardKey: (client) => client.createShardKey("cities", { shard_key: "eu" }),
  deleteShardKey: (client) => client.deleteShardKey("cities", { shard_key: "eu" }),
  listShardKeys: (client) => client.listShardKeys("cities"),
  collectionClusterInfo: (client) => client.collectionClusterInfo("cities"),
  updateCollectionCluster: (client) =>
    client.updateCollectionCluster("cities", { drop_replica: { shard_id: 0, peer_id: 1 } }),
  clusterTelemetry: (client) => client.clusterTelemetry({ details_level: 1 }),
  getOptimizations: (client) => client.getOptimizations("cities"),
  getQuotas: (client) => client.getQuotas(),
  updateQuotas: (client) => client.updateQuotas({}),
};

export function tourLater(client: Driver): void {
  describe("refused as not supported yet", () => {
    beforeEach(() => build(client()));

    test.each(Object.keys(QUERIES))("a query with %s", async (name) => {
      const query = QUERIES[name] as Schemas["QueryRequest"];
      await expect(client().query("cities", query)).rejects.toMatchObject({ code: "NOT_SUPPORTED" });
      const searches = [query];
      await expect(client().queryBatch("cities", { searches })).rejects.toMatchObject({
        code: "NOT_SUPPORTED",
      });
    });

    test.each(Object.keys(CALLS))("%s", async (name) => {
      await expect(CALLS[name]?.(client())).rejects.toMatchObject({ code: "NOT_SUPPORTED" });
    });
  });
}
