import { NearvecError } from "../errors.ts";
import { IdColumn } from "../points/id-column.ts";
import type { Rows } from "../vectors/rows.ts";
import {
  aligned,
  bitmapWords,
  HEADER_BYTES,
  Kind,
  MAGIC,
  MOST_BYTES,
  SPACE_HEADER_BYTES,
  UpsertMode,
  VERSION,
  VectorType,
} from "./operation.ts";

/** Buffers beyond this are given back after use: one huge batch should not hold its memory for ever. */
const KEPT_BYTES = 16 * 1024 * 1024;
const FIRST_BYTES = 4096;

const TYPES: Readonly<Record<Rows["type"], number>> = {
  dense: VectorType.DENSE,
  sparse: VectorType.SPARSE,
  multi: VectorType.MULTI,
};

/** The bytes that one character of a string can take in UTF-8, per UTF-16 unit. */
const UTF8_PER_UNIT = 3;

/**
 * Writes operations (operation.ts draws them) into one buffer that it uses again and again: what `finish`
 * returns is valid until the next `begin…`. The order of calls is the order of sections:
 *
 * - `beginUpsert(n, mode)`, ids, the vectors of each space; `beginPayloads`, payloads, `finish()`
 * - `beginUpdateVectors(n)`, ids, the vectors of each space, `finish()`
 * - `begin(kind, n)`, ids, `text(key, json)` for the kinds that have one, `finish()`
 *
 * Dense vectors are `beginVectors`, rows, `endVectors`, which makes no copy; any others `vectors`.
 *
 * A caller that finds a fault half-way just throws: nothing has been changed, and the next `begin…` starts
 * afresh.
 */
export class OperationEncoder {
  /**
   * The buffer as floats: where rows are written. Made anew when the buffer grows, so never keep it across
   * calls.
   */
  floats = new Float32Array(0);
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(0);
  readonly #utf8 = new TextEncoder();
  #points = 0;
  #at = 0;
  /** Of the vectors being written: where their header is, and what it says. */
  #header = 0;
  #presence = 0;
  #size = 0;
  #present = 0;
  /** Of the payloads being written: where their lengths are, and how many there were. */
  #lengths = 0;
  #payloads = 0;
  #payloadBytes = 0;

  beginUpsert(points: number, mode: UpsertMode = UpsertMode.UPSERT): void {
    this.#begin(Kind.UPSERT, points, mode);
  }

  beginUpdateVectors(points: number): void {
    this.#begin(Kind.UPDATE_VECTORS, points, 0);
  }

  /** Any other operation. */
  begin(kind: Exclude<Kind, typeof Kind.UPSERT | typeof Kind.UPDATE_VECTORS>, points: number): void {
    this.#begin(kind, points, 0);
  }

  /** Room for the ids, to be filled in at once. */
  ids(): IdColumn {
    const words = this.#reserve(this.#points * 16) >>> 2;
    const kinds = this.#reserve(this.#points);
    return new IdColumn(
      this.#words.subarray(words, words + this.#points * 4),
      this.#bytes.subarray(kinds, kinds + this.#points),
    );
  }

  /** The dense vectors of one space; room is made for one per point at once. */
  beginVectors(name: string, size: number): void {
    this.#beginSpace(name, VectorType.DENSE, size);
    this.#words.fill(0, this.#presence, this.#presence + bitmapWords(this.#points));
    this.#size = size;
    this.#present = 0;
    this.#grow(this.#at + this.#points * size * 4);
  }

  /**
   * The place in `floats` for the vector of point `index`. Points must come in order; those left out have no
   * vector.
   */
  row(index: number): number {
    const word = this.#presence + (index >>> 5);
    this.#words[word] = (this.#words[word] as number) | (1 << (index & 31));
    return (this.#at >>> 2) + this.#present++ * this.#size;
  }

  endVectors(): void {
    this.#endSpace(this.#present);
    this.#at += this.#present * this.#size * 4;
  }

  /** The vectors of one space, of any kind. */
  vectors(name: string, presence: Uint32Array, rows: Rows): void {
    const size = rows.type === "sparse" ? 0 : rows.size;
    this.#beginSpace(name, TYPES[rows.type], size);
    this.#words.set(presence, this.#presence);
    if (rows.type !== "dense") this.#copy(rows.ends.subarray(0, rows.count));
    const total = rows.type === "dense" ? rows.count : (rows.ends[rows.count - 1] ?? 0);
    if (rows.type === "sparse") this.#copy(rows.indices.subarray(0, total));
    this.#copy(rows.values.subarray(0, rows.type === "sparse" ? total : total * size));
    this.#endSpace(rows.count);
  }

  #copy(values: Uint32Array | Float32Array): void {
    const at = this.#reserve(values.length * 4) >>> 2;
    if (values instanceof Uint32Array) this.#words.set(values, at);
    else this.floats.set(values, at);
  }

