import { shortly } from "../errors.ts";
import { isObject, type ObjectSchema } from "./containers.ts";
import { enter, refusal, type Schema, type TypeOf } from "./schema.ts";

/** One of several objects, by the word in their field `type`. */
export function typed<const S extends Readonly<Record<string, ObjectSchema>>>(
  schemas: S,
): Schema<TypeOf<S[keyof S]>> {
  const words = Object.keys(schemas);
  const expected = "an object with a type";
  return {
    expected,
    takes: isObject,
    read(value, at, key) {
      if (!isObject(value)) throw refusal(at, key, shortly(value), expected);
      const { type } = value;
      const schema = words.includes(type as string) ? schemas[type as string] : undefined;
      if (schema !== undefined) return schema.read(value, at, key) as TypeOf<S[keyof S]>;
      const list = words.map((word) => `"${word}"`).join(", ");
      throw refusal(enter(at, key), "type", shortly(type), `one of ${list}`);
    },
  };
}
