/**
 * Keeps a client's collections in a store: which there are and what they are called (the catalog), and each one's journal.
 * Loaded by `open({ path })`.
 *
 * ```
 *   catalog-0  catalog-1          collections with their numbers, and aliases
 *   collections/1/  2/  5/ …      a journal each; a number is never given twice
 * ```
 * A collection is there once the catalog has it, and gone once it hasn't: folders that it doesn't name are what a crash left.
 */

import type { Collection } from "../collection/collection.ts";
import type { CollectionConfig } from "../collection/config.ts";
import { type JournalledCollection, journalledOf } from "../collection/persistence/journalled-collection.ts";
import { RestoringCollection } from "../collection/persistence/restoring-collection.ts";
import { WriteQueue } from "../collection/write-queue.ts";
import { damaged } from "../journal/frame.ts";
import { Journal, type Recovery } from "../journal/journal.ts";
import type { LogOptions, Sync } from "../journal/log.ts";
import type { TornTail } from "../journal/log-reader.ts";
import { TwofoldRecord } from "../journal/twofold-record.ts";
import type { Storage } from "../storage/storage.ts";
import { Checkpointer } from "./checkpointer.ts";
import type { Collections } from "./collections.ts";
import type { StoreInfo } from "./engine-info.ts";
import { prepareSpaces } from "./prepare-spaces.ts";
import { readOnly, readOnlyLog } from "./read-only.ts";
import { retire } from "./retiring.ts";
import { turnsOf } from "./turns.ts";

const CATALOG = "catalog";
const FOLDER = "collections";
/** Milliseconds. */
const SYNC_INTERVAL = 1000;
/** How often what is only read may change while it is read. */
const MOST_ATTEMPTS = 10;

export interface KeeperOptions {
  readonly sync: Sync;
}

interface Catalog {
  /** The number that the next collection gets. */
  readonly next: number;
  readonly collections: readonly (readonly [name: string, number: number])[];
  readonly aliases: readonly (readonly [alias: string, collection: string])[];
}

/** What keeps a client's collections, or has them from elsewhere. */
export interface Keeping
  extends Pick<Keeper, "storage" | "info" | "create" | "replace" | "delete" | "changeAliases" | "close"> {}

/** What comes in the place of what is there. */
export interface Replacement {
  readonly collections: ReadonlyMap<string, Collection>;
  readonly aliases: Catalog["aliases"];
}

interface Kept {
  readonly number: number;
  readonly journalled: JournalledCollection;
  readonly journal: Journal;
}

export class Keeper implements Keeping {
  readonly #collections: Collections;
  readonly #storage: Storage;
  readonly #options: KeeperOptions;
  readonly #log: LogOptions;
  readonly #record: TwofoldRecord;
  readonly #checkpointer: Checkpointer;
  /** Changes of the catalog, one after the other. */
  readonly #changes = new WriteQueue();
  readonly #kept = new Map<string, Kept>();
  readonly #recovered: Record<string, { replayed: number; torn?: TornTail }> = {};
  /** Folders that a catalog names which could not be made safe, and that may be read all the same. */
  #doubtful: string[] = [];
  #settling: Promise<void> | undefined;
  #next = 1;

  private constructor(
    collections: Collections,
    storage: Storage,
    options: KeeperOptions,
    record: TwofoldRecord,
  ) {
    const { surroundings } = collections;
    const turn = turnsOf(surroundings);
    this.#collections = collections;
    this.#storage = storage;
    this.#options = options;
    this.#log = { sync: options.sync, interval: SYNC_INTERVAL, turn };
    this.#record = record;
    this.#checkpointer = new Checkpointer(() => surroundings.now());
  }

