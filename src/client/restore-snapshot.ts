import type { Collection } from "../collection/collection.ts";
import { RestoringCollection } from "../collection/persistence/restoring-collection.ts";
import { readSnapshot, type SnapshotContent } from "../journal/snapshot-file.ts";
import type { ReadableFile } from "../storage/storage.ts";
import type { Collections } from "./collections.ts";
import { checkCollectionName } from "./names.ts";
import { prepareSpaces } from "./prepare-spaces.ts";

/**
 * Makes the collections of a snapshot, beside those that are there.
 *
 * @param path for messages: what is read
 * @throws {NearvecError} `DAMAGED`, `INVALID_NAME`, `OUT_OF_MEMORY`, and those of the storage: nothing is left
 */
export async function restoreSnapshot(
  collections: Collections,
  file: ReadableFile,
  path: string,
): Promise<{ content: SnapshotContent; restored: ReadonlyMap<string, Collection> }> {
  const made = new Map<string, RestoringCollection>();
  try {
    const content = await readSnapshot(file, path, (name) => {
      checkCollectionName(name); // somebody may have made the file up
      const restoring = new RestoringCollection(
        async (config) => collections.make(config),
        (config) => prepareSpaces(collections.core, config),
      );
      made.set(name, restoring);
      return restoring;
    });
    for (const [alias] of content.aliases) checkCollectionName(alias);
    const restored = new Map<string, Collection>();
    for (const [name, { journalled }] of made) if (journalled) restored.set(name, journalled.collection);
    return { content, restored };
  } catch (error) {
    for (const { journalled } of made.values()) journalled?.collection.close("its recovery failed");
    throw error;
  }
}
