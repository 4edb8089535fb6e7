/** Decides when collections get their checkpoints. */

import { WAL_DEFAULTS } from "../collection/config.ts";
import type { JournalledCollection } from "../collection/persistence/journalled-collection.ts";
import { NearvecError } from "../errors.ts";
import type { Journal } from "../journal/journal.ts";

/** How often it is looked, in milliseconds. */
const LOOK = 1000;
/** After a checkpoint that failed, the next attempt is so many milliseconds later. */
const PATIENCE = 30_000;
const MEBIBYTE = 1 << 20;

interface Watched {
  readonly journal: Journal;
  readonly journalled: JournalledCollection;
  /** When something was seen to have changed that no checkpoint has; undefined: nothing has. */
  changedAt: number | undefined;
  /** The sequence number, and how many vectors were indexed, at the last checkpoint. */
  sequence: number;
  indexed: number;
  notBefore: number;
}

/**
 * A collection gets a checkpoint when its log has grown long (`wal_capacity_mb`: replaying it costs time and disk), and some
 * seconds (`flush_interval_sec`) after it changed, once its vectors are indexed: then opening it is reading.
 */
export class Checkpointer {
  /** Why the last checkpoint of a collection failed, by its name. */
  readonly failures = new Map<string, NearvecError>();
  readonly #now: () => number;
  readonly #watched = new Map<string, Watched>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param isBehind whether it has what no checkpoint has */
  add(name: string, journal: Journal, journalled: JournalledCollection, isBehind: boolean): void {
    const { sequence, collection } = journalled;
    const indexed = collection.indexedCount;
    const changedAt = isBehind ? this.#now() : undefined;
    this.#watched.set(name, { journal, journalled, changedAt, sequence, indexed, notBefore: 0 });
  }

  remove(name: string): void {
    this.#watched.delete(name);
    this.failures.delete(name);
  }

  start(): void {
    this.#timer = setTimeout(() => {
      void this.#look().finally(() => {
        if (!this.#isStopped) this.start();
      });
    }, LOOK);
    // An idle process need not stay alive for a checkpoint: the log has all.
    if (typeof this.#timer === "object") (this.#timer as { unref?: () => void }).unref?.();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** The last checkpoint before the end, if there is anything to write. */
  async finish(journal: Journal, journalled: JournalledCollection): Promise<void> {
    try {
      await journal.running;
      const parts = [...journalled.parts().values()];
      if (journal.log.bytes > 0 || parts.some(({ isChanged }) => isChanged))
        await journal.checkpoint(journalled);
    } catch {
      // The log has all that matters; what else is wrong with the storage, closing the log will say.
    }
  }

  /** One collection after the other: there is one disk. */
  async #look(): Promise<void> {
    for (const [name, watched] of [...this.#watched]) {
      // It may have been deleted during the checkpoint of another one.
      if (this.#watched.get(name) !== watched) continue;
      if (this.#isStopped || !this.#isDue(watched)) continue;
      const { journal, journalled } = watched;
      const { sequence, collection } = journalled;
      const indexed = collection.indexedCount;
      try {
        await journal.checkpoint(journalled);
        Object.assign(watched, { sequence, indexed, changedAt: undefined });
        this.failures.delete(name);
      } catch (error) {
        watched.notBefore = this.#now() + PATIENCE;
        if (this.#watched.get(name) === watched) this.failures.set(name, asNearvecError(error));
      }
    }
  }

  #isDue(watched: Watched): boolean {
    const now = this.#now();
    const { journal, journalled, sequence, indexed } = watched;
    const { collection } = journalled;
    const { optimizer_config, wal_config } = collection.config;
    if (watched.changedAt === undefined) {
      if (journalled.sequence === sequence && collection.indexedCount === indexed) return false;
      watched.changedAt = now;
    }
    if (now < watched.notBefore) return false;
    const capacity = (wal_config ?? WAL_DEFAULTS).wal_capacity_mb * MEBIBYTE;
    if (journal.log.bytes >= capacity) return true;
    return (
      collection.status !== "yellow" && now - watched.changedAt >= optimizer_config.flush_interval_sec * 1000
    );
  }
}

function asNearvecError(error: unknown): NearvecError {
  if (error instanceof NearvecError) return error;
  const what = `a checkpoint failed: ${error instanceof Error ? error.message : String(error)}`;
  return new NearvecError(
    "INTERNAL",
    { what, todo: "The log keeps all. Please report this." },
    { cause: error },
  );
}
