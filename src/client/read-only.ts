/** What refuses changes of a store that was opened for reading. */

import type { Collection } from "../collection/collection.ts";
import { NearvecError } from "../errors.ts";

export function readOnly(place: string): NearvecError {
  return new NearvecError("READ_ONLY", {
    what: `the store ${JSON.stringify(place)} was opened for reading only`,
    todo: "Nothing was changed. Open it without `readOnly`; to change what a snapshot holds, recover it in a client of its own.",
  });
}

/** Refuses every change of a collection. */
export function readOnlyLog(place: string): NonNullable<Collection["log"]> {
  return {
    ready: () => Promise.reject(readOnly(place)),
    append() {
      throw readOnly(place);
    },
    acknowledgement: () => undefined,
  };
}
