import { NearvecError } from "../errors.ts";
import { ALIGNMENT, Chunk, recordBytes } from "./chunk.ts";
import { Entries, estimateEntryBytes } from "./entries.ts";

const LEAST_CHUNK = 4 * 1024;
const MOST_CHUNK = 256 * 1024;
/**
 * A chunk is a sixteenth of the store, a record in a shared chunk at most a sixteenth of that: what stays
 * empty is little.
 */
const SHARE = 16;
const LEAST_LARGE = 512;

/** A place is a chunk's number and, in 15 bits, a position in it counted in units of 8 bytes. */
const POSITION_BITS = 15;
const POSITION_MASK = (1 << POSITION_BITS) - 1;
const MOST_CHUNKS = 1 << (32 - POSITION_BITS);

/** No chunk's number. */
const NONE = -1;

/** Dead records may take a tenth of what the live ones do, and a few KB in any case. */
const DEAD_SHARE = 10;
const DEAD_ALWAYS = 4 * 1024;

/**
 * The payloads of a collection as UTF-8 JSON, outside the JavaScript heap: 8 bytes of bookkeeping and 4 to 11
 * bytes of framing a point beside the JSON itself.
 *
 * Records are appended to chunks of up to 256 KB; larger ones have a chunk of their own. What is overwritten
 * or deleted stays as dead bytes; when these exceed a tenth of the live ones, the chunk with the largest
 * share of them is emptied into the open one and given back: one chunk per call, so that no call takes long.
 */
export class PayloadStore {
  #entries = new Entries();
  #chunks: (Chunk | undefined)[] = [];
  #freeNumbers: number[] = [];
  /** The number of the chunk that records are appended to. */
  #open = NONE;
  /** Set aside by `reserve`: for shared chunks, and for large records in the order of their coming. */
  #spare: Chunk[] = [];
  #spareLarge: Chunk[] = [];
  #used = 0;
  #dead = 0;
  #capacity = 0;

