/** Which fields of a collection have an index: changes of that, and how they, and those of its configuration, are replayed. */

import { FieldIndexes, pathText } from "../field-indexes/field-indexes.ts";
import { type FieldParams, parseFieldParams } from "../field-indexes/params.ts";
import { prepareTextIndex } from "../field-indexes/text-on-demand.ts";
import { parseJson } from "../payload/json.ts";
import { type JsonPath, parsePath } from "../payload/path.ts";
import type { Collection } from "./collection.ts";
import type { CollectionConfig } from "./config.ts";
import { Kind, type SettingsKind, type TextOperation } from "./operation.ts";
import { keep } from "./settings.ts";

/** Creates the index of a field, to be built in the background. Answers the sequence number of that. */
export function createFieldIndex(collection: Collection, path: JsonPath, params: FieldParams): number {
  keep(collection, Kind.CREATE_FIELD_INDEX, pathText(path), params.given ?? params.type);
  return collection.createFieldIndex(path, params, FieldIndexes);
}

/** Drops the index of a field, if there is one. Answers the sequence number of that. */
export function dropFieldIndex(collection: Collection, path: JsonPath): number {
  keep(collection, Kind.DROP_FIELD_INDEX, pathText(path), null);
  return collection.dropFieldIndex(path);
}

/**
 * Makes a change once more.
 *
 * @param prepare loads the code that spaces of a configuration need
 */
export async function replaySettings(
  collection: Collection,
  { kind, key, text }: TextOperation & { readonly kind: SettingsKind },
  prepare: (config: CollectionConfig) => Promise<void>,
): Promise<void> {
  const value = parseJson(new TextDecoder().decode(text));
  switch (kind) {
    case Kind.CONFIGURE: {
      const config = value as CollectionConfig;
      await prepare(config);
      collection.reconfigure(config);
      return;
    }
    case Kind.CREATE_FIELD_INDEX:
      await restoreFieldIndex(collection, key, value);
      return;
    case Kind.DROP_FIELD_INDEX:
      collection.dropFieldIndex(parsePath(key, "the index's field"));
  }
}

/** Creates an index that the collection had. */
export async function restoreFieldIndex(
  collection: Collection,
  field: string,
  schema: unknown,
): Promise<void> {
  const params = parseFieldParams(schema, "the index's schema");
  if (params.type === "text") await prepareTextIndex(params);
  collection.createFieldIndex(parsePath(field, "the index's field"), params, FieldIndexes);
}
