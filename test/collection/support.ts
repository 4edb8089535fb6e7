import type { Indexable } from "../../src/collection/indexing.ts";
import type { Surroundings } from "../../src/collection/surroundings.ts";

/** Surroundings in which time passes and tasks run when a test says so. */
export class Puppet implements Surroundings {
  readonly seed = 1;
  time = 0;
  readonly tasks: { task: () => void; urgent: boolean }[] = [];

  readonly now = () => this.time;

  readonly schedule = (task: () => void, urgent: boolean) => {
    const entry = { task, urgent };
    this.tasks.push(entry);
    return () => {
      const at = this.tasks.indexOf(entry);
      if (at !== -1) this.tasks.splice(at, 1);
    };
  };

  /** One turn of the event loop: the oldest task, and the promises that it settles. */
  async turn(): Promise<void> {
    this.tasks.shift()?.task();
    await Promise.resolve();
    await Promise.resolve();
  }
}

/** A puppet whose clock moves on by a millisecond whenever it is read. */
export class Ticking extends Puppet {
  override readonly now = () => ++this.time;
}

/**
 * A space that only counts: a vector costs 100 distances, and a distance takes `cost` milliseconds of the
 * puppet's time.
 */
export class CountingSpace implements Indexable {
  tailCount = 0;
  slotCount = 0;
  tombstoneCount = 0;
  readonly budgets: number[] = [];
  fault: Error | undefined;
  readonly #puppet: Puppet;
  readonly #cost: number;

  constructor(puppet: Puppet, cost = 0.0001) {
    this.#puppet = puppet;
    this.#cost = cost;
  }

  indexSome(budget: number): void {
    this.budgets.push(budget);
    if (this.fault !== undefined) throw this.fault;
    const indexed = Math.min(this.tailCount, Math.ceil(budget / 100));
    this.tailCount -= indexed;
    this.#puppet.time += indexed * 100 * this.#cost;
  }

  /** Distances that building anew still takes. */
  rebuildWork = 0;

  get rebuildDue(): boolean {
    return this.rebuildWork > 0;
  }

  rebuildSome(budget: number): void {
    const done = Math.min(this.rebuildWork, budget);
    this.rebuildWork -= done;
    this.#puppet.time += done * this.#cost;
  }
}
