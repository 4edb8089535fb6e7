/** Storing points: how many a second, and how many bytes each takes, by the engine's own account. */

import { parseArgs } from "node:util";
import { type NearvecClient, open } from "../../dist/index.js";
import { type Dataset, loadDataset } from "./data/datasets.ts";
import { GRAPH } from "./peers/protocol.ts";
import { views } from "./peers/rows.ts";
import { ReportFiles } from "./report/files.ts";
import { machineLine } from "./report/machine.ts";
import { figure, table } from "./report/markdown.ts";

const { values: flags } = parseArgs({ options: { count: { type: "string", default: "100000" } } });
const COUNT = Number(flags.count);
const BATCH = 1000;
const COLLECTION = "ingest";

/**
 * Links of a point by the book: 2m on level 0, and m for each of the m / (m − 1) − 1 upper levels that it has
 * on average.
 */
const LINK_BYTES = 4 * (2 * GRAPH.m + GRAPH.m / (GRAPH.m - 1));

type Shape = "batch of Float32Array" | "points of number[]";

interface IngestFigures {
  readonly data: string;
  readonly shape: Shape;
  /** Falls to the speed of indexing once writers have outrun it. */
  readonly storedPerSecond: number;
  /** From the first point on. */
  readonly indexedSeconds: number;
  readonly bytesPerPoint: number;
  readonly allowedPerPoint: number;
  /** What `estimate` foretold, against what `info` says. */
  readonly estimateRatio: number;
}

async function store(
  client: NearvecClient,
  shape: Shape,
  first: number,
  vectors: Float32Array[],
): Promise<number> {
  const request =
    shape === "batch of Float32Array"
      ? { batch: { ids: Uint32Array.from(vectors, (_, i) => first + i), vectors } }
      : { points: vectors.map((vector, i) => ({ id: first + i, vector: Array.from(vector) })) };
  const started = performance.now();
  await client.upsert(COLLECTION, { wait: true, ...request });
  return performance.now() - started;
}

async function measure({ id, dim, base, count, metric }: Dataset, shape: Shape): Promise<IngestFigures> {
  const client = await open();
  const config = {
    vectors: { size: dim, distance: metric === "cosine" ? "Cosine" : "Euclid" },
    hnsw_config: { m: GRAPH.m, ef_construct: GRAPH.efConstruction },
  } as const;
  await client.createCollection(COLLECTION, config);
  const empty = client.info().memory.total;
  let storing = 0;
  for (let first = 0; first < COUNT; first += BATCH) {
    const size = Math.min(BATCH, COUNT - first);
    const vectors = Array.from({ length: size }, (_, i) => views(base, dim, (first + i) % count, 1)).flat();
    storing += await store(client, shape, first, vectors);
  }
  const waited = performance.now();
  await client.waitForIndex(COLLECTION);
  const indexedSeconds = (storing + performance.now() - waited) / 1000;
  const added = client.info().memory.total - empty;
  const estimate = client.estimate({ ...config, count: COUNT });
  await client.close();
  return {
    data: id,
    shape,
    storedPerSecond: COUNT / (storing / 1000),
    indexedSeconds,
    bytesPerPoint: added / COUNT,
    allowedPerPoint: 1.15 * (4 * dim + LINK_BYTES) + 64,
    estimateRatio: estimate.total / (added + empty),
  };
}

const files = new ReportFiles("ingest");
const words = loadDataset({ name: "words", count: COUNT });
const images = loadDataset({ name: "images", count: Math.min(COUNT, 60_000) });
const results = [
  await measure(words, "batch of Float32Array"),
  await measure(words, "points of number[]"),
  await measure(images, "batch of Float32Array"),
];
const text = [
  `${COUNT.toLocaleString("en")} points without payload, m = ${GRAPH.m}, ef_construct = ${GRAPH.efConstruction}`,
  "",
  table(
    ["", "stored a second", "s until all is indexed", "bytes a point", "at most", "estimate / truth"],
    results.map((row) => [
      `${row.data}, ${row.shape}`,
      figure(row.storedPerSecond),
      figure(row.indexedSeconds, 1),
      figure(row.bytesPerPoint),
      figure(row.allowedPerPoint),
      figure(row.estimateRatio, 3),
    ]),
  ),
  "",
  `${machineLine(files.machine)}; "at most" is 1.15 × (4·d + links) + 64`,
].join("\n");
console.log(`${text}\n\n${files.writeResults(results)}`);
files.write("md", `${text}\n`);
