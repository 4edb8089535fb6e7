/** Making, listing, reading and deleting snapshots. Loaded on demand, by snapshot-methods.ts. */

import type { Collection } from "../collection/collection.ts";
import { journalledOf } from "../collection/persistence/journalled-collection.ts";
import { sha256 } from "../journal/sha256.ts";
import { writeSnapshot } from "../journal/snapshot-file.ts";
import type { ReadableFile, Storage } from "../storage/storage.ts";
import { noCollection } from "./aliases.ts";
import type { Collections } from "./collections.ts";
import {
  CHECKSUM,
  folderOf,
  noSnapshot,
  ownName,
  pathOf,
  snapshotsIn,
  storageOf,
  withNewPath,
} from "./snapshot-places.ts";
import type { SnapshotFile } from "./snapshot-types.ts";
import { turnsOf } from "./turns.ts";
import type { SnapshotDescription } from "./types.ts";

/** Bytes that are read at once. */
const PART = 1 << 20;

/** @param name of a collection or an alias; undefined: of all collections, with the aliases */
export async function createSnapshot(
  collections: Collections,
  name: string | undefined,
): Promise<SnapshotDescription> {
  const storage = await storageOf(collections);
  const found = new Map(name === undefined ? collections.entries() : [collections.find(name)]);
  const aliases = name === undefined ? collections.aliases.entries() : [];
  const [only] = name === undefined ? [] : found.keys();
  return withNewPath(storage, only, async (path) => {
    try {
      await write(storage, path, collections, found, aliases);
      return describe(storage, path, await sizeOf(storage, path));
    } catch (error) {
      await storage.remove(path).catch(() => undefined); // half a snapshot is none
      throw error;
    }
  });
}

async function write(
  storage: Storage,
  path: string,
  { surroundings }: Collections,
  found: ReadonlyMap<string, Collection>,
  aliases: [alias: string, collection: string][],
): Promise<void> {
  const turn = turnsOf(surroundings);
  const wanted = new Map(Array.from(found, ([name, collection]) => [name, journalledOf(collection)]));
  const file = await storage.create(path);
  try {
    await writeSnapshot(file, wanted, aliases, turn);
  } finally {
    await file.close();
    // Whatever came of it: what has been closed has nothing that could be written.
    for (const { slicing } of found.values()) {
      const reason = slicing.closed();
      // biome-ignore lint/correctness/noUnsafeFinally: it is why the writing failed, if it did
      if (reason !== undefined) throw reason;
    }
  }
  const reader = (await storage.open(path)) as ReadableFile;
  const digest = await sha256(reader).finally(() => reader.close());
  const checksum = await storage.create(path + CHECKSUM);
  try {
    checksum.append(new TextEncoder().encode(digest));
    await checksum.sync();
  } finally {
    await checksum.close();
  }
}

async function sizeOf(storage: Storage, path: string): Promise<number> {
  const file = await storage.open(path);
  await file?.close();
  return file?.size ?? 0;
}

/** @throws {NearvecError} `COLLECTION_NOT_FOUND` for one that isn't there and left no snapshots */
export async function listSnapshots(
  collections: Collections,
  name: string | undefined,
): Promise<SnapshotDescription[]> {
  const storage = await storageOf(collections);
  const folder = folderOf(name === undefined ? undefined : ownName(collections, name));
  const snapshots = await snapshotsIn(storage, folder);
  if (name !== undefined && snapshots.size === 0 && !collections.has(name)) throw noCollection(name);
  return Promise.all(Array.from(snapshots, ([each, size]) => describe(storage, `${folder}/${each}`, size)));
}

/** @throws {NearvecError} `SNAPSHOT_NOT_FOUND` */
export async function deleteSnapshot(
  collections: Collections,
  name: string | undefined,
  snapshot: unknown,
): Promise<true> {
  const storage = await storageOf(collections);
  const path = await pathOf(collections, storage, name, snapshot, false);
  // Without it nobody takes what is left for whole.
  await storage.remove(path + CHECKSUM);
  await storage.remove(path);
  return true;
}

/** @throws {NearvecError} `SNAPSHOT_NOT_FOUND` */
export async function downloadSnapshot(
  collections: Collections,
  name: string | undefined,
  snapshot: unknown,
): Promise<SnapshotFile> {
  const storage = await storageOf(collections);
  const path = await pathOf(collections, storage, name, snapshot, true);
  const open = async () => {
    const file = await storage.open(path);
    if (file === undefined) throw noSnapshot(String(snapshot));
    return file;
  };
  const read = async (from: number, length: number) => {
    const file = await open();
    return file.read(from, length).finally(() => file.close());
  };
  const size = await sizeOf(storage, path);
  const { name: own, checksum } = await describe(storage, path, size);
  return { name: own, size, checksum, read, bytes: () => read(0, size), stream: () => streamOf(open) };
}

function streamOf(open: () => Promise<ReadableFile>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let file: ReadableFile | undefined;
  let at = 0;
  const close = async () => {
    await file?.close();
    file = undefined;
  };
  return new ReadableStream(
    {
      async pull(controller) {
        file ??= await open();
        const length = Math.min(PART, file.size - at);
        try {
          controller.enqueue(await file.read(at, length));
        } catch (error) {
          await close();
          throw error;
        }
        at += length;
        if (at < file.size) return;
        controller.close();
        await close();
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}

async function describe(storage: Storage, path: string, size: number): Promise<SnapshotDescription> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const file = await storage.open(path + CHECKSUM);
  const checksum = file && new TextDecoder().decode(await file.read(0, file.size));
  await file?.close();
  const [, day, time] = /(\d{4}-\d\d-\d\d)-(\d\d-\d\d-\d\d)(?:\.\d+)?\.snapshot$/.exec(name) ?? [];
  const creation_time = day === undefined ? null : `${day}T${time?.replaceAll("-", ":")}`;
  return { name, creation_time, size, ...(checksum && { checksum }) };
}
