/**
 * The indexes of a collection's payloads.
 *
 * An index of a collection that has points is built in slices, while points go on changing:
 *
 *     offsets  0 ─────────── walked ─────────── end
 *              ●●●○●●○●●●●●●●│●●○●●●●●○●●●
 *              changes here    these are reached
 *              are followed    by the walk, as they are then
 *
 * It answers only when it is complete. Until then, and should it fail, payloads are asked as if it were not there.
 */

import { NearvecError } from "../errors.ts";
import { bindFilter } from "../filters/bind.ts";
import type { Filter } from "../filters/filter.ts";
import type { components } from "../generated/qdrant.ts";
import { decode } from "../payload/json.ts";
import { EACH, type JsonPath } from "../payload/path.ts";
import type { IdColumn } from "../points/id-column.ts";
import type { IdTable } from "../points/id-table.ts";
import type { Answer } from "./answer.ts";
import { candidates, countAtHand, type KnownPoints } from "./candidates.ts";
import { createIndex } from "./create-index.ts";
import { IndexedField } from "./indexed-field.ts";
import { lowestIds } from "./lowest-ids.ts";
import { type FieldParams, sameParams } from "./params.ts";

export type PayloadIndexInfo = components["schemas"]["PayloadIndexInfo"];

/** The payloads that are indexed, as UTF-8 JSON. */
export interface IndexedPayloads {
  /** One above the highest offset. */
  end(): number;
  /** Undefined: none. */
  bytesAt(offset: number): Uint8Array | undefined;
}

/** Runs work in slices between the turns of the event loop. */
export interface Runner {
  wake(job: SlicedJob): void;
  remove(job: SlicedJob): void;
  /** In milliseconds. */
  now(): number;
  /** How long a slice may take. */
  readonly sliceMs: number;
}

interface SlicedJob {
  slice(): boolean;
  readonly awaited: boolean;
}

export class FieldIndexes {
  readonly #payloads: IndexedPayloads;
  readonly #runner: Runner;
  /** By the path's canonical text. */
  readonly #fields = new Map<string, Field>();

  constructor(payloads: IndexedPayloads, runner: Runner) {
    this.#payloads = payloads;
    this.#runner = runner;
  }

  get isEmpty(): boolean {
    return this.#fields.size === 0;
  }

