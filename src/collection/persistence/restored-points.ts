import { hasBit, lowestBit } from "../../bits.ts";
import { NearvecError, orOutOfMemory, shortly } from "../../errors.ts";
import { type Piece, Section } from "../../journal/sections.ts";
import { IdColumn } from "../../points/id-column.ts";
import { IdKind } from "../../points/ids.ts";
import { RestoredIds } from "../../points/restored-ids.ts";
import type { StoredPoints } from "../stored-points.ts";
import { misused, type PointsHead } from "./captured-points.ts";
import {
  DELETED,
  DELETED_WORDS,
  INTEGER_HEAD,
  payloadWords,
  Row,
  TWO_32,
  UUID_BIT,
  UUID_HEAD,
} from "./point-rows.ts";

/** The highest word of a version: versions are below 2^53. */
const MOST_VERSION_HIGH = 2 ** 21 - 1;
const MOST_OFFSETS = 2 ** 32 - 1;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * Reads rows back: payloads and versions into the collection's stores at once, ids into a store of their own, by offset.
 * Later checkpoints write over what older ones have said of an offset. Only at the end are ids given their hash table and
 * their order, all together: that is faster, and between two rows of a checkpoint two offsets may well have the same id.
 */
export class RestoredPoints {
  readonly #points: StoredPoints;
  readonly #ids = new RestoredIds();
  /** Of the checkpoint that is being read; the offsets and rows that it had so far. */
  #head: PointsHead | undefined;
  #seen = new Uint32Array(0);
  #rows = 0;
  #deleted = 0;
  readonly #id = IdColumn.ofLength(1);

  constructor(points: StoredPoints) {
    if (points.ids.end > 0) throw misused("points were to be restored into a collection that has some");
    this.#points = points;
  }

  /** @throws {NearvecError} `DAMAGED`, `OUT_OF_MEMORY`; what was restored is of no use then */
  restore(piece: Piece): void {
    orOutOfMemory(NO_ROOM, () => {
      if (piece.section === Section.HEAD) this.#begin(readHead(piece.bytes));
      else if (piece.section === Section.POINTS) this.#readPiece(piece);
      else
        throw damaged("a section of points", String(piece.section), `${Section.HEAD} or ${Section.POINTS}`);
    });
  }

  /** @throws {NearvecError} `DAMAGED`, `OUT_OF_MEMORY` */
  finish(): void {
    orOutOfMemory(NO_ROOM, () => {
      this.#expectAll();
      this.#points.versions.reserve(this.#ids.end);
      const twin = this.#ids.moveTo(this.#points.ids);
      if (twin !== undefined) throw damaged(`the point with id ${twin}`, "two of them", "one");
    });
  }

  #begin(head: PointsHead): void {
    if (this.#head !== undefined) this.#expectAll();
    else if (!head.full) throw damaged("the first checkpoint of points", "changes", "all points");
    if (head.full) this.#clear();
    if (head.end < this.#ids.end) {
      throw damaged("the end of offsets", String(head.end), `at least ${this.#ids.end}`);
    }
    this.#head = head;
    this.#ids.grow(head.end);
    this.#seen = new Uint32Array((head.end + 31) >>> 5);
    this.#rows = 0;
    this.#deleted = 0;
  }

