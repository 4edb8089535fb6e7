/**
 * A store in the origin private file system of a browser, through sync access handles: in a dedicated worker. For reading
 * only, it can be opened in windows and other workers too.
 *
 * ```
 *   names-0  names-1                 which file has which name (opfs-names.ts)
 *   file-1  file-2  file-3 …         what is in the files; some are empty, and wait for a name
 * ```
 * Why not the names of the file system itself: nobody can sync them. In Chromium (seen by tracing its calls to the system,
 * release 156 on Linux), `flush` is fdatasync of the one file that holds the bytes; names are in a table of the browser's
 * that it writes without any sync. A loss of power within half a minute or so, the time in which systems write on their own,
 * takes a new name away, and its file with it, however often that was flushed; an older name may still be there and lead to
 * a file that is gone. So names are kept in files of our own, which are flushed, and the files they lead to were made
 * before they are needed, and are used again and again. What is left of the gap: a loss of power within the first half
 * minute of a new store, or of files that had to be made because so many were needed at once.
 *
 * What else survives: a tab that crashes, a worker that is terminated, a browser that is killed take nothing that was
 * appended, for the operating system has it. The specification promises no more of `flush` than of any write, that is
 * nothing about a loss of power; it is what browsers do. On macOS Chromium asks the drive itself to flush.
 */

import { NearvecError } from "../errors.ts";
import { browserFailure, browserFailureWithUsage, browserFault, nameOf } from "./browser-failures.ts";
import { closedFailure } from "./failures.ts";
import { OpfsReader, OpfsWriter } from "./opfs-files.ts";
import { listNames, NAMES_FILES, type Names, NamesFile, NO_NAMES, numberOf } from "./opfs-names.ts";
import { FilePool, type SyncHandle, syncHandle } from "./opfs-pool.ts";
import { ReadOnlyOpfs } from "./opfs-reading.ts";
import { folderPartsOf, partsOf } from "./paths.ts";
import { isPersisted } from "./persistence.ts";
import type { ReadableFile, Storage, StorageEntry, WritableFile } from "./storage.ts";
import type { StoreLock } from "./web-lock.ts";

/** Whether there is a folder of that name, with something in it. */
export async function isOpfsStore(root: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    const folder = await root.getDirectoryHandle(name);
    return !(await folder.keys().next()).done;
  } catch (cause) {
    if (nameOf(cause) === "NotFoundError") return false;
    throw browserFailure(cause, "could not open", name);
  }
}

/** @param lock undefined: for reading, beside an owner; what that one changes meanwhile is seen, or half seen */
export async function openOpfs(
  root: FileSystemDirectoryHandle,
  name: string,
  lock: StoreLock | undefined,
): Promise<Storage> {
  try {
    const folder = await root.getDirectoryHandle(name, { create: lock !== undefined });
    return lock === undefined ? new ReadOnlyOpfs(name, folder) : await OpfsStorage.begin(name, folder, lock);
  } catch (cause) {
    throw await browserFailureWithUsage(cause, "could not open", name);
  }
}

