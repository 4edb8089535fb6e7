/**
 * What is measured in a process of its own. `recover FOLDER`: from nothing to the first answer. `fill FOLDER COUNT BATCH`:
 * stores words, and dies without an end, so that the log has them and no checkpoint.
 */

import { open } from "../../../src/client/open.ts";
import { loadWords } from "../../data/words.mjs";
import { batchOf, COLLECTION, LONG_LOG, PLAIN } from "./stores.ts";

export interface Recovered {
  /** Milliseconds of `open`, and of the first query. */
  readonly opening: number;
  readonly query: number;
  /** Milliseconds of CPU for both. */
  readonly cpu: number;
  readonly points: number;
  readonly indexed: number;
  /** Records of the log. */
  readonly replayed: number;
}

async function recover(path: string): Promise<Recovered> {
  const { ranks, vectors, dim } = loadWords({ count: 1000 });
  const query = vectors.subarray(500 * dim, 501 * dim);
  const usage = process.cpuUsage();
  const began = performance.now();
  const client = await open({ path, readOnly: process.argv[4] === "readOnly" });
  const opened = performance.now();
  const { points } = await client.query(COLLECTION, { query, limit: 10, with_payload: true });
  const answered = performance.now();
  const { user, system } = process.cpuUsage(usage);
  if (points[0]?.id !== ranks[500]) throw new Error(`a wrong answer: ${JSON.stringify(points[0])}`);
  const { points_count, indexed_vectors_count } = await client.getCollection(COLLECTION);
  return {
    opening: opened - began,
    query: answered - opened,
    cpu: (user + system) / 1000,
    points: points_count ?? 0,
    indexed: indexed_vectors_count ?? 0,
    replayed: client.info().store?.recovered[COLLECTION]?.replayed ?? 0,
  };
}

async function fill(path: string, count: number, batch: number): Promise<void> {
  const words = loadWords({ count });
  const client = await open({ path, sync: "never" });
  await client.createCollection(COLLECTION, {
    vectors: { size: words.dim, distance: "Cosine" },
    ...PLAIN,
    ...LONG_LOG,
  });
  for (let from = 0; from < count; from += batch)
    await client.upsert(COLLECTION, { batch: batchOf(words, from, Math.min(from + batch, count)) });
}

const [role, folder = "", ...numbers] = process.argv.slice(2);
if (role === "recover") {
  console.log(JSON.stringify(await recover(folder)));
  process.exit();
}
const [count = 0, batch = 0] = numbers.map(Number);
await fill(folder, count, batch);
process.kill(process.pid, "SIGKILL");