  /** What the store takes, in bytes. */
  get memoryBytes(): number {
    const spare = [...this.#spare, ...this.#spareLarge].reduce((bytes, { capacity }) => bytes + capacity, 0);
    return this.#entries.memoryBytes + this.#capacity + spare + this.#chunks.length * 8;
  }

  /** The offset's payload, or undefined. A view: valid until the store changes. */
  getBytes(offset: number): Uint8Array | undefined {
    const length = this.#entries.length(offset);
    if (length === 0) return undefined;
    const place = this.#entries.place(offset);
    return (this.#chunks[numberOf(place)] as Chunk).payload(positionOf(place), length);
  }

  has(offset: number): boolean {
    return this.#entries.length(offset) !== 0;
  }

  /**
   * Makes room for payloads of these lengths, to be stored in this order (0: none) and at offsets below
   * `offsets`, so that storing them asks for no memory. It holds until the next call, and doesn't add up.
   *
   * @throws {NearvecError} `OUT_OF_MEMORY`; nothing has changed then
   */
  reserve(lengths: Uint32Array, offsets: number): void {
    let bytes = 0;
    for (const length of lengths) if (length > 0) bytes += recordBytes(length);
    const open = this.#chunks[this.#open];
    const capacity = Math.max(chunkCapacity(this.#used + bytes), open?.capacity ?? 0);
    const limit = largestIn(capacity);
    const large: Chunk[] = [];
    const spare = this.#spare.filter((chunk) => chunk.capacity === capacity);
    try {
      for (const length of lengths) {
        if (recordBytes(length) <= limit) continue;
        large.push(new Chunk(recordBytes(length)));
        bytes -= recordBytes(length);
      }
      // At the end of every chunk less than one record's worth stays empty.
      const usable = capacity - limit;
      bytes -= spare.length * usable;
      if (open?.capacity === capacity) bytes -= Math.max(0, open.room - limit);
      for (; bytes > 0; bytes -= usable) spare.push(new Chunk(capacity));
      const chunks = this.#chunks.length - this.#freeNumbers.length + spare.length + large.length;
      if (chunks > MOST_CHUNKS) throw new RangeError(`more than ${MOST_CHUNKS} chunks`);
      if (lengths.some((length) => length > 0)) this.#entries.reserveAll(offsets);
    } catch (cause) {
      throw outOfMemory(cause, `${lengths.length} payloads`);
    }
    this.#spare = spare;
    this.#spareLarge = large;
  }

  /**
   * Stores the payload bytes from `start` to `end`, a JSON text, instead of what the offset had. No bytes:
   * none, as `delete`. Call `tidy` when all of an operation's payloads are in.
   *
   * @throws {NearvecError} `OUT_OF_MEMORY`; nothing has changed then
   */
  set(offset: number, bytes: Uint8Array, start: number, end: number): void {
    if (start === end) {
      this.delete(offset);
      return;
    }
    try {
      this.#entries.reserve(offset);
      this.#store(offset, bytes, start, end);
    } catch (cause) {
      throw outOfMemory(cause, `a payload of ${end - start} bytes`);
    }
  }

  /** Removes the offset's payload. Answers whether there was one. */
  delete(offset: number): boolean {
    if (!this.has(offset)) return false;
    this.#bury(this.#entries.place(offset), this.#entries.length(offset));
    this.#entries.set(offset, 0, 0);
    return true;
  }

  /** Removes all payloads and gives the memory back. */
  clear(): void {
    this.#entries = new Entries();
    this.#chunks = [];
    this.#freeNumbers = [];
    this.#open = NONE;
    this.#spare = [];
    this.#spareLarge = [];
    this.#used = 0;
    this.#dead = 0;
    this.#capacity = 0;
  }

  /**
   * Adds a record. The old one dies last: that may be the end of its chunk, and the new one may have gone
   * there.
   */
  #store(offset: number, bytes: Uint8Array, start: number, end: number): void {
    const number = this.#roomFor(recordBytes(end - start));
    const chunk = this.#chunks[number] as Chunk;
    const oldPlace = this.#entries.place(offset);
    const oldLength = this.#entries.length(offset);
    const at = chunk.append(offset, bytes, start, end);
    this.#used += recordBytes(end - start);
    this.#entries.set(offset, placeOf(number, at), end - start);
    if (oldLength > 0) this.#bury(oldPlace, oldLength);
  }

  /** Marks a record as dead; a chunk without live ones is given back. */
  #bury(place: number, length: number): void {
    const number = numberOf(place);
    const chunk = this.#chunks[number] as Chunk;
    chunk.kill(positionOf(place), length);
    this.#dead += recordBytes(length);
    if (chunk.dead < chunk.used) return;
    this.#used -= chunk.used;
    this.#dead -= chunk.dead;
    this.#capacity -= chunk.capacity;
    this.#chunks[number] = undefined;
    this.#freeNumbers.push(number);
    if (number === this.#open) this.#open = NONE;
  }

  // ── room ────────────────────────────────────────────────────────────────────────────────────────────────

  /** The number of a chunk with room for a record of that many bytes. */
  #roomFor(bytes: number): number {
    const open = this.#chunks[this.#open];
    const capacity = this.#spare.at(-1)?.capacity ?? Math.max(chunkCapacity(this.#used), open?.capacity ?? 0);
    if (bytes > largestIn(capacity)) return this.#adopt(this.#takeLarge(bytes));
    if (open === undefined || open.room < bytes) {
      this.#open = this.#adopt(this.#spare.pop() ?? new Chunk(capacity));
    }
    return this.#open;
  }

  #takeLarge(bytes: number): Chunk {
    if (this.#spareLarge[0]?.capacity !== bytes) return new Chunk(bytes);
    return this.#spareLarge.shift() as Chunk;
  }

  #adopt(chunk: Chunk): number {
    const number = this.#freeNumbers.pop() ?? this.#chunks.length;
    if (number === MOST_CHUNKS) throw new RangeError(`more than ${MOST_CHUNKS} chunks`);
    this.#chunks[number] = chunk;
    this.#capacity += chunk.capacity;
    return number;
  }

  // ── compaction ──────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Gives back what died, once that is more than a tenth of what lives: the work is in proportion to what the
   * operations since the last call buried. Not between the payloads of one operation, whose room it would take.
   */
  tidy(): void {
    while (this.#dead > DEAD_ALWAYS + (this.#used - this.#dead) / DEAD_SHARE) {
      const number = this.#mostDead();
      if (number === NONE) return;
      try {
        this.#empty(number);
      } catch (cause) {
        // Without memory to move records to, the store stays as large as it is, and right: compaction can wait.
        if (!(cause instanceof RangeError)) throw cause;
        return;
      }
    }
  }

  /** The chunk with the largest dead share; not the open one, whose turn comes when it is full. */
  #mostDead(): number {
    let best = NONE;
    let share = 0;
    for (let number = 0; number < this.#chunks.length; number++) {
      const chunk = this.#chunks[number];
      if (chunk === undefined || number === this.#open || chunk.dead <= share * chunk.used) continue;
      best = number;
      share = chunk.dead / chunk.used;
    }
    return best;
  }

  /** Moves the live records of a chunk to others, after which it is given back. */
  #empty(number: number): void {
    const chunk = this.#chunks[number] as Chunk;
    for (let at = 0; at < chunk.used; ) {
      const header = chunk.header(at);
      const alive = this.has(header) && this.#entries.place(header) === placeOf(number, at);
      const length = alive ? this.#entries.length(header) : header;
      if (alive) this.#store(header, chunk.payload(at, length), 0, length);
      at += recordBytes(length);
    }
  }
}

/** The size of the chunks that a store of that many bytes is made of. */
function chunkCapacity(used: number): number {
  const share = Math.ceil(used / SHARE / LEAST_CHUNK) * LEAST_CHUNK;
  return Math.min(MOST_CHUNK, Math.max(LEAST_CHUNK, share));
}

/** The longest record that goes into a shared chunk of that size. */
function largestIn(capacity: number): number {
  return Math.max(LEAST_LARGE, capacity / SHARE);
}

function placeOf(number: number, position: number): number {
  return ((number << POSITION_BITS) | (position / ALIGNMENT)) >>> 0;
}

function numberOf(place: number): number {
  return place >>> POSITION_BITS;
}

function positionOf(place: number): number {
  return (place & POSITION_MASK) * ALIGNMENT;
}

/**
 * What a store takes after `count` payloads of `length` bytes on average were put in.
 */
export function estimatePayloadBytes(count: number, length: number): number {
  // Half a unit of padding on average, half of the open chunk empty.
  const records = count * (recordBytes(length - (length % ALIGNMENT)) + ALIGNMENT / 2);
  return records + chunkCapacity(records) / 2 + estimateEntryBytes(count);
}

function outOfMemory(cause: unknown, what: string): unknown {
  if (!(cause instanceof RangeError)) return cause;
  const todo = "Delete collections or close clients, or store less in payloads.";
  return new NearvecError("OUT_OF_MEMORY", { what: `no room for ${what}`, todo }, { cause });
}