  /**
   * Creates the index of a path, or leaves it as it is when there is the same one; another one of that path is dropped.
   * The first slice is done at once: of a small collection that is all.
   */
  create(path: JsonPath, params: FieldParams): void {
    const name = pathText(path);
    const known = this.#fields.get(name);
    if (known !== undefined && known.failure === undefined && sameParams(known.params, params)) {
      known.params = params;
      return;
    }
    const field = new Field(path, params, this.#payloads, this.#runner);
    this.#fields.set(name, field);
    if (known !== undefined) field.succeed(known);
    field.start();
  }

  /**
   * Resolves when the path's index (or another one in its place) is complete, or gone; with false, when it is still not by then. Undefined when there is
   * nothing to wait for. Rejects when it fails.
   */
  whenComplete(path: JsonPath, until: number): Promise<boolean> | undefined {
    return this.#at(path)?.whenComplete(until);
  }

  /** Answers whether there was one. */
  drop(path: JsonPath): boolean {
    const name = pathText(path);
    this.#fields.get(name)?.stop();
    return this.#fields.delete(name);
  }

  /**
   * A point gets another payload, or loses it. Call it before the store changes, with the UTF-8 JSON that is there and that
   * will be; undefined: none.
   */
  payloadChanges(offset: number, before: Uint8Array | undefined, after: Uint8Array | undefined): void {
    if (this.#fields.size === 0 || areEqual(before, after)) return;
    let decoded = false;
    let old: Payload | undefined;
    let fresh: Payload | undefined;
    for (const field of this.#fields.values()) {
      if (!field.follows(offset)) continue;
      if (!decoded) {
        old = before && decode(before);
        fresh = after && decode(after);
        decoded = true;
      }
      field.change(offset, old, fresh);
    }
  }

  /** The filter with the meaning that it has because of indexes. It comes before all that is done with a filter. */
  bind(filter: Filter): Filter {
    const matter = [...this.#fields.values()].some(({ indexed }) => indexed.index.bind !== undefined);
    return matter ? bindFilter(filter, (path) => this.#at(path)?.indexed.index) : filter;
  }

  /** Which points meet a bound filter, as far as complete indexes know; undefined: they know nothing. */
  candidates(filter: Filter, points: KnownPoints): Answer | undefined {
    return candidates(filter, points, (path) => this.complete(path));
  }

  /** @see lowestIds */
  lowestIds(
    ids: IdTable,
    { sure, sureCount }: Answer,
    first: IdColumn | undefined,
    wanted: number,
  ): number[] | undefined {
    return lowestIds(ids, sure, sureCount, first, wanted);
  }

  /** How many of `count` points meet a bound filter, where an index has the number at hand. */
  countAtHand(filter: Filter, count: number): number | undefined {
    return countAtHand(filter, count, (path) => this.complete(path));
  }

  /** The field of a path with a complete index. */
  complete(path: JsonPath): IndexedField | undefined {
    const field = this.#at(path);
    return field?.isComplete ? field.indexed : undefined;
  }

  /** What `getCollection` shows. */
  get schema(): Record<string, PayloadIndexInfo> {
    return Object.fromEntries([...this.#fields].map(([name, field]) => [name, field.info]));
  }

  get memoryBytes(): number {
    let bytes = 0;
    for (const { indexed } of this.#fields.values()) bytes += indexed.memoryBytes;
    return bytes;
  }

  /** Ends building; whoever waits for it is told why. */
  close(reason: NearvecError): void {
    for (const field of this.#fields.values()) field.stop(reason);
    this.#fields.clear();
  }

  #at(path: JsonPath): Field | undefined {
    return this.#fields.get(pathText(path));
  }
}

type Payload = Record<string, unknown>;

interface Waiter {
  readonly until: number;
  readonly resolve: (complete: boolean) => void;
  readonly reject: (reason: NearvecError) => void;
}

/** Payloads asked between two looks at the clock, or bytes of them, whatever is first. */
const BETWEEN_LOOKS = 16;
const BYTES_BETWEEN_LOOKS = 4096;

/** One path's index, and how far it is built. */
class Field implements SlicedJob {
  params: FieldParams;
  indexed: IndexedField;
  failure: NearvecError | undefined;
  readonly #payloads: IndexedPayloads;
  readonly #runner: Runner;
  /** Points below are in the index; all of them once it is complete. */
  #walked = 0;
  #waiters: Waiter[] = [];

  constructor(path: JsonPath, params: FieldParams, payloads: IndexedPayloads, runner: Runner) {
    this.params = params;
    this.indexed = new IndexedField(path, createIndex(params));
    this.#payloads = payloads;
    this.#runner = runner;
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

  start(): void {
    if (this.slice()) this.#runner.wake(this);
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
    this.#orFail(() => this.indexed.change(offset, before, after));
  }

  slice(): boolean {
    this.#orFail(() => this.#walk());
    if (this.failure !== undefined) return false;
    const time = this.#runner.now();
    const content = this.#waiters.filter(({ until }) => this.isComplete || time >= until);
    this.#waiters = this.#waiters.filter((waiter) => !content.includes(waiter));
    for (const { resolve } of content) resolve(this.isComplete);
    return !this.isComplete;
  }

  #walk(): void {
    const { now, sliceMs } = this.#runner;
    const until = now() + sliceMs;
    let read = 0;
    while (this.#walked < this.#payloads.end()) {
      const bytes = this.#payloads.bytesAt(this.#walked);
      if (bytes !== undefined) {
        this.indexed.change(this.#walked, undefined, decode(bytes));
        read += bytes.length;
      }
      if (++this.#walked % BETWEEN_LOOKS !== 0 && read < BYTES_BETWEEN_LOOKS) continue;
      read = 0;
      if (now() >= until) return;
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
      this.stop(this.failure);
    }
  }
}

/** Above all offsets. */
const COMPLETE = Number.POSITIVE_INFINITY;

function areEqual(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

const BARE = /^[\p{Alphabetic}\p{N}_-]+$/u;

/** The one spelling of a path that is used here. */
export function pathText(path: JsonPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step === EACH ? "" : step}]`;
    const key = BARE.test(step) ? step : `"${step}"`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}
