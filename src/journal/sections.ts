/**
 * What a checkpoint is made of. A part of a collection (its points, each of its spaces, each of its field indexes) writes
 * pieces of sections into a sink, and gets them back in the order in which it wrote them, from the oldest checkpoint
 * of the chain to the newest.
 *
 * A piece says where it belongs (`from`, `count`: of slots, offsets, or what the section's type counts), so that reading it
 * is copying it there.
 */

/** Numbers on disk: never change one, nor give it another meaning. */
export const Section = {
  /** JSON: what the part needs to know before its other sections. Its `from` and `count` are 0. */
  HEAD: 1,
  /** Of points: rows of id, version and payload by offset; those that were deleted, too. */
  POINTS: 2,
  /** Of dense vectors: `count` vectors from slot `from` on, as they lie in memory. */
  VECTORS: 3,
  /** The offsets of those slots, u32. */
  OFFSETS: 4,
  /** Level-0 links of those slots, m0 × u32 each. */
  LINKS: 5,
  /** `count` upper records from record `from` on, m × u32 each. */
  UPPER_LINKS: 6,
  /** Slots below that changed: `count` times slot, offset, level-0 links, and upper links of each of its levels. */
  PATCHES: 7,
  /** What kinds of vectors keep beside (kinds/). */
  BESIDE: 8,
  /** Sparse vectors by slot. */
  ENTRIES: 9,
  /** An index of a payload field. */
  FIELD_INDEX: 10,
} as const;
export type Section = (typeof Section)[keyof typeof Section];

export interface Piece {
  readonly section: Section;
  readonly from: number;
  readonly count: number;
  /** Little-endian, begins at a multiple of 8 in its buffer. A view: good until the call that got it returns. */
  readonly bytes: Uint8Array;
}

/** Takes pieces, in order; `bytes` of any length and alignment, and free to change once it has returned. */
export type Sink = (section: Section, from: number, count: number, bytes: Uint8Array) => void;

/** Largest sensible size of a piece: pieces are checked as a whole, and held in memory as a whole when they are read. */
export const PIECE_BYTES = 1 << 20;

/**
 * What a part wants to write into a checkpoint, as it was at one moment. Until `end` is called, the part may change: what
 * is written is as of that moment all the same.
 */
export interface Capture {
  /** True: everything, what older checkpoints say of this part is void. False: what changed since the last one. */
  readonly full: boolean;
  /** Whether the graphs of the collection must not change now. (They stand still until it says false.) */
  readonly needsStillness: boolean;
  /** Writes about `bytes` bytes, at least one piece if any is left. Answers whether there is more. */
  write(sink: Sink, bytes: number): boolean;
  /** To be called once. `durable`: whether the checkpoint is; if not, what was captured counts as changed again. */
  end(durable: boolean): void;
}

/** A part of a collection that checkpoints hold. */
export interface Persistent {
  /**
   * @param full everything, or only what changed since the last capture that became durable (the part may still answer
   *   with a full one, when it has nothing to build on). Quick: it is what writes wait for. At most one at a time.
   */
  capture(full: boolean): Capture;
  /** Whether there is anything that the last durable capture hasn't got. */
  readonly isChanged: boolean;
  /**
   * Takes a piece back, into a part that is empty at first. @throws {NearvecError} `DAMAGED` when it makes no sense,
   * `OUT_OF_MEMORY`
   */
  restore(piece: Piece): void;
  /** All pieces are back: the part is ready for use, and counts as unchanged. @throws {NearvecError} `DAMAGED` */
  restored(): void;
}
