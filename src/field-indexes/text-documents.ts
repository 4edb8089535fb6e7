import { lowestBit } from "../bits.ts";
import { hasRun } from "../filters/tokens.ts";
import { PayloadStore } from "../payload/store.ts";
import type { Answer } from "./answer.ts";

/** Stands between two strings of a point: no token has that number, so no phrase goes on from one to the other. */
export const BOUNDARY = 0;
/** Bytes that are looked through in one go, some ten milliseconds' work; of more, payloads are asked. */
const MOST_READ = 1_000_000;
/** To find a document takes as long as looking through so many bytes. */
const FINDING = 40;

/**
 * The numbers of each point's tokens, in the order of its texts: those below 128 in one byte, below 16,384 in two, and so on
 * (LEB128).
 *
 * ```
 *   "quick brown fox", "lazy dog"
 *   ┌───────┬───────┬─────┬───┬──────┬─────┐
 *   │ quick │ brown │ fox │ 0 │ lazy │ dog │
 *   └───────┴───────┴─────┴───┴──────┴─────┘
 * ```
 */
export class TextDocuments {
  readonly #store = new PayloadStore();
  #written = new Uint8Array(256);

  get memoryBytes(): number {
    return this.#store.memoryBytes + this.#written.length;
  }

  /** @param texts the tokens of each of the point's strings */
  set(offset: number, texts: readonly (readonly number[])[]): void {
    let length = 0;
    for (const text of texts) {
      if (text.length === 0) continue;
      if (length > 0) length = this.#write(BOUNDARY, length);
      for (const token of text) length = this.#write(token, length);
    }
    this.#store.set(offset, this.#written, 0, length);
    this.#store.tidy();
  }

  delete(offset: number): void {
    this.#store.delete(offset);
    this.#store.tidy();
  }

  /** The numbers of a point's tokens, as they are stored: a view, valid until something changes. Undefined: it has none. */
  bytesAt(offset: number): Uint8Array | undefined {
    return this.#store.getBytes(offset);
  }

  /** A point gets numbers that were written down. */
  restore(offset: number, bytes: Uint8Array, from: number, end: number): void {
    this.#store.set(offset, bytes, from, end);
  }

  /** Adds the points that have the phrase; where very many have its tokens, those that may have it. */
  find(phrase: readonly number[], among: Uint32Array, answer: Answer): void {
    let read = 0;
    for (let word = 0; word < among.length; word++) {
      let bits = among[word] as number;
      if (bits !== 0 && read >= MOST_READ) {
        answer.maybe[word] = (answer.maybe[word] as number) | bits;
        continue;
      }
      for (; bits !== 0; bits &= bits - 1) {
        const bit = bits & -bits;
        const bytes = this.#store.getBytes(word * 32 + lowestBit(bits)) as Uint8Array;
        read += FINDING + bytes.length;
        if (!hasRun(numbersIn(bytes), phrase)) continue;
        answer.sure[word] = (answer.sure[word] as number) | bit;
      }
    }
  }

  #write(number: number, at: number): number {
    if (at + 5 > this.#written.length) {
      const larger = new Uint8Array(this.#written.length * 2);
      larger.set(this.#written);
      this.#written = larger;
    }
    let end = at;
    let rest = number;
    for (; rest > 0x7f; rest >>>= 7) this.#written[end++] = (rest & 0x7f) | 0x80;
    this.#written[end++] = rest;
    return end;
  }
}

function numbersIn(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let number = 0;
  let shift = 0;
  for (const byte of bytes) {
    number |= (byte & 0x7f) << shift;
    shift += 7;
    if (byte > 0x7f) continue;
    numbers.push(number);
    number = 0;
    shift = 0;
  }
  return numbers;
}
