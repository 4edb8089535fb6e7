import { invalidArgument } from "../errors.ts";
import { checkFields, checkObject, fields, integer } from "../fields.ts";
import { IdKind, type Ids, type PointId, writeId } from "../points/ids.ts";

/** One of `total` shares of all ids. */
export interface Slice {
  readonly total: number;
  readonly index: number;
}

const SLICE_FIELDS = fields(["total", "index"]);
const MOST_SLICES = 2 ** 32 - 1;

export function parseSlice(value: unknown, what: string): Slice {
  checkObject(value, what, "an object with total and index");
  checkFields(value, what, SLICE_FIELDS);
  const given: { total?: unknown; index?: unknown } = value;
  if (given.total === 0) throw invalidArgument(`${what}.total`, 0, `an integer from 1 to ${MOST_SLICES}`);
  const total = integer(given.total, `${what}.total`, 1, MOST_SLICES);
  return { total, index: integer(given.index, `${what}.index`, 0, total - 1, "Slices count from 0.") };
}

const id: Ids = { words: new Uint32Array(4), kinds: new Uint8Array(1) };
const NO_KEY = new Uint32Array(4);
const integerBlock = new Uint32Array(2);
const uuidBlocks = new Uint32Array(4);

/**
 * Whether an id belongs to a slice: its SipHash-2-4 with a key of zeros, modulo `total`. Hashed are an integer's
 * 8 bytes, lowest first, or a UUID's 16, as in Qdrant 1.19: the same points are in a slice on a server.
 */
export function inSlice(point: PointId, { total, index }: Slice): boolean {
  writeId(point, id, 0);
  const [low, high] = sipHash(NO_KEY, id.kinds[0] === IdKind.INTEGER ? integerBytes() : uuidBytes());
  // In three steps, none of which leaves the integers that a number holds.
  const upper = ((high % total) * 0x1_0000 + (low >>> 16)) % total;
  return (upper * 0x1_0000 + (low & 0xffff)) % total === index;
}

function integerBytes(): Uint32Array {
  integerBlock[0] = id.words[3] as number;
  integerBlock[1] = id.words[2] as number;
  return integerBlock;
}

/** The words of a UUID have its first byte at their upper end, those of a block at their lower one. */
function uuidBytes(): Uint32Array {
  for (let i = 0; i < 4; i++) {
    const word = id.words[i] as number;
    uuidBlocks[i] = (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
  }
  return uuidBlocks;
}

/** v0…v3, each as its low and its high half. */
const state = new Uint32Array(8);
/** "somepseudorandomlygeneratedbytes", likewise. */
const START = Uint32Array.of(
  0x70736575,
  0x736f6d65,
  0x6e646f6d,
  0x646f7261,
  0x6e657261,
  0x6c796765,
  0x79746573,
  0x74656462,
);

/**
 * SipHash-2-4 of a message of whole 8-byte blocks; key and message in words of 32 bits, the low half of each
 * block first.
 *
 * @returns the low and the high half
 */
export function sipHash(key: Uint32Array, message: Uint32Array): readonly [number, number] {
  for (let i = 0; i < 8; i++) state[i] = (START[i] as number) ^ (key[i % 4] as number);
  for (let i = 0; i < message.length; i += 2) absorb(message[i] as number, message[i + 1] as number);
  // The last block holds the rest of the message (here nothing) and its length in its upmost byte.
  absorb(0, message.length << 26);
  flip(2, 0xff, 0);
  for (let i = 0; i < 4; i++) round();
  return [foldState(0), foldState(1)];
}

/** v0 ^ v1 ^ v2 ^ v3, of the low halves or of the high ones. */
function foldState(half: 0 | 1): number {
  let folded = 0;
  for (let i = half; i < 8; i += 2) folded ^= state[i] as number;
  return folded >>> 0;
}

function absorb(low: number, high: number): void {
  flip(3, low, high);
  round();
  round();
  flip(0, low, high);
}

function flip(v: number, low: number, high: number): void {
  state[v * 2] = (state[v * 2] as number) ^ low;
  state[v * 2 + 1] = (state[v * 2 + 1] as number) ^ high;
}

function round(): void {
  mix(0, 1, 13);
  swap(0);
  mix(2, 3, 16);
  mix(0, 3, 21);
  mix(2, 1, 17);
  swap(2);
}

/** a += b; b = (b rotated left) ^ a. */
function mix(a: number, b: number, by: number): void {
  const low = state[b * 2] as number;
  const high = state[b * 2 + 1] as number;
  const sum = (state[a * 2] as number) + low;
  state[a * 2] = sum;
  state[a * 2 + 1] = (state[a * 2 + 1] as number) + high + (sum > 0xffff_ffff ? 1 : 0);
  state[b * 2] = ((low << by) | (high >>> (32 - by))) ^ (state[a * 2] as number);
  state[b * 2 + 1] = ((high << by) | (low >>> (32 - by))) ^ (state[a * 2 + 1] as number);
}

/** Rotates by 32 bits. */
function swap(v: number): void {
  const low = state[v * 2] as number;
  state[v * 2] = state[v * 2 + 1] as number;
  state[v * 2 + 1] = low;
}
