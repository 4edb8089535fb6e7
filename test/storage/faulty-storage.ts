import { NearvecError } from "../../src/errors.ts";
import {
  beyondTheEnd,
  closedFailure,
  isRange,
  readOnlyFailure,
  storageFailure,
} from "../../src/storage/failures.ts";
import { folderPartsOf, parentOf, partsOf } from "../../src/storage/paths.ts";
import type { ReadableFile, Storage, StorageEntry, WritableFile } from "../../src/storage/storage.ts";
import type { FaultyDisk } from "./faulty.ts";
import type { FaultyFile } from "./faulty-file.ts";

/** The interface to a FaultyDisk. Every call counts; before and after what it does, others may come in between. */
export class FaultyStorage implements Storage {
  readonly kind = "faulty";
  readonly place = "the faulty disk";
  readonly readOnly: boolean;
  readonly #disk: FaultyDisk;
  isClosed = false;

  constructor(disk: FaultyDisk, readOnly: boolean) {
    this.#disk = disk;
    this.readOnly = readOnly;
  }

  async list(folder: string): Promise<StorageEntry[]> {
    folderPartsOf(folder);
    this.#checkOpen();
    const disk = this.#disk;
    disk.begin("list", folder, () => {});
    await disk.pause();
    const nameOf = (path: string) => path.slice(folder === "" ? 0 : folder.length + 1);
    const isIn = (path: string) => path !== "" && parentOf(path) === folder;
    const entries = [
      ...[...disk.files].map(([path, { size }]) => ({ path, isFolder: false, size })),
      ...[...disk.folders].map((path) => ({ path, isFolder: true, size: 0 })),
    ].filter(({ path }) => isIn(path));
    // In no particular order.
    const keyed = entries.map((entry) => ({ entry, key: disk.chance }));
    keyed.sort((a, b) => a.key - b.key);
    await disk.pause();
    return keyed.map(({ entry: { path, ...entry } }) => ({ name: nameOf(path), ...entry }));
  }

  async open(path: string): Promise<ReadableFile | undefined> {
    partsOf(path);
    this.#checkOpen();
    const disk = this.#disk;
    disk.begin("open", path, () => {});
    await disk.pause();
    if (disk.folders.has(path)) throw storageFailure("STORAGE_FAILED", "could not open", path, "a folder");
    const file = disk.files.get(path);
    if (file !== undefined && !this.readOnly) {
      file.makeDurable(file.size);
      disk.makeNameDurable(path, file);
    }
    const reader = file && new FaultyReader(disk, path, file, this);
    await disk.pause();
    return reader;
  }

  async create(path: string): Promise<WritableFile> {
    const parts = partsOf(path);
    this.#checkWritable();
    const disk = this.#disk;
    const above = parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
    disk.begin("create", path, (part) => {
      if (part > 0.5) disk.create(path);
    });
    await disk.pause();
    if (disk.folders.has(path) || above.some((folder) => disk.files.has(folder))) {
      throw storageFailure("STORAGE_FAILED", "could not create", path, "a folder, or a file for one");
    }
    const writer = new FaultyWriter(disk, path, disk.create(path), this);
    await disk.pause();
    return writer;
  }

  async remove(path: string): Promise<void> {
    partsOf(path);
    this.#checkWritable();
    const disk = this.#disk;
    const isIn = (other: string) => other === path || other.startsWith(`${path}/`);
    const removeSome = (part: number) => {
      for (const file of [...disk.files.keys()].filter(isIn)) if (disk.chance < part) disk.remove(file);
    };
    disk.begin("remove", path, removeSome);
    await disk.pause();
    removeSome(1);
    for (const folder of [...disk.folders].filter(isIn)) disk.folders.delete(folder);
    await disk.pause();
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.#disk.begin("close", this.place, () => {});
    this.isClosed = true;
    if (this.#disk.owner === this) this.#disk.owner = undefined;
  }

  #checkOpen(): void {
    this.#disk.check();
    if (this.isClosed) throw closedFailure("the store on the faulty disk");
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (this.readOnly) throw readOnlyFailure(this.place);
  }
}

class FaultyReader implements ReadableFile {
  readonly size: number;
  readonly #disk: FaultyDisk;
  readonly #path: string;
  readonly #file: FaultyFile;
  readonly #storage: FaultyStorage;
  #isClosed = false;

  constructor(disk: FaultyDisk, path: string, file: FaultyFile, storage: FaultyStorage) {
    this.#disk = disk;
    this.#path = path;
    this.#file = file;
    this.#storage = storage;
    this.size = file.size;
  }

  async read(from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#isClosed || this.#storage.isClosed) throw closedFailure(`the file ${this.#path}`);
    if (!isRange(from, length, this.size)) throw beyondTheEnd(this.#path, from, length, this.size);
    this.#disk.begin("read", this.#path, () => {});
    await this.#disk.pause();
    return this.#file.read(from, length);
  }

  async close(): Promise<void> {
    this.#disk.begin("close", this.#path, () => {});
    this.#isClosed = true;
  }
}

class FaultyWriter implements WritableFile {
  readonly #disk: FaultyDisk;
  readonly #path: string;
  readonly #file: FaultyFile;
  readonly #storage: FaultyStorage;
  #isClosed = false;
  /** What the last drained() said was few again. */
  #drained = 0;

  constructor(disk: FaultyDisk, path: string, file: FaultyFile, storage: FaultyStorage) {
    this.#disk = disk;
    this.#path = path;
    this.#file = file;
    this.#storage = storage;
  }

  get size(): number {
    return this.#file.size;
  }

  append(bytes: Uint8Array): void {
    this.#check();
    const disk = this.#disk;
    const file = this.#file;
    try {
      disk.begin("append", this.#path, (part) => {
        file.append(bytes.subarray(0, Math.round(part * bytes.length)));
      });
      disk.checkSpace("append", this.#path, bytes.length);
    } catch (error) {
      if (error instanceof NearvecError)
        file.leaveGhost(bytes.subarray(0, Math.floor(disk.chance * bytes.length)));
      throw error;
    }
    file.append(bytes);
    disk.bytesWritten += bytes.length;
  }

  drained(): Promise<void> | undefined {
    const { size, durable } = this.#file;
    if (size - Math.max(durable, this.#drained) <= this.#disk.buffer) return undefined;
    this.#drained = size;
    return this.#disk.pause();
  }

  async sync(): Promise<void> {
    this.#check();
    const disk = this.#disk;
    const file = this.#file;
    const { size } = file;
    try {
      disk.begin("sync", this.#path, (part) => {
        if (part > 0.5) this.#makeDurable(size);
      });
      disk.checkSpace("sync", this.#path, 0);
    } catch (error) {
      if (error instanceof NearvecError) file.isBroken = true;
      throw error;
    }
    await disk.pauseForSync();
    disk.check();
    // Another sync that ran meanwhile failed: who knows which bytes it was about?
    this.#check();
    this.#makeDurable(size);
    await disk.pause();
  }

  async close(): Promise<void> {
    this.#disk.begin("close", this.#path, () => {});
    this.#isClosed = true;
  }

  #makeDurable(size: number): void {
    this.#file.makeDurable(size);
    this.#disk.makeNameDurable(this.#path, this.#file);
  }

  #check(): void {
    this.#disk.check();
    if (this.#isClosed || this.#storage.isClosed) throw closedFailure(`the file ${this.#path}`);
    if (this.#file.isBroken) {
      throw storageFailure("STORAGE_FAILED", "could not write", this.#path, "a failed sync before");
    }
  }
}
