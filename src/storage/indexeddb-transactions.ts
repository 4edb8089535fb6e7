/** IndexedDB with promises, as far as stores need it. */

import { NearvecError } from "../errors.ts";

const ENTRIES = "entries";
const CHUNKS = "chunks";
/**
 * Chromium keeps values of 64 KiB and more in files of their own, outside of the log that it syncs; a value's type and length
 * take some bytes, too.
 */
export const CHUNK_BYTES = 60 << 10;
const VERSION = 1;

/** @property id 0 for a folder; never given twice while its chunks are there */
export interface Entry {
  readonly id: number;
  readonly size: number;
}

export interface Stores {
  readonly entries: IDBObjectStore;
  readonly chunks: IDBObjectStore;
}

export function keyOf(path: string): [folder: string, name: string] {
  const end = path.lastIndexOf("/");
  return [path.slice(0, Math.max(0, end)), path.slice(end + 1)];
}

/** What is directly in a folder. An array is greater than any string. */
export function inFolder(folder: string): IDBKeyRange {
  return IDBKeyRange.bound([folder], [folder, []]);
}

/** What is in the folders in a folder: "0" comes after "/". */
export function below(folder: string): IDBKeyRange {
  return IDBKeyRange.bound([`${folder}/`], [`${folder}0`]);
}

export function chunksOf(id: number, first = 0, last = Number.POSITIVE_INFINITY): IDBKeyRange {
  return IDBKeyRange.bound([id, first], [id, last]);
}

/** Undefined when there is none and it may not be made. */
export function openDatabase(name: string, mayCreate: boolean): Promise<IDBDatabase | undefined> {
  const factory = (globalThis as { readonly indexedDB?: IDBFactory }).indexedDB;
  if (factory === undefined) {
    throw new NearvecError("NOT_SUPPORTED", {
      what: "this runtime has no files, no origin private file system for this thread, and no IndexedDB",
      todo: "Leave `path` out: data is kept in memory then.",
    });
  }
  return new Promise((resolve, reject) => {
    const request = factory.open(name, VERSION);
    let isMissing = false;
    request.onupgradeneeded = () => {
      if (mayCreate) {
        request.result.createObjectStore(ENTRIES);
        request.result.createObjectStore(CHUNKS);
      } else {
        isMissing = true;
        request.transaction?.abort();
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => (isMissing ? resolve(undefined) : reject(request.error));
    request.onblocked = () => reject(new Error("another page has it open in another version"));
  });
}

export function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Runs what makes requests, and waits for nothing else. Answers what it does once all of it is committed; otherwise nothing
 * of it is.
 *
 * @param mode strict: synced before it answers; relaxed: left to the system to write
 */
export async function transact<T>(
  database: IDBDatabase,
  mode: "readonly" | "strict" | "relaxed",
  body: (stores: Stores) => T | Promise<T>,
): Promise<T> {
  const transaction = database.transaction(
    [ENTRIES, CHUNKS],
    mode === "readonly" ? "readonly" : "readwrite",
    mode === "readonly" ? {} : { durability: mode },
  );
  const end = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the transaction was aborted"));
  });
  const [done, ended] = await Promise.allSettled([
    run(transaction, body).catch((error: unknown) => {
      abort(transaction);
      throw error;
    }),
    end,
  ]);
  // The browser's reason first: requests only fail with it.
  if (ended.status === "rejected" && (done.status === "fulfilled" || transaction.error !== null)) {
    throw ended.reason;
  }
  if (done.status === "rejected") throw done.reason;
  return done.value;
}

async function run<T>(transaction: IDBTransaction, body: (stores: Stores) => T | Promise<T>): Promise<T> {
  return body({ entries: transaction.objectStore(ENTRIES), chunks: transaction.objectStore(CHUNKS) });
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}
