/** The client's methods for snapshots, with their arguments checked; loaded through on-demand.ts. */

import { invalidArgument } from "../errors.ts";
import { SnapshotPriority } from "../generated/validators/snapshot-priority.ts";
import { SnapshotRecover } from "../generated/validators/snapshot-recover.ts";
import type { ByteRanges } from "../storage/bytes.ts";
import { extend, object } from "../validation/containers.ts";
import { BOOLEAN, check, checkArguments, string } from "../validation/schema.ts";
import type { Collections } from "./collections.ts";
import { randomAccess } from "./snapshot-bytes.ts";
import type { SnapshotMethod } from "./snapshot-names.ts";
import { recoverFrom, recoverFromBytes } from "./snapshot-recovery.ts";
import type { SnapshotMethods } from "./snapshot-types.ts";
import { createSnapshot, deleteSnapshot, downloadSnapshot, listSnapshots } from "./snapshots.ts";

const OPTIONS = /* @__PURE__ */ object({}, { wait: BOOLEAN });
const UPLOAD = /* @__PURE__ */ object(
  {},
  { wait: BOOLEAN, checksum: /* @__PURE__ */ string(), priority: SnapshotPriority },
);
const SHARD_RECOVER = /* @__PURE__ */ extend(SnapshotRecover, { wait: BOOLEAN });

type Methods = {
  readonly [Name in SnapshotMethod]: (
    collections: Collections,
    ...args: Parameters<SnapshotMethods[Name]>
  ) => ReturnType<SnapshotMethods[Name]>;
};

/** Runs a method of the client by its name. */
export function call(method: SnapshotMethod, collections: Collections, args: unknown[]): Promise<unknown> {
  const run = METHODS[method] as (collections: Collections, ...args: unknown[]) => Promise<unknown>;
  return run(collections, ...args);
}

const METHODS: Methods = {
  async createSnapshot(collections, name, options) {
    checkName(collections, name);
    checkOptions(options);
    return createSnapshot(collections, name);
  },
  async createFullSnapshot(collections, options) {
    checkOptions(options);
    return createSnapshot(collections, undefined);
  },
  async createShardSnapshot(collections, name, shard, options) {
    checkShard(shard);
    return METHODS.createSnapshot(collections, name, options);
  },

  async listSnapshots(collections, name) {
    checkName(collections, name);
    return listSnapshots(collections, name);
  },
  async listFullSnapshots(collections) {
    return listSnapshots(collections, undefined);
  },
  async listShardSnapshots(collections, name, shard) {
    checkShard(shard);
    return METHODS.listSnapshots(collections, name);
  },

  async deleteSnapshot(collections, name, snapshot, options) {
    checkName(collections, name);
    checkOptions(options);
    return deleteSnapshot(collections, name, snapshot);
  },
  async deleteFullSnapshot(collections, snapshot, options) {
    checkOptions(options);
    return deleteSnapshot(collections, undefined, snapshot);
  },
  async deleteShardSnapshot(collections, name, shard, snapshot, options) {
    checkShard(shard);
    return METHODS.deleteSnapshot(collections, name, snapshot, options);
  },

  async downloadSnapshot(collections, name, snapshot) {
    checkName(collections, name);
    return downloadSnapshot(collections, name, snapshot);
  },
  async downloadFullSnapshot(collections, snapshot) {
    return downloadSnapshot(collections, undefined, snapshot);
  },

  async recoverSnapshot(collections, name, request) {
    checkName(collections, name);
    const { location, checksum } = checkArguments(SnapshotRecover, request, "recoverSnapshot");
    return recoverFrom(collections, name, location, checksum);
  },
  async recoverFullSnapshot(collections, request) {
    const { location, checksum } = checkArguments(SnapshotRecover, request, "recoverFullSnapshot");
    return recoverFrom(collections, undefined, location, checksum);
  },
  async recoverShardFromSnapshot(collections, name, shard, request) {
    checkShard(shard);
    checkName(collections, name);
    const { location, checksum } = checkArguments(SHARD_RECOVER, request, "recoverShardFromSnapshot");
    return recoverFrom(collections, name, location, checksum);
  },

  async uploadSnapshot(collections, name, bytes, options) {
    checkName(collections, name);
    return recoverFromBytes(collections, name, sourceOf(bytes), checkUpload(options));
  },
  async uploadFullSnapshot(collections, bytes, options) {
    return recoverFromBytes(collections, undefined, sourceOf(bytes), checkUpload(options));
  },
};

function checkName(collections: Collections, name: unknown): void {
  collections.check(name);
}

function checkOptions(options: unknown): void {
  check(OPTIONS, options ?? {}, "", "options");
}

/** Answers the checksum. */
function checkUpload(options: unknown): string | undefined {
  return check(UPLOAD, options ?? {}, "", "options").checksum;
}

/** All points are in one. */
function checkShard(shard: unknown): void {
  if (shard !== 0) throw invalidArgument("shard_id", shard, "0", "There is one shard.");
}

/** By their members, not their classes: polyfills and other realms have their own. */
function sourceOf(bytes: unknown): Parameters<typeof recoverFromBytes>[2] {
  const known = randomAccess(bytes);
  if (known !== undefined) return known;
  const { size, slice, getReader } = (bytes ?? {}) as { readonly [member: string]: unknown };
  if (typeof getReader === "function") return { stream: bytes as ReadableStream<Uint8Array> };
  if (typeof size === "number" && typeof slice === "function") return ofBlob(bytes as Blob);
  throw invalidArgument("bytes", bytes, "a Uint8Array, an ArrayBuffer, a Blob, or a stream of bytes");
}

function ofBlob(blob: Blob): ByteRanges {
  const read = async (from: number, length: number) =>
    new Uint8Array(await blob.slice(from, from + length).arrayBuffer());
  return { size: blob.size, read };
}
