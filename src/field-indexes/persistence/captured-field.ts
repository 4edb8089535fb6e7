import { type NearvecError, orOutOfMemory } from "../../errors.ts";
import type { Capture, Sink } from "../../journal/sections.ts";
import type { Field, FieldWatcher } from "../field.ts";
import type { IndexedField } from "../indexed-field.ts";
import { indexOptions } from "../params.ts";
import { ChangedPoints } from "./changed-points.ts";
import { writeCoordinates, writeDocuments, writePairs } from "./columns.ts";
import { writeEntries } from "./entries.ts";
import { encodePiece, type IndexHead, misused, PART_OF, Part } from "./format.ts";
import { Output } from "./output.ts";
import { changedBlocks, writeSet } from "./sets.ts";

/** With so much written, a turn has lasted long enough: bytes of an index take more work than those of vectors. */
const TURN_BYTES = 1 << 16;

/**
 * An index as it was at one moment, while it goes on changing. Nothing is copied at that moment: what is noted from then on
 * is which points change.
 *
 * ```
 *   points    ○ ○ ○ ● ○ ○ ● ○ ○        ● changed since the moment, so far
 *   pieces    values 1…4  │  values 5…9  │  order  │ changed │ end
 *                         ▲              ▲         ▲
 *                  written one after the other, each without the points that had changed by then
 * ```
 * What of a point is in pieces was written before it changed, and is right. What is missing is of points among those that
 * changed: their payloads, which the checkpoint has of that same moment, say it all when the index is read back.
 */
export class CapturedField implements Capture, FieldWatcher {
  readonly full = true;
  readonly needsStillness = false;
  readonly #field: Field;
  readonly #changed: ChangedPoints;
  readonly #head: IndexHead;
  readonly #pieces: Generator<undefined>;
  readonly #onEnd: (durable: boolean) => void;
  readonly #output = new Output();
  #hasMore = true;
  #failure: NearvecError | undefined;
  #isOver = false;

  /** @throws {NearvecError} `OUT_OF_MEMORY` */
  constructor(field: Field, onEnd: (durable: boolean) => void) {
    this.#field = field;
    this.#onEnd = onEnd;
    const { indexed, params, payloads } = field;
    this.#changed = orOutOfMemory(NO_ROOM, () => new ChangedPoints(payloads.end()));
    const { own, foreign, filled, nulls } = indexed.sets;
    this.#head = {
      format: 1,
      type: params.type,
      options: indexOptions(params),
      reading: indexed.index.reading,
      end: this.#changed.end,
      own: own.size,
      foreign: foreign.size,
      filled: filled.size,
      nulls: nulls.size,
      several: indexed.several,
    };
    this.#pieces = writeField(indexed, this.#head, this.#changed, this.#output);
    field.watcher = this;
  }

  before(offset: number): void {
    this.#changed.add(offset);
  }

  fail(reason: NearvecError): void {
    this.#failure = reason;
  }

  /** @throws {NearvecError} `OUT_OF_MEMORY`, and that with which the index failed: to be ended without being durable */
  write(sink: Sink, bytes: number): boolean {
    if (this.#isOver) throw misused("a capture of an index was written after its end");
    const output = this.#output;
    const begin = output.written;
    const most = Math.min(bytes, TURN_BYTES);
    output.turn(sink, bytes);
    orOutOfMemory(NO_ROOM, () => {
      while (this.#hasMore && (output.written === begin || output.written - begin < most)) {
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#pieces.next().done) this.#hasMore = false;
      }
    });
    return this.#hasMore;
  }

  end(durable: boolean): void {
    if (this.#isOver) throw misused("a capture of an index was ended twice");
    if (durable && this.#hasMore)
      throw misused("a capture of an index that was not all written became durable");
    this.#isOver = true;
    this.#field.watcher = undefined;
    this.#onEnd(durable);
  }
}

/** What later checkpoints have of an index that an older one holds: changes of points say it. */
export function noChanges(onEnd: () => void): Capture {
  return { full: false, needsStillness: false, write: () => false, end: onEnd };
}

function* writeField(
  { sets, index }: IndexedField,
  head: IndexHead,
  changed: ChangedPoints,
  output: Output,
): Generator<undefined> {
  output.head(new TextEncoder().encode(JSON.stringify(head)));
  yield;
  yield* writeSet(Part.OWN, sets.own, changed, output);
  yield* writeSet(Part.FOREIGN, sets.foreign, changed, output);
  yield* writeSet(Part.FILLED, sets.filled, changed, output);
  yield* writeSet(Part.NULLS, sets.nulls, changed, output);
  let numbers = new Uint32Array(0);
  for (const content of index.contents) {
    const part = PART_OF[content.kind];
    switch (content.kind) {
      case "values":
        yield* writeEntries(part, content.values.entries(), changed, output);
        break;
      case "pairs":
        yield* writePairs(content.pairs, changed, output);
        break;
      case "elsewhere":
        yield* writeSet(part, content.offsets, changed, output);
        break;
      case "coordinates":
        yield* writeCoordinates(content.coordinates, changed, output);
        break;
      case "tokens": {
        // Tokens that are new since are those of points that changed, and are left out with them.
        numbers = new Uint32Array(content.tokens.numberEnd);
        let last = 0;
        yield* writeEntries(part, content.tokens.entries(), changed, output, (number) => {
          numbers[number] = ++last;
        });
        break;
      }
      case "documents":
        yield* writeDocuments(content.documents, numbers, changed, output);
    }
  }
  yield* writeSet(Part.CHANGED, changedBlocks(changed), undefined, output);
  output.end(encodePiece(Part.END, new Uint8Array(0)));
}

const NO_ROOM = {
  what: "no room to write an index into a checkpoint",
  todo: "The index stays as it is, and so do older checkpoints. Free memory, or close other clients.",
};
