/** Where `open({ path })` keeps its data in this runtime. */

import { openFiles } from "../storage/files.ts";
import type { Storage } from "../storage/storage.ts";
import type { Collections } from "./collections.ts";
import { Keeper } from "./keeper.ts";
import type { OpenOptions } from "./options.ts";

/** @throws {NearvecError} of the storage, `DAMAGED`, `OUT_OF_MEMORY`: nothing is open then */
export async function openStore(collections: Collections, options: OpenOptions): Promise<void> {
  const { path = "", readOnly = false } = options;
  await openOn(await openFiles(path, { readOnly }), collections, options);
}

/** @internal For tests of other storages, too. */
export async function openOn(
  storage: Storage,
  collections: Collections,
  { sync = "always" }: Pick<OpenOptions, "sync">,
): Promise<void> {
  try {
    await Keeper.open(collections, storage, { sync });
  } catch (error) {
    await collections.close();
    await storage.close();
    throw error;
  }
}
