/** The open files of a store in IndexedDB. */

import type { NearvecError } from "../errors.ts";
import {
  browserFailure,
  browserFailureWithUsage,
  browserFault,
  reserve,
  unusable,
} from "./browser-failures.ts";
import { beyondTheEnd, closedFailure, isRange } from "./failures.ts";
import { CHUNK_BYTES, chunksOf, type Entry, keyOf, result, transact } from "./indexeddb-transactions.ts";
import type { ReadableFile, WritableFile } from "./storage.ts";

type Files = Set<{ close(): Promise<void> }>;
type Chunk = Uint8Array<ArrayBuffer>;

/** Chunks of a request. */
const READ_CHUNKS = 4;
/** What was appended is written so soon without a sync being asked for (in milliseconds), … */
const SOON = 100;
/** … or at once when it is so many bytes; … */
const MANY_BYTES = 4 << 20;
/** … and whoever can wait is asked to when they are so many. */
const TOO_MANY_BYTES = 16 << 20;

export class ChunkedReader implements ReadableFile {
  readonly size: number;
  readonly #path: string;
  readonly #database: IDBDatabase;
  readonly #id: number;
  readonly #files: Files;
  #isClosed = false;

  constructor(path: string, database: IDBDatabase, { id, size }: Entry, files: Files) {
    this.#path = path;
    this.#database = database;
    this.#id = id;
    this.#files = files;
    this.size = size;
  }

