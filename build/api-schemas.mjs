// The schemas of requests in build/api/qdrant-api.json, with what api-additions.mjs adds: by name, as choices, and in groups.
import { readFile } from "node:fs/promises";
import { OPAQUE, ROOTS, SCHEMAS } from "./api-additions.mjs";

/**
 * What the description uses of JSON Schema.
 *
 * @typedef {{
 *   $ref?: string, type?: string, format?: string, enum?: string[], nullable?: boolean,
 *   minimum?: number, maximum?: number, minLength?: number, minItems?: number, items?: JsonSchema,
 *   properties?: Record<string, JsonSchema>, required?: string[], additionalProperties?: boolean | JsonSchema,
 *   anyOf?: JsonSchema[], oneOf?: JsonSchema[],
 * }} JsonSchema
 */

export const api = JSON.parse(await readFile(new URL("./api/qdrant-api.json", import.meta.url), "utf8"));

/** @type {Readonly<Record<string, JsonSchema>>} */
export const schemas = { ...api.components.schemas, ...SCHEMAS };

/** @param {string} name */
export function schemaOf(name) {
  const schema = schemas[name];
  if (!schema) throw new Error(`the description has no schema ${name}`);
  return schema;
}

/** @param {JsonSchema} schema */
export const nameOf = (schema) => schema.$ref?.split("/").at(-1);

/** @param {JsonSchema} schema */
export function resolved(schema) {
  const name = nameOf(schema);
  return name === undefined ? schema : schemaOf(name);
}

/**
 * What a value may be, but for null, which counts as left out everywhere.
 *
 * @param {JsonSchema} schema
 * @returns {JsonSchema[]}
 */
export function choices(schema) {
  const list = schema.anyOf ?? schema.oneOf;
  return list?.filter((each) => !(each.nullable && Object.keys(each).length === 1)) ?? [schema];
}

/**
 * The names of the schemas in a schema.
 *
 * @param {unknown} part
 * @returns {string[]}
 */
export function namesIn(part) {
  if (typeof part !== "object" || part === null) return [];
  if ("$ref" in part) return [nameOf(/** @type {JsonSchema} */ (part)) ?? ""];
  return Object.values(part).flatMap(namesIn);
}

/**
 * The schemas that the roots need: in groups of those that stand in each other, a group after those that it needs
 * (Tarjan's algorithm).
 */
function groupsFromRoots() {
  /** @type {string[][]} */
  const groups = [];
  /** @type {Map<string, number>} */
  const numbers = new Map();
  /** @type {string[]} */
  const open = [];

  /** @param {string} name */
  function visit(name) {
    const number = numbers.size;
    numbers.set(name, number);
    open.push(name);
    let lowest = number;
    for (const next of namesIn(schemaOf(name))) {
      if (!numbers.has(next)) lowest = Math.min(lowest, visit(next));
      else if (open.includes(next)) lowest = Math.min(lowest, numbers.get(next) ?? number);
    }
    if (lowest === number) groups.push(open.splice(open.indexOf(name)));
    return lowest;
  }

  for (const root of ROOTS) if (!numbers.has(root)) visit(root);
  return groups;
}

export const groups = groupsFromRoots();
const groupOf = new Map(groups.flatMap((group) => group.map((name) => [name, group])));

/** @param {string} name */
export const groupWith = (name) => groupOf.get(name) ?? [name];

/**
 * What an error says where a schema is missing that other code checks; undefined for one that validators check. Seen from
 * another schema: a filter checks the filters in it. A choice is checked where the part of it is that needs other code.
 *
 * @param {JsonSchema} schema
 * @param {string} from
 * @returns {string | undefined}
 */
export function opaqueText(schema, from) {
  const name = nameOf(schema);
  if (name !== undefined && groupWith(name) === groupOf.get(from)) return undefined;
  if (name !== undefined && OPAQUE[name] !== undefined) return OPAQUE[name];
  const inner = resolved(schema);
  const list = (inner.anyOf ?? inner.oneOf) ? choices(inner) : [];
  return list.map((each) => opaqueText(each, name ?? from)).find((text) => text !== undefined);
}
