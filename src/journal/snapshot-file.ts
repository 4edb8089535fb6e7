/** A snapshot: one file with whole collections as they were, readable without anything else. */

import type { ReadableFile, WritableFile } from "../storage/storage.ts";
import { Captured } from "./capturing.ts";
import { CheckpointReader } from "./checkpoint-file.ts";
import { damaged, encodeFrame, FORMAT, Frame } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import type { Journalled, Restoring } from "./journalled.ts";
import { restoreChain } from "./restore.ts";

export interface SnapshotContent {
  /** Names, in the order of their checkpoints. */
  readonly collections: readonly string[];
  readonly aliases: readonly (readonly [alias: string, collection: string])[];
}

/**
 * Writes and syncs a snapshot. Each collection is as it was at a moment of its own, with every change that was made before the
 * call.
 */
export async function writeSnapshot(
  file: WritableFile,
  collections: ReadonlyMap<string, Journalled>,
  aliases: SnapshotContent["aliases"],
  turn: () => Promise<void>,
): Promise<void> {
  const content: SnapshotContent = { collections: [...collections.keys()], aliases };
  const body = new TextEncoder().encode(JSON.stringify(content));
  file.append(encodeFrame({ kind: Frame.SNAPSHOT, part: 0, a: 0, b: FORMAT }, body));
  for (const collection of collections.values()) {
    await collection.alone(async () => {
      const captured = await collection.exclusively(async () => new Captured(collection, true));
      try {
        await captured.write(file, 0, turn);
      } finally {
        // The journal builds on its own checkpoints: for it nothing has been written.
        captured.end(false);
      }
    });
  }
  await file.sync();
}

/**
 * Brings the collections of a snapshot back.
 *
 * @param restoring makes a collection of that name
 * @throws {NearvecError} `DAMAGED`, and what `restoring` throws
 */
export async function readSnapshot(
  file: ReadableFile,
  path: string,
  restoring: (name: string) => Restoring,
): Promise<SnapshotContent> {
  const reader = new FrameReader(file);
  const frame = await reader.next();
  if (frame?.kind !== Frame.SNAPSHOT)
    throw damaged(path, 0, "it is no snapshot of nearvec", "Take another file.");
  if (frame.b > FORMAT) {
    const what = `it has format ${frame.b}, and this release knows none after ${FORMAT}`;
    throw damaged(path, 0, what, "Read it with the release that wrote it, or a later one.");
  }
  const content = parseContent(frame.body);
  if (content === undefined) throw damaged(path, 0, "it doesn't say what it holds", "Take another file.");
  for (const name of content.collections) {
    const checkpoint = await CheckpointReader.open(reader, path);
    await restoreChain([{ head: checkpoint.head, read: (use) => use(checkpoint) }], restoring(name));
  }
  if (!reader.atEnd) throw damaged(path, reader.position, "the snapshot goes on after its end");
  return content;
}

/** Its checksum was right: what says nothing is another program's, or somebody's who made it up. */
function parseContent(body: Uint8Array): SnapshotContent | undefined {
  try {
    const { collections, aliases } = JSON.parse(new TextDecoder().decode(body));
    const isPair = (pair: unknown) => isNames(pair) && pair.length === 2;
    if (!isNames(collections) || new Set(collections).size < collections.length) return undefined;
    if (!Array.isArray(aliases) || !aliases.every(isPair)) return undefined;
    const known = new Set(collections);
    return aliases.every(([, collection]) => known.has(collection)) ? { collections, aliases } : undefined;
  } catch {
    return undefined;
  }
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}
