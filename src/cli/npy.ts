/**
 * NumPy's file of one array:
 *
 * ```
 *   0      6   7   8          10                              a multiple of 64
 *   ┌──────┬───┬───┬──────────┬───────────────────────────────┬──────────────────────
 *   │ magic│ 1 │ 0 │ u16: len │ {'descr': '<f4', 'shape': … }⏎ │ numbers, row after row
 *   └──────┴───┴───┴──────────┴───────────────────────────────┴──────────────────────
 * ```
 * From version 2 on the length has 32 bits.
 */

import { UsageError } from "./arguments.ts";

/** Where the rows of a table are in a file. */
export interface NpyTable {
  readonly rows: number;
  readonly columns: number;
  /** Bytes before the first row. */
  readonly start: number;
  /** Bytes of a number: 4 or 8. */
  readonly width: 4 | 8;
}

const MAGIC = "\u0093NUMPY";
/** As much of a file as holds the header of any table. */
export const MOST_HEADER = 4096;
/** Longer vectors no server takes. */
const MOST_COLUMNS = 65_536;

/** @throws {UsageError} for what is no table of little-endian floats, row after row */
export function parseNpy(head: Uint8Array): NpyTable {
  // Bytes are characters here: 0x93 is none in the encodings that a TextDecoder knows.
  const textOf = (from: number, to: number) => String.fromCharCode(...head.subarray(from, to));
  if (textOf(0, MAGIC.length) !== MAGIC) {
    throw new UsageError("this is no .npy file: it doesn't begin with \\x93NUMPY");
  }
  if (head.length < 12) throw new UsageError("the .npy file ends within its header");
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const wide = view.getUint8(6) > 1;
  const from = wide ? 12 : 10;
  const start = from + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (start > MOST_HEADER)
    throw new UsageError(`the header of the .npy file has more than ${MOST_HEADER} bytes`);
  if (start > head.length) throw new UsageError("the .npy file ends within its header");
  const text = textOf(from, start);
  const type = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const shape = /'shape':\s*\((\d+),\s*(\d+),?\)/.exec(text);
  if (type !== "<f4" && type !== "<f8") {
    throw new UsageError(`the .npy file holds ${type}, expected float32 or float64 (little-endian)`);
  }
  if (shape === null || !/'fortran_order':\s*False/.test(text)) {
    throw new UsageError(
      "the .npy file holds no table with row after row: expected shape (count, size), C order",
    );
  }
  const [rows, columns] = [Number(shape[1]), Number(shape[2])];
  if (columns < 1 || columns > MOST_COLUMNS) {
    throw new UsageError(`the .npy file has vectors of ${columns} numbers, expected 1 to ${MOST_COLUMNS}`);
  }
  return { rows, columns, start, width: type === "<f4" ? 4 : 8 };
}

const HEADER_BYTES = 128;

/** The header of a table of float32; as long for any shape, so that it can be written again. */
export function npyHeader(rows: number, columns: number): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const bytes = new Uint8Array(HEADER_BYTES).fill(0x20);
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i);
  bytes.set([1, 0, HEADER_BYTES - 10, 0], 6);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[HEADER_BYTES - 1] = 0x0a;
  return bytes;
}

/** Numbers of a file, as float32. */
export function floatsOf(bytes: Uint8Array, width: 4 | 8): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / width }, (_, i) =>
    width === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true),
  );
}
