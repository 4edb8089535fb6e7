/** A checkpoint's file: a head that says what is in it, pieces of the collection's parts, and an end. */

import { NearvecError } from "../errors.ts";
import type { WritableFile } from "../storage/storage.ts";
import { damaged, encodeFrame, encodeHeader, Frame, padded, type ReadFrame } from "./frame.ts";
import type { FrameReader } from "./frame-reader.ts";
import type { Section, Sink } from "./sections.ts";

export interface CheckpointHead {
  /** The last operation that is in it. */
  readonly sequence: number;
  /** What the collection says of itself, JSON. */
  readonly description: string;
  /** Whose pieces there are; a frame's part is a place in this list. */
  readonly parts: readonly CheckpointPart[];
}

export interface CheckpointPart {
  readonly name: string;
  /** Whether everything of it is here; if not, the checkpoints before are needed, too. */
  readonly full: boolean;
}

const NO_BYTES = new Uint8Array(0);
/** A frame says its part in 16 bits. */
const MOST_PARTS = 2 ** 16;

/** Writes a checkpoint at the end of a file. It counts from `end` on, once the file is synced. */
export class CheckpointWriter {
  readonly #file: WritableFile;
  readonly #sequence: number;
  #frames = 1;

  /** @throws {NearvecError} `NOT_SUPPORTED` for more parts than a checkpoint can tell apart; nothing was written */
  constructor(file: WritableFile, number: number, { sequence, ...rest }: CheckpointHead) {
    if (rest.parts.length > MOST_PARTS) throw tooManyParts(rest.parts.length);
    this.#file = file;
    this.#sequence = sequence;
    const body = new TextEncoder().encode(JSON.stringify(rest));
    file.append(encodeFrame({ kind: Frame.HEAD, part: 0, a: sequence, b: number }, body));
  }

  /** Where a part writes. */
  sink(part: number): Sink {
    return (section, from, count, bytes) => {
      const file = this.#file;
      file.append(encodeHeader({ kind: Frame.PIECE + section, part, a: from, b: count }, bytes));
      file.append(bytes);
      const padding = padded(bytes.byteLength) - bytes.byteLength;
      if (padding > 0) file.append(new Uint8Array(padding));
      this.#frames++;
    };
  }

  end(): void {
    const end = { kind: Frame.END, part: 0, a: this.#sequence, b: this.#frames };
    this.#file.append(encodeFrame(end, NO_BYTES));
  }
}

/** A piece that was read, of a part by its number. */
export interface ReadPiece {
  readonly part: number;
  readonly section: Section;
  readonly from: number;
  readonly count: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Reads a checkpoint from where a reader stands: its head first, then its pieces, in order and to the end. */
export class CheckpointReader {
  readonly head: CheckpointHead;
  readonly #path: string;
  readonly #reader: FrameReader;
  #frames = 1;

  private constructor(path: string, reader: FrameReader, head: CheckpointHead) {
    this.#path = path;
    this.#reader = reader;
    this.head = head;
  }

  /** @throws {NearvecError} `DAMAGED` */
  static async open(reader: FrameReader, path: string): Promise<CheckpointReader> {
    const at = reader.position;
    const frame = await reader.next();
    const head = frame?.kind === Frame.HEAD ? parseHead(frame) : undefined;
    if (head === undefined) throw damaged(path, at, "the checkpoint's head can't be read");
    return new CheckpointReader(path, reader, head);
  }

  /** The next piece, good until the next call; undefined at the end. @throws {NearvecError} `DAMAGED` */
  async next(): Promise<ReadPiece | undefined> {
    const at = this.#reader.position;
    const frame = await this.#reader.next();
    if (frame === undefined) throw damaged(this.#path, at, "a piece of the checkpoint can't be read");
    const { kind, part, a, b, body } = frame;
    if (kind === Frame.END) {
      if (b === this.#frames && a === this.head.sequence) return undefined;
      throw damaged(this.#path, at, "the checkpoint's end doesn't fit what is before it");
    }
    this.#frames++;
    if (kind < Frame.PIECE || part >= this.head.parts.length) {
      throw damaged(this.#path, at, `a frame of kind ${kind} and part ${part}, which can't be here`);
    }
    return { part, section: (kind - Frame.PIECE) as Section, from: a, count: b, bytes: body };
  }

  /** The error of a piece at a place that makes no sense to whom it belongs. */
  damaged(at: number, what: string): NearvecError {
    return damaged(this.#path, at, what);
  }

  /** Where the piece that `next` answers next begins. */
  get position(): number {
    return this.#reader.position;
  }
}

function tooManyParts(got: number): NearvecError {
  return new NearvecError("NOT_SUPPORTED", {
    what: "a checkpoint of a collection with so many vectors and indexes of fields",
    got: String(got),
    expected: `at most ${MOST_PARTS - 1} together`,
    todo: "Delete some of them; until then the log keeps all.",
  });
}

/** Its checksum was right: what is no head is one of another program. */
function parseHead({ a, body }: ReadFrame): CheckpointHead | undefined {
  try {
    const { description, parts } = JSON.parse(new TextDecoder().decode(body));
    const isPart = (part: Partial<CheckpointPart> | null) => typeof part?.name === "string";
    const isHead = typeof description === "string" && Array.isArray(parts) && parts.every(isPart);
    return isHead ? { sequence: a, description, parts } : undefined;
  } catch {
    return undefined;
  }
}
