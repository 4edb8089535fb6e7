/** Random choices that a seed decides. */
import { random } from "../naive.ts";

export class Chance {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = random(seed);
  }

  /** Whether something happens that has a probability. */
  is(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** One of some makers' results; a maker that is named several times is likelier. */
  one<T>(...makers: readonly (() => T)[]): T {
    return this.pick(makers)();
  }

  /** From none to `most` things. */
  some<T>(most: number, make: () => T, least = 0): T[] {
    return Array.from({ length: this.between(least, most) }, make);
  }
}
