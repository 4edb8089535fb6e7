import { Background } from "../collection/background.ts";
import { Collection } from "../collection/collection.ts";
import type { CollectionConfig } from "../collection/config.ts";
import type { Surroundings } from "../collection/surroundings.ts";
import type { CoreModule } from "../core/load.ts";
import { NearvecError } from "../errors.ts";
import { Aliases, noCollection } from "./aliases.ts";
import { checkCollectionName } from "./names.ts";

/** The collections of one client, by their names and aliases. */
export class Collections {
  readonly core: CoreModule;
  readonly surroundings: Surroundings;
  readonly aliases = new Aliases((name) => this.#collections.has(name));
  readonly #background: Background;
  readonly #collections = new Map<string, Collection>();
  #closed = false;

  constructor(core: CoreModule, surroundings: Surroundings) {
    this.core = core;
    this.surroundings = surroundings;
    this.#background = new Background(surroundings);
  }

  /** @throws {NearvecError} `CLOSED` */
  checkOpen(): void {
    if (this.#closed) {
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
    if (collection !== undefined) return collection;
    this.check(name);
    throw noCollection(name);
  }

  /** Whether a collection or an alias has that name. */
  has(name: string): boolean {
    return this.#collections.has(name) || this.aliases.get(name) !== undefined;
  }

  entries(): [name: string, collection: Collection][] {
    return [...this.#collections];
  }

  /** @throws {NearvecError} `COLLECTION_EXISTS`, `OUT_OF_MEMORY` */
  create(name: string, config: CollectionConfig): void {
    if (this.has(name)) {
      const kind = this.#collections.has(name) ? "the collection" : "the alias";
      throw new NearvecError("COLLECTION_EXISTS", {
        what: `${kind} ${JSON.stringify(name)} already exists`,
        subject: { collection: name },
        todo: "Choose another name, or delete it first.",
      });
    }
    this.#collections.set(name, new Collection(this.core, config, this.#background, this.surroundings));
  }

  /** Deletes a collection by its own name, not by an alias, and with it its aliases. Answers whether there was one. */
  delete(name: string): boolean {
    this.#collections.get(name)?.close(`the collection ${JSON.stringify(name)} was deleted`);
    this.aliases.drop(name);
    return this.#collections.delete(name);
  }

  close(): void {
    this.#closed = true;
    for (const collection of this.#collections.values()) collection.close("the client was closed");
    for (const name of this.#collections.keys()) this.aliases.drop(name);
    this.#collections.clear();
  }
}
