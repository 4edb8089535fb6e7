/** A file that is not on any disk: bytes that the caller has, or can get, such as a snapshot's. Only read. */

import { orOutOfMemory } from "../errors.ts";
import { beyondTheEnd, closedFailure, isRange, storageFailure, systemFailure } from "./failures.ts";
import type { ReadableFile } from "./storage.ts";

/** Bytes that come piece by piece: from a server that answers range requests, say. */
export interface ByteRanges {
  /** Of all, in bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `from` on; never beyond `size`. What it answers is copied. May be called while it runs. */
  read(from: number, length: number): Promise<Uint8Array>;
}

/** @param name for messages: what is read */
export function openBytes(source: Uint8Array | ByteRanges, name = "the given bytes"): ReadableFile {
  return new BytesFile(source, name);
}

class BytesFile implements ReadableFile {
  readonly size: number;
  readonly inMemory: Uint8Array<ArrayBuffer> | undefined;
  readonly #source: Uint8Array | ByteRanges;
  readonly #name: string;
  #isClosed = false;

  constructor(source: Uint8Array | ByteRanges, name: string) {
    this.inMemory = source instanceof Uint8Array && isSteady(source) ? source : undefined;
    this.size = source instanceof Uint8Array ? source.length : source.size;
    this.#source = source;
    this.#name = name;
  }

  async read(from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#isClosed) throw closedFailure(this.#name);
    if (!isRange(from, length, this.size)) throw beyondTheEnd(this.#name, from, length, this.size);
    const source = this.#source;
    if (source instanceof Uint8Array) return this.#copy(source.subarray(from, from + length), length);
    const part = await source.read(from, length).catch((cause: unknown) => {
      throw systemFailure(cause, "could not read", this.#name);
    });
    return this.#copy(part, length);
  }

  /** Whose memory it came in, nobody knows: the caller's must not be changed, nor change. */
  #copy(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
    if (bytes.length !== length) {
      const got = `${bytes.length} bytes where ${length} were asked for`;
      throw storageFailure("STORAGE_FAILED", "could not read", this.#name, got);
    }
    const copy = orOutOfMemory({ what: `no memory for ${length} bytes of ${this.#name}` }, () => {
      return new Uint8Array(length);
    });
    copy.set(bytes);
    return copy;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }
}

/** Whether nobody else changes it meanwhile, as another thread can, and words can be read from it. */
function isSteady(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer && bytes.byteOffset % 8 === 0;
}
