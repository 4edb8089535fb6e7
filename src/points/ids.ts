import { NearvecError, shortly } from "../errors.ts";

/**
 * The name of a point: an unsigned 64-bit integer or a UUID.
 *
 * In: a whole number from 0 to 2^53 - 1, a bigint from 0 to 2^64 - 1, or a UUID string (hyphenated, 32 hex
 * digits, `urn:uuid:…` or in braces, in any case). Out: a number where that is exact, else a bigint; UUIDs
 * lower-case and hyphenated.
 */
export type PointId = number | bigint | string;

export const IdKind = { INTEGER: 0, UUID: 1 } as const;

/**
 * Ids in typed arrays, so that nothing is allocated per id. Four words and a kind each:
 *
 * ```
 *   words    4i        4i + 1    4i + 2    4i + 3       kinds   i
 *            ┌─────────┬─────────┬─────────┬─────────┐          ┌───┐
 *   integer  │    0    │    0    │  high   │   low   │          │ 0 │
 *            ├─────────┼─────────┼─────────┼─────────┤          ├───┤
 *   UUID     │ bytes   │ bytes   │ bytes   │ bytes   │          │ 1 │
 *            │ 0…3     │ 4…7     │ 8…11    │ 12…15   │          └───┘
 *            └─────────┴─────────┴─────────┴─────────┘
 * ```
 * The first byte of a UUID is the highest of its word: ids are in order when kind, then words, are.
 */
export interface Ids {
  readonly words: Uint32Array;
  readonly kinds: Uint8Array;
}

const TWO_32 = 2 ** 32;
const LARGEST = 2n ** 64n - 1n;

/** Reads an id into its place; answers false, and leaves the place as it was, when the value is no id. */
export function writeId(value: unknown, ids: Ids, index: number): boolean {
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || value < 0) return false;
    writeInteger(ids, index, Math.floor(value / TWO_32), value >>> 0);
    return true;
  }
  if (typeof value === "string") return writeUuid(value, ids, index);
  if (typeof value !== "bigint" || value < 0n || value > LARGEST) return false;
  writeInteger(ids, index, Number(value >> 32n), Number(value & 0xffff_ffffn));
  return true;
}

export function writeInteger(ids: Ids, index: number, high: number, low: number): void {
  const { words } = ids;
  const at = index * 4;
  words[at] = 0;
  words[at + 1] = 0;
  words[at + 2] = high;
  words[at + 3] = low;
  ids.kinds[index] = IdKind.INTEGER;
}

/** The id in its public form. */
export function readId(ids: Ids, index: number): PointId {
  const { words } = ids;
  const at = index * 4;
  return formatId(
    ids.kinds[index] as number,
    words[at] as number,
    words[at + 1] as number,
    words[at + 2] as number,
    words[at + 3] as number,
  );
}

function formatId(kind: number, w0: number, w1: number, w2: number, w3: number): PointId {
  if (kind === IdKind.INTEGER) {
    const value = w2 * TWO_32 + w3;
    return value <= Number.MAX_SAFE_INTEGER ? value : (BigInt(w2) << 32n) | BigInt(w3);
  }
  const b = hex(w1);
  const c = hex(w2);
  return `${hex(w0)}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${hex(w3)}`;
}

/**
 * Validates one id and gives it in the form in which it comes back.
 *
 * @throws {NearvecError} `INVALID_ID`; `what` names the place in the request.
 */
export function parseId(value: unknown, what: string): PointId {
  const ids: Ids = { words: new Uint32Array(4), kinds: new Uint8Array(1) };
  if (!writeId(value, ids, 0)) throw invalidId(value, what);
  return readId(ids, 0);
}

export function invalidId(value: unknown, what: string): NearvecError {
  return new NearvecError("INVALID_ID", {
    what,
    got: shortly(value),
    expected: "an unsigned 64-bit integer or a UUID",
    todo: advice(value),
    subject: { id: value },
  });
}

function advice(value: unknown): string {
  if (typeof value === "number" && Number.isInteger(value) && value > 0) {
    return "Numbers beyond 2^53 - 1 are not exact: pass such an id as a bigint (below 2^64).";
  }
  if (typeof value === "string" && /^\d+$/.test(value)) {
    return "Pass an integer id as a number or a bigint, not as a string.";
  }
  return "Use a whole number from 0 up, a bigint below 2^64, or a UUID string.";
}

const NOT_HEX = 0xff;
/** What a character of a UUID is worth, by its code. */
const HEX_VALUES = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(code).toLowerCase());
  return digit === -1 ? NOT_HEX : digit;
});
const HYPHEN = 0x2d;
const URN = /^urn:uuid:/i;

/** The forms of RFC 9562, and braces; like Qdrant's, the last two hold the hyphenated form only. */
function writeUuid(text: string, ids: Ids, index: number): boolean {
  switch (text.length) {
    case 36:
      return writeHyphenated(text, 0, ids, index);
    case 32:
      return writeWords(text, 0, 4, 8, 12, 16, 20, 24, 28, ids, index);
    case 38:
      return text.startsWith("{") && text.endsWith("}") && writeHyphenated(text, 1, ids, index);
    case 45:
      return URN.test(text) && writeHyphenated(text, 9, ids, index);
    default:
      return false;
  }
}

function writeHyphenated(text: string, from: number, ids: Ids, index: number): boolean {
  for (const hyphen of [8, 13, 18, 23]) if (text.charCodeAt(from + hyphen) !== HYPHEN) return false;
  const f = from;
  return writeWords(text, f, f + 4, f + 9, f + 14, f + 19, f + 24, f + 28, f + 32, ids, index);
}

/**
 * Eight groups of four hex digits, given by where each begins. A character that is no hex digit makes the
 * result negative.
 */
function writeWords(
  text: string,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
  ids: Ids,
  index: number,
): boolean {
  const q0 = quad(text, a);
  const q1 = quad(text, b);
  const q2 = quad(text, c);
  const q3 = quad(text, d);
  const q4 = quad(text, e);
  const q5 = quad(text, f);
  const q6 = quad(text, g);
  const q7 = quad(text, h);
  if ((q0 | q1 | q2 | q3 | q4 | q5 | q6 | q7) < 0) return false;
  const { words } = ids;
  const at = index * 4;
  words[at] = (q0 << 16) | q1;
  words[at + 1] = (q2 << 16) | q3;
  words[at + 2] = (q4 << 16) | q5;
  words[at + 3] = (q6 << 16) | q7;
  ids.kinds[index] = IdKind.UUID;
  return true;
}

/** Four hex digits as a number, or -1. */
function quad(text: string, at: number): number {
  const a = HEX_VALUES[text.charCodeAt(at)] ?? NOT_HEX;
  const b = HEX_VALUES[text.charCodeAt(at + 1)] ?? NOT_HEX;
  const c = HEX_VALUES[text.charCodeAt(at + 2)] ?? NOT_HEX;
  const d = HEX_VALUES[text.charCodeAt(at + 3)] ?? NOT_HEX;
  return (a | b | c | d) === NOT_HEX ? -1 : (a << 12) | (b << 8) | (c << 4) | d;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}

/**
 * The order of ids: integers by value, then UUIDs by their bytes. Both ids must be in the form in which they
 * come back.
 */
export function compareIds(a: PointId, b: PointId): number {
  const byKind = Number(typeof a === "string") - Number(typeof b === "string");
  if (byKind !== 0) return byKind;
  // A number and a bigint compare by value; lower-case hyphenated UUIDs of equal form compare as their bytes
  // do.
  return a < b ? -1 : a > b ? 1 : 0;
}
