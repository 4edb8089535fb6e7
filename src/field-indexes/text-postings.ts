import {
  addTo,
  eachOffset,
  type Postings,
  PostingsMemory,
  sizeOf,
  withOffset,
  withoutOffset,
} from "./postings.ts";

/** An entry of a map, and a short string. */
const TOKEN_BYTES = 80;
/** A part of a longer string keeps all of it in memory, unless it is as short as this. */
const MOST_COPIED = 12;

/** The tokens of an index, numbered from 1 on, and the points that have each. */
export class TextPostings {
  readonly #numbers = new Map<string, number>();
  /** By number. */
  readonly #postings: (Postings | undefined)[] = [undefined];
  /** Numbers below the highest that no token has. */
  readonly #free: number[] = [];
  readonly #memory = new PostingsMemory();
  #textBytes = 0;

  get memoryBytes(): number {
    const places = this.#postings.length + this.#free.length;
    return this.#numbers.size * TOKEN_BYTES + places * 8 + this.#textBytes + this.#memory.bytes;
  }

  /** How many numbers there are, those that no token has included. */
  get numberEnd(): number {
    return this.#postings.length;
  }

  /** All tokens, their numbers and points. Tokens that stay while they are walked are met once, however others come and go. */
  *entries(): Generator<readonly [token: string, points: Postings, number: number], undefined> {
    for (const [token, number] of this.#numbers) yield [token, this.#postings[number] as Postings, number];
  }

  /** A token gets points that were written down, beside those that it has. Without others, tokens are numbered as they come. */
  restore(token: string, points: Postings): void {
    const known = this.#numbers.get(token);
    if (known === undefined) this.#replace(this.#enter(token), undefined, points);
    else eachOffset(points, (offset) => this.add(offset, token));
  }

  /** The token's number, for as long as some point has it. */
  numberOf(token: string): number | undefined {
    return this.#numbers.get(token);
  }

  /** How many points have the token. */
  sizeOf(token: string): number {
    const number = this.#numbers.get(token);
    return number === undefined ? 0 : sizeOf(this.#postings[number]);
  }

  /** Sets the bits of the points that have the token. */
  addTo(token: string, bitmap: Uint32Array): void {
    const number = this.#numbers.get(token);
    if (number !== undefined) addTo(this.#postings[number] as Postings, bitmap);
  }

  /** A point has the token from now on. */
  add(offset: number, token: string): void {
    const number = this.#numbers.get(token) ?? this.#enter(token);
    const before = this.#postings[number];
    this.#replace(number, before, withOffset(before, offset));
  }

  /** A point has the token no more. */
  remove(offset: number, token: string): void {
    const number = this.#numbers.get(token) as number;
    const before = this.#postings[number] as Postings;
    const after = withoutOffset(before, offset);
    this.#replace(number, before, after);
    if (after !== undefined) return;
    this.#numbers.delete(token);
    this.#free.push(number);
    this.#textBytes -= token.length;
  }

  #enter(token: string): number {
    const number = this.#free.pop() ?? this.#postings.length;
    this.#numbers.set(token.length > MOST_COPIED ? [...token].join("") : token, number);
    this.#textBytes += token.length;
    return number;
  }

  #replace(number: number, before: Postings | undefined, after: Postings | undefined): void {
    if (before === after) return;
    this.#postings[number] = after;
    this.#memory.replace(before, after);
  }
}
