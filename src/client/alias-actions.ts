import { NearvecError } from "../errors.ts";
import { type Aliases, noCollection } from "./aliases.ts";
import type { Collections } from "./collections.ts";
import { parseAliasActions } from "./validate-aliases.ts";

/** One step of `updateCollectionAliases`, with names that were checked. */
export type AliasAction =
  | { readonly kind: "create"; readonly alias: string; readonly collection: string }
  | { readonly kind: "delete"; readonly alias: string }
  | { readonly kind: "rename"; readonly alias: string; readonly to: string };

/** Applies the actions of a request in their order; when one fails, those before it stay. */
export async function changeAliases(
  { aliases, keeper }: Pick<Collections, "aliases" | "keeper">,
  request: unknown,
): Promise<true> {
  const actions = parseAliasActions(request);
  const change = () => {
    for (const action of actions) apply(aliases, action);
  };
  if (keeper === undefined) change();
  else await keeper.changeAliases(change);
  return true;
}

/** @throws {NearvecError} `COLLECTION_NOT_FOUND`, `COLLECTION_EXISTS`, `ALIAS_NOT_FOUND`; nothing changed */
function apply(aliases: Aliases, action: AliasAction): void {
  switch (action.kind) {
    case "create":
      if (!aliases.isCollection(action.collection)) throw noCollection(action.collection);
      checkFree(aliases, action.alias);
      aliases.set(action.alias, action.collection);
      return;
    case "delete":
      aliases.delete(action.alias);
      return;
    case "rename": {
      const collection = aliases.get(action.alias);
      if (collection === undefined) throw noAlias(action.alias);
      checkFree(aliases, action.to);
      aliases.delete(action.alias);
      aliases.set(action.to, collection);
    }
  }
}

function checkFree(aliases: Aliases, alias: string): void {
  if (!aliases.isCollection(alias)) return;
  throw new NearvecError("COLLECTION_EXISTS", {
    what: `there is a collection with the name ${JSON.stringify(alias)}`,
    subject: { collection: alias },
    todo: "Choose another alias, or delete the collection first.",
  });
}

function noAlias(name: string): NearvecError {
  return new NearvecError("ALIAS_NOT_FOUND", {
    what: `there is no alias ${JSON.stringify(name)}`,
    subject: { alias: name },
    todo: "Create it first; getAliases() lists those there are.",
  });
}
