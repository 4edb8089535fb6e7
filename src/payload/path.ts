import { invalidArgument, NearvecError, shortly } from "../errors.ts";

/** Instead of a position: every element of the array. No array has it as a position. */
export const EACH = -1;

/** Where to go from a value: a key of an object, a position in an array, or `EACH`. */
export type PathStep = string | number;

/**
 * A place in a payload, as Qdrant 1.19 writes it: `a.b`, `a[].b` (every element of the array a), `a[0]`,
 * `"a key with . in it".b`. `a.b` does not step through an array a. A path begins with a key.
 */
export type JsonPath = readonly [string, ...PathStep[]];

type Payload = Record<string, unknown>;

/** No payload is deeper than this (see json.ts); so neither is what walks it along a path. */
const MOST_STEPS = 128;

/** A key (bare or quoted), `[]` or `[0]`; a key that isn't the first has a dot before it. */
const STEP =
  /(?<dot>\.?)(?:(?<bare>[\p{Alphabetic}\p{N}_-]+)|"(?<quoted>[^"\\]*)")|\[(?<position>[0-9]*)\]/uy;

/**
 * Reads a path. Bare keys are letters, digits, _ and -; any other key stands in double quotes, and can hold
 * neither those nor a backslash.
 *
 * @throws {NearvecError} `INVALID_ARGUMENT`, with the position of the first character that does not fit;
 *   `what` names the path's place in the request.
 */
export function parsePath(text: unknown, what: string): JsonPath {
  if (typeof text !== "string") throw invalidArgument(what, text, "a path: keys of a payload");
  const first = stepAt(text, 0);
  if (typeof first?.step !== "string") throw notPath(text, 0, what);
  const path: [string, ...PathStep[]] = [first.step];
  for (let at = first.end; at < text.length; ) {
    const next = stepAt(text, at);
    if (next === undefined) throw notPath(text, at, what);
    path.push(next.step);
    at = next.end;
  }
  if (path.length <= MOST_STEPS) return path;
  throw new NearvecError("INVALID_ARGUMENT", {
    what,
    got: `a path of ${path.length} steps`,
    expected: `at most ${MOST_STEPS}`,
    todo: "No payload is deeper than that.",
  });
}

function stepAt(text: string, at: number): { readonly step: PathStep; readonly end: number } | undefined {
  STEP.lastIndex = at;
  const groups = STEP.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const end = STEP.lastIndex;
  if (groups.position !== undefined) {
    const step = groups.position === "" ? EACH : Number(groups.position);
    return Number.isSafeInteger(step) ? { step, end } : undefined;
  }
  // A dot stands before each key but the first.
  if ((groups.dot === ".") !== at > 0) return undefined;
  return { step: groups.bare ?? (groups.quoted as string), end };
}

function notPath(text: string, at: number, what: string): NearvecError {
  const rest = text.slice(at, at + 20);
  return new NearvecError("INVALID_ARGUMENT", {
    what,
    got: `${shortly(text)}, which is no path from position ${at} on${rest === "" ? "" : ` (${shortly(rest)})`}`,
    expected:
      "keys of letters, digits, _ and -, or in double quotes, divided by dots, with [] or [0] for elements",
    todo: "Put a key with other characters in double quotes: '\"my key\".b'.",
  });
}

/** The values that a path leads to: at most one unless it has an `EACH`. An array at its end is one value. */
export function valuesAt(payload: Readonly<Payload>, path: JsonPath): unknown[] {
  const found: unknown[] = [];
  collect(payload, path, 0, found);
  return found;
}

function collect(value: unknown, path: JsonPath, at: number, found: unknown[]): void {
  const step = path[at];
  if (step === undefined) found.push(value);
  else if (typeof step === "string") {
    if (isObject(value) && Object.hasOwn(value, step)) collect(value[step], path, at + 1, found);
  } else if (Array.isArray(value)) {
    if (step === EACH) for (const each of value) collect(each, path, at + 1, found);
    else if (step < value.length) collect(value[step], path, at + 1, found);
  }
}

/**
 * Merges an object into the payload at a path, changing the payload (set_payload with a `key`). What is
 * missing on the way is made as objects, and what is no object there is replaced by one. `[]` merges into
 * every element, `[i]` only into one that is there; both replace what is no array by []. The merge inside is
 * shallow, and a null removes its key. The object's values are shared, not copied.
 */
export function setAt(payload: Payload, path: JsonPath, object: Readonly<Payload>): void {
  // The first step is a key, so the payload itself stays what it is.
  merged(payload, path, 0, object);
}

/** The value with the object merged in: itself, changed, or what replaces it. */
function merged(value: unknown, path: JsonPath, at: number, object: Readonly<Payload>): unknown {
  const step = path[at];
  if (typeof step === "number") return mergedElements(value, path, at, object);
  const target = isObject(value) ? value : {};
  if (step === undefined) mergeInto(target, object);
  else setKey(target, step, merged(Object.hasOwn(target, step) ? target[step] : null, path, at + 1, object));
  return target;
}

function mergedElements(value: unknown, path: JsonPath, at: number, object: Readonly<Payload>): unknown[] {
  if (!Array.isArray(value)) return [];
  const step = path[at] as number;
  const from = step === EACH ? 0 : step;
  const end = step === EACH ? value.length : Math.min(step + 1, value.length);
  for (let i = from; i < end; i++) value[i] = merged(value[i], path, at + 1, object);
  return value;
}

/** The shallow merge of set_payload without a `key`: a null removes its key, undefined counts as not given. */
export function mergeInto(target: Payload, object: Readonly<Payload>): void {
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === null) delete target[key];
    else if (value !== undefined) setKey(target, key, value);
  }
}

/**
 * Removes what a path leads to, changing the payload (delete_payload). Positions can't be removed: `a[0]`
 * does nothing; `a[]` empties the array, and `a[].b` removes b of each element.
 */
export function deleteAt(payload: Payload, path: JsonPath): void {
  remove(payload, path, 0);
}

function remove(value: unknown, path: JsonPath, at: number): void {
  const step = path[at] as PathStep;
  const isLast = at === path.length - 1;
  if (typeof step === "string") {
    if (!isObject(value) || !Object.hasOwn(value, step)) return;
    if (isLast) delete value[step];
    else remove(value[step], path, at + 1);
  } else if (Array.isArray(value)) {
    if (isLast) {
      if (step === EACH) value.length = 0;
    } else if (step === EACH) for (const each of value) remove(each, path, at + 1);
    else if (step < value.length) remove(value[step], path, at + 1);
  }
}

function isObject(value: unknown): value is Payload {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Payloads have the ordinary prototype, so that assigning to `__proto__` would change it. */
function setKey(object: Payload, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else object[key] = value;
}
