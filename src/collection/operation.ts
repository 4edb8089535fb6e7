import { NearvecError } from "../errors.ts";
import { IdColumn } from "../points/id-column.ts";
import type { Rows } from "../vectors/rows.ts";

/**
 * One mutation as bytes: what `apply` reads, and what a log can append as it is. Little-endian; every section
 * begins at a multiple of 4, so that decoding makes views and copies nothing.
 *
 * ```
 *   0        4         5      6         8        12       16       20        24
 *   ┌────────┬─────────┬──────┬─────────┬────────┬────────┬────────┬─────────┐
 *   │ "nvop" │ version │ kind │ mode  0 │ points │ spaces │ payload│ bytes   │   HEADER
 *   │        │   u8    │  u8  │  u8  u8 │  u32   │  u32   │  bytes │ in all  │
 *   └────────┴─────────┴──────┴─────────┴────────┴────────┴────────┴─────────┘
 *   ┌──────────────────────────────────────┬─────────────────────┐
 *   │ id words: points × 4 × u32           │ id kinds: points×u8 │            every kind; see IdColumn
 *   └──────────────────────────────────────┴─────────────────────┘
 *
 *   then, in an upsert and an update of vectors, for each space
 *   ┌────────────┬──────┬────────┬──────┬─────────┬───────┬────────────────┬──────┐
 *   │ name bytes │ type │ (zero) │ size │ present │ name  │ presence       │ rows │
 *   │    u16     │  u8  │   u8   │ u32  │   u32   │ UTF-8 │ ⌈points/32⌉×u32│      │
 *   └────────────┴──────┴────────┴──────┴─────────┴───────┴────────────────┴──────┘
 *     bit i & 31 of word i >>> 5: point i has a vector here: the next row. Absent ones take none.
 *   with rows of
 *   ┌──────────────────────────────────────────────────────────────────────┐
 *   │ DENSE   values: present × size × f32                                 │
 *   │ SPARSE  ends: present × u32 │ indices: entries × u32 │ values: … f32 │   size is 0; entries: the last end
 *   │ MULTI   ends: present × u32 │ values: vectors × size × f32           │   vectors: the last end
 *   └──────────────────────────────────────────────────────────────────────┘
 *
 *   and last, in an upsert (points × payload)
 *   ┌──────────────────────────────────────┬─────────────────────┐
 *   │ payload lengths: points × u32        │ payloads            │
 *   │ 0: none (the shortest JSON has 2)    │ UTF-8 JSON, no gaps │
 *   └──────────────────────────────────────┴─────────────────────┘
 *   or, in the other kinds that say the same of all their points
 *   ┌───────────┬─────────┬──────────────┐
 *   │ key bytes │ key     │ text         │  SET_PAYLOAD, OVERWRITE_PAYLOAD: the payload; DELETE_PAYLOAD: a list
 *   │    u32    │ UTF-8   │ UTF-8 JSON   │  of paths; DELETE_VECTORS: a list of names. Its length is the header's
 *   └───────────┴─────────┴──────────────┘  "payload bytes"; the key is the path to set at, empty for none.
 *                                           CONFIGURE: the whole configuration; …_FIELD_INDEX: field, and params
 * ```
 * Sections whose length is no multiple of 4 are followed by zeros up to one.
 */
export const MAGIC = 0x706f766e; // "nvop"
export const VERSION = 1;
export const HEADER_BYTES = 24;
export const SPACE_HEADER_BYTES = 12;
/** An operation is one record of a log and one buffer in memory: larger requests have to be split. */
export const MOST_BYTES = 2 ** 31 - 4;

