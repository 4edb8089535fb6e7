/** A capture's pieces in the order in which they are written, and what is expected when they are read. */

import { PIECE_BYTES, type Piece, Section, type Sink } from "../../journal/sections.ts";
import { damaged, Head } from "./damaged.ts";

/** Things of one section, numbered from..to-1. */
export interface Run {
  readonly section: Section;
  readonly from: number;
  readonly to: number;
  /** Whether the graph must not change before it is written. */
  readonly still?: boolean;
  /** The piece that begins with number `at`: some of them, at least one. */
  piece(at: number): { readonly count: number; readonly bytes: Uint8Array };
}

/** Numbers that were copied when the capture was made: `words` for each thing. */
export function numbers(section: Section, from: number, to: number, words: number, values: Uint32Array): Run {
  const most = Math.floor(PIECE_BYTES / (4 * words));
  return {
    section,
    from,
    to,
    piece(at) {
      const count = Math.min(to - at, most);
      const begin = values.byteOffset + (at - from) * words * 4;
      return { count, bytes: new Uint8Array(values.buffer, begin, count * words * 4) };
    },
  };
}

/** How many things of that many bytes fit into a piece; one always does. */
export function inPiece(bytes: number, count: number): number {
  return Math.min(count, Math.max(1, Math.floor(PIECE_BYTES / bytes)));
}

export class Runs {
  readonly #runs: readonly Run[];
  #head: Uint8Array | undefined;
  #run = 0;
  #next = 0;

  constructor(head: object, runs: readonly Run[]) {
    this.#head = Head.bytes(head);
    this.#runs = runs.filter(({ from, to }) => from < to);
    this.#next = this.#runs[0]?.from ?? 0;
  }

  get needsStillness(): boolean {
    return this.#runs.some(({ still }, i) => still && i >= this.#run);
  }

  /** @see Capture.write */
  write(sink: Sink, bytes: number): boolean {
    let written = 0;
    if (this.#head !== undefined) {
      sink(Section.HEAD, 0, 0, this.#head);
      written += this.#head.length;
      this.#head = undefined;
    }
    for (let run = this.#runs[this.#run]; run !== undefined && written < bytes; run = this.#runs[this.#run]) {
      const piece = run.piece(this.#next);
      sink(run.section, this.#next, piece.count, piece.bytes);
      written += piece.bytes.length;
      this.#next += piece.count;
      if (this.#next < run.to) continue;
      this.#run++;
      this.#next = this.#runs[this.#run]?.from ?? 0;
    }
    return this.#run < this.#runs.length;
  }
}

/** What is still to come of a capture that is read. */
export class Expected {
  readonly #open = new Map<
    Section,
    { next: number; readonly to: number; readonly bytes: number | undefined }
  >();

  /** @param bytes of one thing, where all are of the same length */
  add(section: Section, from: number, to: number, bytes?: number): void {
    if (from < to) this.#open.set(section, { next: from, to, bytes });
  }

  has(section: Section): boolean {
    return this.#open.has(section);
  }

  /** Throws unless the piece is the next one of its section, whose things come one after the other. */
  take({ section, from, count, bytes }: Piece): void {
    const open = this.#open.get(section);
    const what = `a piece of section ${section}`;
    if (open === undefined || from !== open.next || count < 1 || from + count > open.to) {
      const expected = open === undefined ? "none" : `from ${open.next} to ${open.to}`;
      throw damaged(what, { got: `${count} from ${from} on`, expected });
    }
    if (open.bytes !== undefined && bytes.length !== count * open.bytes) {
      throw damaged(what, { got: `${bytes.length} bytes`, expected: count * open.bytes });
    }
    open.next += count;
    if (open.next === open.to) this.#open.delete(section);
  }

  /** Throws unless all has come. */
  end(): void {
    for (const [section, { next, to }] of this.#open) {
      throw damaged(`pieces of section ${section} are missing`, { expected: `${next} to ${to}` });
    }
  }
}
