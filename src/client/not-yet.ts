/**
 * Methods of the official client that nearvec does not have yet: they exist, so that a call gets an error
 * that says so.
 */
export const NOT_YET = [
  "clusterTelemetry",
  "collectionClusterInfo",
  "createFullSnapshot",
  "createShardKey",
  "createShardSnapshot",
  "createSnapshot",
  "deleteFullSnapshot",
  "deleteShardKey",
  "deleteShardSnapshot",
  "deleteSnapshot",
  "getOptimizations",
  "getQuotas",
  "listFullSnapshots",
  "listShardKeys",
  "listShardSnapshots",
  "listSnapshots",
  "recoverShardFromSnapshot",
  "recoverSnapshot",
  "searchMatrixOffsets",
  "searchMatrixPairs",
  "updateCollectionCluster",
  "updateQuotas",
  // Gone from the official client with 1.19, still called by programs written for older ones.
  "discoverBatchPoints",
  "discoverPoints",
  "recommend",
  "recommendBatch",
  "recommendPointGroups",
  "recommend_batch",
] as const;