  #beginSpace(name: string, type: number, size: number): void {
    const nameBytes = this.#utf8.encode(name);
    this.#header = this.#reserve(SPACE_HEADER_BYTES);
    this.#words[this.#header >>> 2] = nameBytes.length | (type << 16);
    this.#words[(this.#header >>> 2) + 1] = size;
    const at = this.#reserve(nameBytes.length);
    this.#bytes.set(nameBytes, at);
    this.#presence = this.#reserve(bitmapWords(this.#points) * 4) >>> 2;
  }

  #endSpace(present: number): void {
    this.#words[(this.#header >>> 2) + 2] = present;
    this.#words[3] = (this.#words[3] as number) + 1;
  }

  beginPayloads(): void {
    this.#lengths = this.#reserve(this.#points * 4) >>> 2;
    this.#payloads = 0;
  }

  /** The payload of the next point as JSON text; "" for none. */
  payload(json: string): void {
    // Not in one statement: the words may be others once the text is in.
    const length = json === "" ? 0 : this.#json(json);
    this.#words[this.#lengths + this.#payloads++] = length;
  }

  /** What the operation says of all its points: JSON, and a path or "". */
  text(key: string, json: string): void {
    const bytes = this.#utf8.encode(key);
    const header = this.#reserve(4);
    this.#words[header >>> 2] = bytes.length;
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
    this.#json(json);
  }

  /** The whole operation. */
  finish(): Uint8Array {
    const end = aligned(this.#at);
    this.#grow(end);
    this.#bytes.fill(0, this.#at, end);
    this.#at = end;
    this.#words[4] = this.#payloadBytes;
    this.#words[5] = this.#at;
    const operation = this.#bytes.subarray(0, this.#at);
    if (this.#bytes.length > KEPT_BYTES) this.#use(new ArrayBuffer(0));
    return operation;
  }

  #begin(kind: Kind, points: number, mode: number): void {
    this.#at = 0;
    this.#payloadBytes = 0;
    this.#points = points;
    this.#reserve(HEADER_BYTES);
    this.#words[0] = MAGIC;
    this.#words[1] = VERSION | (kind << 8) | (mode << 16);
    this.#words[2] = points;
    this.#words[3] = 0;
  }

  /** Appends JSON text. Answers its length in bytes. */
  #json(json: string): number {
    this.#grow(this.#at + json.length * UTF8_PER_UNIT);
    const { written } = this.#utf8.encodeInto(json, this.#bytes.subarray(this.#at));
    this.#at += written;
    this.#payloadBytes += written;
    return written;
  }

  /** Takes bytes for a section, and zeros up to the next multiple of 4. Answers where it begins. */
  #reserve(bytes: number): number {
    const from = this.#at;
    const end = from + aligned(bytes);
    this.#grow(end);
    if (end > from) this.#words[(end >>> 2) - 1] = 0;
    this.#at = end;
    return from;
  }

  #grow(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    if (bytes > MOST_BYTES) {
      throw new NearvecError("INVALID_ARGUMENT", {
        what: "the size of the request",
        got: `${bytes} bytes`,
        expected: `at most ${MOST_BYTES}`,
        todo: "Send the points in several calls.",
      });
    }
    const capacity = Math.min(MOST_BYTES, Math.max(FIRST_BYTES, this.#bytes.length * 2, aligned(bytes)));
    const written = this.#bytes.subarray(0, this.#at);
    this.#use(allocate(capacity));
    this.#bytes.set(written);
  }

  #use(buffer: ArrayBuffer): void {
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.floats = new Float32Array(buffer);
  }
}

function allocate(bytes: number): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes);
  } catch (cause) {
    throw new NearvecError(
      "OUT_OF_MEMORY",
      {
        what: `encoding a request of ${bytes} bytes`,
        todo: "Nothing was changed. Send the points in several calls.",
      },
      { cause },
    );
  }
}
