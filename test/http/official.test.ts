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
import { tourSnapshots } from "../client/tour/snapshots.ts";
import { tourVectors } from "../client/tour/vectors.ts";
import { complaints } from "./description.ts";

let engine: NearvecClient;
let server: RunningServer;
let official: QdrantClient;
const realFetch = globalThis.fetch;
const problems: string[] = [];
let responses = 0;
/** The methods whose call was answered, and those whose call was refused. */
const answered = new Set<string>();
const refused = new Set<string>();

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
        if (!(answer instanceof Promise)) return answer;
        const note = (outcome: Set<string>) => void outcome.add(name);
        answer.then(
          () => note(answered),
          () => note(refused),
        );
        return answer.catch(inServersWords);
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
tourSnapshots(client);

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

  test("quotas, of which none is enforced", async () => {
    expect(await official.getQuotas()).toEqual({ config: { enabled: false }, usage: {} });
    expect(await official.updateQuotas({})).toBe(true);
    await expect(official.updateQuotas({ enabled: true })).rejects.toThrow("enforces no quotas");
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
  // As written there, but for the port, and for the names that keep what the calls answer.
  const client = new QdrantClient({ host: "localhost", port: Number(new URL(server.url).port) });

  const first = client.upsert("{collection_name}", {
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
  const second = client.upsert("{collection_name}", {
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
  expect(await Promise.all([first, second])).toMatchObject([
    { status: "completed" },
    { status: "completed" },
  ]);
  const { points } = await official.scroll(name);
  expect(points).toEqual([
    { id: 1, payload: { color: "red" } },
    { id: "5c56c793-69f3-4fbf-87e6-c4bf54c28c26", payload: { color: "red" } },
  ]);
});

/** What no call of the tour was answered to, and why: all of it is refused. */
const WITHOUT_ANSWER: Readonly<Record<string, string>> = {
  updateCollectionCluster: "only a cluster can",
  createShardKey: "only a cluster can",
  deleteShardKey: "only a cluster can",
  clusterTelemetry: "only a cluster can",
  searchMatrixPairs: "for a release with the whole query API",
  searchMatrixOffsets: "for a release with the whole query API",
};

const LATER: Readonly<Record<string, () => Promise<unknown>>> = {
  searchMatrixPairs: () => official.searchMatrixPairs("cities", { sample: 10, limit: 2 }),
  searchMatrixOffsets: () => official.searchMatrixOffsets("cities", { sample: 10, limit: 2 }),
};

test.each(Object.keys(LATER))("%s is refused as not there yet", async (name) => {
  await expect(LATER[name]?.()).rejects.toThrow("is not supported yet");
});

test("the tour called every method of the client: all are answered, but for those with a reason", () => {
  const methods = Object.getOwnPropertyNames(QdrantClient.prototype);
  const calls = methods.filter((name) => name !== "constructor" && name !== "api");
  expect(calls.filter((name) => !answered.has(name)).sort()).toEqual(Object.keys(WITHOUT_ANSWER).sort());
  for (const name of Object.keys(WITHOUT_ANSWER)) expect(refused).toContain(name);
});

test("every response was as described", () => {
  expect(responses).toBeGreaterThan(150);
  expect(problems).toEqual([]);
});
