/**
 * Qdrant's description as ajv reads it: what validators must agree with. Where they differ from the description, and why,
 * is written here and in build/api-additions.mjs, and nowhere else:
 *
 * - Fields that it doesn't name are refused.
 * - Null counts as left out in every object.
 * - What other code checks may be anything here: ids, vectors, payloads, and in requests filters and prefetches (`OPAQUE`).
 * - `uniqueItems` is not asked for: a server reads such a list as a set.
 * - What isn't built is no field (`NOT_YET`).
 * - There are bounds and schemas that it lacks (`FIELDS`, `SCHEMAS`), and other names of fields (`ALIASES`; not here).
 * - Formats bound integers: `uint32` and `int64` by their bits, the others by what a number holds exactly.
 * - A range may have bounds of both kinds, numbers and dates: the code of ranges has better words for that.
 */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { FIELDS, NOT_YET, OPAQUE, SCHEMAS } from "../../build/api-additions.mjs";
import type { JsonSchema } from "../../build/api-schemas.mjs";

const text = readFileSync(new URL("../../build/api/qdrant-api.json", import.meta.url), "utf8");
const api = JSON.parse(text) as { components: { schemas: Record<string, JsonSchema> } };
const bound = { type: "number" };
const date = { type: "string" };
const described: Readonly<Record<string, JsonSchema>> = {
  ...api.components.schemas,
  ...SCHEMAS,
  // Any object, or one with known fields: that is any object.
  DocumentOptions: { type: "object", additionalProperties: true },
  RangeInterface: {
    type: "object",
    properties: Object.fromEntries(
      ["gt", "gte", "lt", "lte"].map((name) => [name, { anyOf: [bound, date] }]),
    ),
  },
};

/** They stand in each other: inside of one, none is left to other code. */
const OF_FILTERS = ["Condition", "Filter", "MinShould", "Nested", "NestedCondition"];
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 255],
  uint32: [0, 2 ** 32 - 1],
  int64: [-(2 ** 63), 2 ** 63 - 1024],
};

function nameOf({ $ref }: JsonSchema): string | undefined {
  return $ref?.slice($ref.lastIndexOf("/") + 1);
}

function choicesOf(schema: JsonSchema): readonly JsonSchema[] {
  const isNull = (each: JsonSchema) => each.nullable === true && Object.keys(each).length === 1;
  return (schema.anyOf ?? schema.oneOf ?? []).filter((each) => !isNull(each));
}

/** Whether other code checks it, as seen from a named schema. */
function isOpaque(schema: JsonSchema, from: string): boolean {
  const name = nameOf(schema);
  if (name === undefined) return choicesOf(schema).some((each) => isOpaque(each, from));
  if (name === from || (OF_FILTERS.includes(name) && OF_FILTERS.includes(from))) return false;
  return name in OPAQUE || choicesOf(described[name] as JsonSchema).some((each) => isOpaque(each, name));
}

function isNotYet(schema: JsonSchema): boolean {
  const all = choicesOf(schema);
  return (all.length > 0 ? all : [schema]).some((each) => NOT_YET.includes(nameOf(each) ?? ""));
}

/** What validators check, or all of it. */
type Extent = "checked" | "all";

function adapt(schema: JsonSchema, extent: Extent, from: string, field?: string): JsonSchema {
  if (extent === "checked" && isOpaque(schema, from)) return {};
  const name = nameOf(schema);
  if (name !== undefined) return { $ref: `${extent}#/definitions/${name}` };
  const choices = choicesOf(schema).map((each) => adapt(each, extent, from));
  if (choices.length > 0) return choices.length === 1 ? (choices[0] as JsonSchema) : { anyOf: choices };
  const { type, format = "", required, properties, additionalProperties, items } = schema;
  if (type === "integer" || type === "number") {
    const [least, most] = BOUNDS[format] ?? (type === "integer" ? [0, Number.MAX_SAFE_INTEGER] : []);
    const { minimum = least, maximum = most } = { ...schema, ...FIELDS[`${from}.${field}`] };
    return { type, ...(minimum !== undefined && { minimum }), ...(maximum !== undefined && { maximum }) };
  }
  if (type === "array" && items !== undefined) {
    const { minItems } = schema;
    if (extent === "checked" && isOpaque(items, from)) return {};
    return { type, items: adapt(items, extent, from), ...(minItems && { minItems }) };
  }
  if (type === "object" && properties !== undefined) {
    const built = Object.entries(properties).filter(([, each]) => !isNotYet(each));
    const fields = built.map(([key, each]) => [key, adapt(each, extent, from, key)]);
    return {
      type,
      properties: Object.fromEntries(fields),
      additionalProperties: false,
      ...(required && { required }),
    };
  }
  if (type === "object" && typeof additionalProperties === "object") {
    return { type, additionalProperties: adapt(additionalProperties, extent, from) };
  }
  const { enum: words, minLength } = schema;
  return { ...(type && { type }), ...(words && { enum: words }), ...(minLength && { minLength }) };
}

const definitionsTo = (extent: Extent): Readonly<Record<string, JsonSchema>> =>
  Object.fromEntries(Object.entries(described).map(([name, schema]) => [name, adapt(schema, extent, name)]));

const definitions = { checked: definitionsTo("checked"), all: definitionsTo("all") };

export function definition(name: string, extent: Extent = "checked"): JsonSchema {
  return definitions[extent][name] as JsonSchema;
}

/** What a reference stands for. */
export function resolve(schema: JsonSchema): JsonSchema {
  const name = nameOf(schema);
  if (name === undefined) return schema;
  return resolve(definition(name, schema.$ref?.startsWith("all#") ? "all" : "checked"));
}

const ajv = new Ajv({ strict: false })
  .addSchema({ $id: "checked", definitions: definitions.checked })
  .addSchema({ $id: "all", definitions: definitions.all });
const compiled = new Map<string, (value: unknown) => boolean>();

/** Whether ajv takes a value, which has no nulls. */
export function conforms(schema: JsonSchema, value: unknown): boolean {
  const key = JSON.stringify(schema);
  const validate = compiled.get(key) ?? ajv.compile(schema);
  compiled.set(key, validate);
  return validate(value);
}
