import { invalidArgument } from "../errors.ts";
import { type Ids, invalidId, type PointId, readId, writeId, writeInteger } from "./ids.ts";

/** Names the place of an id in the request, only when an error has to say it. */
export type IdPlace = (index: number) => string;

/** Arrays of whole numbers that need no look at each value. */
type Unsigned = Uint8Array | Uint8ClampedArray | Uint16Array | Uint32Array;

/** A column of ids as a caller may give it. */
export type IdInput =
  | readonly PointId[]
  | Unsigned
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/**
 * The ids of one request, parsed and validated: 17 bytes each (`Ids` draws them), nothing per id on the heap.
 *
 * As a section of an operation's bytes, little-endian, the column lies as it does in memory:
 *
 * ```
 *   0                     16n            17n          (a multiple of 4)
 *   ┌─────────────────────┬──────────────┬────────────┐
 *   │ words: n × 4 × u32  │ kinds: n×u8  │ zeros: 0…3 │
 *   └─────────────────────┴──────────────┴────────────┘
 * ```
 */
export class IdColumn implements Ids {
  readonly length: number;
  readonly words: Uint32Array;
  readonly kinds: Uint8Array;

  /** A column over existing arrays, a section of an operation for instance; they are kept, not copied. */
  constructor(words: Uint32Array, kinds: Uint8Array) {
    this.length = kinds.length;
    this.words = words;
    this.kinds = kinds;
  }

  /** A column to be filled by `set`. Until then it holds zeros. */
  static ofLength(length: number): IdColumn {
    return new IdColumn(new Uint32Array(length * 4), new Uint8Array(length));
  }

  /**
   * @throws {NearvecError} `INVALID_ID`, named by `place`, or `INVALID_ARGUMENT` when the values are no list.
   */
  static from(values: IdInput, place: IdPlace): IdColumn {
    if (!Array.isArray(values) && !isTypedArray(values)) {
      throw invalidArgument("ids", values, "an array or a typed array of ids");
    }
    const column = IdColumn.ofLength(values.length);
    column.setAll(values, place);
    return column;
  }

  /** A column of one id. @throws {NearvecError} `INVALID_ID` */
  static one(value: unknown, what: string): IdColumn {
    const column = IdColumn.ofLength(1);
    if (!writeId(value, column, 0)) throw invalidId(value, what);
    return column;
  }

  /** @throws {NearvecError} `INVALID_ID`, named by `place` */
  set(index: number, value: unknown, place: IdPlace): void {
    if (!writeId(value, this, index)) throw invalidId(value, place(index));
  }

  /**
   * Fills the column from a list of the same length; typed arrays without making an object per id.
   *
   * @throws {NearvecError} `INVALID_ID` for the first value that is no id, named by `place`; the ids before
   *   it are set.
   */
  setAll(values: IdInput, place: IdPlace): void {
    if (values instanceof BigUint64Array || values instanceof BigInt64Array) this.#setHalves(values, place);
    else if (isUnsigned(values)) this.#setLow(values);
    // A list may have holes, which have no value to iterate over.
    else for (let i = 0; i < this.length; i++) this.set(i, values[i], place);
  }

  #setLow(values: Unsigned): void {
    for (let i = 0; i < this.length; i++) writeInteger(this, i, 0, values[i] as number);
  }

  #setHalves(values: BigUint64Array | BigInt64Array, place: IdPlace): void {
    const halves = new Uint32Array(values.buffer, values.byteOffset, this.length * 2);
    const signed = values instanceof BigInt64Array;
    for (let i = 0; i < this.length; i++) {
      const high = halves[2 * i + 1] as number;
      if (signed && high >>> 31 === 1) throw invalidId(values[i], place(i));
      writeInteger(this, i, high, halves[2 * i] as number);
    }
  }

  /** The id in its public form. */
  at(index: number): PointId {
    return readId(this, index);
  }

  /** What the column takes as a section of an operation. */
  get byteLength(): number {
    return IdColumn.byteLengthOf(this.length);
  }

  static byteLengthOf(length: number): number {
    return Math.ceil((length * 17) / 4) * 4;
  }

  /** Writes the section; answers the position after it. */
  encode(into: Uint8Array, at: number): number {
    into.set(bytesOf(this.words), at);
    into.set(this.kinds, at + this.length * 16);
    const end = at + this.byteLength;
    into.fill(0, at + this.length * 17, end);
    return end;
  }

  /** Reads a section: in place where the words are aligned, else from a copy. */
  static decode(bytes: Uint8Array, at: number, length: number): IdColumn {
    const start = bytes.byteOffset + at;
    if (start % 4 !== 0)
      return IdColumn.decode(bytes.slice(at, at + IdColumn.byteLengthOf(length)), 0, length);
    const words = new Uint32Array(bytes.buffer, start, length * 4);
    return new IdColumn(words, new Uint8Array(bytes.buffer, start + length * 16, length));
  }
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

function isTypedArray(values: unknown): boolean {
  return ArrayBuffer.isView(values) && !(values instanceof DataView);
}

function isUnsigned(values: IdInput): values is Unsigned {
  return (
    values instanceof Uint32Array ||
    values instanceof Uint16Array ||
    values instanceof Uint8Array ||
    values instanceof Uint8ClampedArray
  );
}
