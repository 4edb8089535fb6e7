/** A store in memory: for tests, and for programs that keep snapshots of a store that is on no disk. */

import { orOutOfMemory } from "../errors.ts";
import {
  beyondTheEnd,
  closedFailure,
  isRange,
  lockedFailure,
  readOnlyFailure,
  storageFailure,
} from "./failures.ts";
import { GrowingBytes } from "./growing-bytes.ts";
import { folderPartsOf, parentOf, partsOf } from "./paths.ts";
import type { ReadableFile, Storage, StorageEntry, WritableFile } from "./storage.ts";

/** What a store in memory is kept on: as long as somebody has it, it can be opened again. */
export class MemoryDisk {
  /** By path. Folders too, which have no bytes: an empty one stays, as it does on a disk. */
  readonly files = new Map<string, GrowingBytes>();
  readonly folders = new Set<string>([""]);
  owner: MemoryStorage | undefined;
}

/** @throws {NearvecError} `LOCKED` while another has it open for writing, and this isn't `readOnly` */
export async function openMemory(
  disk: MemoryDisk = new MemoryDisk(),
  options: { readonly readOnly?: boolean } = {},
): Promise<Storage> {
  const storage = new MemoryStorage(disk, options.readOnly ?? false);
  if (!storage.readOnly) {
    if (disk.owner !== undefined) throw lockedFailure(storage.place);
    disk.owner = storage;
  }
  return storage;
}

class MemoryStorage implements Storage {
  readonly kind = "memory";
  readonly place = "memory";
  readonly readOnly: boolean;
  readonly #disk: MemoryDisk;
  #isClosed = false;

  constructor(disk: MemoryDisk, readOnly: boolean) {
    this.#disk = disk;
    this.readOnly = readOnly;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async list(folder: string): Promise<StorageEntry[]> {
    folderPartsOf(folder);
    this.#checkOpen();
    const { files, folders } = this.#disk;
    const nameOf = (path: string) => path.slice(folder === "" ? 0 : folder.length + 1);
    const entries: StorageEntry[] = [];
    for (const [path, { size }] of files) {
      if (parentOf(path) === folder) entries.push({ name: nameOf(path), isFolder: false, size });
    }
    for (const path of folders) {
      if (path !== "" && parentOf(path) === folder)
        entries.push({ name: nameOf(path), isFolder: true, size: 0 });
    }
    return entries;
  }

  async open(path: string): Promise<ReadableFile | undefined> {
    partsOf(path);
    this.#checkOpen();
    if (this.#disk.folders.has(path))
      throw storageFailure("STORAGE_FAILED", "could not open", path, "a folder");
    const bytes = this.#disk.files.get(path);
    return bytes && new MemoryReader(path, bytes, this);
  }

  async create(path: string): Promise<WritableFile> {
    const parts = partsOf(path);
    this.#checkWritable();
    const { files, folders } = this.#disk;
    const above = parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
    if (folders.has(path) || above.some((folder) => files.has(folder))) {
      const got = folders.has(path) ? "a folder" : "a file where a folder should be";
      throw storageFailure("STORAGE_FAILED", "could not create", path, got);
    }
    for (const folder of above) folders.add(folder);
    const bytes = new GrowingBytes();
    files.set(path, bytes);
    return new MemoryWriter(path, bytes, this);
  }

  async remove(path: string): Promise<void> {
    partsOf(path);
    this.#checkWritable();
    const { files, folders } = this.#disk;
    const isIn = (other: string) => other === path || other.startsWith(`${path}/`);
    for (const file of [...files.keys()].filter(isIn)) files.delete(file);
    for (const folder of [...folders].filter(isIn)) folders.delete(folder);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#disk.owner === this) this.#disk.owner = undefined;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw closedFailure("the store in memory");
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (this.readOnly) throw readOnlyFailure(this.place);
  }
}

class MemoryReader implements ReadableFile {
  readonly size: number;
  readonly #path: string;
  readonly #bytes: GrowingBytes;
  readonly #storage: MemoryStorage;
  #isClosed = false;

  constructor(path: string, bytes: GrowingBytes, storage: MemoryStorage) {
    this.size = bytes.size;
    this.#path = path;
    this.#bytes = bytes;
    this.#storage = storage;
  }

  async read(from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#isClosed || this.#storage.isClosed) throw closedFailure(`the file ${this.#path}`);
    if (!isRange(from, length, this.size)) throw beyondTheEnd(this.#path, from, length, this.size);
    return orOutOfMemory({ what: `no memory for ${length} bytes of ${this.#path}` }, () => {
      return this.#bytes.copy(from, length);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }
}

class MemoryWriter implements WritableFile {
  readonly #path: string;
  readonly #bytes: GrowingBytes;
  readonly #storage: MemoryStorage;
  #isClosed = false;

  constructor(path: string, bytes: GrowingBytes, storage: MemoryStorage) {
    this.#path = path;
    this.#bytes = bytes;
    this.#storage = storage;
  }

  get size(): number {
    return this.#bytes.size;
  }

  append(bytes: Uint8Array): void {
    this.#check();
    try {
      this.#bytes.append(bytes);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw storageFailure("STORAGE_FULL", "could not write", this.#path, "no more memory");
    }
  }

  drained(): undefined {
    return undefined;
  }

  async sync(): Promise<void> {
    this.#check();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #check(): void {
    if (this.#isClosed || this.#storage.isClosed) throw closedFailure(`the file ${this.#path}`);
  }
}
