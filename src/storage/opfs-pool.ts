/**
 * The numbered files of a store in the origin private file system, and their sync access handles. A file can have only one
 * handle: whoever uses the file shares it. What nobody needs any more is kept, empty, for the next who wants a file.
 */

import { nameOf } from "./browser-failures.ts";

/** What TypeScript's types of windows don't have. */
export interface SyncHandle {
  read(into: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  write(from: Uint8Array, options: { at: number }): number;
  flush(): void;
  truncate(size: number): void;
  getSize(): number;
  close(): void;
}

type SyncFile = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncHandle> };

/** One user's part in a handle; the last one's `close` closes it. */
export interface HandleUse {
  readonly handle: SyncHandle;
  /** The store was closed, and the handle with it. */
  readonly isLost: boolean;
  close(): void;
}

interface Shared {
  readonly handle: SyncHandle;
  users: number;
  isLost: boolean;
  /** No name leads here any more: the last user empties it. */
  isFree: boolean;
}

/** A checkpoint takes two or three; a new collection takes six. */
const FEWEST_SPARES = 6;
const MOST_SPARES = 24;
/** A worker that was terminated gives its handles back a moment after its lock; in milliseconds. */
const PATIENCE = 3000;
const PAUSE = 20;

const FILE = /^file-(\d+)$/;

export class FilePool {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #open = new Map<number, Shared>();
  /** Those without a name, in the order of their numbers, which is that of their age. */
  #spares: number[] = [];
  #next = 1;

  constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  /** Finds what files there are. @param named those that have a name. Answers whether others have something in them. */
  async begin(named: ReadonlySet<number>): Promise<boolean> {
    let hasMore = false;
    for await (const [name, handle] of this.#folder.entries()) {
      const number = Number(FILE.exec(name)?.[1] ?? 0);
      if (number === 0 || handle.kind === "directory") continue;
      this.#next = Math.max(this.#next, number + 1);
      if (named.has(number)) continue;
      this.#spares.push(number);
      hasMore ||= (await handle.getFile()).size > 0;
    }
    this.#spares.sort((a, b) => a - b);
    return hasMore;
  }

  /** Empties those without a name. */
  async emptySpares(): Promise<void> {
    const spares = this.#spares;
    this.#spares = [];
    for (const number of spares) await this.free(number);
  }

  /** A file without a name: the oldest, for that is safest on the disk; else a new one. It may have something in it. */
  async allocate(): Promise<number> {
    const spare = this.#spares.shift();
    return spare ?? (await this.#make());
  }

  /** One call at a time. Undefined when there is no such file. */
  async take(number: number): Promise<HandleUse | undefined> {
    let shared = this.#open.get(number);
    if (shared === undefined) {
      const file = await this.#file(number);
      if (file === undefined) return undefined;
      shared = { handle: await syncHandle(file), users: 0, isLost: false, isFree: false };
      this.#open.set(number, shared);
    }
    return this.#use(number, shared);
  }

  /** No name leads to it any more. It is emptied when its last user has closed it. */
  async free(number: number): Promise<void> {
    const use = await this.take(number);
    if (use === undefined) return;
    (this.#open.get(number) as Shared).isFree = true;
    use.close();
  }

  /** Makes files for those to come, and removes what is too many. */
  async balance(): Promise<void> {
    while (this.#spares.length < FEWEST_SPARES) this.#spares.push(await this.#make());
    while (this.#spares.length > MOST_SPARES) {
      await this.#folder.removeEntry(`file-${this.#spares.pop()}`);
    }
  }

  /** In bytes. Undefined when there is no such file. */
  async sizeOf(number: number): Promise<number | undefined> {
    const shared = this.#open.get(number);
    return shared === undefined
      ? (await (await this.#file(number))?.getFile())?.size
      : shared.handle.getSize();
  }

  close(): void {
    for (const [number, shared] of this.#open) this.#end(number, shared);
  }

  async #make(): Promise<number> {
    const number = this.#next++;
    await this.#folder.getFileHandle(`file-${number}`, { create: true });
    return number;
  }

  #file(number: number): Promise<FileSystemFileHandle | undefined> {
    return fileOf(this.#folder, number);
  }

  #use(number: number, shared: Shared): HandleUse {
    shared.users++;
    let isClosed = false;
    return {
      handle: shared.handle,
      get isLost() {
        return shared.isLost;
      },
      close: () => {
        if (isClosed) return;
        isClosed = true;
        shared.users--;
        if (shared.users === 0 && !shared.isLost) this.#end(number, shared);
      },
    };
  }

  #end(number: number, shared: Shared): void {
    shared.isLost = true;
    this.#open.delete(number);
    try {
      if (shared.isFree) shared.handle.truncate(0);
    } catch {
      // It takes space until somebody uses it, who empties it first.
    }
    shared.handle.close();
    if (!shared.isFree) return;
    this.#spares.push(number);
    this.#spares.sort((a, b) => a - b);
  }
}

export async function fileOf(
  folder: FileSystemDirectoryHandle,
  number: number,
): Promise<FileSystemFileHandle | undefined> {
  try {
    return await folder.getFileHandle(`file-${number}`);
  } catch (cause) {
    if (nameOf(cause) === "NotFoundError") return undefined;
    throw cause;
  }
}

/** Tries again while somebody has one. */
export async function syncHandle(file: FileSystemFileHandle): Promise<SyncHandle> {
  for (let waited = 0; ; waited += PAUSE) {
    try {
      return await (file as SyncFile).createSyncAccessHandle();
    } catch (error) {
      if (nameOf(error) !== "NoModificationAllowedError" || waited >= PATIENCE) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}
