/**
 * An index of a field in a checkpoint, format 1. Little-endian. First comes what it is (`HEAD`, JSON: see `IndexHead`), then
 * pieces of two columns each:
 *
 * ```
 *   0        2      4         8         12        16             16 + a       16 + a + b
 *   ┌────────┬──────┬─────────┬─────────┬─────────┬──────────────┬────────────┐
 *   │ format │ part │ a       │ b       │ 0       │ column a     │ column b   │
 *   │ u16: 1 │ u16  │ u32     │ u32     │ u32     │ a bytes      │ b bytes    │
 *   └────────┴──────┴─────────┴─────────┴─────────┴──────────────┴────────────┘
 * ```
 * Parts come in the order of their numbers. A piece's `count` says how many things it has, its `from` how many of its part
 * come before. Those of sets and pairs have as a whole what the index had; but all of them leave out points that changed
 * between the moment of the checkpoint and when the piece was written: see captured-field.ts.
 */

import { NearvecError } from "../../errors.ts";
import type { IndexContent } from "../field-index.ts";

/** What a piece has. Numbers on disk: never change one, nor give it another meaning. */
export const Part = {
  /** Sets of offsets: points with a value of the index's type, with others, with more than null and [], with a null. */
  OWN: 1,
  FOREIGN: 2,
  FILLED: 3,
  NULLS: 4,
  /** Values and their points: entries.ts. */
  VALUES: 5,
  /** Numbers and offsets in order, or cells of the map and offsets: columns.ts. */
  PAIRS: 6,
  /** A set: points with places that no map has. */
  ELSEWHERE: 7,
  /** Places by offset: columns.ts. */
  COORDINATES: 8,
  /** Tokens and their points: entries.ts. */
  TOKENS: 9,
  /** The tokens of each point in their order: columns.ts. */
  DOCUMENTS: 10,
  /** A set: points of which pieces may have left out something. */
  CHANGED: 11,
  /** No columns. `from`: how many pieces there were, but for the head. */
  END: 12,
} as const;
export type Part = (typeof Part)[keyof typeof Part];

export const PART_OF: Readonly<Record<IndexContent["kind"], Part>> = {
  values: Part.VALUES,
  pairs: Part.PAIRS,
  elsewhere: Part.ELSEWHERE,
  coordinates: Part.COORDINATES,
  tokens: Part.TOKENS,
  documents: Part.DOCUMENTS,
};

/** What `HEAD` says of an index, as JSON. */
export interface IndexHead {
  readonly format: 1;
  readonly type: string;
  /** What the index was created with, as far as it matters to what it holds. */
  readonly options: string;
  /** @see FieldIndex.reading */
  readonly reading: string;
  /** One above the highest offset that was ever handed out. */
  readonly end: number;
  /** How many points there are in the sets, whatever pieces leave out. */
  readonly own: number;
  readonly foreign: number;
  readonly filled: number;
  readonly nulls: number;
  /** How many points have more than one value. */
  readonly several: number;
}

export const FORMAT = 1;
const HEADER_BYTES = 16;
/** About how long pieces are: some milliseconds' work. */
export const COLUMN_BYTES = 1 << 17;

export function damaged(what: string, got: unknown, expected: string): NearvecError {
  return new NearvecError("DAMAGED", {
    what: `restoring an index: ${what}`,
    got: String(got),
    expected,
    todo: "The stored bytes are not what was written: restore the collection from a snapshot.",
  });
}

export function misused(what: string): NearvecError {
  return new NearvecError("INTERNAL", { what, todo: "Please report it." });
}

/** A piece of two columns. */
export function encodePiece(part: Part, a: ArrayBufferView, b: ArrayBufferView = NOTHING): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + a.byteLength + b.byteLength);
  const header = new DataView(bytes.buffer);
  header.setUint16(0, FORMAT, true);
  header.setUint16(2, part, true);
  header.setUint32(4, a.byteLength, true);
  header.setUint32(8, b.byteLength, true);
  bytes.set(bytesOf(a), HEADER_BYTES);
  bytes.set(bytesOf(b), HEADER_BYTES + a.byteLength);
  return bytes;
}

export interface Columns {
  readonly part: number;
  readonly a: Uint8Array;
  readonly b: Uint8Array;
}

/** @throws {NearvecError} `DAMAGED` */
export function decodePiece(bytes: Uint8Array): Columns {
  if (bytes.length < HEADER_BYTES) throw damaged("the length of a piece", bytes.length, "16 bytes or more");
  // A copy where it doesn't begin as it should: slower, and right.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const header = new DataView(aligned.buffer, aligned.byteOffset, HEADER_BYTES);
  const format = header.getUint16(0, true);
  if (format !== FORMAT) throw damaged("the format of a piece", format, String(FORMAT));
  if (header.getUint32(12, true) !== 0) throw damaged("what stands before the columns", "a number", "0");
  const a = header.getUint32(4, true);
  const b = header.getUint32(8, true);
  const expected = HEADER_BYTES + a + b;
  if (expected !== bytes.length) throw damaged("the length of a piece", bytes.length, String(expected));
  const end = HEADER_BYTES + a;
  return {
    part: header.getUint16(2, true),
    a: aligned.subarray(HEADER_BYTES, end),
    b: aligned.subarray(end),
  };
}

/** The u32 words of a column that begins at a multiple of 4. @throws {NearvecError} `DAMAGED` */
export function wordsOf(column: Uint8Array): Uint32Array {
  if (column.length % 4 !== 0) throw damaged("the length of a column", column.length, "whole words");
  return new Uint32Array(column.buffer, column.byteOffset, column.length / 4);
}

/** The f64 of a column that begins at a multiple of 8. @throws {NearvecError} `DAMAGED` */
export function numbersOf(column: Uint8Array): Float64Array {
  if (column.length % 8 !== 0) throw damaged("the length of a column", column.length, "whole numbers");
  return new Float64Array(column.buffer, column.byteOffset, column.length / 8);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

const NOTHING = new Uint8Array(0);
