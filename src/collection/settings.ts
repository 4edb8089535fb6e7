/**
 * Changes of a collection itself: its configuration, and which fields have an index. A log keeps them among the
 * operations on points, because these depend on them. Loaded with what makes such changes.
 */

import { FieldIndexes, pathText } from "../field-indexes/field-indexes.ts";
import { type FieldParams, parseFieldParams } from "../field-indexes/params.ts";
import { prepareTextIndex } from "../field-indexes/text-on-demand.ts";
import { parseJson, write } from "../payload/json.ts";
import { type JsonPath, parsePath } from "../payload/path.ts";
import type { Collection } from "./collection.ts";
import { type CollectionConfig, spacesOf } from "./config.ts";
import { Kind, type Operation, type SettingsKind, type TextOperation } from "./operation.ts";
import { OperationEncoder } from "./operation-encoder.ts";

/**
 * Goes on with another configuration. Answers the sequence number of that.
 *
 * @throws {NearvecError} `OUT_OF_MEMORY` for a new space, and those of the storage: nothing changed
 */
export function configure(collection: Collection, config: CollectionConfig): number {
  const before = collection.config;
  const log = () => keep(collection, Kind.CONFIGURE, "", config);
  // What takes memory comes before the log, and can be taken back; what drops vectors can't, and comes after it.
  if (drops(collection, config)) {
    log();
    collection.reconfigure(config);
  } else {
    collection.reconfigure(config);
    try {
      log();
    } catch (error) {
      collection.reconfigure(before);
      throw error;
    }
  }
  return collection.skip();
}

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

export function isSettings(
  operation: Operation,
): operation is TextOperation & { readonly kind: SettingsKind } {
  return operation.kind >= Kind.CONFIGURE;
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

/** @throws {NearvecError} of the storage; nothing was kept then */
function keep(collection: Collection, kind: SettingsKind, key: string, value: unknown): void {
  if (collection.log === undefined) return;
  const encoder = new OperationEncoder();
  encoder.begin(kind, 0);
  encoder.ids();
  encoder.text(key, write(value, "") ?? "null");
  collection.log.append(collection.stored.sequence + 1, encoder.finish());
}

function drops(collection: Collection, config: CollectionConfig): boolean {
  const wanted = spacesOf(config);
  return [...collection.spaces.keys()].some((name) => !wanted.has(name));
}
