import { hasBit, lowestBit } from "../../bits.ts";
import { NearvecError, orOutOfMemory } from "../../errors.ts";
import { type Capture, PIECE_BYTES, Section, type Sink } from "../../journal/sections.ts";
import type { StoredPoints } from "../stored-points.ts";
import { PointRows, rowBytes } from "./point-rows.ts";

/** What `HEAD` says of a capture, as JSON. */
export interface PointsHead {
  readonly format: 1;
  readonly full: boolean;
  /** One above the highest offset that was ever handed out. */
  readonly end: number;
  /** How many points there were. */
  readonly size: number;
  /** How many rows the capture has of points, and of offsets that have no point any more. */
  readonly rows: number;
  readonly deleted: number;
}

/** What is left of a budget doesn't make a piece that would be smaller. */
const LEAST_PIECE = 4 * 1024;
/** The first buffer for rows of points that change; later ones are twice as large each, up to a piece. */
const FIRST_SAVED_BYTES = 16 * 1024;

/**
 * Points as they were at one moment, while they go on changing.
 *
 *     bitmaps of that moment, by offset          pieces
 *       rows     ●●○●○○●●●●○  ──── write ──────►  rows of points that haven't changed since
 *                     │ before it changes
 *                     └──────► saved rows ─────►  rows as they were
 *       deleted  ○○○○●○○○○○○  ────────────────►  rows that say so; nothing of them can change
 *
 * An offset leaves `rows` when its row is written or saved, so that it is neither written twice nor read after it has
 * changed.
 */
export class CapturedPoints implements Capture {
  readonly full: boolean;
  readonly needsStillness = false;
  readonly #points: StoredPoints;
  readonly #head: PointsHead;
  readonly #rows: Uint32Array;
  readonly #deleted: Uint32Array | undefined;
  readonly #onEnd: (durable: boolean) => void;
  #headIsWritten = false;
  /** Rows in neither a piece nor `saved`. */
  #left: number;
  /** How far the bitmap that is being written has been walked, in words. */
  #rowsWalked = 0;
  #deletedWalked = 0;
  #saved: PointRows[] = [];
  #piece: PointRows | undefined;
  #failure: unknown;
  #isOver = false;

  /**
   * @param rows the offsets of points to write, a copy
   * @param deleted those that have none any more; undefined in a full capture, where all that is not written has none
   */
  constructor(
    points: StoredPoints,
    rows: Uint32Array,
    deleted: Uint32Array | undefined,
    onEnd: (durable: boolean) => void,
  ) {
    this.#points = points;
    this.#rows = rows;
    this.#deleted = deleted;
    this.#onEnd = onEnd;
    this.full = deleted === undefined;
    const { end, size } = points.ids;
    const gone = deleted === undefined ? 0 : countBits(deleted);
    const there = deleted === undefined ? size : countBits(rows);
    this.#head = { format: 1, full: this.full, end, size, rows: there, deleted: gone };
    this.#left = there + gone;
  }

