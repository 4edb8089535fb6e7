import { NearvecError, shortly } from "../errors.ts";

const LONGEST = 255;
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL and U+001F are what Qdrant forbids
const FORBIDDEN = /[<>:"/?*\\|\0\x1f]/;
const EXPECTED = `1 to ${LONGEST} characters, none of < > : " / ? * \\ |, NUL or U+001F`;

/** Qdrant's rule for names of collections, and for aliases. */
export function checkCollectionName(name: unknown, what = "collection name"): asserts name is string {
  if (typeof name !== "string") throw invalid(what, shortly(name), "a string");
  if (name === "") throw invalid(what, "an empty string", EXPECTED);
  // Characters, not UTF-16 units: counted only where the two can differ.
  if (name.length > LONGEST && [...name].length > LONGEST) {
    throw invalid(what, `${[...name].length} characters`, EXPECTED);
  }
  const forbidden = FORBIDDEN.exec(name)?.[0];
  if (forbidden !== undefined) {
    throw invalid(what, `${JSON.stringify(forbidden)} in ${shortly(name)}`, EXPECTED);
  }
}

function invalid(what: string, got: string, expected: string): NearvecError {
  return new NearvecError("INVALID_NAME", {
    what,
    got,
    expected,
    todo: "Choose another name.",
  });
}
