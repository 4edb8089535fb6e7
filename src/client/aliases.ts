import { NearvecError } from "../errors.ts";

/** One step of `updateCollectionAliases`, with names that were checked. */
export type AliasAction =
  | { readonly kind: "create"; readonly alias: string; readonly collection: string }
  | { readonly kind: "delete"; readonly alias: string }
  | { readonly kind: "rename"; readonly alias: string; readonly to: string };

/** Other names of collections. A name is an alias or a collection's, never both. */
export class Aliases {
  readonly #collections = new Map<string, string>();
  readonly #isCollection: (name: string) => boolean;

  constructor(isCollection: (name: string) => boolean) {
    this.#isCollection = isCollection;
  }

  /** The collection that an alias means; undefined for what is no alias. */
  get(alias: string): string | undefined {
    return this.#collections.get(alias);
  }

  /** Aliases with their collections, in the order in which they were made. */
  entries(): [alias: string, collection: string][] {
    return [...this.#collections];
  }

  /** @throws {NearvecError} `COLLECTION_NOT_FOUND`, `COLLECTION_EXISTS`, `ALIAS_NOT_FOUND`; nothing changed */
  apply(action: AliasAction): void {
    switch (action.kind) {
      case "create":
        if (!this.#isCollection(action.collection)) throw noCollection(action.collection);
        this.#checkFree(action.alias);
        this.#collections.set(action.alias, action.collection);
        return;
      case "delete":
        this.#collections.delete(action.alias);
        return;
      case "rename": {
        const collection = this.#collections.get(action.alias);
        if (collection === undefined) throw noAlias(action.alias);
        this.#checkFree(action.to);
        this.#collections.delete(action.alias);
        this.#collections.set(action.to, collection);
      }
    }
  }

  /** Forgets the aliases of a collection that is gone. */
  drop(collection: string): void {
    for (const [alias, target] of this.#collections) {
      if (target === collection) this.#collections.delete(alias);
    }
  }

  #checkFree(alias: string): void {
    if (!this.#isCollection(alias)) return;
    throw new NearvecError("COLLECTION_EXISTS", {
      what: `there is a collection with the name ${JSON.stringify(alias)}`,
      todo: "Choose another alias, or delete the collection first.",
    });
  }
}

export function noCollection(name: string): NearvecError {
  return new NearvecError("COLLECTION_NOT_FOUND", {
    what: `there is no collection ${JSON.stringify(name)}`,
    todo: "Create it first; getCollections() lists those there are.",
  });
}

function noAlias(name: string): NearvecError {
  return new NearvecError("ALIAS_NOT_FOUND", {
    what: `there is no alias ${JSON.stringify(name)}`,
    todo: "Create it first; getAliases() lists those there are.",
  });
}
