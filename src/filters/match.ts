import { invalidArgument, NearvecError, shortly } from "../errors.ts";
import { checkFields, checkObject, fields } from "../fields.ts";

/** What an exact match compares with. Integers are numbers where those are exact, else bigints. */
export type Scalar = string | number | bigint | boolean;

export type MatchTest =
  | { readonly kind: "value"; readonly value: Scalar }
  | { readonly kind: "any" | "except"; readonly values: ReadonlySet<Scalar> }
  | { readonly kind: "text" | "phrase" | "prefix"; readonly text: string }
  | { readonly kind: "text_any"; readonly text: string; readonly tokens: readonly string[] };

type MatchKind = MatchTest["kind"];

const KINDS: readonly MatchKind[] = ["value", "any", "except", "text", "text_any", "phrase", "prefix"];
const MATCH_FIELDS = fields(KINDS);

const LOWEST = -(2n ** 63n);
const HIGHEST = 2n ** 63n - 1n;

/** Reads `match`, which asks for exactly one thing. */
export function parseMatch(value: unknown, what: string): MatchTest {
  checkObject(value, what, "an object such as { value: … }");
  checkFields(value, what, MATCH_FIELDS);
  const given: Partial<Record<MatchKind, unknown>> = value;
  const [kind, ...more] = KINDS.filter((each) => given[each] != null);
  if (kind === undefined || more.length > 0) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what,
      got: shortly(value),
      expected: `one of ${KINDS.join(", ")}`,
      todo: "Write one condition for each.",
    });
  }
  const place = `${what}.${kind}`;
  switch (kind) {
    case "value":
      return { kind, value: parseScalar(given[kind], place) };
    case "any":
    case "except":
      return { kind, values: parseScalars(given[kind], place) };
    case "text_any": {
      const text = parseText(given[kind], place);
      // Not \s, which also takes U+FEFF, and not U+0085.
      return { kind, text, tokens: text.split(/\p{White_Space}+/u).filter((token) => token !== "") };
    }
    default:
      return { kind, text: parseText(given[kind], place) };
  }
}

function parseText(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw invalidArgument(what, value, "a string");
}

function parseScalar(value: unknown, what: string): Scalar {
  if (typeof value === "string" || typeof value === "boolean") return value;
  const integer = exactInteger(value);
  if (integer !== undefined) return integer;
  const todo = typeof value === "number" ? "Use a range for numbers with a fraction." : undefined;
  throw invalidArgument(what, value, "a string, an integer of 64 bits (signed), or a boolean", todo);
}

/** A list of strings, or one of integers; as in Qdrant 1.19 there are no lists of both, and none of booleans. */
function parseScalars(value: unknown, what: string): ReadonlySet<Scalar> {
  if (!Array.isArray(value)) throw invalidArgument(what, value, "a list of strings or of integers");
  const ofStrings = typeof value[0] === "string";
  const scalars = new Set<Scalar>();
  for (let i = 0; i < value.length; i++) {
    const each: unknown = value[i];
    const scalar = ofStrings ? (typeof each === "string" ? each : undefined) : exactInteger(each);
    if (scalar === undefined) {
      throw invalidArgument(
        `${what}[${i}]`,
        each,
        ofStrings ? "a string, as the first one is" : "a string or an integer of 64 bits (signed)",
        "Make them all strings, or all integers.",
      );
    }
    scalars.add(scalar);
  }
  return scalars;
}

/** The integer in the form in which payloads have it; undefined when it is none of 64 bits. */
function exactInteger(value: unknown): number | bigint | undefined {
  if (Number.isSafeInteger(value)) return value as number;
  const integer = typeof value === "bigint" ? value : integerOfDigits(value);
  if (integer === undefined || integer < LOWEST || integer > HIGHEST) return undefined;
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}

/** A number beyond 2^53 stands for the digits that JSON gives it, in filters as in payloads. */
function integerOfDigits(value: unknown): bigint | undefined {
  if (typeof value !== "number" || !Number.isInteger(value)) return undefined;
  const digits = String(value);
  return digits.includes("e") ? undefined : BigInt(digits);
}

/**
 * Whether a value of a payload (no array, or one inside an array) passes. No value equals one of another type.
 * Without a text index, `text` and `phrase` find a substring, and `text_any` any of its words as one, all with
 * regard to case.
 */
export function passesMatch(value: unknown, test: MatchTest): boolean {
  switch (test.kind) {
    case "value":
      return value === test.value;
    case "any":
      return test.values.has(value as Scalar);
    case "except":
      return value !== null && !test.values.has(value as Scalar);
    case "text":
    case "phrase":
      return typeof value === "string" && value.includes(test.text);
    case "prefix":
      return typeof value === "string" && value.startsWith(test.text);
    case "text_any":
      return typeof value === "string" && test.tokens.some((token) => value.includes(token));
  }
}
