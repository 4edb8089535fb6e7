/** Collections in whose place others come, while they are being read. */

import type { Collection } from "../collection/collection.ts";
import { NearvecError } from "../errors.ts";
import type { Collections } from "./collections.ts";

/**
 * Lets those who read a collection come to their end, which see what it was, and closes it then. Writes are refused from now on:
 * nobody would find them.
 */
export function retire(name: string, collection: Collection, { surroundings }: Collections): void {
  const what = `the collection ${JSON.stringify(name)} was replaced by a snapshot`;
  const todo = "Send it again: it goes to the new one.";
  const gone = () => new NearvecError("CLOSED", { what, todo, subject: { collection: name } });
  collection.log = {
    ready: () => Promise.reject(gone()),
    append() {
      throw gone();
    },
    acknowledgement: () => undefined,
  };
  const { watchers } = collection.slicing;
  const look = () => {
    if (watchers.size > 0) surroundings.schedule(look, false);
    else collection.close(what);
  };
  // Not at once: a reader may be between two waits, in this very turn.
  surroundings.schedule(look, false);
}