  /**
   * Brings back all that a storage keeps, into a client without collections; from here on it is kept there.
   *
   * @throws {NearvecError} `DAMAGED`, `OUT_OF_MEMORY`, and those of the storage
   */
  static async open(collections: Collections, storage: Storage, options: KeeperOptions): Promise<Keeper> {
    const found = await TwofoldRecord.read(storage, CATALOG);
    const record = found?.record ?? TwofoldRecord.empty(storage, CATALOG);
    const keeper = new Keeper(collections, storage, options, record);
    if (found === undefined) {
      await refuseStrays(storage);
      // Before the first collection, so that where there is one there is a catalog.
      if (!storage.readOnly) await keeper.#save();
    } else await keeper.#restore(JSON.parse(new TextDecoder().decode(found.body)));
    collections.keeper = keeper;
    if (!storage.readOnly) keeper.#checkpointer.start();
    return keeper;
  }

  get storage(): Storage {
    return this.#storage;
  }

  get info(): StoreInfo {
    const { kind, place, readOnly, persisted } = this.#storage;
    const failures = this.#checkpointer.failures;
    return {
      kind,
      path: place,
      readOnly,
      sync: this.#options.sync,
      ...(persisted !== undefined && { persisted }),
      recovered: this.#recovered,
      ...(failures.size > 0 && { failures: Object.fromEntries(failures) }),
    };
  }

  // ── changes ──────────────────────────────────────────────────────────────────────────────────────────────

