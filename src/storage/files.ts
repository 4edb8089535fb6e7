/**
 * A store in a folder: Node, Bun and Deno.
 *
 * What survives a loss of power: a file's bytes once they are synced, and its name once the folder that holds it is, and
 * that folder's name, and so on up to the first folder that was there before. `WritableFile.sync` does all that is due.
 *
 * A process that was killed leaves its writes with the system, which shows them to the next one though no disk has them
 * yet. Whoever went on from those would acknowledge what rests on something that a loss of power takes away. So `open`
 * syncs a file, and its folders, before it shows it (PostgreSQL syncs its whole folder when it recovers, for the same
 * reason). That is quick where nothing is due.
 */

import {
  closedFailure,
  codeOf,
  noFolder,
  readOnlyFailure,
  storageFailure,
  systemFailure,
} from "./failures.ts";
import { FileReader, FileWriter } from "./file-handles.ts";
import { takeLock } from "./file-lock.ts";
import { FolderSync } from "./folder-sync.ts";
import { type NodeModules, nodeModules } from "./node-modules.ts";
import { folderPartsOf, isPart, LOCK_FOLDER, partsOf } from "./paths.ts";
import type { ReadableFile, Storage, StorageEntry, WritableFile } from "./storage.ts";

/**
 * Opens a folder, and makes it unless `readOnly`.
 *
 * @param options `readOnly`: takes no lock, and changes nothing; what another process changes meanwhile is seen, or half
 *   seen
 * @throws {NearvecError} `LOCKED` at once when the folder has an owner; `STORAGE_DENIED`, `STORAGE_FULL`, `STORAGE_FAILED`
 */
export async function openFiles(
  folder: string,
  options: { readonly readOnly?: boolean } = {},
): Promise<Storage> {
  const node = await nodeModules();
  const { fs, path } = node;
  const root = path.resolve(folder);
  const folders = new FolderSync(node, root);
  if (options.readOnly) {
    const isFolder = attempt(() => fs.statSync(root).isDirectory(), "could not open", root);
    if (!isFolder) throw noFolder(root);
    return new FileStorage(node, root, folders, undefined);
  }
  attempt(() => folders.make(root), "could not create", root);
  const lock = await takeLock(node, root);
  return new FileStorage(node, root, folders, () => lock.release());
}

class FileStorage implements Storage {
  readonly kind = "files";
  readonly place: string;
  readonly readOnly: boolean;
  readonly #node: NodeModules;
  readonly #folders: FolderSync;
  readonly #release: (() => Promise<void>) | undefined;
  readonly #handles = new Set<{ close(): Promise<void> }>();
  readonly #removals = new Set<Promise<void>>();
  #closing: Promise<void> | undefined;

  constructor(
    node: NodeModules,
    root: string,
    folders: FolderSync,
    release: (() => Promise<void>) | undefined,
  ) {
    this.#node = node;
    this.place = root;
    this.#folders = folders;
    this.#release = release;
    this.readOnly = release === undefined;
  }

  async list(folder: string): Promise<StorageEntry[]> {
    const full = this.#full(folderPartsOf(folder));
    this.#checkOpen();
    const { fs, path } = this.#node;
    const entries: StorageEntry[] = [];
    try {
      for (const entry of await orNothing(fs.promises.readdir(full, { withFileTypes: true }))) {
        const { name } = entry;
        // What has a name that no path can have is nothing of the store's: nobody could open it.
        if (!isPart(name)) continue;
        const isOwn = folder === "" && name === LOCK_FOLDER;
        if (entry.isDirectory() && !isOwn) entries.push({ name, isFolder: true, size: 0 });
        if (!entry.isFile()) continue;
        // It may have been removed since, by another process, where this one only reads.
        for (const { size } of await orNothing(fs.promises.lstat(path.join(full, name)).then((it) => [it]))) {
          entries.push({ name, isFolder: false, size });
        }
      }
      return entries;
    } catch (cause) {
      throw systemFailure(cause, "could not list", full);
    }
  }

  async open(path: string): Promise<ReadableFile | undefined> {
    const parts = partsOf(path);
    this.#checkOpen();
    const { fs } = this.#node;
    const full = this.#full(parts);
    let descriptor: number | undefined;
    try {
      descriptor = fs.openSync(full, this.#readFlags());
      const stats = fs.fstatSync(descriptor);
      if (!stats.isFile()) throw storageFailure("STORAGE_FAILED", "could not open", full, "no regular file");
      if (!this.readOnly) {
        await syncDescriptor(fs, descriptor);
        await this.#folders.sync(full);
        this.#checkOpen();
      }
      const reader = new FileReader(this.#node, full, descriptor, stats.size, this.#handles);
      descriptor = undefined;
      return reader;
    } catch (cause) {
      // A link where the file should be is ELOOP here; it isn't followed, for what is in a store is the store's.
      if (isMissing(cause)) return undefined;
      throw systemFailure(cause, "could not open", full);
    } finally {
      if (descriptor !== undefined) fs.closeSync(descriptor);
    }
  }

  async create(path: string): Promise<WritableFile> {
    const full = this.#full(partsOf(path));
    this.#checkWritable();
    const { fs } = this.#node;
    return attempt(
      () => {
        this.#folders.make(this.#node.path.dirname(full));
        // A new file, not the old one cut: after a crash there is the old one or the new one, and no mixture.
        fs.rmSync(full, { force: true });
        const descriptor = fs.openSync(full, "wx");
        this.#folders.note(this.#node.path.dirname(full));
        return new FileWriter(this.#node, full, descriptor, this.#folders, this.#handles);
      },
      "could not create",
      full,
    );
  }

  async remove(path: string): Promise<void> {
    const full = this.#full(partsOf(path));
    this.#checkWritable();
    const removal = this.#node.fs.promises.rm(full, { recursive: true, force: true });
    this.#removals.add(removal);
    try {
      await removal;
    } catch (cause) {
      if (!isMissing(cause)) throw systemFailure(cause, "could not remove", full);
    } finally {
      this.#removals.delete(removal);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Whoever still had one could write into what is the next owner's.
    const closing = [...this.#handles].map((handle) => handle.close());
    await Promise.allSettled([...closing, ...this.#removals]);
    await this.#release?.();
    await Promise.all(closing);
  }

  #full(parts: readonly string[]): string {
    return this.#node.path.join(this.place, ...parts);
  }

  #readFlags(): number {
    const { O_RDONLY, O_RDWR, O_NOFOLLOW, O_NONBLOCK } = this.#node.fs.constants;
    // Windows syncs only what was opened for writing, and has no links to guard against, nor pipes to wait for.
    if (process.platform === "win32") return this.readOnly ? O_RDONLY : O_RDWR;
    return O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw closedFailure(`the store in ${this.place}`);
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (this.readOnly) throw readOnlyFailure(this.place);
  }
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
}

/** What isn't there has nothing in it. */
async function orNothing<T>(entries: Promise<T[]>): Promise<T[]> {
  try {
    return await entries;
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw cause;
  }
}

function attempt<T>(action: () => T, what: string, file: string): T {
  try {
    return action();
  } catch (cause) {
    throw systemFailure(cause, what, file);
  }
}

function syncDescriptor(fs: NodeModules["fs"], descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fsync(descriptor, (error) => (error ? reject(error) : resolve()));
  });
}
