/** A file of the log that is being written: records behind each other, and syncs that all who wait for one share. */

import type { Storage, WritableFile } from "../storage/storage.ts";
import { encodeFrame, FRAME_BYTES, Frame } from "./frame.ts";

/** Where a log ends: this many bytes of that segment are its last ones. */
export interface LogEnd {
  readonly segment: number;
  readonly bytes: number;
}

/** A record that is not known to be synced. */
export interface PendingRecord {
  readonly sequence: number;
  readonly operation: Uint8Array;
}

export class Segment {
  readonly number: number;
  readonly #file: WritableFile;
  /** Lets others have a turn of the event loop. */
  readonly #turn: () => Promise<void>;
  #before: LogEnd | undefined;
  #durable = 0;
  #pending: PendingRecord[] = [];
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** Whether the last sync was for several records. */
  #wasShared = false;
  #failure: { readonly reason: unknown } | undefined;

  private constructor(number: number, file: WritableFile, turn: () => Promise<void>) {
    this.number = number;
    this.#file = file;
    this.#turn = turn;
  }

  /** An empty file, in the place of one of that number; `begin` comes before anything else. */
  static async create(
    storage: Storage,
    folder: string,
    number: number,
    turn: () => Promise<void>,
  ): Promise<Segment> {
    return new Segment(number, await storage.create(segmentPath(folder, number)), turn);
  }

  /** Writes what comes first. @param before where the log ends before this segment; undefined: there is none */
  begin(before: LogEnd | undefined): void {
    const body = new Uint8Array(8);
    new DataView(body.buffer).setUint32(0, before?.segment ?? 0, true);
    this.#file.append(
      encodeFrame({ kind: Frame.SEGMENT, part: 0, a: this.number, b: before?.bytes ?? 0 }, body),
    );
    this.#before = before;
  }

  get size(): number {
    return this.#file.size;
  }

  get isDurable(): boolean {
    return this.#durable === this.#file.size;
  }

  /** Where what is known to be synced ends. */
  get durableEnd(): LogEnd | undefined {
    return this.#durable === 0 ? this.#before : { segment: this.number, bytes: this.#durable };
  }

  /** Why it can't be written any more, if it can't. */
  get failure(): { readonly reason: unknown } | undefined {
    return this.#failure;
  }

  /** Records that are not known to be synced, in order. */
  get pending(): readonly PendingRecord[] {
    return this.#pending;
  }

  /** @throws {NearvecError} of the storage; nothing was added then */
  append(sequence: number, operation: Uint8Array): void {
    const frame = encodeFrame({ kind: Frame.RECORD, part: 0, a: sequence, b: this.#durable }, operation);
    try {
      this.#file.append(frame);
    } catch (reason) {
      // The file may be one that can't go on, which a sync notices; none may be due. The next write finds what it did.
      this.sync().catch(() => undefined);
      throw reason;
    }
    // Not the caller's bytes, which are those of its next operation soon.
    const copy = frame.subarray(FRAME_BYTES, FRAME_BYTES + operation.byteLength);
    this.#pending.push({ sequence, operation: copy });
  }

  /**
   * Resolves when all that was appended before the call is synced. Those who come while a sync is under way share the
   * next one. So do those who were answered together, and are likely to write again at once: the first of them waits
   * for the others a turn, or else every second sync would be for the first one alone.
   */
  sync(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.reason);
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined && !this.#wasShared) return this.#start();
    this.#next = (this.#running ?? Promise.resolve()).then(this.#turn).then(() => {
      this.#next = undefined;
      // Somebody else's sync may have covered it, and the next segment may have begun.
      return this.isDurable ? undefined : this.#start();
    });
    return this.#next;
  }

  /** Without a sync. */
  close(): Promise<void> {
    return this.#file.close();
  }

  #start(): Promise<void> {
    this.#running ??= this.#sync();
    return this.#running;
  }

  async #sync(): Promise<void> {
    const { size } = this.#file;
    const count = this.#pending.length;
    try {
      await this.#file.sync();
      this.#durable = size;
      this.#pending.splice(0, count);
      this.#wasShared = count > 1;
    } catch (reason) {
      this.#failure = { reason };
      throw reason;
    } finally {
      this.#running = undefined;
    }
  }
}

export function segmentPath(folder: string, number: number): string {
  return `${folder}/log-${number}`;
}
