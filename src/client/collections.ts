import { Background } from "../collection/background.ts";
import { Collection } from "../collection/collection.ts";
import type { CollectionConfig } from "../collection/config.ts";
import type { Surroundings } from "../collection/surroundings.ts";
import type { CoreModule } from "../core/load.ts";
import { NearvecError } from "../errors.ts";
import { Aliases, noCollection } from "./aliases.ts";
import type { Keeping } from "./keeper.ts";
import { checkCollectionName } from "./names.ts";

/** The collections of one client, by their names and aliases. */
export class Collections {
  readonly core: CoreModule;
  readonly surroundings: Surroundings;
  readonly aliases = new Aliases((name) => this.#collections.has(name));
  /** Keeps them in a store, if any does. */
  keeper: Keeping | undefined;
  readonly #background: Background;
  readonly #collections = new Map<string, Collection>();
  #closing: Promise<void> | undefined;

  constructor(core: CoreModule, surroundings: Surroundings) {
    this.core = core;
    this.surroundings = surroundings;
    this.#background = new Background(surroundings);
  }

  /** @throws {NearvecError} `CLOSED` */
  checkOpen(): void {
    if (this.#closing) {
      throw new NearvecError("CLOSED", { what: "the client was closed", todo: "Open another one." });
    }
  }

  /** @throws {NearvecError} `CLOSED`, `INVALID_NAME` */
  check(name: unknown): asserts name is string {
    this.checkOpen();
    checkCollectionName(name);
  }

  /** @throws {NearvecError} `COLLECTION_NOT_FOUND`, `CLOSED`, `INVALID_NAME` */
  get(name: string): Collection {
    const collection = this.#collections.get(this.aliases.get(name) ?? name);
    if (collection !== undefined && !this.#closing) return collection;
    this.check(name);
    throw noCollection(name);
  }

  /** Whether a collection or an alias has that name. */
  has(name: string): boolean {
    return this.#collections.has(name) || this.aliases.get(name) !== undefined;
  }

  /** A collection and its own name, by that or by an alias. @throws as {@link get} */
  find(name: string): [name: string, collection: Collection] {
    return [this.aliases.get(name) ?? name, this.get(name)];
  }

  entries(): [name: string, collection: Collection][] {
    return [...this.#collections];
  }

  /** @throws {NearvecError} `COLLECTION_EXISTS`, `OUT_OF_MEMORY`, and those of the store: nothing changed */
  async create(name: string, config: CollectionConfig): Promise<void> {
    if (this.keeper !== undefined) return this.keeper.create(name, config);
    this.checkFree(name);
    this.adopt(name, this.make(config));
  }

  /** @throws {NearvecError} `COLLECTION_EXISTS` */
  checkFree(name: string): void {
    if (!this.has(name)) return;
    const kind = this.#collections.has(name) ? "the collection" : "the alias";
    throw new NearvecError("COLLECTION_EXISTS", {
      what: `${kind} ${JSON.stringify(name)} already exists`,
      subject: { collection: name },
      todo: "Choose another name, or delete it first.",
    });
  }

  /** A collection that has no name yet. @throws {NearvecError} `OUT_OF_MEMORY` */
  make(config: CollectionConfig): Collection {
    return new Collection(this.core, config, this.#background, this.surroundings);
  }

  adopt(name: string, collection: Collection): void {
    this.#collections.set(name, collection);
  }

  /** Deletes a collection by its own name, not by an alias, and with it its aliases. Answers whether there was one. */
  async delete(name: string): Promise<boolean> {
    if (this.keeper !== undefined) return this.keeper.delete(name);
    this.aliases.drop(name);
    return this.forget(name);
  }

  /** Gives a collection's memory back. Answers whether there was one of that name. */
  forget(name: string): boolean {
    this.#collections.get(name)?.close(`the collection ${JSON.stringify(name)} was deleted`);
    return this.#collections.delete(name);
  }

  /**
   * Once for all who ask.
   *
   * @throws {NearvecError} of the store, when it could not be made safe; everything is closed then, too
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.keeper?.close();
    } finally {
      for (const collection of this.#collections.values()) collection.close("the client was closed");
      for (const name of this.#collections.keys()) this.aliases.drop(name);
      this.#collections.clear();
    }
  }
}
