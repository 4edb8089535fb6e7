import { persistentFields } from "../../field-indexes/persistence/index.ts";
import type { Journalled } from "../../journal/journalled.ts";
import type { Persistent } from "../../journal/sections.ts";
import { write } from "../../payload/json.ts";
import { persistentOf } from "../../vectors/persistence/index.ts";
import type { Collection } from "../collection.ts";
import type { CollectionConfig } from "../config.ts";
import { WriteQueue } from "../write-queue.ts";
import { PersistentPoints } from "./points.ts";

/** What a checkpoint says of a collection beside its parts. */
export interface Description {
  readonly config: CollectionConfig;
  /** The fields that have an index, and what it was created with, as a request says it. */
  readonly indexes: readonly (readonly [field: string, schema: unknown])[];
}

const POINTS = "points";
const SPACE = "space:";
const INDEX = "index:";

const journalled = new WeakMap<Collection, JournalledCollection>();

/** A collection as journals and snapshots see it: from the first call on it notes what changes. */
export function journalledOf(collection: Collection): JournalledCollection {
  let known = journalled.get(collection);
  if (known === undefined) {
    known = new JournalledCollection(collection);
    journalled.set(collection, known);
  }
  return known;
}

/** @see journalledOf */
export class JournalledCollection implements Journalled {
  readonly collection: Collection;
  readonly #points: PersistentPoints;
  /** Parts can be captured once at a time. */
  readonly #captures = new WriteQueue();

  constructor(collection: Collection) {
    this.collection = collection;
    this.#points = new PersistentPoints(collection.stored);
  }

  checkOpen(): void {
    const reason = this.collection.slicing.closed();
    if (reason !== undefined) throw reason;
  }

  get sequence(): number {
    return this.collection.stored.sequence;
  }

  describe(): string {
    const { config, fieldIndexes } = this.collection;
    const description: Description = { config, indexes: fieldIndexes?.definitions ?? [] };
    return write(description, "") as string;
  }

  parts(): Map<string, Persistent> {
    const parts = new Map<string, Persistent>([[POINTS, this.#points]]);
    for (const [name, { space }] of this.collection.spaces) parts.set(SPACE + name, persistentOf(space));
    // Last: while they are restored, they read what the points were.
    const { fieldIndexes } = this.collection;
    if (fieldIndexes !== undefined)
      for (const [field, part] of persistentFields(fieldIndexes)) parts.set(INDEX + field, part);
    return parts;
  }

  async alone<T>(run: () => Promise<T>): Promise<T> {
    return this.#captures.run(run);
  }

  async exclusively<T>(run: () => Promise<T>): Promise<T> {
    return this.collection.writes.run(run);
  }

  hold(): () => void {
    const held = Array.from(this.collection.spaces.values(), ({ indexing }) => indexing);
    for (const indexing of held) indexing.hold();
    return () => {
      for (const indexing of held) indexing.release();
    };
  }
}
