/**
 * Values (or tokens), each with its points. Column a has the entries, column b their texts, one behind the other, as UTF-8.
 *
 * ```
 *   word 0              1                    2 …
 *   ┌──────┬──────────┬─────┬──────────────┬──────────────────┬──────────────────────────┐
 *   │ kind │ units of │ 0   │ how many     │ a number or      │ offsets, ascending       │
 *   │ 3 b  │ text 29 b│ 1 b │ offsets 31 b │ UTF-16           │ u32 each                 │
 *   ├──────┼──────────┼─────┼──────────────┼──────────────────┼──────────────────────────┤
 *   │      │          │ 1   │              │                  │ blocks: offset-blocks.ts │
 *   └──────┴──────────┴─────┴──────────────┴──────────────────┴──────────────────────────┘
 *   kind 0 false, 1 true: nothing           3 text with surrogates: UTF-16, filled up to whole words
 *        2 text: units of UTF-16 that it     4 f64, 2 words
 *          is, of column b                   5 i64, 2 words
 * ```
 * A value with many points has several entries one after the other, each with the points of other blocks.
 */

import type { Scalar } from "../../filters/match.ts";
import { OffsetSet } from "../offset-set.ts";
import { type Postings, postingsOf } from "../postings.ts";
import type { ChangedPoints } from "./changed-points.ts";
import { COLUMN_BYTES, type Columns, damaged, encodePiece, type Part, wordsOf } from "./format.ts";
import {
  BLOCK_WORDS,
  BlockReader,
  blockTo,
  isWithin,
  MOST_BLOCK_WORDS,
  writeBlock,
} from "./offset-blocks.ts";
import type { Output } from "./output.ts";

const Kind = { FALSE: 0, TRUE: 1, TEXT: 2, UNITS: 3, NUMBER: 4, BIGINT: 5 } as const;
const KIND_SHIFT = 29;
const UNITS_MASK = 2 ** KIND_SHIFT - 1;
const IN_BLOCKS = 0x8000_0000;
/** As many offsets are written as a list; of more, so many blocks are an entry. */
const MOST_LISTED = 4096;
const BLOCKS = 16;

/** A value, its points, and for a token its number. */
export type Entry = readonly [value: Scalar, points: Postings, number?: number];

/**
 * Writes entries, pausing after each piece.
 *
 * @param enters told of the numbers of tokens that are written, in their order
 */
export function* writeEntries(
  part: Part,
  entries: Iterable<Entry>,
  changed: ChangedPoints,
  output: Output,
  enters: (number: number) => void = () => {},
): Generator<undefined> {
  const column = new EntryColumn(changed);
  for (const [value, points, number = 0] of entries) {
    let isNew = true;
    for (const written of column.add(value, points)) {
      if (written && isNew) {
        enters(number);
        isNew = false;
      }
      if (column.byteLength < output.limit) continue;
      output.emit(part, column.count, column.take(part));
      yield;
    }
  }
  if (column.count > 0) {
    output.emit(part, column.count, column.take(part));
    yield;
  }
}

const two = new DataView(new ArrayBuffer(8));
const block = new Uint32Array(BLOCK_WORDS);

class EntryColumn {
  readonly #changed: ChangedPoints;
  #words = new Uint32Array(COLUMN_BYTES / 4);
  #at = 0;
  #texts: string[] = [];
  #units = 0;
  count = 0;

  constructor(changed: ChangedPoints) {
    this.#changed = changed;
  }

  get byteLength(): number {
    return this.#at * 4 + this.#units;
  }

