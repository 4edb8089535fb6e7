import { NearvecError } from "../errors.ts";
import { type Background, type Job, SLICE_MS } from "./background.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * A search scans the tail exactly, on top of the graph, so the tail is bounded by what a scan reads in about
 * a millisecond: 32 MiB of vectors stream through one core in that time (30 GB/s), and 100,000 short vectors
 * cost as much in bookkeeping alone. Past the limit, writers wait for indexing.
 */
export const TAIL_BYTES = 32 * 1024 * 1024;
export const TAIL_VECTORS = 100_000;

/**
 * Replaced and deleted vectors are bounded, too: writers wait for the space to be built anew while these are more than this
 * share of all, and more than this part of the tail's limit.
 */
const GARBAGE_SHARE = 2 / 3;
const GARBAGE_PER_TAIL = 1 / 4;

/** What indexing needs of a space. */
export interface Indexable {
  /** Vectors in all, with those that were replaced or deleted and are still there. */
  readonly slotCount: number;
  /** Those that were replaced or deleted. */
  readonly tombstoneCount: number;
  /** Vectors that wait for the graph. */
  readonly tailCount: number;
  /** Moves some of them into the graph, for about `budget` distance computations. */
  indexSome(budget: number): void;
  /** Whether the space is being built anew without its tombstones, or should be. */
  readonly rebuildDue: boolean;
  /** Goes on with that, for about `budget` distance computations. */
  rebuildSome(budget: number, index: boolean): void;
}

export interface IndexingConfig {
  /**
   * False for spaces without a graph, or with indexing switched off: the tail is all there is, and has no
   * limit.
   */
  readonly enabled: boolean;
  /** Indexing starts once the tail holds this many vectors, and goes on until it is empty. */
  readonly startAt: number;
  /** Vectors in the tail from which on writers wait; also bounds what was replaced or deleted. */
  readonly tailLimit: number;
  /** Numbers per vector: the first guess of what a distance costs. */
  readonly size: number;
}

export function tailLimit(size: number): number {
  return Math.max(1, Math.min(TAIL_VECTORS, Math.floor(TAIL_BYTES / (4 * size))));
}

export type IndexingStatus = "green" | "yellow" | "red";

interface Waiter {
  /** What it waits for, if that comes before there is nothing left to do. */
  readonly content: () => boolean;
  /** Writers don't fail when indexing does: their points are stored, and are found by scanning the tail. */
  readonly onFailure: "resolve" | "reject";
  /** Give up waiting, contentedly, at this time. */
  readonly until: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

const FEWEST_DISTANCES = 256;
const MOST_DISTANCES = 4_000_000;

/**
 * Moves one space's tail into its graph, slice by slice, and lets others wait for that; builds the space anew when it
 * holds too many tombstones.
 */
export class Indexing implements Job {
  readonly #space: Indexable;
  #config: IndexingConfig;
  readonly #background: Background;
  readonly #surroundings: Surroundings;
  #budget: number;
  #running = false;
  #failure: NearvecError | undefined;
  #waiters: Waiter[] = [];
  #isHeld = false;

  constructor(space: Indexable, config: IndexingConfig, background: Background, surroundings: Surroundings) {
    this.#space = space;
    this.#config = config;
    this.#background = background;
    this.#surroundings = surroundings;
    // About half a slice if a distance of the construction costs 20 ns and 0.1 ns per number; measured from
    // then on.
    this.#budget = clamp((SLICE_MS * 0.5e6) / (20 + 0.1 * config.size));
  }

