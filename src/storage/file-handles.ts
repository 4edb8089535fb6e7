/** The open files of a store in a folder. */

import { NearvecError, orOutOfMemory } from "../errors.ts";
import { beyondTheEnd, closedFailure, isRange, storageFailure, systemFailure } from "./failures.ts";
import type { FolderSync } from "./folder-sync.ts";
import type { NodeModules } from "./node-modules.ts";
import type { ReadableFile, WritableFile } from "./storage.ts";

type Handles = Set<{ close(): Promise<void> }>;

/** What is asked of the system at once; it takes no more than 2 GB. */
const MOST_AT_ONCE = 1 << 30;

/** A descriptor that is closed when nothing uses it any more: its number may be another file's right afterwards. */
class Descriptor {
  readonly #fs: NodeModules["fs"];
  readonly #number: number;
  #uses = 0;
  #closing: Promise<void> | undefined;
  #idle: (() => void) | undefined;

  constructor(fs: NodeModules["fs"], number: number) {
    this.#fs = fs;
    this.#number = number;
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  get number(): number {
    return this.#number;
  }

  /** @param name of the file, for messages */
  async use<T>(name: string, action: (descriptor: number) => Promise<T>): Promise<T> {
    if (this.isClosed) throw closedFailure(`the file ${name}`);
    this.#uses++;
    try {
      return await action(this.#number);
    } finally {
      this.#uses--;
      if (this.#uses === 0) this.#idle?.();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#uses > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    this.#fs.closeSync(this.#number);
  }
}

export class FileReader implements ReadableFile {
  readonly size: number;
  readonly #fs: NodeModules["fs"];
  readonly #name: string;
  readonly #descriptor: Descriptor;
  readonly #handles: Handles;

  constructor({ fs }: NodeModules, name: string, descriptor: number, size: number, handles: Handles) {
    this.#fs = fs;
    this.#name = name;
    this.#descriptor = new Descriptor(fs, descriptor);
    this.size = size;
    this.#handles = handles;
    handles.add(this);
  }

  async read(from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (!isRange(from, length, this.size)) throw beyondTheEnd(this.#name, from, length, this.size);
    const bytes = orOutOfMemory({ what: `no memory for ${length} bytes of ${this.#name}` }, () => {
      return new Uint8Array(length);
    });
    return await this.#descriptor.use(this.#name, async (descriptor) => {
      for (let at = 0; at < length; ) {
        const count = await this.#readSome(descriptor, bytes, at, from + at);
        // Somebody cut it since it was opened.
        if (count === 0) throw beyondTheEnd(this.#name, from, length, from + at);
        at += count;
      }
      return bytes;
    });
  }

  #readSome(descriptor: number, bytes: Uint8Array, at: number, position: number): Promise<number> {
    const length = Math.min(bytes.length - at, MOST_AT_ONCE);
    return new Promise((resolve, reject) => {
      this.#fs.read(descriptor, bytes, at, length, position, (error, count) => {
        if (error) reject(systemFailure(error, "could not read", this.#name));
        else resolve(count);
      });
    });
  }

  async close(): Promise<void> {
    this.#handles.delete(this);
    await this.#descriptor.close();
  }
}

export class FileWriter implements WritableFile {
  readonly #fs: NodeModules["fs"];
  readonly #name: string;
  readonly #descriptor: Descriptor;
  readonly #folders: FolderSync;
  readonly #handles: Handles;
  #size = 0;
  /** Why it can't be used any more. */
  #failure: NearvecError | undefined;
  #wasSynced = false;
  /** The sync that runs, and the one after it, for those that asked meanwhile. */
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor({ fs }: NodeModules, name: string, descriptor: number, folders: FolderSync, handles: Handles) {
    this.#fs = fs;
    this.#name = name;
    this.#descriptor = new Descriptor(fs, descriptor);
    this.#folders = folders;
    this.#handles = handles;
    handles.add(this);
  }

  get size(): number {
    return this.#size;
  }

  append(bytes: Uint8Array): void {
    this.#check();
    let at = 0;
    try {
      while (at < bytes.length) {
        const length = Math.min(bytes.length - at, MOST_AT_ONCE);
        const count = this.#fs.writeSync(this.#descriptor.number, bytes, at, length, this.#size + at);
        if (count === 0) {
          throw storageFailure("STORAGE_FAILED", "could not write", this.#name, "a write of no bytes");
        }
        at += count;
      }
    } catch (cause) {
      const error = systemFailure(cause, "could not write", this.#name);
      this.#takeBack(error);
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Some of it may be there. Bytes that nobody knows of must not be read as the next ones' tail. */
  #takeBack(error: NearvecError): void {
    try {
      this.#fs.ftruncateSync(this.#descriptor.number, this.#size);
    } catch {
      // What is reported is why the write failed. This only means that the file can't go on.
      this.#failure = error;
    }
  }

  drained(): undefined {
    return undefined;
  }

  /**
   * One at a time, for all that wait: were there two, the system would tell one of them of a failed write, and the other
   * that all is well.
   */
  sync(): Promise<void> {
    try {
      this.#check();
    } catch (error) {
      return Promise.reject(error);
    }
    // The next one first: it is still to begin even where the running one is just through.
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) {
      this.#running = this.#run();
      return this.#running;
    }
    this.#next = this.#running.then(() => {
      this.#next = undefined;
      this.#running = this.#run();
      return this.#running;
    });
    return this.#next;
  }

  async #run(): Promise<void> {
    try {
      await this.#descriptor.use(this.#name, (descriptor) => this.#syncData(descriptor));
      // A name stays where it is: once is enough.
      if (!this.#wasSynced) await this.#folders.sync(this.#name);
      this.#wasSynced = true;
    } catch (cause) {
      this.#failure ??= systemFailure(cause, "could not sync", this.#name);
      throw this.#failure;
    } finally {
      this.#running = undefined;
    }
  }

  /**
   * Of what describes a file, only its size matters, and that comes with its data (fdatasync) on every system. On macOS,
   * where fsync leaves data in the drive's own memory, Node asks for F_FULLFSYNC in both cases; on Windows both flush
   * the drive. The first time, all of it.
   */
  #syncData(descriptor: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | null) => (error ? reject(error) : resolve());
      if (this.#wasSynced) this.#fs.fdatasync(descriptor, done);
      else this.#fs.fsync(descriptor, done);
    });
  }

  async close(): Promise<void> {
    this.#handles.delete(this);
    await this.#descriptor.close();
  }

  #check(): void {
    if (this.#descriptor.isClosed) throw closedFailure(`the file ${this.#name}`);
    if (this.#failure === undefined) return;
    throw new NearvecError(
      this.#failure.code,
      {
        what: `the file ${this.#name} can't be written any more, since an earlier write or sync failed`,
        got: this.#failure.message,
        todo: "Write into a new file.",
        subject: { file: this.#name },
      },
      { cause: this.#failure },
    );
  }
}
