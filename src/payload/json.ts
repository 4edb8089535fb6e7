import { NearvecError, shortly } from "../errors.ts";
import { HIGHEST_INTEGER, LOWEST_INTEGER, parseExactly } from "./exact-json.ts";

/**
 * Nesting beyond this is refused, as Qdrant's server does; whatever walks a payload may therefore recurse.
 */
const DEEPEST = 128;

/** Names the place of a payload in the request, only when an error has to say it. */
export type PayloadPlace = (index: number) => string;

/**
 * A payload as JSON text. As with JSON.stringify, keys whose value is undefined are left out, and `toJSON` is
 * honoured (a Date becomes its ISO string). Unlike it, bigints are written as integers, and nothing is
 * silently changed or lost. (An integer beyond 2^53 that was given as a number, and thus rounded before, has
 * JSON.stringify's digits, and is read back as a bigint.)
 *
 * @throws {NearvecError} `INVALID_PAYLOAD` for a payload that is no object, and, naming the path, for a value
 *   that JSON can't carry: a number that is not finite, a bigint beyond 64 bits, a function, a symbol, an
 *   invalid Date, a Map or another object whose content JSON.stringify would drop, nesting deeper than 128,
 *   an object that contains itself.
 */
export function encode(payload: unknown, place: PayloadPlace, index: number): string {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    throw invalid(place(index), shortly(payload), "an object", "Pass an object, or no payload at all.");
  }
  if (isFlat(payload)) return JSON.stringify(payload);
  const path: Path = [];
  try {
    if (isPlain(payload, path, 0)) return JSON.stringify(payload);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    const depth = fault.depth === DEEPEST ? cycleDepth(payload, path) : undefined;
    const what = place(index) + pathText(path.slice(0, depth ?? fault.depth));
    if (depth !== undefined)
      throw invalid(what, "an object that contains itself", "no cycle", "Break the cycle.");
    throw invalid(what, fault.got, fault.expected, fault.todo);
  }
  const text = write(payload, "");
  // Of an object with a toJSON method anything may have become.
  if (text?.startsWith("{")) return text;
  throw invalid(place(index), shortly(payload), "an object", "Pass a plain object, or no payload at all.");
}

/**
 * A payload from its UTF-8 bytes. Integers that a number can't hold exactly are bigints; `__proto__` is a key
 * like any other.
 */
export function decode(bytes: Uint8Array): Record<string, unknown> {
  return parseJson(utf8.decode(bytes)) as Record<string, unknown>;
}

const utf8 = new TextDecoder();

/**
 * JSON.parse, except that integers of up to 64 bits which a number can't hold exactly are bigints.
 *
 * @throws {SyntaxError} as JSON.parse does
 */
export function parseJson(text: string): unknown {
  return hasLongNumber(text) ? parseExactly(text) : JSON.parse(text);
}

/** The shortest integer beyond 2^53 - 1 has 16 digits. */
const DIGITS = 16;

