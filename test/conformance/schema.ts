/** Checks answers against Qdrant's API description, so far as that uses JSON Schema. */
import { readFileSync } from "node:fs";

interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  oneOf?: Schema[];
  type?: string;
  enum?: unknown[];
  nullable?: boolean;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  minimum?: number;
  maximum?: number;
}

const file = new URL("../../build/api/qdrant-api.json", import.meta.url);
const api = JSON.parse(readFileSync(file, "utf8")) as { components: { schemas: Record<string, Schema> } };

/** What an answer has against a schema of a name: empty if all is well. Keys that are there must be described. */
export function violations(name: string, answer: unknown): string[] {
  return check({ $ref: `#/components/schemas/${name}` }, answer, name);
}

function check(schema: Schema, value: unknown, at: string): string[] {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice("#/components/schemas/".length);
    const named = api.components.schemas[name];
    return named === undefined ? [`${at}: no schema ${name}`] : check(named, value, at);
  }
  if (value === null && schema.nullable === true) return [];
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) {
    const found = alternatives.map((each) => check(each, value, at));
    return found.some((problems) => problems.length === 0)
      ? []
      : [`${at}: fits none of ${found.length}`, ...found.flat()];
  }
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return [`${at}: ${String(value)} is not listed`];
  switch (schema.type) {
    case "object":
      return checkObject(schema, value, at);
    case "array":
      if (!Array.isArray(value)) return [`${at}: no array`];
      return value.flatMap((each, i) => check(schema.items ?? {}, each, `${at}[${i}]`));
    case "integer":
      return isWhole(value) ? checkRange(schema, value, at) : [`${at}: no integer`];
    case "number":
      return typeof value === "number" ? checkRange(schema, value, at) : [`${at}: no number`];
    case "string":
    case "boolean":
      return typeof value === schema.type ? [] : [`${at}: no ${schema.type}`];
    case undefined:
      // `{ nullable: true }` among alternatives means null only.
      return schema.nullable === true ? [`${at}: not null`] : [];
    default:
      return [`${at}: unknown type ${schema.type}`];
  }
}

function isWhole(value: unknown): value is number | bigint {
  return typeof value === "bigint" || Number.isInteger(value);
}

function checkRange({ minimum, maximum }: Schema, value: number | bigint, at: string): string[] {
  if (minimum !== undefined && value < minimum) return [`${at}: ${value} is below ${minimum}`];
  return maximum !== undefined && value > maximum ? [`${at}: ${value} is above ${maximum}`] : [];
}

function checkObject(schema: Schema, value: unknown, at: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at}: no object`];
  const {
    properties = {},
    required = [],
    additionalProperties = Object.keys(properties).length === 0,
  } = schema;
  const missing = required.filter((key) => !Object.hasOwn(value, key)).map((key) => `${at}.${key}: missing`);
  const rest = Object.entries(value).flatMap(([key, each]) => {
    const own = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    if (own === undefined || own === false) return [`${at}.${key}: not described`];
    if (each === undefined) return [`${at}.${key}: undefined`];
    return own === true ? [] : check(own, each, `${at}.${key}`);
  });
  return [...missing, ...rest];
}
