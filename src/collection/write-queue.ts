/**
 * Gives writes their turns in the order of the calls. While none waits, each runs at once; behind one that waits (for its
 * filter, for room), the later ones queue up.
 */
export class WriteQueue {
  #last: Promise<void> | undefined;

  /** Whether the next write would run at once. */
  get idle(): boolean {
    return this.#last === undefined;
  }

  run<T>(write: () => T | Promise<T>): T | Promise<T> {
    const result = this.#last === undefined ? write() : this.#last.then(write);
    if (!(result instanceof Promise)) return result;
    const over = () => {
      if (this.#last === last) this.#last = undefined;
    };
    const last = result.then(over, over);
    this.#last = last;
    return result;
  }
}