class OpfsStorage implements Storage {
  readonly kind = "opfs";
  readonly place: string;
  readonly readOnly = false;
  readonly #lock: StoreLock;
  readonly #pool: FilePool;
  readonly #namesFile: NamesFile;
  #names: Names;
  /** What makes, opens and removes files, one after the other: a file has one handle at a time. */
  #last: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(place: string, lock: StoreLock, pool: FilePool, namesFile: NamesFile, names: Names) {
    this.place = place;
    this.#lock = lock;
    this.#pool = pool;
    this.#namesFile = namesFile;
    this.#names = names;
    this.#balanceLater();
  }

  static async begin(
    place: string,
    folder: FileSystemDirectoryHandle,
    lock: StoreLock,
  ): Promise<OpfsStorage> {
    const handles: SyncHandle[] = [];
    try {
      for (const name of NAMES_FILES) {
        handles.push(await syncHandle(await folder.getFileHandle(name, { create: true })));
      }
      const { file, names } = NamesFile.open(handles as unknown as readonly [SyncHandle, SyncHandle]);
      const pool = new FilePool(folder);
      const hasMore = await pool.begin(new Set(names?.files.values()));
      if (names === undefined) {
        if (hasMore) throw withoutNames(place);
        file.write(NO_NAMES);
      }
      if (hasMore) await pool.emptySpares();
      return new OpfsStorage(place, lock, pool, file, names ?? NO_NAMES);
    } catch (error) {
      for (const handle of handles) handle.close();
      throw error;
    }
  }

  get persisted(): boolean | undefined {
    return isPersisted();
  }

  async list(folder: string): Promise<StorageEntry[]> {
    folderPartsOf(folder);
    this.#checkOpen();
    try {
      return await listNames(this.#names, folder, (number) => this.#pool.sizeOf(number));
    } catch (cause) {
      throw browserFailure(cause, "could not list", folder);
    }
  }

  async open(path: string): Promise<ReadableFile | undefined> {
    partsOf(path);
    return this.#inTurn("could not open", path, async () => {
      const number = numberOf(this.#names, path);
      const use = number === undefined ? undefined : await this.#pool.take(number);
      if (use === undefined) return undefined;
      try {
        // What a killed worker left may be with the operating system only.
        use.handle.flush();
        return new OpfsReader(path, use);
      } catch (error) {
        use.close();
        throw error;
      }
    });
  }

  async create(path: string): Promise<WritableFile> {
    const parts = partsOf(path);
    return this.#inTurn("could not create", path, async () => {
      const { files, folders } = this.#names;
      const above = parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
      if (folders.has(path) || above.some((folder) => files.has(folder))) {
        const got = folders.has(path) ? "a folder" : "a file where a folder should be";
        throw browserFault("STORAGE_FAILED", "could not create", path, got);
      }
      const old = files.get(path);
      const number = await this.#pool.allocate();
      const use = await this.#pool.take(number);
      if (use === undefined)
        throw browserFault("STORAGE_FAILED", "could not create", path, "it went missing");
      try {
        if (use.handle.getSize() > 0) use.handle.truncate(0);
        // That it is empty must be on the disk before its name is.
        use.handle.flush();
        this.#rename({ files: new Map(files).set(path, number), folders: new Set([...folders, ...above]) });
      } catch (error) {
        use.close();
        await this.#pool.free(number);
        throw error;
      }
      if (old !== undefined) await this.#pool.free(old);
      this.#balanceLater();
      return new OpfsWriter(path, use);
    });
  }

  async remove(path: string): Promise<void> {
    partsOf(path);
    await this.#inTurn("could not remove", path, async () => {
      const { files, folders } = this.#names;
      const stays = (other: string) => other !== path && !other.startsWith(`${path}/`);
      const gone = [...files].filter(([other]) => !stays(other));
      const left = [...folders].filter(stays);
      if (gone.length === 0 && left.length === folders.size) return;
      this.#rename({ files: new Map([...files].filter(([other]) => stays(other))), folders: new Set(left) });
      // After the names: until then, a loss of power must find what they lead to.
      for (const [, number] of gone) await this.#pool.free(number);
      this.#balanceLater();
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#last;
    this.#pool.close();
    this.#namesFile.close();
    await this.#lock.release();
  }

  #rename(names: Names): void {
    this.#namesFile.write(names);
    this.#names = names;
  }

  #balanceLater(): void {
    // Spare files are a precaution: where none can be made now, some can be later.
    this.#last = this.#last
      .then(() => (this.#closing === undefined ? this.#pool.balance() : undefined))
      .catch(() => undefined);
  }

  async #inTurn<T>(what: string, path: string, action: () => Promise<T>): Promise<T> {
    this.#checkOpen();
    const run = this.#last.then(() => {
      this.#checkOpen();
      return action();
    });
    this.#last = run.catch(() => undefined);
    try {
      return await run;
    } catch (cause) {
      throw await browserFailureWithUsage(cause, what, path);
    }
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw closedFailure(`the store ${this.place}`);
  }
}

function withoutNames(place: string): NearvecError {
  return new NearvecError("DAMAGED", {
    what: `the store ${place} has files, but the table of their names can't be read`,
    todo: "Nothing was changed. Restore it from a snapshot, or remove the folder.",
    subject: { file: NAMES_FILES[0], at: 0 },
  });
}
