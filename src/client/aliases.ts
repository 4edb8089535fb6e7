import { NearvecError } from "../errors.ts";

/** Other names of collections. A name is an alias or a collection's, never both. */
export class Aliases {
  readonly #collections = new Map<string, string>();
  readonly isCollection: (name: string) => boolean;

  constructor(isCollection: (name: string) => boolean) {
    this.isCollection = isCollection;
  }

  /** The collection that an alias means; undefined for what is no alias. */
  get(alias: string): string | undefined {
    return this.#collections.get(alias);
  }

  /** Aliases with their collections, in the order in which they were made. */
  entries(): [alias: string, collection: string][] {
    return [...this.#collections];
  }

  set(alias: string, collection: string): void {
    this.#collections.set(alias, collection);
  }

  delete(alias: string): void {
    this.#collections.delete(alias);
  }

  /** Puts these in the place of all. */
  reset(entries: readonly (readonly [alias: string, collection: string])[]): void {
    this.#collections.clear();
    for (const [alias, collection] of entries) this.#collections.set(alias, collection);
  }

  /** Forgets the aliases of a collection that is gone. */
  drop(collection: string): void {
    for (const [alias, target] of this.#collections) {
      if (target === collection) this.#collections.delete(alias);
    }
  }
}

export function noCollection(name: string): NearvecError {
  return new NearvecError("COLLECTION_NOT_FOUND", {
    what: `there is no collection ${JSON.stringify(name)}`,
    subject: { collection: name },
    todo: "Create it first; getCollections() lists those there are.",
  });
}
