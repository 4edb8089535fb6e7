/**
 * A small record that is replaced as a whole: of two files the one of the newer generation counts.
 *
 * ```
 *               name-0 [n-1]  name-1 [n-1]
 *   write n:    name-0 [  n]  name-1 [n-1]     synced: from here on n is what is read
 *               name-0 [  n]  name-1 [  n]     then the other one, so that damage to either does no harm
 * ```
 * A crash while one is written leaves the other whole: the half that is worth less is written first. No storage but a POSIX
 * file system has a rename that is durable; this asks for none.
 */

import type { Storage } from "../storage/storage.ts";
import { damaged, encodeFrame, FORMAT, Frame, type ReadFrame } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";

const NAMES = ["-0", "-1"] as const;

export class TwofoldRecord {
  readonly #storage: Storage;
  readonly #name: string;
  /** Of the last attempt to write. */
  #generation: number;
  /** What each half is known to hold, by its generation; 0: nothing, or nobody knows. */
  readonly #halves: [number, number];

  private constructor(storage: Storage, name: string, halves: [number, number]) {
    this.#storage = storage;
    this.#name = name;
    this.#halves = halves;
    this.#generation = Math.max(...halves);
  }

  /** A record that was never written. */
  static empty(storage: Storage, name: string): TwofoldRecord {
    return new TwofoldRecord(storage, name, [0, 0]);
  }

  /**
   * The record and its bytes; undefined when it was never written, or the first attempt was cut off.
   *
   * @throws {NearvecError} `DAMAGED` when there are both files and neither can be read
   */
  static async read(
    storage: Storage,
    name: string,
  ): Promise<{ record: TwofoldRecord; body: Uint8Array<ArrayBuffer> } | undefined> {
    const first = await readHalf(storage, `${name}${NAMES[0]}`);
    const second = await readHalf(storage, `${name}${NAMES[1]}`);
    const newest = (second.frame?.a ?? 0) > (first.frame?.a ?? 0) ? second.frame : first.frame;
    if (newest === undefined) {
      // The second file is begun when the first is safe: before that, a crash may leave anything of the first.
      if (first.bytes === 0 || second.bytes === 0) return undefined;
      throw damaged(`${name}${NAMES[0]}`, 0, "neither this file nor its twin can be read");
    }
    if (newest.b > FORMAT) {
      const what = `it has format ${newest.b}, and this release knows none after ${FORMAT}`;
      throw damaged(`${name}${NAMES[0]}`, 0, what, "Open it with the release that wrote it, or a later one.");
    }
    const record = new TwofoldRecord(storage, name, [first.frame?.a ?? 0, second.frame?.a ?? 0]);
    return { record, body: newest.body };
  }

  /**
   * Replaces the record. Once it resolves, it is what is read, whatever happens. When it rejects, either the old or the new
   * one is.
   */
  async write(body: Uint8Array): Promise<void> {
    const generation = ++this.#generation;
    const frame = encodeFrame({ kind: Frame.MANIFEST, part: 0, a: generation, b: FORMAT }, body);
    const first = this.#halves[0] <= this.#halves[1] ? 0 : 1;
    await this.#writeHalf(first, frame, generation);
    try {
      await this.#writeHalf(first === 0 ? 1 : 0, frame, generation);
    } catch {
      // The record is safe in the first half. The second is a spare, and the next write begins with it.
    }
  }

  async #writeHalf(half: 0 | 1, frame: Uint8Array, generation: number): Promise<void> {
    this.#halves[half] = 0;
    const file = await this.#storage.create(`${this.#name}${NAMES[half]}`);
    try {
      file.append(frame);
      await file.sync();
      this.#halves[half] = generation;
    } finally {
      await file.close();
    }
  }
}

async function readHalf(
  storage: Storage,
  path: string,
): Promise<{ frame: ReadFrame | undefined; bytes: number }> {
  const file = await storage.open(path);
  if (file === undefined) return { frame: undefined, bytes: 0 };
  try {
    const frame = await new FrameReader(file).next();
    return { frame: frame?.kind === Frame.MANIFEST ? frame : undefined, bytes: file.size };
  } finally {
    await file.close();
  }
}
