import { shortly } from "../errors.ts";
import { enter, leaf, NOT_YET, type Place, refusal, type Schema, type TypeOf } from "./schema.ts";

export type Fields = Readonly<Record<string, Schema>>;

type ReadFields<R extends Fields, O extends Fields> = {
  readonly [K in keyof R]: TypeOf<R[K]>;
} & { readonly [K in keyof O]?: TypeOf<O[K]> };

/** An object with known fields. Null and undefined count as left out. */
export interface ObjectSchema<R extends Fields = Fields, O extends Fields = Fields>
  extends Schema<ReadFields<R, O>> {
  readonly required: R;
  readonly optional: O;
  /** Names that stand for other fields. */
  readonly aliases: Readonly<Record<string, string>>;
}

export function object<R extends Fields, O extends Fields>(
  required: R,
  optional: O,
  aliases: Readonly<Record<string, string>> = {},
): ObjectSchema<R, O> {
  // A map, for which `__proto__` and `constructor` are names like others.
  const fields = new Map<string, Schema>(Object.entries({ ...required, ...optional }));
  const needed = Object.keys(required);
  const expected = needed.length === 0 ? "an object" : `an object with ${needed.join(" and ")}`;
  return {
    required,
    optional,
    aliases,
    expected,
    takes: isObject,
    read(value, at, key) {
      if (!isObject(value)) throw refusal(at, key, shortly(value), expected);
      const here = enter(at, key);
      const result = copyOf(value, fields);
      for (const name in result) {
        const given = result[name];
        const schema = fields.get(name);
        if (given == null) delete result[name];
        else if (schema === undefined) resolve(name, given, result, here);
        else {
          const read = schema.read(given, here, name);
          if (read !== given) result[name] = read;
        }
      }
      for (const name of needed) {
        if (result[name] === undefined) {
          throw refusal(here, name, shortly(value[name]), (required[name] as Schema).expected);
        }
      }
      return result as ReadFields<R, O>;
    },
  };

  /** Reads a field by its other name. */
  function resolve(alias: string, given: unknown, result: Record<string, unknown>, here: Place): void {
    const name = Object.hasOwn(aliases, alias) ? (aliases[alias] as string) : undefined;
    if (name === undefined) {
      const names = [...fields].filter(([, { expected }]) => expected !== NOT_YET).map(([each]) => each);
      throw refusal(here, alias, "an unknown field", `one of ${names.join(", ")}`, "Check its spelling.");
    }
    if (result[name] != null) {
      throw refusal(here, name, `both \`${name}\` and \`${alias}\``, "one of the two", "They mean the same.");
    }
    delete result[alias];
    result[name] = (fields.get(name) as Schema).read(given, here, alias);
  }
}

/** An object with further fields, or others in the place of its optional ones. */
export function extend<R extends Fields, O extends Fields, const More extends Fields>(
  { required, optional, aliases }: ObjectSchema<R, O>,
  more: More,
): ObjectSchema<R, Omit<O, keyof More> & More> {
  return object(required, { ...optional, ...more }, aliases);
}

/** An object that isn't of a kind of its own, as lists, dates and maps are: what those hold would be overlooked. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" &&
    value !== null &&
    (isPlain(value) || Object.prototype.toString.call(value) === "[object Object]")
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A class may have fields as getters, which are not among its instances' own. */
function copyOf(
  value: Readonly<Record<string, unknown>>,
  fields: ReadonlyMap<string, Schema>,
): Record<string, unknown> {
  if (isPlain(value)) return { ...value };
  return { ...value, ...Object.fromEntries([...fields.keys()].map((name) => [name, value[name]])) };
}

/** Any object; what is in it is read elsewhere. */
export const RECORD = /* @__PURE__ */ leaf("an object", isObject);

/** An object whose keys are the caller's, such as names of vectors. */
export function map<T>(values: Schema<T>): Schema<Readonly<Record<string, T>>> {
  return {
    expected: "an object",
    takes: isObject,
    read(value, at, key) {
      if (!isObject(value)) throw refusal(at, key, shortly(value), "an object");
      const here = enter(at, key);
      // Not by assignment: `__proto__` is a name like others.
      return Object.fromEntries(
        Object.entries(value).map(([name, each]) => [name, values.read(each, here, name)]),
      );
    },
  };
}

/** A list; a typed array is a list of numbers. */
export function array<T>(items: Schema<T>, least = 0): Schema<readonly T[]> {
  const expected = least === 0 ? "a list" : "a list that is not empty";
  return {
    expected,
    // The first item tells a list of strings from one of integers.
    takes: (value) => isList(value) && (value.length === 0 || items.takes(value[0])),
    read(value, at, key) {
      if (!isList(value) || value.length < least) throw refusal(at, key, shortly(value), expected);
      const here = enter(at, key);
      // Not map(), which leaves holes as they are.
      return Array.from(value, (item, index) => items.read(item, here, index));
    },
  };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
