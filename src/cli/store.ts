/** The folder in which a server keeps its data: opening it, saying what was found there, and closing it in time. */

import type { NearvecClient } from "../client/client.ts";
import type { StoreInfo } from "../client/engine-info.ts";
import { open } from "../client/open.ts";
import type { OpenOptions } from "../client/options.ts";
import { UsageError } from "./arguments.ts";

type Sync = NonNullable<OpenOptions["sync"]>;

const SYNCS: readonly string[] = ["always", "interval", "never"] satisfies readonly Sync[];

/** @throws {UsageError} */
export function storeArguments(path: string | undefined, sync: string | undefined): OpenOptions {
  if (path === undefined) {
    if (sync === undefined) return {};
    throw new UsageError("--sync is about data that is kept: say where, by --path");
  }
  if (path === "") throw new UsageError("--path is empty; it should name a folder");
  if (sync === undefined) return { path };
  if (SYNCS.includes(sync)) return { path, sync: sync as Sync };
  throw new UsageError(`--sync: got ${JSON.stringify(sync)}, expected one of ${SYNCS.join(", ")}`);
}

/** Opens it, and says what had to be recovered. @throws {NearvecError} `LOCKED`, `DAMAGED`, and those of the storage */
export async function openStore(options: OpenOptions): Promise<NearvecClient> {
  const client = await open(options);
  const { store } = client.info();
  if (store !== undefined) for (const line of recoveries(store)) console.log(line);
  return client;
}

/** Where data is. @param took milliseconds that opening it took */
export function whereabouts(client: NearvecClient, took: number): string {
  const { store, collections } = client.info();
  if (store === undefined) return "Data is in memory only: it is gone when this process ends.";
  const found = collections === 1 ? "1 collection" : `${collections} collections`;
  return `Data is kept in ${store.path} (sync: ${store.sync}; ${found}, opened in ${(took / 1000).toFixed(2)} s).`;
}

function recoveries({ recovered }: StoreInfo): string[] {
  return Object.entries(recovered).flatMap(([name, { replayed, torn }]) => {
    const collection = JSON.stringify(name);
    const lines: string[] = [];
    if (replayed > 0) lines.push(`Recovered ${collection}: ${replayed} changes that only its log had.`);
    if (torn !== undefined) {
      const { bytes, file, at } = torn;
      lines.push(
        `Recovered ${collection}: a crash cut its log off. The last ${bytes} bytes of ${file}, from byte ${at} on, ` +
          "are no whole change, and were left out: no answer had promised that they are on the disk.",
      );
    }
    return lines;
  });
}

/**
 * Closes a client, whose last checkpoints may take longer than whoever stops processes waits. What they don't get to hold by
 * then is in the log, where every answered write is: the next start reads it from there. Answers whether it was closed.
 */
export async function closeWithin(client: NearvecClient, milliseconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([client.close().then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
