import { invalidArgument, NearvecError, notSupported, shortly } from "./errors.ts";

/**
 * What may stand in an object of a request: `true` for a field that is read, else the values of a field that
 * is not supported yet which ask for nothing beyond what nearvec does anyway (null and undefined always do).
 */
export type Fields = ReadonlyMap<string, true | readonly unknown[]>;

export function fields(
  supported: readonly string[],
  notYet: Record<string, readonly unknown[]> = {},
): Fields {
  return new Map<string, true | readonly unknown[]>([
    ...supported.map((name) => [name, true] as const),
    ...Object.entries(notYet),
  ]);
}

/** An object of a request, before its fields are looked at. */
export type Given = Readonly<Record<string, unknown>>;

/** The arguments of a method: an object with known fields. */
export function checkRequest(request: unknown, method: string, allowed: Fields): Given {
  checkObject(request, `${method}'s arguments`);
  checkFields(request, "", allowed);
  return request as Given;
}

/** A field that Qdrant knows by two names. */
export function aliased(given: Given, name: string, alias: string): unknown {
  if (given[alias] == null) return given[name];
  if (given[name] == null) return given[alias];
  throw new NearvecError("INVALID_ARGUMENT", {
    what: name,
    got: `both \`${name}\` and \`${alias}\``,
    expected: "one of the two",
    todo: "They mean the same.",
  });
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

/**
 * Refuses fields that don't exist and fields that nearvec doesn't have yet. `what` is the object's place in
 * the request.
 */
export function checkFields(value: object, what: string, allowed: Fields): void {
  for (const key in value) {
    const rule = allowed.get(key);
    if (rule !== true) checkUnread(value, key, what, allowed, rule);
  }
}

function checkUnread(
  value: object,
  key: string,
  what: string,
  allowed: Fields,
  harmless?: readonly unknown[],
): void {
  const given = (value as Readonly<Record<string, unknown>>)[key];
  const place = what === "" ? key : `${what}.${key}`;
  if (harmless === undefined) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what: place,
      got: "an unknown field",
      expected: `one of ${supportedFields(allowed)}`,
      todo: "Check its spelling.",
    });
  }
  if (given == null || harmless.includes(given)) return;
  throw notSupported(`${place} (${shortly(given)})`);
}

function supportedFields(allowed: Fields): string {
  return [...allowed].flatMap(([name, rule]) => (rule === true ? [name] : [])).join(", ");
}

/** A plain object of the request. */
export function checkObject(value: unknown, what: string, expected = "an object"): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw invalidArgument(what, value, expected);
  }
}

/** An integer of the request within its range. */
export function integer(value: unknown, what: string, least: number, most: number, todo?: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  const range =
    most === Number.MAX_SAFE_INTEGER
      ? `an integer of at least ${least}`
      : `an integer from ${least} to ${most}`;
  throw invalidArgument(what, value, range, todo);
}

/** `integer`, where null and undefined mean that it was left out. */
export function optionalInteger(
  value: unknown,
  what: string,
  least: number,
  most: number,
  todo?: string,
): number | undefined {
  return value == null ? undefined : integer(value, what, least, most, todo);
}

/** A boolean of the request, or its default where it was left out. */
export function optionalBoolean(value: unknown, what: string, otherwise: boolean): boolean {
  if (value == null) return otherwise;
  if (typeof value === "boolean") return value;
  throw invalidArgument(what, value, "true or false");
}

/** One of a few words. */
export function oneOf<T extends string>(value: unknown, what: string, words: readonly T[]): T {
  if (words.includes(value as T)) return value as T;
  throw invalidArgument(what, value, `one of ${words.map((word) => `"${word}"`).join(", ")}`);
}
