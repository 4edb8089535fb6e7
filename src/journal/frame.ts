/**
 * Frames: what every file of a store is made of. Little-endian; a frame begins at a multiple of 8.
 *
 * ```
 *   0        4       8        12       16       24       32
 *   ┌────────┬───────┬────────┬────────┬────────┬────────┬─────────┬──────┐
 *   │ "nvfr" │ crc32 │ length │ kind   │ a      │ b      │ body    │ 0…7  │
 *   │        │       │ u32    │ u16 u16│ u64    │ u64    │ length  │ zeros│
 *   └────────┴───────┴────────┴────────┴────────┴────────┴─────────┴──────┘
 *                     └──────────── the checksum covers ───────────┘
 *                              │    └ part: whose it is
 *                              └ kind: what it is
 * ```
 *
 * | file | kind | part | a | b | body |
 * | --- | --- | --- | --- | --- | --- |
 * | log-n | SEGMENT, first | 0 | n | where the log before it ends, in bytes of a segment | u32: number of that segment; u32: 0 |
 * | | RECORD | 0 | sequence number | bytes of this segment that were synced when it was written | an operation |
 * | checkpoint-n | HEAD, first | 0 | sequence number | n | JSON: what it holds |
 * | | PIECE + its section | part | from | count | a piece of a section |
 * | | END, last | 0 | sequence number | frames before | – |
 * | a snapshot | SNAPSHOT, first | 0 | 0 | version of the format | JSON: collections and aliases; then a checkpoint of each |
 * | manifest-0, -1, catalog-0, -1 | MANIFEST | 0 | generation | version of the format | JSON |
 */

import { crc32 } from "../crc.ts";
import { NearvecError } from "../errors.ts";

export const FRAME_BYTES = 32;
const MAGIC = 0x7266766e; // "nvfr"
/** A body is read as a whole. */
const MOST_BYTES = 2 ** 31;

/** Numbers on disk: never change one. Those from PIECE up are PIECE + a {@link Section}. */
export const Frame = {
  SEGMENT: 1,
  RECORD: 2,
  HEAD: 3,
  END: 4,
  MANIFEST: 5,
  SNAPSHOT: 6,
  PIECE: 256,
} as const;

/** The version of everything in this folder. Files of a later one are refused. */
export const FORMAT = 1;

export interface FrameHeader {
  readonly kind: number;
  readonly part: number;
  readonly a: number;
  readonly b: number;
}

/** A frame that was read, and where it began. */
export interface ReadFrame extends FrameHeader {
  readonly at: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What a body takes, with its padding. */
export function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** The frame's first bytes, for a body that follows by itself. */
export function encodeHeader({ kind, part, a, b }: FrameHeader, body: Uint8Array): Uint8Array {
  const header = new Uint8Array(FRAME_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(8, body.byteLength, true);
  view.setUint16(12, kind, true);
  view.setUint16(14, part, true);
  setU64(view, 16, a);
  setU64(view, 24, b);
  view.setUint32(4, crc32(body, crc32(header.subarray(8))), true);
  return header;
}

/** A frame in one piece. */
export function encodeFrame(header: FrameHeader, body: Uint8Array = EMPTY): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(FRAME_BYTES + padded(body.byteLength));
  frame.set(encodeHeader(header, body));
  frame.set(body, FRAME_BYTES);
  return frame;
}

const EMPTY = new Uint8Array(0);

/** What the bytes from `at` on say of a frame's length: its size with padding; undefined when no frame begins there. */
export function frameBytes(bytes: Uint8Array, at: number): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (at + FRAME_BYTES > bytes.byteLength || view.getUint32(at, true) !== MAGIC) return undefined;
  const length = view.getUint32(at + 8, true);
  return length > MOST_BYTES ? undefined : FRAME_BYTES + padded(length);
}

/**
 * The frame that begins at `at` and lies within the bytes whole; undefined where its checksum is wrong. (Its position is
 * counted from `base`.)
 */
export function decodeFrame(bytes: Uint8Array<ArrayBuffer>, at: number, base: number): ReadFrame | undefined {
  const size = frameBytes(bytes, at);
  if (size === undefined || at + size > bytes.byteLength) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, FRAME_BYTES);
  const length = view.getUint32(8, true);
  if (crc32(bytes.subarray(at + 8, at + FRAME_BYTES + length)) !== view.getUint32(4, true)) return undefined;
  const a = getU64(view, 16);
  const b = getU64(view, 24);
  if (a === undefined || b === undefined) return undefined;
  const body = bytes.subarray(at + FRAME_BYTES, at + FRAME_BYTES + length);
  return { kind: view.getUint16(12, true), part: view.getUint16(14, true), a, b, body, at: base + at };
}

function setU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % 2 ** 32, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}

/** Undefined where it is no safe integer: nothing that is written is. */
function getU64(view: DataView, at: number): number | undefined {
  const value = view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Stored bytes are not what was written. */
export function damaged(file: string, at: number, what: string, todo = RESTORE): NearvecError {
  return new NearvecError("DAMAGED", { what: `${file} at byte ${at}: ${what}`, subject: { file, at }, todo });
}

const RESTORE =
  "Nothing was changed. `nearvec check` lists all damage. Open a copy of the folder, or another folder, and upload snapshots there.";
