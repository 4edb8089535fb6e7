/**
 * Snapshots of collections and of all there is, kept beside the data: in the folder `snapshots` of the store, or, of a client in
 * memory, in memory. Loaded on demand.
 *
 * ```
 *   snapshots/full-snapshot-2026-11-21-18-05-33.snapshot            all collections
 *   snapshots/words/words-2026-11-21-18-05-33.snapshot              one
 *             words-2026-11-21-18-05-33.snapshot.checksum           its SHA-256
 * ```
 */

import type { Collection } from "../collection/collection.ts";
import { journalledOf } from "../collection/persistence/journalled-collection.ts";
import { RestoringCollection } from "../collection/persistence/restoring-collection.ts";
import { invalidArgument, NearvecError, notSupported } from "../errors.ts";
import { crc32 } from "../journal/crc.ts";
import type { Journalled } from "../journal/journalled.ts";
import { sha256 } from "../journal/sha256.ts";
import { readSnapshot, type SnapshotContent, writeSnapshot } from "../journal/snapshot-file.ts";
import { openMemory } from "../storage/memory.ts";
import type { ReadableFile, Storage } from "../storage/storage.ts";
import type { Collections } from "./collections.ts";
import { prepareSpaces } from "./prepare-spaces.ts";
import type { SnapshotDescription } from "./types.ts";

const FOLDER = "snapshots";
const FULL = "full-snapshot";
const SUFFIX = ".snapshot";
const CHECKSUM = ".checksum";
const LONGEST = 150;

const stores = new WeakMap<Collections, Promise<Storage>>();

/** Where a client's snapshots are. */
async function storageOf(collections: Collections): Promise<Storage> {
  if (collections.keeper !== undefined) return collections.keeper.storage;
  let storage = stores.get(collections);
  if (storage === undefined) {
    storage = openMemory();
    stores.set(collections, storage);
  }
  return storage;
}

/** @param name of a collection or an alias; undefined: of all collections, with the aliases */
export async function createSnapshot(
  collections: Collections,
  name: string | undefined,
): Promise<SnapshotDescription> {
  const storage = await storageOf(collections);
  const wanted = new Map<string, Journalled>();
  for (const [each, collection] of name === undefined ? collections.entries() : [collections.find(name)]) {
    wanted.set(each, journalledOf(collection));
  }
  const [only] = name === undefined ? [] : wanted.keys();
  const folder = folderOf(only);
  const snapshot = await freeName(storage, folder, only === undefined ? FULL : inPaths(only));
  const path = `${folder}/${snapshot}`;
  const { surroundings } = collections;
  const turn = () => new Promise<void>((resolve) => void surroundings.schedule(resolve, true));
  try {
    const file = await storage.create(path);
    try {
      await writeSnapshot(file, wanted, only === undefined ? collections.aliases.entries() : [], turn);
    } finally {
      await file.close();
    }
    await writeChecksum(storage, path);
  } catch (error) {
    await storage.remove(path).catch(() => undefined); // half a snapshot is none
    throw error;
  }
  return describe(storage, folder, snapshot);
}

export async function listSnapshots(
  collections: Collections,
  name: string | undefined,
): Promise<SnapshotDescription[]> {
  const storage = await storageOf(collections);
  const folder = folderOf(ownName(collections, name));
  const entries = await storage.list(folder);
  // One without its checksum was cut off.
  const names = new Set(entries.map((entry) => entry.name));
  const whole = [...names].filter((each) => each.endsWith(SUFFIX) && names.has(each + CHECKSUM)).sort();
  return Promise.all(whole.map((each) => describe(storage, folder, each)));
}

/** @throws {NearvecError} `SNAPSHOT_NOT_FOUND` */
export async function deleteSnapshot(
  collections: Collections,
  name: string | undefined,
  snapshot: string,
): Promise<true> {
  const storage = await storageOf(collections);
  const path = await pathOf(storage, ownName(collections, name), snapshot);
  await storage.remove(path + CHECKSUM);
  await storage.remove(path);
  return true;
}

/** The bytes of a snapshot; to be closed. @throws {NearvecError} `SNAPSHOT_NOT_FOUND` */
export async function openSnapshot(
  collections: Collections,
  name: string | undefined,
  snapshot: string,
): Promise<ReadableFile> {
  const storage = await storageOf(collections);
  const path = await pathOf(storage, ownName(collections, name), snapshot);
  const file = await storage.open(path);
  if (file === undefined) throw noSnapshot(snapshot);
  return file;
}

/**
 * Puts what a snapshot holds in the place of what is there. A snapshot of one collection may come back under any name; with
 * no name, all of the snapshot's collections and aliases come back under theirs. What has another name stays.
 *
 * @param file closed by the caller
 * @param checksum SHA-256, if it is to be compared
 */
export async function recover(
  collections: Collections,
  name: string | undefined,
  file: ReadableFile,
  path: string,
  checksum: string | undefined,
): Promise<true> {
  if (checksum !== undefined) {
    const got = await sha256(file);
    if (got !== checksum.toLowerCase()) {
      throw invalidArgument(
        "the snapshot's checksum",
        got,
        checksum,
        "The file is not the one that was meant.",
      );
    }
  }
  const made = new Map<string, RestoringCollection>();
  let content: SnapshotContent;
  try {
    content = await readSnapshot(file, path, (each) => {
      const restoring = new RestoringCollection(
        async (config) => collections.make(config),
        (config) => prepareSpaces(collections.core, config),
      );
      made.set(each, restoring);
      return restoring;
    });
    if (name !== undefined && made.size !== 1) {
      const what = `the snapshot's collections: ${content.collections.map((each) => JSON.stringify(each)).join(", ")}`;
      throw invalidArgument(what, made.size, "one", "Recover it as a whole, with recoverFullSnapshot.");
    }
  } catch (error) {
    for (const { journalled } of made.values()) journalled?.collection.close("its recovery failed");
    throw error;
  }
  const recovered = new Map<string, Collection>();
  for (const [each, { journalled }] of made) {
    if (journalled !== undefined) recovered.set(ownName(collections, name) ?? each, journalled.collection);
  }
  if (collections.keeper !== undefined) await collections.keeper.replace(recovered, content.aliases);
  else replaceInMemory(collections, recovered, content.aliases);
  return true;
}