  async read(from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#isClosed) throw closedFailure(`the file ${this.#path}`);
    if (!isRange(from, length, this.size)) throw beyondTheEnd(this.#path, from, length, this.size);
    const bytes = reserve(this.#path, length);
    try {
      const chunks = await this.#chunks(
        Math.floor(from / CHUNK_BYTES),
        Math.ceil((from + length) / CHUNK_BYTES),
      );
      for (const { index, chunk } of chunks) this.#copy(chunk, index, bytes, from);
      return bytes;
    } catch (cause) {
      throw browserFailure(cause, "could not read", this.#path);
    }
  }

  /** Several requests at once, so that one is answered while another is read. */
  async #chunks(first: number, end: number): Promise<{ index: number; chunk: Chunk | undefined }[]> {
    const parts = Array.from({ length: Math.ceil((end - first) / READ_CHUNKS) }, (_, i) => {
      return { from: first + i * READ_CHUNKS, to: Math.min(first + (i + 1) * READ_CHUNKS, end) };
    });
    const read = await transact(this.#database, "readonly", ({ chunks }) => {
      return Promise.all(
        parts.map(({ from, to }) => result<Chunk[]>(chunks.getAll(chunksOf(this.#id, from, to - 1)))),
      );
    });
    return parts.flatMap(({ from, to }, i) => {
      return Array.from({ length: to - from }, (_, j) => ({ index: from + j, chunk: read[i]?.[j] }));
    });
  }

  /** Copies what of a chunk lies in the bytes that begin at `from`. */
  #copy(chunk: Chunk | undefined, index: number, bytes: Uint8Array, from: number): void {
    const start = index * CHUNK_BYTES;
    // It was removed or made anew since.
    if (chunk === undefined || chunk.length < Math.min(this.size - start, CHUNK_BYTES)) {
      throw browserFault("STORAGE_FAILED", "could not read", this.#path, `no whole chunk ${index}`);
    }
    const begin = Math.max(0, from - start);
    bytes.set(
      chunk.subarray(begin, Math.min(chunk.length, from + bytes.length - start)),
      start + begin - from,
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#files.delete(this);
  }
}

export class ChunkedWriter implements WritableFile {
  readonly #path: string;
  readonly #database: IDBDatabase;
  readonly #id: number;
  readonly #files: Files;
  #size = 0;
  /** Bytes that the database has. */
  #stored = 0;
  /** The chunks that it hasn't got, or not all of; each has room for all its bytes. The first is number `#first`. */
  readonly #chunks: Chunk[] = [];
  #first = 0;
  #failure: NearvecError | undefined;
  /** The write that runs, and the one after it, for those that asked meanwhile. */
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param id of an empty file */
  constructor(path: string, database: IDBDatabase, id: number, files: Files) {
    this.#path = path;
    this.#database = database;
    this.#id = id;
    this.#files = files;
  }

  get size(): number {
    return this.#size;
  }

  append(bytes: Uint8Array): void {
    this.#check();
    const size = this.#size + bytes.length;
    const missing = Math.ceil(size / CHUNK_BYTES) - this.#first - this.#chunks.length;
    // The memory first: once it is there, nothing can fail.
    const fresh = Array.from({ length: missing }, () => reserve(this.#path, CHUNK_BYTES));
    this.#chunks.push(...fresh);
    for (let at = 0; at < bytes.length; ) {
      const position = this.#size + at;
      const chunk = this.#chunks[Math.floor(position / CHUNK_BYTES) - this.#first] as Chunk;
      const part = bytes.subarray(at, at + CHUNK_BYTES - (position % CHUNK_BYTES));
      chunk.set(part, position % CHUNK_BYTES);
      at += part.length;
    }
    this.#size = size;
    if (size - this.#stored >= MANY_BYTES && this.#running === undefined) this.#writeUnasked();
    else this.#timer ??= setTimeout(() => this.#writeUnasked(), SOON);
  }

  #writeUnasked(): void {
    // Whoever appends or syncs next is told of its failure.
    if (this.#failure === undefined) this.#write().catch(() => undefined);
  }

  drained(): Promise<void> | undefined {
    return this.#size - this.#stored >= TOO_MANY_BYTES && this.#failure === undefined
      ? this.#drain()
      : undefined;
  }

  async #drain(): Promise<void> {
    try {
      while (this.#size - this.#stored >= TOO_MANY_BYTES) await this.#write();
    } catch {
      // Whoever appends or syncs next is told.
    }
  }

  sync(): Promise<void> {
    try {
      this.#check();
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#write();
  }

  /** Resolves when the database has all that was appended before the call. */
  #write(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#stored === this.#size ? Promise.resolve() : this.#start();
    this.#next = this.#running.then(() => {
      this.#next = undefined;
      return this.#stored === this.#size ? undefined : this.#start();
    });
    return this.#next;
  }

  #start(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running = this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    const size = this.#size;
    try {
      await this.#transact(size);
      this.#stored = size;
      const whole = Math.floor(size / CHUNK_BYTES) - this.#first;
      this.#chunks.splice(0, whole);
      this.#first += whole;
    } catch (cause) {
      this.#failure = await browserFailureWithUsage(cause, "could not write", this.#path);
      throw this.#failure;
    } finally {
      this.#running = undefined;
    }
  }

  #transact(size: number): Promise<void> {
    return transact(this.#database, "strict", async ({ entries, chunks }) => {
      // A database keeps a copy of a value, and of all the memory that it is a view of.
      for (const [i, chunk] of this.#chunks.entries()) {
        const index = this.#first + i;
        const length = Math.min(size - index * CHUNK_BYTES, CHUNK_BYTES);
        if (length > 0) chunks.put(length < CHUNK_BYTES ? chunk.slice(0, length) : chunk, [this.#id, index]);
      }
      const key = keyOf(this.#path);
      const entry = await result<Entry | undefined>(entries.get(key));
      if (entry?.id !== this.#id) {
        throw browserFault("STORAGE_FAILED", "could not write", this.#path, "it was removed or made anew");
      }
      entries.put({ id: this.#id, size } satisfies Entry, key);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      // Others would have it, though nobody promised it. A failure is known by now, or loses what nobody relies on.
      if (this.#failure === undefined) await this.#write();
    } finally {
      this.#files.delete(this);
    }
  }

  #check(): void {
    if (this.#closing !== undefined) throw closedFailure(`the file ${this.#path}`);
    if (this.#failure !== undefined) throw unusable(this.#path, this.#failure);
  }
}
