import { NearvecError } from "../errors.ts";
import type { components } from "../generated/qdrant.ts";
import { decode } from "../payload/json.ts";
import type { JsonPath } from "../payload/path.ts";
import { createIndex } from "./create-index.ts";
import { IndexedField, type Payload } from "./indexed-field.ts";
import type { FieldParams } from "./params.ts";
import { pathText } from "./path-text.ts";

export type PayloadIndexInfo = components["schemas"]["PayloadIndexInfo"];

/** The payloads that are indexed, as UTF-8 JSON. */
export interface IndexedPayloads {
  /** One above the highest offset. */
  end(): number;
  /** Undefined: none. */
  bytesAt(offset: number): Uint8Array | undefined;
}

/** Runs work in slices: as much at once as there is time for, the rest between the turns of the event loop. */
export interface Runner {
  /** Does a slice now; undefined when there is no time. */
  atOnce<T>(slice: (isOver: () => boolean) => T): T | undefined;
  wake(job: SlicedJob): void;
  remove(job: SlicedJob): void;
}

interface SlicedJob {
  /** True while there is more to do. */
  slice(isOver: () => boolean): boolean;
  readonly awaited: boolean;
}

interface Waiter {
  readonly until: number;
  readonly resolve: (complete: boolean) => void;
  readonly reject: (reason: NearvecError) => void;
}

/** Who writes an index down while it goes on changing. */
export interface FieldWatcher {
  /** What the index knows of a point is about to change. */
  before(offset: number): void;
  /** The index failed in the middle of a change: what is left of it is not to be read. */
  fail(reason: NearvecError): void;
}

/** Payloads asked between two looks at the clock, or bytes of them, whatever is first. */
const BETWEEN_LOOKS = 16;
const BYTES_BETWEEN_LOOKS = 4096;

/** So many points, with so many bytes of payload in all, take about a millisecond. */
const FEW = 500;
const SMALL_BYTES = 32 * 1024;

/** One path's index, and how far it is built. */
export class Field implements SlicedJob {
  params: FieldParams;
  indexed: IndexedField;
  failure: NearvecError | undefined;
  watcher: FieldWatcher | undefined;
  /** Whether its index may be in a checkpoint that is being read. */
  isRestoring = false;
  readonly payloads: IndexedPayloads;
  readonly #runner: Runner;
  readonly #now: () => number;
  /** Points below are in the index; all of them once it is complete. */
  #walked = 0;
  #waiters: Waiter[] = [];

  constructor(
    path: JsonPath,
    params: FieldParams,
    payloads: IndexedPayloads,
    runner: Runner,
    now: () => number,
  ) {
    this.params = params;
    this.indexed = new IndexedField(path, createIndex(params));
    this.payloads = payloads;
    this.#runner = runner;
    this.#now = now;
  }

  get isComplete(): boolean {
    return this.#walked === COMPLETE;
  }

  get awaited(): boolean {
    return this.#waiters.length > 0;
  }

  get info(): PayloadIndexInfo {
    const { type, given } = this.params;
    return {
      data_type: type,
      // A copy: nobody's change to an answer may reach the index.
      ...(given && { params: structuredClone(given) as NonNullable<PayloadIndexInfo["params"]> }),
      points: this.indexed.points,
    };
  }

  /** Begins to build. The index of few small payloads is complete afterwards, whatever the clock says. */
  start(): void {
    const more = this.#isSmall()
      ? this.slice(() => false)
      : this.#runner.atOnce((isOver) => this.slice(isOver));
    if (more !== false) this.#runner.wake(this);
  }

  #isSmall(): boolean {
    const end = this.payloads.end();
    let bytes = 0;
    for (let offset = 0; end <= FEW && offset < end; offset++) {
      bytes += this.payloads.bytesAt(offset)?.length ?? 0;
    }
    return end <= FEW && bytes <= SMALL_BYTES;
  }

  /** Waits for an index that was written down, and meanwhile follows no changes. To be called of an empty one. */
  beginRestoring(): void {
    this.#runner.remove(this);
    this.#walked = 0;
    this.isRestoring = true;
  }

  /** This is the index, of the payloads as they are now; from now on it follows their changes. */
  restore(indexed: IndexedField): void {
    this.failure = undefined;
    this.indexed = indexed;
    this.#walked = COMPLETE;
  }

  /** Payloads are as they were. An index that was not written down, or failed since, is built of them. */
  endRestoring(): void {
    this.isRestoring = false;
    if (this.isComplete && this.failure === undefined) return;
    this.failure = undefined;
    this.#walked = 0;
    this.start();
  }

  /** Takes the place of another one: whoever waits for that waits for this one. */
  succeed(other: Field): void {
    this.#waiters = other.#waiters.splice(0);
    other.stop();
  }

  /** Forgets what is left to do; without a reason whoever waits is content. */
  stop(reason?: NearvecError): void {
    this.#runner.remove(this);
    for (const { resolve, reject } of this.#waiters.splice(0)) {
      if (reason === undefined) resolve(true);
      else reject(reason);
    }
  }

  whenComplete(until: number): Promise<boolean> | undefined {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (this.isComplete) return undefined;
    return new Promise((resolve, reject) => {
      this.#waiters.push({ until, resolve, reject });
      this.#runner.wake(this);
    });
  }

  /** Whether a change of the point has to reach the index: the walk will not meet it any more. */
  follows(offset: number): boolean {
    return offset < this.#walked && this.failure === undefined;
  }

  change(offset: number, before: Payload | undefined, after: Payload | undefined): void {
    this.watcher?.before(offset);
    this.#orFail(() => this.indexed.change(offset, before, after));
  }

  slice(isOver: () => boolean): boolean {
    this.#orFail(() => this.#walk(isOver));
    if (this.failure !== undefined) return false;
    const time = this.#now();
    const content = this.#waiters.filter(({ until }) => this.isComplete || time >= until);
    this.#waiters = this.#waiters.filter((waiter) => !content.includes(waiter));
    for (const { resolve } of content) resolve(this.isComplete);
    return !this.isComplete;
  }

  #walk(isOver: () => boolean): void {
    let read = 0;
    while (this.#walked < this.payloads.end()) {
      const bytes = this.payloads.bytesAt(this.#walked);
      if (bytes !== undefined) {
        this.indexed.change(this.#walked, undefined, decode(bytes));
        read += bytes.length;
      }
      if (++this.#walked % BETWEEN_LOOKS !== 0 && read < BYTES_BETWEEN_LOOKS) continue;
      read = 0;
      if (isOver()) return;
    }
    this.#walked = COMPLETE;
  }

  /**
   * Points are stored whether or not an index has room for them: one that fails is emptied and set aside, and payloads are
   * asked again.
   */
  #orFail(step: () => void): void {
    try {
      step();
    } catch (cause) {
      const what = `the index of ${pathText(this.indexed.path)} failed: ${cause instanceof Error ? cause.message : cause}`;
      this.failure = new NearvecError(
        cause instanceof RangeError ? "OUT_OF_MEMORY" : "INTERNAL",
        { what, todo: "Filters stay right without it. Delete it, or create it again." },
        { cause },
      );
      this.#walked = 0;
      this.indexed = new IndexedField(this.indexed.path, createIndex(this.params));
      this.watcher?.fail(this.failure);
      this.stop(this.failure);
    }
  }
}

/** Above all offsets. */
const COMPLETE = Number.POSITIVE_INFINITY;
