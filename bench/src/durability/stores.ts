/** Clients on storages of the benchmark's choice, and the words that they keep. */

import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { NearvecClient } from "../../../src/client/client.ts";
import { Collections } from "../../../src/client/collections.ts";
import type { Keeper } from "../../../src/client/keeper.ts";
import { openOn } from "../../../src/client/open-store.ts";
import { runtimeSurroundings } from "../../../src/collection/surroundings.ts";
import { loadCore } from "../../../src/core/load.ts";
import { openFiles } from "../../../src/storage/files.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import { cacheFolder } from "../../data/cache.mjs";
import { loadWords } from "../../data/words.mjs";

export const COLLECTION = "words";
export type Sync = "always" | "interval" | "never";

export interface Store {
  readonly client: NearvecClient;
  readonly keeper: Keeper;
  readonly collections: Collections;
}

export async function storeOn(storage: Storage, sync: Sync = "always"): Promise<Store> {
  const collections = new Collections(await loadCore(), runtimeSurroundings());
  await openOn(storage, collections, { sync });
  return { client: new NearvecClient(collections), keeper: collections.keeper as Keeper, collections };
}

/** A folder on the disk of this checkout, which the caller removes: temporary folders may be in memory. */
export function newFolder(): string {
  return mkdtempSync(join(cacheFolder, "durability-"));
}

export type Words = ReturnType<typeof loadWords>;

/** So that nothing but what is measured writes a checkpoint. */
export const UNDISTURBED = { optimizers_config: { flush_interval_sec: 1_000_000 } } as const;
/** Also without a graph. */
export const PLAIN = {
  optimizers_config: { ...UNDISTURBED.optimizers_config, indexing_threshold: 0 },
} as const;
/** A log of any length. */
export const LONG_LOG = { wal_config: { wal_capacity_mb: 100_000 } } as const;

export function batchOf({ words, vectors, ranks, dim }: Words, from: number, to: number) {
  return {
    ids: ranks.subarray(from, to),
    vectors: vectors.subarray(from * dim, to * dim),
    payloads: words.slice(from, to).map((word, i) => ({ word, rank: ranks[from + i], length: word.length })),
  };
}

/** A copy of a store that has words with payloads and a graph, and a full checkpoint of them. Made once, and kept. */
export async function indexedStore(count: number): Promise<string> {
  const kept = join(cacheFolder, `durability-${count}`);
  if (!existsSync(kept)) {
    console.error(`storing and indexing ${count.toLocaleString("en")} words, once`);
    const folder = newFolder();
    const { client } = await storeOn(await openFiles(folder), "never");
    const words = loadWords({ count });
    await client.createCollection(COLLECTION, {
      vectors: { size: words.dim, distance: "Cosine" },
      hnsw_config: { m: 16, ef_construct: 200 },
      ...UNDISTURBED,
      ...LONG_LOG,
    });
    for (let from = 0; from < count; from += 1000)
      await client.upsert(COLLECTION, { batch: batchOf(words, from, Math.min(from + 1000, count)) });
    await client.waitForIndex(COLLECTION);
    await client.close();
    renameSync(folder, kept);
  }
  const copy = newFolder();
  rmSync(copy, { recursive: true });
  cpSync(kept, copy, { recursive: true, filter: (path) => !path.endsWith("/lock") });
  return copy;
}
