/** The open files of a store in the origin private file system. */

import type { NearvecError } from "../errors.ts";
import { browserFailure, browserFault, reserve, unusable } from "./browser-failures.ts";
import { beyondTheEnd, closedFailure, isRange } from "./failures.ts";
import type { HandleUse } from "./opfs-pool.ts";
import type { ReadableFile, WritableFile } from "./storage.ts";

export class OpfsReader implements ReadableFile {
  readonly size: number;
  readonly #path: string;
  readonly #use: HandleUse;
  #isClosed = false;

  constructor(path: string, use: HandleUse) {
    this.#path = path;
    this.#use = use;
    this.size = use.handle.getSize();
  }

  async read(from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#isClosed || this.#use.isLost) throw closedFailure(`the file ${this.#path}`);
    if (!isRange(from, length, this.size)) throw beyondTheEnd(this.#path, from, length, this.size);
    const bytes = reserve(this.#path, length);
    try {
      for (let at = 0; at < length; ) {
        const count = this.#use.handle.read(bytes.subarray(at), { at: from + at });
        if (count === 0) throw beyondTheEnd(this.#path, from, length, from + at);
        at += count;
      }
    } catch (cause) {
      throw browserFailure(cause, "could not read", this.#path);
    }
    return bytes;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#use.close();
  }
}

/** A file of a store that somebody else may be writing: what it had when it was opened. */
export class OpfsSnapshot implements ReadableFile {
  readonly size: number;
  readonly #path: string;
  readonly #file: FileSystemFileHandle;
  readonly #isStoreClosed: () => boolean;
  #isClosed = false;

  constructor(path: string, file: FileSystemFileHandle, size: number, isStoreClosed: () => boolean) {
    this.#path = path;
    this.#file = file;
    this.size = size;
    this.#isStoreClosed = isStoreClosed;
  }

  async read(from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#isClosed || this.#isStoreClosed()) throw closedFailure(`the file ${this.#path}`);
    if (!isRange(from, length, this.size)) throw beyondTheEnd(this.#path, from, length, this.size);
    try {
      // A File can't be read any more once its file was written to. What is in front of the end is the same in the next
      // one, unless the owner gave the file another name: then it isn't what its checksums say.
      const file = await this.#file.getFile();
      const bytes = new Uint8Array(await file.slice(from, from + length).arrayBuffer());
      if (bytes.length < length) throw beyondTheEnd(this.#path, from, length, file.size);
      return bytes;
    } catch (cause) {
      throw browserFailure(cause, "could not read", this.#path);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }
}

export class OpfsWriter implements WritableFile {
  readonly #path: string;
  readonly #use: HandleUse;
  #size = 0;
  #failure: NearvecError | undefined;
  #syncing: Promise<void> | undefined;
  #isClosed = false;

  /** @param use of an empty file */
  constructor(path: string, use: HandleUse) {
    this.#path = path;
    this.#use = use;
  }

  get size(): number {
    return this.#size;
  }

  append(bytes: Uint8Array): void {
    this.#check();
    let at = 0;
    try {
      while (at < bytes.length) {
        const count = this.#use.handle.write(bytes.subarray(at), { at: this.#size + at });
        if (count === 0) {
          // The specification lets a full disk end a write early; only an error tells of other reasons.
          throw browserFault("STORAGE_FULL", "could not write", this.#path, "a write of no bytes");
        }
        at += count;
      }
    } catch (cause) {
      const error = browserFailure(cause, "could not write", this.#path);
      this.#takeBack(error);
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Some of it may be there. Bytes that nobody knows of must not be read as the next ones' tail. */
  #takeBack(error: NearvecError): void {
    try {
      this.#use.handle.truncate(this.#size);
    } catch {
      // What is reported is why the write failed. This only means that the file can't go on.
      this.#failure = error;
    }
  }

  drained(): undefined {
    return undefined;
  }

  /** The flush holds the worker up. Those who ask in the same turn, before it begins, share it. */
  sync(): Promise<void> {
    try {
      this.#check();
    } catch (error) {
      return Promise.reject(error);
    }
    this.#syncing ??= Promise.resolve().then(() => {
      this.#syncing = undefined;
      this.#flush();
    });
    return this.#syncing;
  }

  #flush(): void {
    this.#check();
    try {
      this.#use.handle.flush();
    } catch (cause) {
      this.#failure = browserFailure(cause, "could not sync", this.#path);
      throw this.#failure;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#use.close();
  }

  #check(): void {
    if (this.#isClosed || this.#use.isLost) throw closedFailure(`the file ${this.#path}`);
    if (this.#failure !== undefined) throw unusable(this.#path, this.#failure);
  }
}