  /** @throws {NearvecError} `COLLECTION_EXISTS`, `OUT_OF_MEMORY`, and those of the storage: nothing changed */
  create(name: string, config: CollectionConfig): Promise<void> {
    return this.#change(async () => {
      this.#collections.checkFree(name);
      await this.#put(new Map([[name, this.#collections.make(config)]]), []);
    });
  }

  /**
   * Puts collections in the place of those of their names, and adds aliases, all in one step.
   *
   * @param named the collections by the names that they get, and the aliases; asked for when it is their turn
   * @throws {NearvecError} of the storage, and what `named` throws: nothing changed, but that the new collections are closed
   */
  replace(coming: ReadonlyMap<string, Collection>, named: () => Replacement): Promise<void> {
    return this.#change(async () => {
      let replacement: Replacement;
      try {
        replacement = named();
      } catch (error) {
        for (const collection of coming.values()) collection.close("it could not be kept");
        throw error;
      }
      await this.#put(replacement.collections, replacement.aliases);
    });
  }

  async #put(collections: ReadonlyMap<string, Collection>, aliases: Catalog["aliases"]): Promise<void> {
    const replaced = new Map<string, Kept>();
    const made: { name: string; number: number; journal: Journal | undefined }[] = [];
    const aliasesBefore = this.#collections.aliases.entries();
    try {
      for (const [name, collection] of collections) {
        const number = this.#next++;
        const before = this.#kept.get(name);
        // Before anything can fail: what is undone brings it back.
        if (before !== undefined) replaced.set(name, before);
        const one: (typeof made)[number] = { name, number, journal: undefined };
        made.push(one);
        const journalled = journalledOf(collection);
        one.journal = await Journal.create(this.#storage, `${FOLDER}/${number}`, this.#log, journalled);
        this.#kept.set(name, { number, journalled, journal: one.journal });
      }
      for (const [alias, collection] of aliases) this.#collections.aliases.set(alias, collection);
      await this.#save();
    } catch (error) {
      this.#collections.aliases.reset(aliasesBefore);
      for (const { name, number, journal } of made) {
        const before = replaced.get(name);
        if (before === undefined) this.#kept.delete(name);
        else this.#kept.set(name, before);
        await this.#giveUp(journal, `${FOLDER}/${number}`);
      }
      for (const collection of collections.values()) collection.close("it could not be kept");
      throw error;
    }
    for (const [name, collection] of collections) {
      this.#checkpointer.remove(name);
      this.#watch(name, this.#kept.get(name) as Kept);
      this.#collections.adopt(name, collection);
      collection.wake();
      const old = replaced.get(name)?.journalled.collection;
      if (old !== undefined) retire(name, old, this.#collections);
    }
    for (const { journal } of replaced.values()) await this.#discard(journal, journal.folder);
  }

  /** Deletes a collection by its own name, and its aliases. Answers whether there was one. */
  delete(name: string): Promise<boolean> {
    return this.#change(async () => {
      const kept = this.#kept.get(name);
      if (kept === undefined) return false;
      const aliases = this.#collections.aliases.entries();
      this.#kept.delete(name);
      this.#collections.aliases.drop(name);
      try {
        await this.#save();
      } catch (error) {
        this.#kept.set(name, kept);
        this.#collections.aliases.reset(aliases);
        throw error;
      }
      this.#checkpointer.remove(name);
      this.#collections.forget(name);
      await this.#discard(kept.journal, kept.journal.folder);
      return true;
    });
  }

  /** Runs what changes the aliases; when that can't be kept, they are as they were. */
  changeAliases(change: () => void): Promise<void> {
    return this.#change(async () => {
      const { aliases } = this.#collections;
      const before = aliases.entries();
      let failure: unknown;
      try {
        // Of several actions those before one that fails stay.
        change();
      } catch (error) {
        failure = error;
      }
      try {
        await this.#save();
      } catch (error) {
        aliases.reset(before);
        throw error;
      }
      if (failure !== undefined) throw failure;
    });
  }

  /** Bytes of a collection's log that no checkpoint has. @internal */
  logBytes(name: string): number {
    return this.#kept.get(name)?.journal.log.bytes ?? 0;
  }

  /** Writes a checkpoint of a collection now. @internal Otherwise the checkpointer decides. */
  async checkpoint(name: string): Promise<void> {
    const kept = this.#kept.get(name);
    if (kept !== undefined) await kept.journal.checkpoint(kept.journalled);
  }

  /**
   * Writes what changed into checkpoints, so that opening is reading, and gives the storage back. What can't be written
   * into a checkpoint now is in the log.
   *
   * @throws {NearvecError} of the storage, when the log could not be synced
   */
  async close(): Promise<void> {
    this.#checkpointer.stop();
    // Whatever is under way ends first.
    await this.#change(async () => undefined);
    const failures: unknown[] = [];
    for (const { journal, journalled } of this.#kept.values()) {
      if (!this.#storage.readOnly) {
        await journalled.exclusively(async () => undefined);
        await this.#checkpointer.finish(journal, journalled);
      }
      await journal.close().catch((error: unknown) => failures.push(error));
    }
    await this.#storage.close();
    if (failures.length > 0) throw failures[0];
  }

  // ── inside ───────────────────────────────────────────────────────────────────────────────────────────────

  async #change<T>(run: () => Promise<T>): Promise<T> {
    return this.#changes.run(run);
  }

  /** Lets a collection's changes go to its journal. @param isBehind whether it has what no checkpoint has */
  #watch(name: string, kept: Kept, isBehind = false): void {
    kept.journalled.collection.log = this.#storage.readOnly
      ? readOnlyLog(this.#storage.place)
      : this.#logOf(kept.journal);
    if (!this.#storage.readOnly) this.#checkpointer.add(name, kept.journal, kept.journalled, isBehind);
  }

  /** As long as nobody knows which catalog would be read, it may be one without the collection: no write is safe then. */
  #logOf({ log }: Journal): NonNullable<Collection["log"]> {
    return {
      ready: () => (this.#record.doubt === undefined ? log.ready() : this.#settle().then(() => log.ready())),
      append: (sequence, operation) => log.append(sequence, operation),
      acknowledgement: () => log.acknowledgement(),
    };
  }

  /** Writes the catalog again, unless a change is about to. (A write that waited for that one might be what it waits for.) */
  #settle(): Promise<void> {
    if (this.#settling === undefined && !this.#changes.idle)
      return Promise.reject(this.#record.doubt?.reason);
    this.#settling ??= this.#change(() => this.#save()).finally(() => {
      this.#settling = undefined;
    });
    return this.#settling;
  }

  /** Writes the catalog. */
  async #save(): Promise<void> {
    if (this.#storage.readOnly) throw readOnly(this.#storage.place);
    const catalog: Catalog = {
      next: this.#next,
      collections: Array.from(this.#kept, ([name, { number }]) => [name, number]),
      aliases: this.#collections.aliases.entries(),
    };
    await this.#record.write(new TextEncoder().encode(JSON.stringify(catalog)));
    for (const folder of this.#doubtful.splice(0)) await this.#discard(undefined, folder);
  }

  /** Discards the journal of a collection that could not be kept; where the catalog may name it, once it surely doesn't. */
  async #giveUp(journal: Journal | undefined, folder: string): Promise<void> {
    if (this.#record.doubt === undefined) return this.#discard(journal, folder);
    this.#doubtful.push(folder);
    await journal?.close().catch(() => undefined); // it has nothing that anybody was told of
  }

  /** What can't be removed now is removed when the store is opened again. */
  async #discard(journal: Journal | undefined, folder: string): Promise<void> {
    try {
      if (journal !== undefined) await journal.abandon();
      else await this.#storage.remove(folder);
    } catch {
      // The catalog doesn't name it: it takes space, and nothing else.
    }
  }

  async #restore({ next, collections, aliases }: Catalog): Promise<void> {
    this.#next = next;
    for (const [name, number] of collections) await this.#restoreAny(name, number);
    for (const [alias, collection] of aliases) this.#collections.aliases.set(alias, collection);
    if (!this.#storage.readOnly)
      await this.#removeStrays(new Set(collections.map(([, number]) => String(number))));
  }

  /** Where the folder has an owner, that one may write anew, and remove, what is about to be read here: then it is read anew. */
  async #restoreAny(name: string, number: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const before = this.#storage.readOnly ? await this.#manifestOf(number) : undefined;
      const restoring = new RestoringCollection(
        async (config) => this.#collections.make(config),
        (config) => prepareSpaces(this.#collections.core, config),
      );
      try {
        return await this.#restoreOne(name, number, restoring);
      } catch (error) {
        restoring.journalled?.collection.close("it could not be opened");
        if (!this.#storage.readOnly || attempt === MOST_ATTEMPTS) throw error;
        if ((await this.#manifestOf(number)) === before) throw error;
      }
    }
  }

  /** What counts of a collection; undefined while it can't be read. */
  async #manifestOf(number: number): Promise<string | undefined> {
    try {
      const found = await TwofoldRecord.read(this.#storage, `${FOLDER}/${number}/manifest`);
      return found && new TextDecoder().decode(found.body);
    } catch {
      return undefined; // opening says why
    }
  }

  async #restoreOne(name: string, number: number, restoring: RestoringCollection): Promise<void> {
    const folder = `${FOLDER}/${number}`;
    const { journal, recovery } = await Journal.open(this.#storage, folder, this.#log, restoring);
    const journalled = restoring.journalled as JournalledCollection;
    const kept: Kept = { number, journalled, journal };
    this.#kept.set(name, kept);
    this.#watch(name, kept, recovery.replayed > 0);
    this.#collections.adopt(name, journalled.collection);
    journalled.collection.wake();
    this.#note(name, recovery);
  }

  #note(name: string, { replayed, torn }: Recovery): void {
    if (replayed > 0 || torn !== undefined) this.#recovered[name] = { replayed, ...(torn && { torn }) };
  }

  async #removeStrays(numbers: ReadonlySet<string>): Promise<void> {
    for (const { name } of await this.#storage.list(FOLDER)) {
      if (!numbers.has(name)) await this.#discard(undefined, `${FOLDER}/${name}`);
    }
  }
}

/** A store without a catalog is an empty one, and not one whose catalog went missing. */
async function refuseStrays(storage: Storage): Promise<void> {
  const strays = await storage.list(FOLDER);
  for (const { name } of strays) {
    const files = await storage.list(`${FOLDER}/${name}`);
    if (files.length > 0)
      throw damaged(`${CATALOG}-0`, 0, "the catalog is missing, and collections are there");
  }
}
