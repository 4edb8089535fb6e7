import { ChangeAliasesOperation } from "../generated/validators/change-aliases-operation.ts";
import { COLLECTION_OPTIONS } from "../generated/validators/options.ts";
import { extend } from "../validation/containers.ts";
import { checkArguments, placeOf, type TypeOf } from "../validation/schema.ts";
import type { AliasAction } from "./alias-actions.ts";
import { checkCollectionName } from "./names.ts";

const REQUEST = /* @__PURE__ */ extend(ChangeAliasesOperation, COLLECTION_OPTIONS);

/** The arguments of `updateCollectionAliases`. */
export function parseAliasActions(request: unknown): AliasAction[] {
  const { actions } = checkArguments(REQUEST, request, "updateCollectionAliases");
  return actions.map((action, index) => {
    for (const [kind, names] of Object.entries(action)) {
      for (const [field, name] of Object.entries(names as Readonly<Record<string, string>>)) {
        checkCollectionName(name, placeOf("actions", index, kind, field));
      }
    }
    return actionOf(action);
  });
}

function actionOf(action: TypeOf<typeof ChangeAliasesOperation>["actions"][number]): AliasAction {
  if ("create_alias" in action) {
    const { alias_name, collection_name } = action.create_alias;
    return { kind: "create", alias: alias_name, collection: collection_name };
  }
  if ("delete_alias" in action) return { kind: "delete", alias: action.delete_alias.alias_name };
  const { old_alias_name, new_alias_name } = action.rename_alias;
  return { kind: "rename", alias: old_alias_name, to: new_alias_name };
}
