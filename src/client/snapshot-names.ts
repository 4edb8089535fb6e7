/** The client's methods for snapshots, whose code is loaded when one is called. */
export const SNAPSHOT_METHODS = [
  "createSnapshot",
  "listSnapshots",
  "deleteSnapshot",
  "recoverSnapshot",
  "downloadSnapshot",
  "uploadSnapshot",
  "createFullSnapshot",
  "listFullSnapshots",
  "deleteFullSnapshot",
  "recoverFullSnapshot",
  "downloadFullSnapshot",
  "uploadFullSnapshot",
  "createShardSnapshot",
  "listShardSnapshots",
  "deleteShardSnapshot",
  "recoverShardFromSnapshot",
] as const;
export type SnapshotMethod = (typeof SNAPSHOT_METHODS)[number];
