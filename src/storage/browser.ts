/**
 * A store in a browser. Where it is, it stays; a new one is made in the origin private file system if this is a dedicated
 * worker, which alone can write there, and in IndexedDB elsewhere.
 *
 * |                        | new     | in the private file system | in IndexedDB |
 * | ---------------------- | ------- | -------------------------- | ------------ |
 * | dedicated worker       | opfs    | opfs                       | indexeddb    |
 * | window, other workers  | indexeddb | refused, or for reading  | indexeddb    |
 */

import { invalidArgument, NearvecError } from "../errors.ts";
import { browserFault } from "./browser-failures.ts";
import { partsOf } from "./paths.ts";
import { askForPersistence } from "./persistence.ts";
import type { Storage } from "./storage.ts";
import { type StoreLock, takeWebLock } from "./web-lock.ts";

/**
 * @param name one part of a path, as in storage.ts
 * @throws {NearvecError} `LOCKED`, `STORAGE_DENIED`, `STORAGE_FULL`, `STORAGE_FAILED`, `NOT_SUPPORTED`, `INVALID_ARGUMENT`
 */
export async function openInBrowser(
  name: string,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Promise<Storage> {
  checkName(name);
  const lock = readOnly ? undefined : await takeWebLock(name);
  try {
    const storage = await openKind(name, lock);
    if (!readOnly) askForPersistence();
    return storage;
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

async function openKind(name: string, lock: StoreLock | undefined): Promise<Storage> {
  const canWrite = hasSyncHandles();
  const root = await privateRoot();
  if (root !== undefined) {
    const opfs = await import("./opfs.ts");
    if (await opfs.isOpfsStore(root, name)) {
      if (!canWrite && lock !== undefined) throw onlyInWorkers(name);
      return opfs.openOpfs(root, name, lock);
    }
  }
  const { openIndexedDb } = await import("./indexeddb.ts");
  const isNewHere = root !== undefined && canWrite && lock !== undefined;
  const found = await openIndexedDb(name, lock, !isNewHere && lock !== undefined);
  if (found !== undefined) return found;
  if (root === undefined || !isNewHere) {
    throw browserFault("STORAGE_FAILED", "could not open", name, "there is no such store");
  }
  return (await import("./opfs.ts")).openOpfs(root, name, lock);
}

function checkName(name: string): void {
  if (!name.includes("/")) {
    partsOf(name);
    return;
  }
  throw invalidArgument("`path` in a browser", name, "the name of a folder: no part of it is another one's");
}

/** Undefined where there is none, or it is refused, as in private windows of some browsers. */
async function privateRoot(): Promise<FileSystemDirectoryHandle | undefined> {
  const storage: Partial<StorageManager> | undefined = navigator.storage;
  if (typeof storage?.getDirectory !== "function") return undefined;
  try {
    return await storage.getDirectory();
  } catch {
    return undefined;
  }
}

function hasSyncHandles(): boolean {
  return (
    typeof FileSystemFileHandle === "function" && "createSyncAccessHandle" in FileSystemFileHandle.prototype
  );
}

function onlyInWorkers(name: string): NearvecError {
  return new NearvecError("NOT_SUPPORTED", {
    what: `the store ${name} is in the origin private file system, where only a dedicated worker can write`,
    todo: "Open it in a dedicated worker (`new Worker(…)`), or with `readOnly: true`.",
  });
}
