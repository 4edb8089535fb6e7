/** Routes about the server itself. */

import { prometheusText } from "../metrics.ts";
import { type Call, type Route, Whole } from "../route.ts";

/** Clients look for this title before they go on. */
const TITLE = "qdrant - vector search engine";

const FEATURES = {
  debug: false,
  gpu: false,
  recovery_mode: false,
  rocksdb: false,
  service_debug_feature: false,
  staging: false,
};

const text = (content: string) => () => new Whole(content, "text/plain; charset=utf-8");

export const SERVICE: readonly Route[] = [
  { verb: "GET", path: "/", access: "read", answer: root },
  { verb: "GET", path: "/healthz", access: "open", answer: text("healthz check passed") },
  { verb: "GET", path: "/livez", access: "open", answer: text("healthz check passed") },
  { verb: "GET", path: "/readyz", access: "open", answer: ready },
  { verb: "GET", path: "/telemetry", access: "read", answer: telemetry },
  { verb: "GET", path: "/metrics", access: "read", answer: metrics },
  // Advice about missing indexes, of which there is none: nothing is collected.
  { verb: "GET", path: "/issues", access: "read", answer: () => ({ issues: [] }) },
  { verb: "DELETE", path: "/issues", access: "write", answer: () => true },
];

async function root({ client }: Call): Promise<Whole> {
  const { version } = await client.versionInfo();
  return new Whole({ title: TITLE, version });
}

async function ready({ client }: Call): Promise<Whole> {
  // Throws once the client is closed.
  await client.versionInfo();
  return new Whole("all shards are ready", "text/plain; charset=utf-8");
}

async function telemetry({ client, metrics }: Call): Promise<object> {
  const { title, version } = await client.versionInfo();
  return {
    id: metrics.id,
    app: { name: title, version, features: FEATURES, startup: metrics.startup.toISOString() },
    collections: { number_of_collections: client.info().collections },
    cluster: { enabled: false },
    requests: { rest: { responses: metrics.responses() }, grpc: { responses: {} } },
  };
}

async function metrics({ client, metrics: answers }: Call): Promise<Whole> {
  const { title, version } = await client.versionInfo();
  const { collections } = await client.getCollections();
  const counts = await Promise.all(
    collections.map(async ({ name }) => ({ name, ...(await client.getCollection(name)) })),
  );
  const { memory } = client.info();
  const gauge = (name: string, help: string, value: number) =>
    ({ name, help, type: "gauge", samples: [{ value }] }) as const;
  const perCollection = (name: string, help: string, value: (each: (typeof counts)[number]) => number) =>
    ({
      name,
      help,
      type: "gauge",
      samples: counts.map((each) => ({ labels: { id: each.name }, value: value(each) })),
    }) as const;
  const content = prometheusText([
    {
      name: "app_info",
      help: "information about the server",
      type: "gauge",
      samples: [{ labels: { name: title, version }, value: 1 }],
    },
    gauge("app_status_recovery_mode", "is running in recovery mode", 0),
    gauge("collections_total", "number of collections", counts.length),
    perCollection("collection_points", "number of points per collection", (each) => each.points_count ?? 0),
    perCollection(
      "collection_indexed_vectors",
      "number of vectors in the graph per collection",
      (each) => each.indexed_vectors_count ?? 0,
    ),
    gauge("cluster_enabled", "is cluster support enabled", 0),
    gauge("memory_engine_bytes", "bytes that collections take", memory.total),
    ...answers.families(),
  ]);
  return new Whole(content, "text/plain; charset=utf-8");
}