  /** A point changes: its row is saved as it is now, unless it is written already. Never fails: see `write`. */
  before(offset: number): void {
    const rows = this.#rows;
    if (!hasBit(rows, offset)) return;
    rows[offset >>> 5] = (rows[offset >>> 5] as number) & ~(1 << (offset & 31));
    this.#left--;
    if (this.#failure !== undefined) return;
    try {
      this.#save(offset);
    } catch (cause) {
      // The change must not fail: the capture does.
      this.#failure = cause;
      this.#saved = [];
    }
  }

  /** @throws {NearvecError} `OUT_OF_MEMORY`, also for rows that could not be saved: to be ended without being durable */
  write(sink: Sink, bytes: number): boolean {
    if (this.#isOver) throw misused("a capture of points was written after its end");
    return orOutOfMemory(NO_ROOM, () => {
      let budget = bytes;
      do {
        if (this.#failure !== undefined) throw this.#failure;
        budget -= this.#writePiece(sink, budget);
      } while (budget > LEAST_PIECE && this.#hasMore);
      return this.#hasMore;
    });
  }

  end(durable: boolean): void {
    if (this.#isOver) throw misused("a capture of points was ended twice");
    if (durable && this.#hasMore)
      throw misused("a capture of points that was not all written became durable");
    this.#isOver = true;
    this.#saved = [];
    this.#piece = undefined;
    this.#onEnd(durable);
  }

  /** Whether there is anything in it, which is more than that it has to be written. */
  get isEmpty(): boolean {
    return this.#head.rows + this.#head.deleted === 0;
  }

  get #hasMore(): boolean {
    return !this.#headIsWritten || this.#left > 0 || this.#saved.length > 0;
  }

  #save(offset: number): void {
    if (this.#saved.at(-1)?.add(this.#points, offset)) return;
    const capacity = Math.min(PIECE_BYTES, FIRST_SAVED_BYTES * 2 ** Math.min(this.#saved.length, 16));
    const rows = new PointRows(Math.max(capacity, rowBytes(this.#points, offset)));
    rows.add(this.#points, offset);
    this.#saved.push(rows);
  }

  /** Answers how many bytes it was. */
  #writePiece(sink: Sink, budget: number): number {
    if (!this.#headIsWritten) {
      const bytes = new TextEncoder().encode(JSON.stringify(this.#head));
      sink(Section.HEAD, 0, 0, bytes);
      this.#headIsWritten = true;
      return bytes.length;
    }
    // The last of the saved buffers may still have room, as long as rows are left that may change.
    if (this.#saved.length > 1 || (this.#left === 0 && this.#saved.length > 0)) {
      return emit(sink, this.#saved.shift() as PointRows);
    }
    if (this.#left === 0) return 0;
    this.#piece ??= new PointRows(PIECE_BYTES);
    const piece = this.#piece;
    piece.clear();
    const large = this.#fill(piece, budget);
    if (large === -1) return emit(sink, piece);
    // A row that is larger than a piece is one of its own.
    const own = new PointRows(rowBytes(this.#points, large));
    own.add(this.#points, large);
    this.#left--;
    this.#rows[large >>> 5] = (this.#rows[large >>> 5] as number) & ~(1 << (large & 31));
    return emit(sink, own);
  }

  /** Answers -1, or the offset whose row doesn't fit into an empty piece. */
  #fill(piece: PointRows, budget: number): number {
    const points = this.#points;
    for (; this.#rowsWalked < this.#rows.length; this.#rowsWalked++) {
      const word = this.#rowsWalked;
      for (let bits = this.#rows[word] as number; bits !== 0; bits &= bits - 1) {
        if (piece.byteLength >= budget && piece.count > 0) return -1;
        const offset = word * 32 + lowestBit(bits);
        if (!piece.add(points, offset)) return piece.count === 0 ? offset : -1;
        this.#rows[word] = bits & (bits - 1);
        this.#left--;
      }
    }
    const deleted = this.#deleted;
    if (deleted === undefined) return -1;
    for (; this.#deletedWalked < deleted.length; this.#deletedWalked++) {
      const word = this.#deletedWalked;
      for (let bits = deleted[word] as number; bits !== 0; bits &= bits - 1) {
        if (piece.byteLength >= budget && piece.count > 0) return -1;
        if (!piece.addDeleted(word * 32 + lowestBit(bits))) return -1;
        deleted[word] = bits & (bits - 1);
        this.#left--;
      }
    }
    return -1;
  }
}

function emit(sink: Sink, rows: PointRows): number {
  sink(Section.POINTS, rows.first, rows.count, rows.bytes);
  return rows.byteLength;
}

function countBits(bitmap: Uint32Array): number {
  let count = 0;
  for (let word of bitmap) {
    word -= (word >>> 1) & 0x5555_5555;
    word = (word & 0x3333_3333) + ((word >>> 2) & 0x3333_3333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
  }
  return count;
}

const NO_ROOM = {
  what: "no room for the rows of a checkpoint",
  todo: "The points stay as they are, and so do older checkpoints. Free memory, or close other clients.",
};

export function misused(what: string): NearvecError {
  return new NearvecError("INTERNAL", { what, todo: "Please report it." });
}
