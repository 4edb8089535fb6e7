/**
 * What the validators that build/validators.mjs generates are made of. They are plain values, made when their module is
 * loaded: nothing is compiled at run time, which edge runtimes forbid. Here are the leaves that most requests have; what
 * holds others is in containers.ts, choices are in union.ts and variants.ts, and what only parts need that are loaded on demand is in
 * files of its own.
 */
import { type ErrorSubject, NearvecError, notSupported, shortly } from "../errors.ts";

/** What a part of a request must be. `T` is what it is read as. */
export interface Schema<T = unknown> {
  /** For messages: "an integer of at least 1". */
  readonly expected: string;
  /** Whether a value is meant to be this, right or wrong inside: what a union chooses by. */
  takes(value: unknown): boolean;
  /**
   * The value for the engine's use. Objects and lists are copies, without what is null or undefined: what a getter of
   * the caller's answers is what was checked. What is checked elsewhere (`opaque`) is as it was given. `key` is the
   * value's key in `at`; a request as a whole has none.
   *
   * @throws {NearvecError} `INVALID_ARGUMENT`, `NOT_SUPPORTED`
   */
  read(value: unknown, at: Place, key?: Key): T;
}

export type TypeOf<S> = S extends Schema<infer T> ? T : never;

/** Where something stands that holds values: a place is written out only when an error has to say it. */
export interface Place {
  readonly root: {
    /** The place in the request of what is checked, "" for the request itself: "operations[0].upsert". */
    readonly part: string;
    /** What it is called where it has no place: "query's arguments". */
    readonly whole: string;
  };
  readonly around?: { readonly place: Place; readonly key: Key };
  readonly depth: number;
}

export type Key = string | number;

/** Reads a part of a request; `whole` is what to call it where it has no place of its own. */
export function check<T>(schema: Schema<T>, value: unknown, part: string, whole = part): T {
  return schema.read(value, { root: { part, whole }, depth: 0 });
}

/** Reads the arguments of a method. */
export function checkArguments<T>(schema: Schema<T>, value: unknown, method: string): T {
  return check(schema, value, "", `${method}'s arguments`);
}

/** The place of something, for those who read what it holds. */
export function enter(place: Place, key: Key | undefined): Place {
  return key === undefined ? place : { root: place.root, around: { place, key }, depth: place.depth + 1 };
}

const SIMPLE = /^[\w$]+$/;

function textOf({ root, around }: Place, key: Key | undefined): string {
  const before = around === undefined ? root.part : textOf(around.place, around.key);
  return key === undefined ? before || root.whole : below(before, key);
}

function below(before: string, key: Key): string {
  if (typeof key === "number") return `${before}[${key}]`;
  if (!SIMPLE.test(key)) return `${before}[${JSON.stringify(key)}]`;
  return before === "" ? key : `${before}.${key}`;
}

/** A place in a request that was read, for those who look at it further. */
export function placeOf(...keys: readonly Key[]): string {
  return keys.reduce<string>(below, "");
}

/** Puts the place of a part of the request in front of what is wrong in it. */
export function within<T>(place: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof NearvecError)) throw error;
    const { code, details } = error;
    throw new NearvecError(code, { ...details, what: `${place}: ${details.what}` }, { cause: error });
  }
}

/** `got` is what came, in words. */
export function refusal(
  at: Place,
  key: Key | undefined,
  got: string,
  expected: string,
  todo?: string,
  subject?: ErrorSubject,
): NearvecError {
  return new NearvecError("INVALID_ARGUMENT", { what: textOf(at, key), got, expected, todo, subject });
}

/** What an object may not have. */
export function unknownField(what: string, names: readonly string[]): NearvecError {
  const [got, expected] = ["an unknown field", `one of ${names.join(", ")}`];
  return new NearvecError("INVALID_ARGUMENT", { what, got, expected, todo: "Check its spelling." });
}

/** A value that is looked at as a whole. */
export function leaf<T>(
  expected: string,
  takes: (value: unknown) => value is T,
  todo?: string,
  subject?: (value: unknown) => ErrorSubject | undefined,
): Schema<T> {
  return {
    expected,
    takes,
    read(value, at, key) {
      if (takes(value)) return value;
      throw refusal(at, key, shortly(value), expected, todo, subject?.(value));
    },
  };
}

/** What is checked elsewhere: while it is copied, or by code that is loaded with the first request that has it. */
export function opaque(expected: string): Schema<unknown> {
  return leaf(expected, (value): value is unknown => value != null);
}

export const BOOLEAN = /* @__PURE__ */ leaf("true or false", (value) => typeof value === "boolean");

/** A text of at least so many characters. */
export function string(least = 0): Schema<string> {
  const expected = least === 0 ? "a string" : "a string that is not empty";
  return leaf(expected, (value): value is string => typeof value === "string" && value.length >= least);
}

/** One of a few words, which are given with spaces between them. */
export function oneOf<const T extends string>(words: T): Schema<Words<T>> {
  const list: readonly unknown[] = words.split(" ");
  const quoted = list.map((word) => `"${word}"`).join(", ");
  const expected = list.length === 1 ? quoted : `one of ${quoted}`;
  return leaf(expected, (value): value is Words<T> => list.includes(value));
}

type Words<T extends string> = T extends `${infer First} ${infer Rest}` ? First | Words<Rest> : T;

/** A whole number that is exact as a number. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER, todo?: string): Schema<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  const takes = (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  const outside = (value: unknown): ErrorSubject | undefined =>
    typeof value === "bigint" || Number.isInteger(value)
      ? { range: { got: value as number | bigint, least, most } }
      : undefined;
  return leaf(`an integer ${range}`, takes, todo, outside);
}

/** A finite number. A bigint stands for the number that is closest to it. */
export function number(least = -Infinity, most = Infinity): Schema<number> {
  const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
  const isNumber = (value: unknown): value is number | bigint =>
    (typeof value === "number" || typeof value === "bigint") && Number.isFinite(Number(value));
  const { expected, takes, read } = leaf(
    least === -Infinity ? "a finite number" : `a number ${range}`,
    (value): value is number | bigint => isNumber(value) && value >= least && value <= most,
    undefined,
    (value) => (isNumber(value) ? { range: { got: value, least, most, isReal: true } } : undefined),
  );
  return { expected, takes, read: (value, at, key) => Number(read(value, at, key)) };
}

/** As the `expected` of a field: it is not named to those who look for one. */
export const NOT_YET = "";

/** A part of Qdrant's API that isn't built. `harmless` are the values that ask for nothing but what nearvec does anyway. */
export function notYet<const T extends readonly unknown[]>(...harmless: T): Schema<T[number]> {
  return {
    expected: NOT_YET,
    takes: () => true,
    read(value, at, key) {
      if (harmless.includes(value)) return value;
      throw notSupported(`${textOf(at, key)} (${shortly(value)})`);
    },
  };
}
