/** How indexes of fields go into checkpoints and come back. Loaded by what writes or reads them. */

import type { Persistent } from "../../journal/sections.ts";
import type { Field } from "../field.ts";
import type { FieldIndexes } from "../field-indexes.ts";
import { PersistentField } from "./persistent-field.ts";

const made = new WeakMap<Field, PersistentField>();

/**
 * What puts indexes into checkpoints, by the texts of their paths: always the same one for an index. An index that is not
 * complete is not among them, unless it is to come back from a checkpoint. They are to come after the points.
 */
export function* persistentFields(
  indexes: FieldIndexes,
): Generator<readonly [field: string, part: Persistent]> {
  for (const [name, field] of indexes.fields) {
    if (!field.isComplete && !field.isRestoring) continue;
    let persistent = made.get(field);
    if (persistent === undefined) {
      persistent = new PersistentField(field);
      made.set(field, persistent);
    }
    yield [name, persistent];
  }
}

/** Lets all indexes wait for what checkpoints have of them. Each is over with `restored`. They must be empty, as the points. */
export function beginRestoring(indexes: FieldIndexes): void {
  for (const field of indexes.fields.values()) field.beginRestoring();
}
