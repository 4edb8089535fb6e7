/** What a journal asks of the collection that it keeps, without knowing what a collection is. */

import type { Persistent } from "./sections.ts";

export interface Journalled {
  /** @throws {NearvecError} `CLOSED` when there is nothing to read any more */
  checkOpen(): void;
  /** The number of the operation that was applied last. */
  readonly sequence: number;
  /** What is to be known of it beside its parts, as JSON: it comes back to whoever restores it. */
  describe(): string;
  /** Its parts by their names, which mean the same part for as long as there is one of that name. */
  parts(): ReadonlyMap<string, Persistent>;
  /** Runs when no write is under way, and lets none begin before it is over. */
  exclusively<T>(run: () => Promise<T>): Promise<T>;
  /** Runs when no other checkpoint or snapshot of it is being written. */
  alone<T>(run: () => Promise<T>): Promise<T>;
  /** Lets graphs stand still until the returned function is called. */
  hold(): () => void;
}

/** What is made of a collection's checkpoints and log. */
export interface Restoring {
  /**
   * Called first. Answers the parts that are to come back, empty, by their names; the checkpoint's others are passed over.
   */
  begin(description: string, sequence: number): Promise<ReadonlyMap<string, Persistent>>;
  /** All parts are back. */
  restored(): Promise<void>;
  /** Once more what was done after the checkpoint, one operation after the other. */
  replay(sequence: number, operation: Uint8Array<ArrayBuffer>): void | Promise<void>;
}
