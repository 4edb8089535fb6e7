import { NearvecError, shortly } from "../errors.ts";

const LONGEST = 255;
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL and U+001F are what Qdrant forbids
const FORBIDDEN = /[<>:"/?*\\|\0\x1f]/;
const EXPECTED = `1 to ${LONGEST} characters, none of < > : " / ? * \\ |, NUL or U+001F`;

/** Qdrant's rule for names of collections. */
export function checkCollectionName(name: unknown): asserts name is string {
  if (typeof name !== "string") throw invalid(shortly(name), "a string");
  if (name === "") throw invalid("an empty string", EXPECTED);
  // Characters, not UTF-16 units: counted only where the two can differ.
  if (name.length > LONGEST && [...name].length > LONGEST) {
    throw invalid(`${[...name].length} characters`, EXPECTED);
  }
  const forbidden = FORBIDDEN.exec(name)?.[0];
  if (forbidden !== undefined) throw invalid(`${JSON.stringify(forbidden)} in ${shortly(name)}`, EXPECTED);
}

function invalid(got: string, expected: string): NearvecError {
  return new NearvecError("INVALID_NAME", {
    what: "collection name",
    got,
    expected,
    todo: "Choose another name.",
  });
}
