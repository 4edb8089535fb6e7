/** Takes hold of a collection as it is at one moment, and writes it while it goes on changing. */

import type { WritableFile } from "../storage/storage.ts";
import { type CheckpointHead, CheckpointWriter } from "./checkpoint-file.ts";
import type { Journalled } from "./journalled.ts";
import { type Capture, PIECE_BYTES } from "./sections.ts";

export class Captured {
  readonly head: CheckpointHead;
  readonly #collection: Journalled;
  readonly #captures: readonly Capture[];
  /** Lets graphs grow again. */
  readonly #release: () => void;

  /**
   * To be called while no write is under way.
   *
   * @param all everything, or only what changed since the last time that became durable
   * @throws {NearvecError} `OUT_OF_MEMORY`, `CLOSED`; nothing has changed then
   */
  constructor(collection: Journalled, all: boolean) {
    collection.checkOpen();
    this.#collection = collection;
    const captures: Capture[] = [];
    this.#captures = captures;
    this.#release = collection.hold();
    try {
      const parts = Array.from(collection.parts(), ([name, part]) => {
        const capture = part.capture(all);
        captures.push(capture);
        return { name, full: capture.full };
      });
      this.head = { sequence: collection.sequence, description: collection.describe(), parts };
    } catch (error) {
      this.end(false);
      throw error;
    }
  }

  /** Whether it needs no checkpoint before it. */
  get isFull(): boolean {
    return this.head.parts.every(({ full }) => full);
  }

  /**
   * Writes it at the end of a file, in slices with turns in between.
   *
   * @throws {NearvecError} `CLOSED` when the collection goes away meanwhile: what it gave back would be read as empty
   */
  async write(file: WritableFile, number: number, turn: () => Promise<void>): Promise<void> {
    const writer = new CheckpointWriter(file, number, this.head);
    const left = new Set(this.#captures.map((capture, part) => ({ capture, sink: writer.sink(part) })));
    while (left.size > 0) {
      this.#collection.checkOpen();
      // Those first that graphs stand still for; else one after the other.
      const [waiting] = [...left].filter(({ capture }) => capture.needsStillness);
      if (waiting === undefined) this.#release();
      const [first] = left;
      const next = waiting ?? first;
      if (next !== undefined && !next.capture.write(next.sink, PIECE_BYTES)) left.delete(next);
      await file.drained();
      await turn();
    }
    writer.end();
  }

  /** To be called once. @param durable whether what was written is what counts now */
  end(durable: boolean): void {
    this.#release();
    for (const capture of this.#captures) capture.end(durable);
  }
}
