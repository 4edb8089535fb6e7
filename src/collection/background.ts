import type { Surroundings } from "./surroundings.ts";

/**
 * How long one slice may hold the thread, in milliseconds. Short enough that a server's other requests don't
 * notice, long enough that the turn of the event loop between two slices costs little.
 */
export const SLICE_MS = 4;

/** Work that is done in slices of a few milliseconds between the turns of the event loop. */
export interface Job {
  /**
   * Does one slice, which ends soon after `isOver` says so; true while there is more to do. It must not throw: nobody would
   * see it.
   */
  slice(isOver: () => boolean): boolean;
  /** Whether somebody waits for the job: then it runs at full speed and keeps the process alive. */
  readonly awaited: boolean;
}

/**
 * Runs the jobs of one client in turn, one slice per turn of the event loop however many collections have
 * work, so that I/O and timers never wait for more than one slice.
 *
 * Work that may well be small is begun at once (`atOnce`) and becomes a job only when that was not enough. All such
 * beginnings between two turns share the time of one slice:
 *
 *     turn │ slice of a job ▒▒▒▒│ request ▒▒ request ▒ request ▒╳      request: waits │ turn │ slice of a job …
 *                                  └── `spent`: SLICE_MS at most ──┘
 */
export class Background {
  /** Milliseconds that work done at once has taken since the last turn. */
  spent = 0;
  readonly #surroundings: Surroundings;
  #jobs: Job[] = [];
  #cancel: (() => void) | undefined;
  #urgent = false;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /**
   * Does a slice without a turn of its own, in what is left of the time for such; answers what it does. Undefined, with
   * nothing done, when no time is left: many small pieces of work hold up the event loop as one large one does.
   */
  atOnce<T>(slice: (isOver: () => boolean) => T): T | undefined {
    if (this.spent >= SLICE_MS) return undefined;
    const { now } = this.#surroundings;
    const begin = now();
    const until = begin + SLICE_MS - this.spent;
    const answer = slice(() => now() >= until);
    this.spent += now() - begin;
    return answer;
  }

  /** Adds a job that has work, or notes that somebody began to wait for it. */
  wake(job: Job): void {
    if (!this.#jobs.includes(job)) this.#jobs.push(job);
    this.#schedule();
  }

  /** Forgets a job; its work stays undone. */
  remove(job: Job): void {
    this.#jobs = this.#jobs.filter((other) => other !== job);
    if (this.#jobs.length === 0) this.#unschedule();
  }

  #schedule(): void {
    const urgent = this.#jobs.some((job) => job.awaited);
    if (this.#cancel !== undefined) {
      if (this.#urgent === urgent) return;
      this.#unschedule();
    }
    this.#urgent = urgent;
    this.#cancel = this.#surroundings.schedule(this.#turn, urgent);
  }

  #unschedule(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  readonly #turn = (): void => {
    this.#cancel = undefined;
    this.spent = 0;
    const job = this.#jobs.shift();
    if (job === undefined) return;
    const { now } = this.#surroundings;
    const until = now() + SLICE_MS;
    const more = job.slice(() => now() >= until);
    // A slice may settle promises, never call back into the job list: those continuations run later, as
    // microtasks.
    if (more) this.#jobs.push(job);
    if (this.#jobs.length > 0) this.#schedule();
  };
}
