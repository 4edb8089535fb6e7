/**
 * What is kept by pairs and by point. A piece counts pairs, places, or points.
 *
 * ```
 *             column a                                   column b
 *           ┌──────────────────────────────────────────┬──────────────────────────────────┐
 *   pairs   │ numbers, ascending, f64                  │ offsets, u32; of equal numbers   │
 *           │                                          │ ascending                        │
 *           ├──────────────────────────────────────────┼──────────────────────────────────┤
 *   places  │ longitude, latitude, f64 each            │ offsets, u32; a point's places   │
 *           │                                          │ stand together                   │
 *           ├──────────────────────────────────────────┼──────────────────────────────────┤
 *   tokens  │ offset, bytes in column b, u32 each      │ numbers of tokens from 1 on, in  │
 *   by point│                                          │ the order of the entries; 0      │
 *           │                                          │ between texts; all as LEB128     │
 *           └──────────────────────────────────────────┴──────────────────────────────────┘
 * ```
 */

import { hasBit } from "../../bits.ts";
import type { GeoPoint } from "../../filters/geo.ts";
import type { Coordinates } from "../coordinates.ts";
import type { SortedPairs } from "../sorted-pairs.ts";
import { BOUNDARY, type TextDocuments } from "../text-documents.ts";
import type { ChangedPoints } from "./changed-points.ts";
import {
  COLUMN_BYTES,
  type Columns,
  damaged,
  encodePiece,
  misused,
  numbersOf,
  Part,
  wordsOf,
} from "./format.ts";
import type { Output } from "./output.ts";

// ── pairs ────────────────────────────────────────────────────────────────────────────────────────────────────

const PAIR_BYTES = 12;
const PAIRS = Math.floor(COLUMN_BYTES / PAIR_BYTES);

/** Writes pairs but those of points that have changed, pausing after each piece. */
export function* writePairs(
  pairs: SortedPairs,
  changed: ChangedPoints,
  output: Output,
): Generator<undefined> {
  const numbers = new Float64Array(PAIRS);
  const offsets = new Uint32Array(PAIRS);
  // The next pair is this one, or what is there instead of it: leaves may have been divided or joined meanwhile.
  let number = Number.NEGATIVE_INFINITY;
  let offset = 0;
  for (let more = true; more; ) {
    const most = Math.min(PAIRS, Math.ceil(output.limit / PAIR_BYTES));
    let at = 0;
    more = false;
    pairs.runs(number, offset, (from, of) => {
      for (let i = 0; i < from.length; i++) {
        if (at === most) {
          number = from[i] as number;
          offset = of[i] as number;
          more = true;
          return false;
        }
        if (changed.has(of[i] as number)) continue;
        numbers[at] = from[i] as number;
        offsets[at++] = of[i] as number;
      }
      return true;
    });
    if (at === 0) return;
    output.emit(Part.PAIRS, at, encodePiece(Part.PAIRS, numbers.subarray(0, at), offsets.subarray(0, at)));
    yield;
  }
}

/** The last pair that was read. */
export interface Last {
  number: number;
  offset: number;
}

/** Appends the pairs of a piece. @throws {NearvecError} `DAMAGED` */
export function readPairs(
  { a, b }: Columns,
  count: number,
  own: Uint32Array,
  seen: Uint32Array,
  pairs: SortedPairs,
  last: Last,
): void {
  const numbers = numbersOf(a);
  const offsets = wordsOf(b);
  expectCounts(count, numbers.length, offsets.length);
  let { number, offset } = last;
  for (let i = 0; i < numbers.length; i++) {
    const nextNumber = numbers[i] as number;
    const nextOffset = offsets[i] as number;
    if (!(nextNumber > number || (nextNumber === number && nextOffset > offset)))
      throw damaged("a pair", `${nextNumber}, ${nextOffset}`, `more than ${number}, ${offset}`);
    expectOwn(nextOffset, own);
    seen[nextOffset >>> 5] = (seen[nextOffset >>> 5] as number) | (1 << (nextOffset & 31));
    number = nextNumber;
    offset = nextOffset;
  }
  last.number = number;
  last.offset = offset;
  pairs.append(numbers, offsets);
}

// ── places ───────────────────────────────────────────────────────────────────────────────────────────────────

const PLACE_BYTES = 20;

/** Writes the coordinates of points that have not changed, pausing after each piece. */
export function* writeCoordinates(
  coordinates: Coordinates,
  changed: ChangedPoints,
  output: Output,
): Generator<undefined> {
  let places: number[] = [];
  let offsets: number[] = [];
  const put = (offset: number, lon: number, lat: number) => {
    places.push(lon, lat);
    offsets.push(offset);
  };
  const flush = () => {
    const piece = encodePiece(Part.COORDINATES, Float64Array.from(places), Uint32Array.from(offsets));
    output.emit(Part.COORDINATES, offsets.length, piece);
    places = [];
    offsets = [];
  };
  for (let page = 0; page < coordinates.pageEnd; page++) {
    coordinates.eachOfPage(page, (offset, lon, lat) => {
      if (!changed.has(offset)) put(offset, lon, lat);
    });
    if (offsets.length * PLACE_BYTES < output.limit) continue;
    flush();
    yield;
  }
  for (const [offset, points] of coordinates.several()) {
    if (changed.has(offset)) continue;
    for (const { lon, lat } of points) put(offset, lon, lat);
    if (offsets.length * PLACE_BYTES < output.limit) continue;
    flush();
    yield;
  }
  if (offsets.length === 0) return;
  flush();
  yield;
}

