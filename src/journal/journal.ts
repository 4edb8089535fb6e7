/**
 * What is kept of a collection, in a folder: a log of what was changed, checkpoints of what came of it, and a manifest that
 * says which of these count.
 *
 * ```
 *   checkpoint-7 (full) ◄─ checkpoint-8 ◄─ checkpoint-9        log-12 ─► log-13 …
 *          └──────────────── manifest ──────────────────┘────────┘
 * ```
 * Nothing that the manifest names is ever changed, but for the end of the log. A checkpoint is made beside all that counts,
 * and counts from the moment that a manifest naming it is safe; what it makes superfluous is removed after that.
 */

import { NearvecError } from "../errors.ts";
import type { Storage } from "../storage/storage.ts";
import { Captured } from "./capturing.ts";
import { CheckpointReader } from "./checkpoint-file.ts";
import { damaged } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import type { Journalled, Restoring } from "./journalled.ts";
import { Log, type LogOptions } from "./log.ts";
import { readLog, segmentNumbers, type TornTail } from "./log-reader.ts";
import { type Link, restoreChain } from "./restore.ts";
import { segmentPath } from "./segment.ts";
import { TwofoldRecord } from "./twofold-record.ts";

/**
 * What is void in a chain may take this much of what counts, then all is written anew. Neither is known, but the largest
 * file of a chain counted as a whole when it was written, and at most all the others are void.
 */
const MOST_VOID = 1 / 2;
const VOID_ALWAYS = 1 << 20;
/** Opening reads all of a chain: it may have so many files, and another one for each megabyte that it takes anyway. */
const LONGEST_CHAIN = 64;

interface Manifest {
  /** The checkpoints that count, oldest first, and their sizes. */
  readonly checkpoints: readonly { readonly number: number; readonly bytes: number }[];
  /** The segment with which the log goes on after the last of them. */
  readonly segment: number;
}

/** What was found when a journal was opened. */
export interface Recovery {
  /** Operations that were not in a checkpoint yet. */
  readonly replayed: number;
  readonly torn: TornTail | undefined;
}

export class Journal {
  readonly folder: string;
  readonly log: Log;
  readonly #storage: Storage;
  readonly #turn: () => Promise<void>;
  readonly #record: TwofoldRecord;
  #manifest: Manifest;
  /** Of the newest file, whether it counts or not. */
  #lastCheckpoint: number;
  #running: Promise<void> | undefined;
  #isAbandoned = false;

  private constructor(
    storage: Storage,
    folder: string,
    turn: () => Promise<void>,
    record: TwofoldRecord,
    log: Log,
    manifest: Manifest,
    lastCheckpoint: number,
  ) {
    this.#storage = storage;
    this.folder = folder;
    this.#turn = turn;
    this.#record = record;
    this.log = log;
    this.#manifest = manifest;
    this.#lastCheckpoint = lastCheckpoint;
  }

  /** Begins to keep a collection that nothing is kept of yet. */
  static async create(
    storage: Storage,
    folder: string,
    options: LogOptions,
    collection: Journalled,
  ): Promise<Journal> {
    const log = new Log(storage, folder, options, { last: 0, end: undefined, bytes: 0 });
    const record = TwofoldRecord.empty(storage, `${folder}/manifest`);
    const nothing: Manifest = { checkpoints: [], segment: 0 };
    const journal = new Journal(storage, folder, options.turn, record, log, nothing, 0);
    try {
      await journal.checkpoint(collection);
    } catch (error) {
      await journal.close().catch(() => undefined); // what failed is told already
      throw error;
    }
    return journal;
  }

  /**
   * Brings a collection back, and goes on keeping it.
   *
   * @throws {NearvecError} `DAMAGED`, `OUT_OF_MEMORY`, and those of the storage
   */
  static async open(
    storage: Storage,
    folder: string,
    options: LogOptions,
    restoring: Restoring,
  ): Promise<{ journal: Journal; recovery: Recovery }> {
    const path = `${folder}/manifest`;
    const found = await TwofoldRecord.read(storage, path);
    if (found === undefined) throw damaged(`${path}-0`, 0, "there is no manifest");
    const manifest: Manifest = JSON.parse(new TextDecoder().decode(found.body));
    await restoreFrom(storage, folder, manifest, restoring);
    let replayed = 0;
    const foundLog = await readLog(storage, folder, manifest.segment, ({ sequence, operation }) => {
      replayed++;
      return restoring.replay(sequence, operation);
    });
    const log = new Log(storage, folder, options, foundLog);
    const newest = manifest.checkpoints.at(-1)?.number ?? 0;
    const journal = new Journal(storage, folder, options.turn, found.record, log, manifest, newest);
    if (!storage.readOnly) await journal.#removeRest();
    return { journal, recovery: { replayed, torn: foundLog.torn } };
  }

