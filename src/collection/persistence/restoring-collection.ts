import { NearvecError } from "../../errors.ts";
import { beginRestoring } from "../../field-indexes/persistence/index.ts";
import type { Restoring } from "../../journal/journalled.ts";
import type { Persistent } from "../../journal/sections.ts";
import { parseJson } from "../../payload/json.ts";
import type { Collection } from "../collection.ts";
import type { CollectionConfig } from "../config.ts";
import { replaySettings, restoreFieldIndex } from "../index-settings.ts";
import { decodeOperation } from "../operation.ts";
import { isSettings } from "../settings.ts";
import { type Description, type JournalledCollection, journalledOf } from "./journalled-collection.ts";

/** Makes a collection of what a journal kept. */
export class RestoringCollection implements Restoring {
  readonly #create: (config: CollectionConfig) => Promise<Collection>;
  readonly #prepare: (config: CollectionConfig) => Promise<void>;
  #journalled: JournalledCollection | undefined;

  /**
   * @param create an empty collection
   * @param prepare loads the code that the spaces of a configuration need
   */
  constructor(
    create: (config: CollectionConfig) => Promise<Collection>,
    prepare: (config: CollectionConfig) => Promise<void>,
  ) {
    this.#create = create;
    this.#prepare = prepare;
  }

  /** Undefined before `begin`. */
  get journalled(): JournalledCollection | undefined {
    return this.#journalled;
  }

  async begin(text: string, sequence: number): Promise<ReadonlyMap<string, Persistent>> {
    const description = parseJson(text) as Description;
    await this.#prepare(description.config);
    const journalled = journalledOf(await this.#create(description.config));
    this.#journalled = journalled;
    const { collection } = journalled;
    for (const [field, schema] of description.indexes) await restoreFieldIndex(collection, field, schema);
    if (collection.fieldIndexes !== undefined) beginRestoring(collection.fieldIndexes);
    collection.stored.sequence = sequence;
    return journalled.parts();
  }

  async restored(): Promise<void> {
    const { collection, sequence } = this.#begun();
    collection.stored.sequence = sequence;
  }

  replay(sequence: number, bytes: Uint8Array<ArrayBuffer>): void | Promise<void> {
    const { collection } = this.#begun();
    const { stored } = collection;
    if (sequence <= stored.sequence) return undefined;
    const operation = decodeOperation(bytes);
    if (!isSettings(operation)) {
      collection.apply(sequence, collection.prepare(operation));
      return undefined;
    }
    return replaySettings(collection, operation, this.#prepare).then(() => {
      stored.sequence = sequence;
    });
  }

  #begun(): JournalledCollection {
    if (this.#journalled !== undefined) return this.#journalled;
    throw new NearvecError("INTERNAL", {
      what: "a log was replayed before its checkpoint",
      todo: "Please report it.",
    });
  }
}
