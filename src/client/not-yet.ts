/**
 * Methods of the official client that nearvec does not have yet: they exist, so that a call gets an error
 * that says so.
 */
export const NOT_YET = [
  "clusterTelemetry",
  "collectionClusterInfo",
  "createShardKey",
  "deleteShardKey",
  "getOptimizations",
  "getQuotas",
  "listShardKeys",
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