export const Kind = {
  UPSERT: 1,
  DELETE: 2,
  SET_PAYLOAD: 3,
  OVERWRITE_PAYLOAD: 4,
  DELETE_PAYLOAD: 5,
  CLEAR_PAYLOAD: 6,
  UPDATE_VECTORS: 7,
  DELETE_VECTORS: 8,
  /** Those of the collection itself name no points; settings.ts reads and writes them. */
  CONFIGURE: 9,
  CREATE_FIELD_INDEX: 10,
  DROP_FIELD_INDEX: 11,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** What an upsert does with points that are there already, and with those that are not. */
export const UpsertMode = { UPSERT: 0, INSERT_ONLY: 1, UPDATE_ONLY: 2 } as const;
export type UpsertMode = (typeof UpsertMode)[keyof typeof UpsertMode];

export const VectorType = { DENSE: 1, SPARSE: 2, MULTI: 3 } as const;

/** The vectors that an operation brings for one space. */
export interface OperationVectors {
  readonly name: string;
  /** Which of the operation's points have one: bit i & 31 of word i >>> 5. */
  readonly presence: Uint32Array;
  /** Theirs. */
  readonly rows: Rows;
}

export interface UpsertOperation {
  readonly kind: typeof Kind.UPSERT;
  readonly mode: UpsertMode;
  readonly ids: IdColumn;
  readonly vectors: readonly OperationVectors[];
  readonly payloadLengths: Uint32Array;
  readonly payloads: Uint8Array;
}

export interface UpdateVectorsOperation {
  readonly kind: typeof Kind.UPDATE_VECTORS;
  readonly ids: IdColumn;
  readonly vectors: readonly OperationVectors[];
}

export type SettingsKind =
  | typeof Kind.CONFIGURE
  | typeof Kind.CREATE_FIELD_INDEX
  | typeof Kind.DROP_FIELD_INDEX;

/** Says the same of all its points. */
export interface TextOperation {
  readonly kind:
    | typeof Kind.SET_PAYLOAD
    | typeof Kind.OVERWRITE_PAYLOAD
    | typeof Kind.DELETE_PAYLOAD
    | typeof Kind.DELETE_VECTORS
    | SettingsKind;
  readonly ids: IdColumn;
  /** A JSON path, or "". */
  readonly key: string;
  /** UTF-8 JSON. */
  readonly text: Uint8Array;
}

/** Needs to know of its points which they are, and nothing else. */
export interface IdsOperation {
  readonly kind: typeof Kind.DELETE | typeof Kind.CLEAR_PAYLOAD;
  readonly ids: IdColumn;
}

export type Operation = UpsertOperation | UpdateVectorsOperation | TextOperation | IdsOperation;

export function aligned(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/** Words of a bitmap over `count` points. */
export function bitmapWords(count: number): number {
  return (count + 31) >>> 5;
}

/**
 * Views over an encoded operation.
 *
 * @throws {NearvecError} `INTERNAL` when the bytes are not one whole operation of this version.
 */
export function decodeOperation(bytes: Uint8Array): Operation {
  const reader = new Reader(bytes);
  expect("the operation's first four bytes", reader.u32(), MAGIC);
  expect("the operation's version", reader.u8(), VERSION);
  const kind = reader.u8() as Kind;
  const mode = reader.u8() as UpsertMode;
  reader.skip(1);
  const points = reader.u32();
  const spaces = reader.u32();
  const payloadBytes = reader.u32();
  expect("the operation's length", bytes.byteLength, reader.u32());
  const ids = new IdColumn(reader.words(points * 4), reader.bytes(points));
  switch (kind) {
    case Kind.DELETE:
    case Kind.CLEAR_PAYLOAD:
      return { kind, ids };
    case Kind.UPDATE_VECTORS:
      return { kind, ids, vectors: readSpaces(reader, spaces, points) };
    case Kind.UPSERT: {
      const vectors = readSpaces(reader, spaces, points);
      const payloadLengths = reader.words(points);
      return { kind, mode, ids, vectors, payloadLengths, payloads: reader.bytes(payloadBytes) };
    }
    case Kind.SET_PAYLOAD:
    case Kind.OVERWRITE_PAYLOAD:
    case Kind.DELETE_PAYLOAD:
    case Kind.DELETE_VECTORS:
    case Kind.CONFIGURE:
    case Kind.CREATE_FIELD_INDEX:
    case Kind.DROP_FIELD_INDEX: {
      const key = utf8.decode(reader.bytes(reader.u32()));
      return { kind, ids, key, text: reader.bytes(payloadBytes) };
    }
    default:
      throw unexpected("the operation's kind", kind, "one that this version knows");
  }
}

// A name may well begin with U+FEFF.
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function readSpaces(reader: Reader, spaces: number, points: number): OperationVectors[] {
  return Array.from({ length: spaces }, () => readVectors(reader, points));
}

function readVectors(reader: Reader, points: number): OperationVectors {
  const nameBytes = reader.u16();
  const type = reader.u8();
  reader.skip(1);
  const size = reader.u32();
  const present = reader.u32();
  const name = nameBytes === 0 ? "" : utf8.decode(reader.bytes(nameBytes));
  const presence = reader.words(bitmapWords(points));
  return { name, presence, rows: readRows(reader, type, size, present) };
}

function readRows(reader: Reader, type: number, size: number, count: number): Rows {
  if (type === VectorType.DENSE) {
    return { type: "dense", count, size, values: reader.floats(count * size) };
  }
  if (type !== VectorType.SPARSE && type !== VectorType.MULTI) {
    throw unexpected("the vectors' type", type, "one that this version knows");
  }
  const ends = reader.words(count);
  const total = ends[count - 1] ?? 0;
  return type === VectorType.SPARSE
    ? { type: "sparse", count, ends, indices: reader.words(total), values: reader.floats(total) }
    : { type: "multi", count, size, ends, values: reader.floats(total * size) };
}

/** Reads on from section to section; a length that leads out of the buffer is a RangeError of the view. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#at++);
  }

  u16(): number {
    return this.#view.getUint16(this.skip(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4), true);
  }

  bytes(length: number): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, this.#section(length), length);
  }

  words(length: number): Uint32Array {
    return new Uint32Array(this.#bytes.buffer, this.#section(length * 4), length);
  }

  floats(length: number): Float32Array {
    return new Float32Array(this.#bytes.buffer, this.#section(length * 4), length);
  }

  skip(bytes: number): number {
    const from = this.#at;
    this.#at += bytes;
    return from;
  }

  /** Where a section begins in the underlying buffer; the next one begins after its padding. */
  #section(bytes: number): number {
    return this.#bytes.byteOffset + this.skip(aligned(bytes));
  }
}

function expect(what: string, got: number, expected: number): void {
  if (got !== expected) throw unexpected(what, got, String(expected));
}

function unexpected(what: string, got: number, expected: string): NearvecError {
  return new NearvecError("INTERNAL", {
    what,
    got: String(got),
    expected,
    todo: "The bytes are damaged or from another version.",
  });
}
