import { lockedFailure, type StorageCode, storageFailure } from "../../src/storage/failures.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { random } from "../core/support.ts";
import { FaultyFile } from "./faulty-file.ts";
import { FaultyStorage } from "./faulty-storage.ts";

export type CallKind = "list" | "open" | "create" | "remove" | "append" | "sync" | "read" | "close";

/** What every call throws once the machine is down. */
export class CrashError extends Error {
  override readonly name = "CrashError";
}

export interface FaultyOptions {
  /** Decides what is left of a call that a crash interrupts, and how long calls take. Default 1. */
  readonly seed?: number;
  /**
   * `none`: calls resolve at once. `microtasks`: after a few turns of promises. `mixed` (default): now and then after other
   * events, too.
   */
  readonly pauses?: "none" | "microtasks" | "mixed";
}

interface Failure {
  readonly kinds: ReadonlySet<CallKind> | undefined;
  readonly code: StorageCode;
  readonly isForever: boolean;
  left: number;
}

/**
 * A disk in memory that keeps what storage.ts promises, and nothing more: what isn't synced may be lost, or torn, or be
 * there in parts after a loss of power. All that it does follows from its seeds and the order of the calls.
 *
 * ```ts
 * const disk = new FaultyDisk({ seed: 7 });
 * disk.crashAt(12);                          // the 12th call from now throws, and all after it
 * await workload(await openFaulty(disk));    // CrashError
 * const after = disk.restart(3);             // what a loss of power left; another seed, other remains
 * const other = disk.killed();               // or: the process died, but the system lived on
 * ```
 */
export class FaultyDisk {
  /** What the system shows. */
  readonly files = new Map<string, FaultyFile>();
  readonly folders = new Set<string>([""]);
  /**
   * What names meant before, back to what is durable; a loss of power may bring any of these back. A name that isn't here is
   * durable as it is.
   */
  readonly #before = new Map<string, (FaultyFile | undefined)[]>();
  /** Calls so far. */
  readonly counts: Record<CallKind, number> = {
    list: 0,
    open: 0,
    create: 0,
    remove: 0,
    append: 0,
    sync: 0,
    read: 0,
    close: 0,
  };
  /** Bytes that were appended so far. */
  bytesWritten = 0;
  owner: FaultyStorage | undefined;
  readonly #options: FaultyOptions;
  readonly #random: () => number;
  #untilCrash = Number.POSITIVE_INFINITY;
  #isDown = false;
  #failures: Failure[] = [];
  #space = Number.POSITIVE_INFINITY;
  #saysFullAt: "append" | "sync" = "append";
  #syncDelay = 0;
  /** Unsynced bytes of a file from which on it asks to be waited for. */
  buffer = Number.POSITIVE_INFINITY;

  constructor(options: FaultyOptions = {}) {
    this.#options = options;
    this.#random = random(options.seed ?? 1);
  }

