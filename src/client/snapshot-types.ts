/** Types of snapshots, as programs meet them. */

import type { components } from "../generated/qdrant.ts";
import type { ByteRanges } from "../storage/bytes.ts";
import type { SnapshotDescription } from "./types.ts";

export type { ByteRanges };

/** Where a snapshot is that is to come back, and what it must be. */
export type SnapshotRecover = components["schemas"]["SnapshotRecover"];

export interface SnapshotOptions {
  /** Accepted for compatibility: in process every answer comes when the work is done. */
  wait?: boolean;
}

export interface UploadOptions extends SnapshotOptions {
  /** The SHA-256 that the bytes must have, in hexadecimal digits. */
  checksum?: string | null;
  /** Accepted for compatibility: without other nodes there is nothing that could be preferred to the snapshot. */
  priority?: SnapshotRecover["priority"];
}

/** The bytes of a snapshot, however a program has them. None is changed, and none must change until the call is over. */
export type SnapshotBytes = Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array> | ByteRanges;

/** A snapshot that is kept, to be read in the manner of a Blob. Nothing is open between two readings. */
export interface SnapshotFile extends ByteRanges {
  readonly name: string;
  /** Its SHA-256, in hexadecimal digits. */
  readonly checksum?: string | null;
  /** All of it, a part at a time as it is read: `new Response(file.stream())`. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
  /** All of it, in memory. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
}

/** What a client can do with snapshots. */
export interface SnapshotMethods {
  createSnapshot(name: string, options?: SnapshotOptions): Promise<SnapshotDescription>;
  listSnapshots(name: string): Promise<SnapshotDescription[]>;
  deleteSnapshot(name: string, snapshot: string, options?: SnapshotOptions): Promise<boolean>;
  recoverSnapshot(name: string, request: SnapshotRecover): Promise<boolean>;
  downloadSnapshot(name: string, snapshot: string): Promise<SnapshotFile>;
  uploadSnapshot(name: string, bytes: SnapshotBytes, options?: UploadOptions): Promise<boolean>;

  createFullSnapshot(options?: SnapshotOptions): Promise<SnapshotDescription>;
  listFullSnapshots(): Promise<SnapshotDescription[]>;
  deleteFullSnapshot(snapshot: string, options?: SnapshotOptions): Promise<boolean>;
  recoverFullSnapshot(request: SnapshotRecover): Promise<boolean>;
  downloadFullSnapshot(snapshot: string): Promise<SnapshotFile>;
  uploadFullSnapshot(bytes: SnapshotBytes, options?: UploadOptions): Promise<boolean>;

  createShardSnapshot(name: string, shard: number, options?: SnapshotOptions): Promise<SnapshotDescription>;
  listShardSnapshots(name: string, shard: number): Promise<SnapshotDescription[]>;
  deleteShardSnapshot(
    name: string,
    shard: number,
    snapshot: string,
    options?: SnapshotOptions,
  ): Promise<boolean>;
  recoverShardFromSnapshot(
    name: string,
    shard: number,
    request: SnapshotRecover & SnapshotOptions,
  ): Promise<boolean>;
}
