import type { Collection } from "../collection/collection.ts";
import type { CollectionInfo } from "./types.ts";

/** What `getCollection` answers: counts are exact, and optional fields that don't apply are absent. */
export function collectionInfo(collection: Collection): CollectionInfo {
  const { config } = collection;
  const failure = collection.indexingFailure;
  return {
    status: collection.status,
    optimizer_status: failure === undefined ? "ok" : { error: failure.message },
    indexed_vectors_count: collection.indexedCount,
    points_count: collection.count,
    segments_count: 1,
    // A copy: nobody's change to an answer may reach the collection.
    config: structuredClone(config),
    payload_schema: collection.payloadSchema,
  };
}
