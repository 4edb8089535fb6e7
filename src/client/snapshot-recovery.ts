/** Putting what a snapshot holds in the place of what is there. Loaded on demand, by snapshot-methods.ts. */

import type { Collection } from "../collection/collection.ts";
import { invalidArgument, NearvecError } from "../errors.ts";
import { sha256 } from "../journal/sha256.ts";
import type { SnapshotContent } from "../journal/snapshot-file.ts";
import { openBytes } from "../storage/bytes.ts";
import { readOnlyFailure } from "../storage/failures.ts";
import type { ReadableFile, Storage } from "../storage/storage.ts";
import type { Collections } from "./collections.ts";
import { restoreSnapshot } from "./restore-snapshot.ts";
import { retire } from "./retiring.ts";
import { openLocation, ownName, storageOf, UPLOADS } from "./snapshot-places.ts";

/** What bytes come as. @see SnapshotBytes */
type Source =
  | Parameters<typeof openBytes>[0]
  | { readonly stream: ReadableStream<Uint8Array>; readonly size?: undefined };

/**
 * Recovers from a file that the store has.
 *
 * @param name undefined: all of the snapshot's collections
 * @throws {NearvecError} as {@link openLocation}, and those of `recover`
 */
export async function recoverFrom(
  collections: Collections,
  name: string | undefined,
  location: string,
  checksum: string | undefined,
): Promise<true> {
  await writableStorageOf(collections);
  const { file, path } = await openLocation(collections, name, location);
  return recover(collections, name, file, path, checksum).finally(() => file.close());
}

/** Recovers from bytes. What comes as a stream is received into the store first. */
export async function recoverFromBytes(
  collections: Collections,
  name: string | undefined,
  source: Source,
  checksum: string | undefined,
): Promise<true> {
  const storage = await writableStorageOf(collections);
  const path = "the given snapshot";
  if ("stream" in source && source.size === undefined) {
    return withReceived(storage, source.stream, (file) => recover(collections, name, file, path, checksum));
  }
  const file = openBytes(source as Parameters<typeof openBytes>[0], path);
  return recover(collections, name, file, path, checksum);
}

/** Before anything is read. */
async function writableStorageOf(collections: Collections): Promise<Storage> {
  const storage = await storageOf(collections);
  if (storage.readOnly) throw readOnlyFailure(storage.place);
  return storage;
}

/** Of each storage: how many uploads it has had, and the removal of those that a process left when it ended. */
const uploads = new WeakMap<Storage, { count: number; readonly cleared: Promise<void> }>();

async function withReceived<T>(
  storage: Storage,
  stream: ReadableStream<Uint8Array>,
  use: (file: ReadableFile) => Promise<T>,
): Promise<T> {
  const known = uploads.get(storage) ?? { count: 0, cleared: storage.remove(UPLOADS) };
  uploads.set(storage, known);
  const path = `${UPLOADS}/${++known.count}`;
  try {
    await known.cleared;
  } catch (error) {
    uploads.delete(storage); // the next one tries again
    throw error;
  }
  try {
    await receive(storage, path, stream);
    const file = (await storage.open(path)) as ReadableFile;
    return await use(file).finally(() => file.close());
  } finally {
    await storage.remove(path).catch(() => undefined); // it goes with the next process's first upload
  }
}

async function receive(storage: Storage, path: string, stream: ReadableStream<Uint8Array>): Promise<void> {
  const reader = stream.getReader();
  const file = await storage.create(path);
  try {
    for (;;) {
      const { value } = await reader.read();
      if (value === undefined) return;
      if (!ArrayBuffer.isView(value)) throw invalidArgument("the stream", value, "bytes: Uint8Arrays");
      file.append(value);
      await file.drained();
    }
  } catch (error) {
    await reader.cancel(error).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

/**
 * A snapshot of one collection may come back under any name; with no name, all of the snapshot's collections come back under
 * theirs, with their aliases. What has another name stays. It is one step: who reads sees what was, or what came.
 *
 * @param file closed by the caller
 * @param checksum SHA-256, if it is to be compared
 * @throws {NearvecError} `DAMAGED`, `INVALID_ARGUMENT`, `COLLECTION_EXISTS` where an alias has a collection's name,
 *   `OUT_OF_MEMORY`, and those of the storage: nothing changed
 */
async function recover(
  collections: Collections,
  name: string | undefined,
  file: ReadableFile,
  path: string,
  checksum: string | undefined,
): Promise<true> {
  if (checksum !== undefined) await compare(file, checksum);
  const { content, restored } = await restoreSnapshot(collections, file, path);
  try {
    if (name !== undefined && restored.size !== 1) throw notOne(content);
    collections.checkOpen();
  } catch (error) {
    closeAll(restored, "its recovery failed");
    throw error;
  }
  /** As names are when it is done. */
  const named = () => {
    const [first] = restored.values();
    if (name === undefined || first === undefined) {
      checkNames(collections, content);
      return { collections: restored, aliases: content.aliases };
    }
    return { collections: new Map([[ownName(collections, name), first]]), aliases: [] };
  };
  if (collections.keeper !== undefined) await collections.keeper.replace(restored, named);
  else replaceInMemory(collections, restored, named);
  return true;
}

async function compare(file: ReadableFile, checksum: string): Promise<void> {
  const got = await sha256(file);
  if (got === checksum.toLowerCase()) return;
  throw new NearvecError("INVALID_ARGUMENT", {
    what: "Snapshot checksum mismatch",
    got,
    expected: checksum,
    todo: "The bytes are not those that were meant.",
    subject: { rule: "checksum" },
  });
}

function notOne({ collections }: SnapshotContent): NearvecError {
  const names = collections.map((each) => JSON.stringify(each)).join(", ");
  return new NearvecError("INVALID_ARGUMENT", {
    what: "the snapshot",
    got: collections.length === 0 ? "one without collections" : `one of the collections ${names}`,
    expected: "one of a single collection",
    todo: "Recover it as a whole: recoverFullSnapshot, uploadFullSnapshot.",
    subject: { rule: "snapshot" },
  });
}

/** A name is a collection's or an alias, never both. */
function checkNames({ aliases }: Collections, content: SnapshotContent): void {
  const coming = new Set(content.collections);
  const isTaken = (alias: string) => coming.has(alias) || aliases.isCollection(alias);
  const wrong =
    content.collections.find((each) => aliases.get(each) !== undefined) ??
    content.aliases.find(([alias]) => isTaken(alias))?.[0];
  if (wrong === undefined) return;
  throw new NearvecError("COLLECTION_EXISTS", {
    what: `${JSON.stringify(wrong)} is a collection here and an alias in the snapshot, or the other way round`,
    subject: { collection: wrong },
    todo: "Delete the one that is here first.",
  });
}

function replaceInMemory(
  collections: Collections,
  restored: ReadonlyMap<string, Collection>,
  named: () => { collections: ReadonlyMap<string, Collection>; aliases: SnapshotContent["aliases"] },
): void {
  let coming: ReturnType<typeof named>;
  try {
    coming = named();
  } catch (error) {
    closeAll(restored, "its recovery failed");
    throw error;
  }
  const before = new Map(collections.entries());
  for (const [name, collection] of coming.collections) {
    const old = before.get(name);
    collections.adopt(name, collection);
    collection.wake();
    if (old !== undefined) retire(name, old, collections);
  }
  for (const [alias, collection] of coming.aliases) collections.aliases.set(alias, collection);
}

function closeAll(restored: ReadonlyMap<string, Collection>, why: string): void {
  for (const collection of restored.values()) collection.close(why);
}
