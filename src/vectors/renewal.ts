/**
 * A space's vectors, and how they are built anew without what was deleted.
 *
 * A vector that is replaced or deleted leaves a tombstone in its shard: it takes memory, and searches pass over it. When
 * tombstones are many, or the shard is no longer as its space is configured, the vectors are copied to a new shard beside
 * the old one, in slices, while the old one goes on answering and storing:
 *
 *     offsets  0 ────────── copied ─────────── limit
 *     current  ●●●○●●○●●●●●●●│●●○●●●●●○●●●            answers; every write goes here
 *     next     ●●●●●●●●●●    │                        writes to offsets below `copied` go here, too
 *
 * Once everything is copied, and `next` is as ready as the space wants it, it takes the other's place in one step.
 */

import { NearvecError } from "../errors.ts";
import type { DenseSpaceConfig } from "./config.ts";

/** Read whenever it is asked whether it is due. */
type Thresholds = Pick<DenseSpaceConfig, "deletedThreshold" | "vacuumMinVectors">;

export interface Shard {
  /** Slots of vectors that were replaced or deleted. */
  readonly tombstoneCount: number;
  /** All slots. */
  readonly slotCount: number;
  /** One more than the largest offset that may have a vector. */
  readonly offsetLimit: number;
  readonly memoryBytes: number;
  close(): void;
}

/** How a space fills its next shard. Steps that find no memory throw `OUT_OF_MEMORY`. */
export interface Refill<S extends Shard> {
  /** Copies vectors of offsets from `from` on; answers up to which. */
  copy(next: S, from: number, limit: number): number;
  /** Called once everything is copied, until it answers true. */
  ready(next: S): boolean;
}

export class Renewal<S extends Shard> {
  readonly #create: () => S;
  readonly #config: Thresholds;
  #current: S;
  #next: S | undefined;
  /** Vectors of offsets below are in `next`. */
  #copied = 0;
  /** Tombstones from which on it is worth it, raised when there was no memory for it. */
  #patience = 0;

  /** @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for even an empty shard. */
  constructor(config: Thresholds, create: () => S) {
    this.#config = config;
    this.#create = create;
    this.#current = create();
  }

  /** The shard that answers. */
  get current(): S {
    return this.#current;
  }

  /** The next one, where it has the vector of that offset, too. */
  nextWith(offset: number): S | undefined {
    return offset < this.#copied ? this.#next : undefined;
  }

  /** Of both shards while there are two. */
  get memoryBytes(): number {
    return this.#current.memoryBytes + (this.#next?.memoryBytes ?? 0);
  }

  /** Whether there is, or should be, a next shard. */
  get due(): boolean {
    if (this.#next !== undefined) return true;
    const { tombstoneCount, slotCount } = this.#current;
    const { deletedThreshold = 0.2, vacuumMinVectors = 1000 } = this.#config;
    const fewest = Math.max(this.#patience, vacuumMinVectors);
    return tombstoneCount > fewest && tombstoneCount > deletedThreshold * slotCount;
  }

  /** Does something with the next shard, if there is one; when it finds no memory, there is none any more. */
  withNext(step: (next: S) => void): void {
    const next = this.#next;
    if (next !== undefined) this.#withoutMemory(() => step(next));
  }

  /**
   * Goes on with the next shard. Where memory is short it is put off until twice the tombstones have gathered: searches
   * stay right without it. Answers false then.
   */
  step({ copy, ready }: Refill<S>): boolean {
    return this.#withoutMemory(() => {
      this.#next ??= this.#create();
      const next = this.#next;
      const limit = this.#current.offsetLimit;
      if (this.#copied < limit) this.#copied = copy(next, this.#copied, limit);
      // In one step with the copying: under steady writes there is always something left to copy.
      if (this.#copied >= limit && ready(next)) this.adopt(next);
    });
  }

  /** A shard takes the place of the one that answers. */
  adopt(shard: S): void {
    this.#current.close();
    this.#current = shard;
    this.#forget();
    this.#patience = 0;
  }

  close(): void {
    this.#current.close();
    this.#abandon();
  }

  #withoutMemory(step: () => void): boolean {
    try {
      step();
      return true;
    } catch (error) {
      this.#abandon();
      if (!(error instanceof NearvecError && error.code === "OUT_OF_MEMORY")) throw error;
      this.#patience = 2 * this.#current.tombstoneCount;
      return false;
    }
  }

  #abandon(): void {
    this.#next?.close();
    this.#forget();
  }

  #forget(): void {
    this.#next = undefined;
    this.#copied = 0;
  }
}