function replaceInMemory(
  collections: Collections,
  recovered: ReadonlyMap<string, Collection>,
  aliases: SnapshotContent["aliases"],
): void {
  for (const [name, collection] of recovered) {
    collections.forget(name);
    collections.adopt(name, collection);
    collection.wake();
  }
  for (const [alias, collection] of aliases) collections.aliases.set(alias, collection);
}

/**
 * What `location` says: a snapshot's name, or a file URL within the folder of snapshots.
 *
 * @throws {NearvecError} `NOT_SUPPORTED` for other URLs, `INVALID_ARGUMENT` for files elsewhere, `SNAPSHOT_NOT_FOUND`
 */
export async function openLocation(
  collections: Collections,
  name: string | undefined,
  location: string,
): Promise<{ file: ReadableFile; path: string }> {
  const storage = await storageOf(collections);
  const path = location.includes("/")
    ? pathOfUrl(storage, location)
    : await pathOf(storage, ownName(collections, name), location);
  const file = await storage.open(path);
  if (file === undefined) throw noSnapshot(location);
  return { file, path };
}

function pathOfUrl(storage: Storage, location: string): string {
  if (/^https?:/i.test(location)) {
    throw notSupported(
      "a snapshot's address on the network",
      "Fetch it, and hand over its bytes (upload it).",
    );
  }
  const root = `${storage.place.replaceAll("\\", "/").replace(/\/$/, "")}/${FOLDER}/`;
  const full = /^file:/i.test(location)
    ? decoded(location.replace(/^file:(?:\/\/(?:localhost)?)?/i, ""))
    : location;
  const path = full.replace(/^\/(?=[A-Za-z]:\/)/, "");
  if (path.startsWith(root) && !path.split("/").includes("..")) return `${FOLDER}/${path.slice(root.length)}`;
  throw new NearvecError("STORAGE_DENIED", {
    what: "location",
    got: JSON.stringify(location),
    expected: `a file in ${root}`,
    todo: "Put the file there, or hand over its bytes (upload it).",
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidArgument("location", text, "a URL");
  }
}

/** The collection's own name, for an alias too; a collection that is gone may have left snapshots. */
function ownName(collections: Collections, name: string | undefined): string | undefined {
  return name === undefined ? undefined : (collections.aliases.get(name) ?? name);
}

function folderOf(name: string | undefined): string {
  return name === undefined ? FOLDER : `${FOLDER}/${inPaths(name)}`;
}

/**
 * A collection's name in the letters that paths have: any other byte is "." and two digits. Capitals, too: some file systems
 * don't tell them from small ones.
 */
function inPaths(name: string): string {
  const bytes = new TextEncoder().encode(name);
  const text = Array.from(bytes, (byte) => {
    const letter = String.fromCharCode(byte);
    return /[a-z0-9_-]/.test(letter) ? letter : `.${byte.toString(16).padStart(2, "0")}`;
  }).join("");
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST)}.${crc32(bytes).toString(16)}`;
}

async function pathOf(storage: Storage, name: string | undefined, snapshot: string): Promise<string> {
  const folder = folderOf(name);
  const entries = await storage.list(folder);
  if (!snapshot.endsWith(SUFFIX) || !entries.some((entry) => entry.name === snapshot))
    throw noSnapshot(snapshot);
  return `${folder}/${snapshot}`;
}

async function freeName(storage: Storage, folder: string, what: string): Promise<string> {
  const names = new Set((await storage.list(folder)).map(({ name }) => name));
  const time = new Date().toISOString().slice(0, 19).replace(/[T:]/g, "-");
  for (let i = 1; ; i++) {
    const name = `${what}-${time}${i === 1 ? "" : `.${i}`}${SUFFIX}`;
    if (!names.has(name)) return name;
  }
}

async function writeChecksum(storage: Storage, path: string): Promise<void> {
  const file = (await storage.open(path)) as ReadableFile;
  const digest = await sha256(file).finally(() => file.close());
  const checksum = await storage.create(path + CHECKSUM);
  try {
    checksum.append(new TextEncoder().encode(digest));
    await checksum.sync();
  } finally {
    await checksum.close();
  }
}

async function describe(storage: Storage, folder: string, name: string): Promise<SnapshotDescription> {
  const size = (await storage.list(folder)).find((entry) => entry.name === name)?.size ?? 0;
  const file = await storage.open(`${folder}/${name}${CHECKSUM}`);
  const checksum = file && new TextDecoder().decode(await file.read(0, file.size));
  await file?.close();
  const [, day, time] = /(\d{4}-\d\d-\d\d)-(\d\d-\d\d-\d\d)(?:\.\d+)?\.snapshot$/.exec(name) ?? [];
  const creation_time = day === undefined ? null : `${day}T${time?.replaceAll("-", ":")}`;
  return { name, creation_time, size, ...(checksum && { checksum }) };
}

function noSnapshot(name: string): NearvecError {
  return new NearvecError("SNAPSHOT_NOT_FOUND", {
    what: `there is no snapshot ${JSON.stringify(name)}`,
    todo: "listSnapshots and listFullSnapshots tell which there are.",
  });
}
