/**
 * Where snapshots are kept: beside the data, in the folder `snapshots` of the store, or, of a client in memory, in memory.
 *
 * ```
 *   snapshots/full-snapshot-2026-11-21-18-05-33.snapshot            all collections
 *   snapshots/words/words-2026-11-21-18-05-33.snapshot              one
 *             words-2026-11-21-18-05-33.snapshot.checksum           its SHA-256, written last: what has none is not whole
 *   snapshots/.uploads/1                                            what is being received
 * ```
 */

import { crc32 } from "../crc.ts";
import { invalidArgument, NearvecError, notSupported, shortly } from "../errors.ts";
import { openMemory } from "../storage/memory.ts";
import type { ReadableFile, Storage } from "../storage/storage.ts";
import { noCollection } from "./aliases.ts";
import type { Collections } from "./collections.ts";

const FOLDER = "snapshots";
/** No collection's folder: in those a dot is followed by two digits. */
export const UPLOADS = `${FOLDER}/.uploads`;
const FULL = "full-snapshot";
const SUFFIX = ".snapshot";
export const CHECKSUM = ".checksum";
const LONGEST = 150;

const inMemory = new WeakMap<Collections, Promise<Storage>>();
/** Of each storage, the paths of snapshots that are being written. */
const written = new WeakMap<Storage, Set<string>>();

/** Where a client's snapshots are. @throws {NearvecError} `CLOSED` */
export async function storageOf(collections: Collections): Promise<Storage> {
  collections.checkOpen();
  if (collections.keeper !== undefined) return collections.keeper.storage;
  let storage = inMemory.get(collections);
  if (storage === undefined) {
    storage = openMemory();
    inMemory.set(collections, storage);
  }
  return storage;
}

/** A collection's own name, for an alias too; a collection that is gone may have left snapshots. */
export function ownName(collections: Collections, name: string): string {
  return collections.aliases.get(name) ?? name;
}

/** The folder of a collection's snapshots, by its own name; undefined: of those of all collections. */
export function folderOf(name: string | undefined): string {
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
  return `${text.slice(0, LONGEST)}.${crc32(bytes).toString(16).padStart(8, "0")}`;
}

/** Runs what writes a new snapshot; nobody else writes one of that name meanwhile, and none finds it. */
export async function withNewPath<T>(
  storage: Storage,
  name: string | undefined,
  write: (path: string) => Promise<T>,
): Promise<T> {
  const folder = folderOf(name);
  const taken = new Set((await storage.list(folder)).map((entry) => `${folder}/${entry.name}`));
  const others = written.get(storage) ?? new Set();
  written.set(storage, others);
  const what = name === undefined ? FULL : inPaths(name);
  const time = new Date().toISOString().slice(0, 19).replace(/[T:]/g, "-");
  const nth = (i: number) => `${folder}/${what}-${time}${i === 1 ? "" : `.${i}`}${SUFFIX}`;
  let i = 1;
  while (taken.has(nth(i)) || others.has(nth(i))) i++;
  const path = nth(i);
  others.add(path);
  try {
    return await write(path);
  } finally {
    others.delete(path);
  }
}

/** The names of a folder's snapshots, with their sizes. */
export async function snapshotsIn(storage: Storage, folder: string): Promise<Map<string, number>> {
  const entries = await storage.list(folder);
  const names = new Set(entries.map(({ name }) => name));
  const whole = entries.filter(({ name }) => name.endsWith(SUFFIX) && names.has(name + CHECKSUM));
  whole.sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(whole.map(({ name, size }) => [name, size]));
}

/**
 * The path of a snapshot by its name.
 *
 * @param name of the collection; undefined: the snapshot is one of all
 * @param isWhole whether it must have come to its end
 * @throws {NearvecError} `SNAPSHOT_NOT_FOUND`, `COLLECTION_NOT_FOUND` for one that isn't there and left no snapshots
 */
export async function pathOf(
  collections: Collections,
  storage: Storage,
  name: string | undefined,
  snapshot: unknown,
  isWhole: boolean,
): Promise<string> {
  if (typeof snapshot !== "string") throw invalidArgument("the snapshot's name", snapshot, "a string");
  const folder = folderOf(name === undefined ? undefined : ownName(collections, name));
  const entries = new Set((await storage.list(folder)).map((entry) => entry.name));
  const path = `${folder}/${snapshot}`;
  const isThere = snapshot.endsWith(SUFFIX) && entries.has(snapshot) && !written.get(storage)?.has(path);
  if (isThere && (!isWhole || entries.has(snapshot + CHECKSUM))) return path;
  if (name !== undefined && entries.size === 0 && !collections.has(name)) throw noCollection(name);
  throw noSnapshot(snapshot);
}

/**
 * Opens what `location` says: a snapshot's name, or a file within the folder of snapshots, as a `file:` URL or a path.
 *
 * @throws {NearvecError} `NOT_SUPPORTED` for other URLs, `STORAGE_DENIED` for files elsewhere, `SNAPSHOT_NOT_FOUND`
 */
export async function openLocation(
  collections: Collections,
  name: string | undefined,
  location: string,
): Promise<{ file: ReadableFile; path: string }> {
  const storage = await storageOf(collections);
  const isName = !/[\\/:]/.test(location) && location !== "..";
  const path = isName ? await pathOf(collections, storage, name, location, false) : pathAt(storage, location);
  const file = await storage.open(path);
  if (file === undefined) throw noSnapshot(location);
  return { file, path };
}

function pathAt(storage: Storage, location: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(location)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "file") {
    throw notSupported(
      `a snapshot's location with ${scheme}:`,
      "Fetch it, and hand over its bytes: uploadSnapshot, or POST …/snapshots/upload.",
    );
  }
  const root = `${storage.place.replaceAll("\\", "/").replace(/\/$/, "")}/${FOLDER}/`;
  const full =
    scheme === undefined ? location : decoded(location.replace(/^file:(?:\/\/(?:localhost)?)?/i, ""));
  const path = full.replaceAll("\\", "/").replace(/^\/(?=[A-Za-z]:\/)/, "");
  if (path.startsWith(root) && !path.split("/").includes("..")) return `${FOLDER}/${path.slice(root.length)}`;
  throw new NearvecError("STORAGE_DENIED", {
    what: "location",
    got: shortly(location),
    expected: `a file in ${root}`,
    todo: "Put the file there, or hand over its bytes: uploadSnapshot, or POST …/snapshots/upload.",
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidArgument("location", text, "a URL");
  }
}

export function noSnapshot(name: string): NearvecError {
  return new NearvecError("SNAPSHOT_NOT_FOUND", {
    what: `there is no snapshot ${JSON.stringify(name)}`,
    subject: { snapshot: name },
    todo: "listSnapshots and listFullSnapshots tell which there are.",
  });
}
