/** Requests that the description allows, and places in them where something can be made wrong. */
import fc from "fast-check";
import type { JsonSchema } from "../../build/api-schemas.mjs";
import { conforms, resolve } from "./description.ts";

export type Path = readonly (string | number)[];

/** A part of a request. */
export interface Part {
  readonly path: Path;
  /** Everything that it may be. */
  readonly schema: JsonSchema;
  /** Of an object with known fields: those that it must have, and those that it has. */
  readonly object?: { readonly required: readonly string[]; readonly given: readonly string[] };
  /** Whether it is one of several that it may be. */
  readonly isChoice: boolean;
}

export interface Request {
  readonly value: unknown;
  readonly parts: readonly Part[];
}

export type Generate = fc.GeneratorValue;

/** One of a list. */
export function pick<T>(g: Generate, list: readonly T[]): T {
  return list[g(fc.integer, { min: 0, max: list.length - 1 })] as T;
}

const STRINGS = ["", "a", "a.b", "2024-02-29T12:00:00Z", "auto", "random", "é", "x y"];
// None is a field's: `{ size: 1, image: … }` may be one vector or several, wrong in either case.
const NAMES = ["a", "image", "a b", "constructor", ""];
const ANYTHING = [true, 0, 1.5, "x", [], [1], {}, { a: { b: [1] } }];

/** A request of that schema; objects in it are at most so deep that they end. */
export function requestOf(schema: JsonSchema, g: Generate, depth = 5): Request {
  const parts: Part[] = [];
  const value = build(schema, g, depth, [], parts);
  return { value, parts };
}

function build(
  schema: JsonSchema,
  g: Generate,
  depth: number,
  path: Path,
  parts: Part[],
  choice?: JsonSchema,
): unknown {
  const inner = resolve(schema);
  if (inner.anyOf !== undefined) {
    if (choice === undefined) parts.push({ path, schema, isChoice: true });
    const endless = depth > 0 ? [] : inner.anyOf.filter((each) => isDeep(each));
    const choices = inner.anyOf.filter((each) => !endless.includes(each));
    const chosen = pick(g, choices.length > 0 ? choices : inner.anyOf);
    return build(chosen, g, depth, path, parts, choice ?? schema);
  }
  const { type, properties, required = [], additionalProperties, items, enum: words, minItems = 0 } = inner;
  if (type === "object" && properties !== undefined) {
    const names = Object.keys(properties).filter(
      (name) => required.includes(name) || (depth > 0 && g(fc.integer, { min: 0, max: 3 }) === 0),
    );
    const object = { required, given: names };
    parts.push({ path, schema: choice ?? schema, isChoice: choice !== undefined, object });
    const fields = names.map((name) => {
      const field = properties[name] as JsonSchema;
      return [name, build(field, g, depth - 1, [...path, name], parts)];
    });
    return Object.fromEntries(fields);
  }
  if (choice === undefined) parts.push({ path, schema, isChoice: false });
  if (words !== undefined) return pick(g, words);
  switch (type) {
    case undefined:
      return pick<unknown>(g, ANYTHING);
    case "boolean":
      return g(fc.boolean);
    case "string":
      return pick(
        g,
        STRINGS.filter((text) => text.length >= (inner.minLength ?? 0)),
      );
    case "integer":
      return integerOf(inner, g);
    case "number":
      return numberOf(inner, g);
    case "array": {
      const length = depth > 0 ? g(fc.integer, { min: minItems, max: 3 }) : minItems;
      return Array.from({ length }, (_, index) => build(items ?? {}, g, depth - 1, [...path, index], parts));
    }
    case "object": {
      if (typeof additionalProperties !== "object") return pick<unknown>(g, [{}, { a: 1, b: { c: [] } }]);
      const names = depth > 0 ? NAMES.filter(() => g(fc.integer, { min: 0, max: 3 }) === 0) : [];
      return Object.fromEntries(
        names.map((name) => [name, build(additionalProperties, g, depth - 1, [...path, name], parts)]),
      );
    }
    default:
      throw new Error(`a ${type}?`);
  }
}

/** Whether it has objects or lists in it at all. */
function isDeep(schema: JsonSchema): boolean {
  const { type, anyOf } = resolve(schema);
  return type === "object" || type === "array" || anyOf !== undefined;
}

function integerOf({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: JsonSchema, g: Generate): number {
  const near = { min: minimum, max: Math.min(maximum, minimum + 100) };
  return g(fc.boolean) ? pick(g, [minimum, maximum]) : g(fc.integer, near);
}

function numberOf({ minimum = -1e9, maximum = 1e9 }: JsonSchema, g: Generate): number {
  return g(fc.double, { min: minimum, max: maximum, noNaN: true });
}

const WRONG = [true, -1, 0.25, 2 ** 60, "no such word", "", [], [true], {}, { nonsense: 1 }];

/** Values that may not stand in the place of a part. */
export function wrongValues({ schema }: Part): readonly unknown[] {
  return WRONG.filter((value) => !conforms(schema, value));
}

/** A copy of a request with something else in one place; `undefined` takes out what is there. */
export function replaced(request: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(request)) {
    return request.map((item, index) => (index === key ? replaced(item, rest, value) : (item as unknown)));
  }
  const object = request as Readonly<Record<string, unknown>>;
  const changed = replaced(object[key], rest, value);
  const { [key]: _, ...others } = object;
  return changed === undefined ? others : { ...object, [key]: changed };
}

export function textOf(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    if (!/^[\w$]+$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}
