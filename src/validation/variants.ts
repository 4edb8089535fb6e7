import { shortly } from "../errors.ts";
import { isObject, type ObjectSchema } from "./containers.ts";
import { refusal, type Schema, type TypeOf } from "./schema.ts";

/**
 * One of several objects, which their required fields tell apart. One that has none is meant by its optional fields, and
 * by an empty object.
 */
export function variants<const S extends readonly ObjectSchema[]>(...schemas: S): Schema<TypeOf<S[number]>> {
  const all = schemas.map((schema) => {
    const fields = new Set([...Object.keys(schema.required), ...Object.keys(schema.optional)]);
    const required = Object.keys(schema.required);
    return {
      schema,
      fields,
      isFree: required.length === 0,
      tags: required.length > 0 ? required : [...fields],
    };
  });
  const tags = [...new Set(all.flatMap((each) => each.tags))];
  const expected = `an object with ${tags.length > 1 ? "one of " : ""}${tags.join(", ")}`;
  return {
    expected,
    takes: isObject,
    read(value, at, key) {
      if (!isObject(value)) throw refusal(at, key, shortly(value), expected);
      const has = (name: string) => value[name] != null;
      const given = Object.keys(value).filter(has);
      let meant = all.filter((each) => !each.isFree && each.tags.every(has));
      const isWhole = meant.length > 0;
      if (!isWhole) meant = all.filter((each) => !each.isFree && each.tags.some(has));
      if (meant.length === 0) {
        meant = all.filter((each) => each.isFree && (given.length === 0 || each.tags.some(has)));
      }
      if (meant.length > 1) {
        // `{ key, is_null }` has what two conditions need, but is foreign to one of them.
        const foreign = ({ fields }: (typeof all)[number]) =>
          given.filter((name) => !fields.has(name)).length;
        const fewest = Math.min(...meant.map(foreign));
        meant = meant.filter((each) => foreign(each) === fewest);
      }
      const [only, another] = meant;
      if (only !== undefined && another === undefined) {
        return only.schema.read(value, at, key) as TypeOf<S[number]>;
      }
      throw refusal(at, key, shortly(value), expected, isWhole ? "Give only one of them." : undefined);
    },
  };
}
