/**
 * The tour that the official client takes in process, over a socket: `@qdrant/js-client-rest` as it is published, and every
 * response held against the API description.
 */
import { QdrantClient } from "@qdrant/js-client-rest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningServer, startServer } from "../../src/cli/server.ts";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { tourCollections } from "../client/tour/collections.ts";
import { tourFields } from "../client/tour/fields.ts";
import { tourPoints } from "../client/tour/points.ts";
import { tourSearches } from "../client/tour/searches.ts";
import { tourVectors } from "../client/tour/vectors.ts";
import { complaints } from "./description.ts";

let engine: NearvecClient;
let server: RunningServer;
let official: QdrantClient;
const realFetch = globalThis.fetch;
const problems: string[] = [];
let responses = 0;

/** As fetch, with a look at each response. */
async function watchedFetch(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
  const response = await realFetch(input, init);
  const text = await response.clone().text();
  const type = response.headers.get("content-type") ?? "";
  problems.push(...complaints(init?.method ?? "GET", String(input), response.status, type, text));
  responses++;
  return response;
}

/** The official client's errors say "Not Found"; what the server said is in them. */
function inServersWords(error: unknown): never {
  const { data } = error as { data?: { status?: { error?: string } } };
  throw data?.status?.error === undefined ? error : new Error(data.status.error, { cause: error });
}

beforeAll(async () => {
  engine = await open();
  server = await startServer(engine, { host: "127.0.0.1", port: 0 });
  globalThis.fetch = watchedFetch;
  const client = new QdrantClient({ url: server.url });
  official = new Proxy(client, {
    get(target, name: keyof QdrantClient) {
      const member = target[name];
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const answer = Reflect.apply(member as (...args: unknown[]) => unknown, target, args);
        return answer instanceof Promise ? answer.catch(inServersWords) : answer;
      };
    },
  });
});
afterAll(async () => {
  globalThis.fetch = realFetch;
  await server.close();
  await engine.close();
});

const client = () => official;
tourCollections(client);
tourPoints(client);
tourSearches(client);
tourFields(client);
tourVectors(client);

describe("what only servers have", () => {
  test("a version that the client takes for a server's", async () => {
    expect(await official.versionInfo()).toMatchObject({ title: "qdrant - vector search engine" });
  });

  test("shards, of which there is one", async () => {
    expect(await official.collectionClusterInfo("cities")).toMatchObject({ shard_count: 1 });
    expect(await official.listShardKeys("cities")).toEqual({ shard_keys: [] });
    await expect(official.createShardKey("cities", { shard_key: "eu" })).rejects.toThrow("standalone mode");
    await expect(official.deleteShardKey("cities", { shard_key: "eu" })).rejects.toThrow("standalone mode");
    const operation = { drop_replica: { shard_id: 0, peer_id: 1 } };
    await expect(official.updateCollectionCluster("cities", operation)).rejects.toThrow("standalone mode");
    await expect(official.clusterTelemetry()).rejects.toThrow("standalone mode");
  });

  test("optimizations", async () => {
    expect(await official.getOptimizations("cities")).toMatchObject({ running: [] });
  });

  test("ids beyond what numbers hold", async () => {
    await official.recreateCollection("exact", { vectors: { size: 1, distance: "Dot" } });
    const id = 424242424242424242n as unknown as number;
    await official.upsert("exact", { points: [{ id, vector: [1], payload: { big: 2n ** 63n } }] });
    expect(await official.retrieve("exact", { ids: [id] })).toEqual([{ id, payload: { big: 2n ** 63n } }]);
  });
});

test("what the documents write is stored, awaited or not", async () => {
  const name = "{collection_name}";
  await official.createCollection(name, { vectors: { size: 3, distance: "Cosine" } });
  // As written there.
  const first = official.upsert("{collection_name}", {
    points: [
      {
        id: "5c56c793-69f3-4fbf-87e6-c4bf54c28c26",
        payload: {
          color: "red",
        },
        vector: [0.9, 0.1, 0.1],
      },
    ],
  });
  const second = official.upsert("{collection_name}", {
    points: [
      {
        id: 1,
        payload: {
          color: "red",
        },
        vector: [0.9, 0.1, 0.1],
      },
    ],
  });
  await Promise.all([first, second]);
  const { points } = await official.scroll(name);
  expect(points).toEqual([
    { id: 1, payload: { color: "red" } },
    { id: "5c56c793-69f3-4fbf-87e6-c4bf54c28c26", payload: { color: "red" } },
  ]);
});

test("every response was as described", () => {
  expect(responses).toBeGreaterThan(150);
  expect(problems).toEqual([]);
});
