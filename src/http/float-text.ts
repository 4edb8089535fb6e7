/**
 * JSON of vectors, digit by digit: JSON.stringify would look for the shortest form of doubles, which takes half of the time of
 * an answer with vectors.
 */

import { digitsOf, placesOf, shortest, UNUSUAL } from "../client/f32.ts";

/** The longest number is one like -1.17549435e-38; with a comma. */
const MOST_BYTES = 24;
/** So many numbers are written at once: what is kept between calls stays small. */
const PIECE = 4096;

const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

const ascii = new TextDecoder();
let scratch = new Uint8Array(0);

/** What JSON.stringify makes of the numbers in f32's shortest form. */
export function floatsText(values: Float32Array): string {
  if (values.length <= PIECE) return `[${pieceText(values)}]`;
  const pieces: string[] = [];
  for (let from = 0; from < values.length; from += PIECE) {
    pieces.push(pieceText(values.subarray(from, from + PIECE)));
  }
  return `[${pieces.join()}]`;
}

function pieceText(values: Float32Array): string {
  const most = values.length * MOST_BYTES;
  if (scratch.length < most) scratch = new Uint8Array(most);
  const out = scratch;
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    if (i > 0) out[at++] = COMMA;
    at = writeFloat(out, values[i] as number, at);
  }
  return ascii.decode(out.subarray(0, at));
}

/** Answers where the number ends. */
function writeFloat(out: Uint8Array, value: number, from: number): number {
  const places = placesOf(value);
  if (places === UNUSUAL) return writeText(out, String(shortest(value)), from);
  const size = Math.abs(value);
  if (value < 0) out[from++] = MINUS;
  // Powers of ten are f32 themselves: rounding adds no digit before the point.
  let whole = 1;
  for (let power = 10; size >= power; power *= 10) whole++;
  const point = from + whole;
  // Below 2^31, and as such an integer faster to divide.
  const digits = digitsOf(size, places) | 0;
  if (places === 0) {
    writeDigits(out, digits, from, point);
    return point;
  }
  const end = point + 1 + places;
  out[point] = POINT;
  const rest = writeDigits(out, digits, point + 1, end);
  writeDigits(out, rest, from, point);
  return end;
}

/** Fills the place with the last digits of the integer; answers what is left of it. */
function writeDigits(out: Uint8Array, digits: number, from: number, end: number): number {
  for (let at = end - 1; at >= from; at--) {
    const rest = (digits / 10) | 0;
    out[at] = ZERO + digits - rest * 10;
    digits = rest;
  }
  return digits;
}

function writeText(out: Uint8Array, text: string, from: number): number {
  for (let i = 0; i < text.length; i++) out[from + i] = text.charCodeAt(i);
  return from + text.length;
}
