/**
 * A store in IndexedDB: in windows and workers of every browser.
 *
 * ```
 *   entries   [folder, name] ──► { id, size }, or { id: 0, size: 0 } for a folder
 *   chunks    [id, 0] [id, 1] …  ──► bytes; all but the last of a file have CHUNK_BYTES
 * ```
 * A transaction is all or nothing, whatever happens to the tab, the browser or the machine. So the last chunk of a file may
 * be overwritten by a longer version of itself: with it, in the same transaction, comes the size that says that it is
 * longer, and a crash leaves both as they were or both as they are to be. (On a file system there is no such thing, and
 * nothing is ever overwritten there.)
 *
 * What survives a loss of power is what a transaction with `durability: "strict"` wrote. All that files promise rests on
 * such transactions; only removals are relaxed. It is a hint by the letter of the specification: Chromium syncs its log for
 * it, Firefox syncs since version 126 (before that it knows no such hint, and does not), Safari takes it since 15.
 */

import { browserFailure, browserFailureWithUsage, browserFault } from "./browser-failures.ts";
import { closedFailure, readOnlyFailure } from "./failures.ts";
import { ChunkedReader, ChunkedWriter } from "./indexeddb-files.ts";
import {
  below,
  chunksOf,
  type Entry,
  inFolder,
  keyOf,
  openDatabase,
  result,
  transact,
} from "./indexeddb-transactions.ts";
import { folderPartsOf, partsOf } from "./paths.ts";
import { isPersisted } from "./persistence.ts";
import type { ReadableFile, Storage, StorageEntry, WritableFile } from "./storage.ts";
import type { StoreLock } from "./web-lock.ts";

/**
 * @param lock undefined: for reading, beside an owner; what that one changes meanwhile is seen, or half seen
 * @param mayCreate whether to make a store where there is none; otherwise it answers undefined
 */
export async function openIndexedDb(
  name: string,
  lock: StoreLock | undefined,
  mayCreate: boolean,
): Promise<Storage | undefined> {
  try {
    const database = await openDatabase(`nearvec/${name}`, mayCreate);
    if (database === undefined) return undefined;
    const storage = new IndexedDbStorage(name, database, lock);
    await storage.begin();
    return storage;
  } catch (cause) {
    throw await browserFailureWithUsage(cause, "could not open", name);
  }
}

class IndexedDbStorage implements Storage {
  readonly kind = "indexeddb";
  readonly place: string;
  readonly readOnly: boolean;
  readonly #database: IDBDatabase;
  readonly #lock: StoreLock | undefined;
  readonly #files = new Set<{ close(): Promise<void> }>();
  #lastId = 0;
  #closing: Promise<void> | undefined;

  constructor(place: string, database: IDBDatabase, lock: StoreLock | undefined) {
    this.place = place;
    this.#database = database;
    this.#lock = lock;
    this.readOnly = lock === undefined;
    // Whoever wants to remove it, or a later release to change its form, waits for its owner, but not for readers.
    if (this.readOnly) database.onversionchange = () => database.close();
  }

  get persisted(): boolean | undefined {
    return isPersisted();
  }

  /** Finds the numbers that are taken, and makes safe what a killed browser may have left with the system only. */
  async begin(): Promise<void> {
    await transact(this.#database, this.readOnly ? "readonly" : "strict", async ({ entries }) => {
      const all = await result<Entry[]>(entries.getAll());
      this.#lastId = all.reduce((last, { id }) => Math.max(last, id), 0);
      // A transaction that writes nothing need not sync anything. No folder has an empty name.
      if (!this.readOnly) entries.put({ id: this.#lastId, size: 0 } satisfies Entry, ["", ""]);
    });
  }

  async list(folder: string): Promise<StorageEntry[]> {
    folderPartsOf(folder);
    this.#checkOpen();
    try {
      return await transact(this.#database, "readonly", async ({ entries }) => {
        const range = inFolder(folder);
        const [keys, found] = await Promise.all([
          result<IDBValidKey[]>(entries.getAllKeys(range)),
          result<Entry[]>(entries.getAll(range)),
        ]);
        return keys.flatMap((key, i) => {
          const [, name] = key as [string, string];
          const { id, size } = found[i] as Entry;
          return name === "" ? [] : [{ name, isFolder: id === 0, size }];
        });
      });
    } catch (cause) {
      throw browserFailure(cause, "could not list", folder);
    }
  }

  async open(path: string): Promise<ReadableFile | undefined> {
    partsOf(path);
    this.#checkOpen();
    try {
      const entry = await transact(this.#database, "readonly", ({ entries }) => entryOf(entries, path));
      if (entry === undefined) return undefined;
      if (entry.id === 0) throw browserFault("STORAGE_FAILED", "could not open", path, "a folder");
      this.#checkOpen();
      return this.#add(new ChunkedReader(path, this.#database, entry, this.#files));
    } catch (cause) {
      throw browserFailure(cause, "could not open", path);
    }
  }

  async create(path: string): Promise<WritableFile> {
    const parts = partsOf(path);
    this.#checkWritable();
    const id = ++this.#lastId;
    try {
      await transact(this.#database, "strict", async ({ entries, chunks }) => {
        for (let depth = 1; depth < parts.length; depth++) {
          const folder = parts.slice(0, depth).join("/");
          const there = await entryOf(entries, folder);
          if (there === undefined) entries.put({ id: 0, size: 0 } satisfies Entry, keyOf(folder));
          else if (there.id !== 0) throw notAFolder(path, folder);
        }
        const old = await entryOf(entries, path);
        if (old?.id === 0) throw browserFault("STORAGE_FAILED", "could not create", path, "a folder");
        if (old !== undefined) chunks.delete(chunksOf(old.id));
        entries.put({ id, size: 0 } satisfies Entry, keyOf(path));
      });
      this.#checkOpen();
    } catch (cause) {
      throw await browserFailureWithUsage(cause, "could not create", path);
    }
    return this.#add(new ChunkedWriter(path, this.#database, id, this.#files));
  }

  async remove(path: string): Promise<void> {
    partsOf(path);
    this.#checkWritable();
    try {
      await transact(this.#database, "relaxed", async ({ entries, chunks }) => {
        for (const range of [IDBKeyRange.only(keyOf(path)), inFolder(path), below(path)]) {
          for (const { id } of await result<Entry[]>(entries.getAll(range))) {
            if (id !== 0) chunks.delete(chunksOf(id));
          }
          entries.delete(range);
        }
      });
    } catch (cause) {
      throw await browserFailureWithUsage(cause, "could not remove", path);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closing = [...this.#files].map((file) => file.close());
    await Promise.allSettled(closing);
    // Waits for transactions that are under way.
    this.#database.close();
    await this.#lock?.release();
    await Promise.all(closing);
  }

  #add<File extends { close(): Promise<void> }>(file: File): File {
    this.#files.add(file);
    return file;
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw closedFailure(`the store ${this.place}`);
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (this.readOnly) throw readOnlyFailure(this.place);
  }
}

function entryOf(entries: IDBObjectStore, path: string): Promise<Entry | undefined> {
  return result<Entry | undefined>(entries.get(keyOf(path)));
}

function notAFolder(path: string, folder: string) {
  return browserFault(
    "STORAGE_FAILED",
    "could not create",
    path,
    `a file where the folder ${folder} should be`,
  );
}
