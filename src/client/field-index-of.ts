import type { Collection } from "../collection/collection.ts";
import type { FieldIndex } from "../field-indexes/field-index.ts";
import type { JsonPath } from "../payload/path.ts";

/** The index of a path; undefined when there is none, or none that is complete. */
export function fieldIndexOf(collection: Collection, path: JsonPath): FieldIndex | undefined {
  return collection.fieldIndexes?.complete(path)?.index;
}
