/**
 * Changes of a collection's configuration. A log keeps them, as it keeps those of its field indexes (index-settings.ts), among
 * the operations on points, because these depend on them. Loaded with what makes such changes.
 */

import { write } from "../payload/json.ts";
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

export function isSettings(
  operation: Operation,
): operation is TextOperation & { readonly kind: SettingsKind } {
  return operation.kind >= Kind.CONFIGURE;
}

/** Writes a change to the log, if there is one. @throws {NearvecError} of the storage; nothing was kept then */
export function keep(collection: Collection, kind: SettingsKind, key: string, value: unknown): void {
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