  /** All calls so far. */
  get calls(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  // Controls

  /** The n-th call from now on (1: the next), and all after it, throw a CrashError; that one may have done something. */
  crashAt(n: number): void {
    this.#untilCrash = n;
  }

  /** Now. */
  crash(): void {
    this.#isDown = true;
  }

  /** The n-th call from now on of these kinds (default: any) fails; `forever`: and all of them after it, until `heal`. */
  failAt(
    n: number,
    code: StorageCode = "STORAGE_FAILED",
    options: { readonly kinds?: readonly CallKind[]; readonly forever?: boolean } = {},
  ): void {
    const kinds = options.kinds && new Set(options.kinds);
    this.#failures.push({ kinds, code, isForever: options.forever ?? false, left: n });
  }

  /** Ends all failures, and gives the disk all the room it wants. */
  heal(): void {
    this.#failures = [];
    this.#space = Number.POSITIVE_INFINITY;
  }

  /**
   * The disk holds so many bytes. @param says whether it is `append` that notices, or only `sync`, as where bytes are kept
   * in memory for a while
   */
  full(bytes: number, says: "append" | "sync" = "append"): void {
    this.#space = bytes;
    this.#saysFullAt = says;
  }

  /** What a sync takes. */
  syncDelay(ms: number): void {
    this.#syncDelay = ms;
  }

  /** Turns a bit of a file. */
  flip(path: string, byte: number, bit: number): void {
    this.#file(path).flip(byte, bit);
  }

  bytesOf(path: string): Uint8Array<ArrayBuffer> {
    const file = this.#file(path);
    return file.read(0, file.size);
  }

  paths(): string[] {
    return [...this.files.keys()].sort();
  }

  /** What a loss of power now would leave, as a disk of its own; may be asked for as often as wanted. */
  restart(seed: number, options: FaultyOptions = { ...this.#options, seed }): FaultyDisk {
    const next = random(seed);
    const disk = new FaultyDisk(options);
    const names = [...new Set([...this.files.keys(), ...this.#before.keys()])].sort();
    for (const name of names) {
      const now = this.files.get(name);
      const before = this.#before.get(name) ?? [];
      const isNow = before.length === 0 || next() < 0.5;
      const file = isNow ? now : before[Math.floor(next() * before.length)];
      if (file !== undefined) disk.#put(name, file.survivor(next));
    }
    for (const folder of this.folders) if (next() < 0.5) disk.#makeFolder(folder);
    return disk;
  }

  /** What the next process finds when only this one was killed: everything, but nothing more durable than it was. */
  killed(options: FaultyOptions = this.#options): FaultyDisk {
    const disk = new FaultyDisk(options);
    const copies = new Map<FaultyFile, FaultyFile>();
    const copyOf = (file: FaultyFile): FaultyFile => {
      const copy = copies.get(file) ?? file.clone();
      copies.set(file, copy);
      return copy;
    };
    for (const [name, file] of this.files) disk.files.set(name, copyOf(file));
    for (const folder of this.folders) disk.folders.add(folder);
    for (const [name, before] of this.#before) {
      disk.#before.set(
        name,
        before.map((file) => file && copyOf(file)),
      );
    }
    return disk;
  }

  // For the storage

  /**
   * Counts a call, and lets it fail or crash.
   *
   * @param half what an interrupted call does, given a random number in [0, 1): how much of it
   */
  begin(kind: CallKind, path: string, half: (part: number) => void): void {
    this.check();
    this.counts[kind]++;
    this.#untilCrash--;
    if (this.#untilCrash <= 0) {
      const part = this.#random();
      // Nothing and everything are what most interrupted calls come to.
      half(part < 0.3 ? 0 : part > 0.7 ? 1 : (part - 0.3) / 0.4);
      this.#isDown = true;
    }
    this.check();
    for (const failure of this.#failures) {
      if (failure.kinds !== undefined && !failure.kinds.has(kind)) continue;
      failure.left--;
      if (failure.left !== 0 && !(failure.isForever && failure.left < 0)) continue;
      throw storageFailure(failure.code, `could not ${kind}`, path, "an injected failure");
    }
  }

  check(): void {
    if (this.#isDown) throw new CrashError("the machine is down");
  }

  /** For as long as it takes the system to get to it. */
  async pause(): Promise<void> {
    const { pauses = "mixed" } = this.#options;
    if (pauses === "none") return;
    const random = this.#random();
    if (pauses === "mixed" && random < 0.1) await new Promise((resolve) => setImmediate(resolve));
    for (let turns = Math.floor(random * 40) % 4; turns > 0; turns--) await undefined;
    this.check();
  }

  async pauseForSync(): Promise<void> {
    if (this.#syncDelay > 0) await new Promise((resolve) => setTimeout(resolve, this.#syncDelay));
    await this.pause();
  }

  checkSpace(kind: "append" | "sync", path: string, more: number): void {
    if (kind !== this.#saysFullAt || this.#space === Number.POSITIVE_INFINITY) return;
    let used = more;
    for (const { size } of this.files.values()) used += size;
    if (used > this.#space)
      throw storageFailure("STORAGE_FULL", `could not ${kind}`, path, "the disk is full");
  }

  create(path: string): FaultyFile {
    const file = new FaultyFile();
    this.#remember(path);
    this.#put(path, file);
    return file;
  }

  remove(path: string): void {
    if (!this.files.has(path)) return;
    this.#remember(path);
    this.files.delete(path);
  }

  /** The file's name is durable; when it has become another's, or nobody's, nothing is known. */
  makeNameDurable(path: string, file: FaultyFile): void {
    if (this.files.get(path) === file) this.#before.delete(path);
  }

  /** So that what is left of an interrupted call differs. */
  get chance(): number {
    return this.#random();
  }

  #file(path: string): FaultyFile {
    const file = this.files.get(path);
    if (file === undefined) throw new Error(`no file ${path}`);
    return file;
  }

  #remember(path: string): void {
    const before = this.#before.get(path) ?? [];
    before.push(this.files.get(path));
    this.#before.set(path, before);
  }

  #put(path: string, file: FaultyFile): void {
    this.files.set(path, file);
    this.#makeFolder(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
  }

  #makeFolder(folder: string): void {
    for (let at = folder; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) this.folders.add(at);
  }
}

export async function openFaulty(
  disk: FaultyDisk,
  options: { readonly readOnly?: boolean } = {},
): Promise<Storage> {
  const storage = new FaultyStorage(disk, options.readOnly ?? false);
  if (!storage.readOnly) {
    if (disk.owner !== undefined) throw lockedFailure(storage.place);
    disk.owner = storage;
  }
  return storage;
}