  get status(): IndexingStatus {
    if (this.#failure !== undefined) return "red";
    return this.#running ? "yellow" : "green";
  }

  /** Why the last slice failed, if it did. Later writes try again. */
  get failure(): NearvecError | undefined {
    return this.#failure;
  }

  get awaited(): boolean {
    return this.#waiters.length > 0;
  }

  /** Goes on by other rules: may start, or stop, indexing. */
  reconfigure(config: IndexingConfig): void {
    this.#config = config;
    this.noteWrite();
  }

  /** Does nothing until `release`: the graph stands still. */
  hold(): void {
    this.#isHeld = true;
    this.#background.remove(this);
  }

  release(): void {
    this.#isHeld = false;
    if (this.#running) this.#wake();
  }

  #wake(): void {
    if (!this.#isHeld) this.#background.wake(this);
  }

  /** Call after every write: starts indexing when there is enough to do. */
  noteWrite(): void {
    if (this.#running) return;
    const tail = this.#space.tailCount;
    const due = this.#config.enabled && tail > 0 && tail >= this.#config.startAt;
    if (due || this.#space.rebuildDue) this.#start();
  }

  /** Resolves when no vector waits for the graph and no rebuild is under way; rejects when indexing fails, or the signal fires. */
  whenIdle(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(aborted(signal));
    this.noteWrite(); // after a failure, waiting is a reason to try again
    if (!this.#running) return Promise.resolve();
    return this.#wait(() => false, "reject", Number.POSITIVE_INFINITY, signal);
  }

  /**
   * Resolves when tail and garbage are within their limits, or after `patience` milliseconds; undefined when there is
   * nothing to wait for. Never rejects but by `close`.
   */
  whenRoom(patience: number): Promise<void> | undefined {
    if (!this.#running || this.#hasRoom()) return undefined;
    return this.#wait(() => this.#hasRoom(), "resolve", this.#surroundings.now() + patience);
  }

  #hasRoom(): boolean {
    const { enabled, tailLimit } = this.#config;
    const { tailCount, tombstoneCount, slotCount, rebuildDue } = this.#space;
    if (enabled && tailCount > tailLimit) return false;
    const garbage = Math.max(GARBAGE_SHARE * slotCount, GARBAGE_PER_TAIL * tailLimit);
    return !rebuildDue || tombstoneCount <= garbage;
  }

  slice(): boolean {
    const { now } = this.#surroundings;
    const began = now();
    try {
      this.#work(Math.round(this.#budget));
      this.#failure = undefined;
    } catch (error) {
      this.#stop(asNearvecError(error));
      return false;
    }
    const ended = now();
    const took = ended - began;
    if (took > 0) {
      const factor = Math.min(2, Math.max(0.5, SLICE_MS / took));
      this.#budget = clamp(this.#budget * factor);
    }
    this.#running = this.#hasTail || this.#space.rebuildDue;
    this.#settle(ended);
    return this.#running;
  }

  /** Stops for good; whoever waits is told why, or, without a reason, that there is nothing left to wait for. */
  close(reason?: NearvecError): void {
    this.#background.remove(this);
    this.#running = false;
    for (const waiter of this.#waiters.splice(0)) {
      if (reason === undefined) waiter.resolve();
      else waiter.reject(reason);
    }
  }

  get #hasTail(): boolean {
    return this.#config.enabled && this.#space.tailCount > 0;
  }

  /**
   * Both kinds of work go on side by side. Writes go to both; the rebuild, which has to catch up, gets the larger share, so
   * that steady writes never put it off for ever.
   */
  #work(budget: number): void {
    const rebuild = this.#space.rebuildDue;
    const third = Math.ceil(budget / 3);
    if (this.#hasTail) this.#space.indexSome(rebuild ? third : budget);
    if (rebuild) this.#space.rebuildSome(this.#hasTail ? 2 * third : budget, this.#config.enabled);
  }

  #start(): void {
    this.#running = true;
    this.#wake();
  }

  #stop(failure: NearvecError): void {
    this.#running = false;
    this.#failure = failure;
    for (const waiter of this.#waiters.splice(0)) {
      if (waiter.onFailure === "reject") waiter.reject(failure);
      else waiter.resolve();
    }
  }

  #settle(time: number): void {
    const done = (waiter: Waiter) => !this.#running || time >= waiter.until || waiter.content();
    const settled = this.#waiters.filter(done);
    if (settled.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => !settled.includes(waiter));
    for (const waiter of settled) waiter.resolve();
  }

  #wait(
    content: Waiter["content"],
    onFailure: Waiter["onFailure"],
    until: number,
    signal?: AbortSignal,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(aborted(signal));
      };
      const settled = (then: () => void) => {
        signal?.removeEventListener("abort", abort);
        then();
      };
      const waiter: Waiter = {
        content,
        onFailure,
        until,
        resolve: () => settled(resolve),
        reject: (reason) => settled(() => reject(reason)),
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiters.push(waiter);
      this.#wake();
    });
  }
}

function clamp(budget: number): number {
  return Math.min(MOST_DISTANCES, Math.max(FEWEST_DISTANCES, budget));
}

function aborted(signal: AbortSignal | undefined): NearvecError {
  return new NearvecError(
    "ABORTED",
    {
      what: "waiting for the index",
      got: "an aborted signal",
      todo: "Indexing goes on in the background; wait again to see it finish.",
    },
    { cause: signal?.reason },
  );
}

function asNearvecError(error: unknown): NearvecError {
  if (error instanceof NearvecError) return error;
  return new NearvecError(
    "INTERNAL",
    {
      what: `indexing failed: ${error instanceof Error ? error.message : String(error)}`,
      todo: "Searches stay right (what is not indexed is scanned). Please report this.",
    },
    { cause: error },
  );
}
