/**
 * The log of a collection: every change, before it is made. It is a chain of segments (files), of which the last is
 * written; a checkpoint begins a new one and makes those before superfluous.
 *
 * A storage reports a failed sync once, and nobody knows then what of the file is safe. So the segment is given up where it
 * is known to be, and what came after is written again to a new one: records are kept in memory until they are synced.
 */

import { NearvecError } from "../errors.ts";
import { closedFailure } from "../storage/failures.ts";
import type { Storage } from "../storage/storage.ts";
import type { FoundLog } from "./log-reader.ts";
import { type LogEnd, Segment } from "./segment.ts";

/** When an answered write is on the disk. */
export type Sync = "always" | "interval" | "never";

export interface LogOptions {
  readonly sync: Sync;
  /** Milliseconds between syncs, for "interval". */
  readonly interval: number;
  /** A turn of the event loop. */
  readonly turn: () => Promise<void>;
}

export class Log {
  readonly #storage: Storage;
  readonly #folder: string;
  readonly #options: LogOptions;
  /** Undefined until the first record. */
  #current: Segment | undefined;
  /** Made for the next checkpoint. */
  #spare: Segment | undefined;
  #last: number;
  #end: LogEnd | undefined;
  #opening: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #bytes: number;
  #isClosed = false;

  /**
   * @param found what there is of it already
   */
  constructor(
    storage: Storage,
    folder: string,
    options: LogOptions,
    { last, end, bytes }: Pick<FoundLog, "last" | "end" | "bytes">,
  ) {
    this.#storage = storage;
    this.#folder = folder;
    this.#options = options;
    this.#last = last;
    this.#end = end;
    this.#bytes = bytes;
  }

  /** Bytes of records that no checkpoint has: what opening would replay. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A checkpoint has so many of them now. */
  settle(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** What the next `append` has to wait for; undefined: nothing. Rejects when the storage doesn't let it. */
  ready(): Promise<void> | undefined {
    // Whoever comes late must not make files in a folder that may be gone, or another owner's.
    if (this.#isClosed) return Promise.reject(this.#closed());
    if (this.#current !== undefined && this.#current.failure === undefined) return undefined;
    this.#opening ??= this.#renew().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** Adds a record; the log must be `ready`. @throws {NearvecError} of the storage; nothing was added then */
  append(sequence: number, operation: Uint8Array): void {
    const segment = this.#current;
    if (segment === undefined) throw this.#closed();
    if (segment.failure !== undefined) throw segment.failure.reason;
    const before = segment.size;
    segment.append(sequence, operation);
    this.#bytes += segment.size - before;
  }

  /** What an answer has to wait for, once its record was added: a sync, or by the option nothing. */
  acknowledgement(): Promise<void> | undefined {
    const segment = this.#current;
    if (segment === undefined || segment.isDurable) return undefined;
    if (this.#options.sync === "always") return segment.sync().catch(unsafe);
    if (this.#options.sync === "interval") this.#syncLater();
    return undefined;
  }

  /** Resolves when all that was added is synced. */
  async sync(): Promise<void> {
    if (this.#current?.isDurable === false) await this.#current.sync();
  }

  /** Makes the file of the next segment, so that `rotate` needn't wait for it. */
  async prepareRotation(): Promise<void> {
    await this.ready();
    this.#spare ??= await this.#create(this.#last + 1);
  }

  /**
   * Begins the next segment and answers its number. All that was added must be synced.
   *
   * @throws {NearvecError} of the storage: the log goes on as it was
   */
  rotate(): number {
    const old = this.#current as Segment;
    const segment = this.#spare as Segment;
    this.#begin(segment, () => segment.begin({ segment: old.number, bytes: old.size }));
    this.#adopt(segment);
    return segment.number;
  }

  /** Syncs, and closes the files. */
  async close(): Promise<void> {
    try {
      await this.#opening?.catch(() => undefined);
      // After a sync that failed, another attempt for what is still in memory only.
      if (this.#current?.failure !== undefined) await this.ready();
      await this.sync();
    } finally {
      this.#isClosed = true;
      clearTimeout(this.#timer);
      const files = [this.#current, this.#spare];
      this.#current = undefined;
      this.#spare = undefined;
      for (const file of files) await file?.close();
    }
  }

  /** A segment for what comes now: the first one, or the one after a sync that failed. */
  async #renew(): Promise<void> {
    const segment = this.#spare ?? (await this.#create(this.#last + 1));
    this.#spare = segment;
    const old = this.#current;
    this.#begin(segment, () => {
      segment.begin(old === undefined ? this.#end : old.durableEnd);
      for (const { sequence, operation } of old?.pending ?? []) segment.append(sequence, operation);
    });
    this.#adopt(segment);
  }

  /** Writes what comes first. A file that came half-way, or can't go on, is of no use: the next attempt makes another one. */
  #begin(segment: Segment, write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#spare = undefined;
      segment.close().catch(() => undefined);
      throw error;
    }
  }

  #closed(): NearvecError {
    return closedFailure(`the log in ${this.#folder}`);
  }

  #create(number: number): Promise<Segment> {
    return Segment.create(this.#storage, this.#folder, number, this.#options.turn);
  }

  #adopt(segment: Segment): void {
    const old = this.#current;
    this.#spare = undefined;
    this.#current = segment;
    this.#last = segment.number;
    // All of it that counts is synced: an error has nothing to say any more.
    old?.close().catch(() => undefined);
  }

  #syncLater(): void {
    this.#timer ??= unref(
      setTimeout(() => {
        this.#timer = undefined;
        // The next write finds the failure, and begins anew.
        this.sync().catch(() => undefined);
      }, this.#options.interval),
    );
  }
}

/** What a writer is told whose change was made and could not be made safe. */
function unsafe(error: unknown): never {
  if (!(error instanceof NearvecError)) throw error;
  const { code, details } = error;
  const what = `the change was made, but is not safe yet: ${details.what}`;
  const todo = "A crash may lose it. It becomes safe with the next write that works.";
  throw new NearvecError(code, { ...details, what, todo }, { cause: error });
}

/** The operating system has the records: an idle process need not stay alive for their sync. */
function unref<T>(timer: T): T {
  if (typeof timer === "object") (timer as { unref?: () => void }).unref?.();
  return timer;
}
