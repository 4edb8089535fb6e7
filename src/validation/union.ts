import { shortly } from "../errors.ts";
import { refusal, type Schema, type TypeOf } from "./schema.ts";

/** One of several schemas that the type of the value tells apart. */
export function union<const S extends readonly Schema[]>(...schemas: S): Schema<TypeOf<S[number]>> {
  return {
    // Made when it is asked for: a part may be a schema that stands in itself.
    get expected() {
      return schemas.map(({ expected }) => expected).join(", or ");
    },
    takes: (value) => schemas.some((each) => each.takes(value)),
    read(value, at, key) {
      let meant: Schema | undefined;
      for (const each of schemas) {
        if (each.takes(value)) return each.read(value, at, key) as TypeOf<S[number]>;
        // A list is told by its first item, and is meant as a list even if that is wrong.
        if (Array.isArray(value) && each.takes([])) meant ??= each;
      }
      if (meant !== undefined) return meant.read(value, at, key) as TypeOf<S[number]>;
      throw refusal(at, key, shortly(value), this.expected);
    },
  };
}