/** Whether the text has a run of 16 digits: then one of every 16 characters falls into it. */
function hasLongNumber(text: string): boolean {
  for (let i = DIGITS - 1; i < text.length; i += DIGITS) {
    if (!isDigit(text, i)) continue;
    let from = i;
    while (from > 0 && isDigit(text, from - 1)) from--;
    let end = i + 1;
    while (end < text.length && isDigit(text, end)) end++;
    // Behind a point they are a fraction, which JSON.parse reads as well as anybody.
    if (end - from >= DIGITS && text[from - 1] !== ".") return true;
    // Behind the run is no digit; the next look may be 16 further on.
    i = end;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

/** The keys that lead to a value; entry d is what is being looked at in depth d. */
type Path = (string | number)[];

/** What is wrong, without where: the path says that. */
class Fault extends Error {
  readonly depth: number;
  readonly got: string;
  readonly expected: string;
  readonly todo: string;

  constructor(depth: number, got: string, expected: string, todo: string) {
    super(got);
    this.depth = depth;
    this.got = got;
    this.expected = expected;
    this.todo = todo;
  }
}

/** The same for most payloads there are, in a fraction of the time: nothing in it but texts, booleans and numbers. */
function isFlat(payload: object): boolean {
  if (Object.getPrototypeOf(payload) !== Object.prototype) return false;
  for (const key in payload) {
    const value: unknown = (payload as Readonly<Record<string, unknown>>)[key];
    if (typeof value === "string" || typeof value === "boolean") continue;
    if (typeof value !== "number" || value - value !== 0) return false;
  }
  return true;
}

/** Whether JSON.stringify writes the value as it should be. @throws {Fault} when JSON can't carry it */
function isPlain(value: unknown, path: Path, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return true;
    case "number":
      if (Number.isFinite(value)) return true;
      throw new Fault(depth, String(value), "a finite number", "Use null, or leave the key out.");
    case "bigint":
      if (value >= LOWEST_INTEGER && value <= HIGHEST_INTEGER) return false;
      throw new Fault(depth, shortly(value), "an integer of 64 bits", "Store larger numbers as strings.");
    case "function":
    case "symbol":
      throw new Fault(depth, shortly(value), "a JSON value", "Leave it out.");
    case "object":
      return value === null || isPlainObject(value, path, depth);
  }
}

function isPlainObject(value: object, path: Path, depth: number): boolean {
  if (depth === DEEPEST)
    throw new Fault(depth, "a value too deep inside", `at most ${DEEPEST} levels`, "Flatten it.");
  let plain = true;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      path[depth] = i;
      plain = isPlain(value[i], path, depth + 1) && plain;
    }
    return plain;
  }
  if ("toJSON" in value && typeof value.toJSON === "function") {
    if (value instanceof Date && Number.isNaN(value.getTime())) {
      throw new Fault(depth, "an invalid Date", "a valid one", "Check how it was made, or use null.");
    }
    isPlain(value.toJSON(String(path[depth - 1] ?? "")), path, depth);
    return false;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) checkInstance(value, depth);
  for (const key of Object.keys(value)) {
    path[depth] = key;
    plain = isPlain((value as Record<string, unknown>)[key], path, depth + 1) && plain;
  }
  return plain;
}

/**
 * Instances of classes are written with their own properties; of a Map, a Set or a typed array that would
 * lose the content.
 */
function checkInstance(value: object, depth: number): void {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag === "Object") return;
  throw new Fault(
    depth,
    `a ${tag}`,
    "a plain object, an array or a simple value",
    "Turn it into one of those first.",
  );
}

/** JSON text of a value that JSON.stringify could write but for bigints, which become integers; undefined for undefined. */
export function write(value: unknown, key: string): string | undefined {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${Array.from(value, (each, index) => write(each, String(index)) ?? "null").join()}]`;
  }
  if ("toJSON" in value && typeof value.toJSON === "function") return write(value.toJSON(key), key);
  const fields: string[] = [];
  for (const name of Object.keys(value)) {
    const text = write((value as Record<string, unknown>)[name], name);
    if (text !== undefined) fields.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${fields.join()}}`;
}

/** How deep the path leads when it first meets an object again; undefined when it never does. */
function cycleDepth(payload: object, path: Path): number | undefined {
  const met = new Set<unknown>();
  let value: unknown = payload;
  for (const [depth, key] of path.entries()) {
    if (typeof value !== "object" || value === null) return undefined;
    met.add(value);
    value = (value as Record<string | number, unknown>)[key];
    if (met.has(value)) return depth + 1;
  }
  return undefined;
}

const LONGEST_PATH = 8;

function pathText(path: Path): string {
  const shown = path.slice(0, LONGEST_PATH).map((key) => {
    if (typeof key === "number") return `[${key}]`;
    return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  });
  return shown.join("") + (path.length > LONGEST_PATH ? "…" : "");
}

function invalid(what: string, got: string, expected: string, todo: string): NearvecError {
  return new NearvecError("INVALID_PAYLOAD", { what, got, expected, todo });
}