  /** All of a checkpoint is there, and makes as many points as there were. */
  #expectAll(): void {
    if (this.#head === undefined) throw damaged("a checkpoint of points", "none", "all points");
    const { size, rows, deleted } = this.#head;
    expectCount("rows of points in a checkpoint", this.#rows, rows);
    expectCount("rows of deleted points in a checkpoint", this.#deleted, deleted);
    expectCount("points", this.#ids.size, size);
  }

  #readPiece({ from, count, bytes }: Piece): void {
    if (this.#head === undefined) throw damaged("rows of points", "no head before them", "one");
    if (bytes.length === 0 || bytes.length % 8 !== 0) {
      throw damaged("the length of a piece of points", String(bytes.length), "a multiple of 8");
    }
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    if (words[Row.OFFSET] !== from) {
      throw damaged("the first offset of a piece of points", String(words[Row.OFFSET]), String(from));
    }
    let rows = 0;
    for (let at = 0; at < words.length; rows++) at = this.#readRow(words, bytes, at);
    expectCount("rows in a piece of points", rows, count);
    this.#points.payloads.tidy();
  }

  /** Reads the row at that word. Answers where it ends. */
  #readRow(words: Uint32Array, bytes: Uint8Array, at: number): number {
    const offset = words[at + Row.OFFSET] as number;
    const length = words[at + Row.LENGTH] as number;
    this.#meet(offset);
    if (length === DELETED) {
      this.#delete(offset);
      return at + DELETED_WORDS;
    }
    const wide = length >= UUID_BIT;
    const payloadLength = wide ? length - UUID_BIT : length;
    const payloadAt = at + (wide ? UUID_HEAD : INTEGER_HEAD);
    const end = payloadAt + payloadWords(payloadLength);
    if (end > words.length) {
      throw damaged(
        `the row of offset ${offset}`,
        `${(end - at) * 4} bytes`,
        `at most ${(words.length - at) * 4}`,
      );
    }
    const versionHigh = words[at + Row.VERSION + 1] as number;
    if (versionHigh > MOST_VERSION_HIGH) {
      throw damaged(`the version of offset ${offset}`, "2^53 or more", "less");
    }
    const from = payloadAt * 4;
    if (payloadLength > 0) expectObject(bytes, from, from + payloadLength, offset);
    this.#readId(words, at + Row.ID, wide);
    this.#ids.put(offset, this.#id);
    this.#points.versions.reserve(offset + 1);
    this.#points.versions.set(offset, versionHigh * TWO_32 + (words[at + Row.VERSION] as number));
    this.#setPayload(offset, bytes, from, from + payloadLength);
    this.#rows++;
    return end;
  }

  /** An offset has its row. */
  #meet(offset: number): void {
    const end = this.#ids.end;
    if (offset >= end) throw damaged("the offset of a point", String(offset), `less than ${end}`);
    if (hasBit(this.#seen, offset)) throw damaged(`the row of offset ${offset}`, "two of them", "one");
    this.#seen[offset >>> 5] = (this.#seen[offset >>> 5] as number) | (1 << (offset & 31));
  }

  #readId(words: Uint32Array, at: number, wide: boolean): void {
    const id = this.#id;
    id.kinds[0] = wide ? IdKind.UUID : IdKind.INTEGER;
    id.words[0] = wide ? (words[at] as number) : 0;
    id.words[1] = wide ? (words[at + 1] as number) : 0;
    id.words[2] = words[wide ? at + 2 : at + 1] as number;
    id.words[3] = words[wide ? at + 3 : at] as number;
  }

  #delete(offset: number): void {
    if (this.#head?.full) throw damaged(`the row of offset ${offset}`, "a deleted point", "a point");
    this.#deleted++;
    this.#forget(offset);
  }

  #forget(offset: number): void {
    this.#ids.remove(offset);
    this.#setPayload(offset, NOTHING, 0, 0);
  }

  #setPayload(offset: number, bytes: Uint8Array, from: number, end: number): void {
    const { fields, payloads } = this.#points;
    if (fields !== undefined) {
      const after = from === end ? undefined : bytes.subarray(from, end);
      fields.payloadChanges(offset, payloads.getBytes(offset), after);
    }
    payloads.set(offset, bytes, from, end);
  }

  /** A full checkpoint makes void what older ones have said. */
  #clear(): void {
    const { live } = this.#ids;
    for (let word = 0; word < live.length; word++) {
      for (let bits = live[word] as number; bits !== 0; bits &= bits - 1)
        this.#forget(word * 32 + lowestBit(bits));
    }
    this.#points.payloads.tidy();
  }
}

const NOTHING = new Uint8Array(0);

function readHead(bytes: Uint8Array): PointsHead {
  const what = "the head of a checkpoint's points";
  let head: unknown;
  try {
    head = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw damaged(what, "no JSON", "an object", cause);
  }
  if (typeof head !== "object" || head === null) throw damaged(what, shortly(head), "an object");
  const { format, full, end, size, rows, deleted } = head as Record<keyof PointsHead, unknown>;
  if (format !== 1) throw damaged(`${what}, its format`, shortly(format), "1");
  const ok =
    typeof full === "boolean" &&
    isCount(end, MOST_OFFSETS) &&
    isCount(size, end) &&
    isCount(rows, size) &&
    isCount(deleted, full ? 0 : end - size) &&
    (!full || rows === size);
  if (!ok) throw damaged(what, JSON.stringify(head).slice(0, 200), "numbers that agree");
  return { format, full, end, size, rows, deleted };
}

function isCount(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function expectCount(what: string, got: number, expected: number): void {
  if (got !== expected) throw damaged(`the number of ${what}`, String(got), String(expected));
}

/** That the payload's JSON is whole is for checksums to say: this is whether it is one at all. */
function expectObject(bytes: Uint8Array, from: number, end: number, offset: number): void {
  if (end - from >= 2 && bytes[from] === OPENING_BRACE && bytes[end - 1] === CLOSING_BRACE) return;
  throw damaged(`the payload of offset ${offset}`, "something else", "a JSON object");
}

function damaged(what: string, got: string, expected: string, cause?: unknown): NearvecError {
  const todo = "The stored bytes are not what was written: restore the collection from a snapshot.";
  return new NearvecError("DAMAGED", { what, got, expected, todo }, { cause });
}

const NO_ROOM = {
  what: "no room for the points of a checkpoint",
  todo: "Nothing is lost. Close other clients, or give the process more memory, and open it again.",
};
