/** A store in the origin private file system, opened for reading beside its owner: without handles, which only one can have. */

import { browserFailure, browserFault } from "./browser-failures.ts";
import { closedFailure, readOnlyFailure } from "./failures.ts";
import { OpfsSnapshot } from "./opfs-files.ts";
import { listNames, type Names, numberOf, readNames } from "./opfs-names.ts";
import { fileOf } from "./opfs-pool.ts";
import { folderPartsOf, partsOf } from "./paths.ts";
import type { ReadableFile, Storage, StorageEntry } from "./storage.ts";

export class ReadOnlyOpfs implements Storage {
  readonly kind = "opfs";
  readonly place: string;
  readonly readOnly = true;
  readonly #folder: FileSystemDirectoryHandle;
  #isClosed = false;

  constructor(place: string, folder: FileSystemDirectoryHandle) {
    this.place = place;
    this.#folder = folder;
  }

  async list(path: string): Promise<StorageEntry[]> {
    folderPartsOf(path);
    this.#checkOpen();
    try {
      return await listNames(await this.#names(), path, async (number) => {
        return (await (await fileOf(this.#folder, number))?.getFile())?.size;
      });
    } catch (cause) {
      throw browserFailure(cause, "could not list", path);
    }
  }

  async open(path: string): Promise<ReadableFile | undefined> {
    partsOf(path);
    this.#checkOpen();
    try {
      const number = numberOf(await this.#names(), path);
      const file = number === undefined ? undefined : await fileOf(this.#folder, number);
      if (file === undefined) return undefined;
      return new OpfsSnapshot(path, file, (await file.getFile()).size, () => this.#isClosed);
    } catch (cause) {
      throw browserFailure(cause, "could not open", path);
    }
  }

  async create(path: string): Promise<never> {
    partsOf(path);
    this.#checkOpen();
    throw readOnlyFailure(this.place);
  }

  async remove(path: string): Promise<void> {
    await this.create(path);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async #names(): Promise<Names> {
    const names = await readNames(this.#folder);
    if (names === undefined) throw browserFault("STORAGE_FAILED", "could not read the names in", this.place);
    return names;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw closedFailure(`the store ${this.place}`);
  }
}
