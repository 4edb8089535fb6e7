import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ROOTS } from "../../build/api-additions.mjs";
import { NearvecError } from "../../src/errors.ts";
import { check, type Schema } from "../../src/validation/schema.ts";
import { conforms, definition } from "./description.ts";
import { type Part, type Path, pick, replaced, requestOf, textOf, wrongValues } from "./requests.ts";

const folder = new URL("../../src/generated/validators/", import.meta.url);
const validators = new Map<string, Schema>();
for (const file of readdirSync(folder)) {
  const module = (await import(new URL(file, folder).href)) as Record<string, Schema>;
  for (const [name, schema] of Object.entries(module)) validators.set(name, schema);
}

const RUNS = { numRuns: 100 };

function validator(name: string): Schema {
  const schema = validators.get(name);
  if (schema === undefined) throw new Error(`there is no validator ${name}`);
  return schema;
}

/** The place of what is wrong, "whole" for the request itself; undefined when nothing is. */
function refusedAt(name: string, value: unknown): string | undefined {
  try {
    check(validator(name), value, "", "whole");
    return undefined;
  } catch (error) {
    if (!(error instanceof NearvecError)) throw error;
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.details.got).toBeTruthy();
    expect(error.details.expected).toBeTruthy();
    return error.details.what;
  }
}

const startsWith = (place: string | undefined, path: Path) => place?.startsWith(textOf(path)) ?? false;
const at = (path: Path) => textOf(path) || "whole";

describe.each(ROOTS)("%s", (name) => {
  const schema = definition(name);

  test("takes what the description allows, and leaves it as it is", () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const { value } = requestOf(schema, g);
        expect(conforms(schema, value)).toBe(true);
        expect(check(validator(name), value, "", "whole")).toEqual(value);
      }),
      RUNS,
    );
  });

  test("names the place of a value that is wrong", () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const { value, parts } = requestOf(schema, g);
        const breakable = parts.filter((part) => wrongValues(part).length > 0);
        fc.pre(breakable.length > 0);
        const part = pick<Part>(g, breakable);
        const wrong = pick<unknown>(g, wrongValues(part));
        const broken = replaced(value, part.path, wrong);
        // A string where an integer was may make it a list of strings.
        fc.pre(!conforms(schema, broken));
        const place = refusedAt(name, broken);
        // Inside of an object or list that is wrong, its content may be what is wrong.
        if (typeof wrong === "object")
          expect(place).toSatisfy((each: string | undefined) => startsWith(each, part.path));
        else expect(place).toBe(at(part.path));
      }),
      RUNS,
    );
  });

  test("names the place of a field that does not exist, or is missing", () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const { value, parts } = requestOf(schema, g);
        const objects = parts.filter(({ object }) => object !== undefined);
        fc.pre(objects.length > 0);
        const { path, isChoice, object } = pick<Part>(g, objects);
        const { required = [], given = [] } = object ?? {};
        const key = pick(g, ["nonsense", ...required]);
        const broken = replaced(value, [...path, key], key === "nonsense" ? 1 : undefined);
        // Without what is missing it may still be something else.
        fc.pre(!conforms(schema, broken));
        const place = refusedAt(name, broken);
        // When what tells several objects apart is missing, none is meant, or another.
        const untold = isChoice && (key !== "nonsense" || given.length === 0);
        if (untold) expect(place).toSatisfy((each: string | undefined) => startsWith(each, path));
        else expect(place).toBe(at([...path, key]));
      }),
      RUNS,
    );
  });

  test("takes null for what is left out", () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const { value, parts } = requestOf(schema, g);
        const objects = parts.filter(({ object }) => object !== undefined);
        fc.pre(objects.length > 0);
        const { path, object } = pick<Part>(g, objects);
        const optional = object?.given.filter((key) => !object.required.includes(key)) ?? [];
        const key = pick(g, ["nonsense", ...optional]);
        const without = replaced(value, [...path, key], undefined);
        // An empty object may be meant as something else than one with a field.
        fc.pre(refusedAt(name, without) === undefined);
        expect(check(validator(name), replaced(value, [...path, key], null), "")).toEqual(without);
      }),
      RUNS,
    );
  });

  test("agrees with ajv on requests that were changed at random", () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const { value, parts } = requestOf(schema, g);
        let changed = value;
        for (let edits = g(fc.integer, { min: 1, max: 2 }); edits > 0; edits--) {
          const { path } = pick<Part>(g, parts);
          const other = pick<unknown>(g, [...ANYTHING, ...parts.map((part) => valueAt(value, part.path))]);
          if (has(changed, path)) changed = replaced(changed, path, other);
        }
        const place = refusedAt(name, changed);
        expect(place === undefined, `${JSON.stringify(changed)}: ${place}`).toBe(conforms(schema, changed));
      }),
      RUNS,
    );
  });
});

const ANYTHING = [true, 0, -1, 0.5, "x", "keyword", [], {}, ["x", 1], [1, "x"], { a: 1 }, { key: "a" }];

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Readonly<Record<string | number, unknown>>)[key],
    value,
  );
}

function has(value: unknown, path: Path): boolean {
  const holder = path.slice(0, -1).reduce<unknown>((inner, key) => {
    return typeof inner === "object" && inner !== null
      ? (inner as Record<string | number, unknown>)[key]
      : undefined;
  }, value);
  const key = path.at(-1);
  return key === undefined || (typeof holder === "object" && holder !== null && Object.hasOwn(holder, key));
}
