import { isObject, map, type ObjectSchema } from "./containers.ts";
import type { Schema } from "./schema.ts";

/** One object, or a map from names to such objects. A name may well be that of a field: `{ size: { size: 4, … } }`. */
export function oneOrNamed<T>(schema: ObjectSchema & Schema<T>): Schema<T | Readonly<Record<string, T>>> {
  const one: Schema<T> = schema;
  const named = map(one);
  const required = Object.keys(schema.required);
  return {
    expected: `${schema.expected}, or a map from names to such objects`,
    takes: isObject,
    read(value, at, key) {
      const isOne = isObject(value) && required.some((name) => value[name] != null && !isObject(value[name]));
      return (isOne ? one : named).read(value, at, key);
    },
  };
}