/** @throws {NearvecError} `DAMAGED` */
export function readCoordinates(
  { a, b }: Columns,
  count: number,
  own: Uint32Array,
  seen: Uint32Array,
  coordinates: Coordinates,
): void {
  const places = numbersOf(a);
  const offsets = wordsOf(b);
  expectCounts(count, places.length / 2, offsets.length);
  for (let at = 0; at < count; ) {
    const offset = offsets[at] as number;
    expectOwn(offset, own);
    if (hasBit(seen, offset)) throw damaged("the places of a point", `${offset} twice`, "once");
    seen[offset >>> 5] = (seen[offset >>> 5] as number) | (1 << (offset & 31));
    const points: GeoPoint[] = [];
    for (; at < count && offsets[at] === offset; at++) {
      const [lon, lat] = [places[at * 2] as number, places[at * 2 + 1] as number];
      // It would stand for no place at all.
      if (Number.isNaN(lon) || Number.isNaN(lat)) throw damaged("a place", `${lon}, ${lat}`, "numbers");
      points.push({ lon, lat });
    }
    coordinates.set(offset, points);
  }
}

// ── tokens by point ──────────────────────────────────────────────────────────────────────────────────────────

/** Writes the tokens of points that have not changed, pausing after each piece. @param numbers new numbers by old ones */
export function* writeDocuments(
  documents: TextDocuments,
  numbers: Uint32Array,
  changed: ChangedPoints,
  output: Output,
): Generator<undefined> {
  let column = new Uint8Array(COLUMN_BYTES);
  let heads: number[] = [];
  let end = 0;
  for (let offset = 0; offset <= changed.end; offset++) {
    const stored = changed.has(offset) ? undefined : documents.bytesAt(offset);
    if (stored !== undefined) {
      // Another number may be longer: five bytes are enough for any.
      if (end + stored.length * 5 > column.length) column = enlarged(column, end, end + stored.length * 5);
      const begin = end;
      end = renumber(stored, numbers, column, begin);
      heads.push(offset, end - begin);
    }
    if (heads.length * 4 + end < output.limit && offset < changed.end) continue;
    if (heads.length === 0) continue;
    const piece = encodePiece(Part.DOCUMENTS, Uint32Array.from(heads), column.subarray(0, end));
    output.emit(Part.DOCUMENTS, heads.length / 2, piece);
    heads = [];
    end = 0;
    yield;
  }
}

function enlarged(column: Uint8Array, end: number, least: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(least, column.length * 2));
  larger.set(column.subarray(0, end));
  return larger;
}

/** Writes a point's tokens with their new numbers. Answers where they end. */
function renumber(stored: Uint8Array, numbers: Uint32Array, column: Uint8Array, from: number): number {
  let at = from;
  let number = 0;
  let shift = 0;
  for (let i = 0; i < stored.length; i++) {
    const byte = stored[i] as number;
    number |= (byte & 0x7f) << shift;
    shift += 7;
    if (byte > 0x7f) continue;
    let rest = numbers[number] as number;
    // The tokens of a point that hasn't changed are written before it.
    if (rest === 0 && number !== BOUNDARY) throw misused("a token of a text index was not written");
    for (; rest > 0x7f; rest >>>= 7) column[at++] = (rest & 0x7f) | 0x80;
    column[at++] = rest;
    number = 0;
    shift = 0;
  }
  return at;
}

/** @param tokens how many there are: no number is higher. @throws {NearvecError} `DAMAGED` */
export function readDocuments(
  { a, b }: Columns,
  count: number,
  own: Uint32Array,
  seen: Uint32Array,
  documents: TextDocuments,
  tokens: number,
): void {
  const heads = wordsOf(a);
  expectCounts(count, heads.length / 2, heads.length / 2);
  let from = 0;
  for (let at = 0; at < heads.length; at += 2) {
    const offset = heads[at] as number;
    const end = from + (heads[at + 1] as number);
    expectOwn(offset, own);
    if (hasBit(seen, offset)) throw damaged("the tokens of a point", `${offset} twice`, "once");
    if (end > b.length || end === from)
      throw damaged("the tokens of a point", end - from, "as many as there are");
    expectNumbers(b, from, end, tokens);
    seen[offset >>> 5] = (seen[offset >>> 5] as number) | (1 << (offset & 31));
    documents.restore(offset, b, from, end);
    from = end;
  }
  if (from !== b.length) throw damaged("the tokens of points", b.length, `${from} bytes`);
}

function expectNumbers(bytes: Uint8Array, from: number, end: number, most: number): void {
  let number = 0;
  let shift = 0;
  for (let at = from; at < end; at++) {
    const byte = bytes[at] as number;
    number += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte > 0x7f) continue;
    if (number > most) break;
    number = 0;
    shift = 0;
  }
  if (shift > 0) throw damaged("the number of a token", number, `at most ${most}`);
}

// ── ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function expectCounts(count: number, a: number, b: number): void {
  if (a !== count || b !== count) throw damaged("the length of columns", `${a} and ${b}`, String(count));
}

function expectOwn(offset: number, own: Uint32Array): void {
  if (!hasBit(own, offset)) throw damaged("a point", offset, "one that has values");
}
