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
  /** What is safe; undefined: nothing yet. */
  #body: Uint8Array | undefined;
  #doubt: { readonly reason: unknown } | undefined;
  /** Whether the half that was begun last has all its bytes, synced or not. */
  #mayBeRead = false;

  private constructor(
    storage: Storage,
    name: string,
    halves: [number, number],
    body: Uint8Array | undefined,
  ) {
    this.#body = body;
    this.#storage = storage;
    this.#name = name;
    this.#halves = halves;
    this.#generation = Math.max(...halves);
  }

  /** A record that was never written. */
  static empty(storage: Storage, name: string): TwofoldRecord {
    return new TwofoldRecord(storage, name, [0, 0], undefined);
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
    const record = new TwofoldRecord(
      storage,
      name,
      [first.frame?.a ?? 0, second.frame?.a ?? 0],
      newest.body.slice(),
    );
    if (!storage.readOnly) await record.#mend();
    return { record, body: newest.body };
  }

  /**
   * What a write failed with after which nobody knows whether the old record is the one that would be read, or the new one;
   * until a write works.
   */
  get doubt(): { readonly reason: unknown } | undefined {
    return this.#doubt;
  }

  /**
   * Replaces the record. Once it resolves, it is what is read, whatever happens. When it rejects, the old one is, unless
   * there is a `doubt`.
   */
  async write(body: Uint8Array): Promise<void> {
    const first = this.#halves[0] <= this.#halves[1] ? 0 : 1;
    try {
      await this.#writeHalf(first, body, ++this.#generation);
    } catch (error) {
      this.#halves[first] = 0;
      if (this.#mayBeRead) this.#doubt = { reason: error };
      await this.#takeBack(first);
      throw error;
    }
    this.#doubt = undefined;
    this.#body = body;
    try {
      await this.#writeHalf(first === 0 ? 1 : 0, body, this.#generation);
    } catch {
      // The record is safe in the first half. The second is a spare, and the next write begins with it.
    }
  }

  /**
   * Brings the half that a crash left behind up to date: as long as it is there, damage to the other one would bring an old
   * record back, and nobody would notice.
   */
  async #mend(): Promise<void> {
    const [first, second] = this.#halves;
    if (first === second || this.#body === undefined) return;
    try {
      await this.#writeHalf(first < second ? 0 : 1, this.#body, this.#generation);
    } catch {
      // It can be read, and the next write begins with this half.
    }
  }

  /** What could not be synced may be read all the same: writes the old record over it, and later than it. */
  async #takeBack(half: 0 | 1): Promise<void> {
    if (this.#doubt === undefined || this.#body === undefined) return;
    try {
      await this.#writeHalf(half, this.#body, ++this.#generation);
      this.#doubt = undefined;
    } catch {
      // The doubt stays.
    }
  }

  async #writeHalf(half: 0 | 1, body: Uint8Array, generation: number): Promise<void> {
    const frame = encodeFrame({ kind: Frame.MANIFEST, part: 0, a: generation, b: FORMAT }, body);
    this.#halves[half] = 0;
    this.#mayBeRead = false;
    const file = await this.#storage.create(`${this.#name}${NAMES[half]}`);
    try {
      file.append(frame);
      this.#mayBeRead = true;
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
