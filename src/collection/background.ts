import type { Surroundings } from "./surroundings.ts";

/** Work that is done in slices of a few milliseconds between the turns of the event loop. */
export interface Job {
  /** Does one slice; true while there is more to do. It must not throw: nobody would see it. */
  slice(): boolean;
  /** Whether somebody waits for the job: then it runs at full speed and keeps the process alive. */
  readonly awaited: boolean;
}

/**
 * Runs the jobs of one client in turn, one slice per turn of the event loop however many collections have
 * work, so that I/O and timers never wait for more than one slice.
 */
export class Background {
  /**
   * Milliseconds that work done at once, without a job, has taken since the last turn of the jobs. Many small pieces of it
   * hold up the event loop as one large one does: whoever does such work adds what it took, and where there is too much
   * already, waits for a turn.
   */
  spent = 0;
  readonly #surroundings: Surroundings;
  #jobs: Job[] = [];
  #cancel: (() => void) | undefined;
  #urgent = false;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
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
    const more = job.slice();
    // A slice may settle promises, never call back into the job list: those continuations run later, as
    // microtasks.
    if (more) this.#jobs.push(job);
    if (this.#jobs.length > 0) this.#schedule();
  };
}