  take(part: Part): Uint8Array {
    const texts = new TextEncoder().encode(this.#texts.join(""));
    const bytes = encodePiece(part, this.#words.subarray(0, this.#at), texts);
    this.#at = 0;
    this.#texts = [];
    this.#units = 0;
    this.count = 0;
    return bytes;
  }

  /** Adds the entries of a value, and after each says whether it was added: one without points is not. */
  *add(value: Scalar, points: Postings): Generator<boolean> {
    if (!(points instanceof OffsetSet) || points.size <= MOST_LISTED) {
      yield this.#addList(value, points);
      return;
    }
    for (let first = 0; first < points.blockEnd; first += BLOCKS) yield this.#addBlocks(value, points, first);
  }

  #addList(value: Scalar, points: Postings): boolean {
    const begin = this.#at;
    const from = this.#begin(value, MOST_LISTED);
    const changed = this.#changed;
    let at = from;
    if (typeof points === "number") {
      if (!changed.has(points)) this.#words[at++] = points;
    } else if (points instanceof OffsetSet) {
      points.each((offset) => {
        if (!changed.has(offset)) this.#words[at++] = offset;
      });
    } else {
      for (const offset of points) if (!changed.has(offset)) this.#words[at++] = offset;
    }
    return this.#end(value, begin, at, at - from);
  }

  #addBlocks(value: Scalar, points: OffsetSet, first: number): boolean {
    const begin = this.#at;
    let at = this.#begin(value, BLOCKS * MOST_BLOCK_WORDS);
    let count = 0;
    for (let number = first; number < first + BLOCKS; number++) {
      if (!points.blockTo(number, block.fill(0))) continue;
      this.#changed.clearIn(block, number * BLOCK_WORDS);
      const words = writeBlock(number, block, this.#words, at);
      if (words > 0) count += ((this.#words[at] as number) >>> 16) + 1;
      at += words;
    }
    return this.#end(value, begin, at, count, IN_BLOCKS);
  }

  /** Writes what says the value, and makes room. Answers where the points begin. */
  #begin(value: Scalar, words: number): number {
    const begin = this.#at;
    const text = typeof value === "string" && hasSurrogates(value) ? value.length : 0;
    const needed = begin + 4 + ((text + 1) >>> 1) + words;
    if (needed > this.#words.length) {
      const larger = new Uint32Array(needed);
      larger.set(this.#words.subarray(0, begin));
      this.#words = larger;
    }
    this.#words[begin] = headOf(value);
    let at = begin + 2;
    if (typeof value === "string") {
      if (text === 0) return at;
      this.#words[at + ((text - 1) >>> 1)] = 0;
      const units = new Uint16Array(this.#words.buffer, at * 4, text);
      for (let i = 0; i < text; i++) units[i] = value.charCodeAt(i);
      at += (text + 1) >>> 1;
    } else if (typeof value !== "boolean") {
      if (typeof value === "number") two.setFloat64(0, value, true);
      else two.setBigInt64(0, value, true);
      this.#words[at++] = two.getUint32(0, true);
      this.#words[at++] = two.getUint32(4, true);
    }
    return at;
  }

  /** The entry is written, and counts unless it has no points. */
  #end(value: Scalar, begin: number, end: number, points: number, form = 0): boolean {
    if (points === 0) return false;
    this.#words[begin + 1] = form + points;
    this.#at = end;
    this.count++;
    if ((this.#words[begin] as number) >>> KIND_SHIFT === Kind.TEXT) {
      this.#texts.push(value as string);
      this.#units += (value as string).length;
    }
    return true;
  }
}

function headOf(value: Scalar): number {
  switch (typeof value) {
    case "boolean":
      return (value ? Kind.TRUE : Kind.FALSE) * 2 ** KIND_SHIFT;
    case "number":
      return Kind.NUMBER * 2 ** KIND_SHIFT;
    case "bigint":
      return Kind.BIGINT * 2 ** KIND_SHIFT;
    default:
      return (hasSurrogates(value) ? Kind.UNITS : Kind.TEXT) * 2 ** KIND_SHIFT + value.length;
  }
}

/** UTF-8 has no surrogates that stand alone, and strings may. */
function hasSurrogates(text: string): boolean {
  return /[\ud800-\udfff]/.test(text);
}

/** Takes a value and points of it. They are checked: the value isn't. */
export type TakeEntry = (value: Scalar, points: Postings) => void;

/**
 * Reads the entries of a piece, `count` of them. Their points must be among `own`; they are added to `seen`.
 *
 * @throws {NearvecError} `DAMAGED`
 */
export function readEntries(
  { a, b }: Columns,
  count: number,
  own: Uint32Array,
  seen: Uint32Array,
  take: TakeEntry,
): void {
  const words = wordsOf(a);
  const texts = decodeText(b);
  let textAt = 0;
  let entries = 0;
  for (let at = 0; at < words.length; entries++) {
    const head = words[at] as number;
    const kind = head >>> KIND_SHIFT;
    const units = head & UNITS_MASK;
    if (at + 2 > words.length) throw damaged("an entry", "half of it", "all");
    const sized = words[at + 1] as number;
    const points = sized & ~IN_BLOCKS;
    if (points === 0) throw damaged("the points of a value", 0, "some");
    at += 2;
    let value: Scalar;
    if (kind === Kind.TEXT) {
      if (textAt + units > texts.length) throw damaged("the text of a value", units, "as much as there is");
      value = texts.substring(textAt, textAt + units);
      textAt += units;
    } else {
      value = readValue(words, at, kind, units);
      at += valueWords(kind, units);
    }
    if (sized < IN_BLOCKS) {
      take(value, readList(words, at, points, own, seen));
      at += points;
    } else {
      const reader = new BlockReader(words, at, own.length * 32);
      take(value, readSet(reader, points, own, seen));
      at = reader.at;
    }
  }
  if (entries !== count) throw damaged("the number of entries", entries, String(count));
  if (textAt !== texts.length) throw damaged("the texts of values", texts.length, `${textAt} units`);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw damaged("the texts of values", "other bytes", "UTF-8");
  }
}

function valueWords(kind: number, units: number): number {
  if (kind === Kind.UNITS) return (units + 1) >>> 1;
  return kind === Kind.NUMBER || kind === Kind.BIGINT ? 2 : 0;
}

function readValue(words: Uint32Array, at: number, kind: number, units: number): Scalar {
  if (at + valueWords(kind, units) > words.length)
    throw damaged("a value", `${units} units`, "as much as there is");
  if (kind === Kind.UNITS) {
    const all = new Uint16Array(words.buffer, words.byteOffset + at * 4, units);
    let text = "";
    for (let i = 0; i < units; i += 4096) text += String.fromCharCode(...all.subarray(i, i + 4096));
    return text;
  }
  if (units !== 0) throw damaged("the length of a value", units, "0");
  if (kind === Kind.FALSE || kind === Kind.TRUE) return kind === Kind.TRUE;
  two.setUint32(0, words[at] as number, true);
  two.setUint32(4, words[at + 1] as number, true);
  if (kind === Kind.NUMBER) return two.getFloat64(0, true);
  if (kind === Kind.BIGINT) return two.getBigInt64(0, true);
  throw damaged("the kind of a value", kind, "0 to 5");
}

function readList(
  words: Uint32Array,
  from: number,
  count: number,
  own: Uint32Array,
  seen: Uint32Array,
): Postings {
  const end = from + count;
  if (end > words.length) throw damaged("the points of a value", count, "as many as there are");
  let before = -1;
  for (let i = from; i < end; i++) {
    const offset = words[i] as number;
    const word = offset >>> 5;
    const bit = 1 << (offset & 31);
    if (offset <= before || ((own[word] ?? 0) & bit) === 0)
      throw damaged("a point of a value", offset, "a higher one, that has values");
    before = offset;
    seen[word] = (seen[word] as number) | bit;
  }
  return postingsOf(words.subarray(from, end));
}

function readSet(reader: BlockReader, count: number, own: Uint32Array, seen: Uint32Array): OffsetSet {
  const set = new OffsetSet();
  while (set.size < count) {
    const block = reader.next();
    if (!isWithin(reader.number, block, own))
      throw damaged("the points of a value", "one without values", "others");
    set.addBlock(reader.number, block);
    blockTo(reader.number, block, seen);
  }
  if (set.size !== count) throw damaged("the points of a value", set.size, String(count));
  set.settle();
  return set;
}