  /** Waits for a checkpoint that is under way. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /**
   * Writes what the collection is now, as far as the last checkpoint hasn't got it. While one is under way, that is what
   * is waited for.
   *
   * @throws {NearvecError} of the storage, `OUT_OF_MEMORY`: what is kept is what was before, and the log
   */
  checkpoint(collection: Journalled): Promise<void> {
    this.#running ??= collection
      .alone(() => this.#checkpoint(collection))
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #checkpoint(collection: Journalled): Promise<void> {
    await this.log.prepareRotation();
    // Most of it before writes have to wait.
    await this.log.sync();
    const { captured, segment, begun, logged } = await collection.exclusively(() => this.#begin(collection));
    const number = ++this.#lastCheckpoint;
    let durable = false;
    try {
      const bytes = await this.#write(captured, number);
      // The manifest is going to name it.
      await begun;
      const before = captured.isFull ? [] : this.#manifest.checkpoints;
      const manifest: Manifest = { checkpoints: [...before, { number, bytes }], segment };
      await this.#record.write(new TextEncoder().encode(JSON.stringify(manifest)));
      this.#manifest = manifest;
      this.log.settle(logged);
      durable = true;
    } finally {
      captured.end(durable);
    }
    await this.#removeRest();
  }

  /** The moment that the checkpoint is of. No write is under way. */
  async #begin(collection: Journalled) {
    // A sync that failed meanwhile has taken the segment that was prepared.
    await this.log.prepareRotation();
    // After this there is nothing in the old segment that isn't safe.
    await this.log.sync();
    const segment = this.log.rotate();
    const logged = this.log.bytes;
    const begun = this.log.sync();
    begun.catch(() => undefined); // whoever awaits it is told; until then it is nobody's error
    return { captured: new Captured(collection, this.#isFullDue()), segment, begun, logged };
  }

  #isFullDue(): boolean {
    const sizes = this.#manifest.checkpoints.map(({ bytes }) => bytes);
    const all = sizes.reduce((sum, bytes) => sum + bytes, 0);
    if (sizes.length === 0 || sizes.length >= LONGEST_CHAIN + all / 2 ** 20) return true;
    const largest = Math.max(...sizes);
    return all - largest > VOID_ALWAYS + largest * MOST_VOID;
  }

  /** Answers the file's size. */
  async #write(captured: Captured, number: number): Promise<number> {
    const file = await this.#storage.create(this.#checkpointPath(number));
    try {
      await captured.write(file, number, async () => {
        await this.#turn();
        if (this.#isAbandoned) throw new NearvecError("CLOSED", { what: `${this.folder} is to be removed` });
      });
      await file.sync();
      return file.size;
    } finally {
      await file.close();
    }
  }

  #checkpointPath(number: number): string {
    return `${this.folder}/checkpoint-${number}`;
  }

  /** Removes files that no longer count. What can't be removed now can be next time. */
  async #removeRest(): Promise<void> {
    const counts = new Set(this.#manifest.checkpoints.map(({ number }) => `checkpoint-${number}`));
    try {
      for (const { name } of await this.#storage.list(this.folder)) {
        if (name.startsWith("checkpoint-") && !counts.has(name)) {
          await this.#storage.remove(`${this.folder}/${name}`);
        }
      }
      for (const number of await segmentNumbers(this.#storage, this.folder)) {
        if (number >= this.#manifest.segment) break;
        await this.#storage.remove(segmentPath(this.folder, number));
      }
    } catch {
      // They take space, and change nothing.
    }
  }

  /** The collection was deleted: stops what is under way, and removes the folder. */
  async abandon(): Promise<void> {
    this.#isAbandoned = true;
    try {
      await this.close();
    } catch {
      // There is nothing to keep any more.
    }
    await this.#storage.remove(this.folder);
  }

  /** Syncs and closes the log. */
  async close(): Promise<void> {
    try {
      await this.#running;
    } catch {
      // Whoever asked for the checkpoint was told; the log has all.
    }
    await this.log.close();
  }
}

async function restoreFrom(
  storage: Storage,
  folder: string,
  { checkpoints }: Manifest,
  restoring: Restoring,
): Promise<void> {
  const chain: Link[] = [];
  for (const { number, bytes } of checkpoints) {
    const path = `${folder}/checkpoint-${number}`;
    const read = (use: (reader: CheckpointReader) => Promise<void>) => reading(storage, path, bytes, use);
    await read(async ({ head }) => {
      chain.push({ head, read });
    });
  }
  await restoreChain(chain, restoring);
}

/** Opens a checkpoint's file for as long as it is used. @param bytes how long it should be */
async function reading(
  storage: Storage,
  path: string,
  bytes: number,
  use: (reader: CheckpointReader) => Promise<void>,
): Promise<void> {
  const file = await storage.open(path);
  if (file === undefined) throw damaged(path, 0, "the checkpoint is missing");
  try {
    if (file.size !== bytes) throw damaged(path, file.size, `the checkpoint should have ${bytes} bytes`);
    await use(await CheckpointReader.open(new FrameReader(file), path));
  } finally {
    await file.close();
  }
}
