/** Bitmaps over offsets: bit o & 31 of word o >>> 5. */

/** How many points a bitmap has. */
export function countBits(bitmap: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < bitmap.length; i++) count += bitsOf(bitmap[i] as number);
  return count;
}

/** How many bits of a word are set. */
export function bitsOf(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/**
 * Which points meet a condition, as far as is known:
 *
 * ```
 *   sure    ●●○○●○○○   these do
 *   maybe   ○○●○●○○○   these may, if they don't anyway; undefined: there are none
 *              ▲ ▲▲▲   all others don't
 * ```
 * Conditions can be combined without knowing everything of each: what is sure of both is sure of their conjunction, and
 * so on. Whatever is left as a maybe in the end is asked of payloads.
 */
export class Answer {
  readonly sure: Uint32Array;
  #maybe: Uint32Array | undefined;

  /** No point. */
  constructor(words: number) {
    this.sure = new Uint32Array(words);
  }

  /** Nothing is known: any of these points may meet the condition. */
  static unknown(live: Uint32Array): Answer {
    const answer = new Answer(live.length);
    answer.maybe.set(live);
    return answer;
  }

  /** All of these points, for sure. */
  static all(live: Uint32Array): Answer {
    const answer = new Answer(live.length);
    answer.sure.set(live);
    return answer;
  }

  copy(): Answer {
    const copy = Answer.all(this.sure);
    if (this.#maybe !== undefined) copy.maybe.set(this.#maybe);
    return copy;
  }

  get words(): number {
    return this.sure.length;
  }

  /** To set bits in. */
  get maybe(): Uint32Array {
    this.#maybe ??= new Uint32Array(this.sure.length);
    return this.#maybe;
  }

  /** Points that surely meet the condition. */
  get sureCount(): number {
    return countBits(this.sure);
  }

  /** Points that may meet the condition, those that do for sure included. */
  get possibleCount(): number {
    const { sure } = this;
    const maybe = this.#maybe;
    if (maybe === undefined) return countBits(sure);
    let count = 0;
    for (let i = 0; i < sure.length; i++) count += bitsOf((sure[i] as number) | (maybe[i] as number));
    return count;
  }

  /** Keeps what meets the other condition, too. */
  and(other: Answer): this {
    const { sure } = this;
    const mine = this.#maybe;
    const its = other.#maybe;
    if (mine === undefined && its === undefined) {
      for (let i = 0; i < sure.length; i++) sure[i] = (sure[i] as number) & (other.sure[i] as number);
      return this;
    }
    const maybe = this.maybe;
    for (let i = 0; i < sure.length; i++) {
      const a = sure[i] as number;
      const b = other.sure[i] as number;
      const possible = (a | (maybe[i] as number)) & (b | (its === undefined ? 0 : (its[i] as number)));
      sure[i] = a & b;
      maybe[i] = possible & ~(a & b);
    }
    return this;
  }

  /** Adds what meets the other condition. */
  or(other: Answer): this {
    const { sure } = this;
    for (let i = 0; i < sure.length; i++) sure[i] = (sure[i] as number) | (other.sure[i] as number);
    const its = other.#maybe;
    if (its !== undefined) {
      const maybe = this.maybe;
      for (let i = 0; i < sure.length; i++) maybe[i] = (maybe[i] as number) | (its[i] as number);
    }
    return this;
  }

  /** Turns it into its opposite among the live points. */
  not(live: Uint32Array): this {
    const { sure } = this;
    const maybe = this.#maybe;
    for (let i = 0; i < sure.length; i++) {
      const doubt =
        maybe === undefined ? 0 : (maybe[i] as number) & ~(sure[i] as number) & (live[i] as number);
      sure[i] = (live[i] as number) & ~(sure[i] as number) & ~doubt;
      if (maybe !== undefined) maybe[i] = doubt;
    }
    return this;
  }

  /** Takes the sureness away: all that was possible may be so. */
  doubt(): this {
    const { sure, maybe } = this;
    for (let i = 0; i < sure.length; i++) maybe[i] = (maybe[i] as number) | (sure[i] as number);
    sure.fill(0);
    return this;
  }

  /** The maybes that are not sure anyway; undefined when there are none: then the answer is exact. */
  settle(): Uint32Array | undefined {
    const { sure } = this;
    const maybe = this.#maybe;
    if (maybe === undefined) return undefined;
    let left = 0;
    for (let i = 0; i < sure.length; i++) {
      const word = (maybe[i] as number) & ~(sure[i] as number);
      maybe[i] = word;
      left |= word;
    }
    if (left !== 0) return maybe;
    this.#maybe = undefined;
    return undefined;
  }
}
