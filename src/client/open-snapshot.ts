/** Opens a snapshot's bytes, to be read. Loaded by `open({ snapshot })`. */

import { invalidArgument, NearvecError } from "../errors.ts";
import { openBytes } from "../storage/bytes.ts";
import { MemoryDisk, openMemory } from "../storage/memory.ts";
import type { Storage } from "../storage/storage.ts";
import type { Collections } from "./collections.ts";
import type { StoreInfo } from "./engine-info.ts";
import type { Keeping } from "./keeper.ts";
import type { OpenOptions } from "./options.ts";
import { readOnly, readOnlyLog } from "./read-only.ts";
import { restoreSnapshot } from "./restore-snapshot.ts";
import { randomAccess } from "./snapshot-bytes.ts";

const PLACE = "the given snapshot";

/** @throws {NearvecError} `INVALID_ARGUMENT`, `DAMAGED`, `OUT_OF_MEMORY`: nothing is open then */
export async function openSnapshot(collections: Collections, options: OpenOptions): Promise<void> {
  if (options.path !== undefined) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what: "open's options",
      got: "path and snapshot",
      expected: "one of them",
      todo: "Open the path, and recover the snapshot there with uploadSnapshot or uploadFullSnapshot.",
    });
  }
  const bytes = randomAccess(options.snapshot);
  if (bytes === undefined) {
    const expected = "a Uint8Array, an ArrayBuffer, or { size, read(from, length) }";
    throw invalidArgument("snapshot", options.snapshot, expected);
  }
  const { content, restored } = await restoreSnapshot(collections, openBytes(bytes, PLACE), PLACE);
  for (const [name, collection] of restored) {
    collection.log = readOnlyLog(PLACE);
    collections.adopt(name, collection);
    collection.wake();
  }
  for (const [alias, collection] of content.aliases) collections.aliases.set(alias, collection);
  collections.keeper = new SnapshotKeeper(await openMemory(new MemoryDisk(), { readOnly: true }));
}

/** Has what the snapshot had, and refuses changes. */
class SnapshotKeeper implements Keeping {
  /** Empty. */
  readonly storage: Storage;

  constructor(storage: Storage) {
    this.storage = storage;
  }

  get info(): StoreInfo {
    return { kind: "bytes", path: PLACE, readOnly: true, sync: "never", recovered: {} };
  }

  async create(): Promise<never> {
    throw readOnly(PLACE);
  }

  async replace(): Promise<never> {
    throw readOnly(PLACE);
  }

  async delete(): Promise<never> {
    throw readOnly(PLACE);
  }

  async changeAliases(): Promise<never> {
    throw readOnly(PLACE);
  }

  close(): Promise<void> {
    return this.storage.close();
  }
}
