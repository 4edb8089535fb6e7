import { invalidArgument } from "../errors.ts";
import { checkFields, checkObject, checkRequest, fields, type Given } from "../fields.ts";
import type { AliasAction } from "./aliases.ts";
import { checkCollectionName } from "./names.ts";
import { checkTimeout } from "./validate-options.ts";

const CHANGE_FIELDS = fields(["actions", "timeout"]);
const ACTIONS = fields(["create_alias", "delete_alias", "rename_alias"]);
const CREATE_FIELDS = fields(["alias_name", "collection_name"]);
const DELETE_FIELDS = fields(["alias_name"]);
const RENAME_FIELDS = fields(["old_alias_name", "new_alias_name"]);

const EXPECTED = "an object with one of create_alias, delete_alias, rename_alias";

/** The arguments of `updateCollectionAliases`. */
export function parseAliasActions(request: unknown): AliasAction[] {
  const given = checkRequest(request, "updateCollectionAliases", CHANGE_FIELDS);
  checkTimeout(given.timeout);
  const { actions } = given;
  if (!Array.isArray(actions)) throw invalidArgument("actions", actions, "a list of actions");
  return Array.from(actions, (action: unknown, index) => parseAction(action, `actions[${index}]`));
}

function parseAction(action: unknown, what: string): AliasAction {
  checkObject(action, what, EXPECTED);
  checkFields(action, what, ACTIONS);
  const [name, ...more] = Object.keys(action);
  const given = more.length === 0 && name !== undefined ? (action as Given)[name] : undefined;
  const place = `${what}.${name}`;
  switch (given === undefined ? undefined : name) {
    case "create_alias": {
      const read = names(given, place, CREATE_FIELDS);
      return { kind: "create", alias: read("alias_name"), collection: read("collection_name") };
    }
    case "delete_alias":
      return { kind: "delete", alias: names(given, place, DELETE_FIELDS)("alias_name") };
    case "rename_alias": {
      const read = names(given, place, RENAME_FIELDS);
      return { kind: "rename", alias: read("old_alias_name"), to: read("new_alias_name") };
    }
    default:
      throw invalidArgument(what, action, EXPECTED);
  }
}

/** Reads the fields of an action, all of which are names. */
function names(given: unknown, place: string, allowed: typeof CREATE_FIELDS): (field: string) => string {
  checkObject(given, place);
  checkFields(given, place, allowed);
  return (field) => {
    const name = (given as Given)[field];
    checkCollectionName(name, `${place}.${field}`);
    return name;
  };
}
