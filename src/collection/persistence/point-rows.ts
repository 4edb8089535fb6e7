/**
 * Points as rows, format 1. Little-endian; a row begins at a multiple of 8, and so does its payload.
 *
 * ```
 *   0          4          8                    16                   24
 *   ┌──────────┬──────────┬────────────────────┬────────────────────┬────────────────┬───────┐
 *   │ offset   │ payload  │ version            │ id: an integer     │ payload        │ zeros │
 *   │ u32      │ bytes    │ u64, below 2^53    │ u64                │ UTF-8 JSON     │ 0…7   │
 *   └──────────┴──────────┴────────────────────┴────────────────────┴────────────────┴───────┘
 *   0          4          8                    16                                        32
 *   ┌──────────┬──────────┬────────────────────┬─────────────────────────────────────────┬─── payload, zeros
 *   │ offset   │ 2^31 +   │ version            │ id: a UUID, 4 × u32, each from 4 of its │ …
 *   │          │ bytes    │                    │ bytes, of which the first is highest    │
 *   └──────────┴──────────┴────────────────────┴─────────────────────────────────────────┴───
 *   0          4          8
 *   ┌──────────┬──────────┐
 *   │ offset   │ 2^32 - 1 │   no point has this offset (any more)
 *   └──────────┴──────────┘
 * ```
 * A point without a payload has 0 bytes of it. Rows stand in any order; no offset has two rows in one checkpoint.
 */

import { IdColumn } from "../../points/id-column.ts";
import { IdKind } from "../../points/ids.ts";
import type { StoredPoints } from "../stored-points.ts";

/** Where things stand in a row, in words of 4 bytes. */
export const Row = { OFFSET: 0, LENGTH: 1, VERSION: 2, ID: 4 } as const;
export const INTEGER_HEAD = 6;
export const UUID_HEAD = 8;
export const DELETED_WORDS = 2;

/** In the place of the payload's length. */
export const UUID_BIT = 0x8000_0000;
export const DELETED = 0xffff_ffff;

export const TWO_32 = 2 ** 32;
/** Words that a payload takes: whole units of 8 bytes. */
export const payloadWords = (bytes: number): number => Math.ceil(bytes / 8) * 2;

/** Where a row's id and payload are, read from a collection: used within one call only. */
const one = IdColumn.ofLength(1);

/** What the row of a point takes. */
export function rowBytes({ ids, payloads }: StoredPoints, offset: number): number {
  ids.copyId(offset, one, 0);
  const head = one.kinds[0] === IdKind.UUID ? UUID_HEAD : INTEGER_HEAD;
  return (head + payloadWords(payloads.getBytes(offset)?.length ?? 0)) * 4;
}

/** Rows, one behind the other, in a buffer of fixed size. */
export class PointRows {
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  /** Words that are taken. */
  #used = 0;
  count = 0;

  /** @param capacity in bytes, a multiple of 8. @throws {RangeError} when there is no memory */
  constructor(capacity: number) {
    const buffer = new ArrayBuffer(capacity);
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
  }

  /** A view. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#used * 4);
  }

  get byteLength(): number {
    return this.#used * 4;
  }

  /** The offset of the first row. */
  get first(): number {
    return this.#words[Row.OFFSET] as number;
  }

  clear(): void {
    this.#used = 0;
    this.count = 0;
  }

  /**
   * Adds the row of a point. (It may have been removed from the ids, as long as no other one has its offset.) Answers false
   * when there is no room.
   */
  add({ ids, payloads, versions }: StoredPoints, offset: number): boolean {
    const words = this.#words;
    const from = this.#used;
    const payload = payloads.getBytes(offset);
    const length = payload?.length ?? 0;
    ids.copyId(offset, one, 0);
    const wide = one.kinds[0] === IdKind.UUID;
    const payloadFrom = from + (wide ? UUID_HEAD : INTEGER_HEAD);
    const end = payloadFrom + payloadWords(length);
    if (end > words.length) return false;
    const version = versions.get(offset);
    words[from + Row.OFFSET] = offset;
    words[from + Row.LENGTH] = wide ? UUID_BIT + length : length;
    words[from + Row.VERSION] = version;
    words[from + Row.VERSION + 1] = Math.floor(version / TWO_32);
    if (wide) words.set(one.words, from + Row.ID);
    else {
      words[from + Row.ID] = one.words[3] as number;
      words[from + Row.ID + 1] = one.words[2] as number;
    }
    if (payload !== undefined) {
      // The last unit first: what the payload leaves of it are zeros.
      words[end - 2] = 0;
      words[end - 1] = 0;
      copy(payload, this.#bytes, payloadFrom * 4);
    }
    this.#used = end;
    this.count++;
    return true;
  }

  /** Adds the row of an offset that no point has. Answers false when there is no room. */
  addDeleted(offset: number): boolean {
    if (this.#used + DELETED_WORDS > this.#words.length) return false;
    this.#words[this.#used + Row.OFFSET] = offset;
    this.#words[this.#used + Row.LENGTH] = DELETED;
    this.#used += DELETED_WORDS;
    this.count++;
    return true;
  }
}

/** Below this a loop is faster than a call. */
const SHORT = 32;

function copy(from: Uint8Array, to: Uint8Array, at: number): void {
  if (from.length > SHORT) to.set(from, at);
  else for (let i = 0; i < from.length; i++) to[at + i] = from[i] as number;
}
