import { refusal, type Schema } from "./schema.ts";

/** Further down a request most likely contains itself. */
const DEEPEST = 1000;

/** A schema that stands in itself, or is made further down in its module. */
export function later<T>(schema: () => Schema<T>): Schema<T> {
  return {
    get expected() {
      return schema().expected;
    },
    takes: (value) => schema().takes(value),
    read(value, at, key) {
      if (at.depth < DEEPEST) return schema().read(value, at, key);
      throw refusal(
        // The place's text would be as long as the request is deep.
        { root: at.root, depth: 0 },
        undefined,
        `objects inside objects, more than ${DEEPEST} deep`,
        "fewer",
        "Check that none contains itself.",
      );
    },
  };
}
