/** Brings a collection's parts back from the checkpoints of a chain: the oldest is full, each other one has what changed. */

import { NearvecError } from "../errors.ts";
import type { CheckpointHead, CheckpointReader } from "./checkpoint-file.ts";
import type { Restoring } from "./journalled.ts";
import type { Persistent } from "./sections.ts";

/** A checkpoint of a chain. A chain can be longer than files may be open at a time: each is read by itself. */
export interface Link {
  readonly head: CheckpointHead;
  read(use: (reader: CheckpointReader) => Promise<void>): Promise<void>;
}

/** @param chain oldest first. @throws {NearvecError} `DAMAGED`, and what `restoring` throws */
export async function restoreChain(chain: readonly Link[], restoring: Restoring): Promise<void> {
  const newest = chain[chain.length - 1] as Link;
  const parts = await restoring.begin(newest.head.description, newest.head.sequence);
  for (const [i, link] of chain.entries()) {
    const later = chain.slice(i + 1);
    const targets = link.head.parts.map(({ name }) =>
      isReplaced(name, later) ? undefined : parts.get(name),
    );
    await link.read((reader) => restoreOne(reader, targets));
  }
  for (const part of parts.values()) part.restored();
  await restoring.restored();
}

/** Whether a later checkpoint has all of that part anew, or has no such part any more. */
function isReplaced(name: string, later: readonly Link[]): boolean {
  return later.some(({ head }) => head.parts.find((part) => part.name === name)?.full !== false);
}

async function restoreOne(
  reader: CheckpointReader,
  targets: readonly (Persistent | undefined)[],
): Promise<void> {
  for (let at = reader.position; ; at = reader.position) {
    const piece = await reader.next();
    if (piece === undefined) return;
    try {
      targets[piece.part]?.restore(piece);
    } catch (error) {
      // A part that finds a piece wrong knows nothing of files.
      if (!(error instanceof NearvecError && error.code === "DAMAGED")) throw error;
      throw reader.damaged(at, error.details.what);
    }
  }
}
