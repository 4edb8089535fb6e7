/**
 * What went wrong, for programs. One literal per kind of failure; texts may change between releases, codes
 * don't.
 *
 * | code | meaning |
 * | --- | --- |
 * | `INVALID_ARGUMENT` | an argument has the wrong type, lies outside its range, is missing, or is not known |
 * | `INVALID_ID` | a point id is neither an unsigned 64-bit integer nor a UUID |
 * | `INVALID_NAME` | a collection name is empty, too long, or has a forbidden character |
 * | `INVALID_PAYLOAD` | a payload is no plain object, or holds a value that JSON can't carry |
 * | `WRONG_DIMENSION` | a vector's length differs from the collection's `size`, or is 0 |
 * | `NOT_FINITE` | a vector holds NaN, an infinity, something that is no number, or a number beyond f32's range |
 * | `COLLECTION_NOT_FOUND` | no collection of that name |
 * | `COLLECTION_EXISTS` | a collection, or an alias, of that name is already there |
 * | `ALIAS_NOT_FOUND` | no alias of that name |
 * | `POINT_NOT_FOUND` | an operation needs a point that isn't there |
 * | `NOT_SUPPORTED` | part of Qdrant's API that this release does not have; it never answers with a guess |
 * | `OUT_OF_MEMORY` | the memory could not grow; nothing changed, and the client stays usable |
 * | `CLOSED` | the client or its collection was closed or deleted |
 * | `TIMEOUT` | the request's own timeout ran out; nothing changed |
 * | `ABORTED` | the caller's AbortSignal fired |
 * | `LOCKED` | another client, in this process or another one, has the store's folder open |
 * | `READ_ONLY` | a write to a store that was opened for reading |
 * | `STORAGE_FULL` | the disk, or the quota, is full |
 * | `STORAGE_DENIED` | the system doesn't permit it |
 * | `STORAGE_FAILED` | the system reported another error while reading or writing |
 * | `DAMAGED` | stored bytes are not what was written |
 * | `SNAPSHOT_NOT_FOUND` | no snapshot of that name |
 * | `INTERNAL` | a defect of nearvec: please report it |
 */
export type ErrorCode =
  | "INVALID_ARGUMENT"
  | "INVALID_ID"
  | "INVALID_NAME"
  | "INVALID_PAYLOAD"
  | "WRONG_DIMENSION"
  | "NOT_FINITE"
  | "COLLECTION_NOT_FOUND"
  | "COLLECTION_EXISTS"
  | "ALIAS_NOT_FOUND"
  | "POINT_NOT_FOUND"
  | "NOT_SUPPORTED"
  | "OUT_OF_MEMORY"
  | "CLOSED"
  | "TIMEOUT"
  | "ABORTED"
  | "LOCKED"
  | "READ_ONLY"
  | "STORAGE_FULL"
  | "STORAGE_DENIED"
  | "STORAGE_FAILED"
  | "DAMAGED"
  | "SNAPSHOT_NOT_FOUND"
  | "INTERNAL";

/** The parts of an error's message, for programs that want to say it in their own words. */
export interface ErrorDetails {
  /** What was wrong: a place in the request ("points[3].vector") or a thing ("collection `words`"). */
  readonly what: string;
  /** What came instead, shortened: "NaN at position 7", "string \"123\"". */
  readonly got?: string;
  /** What would have been right. */
  readonly expected?: string;
  /** What to do next, as a full sentence. */
  readonly todo?: string;
  /** What it is about, as values: for programs that report errors in words of their own. */
  readonly subject?: ErrorSubject;
}

/** Those parts of an error that are values rather than words; each where it applies. */
export interface ErrorSubject {
  /** The name of a collection. */
  readonly collection?: string;
  /** A file of a store, and where in it, in bytes. */
  readonly file?: string;
  readonly at?: number;
  /** The name of an alias. */
  readonly alias?: string;
  /** The name of a snapshot. */
  readonly snapshot?: string;
  /** The name of a vector, of which the collection has none. */
  readonly vector?: string;
  /** The id of a point that is missing. */
  readonly point?: string | number | bigint;
  /** A field of payloads that has no index of the kind that is needed. */
  readonly index?: { readonly key: string; readonly use: "order_by" | "facet" };
  /** How long a vector is, and should be. */
  readonly dimension?: { readonly got: number; readonly expected: number };
  /** What should be the id of a point. */
  readonly id?: unknown;
  /** A number outside of its range: an integer, unless real numbers are right too. */
  readonly range?: {
    readonly got: number | bigint;
    readonly least: number;
    readonly most: number;
    readonly isReal?: boolean;
  };
  /** Columns of a batch that should be as long as its ids. */
  readonly column?: { readonly of: "vectors" | "payloads"; readonly ids: number; readonly got: number };
  /** What it breaks that values alone don't tell. */
  readonly rule?: Rule;
}

/**
 * What requests must keep to beside the types of their values:
 *
 * | rule | what was given |
 * | --- | --- |
 * | `unique` | a sparse vector's index twice |
 * | `lengths` | a sparse vector with more or fewer values than indices |
 * | `corners` | a polygon's line with fewer than four points |
 * | `closed` | a polygon's line that does not end where it begins |
 * | `test` | a condition with a key and nothing to ask of it |
 * | `vector` | a point to update without a vector |
 * | `capability` | an index that could do nothing |
 * | `page` | an order together with an id to begin at |
 * | `score` | a threshold for scores without a query |
 * | `order` | a threshold for scores of a query that orders |
 * | `checksum` | a snapshot with another checksum |
 * | `snapshot` | a snapshot of all collections where one of a single collection is needed |
 */
export type Rule =
  | "unique"
  | "lengths"
  | "corners"
  | "closed"
  | "test"
  | "vector"
  | "capability"
  | "page"
  | "score"
  | "order"
  | "checksum"
  | "snapshot";

/**
 * The one error class that nearvec throws. Its message reads
 * `<what>: got <got>, expected <expected>. <todo>`, without the parts that don't apply.
 */
export class NearvecError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails, options?: ErrorOptions) {
    super(message(details), options);
    this.code = code;
    this.details = details;
  }

  /**
   * The HTTP status that a Qdrant server answers such a request with (500 where the fault is not the request's), as the
   * official client's errors have it; 400 also where a server tells values out of their range apart by 422.
   */
  get status(): number {
    return STATUS[this.code] ?? 400;
  }

  static {
    // On the prototype, as the built-in errors have it: an own property would show up in every log.
    NearvecError.prototype.name = "NearvecError";
  }
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  COLLECTION_NOT_FOUND: 404,
  ALIAS_NOT_FOUND: 404,
  POINT_NOT_FOUND: 404,
  COLLECTION_EXISTS: 409,
  TIMEOUT: 408,
  OUT_OF_MEMORY: 507,
  SNAPSHOT_NOT_FOUND: 404,
  READ_ONLY: 403,
  STORAGE_DENIED: 403,
  STORAGE_FULL: 507,
  LOCKED: 503,
  STORAGE_FAILED: 503,
  DAMAGED: 503,
  ABORTED: 499,
  CLOSED: 503,
  INTERNAL: 500,
};

function message({ what, got, expected, todo }: ErrorDetails): string {
  const facts = [got === undefined ? "" : `got ${got}`, expected === undefined ? "" : `expected ${expected}`]
    .filter((part) => part !== "")
    .join(", ");
  const statement = facts === "" ? what : `${what}: ${facts}`;
  return todo === undefined ? `${statement}.` : `${statement}. ${todo}`;
}

const LONGEST = 60;

/**
 * A value in a few words, for the `got` of an error: its type where that is the news, its text where it is
 * short.
 */
export function shortly(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "nothing";
    case "string":
      return `string ${JSON.stringify(cut(value))}`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return cut(`${value}n`);
    case "boolean":
      return String(value);
    case "function":
    case "symbol":
      return `a ${typeof value}`;
    case "object":
      return value === null ? "null" : shortlyObject(value);
  }
}

function shortlyObject(value: object): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : `an array of ${value.length}`;
  if (ArrayBuffer.isView(value) && "length" in value) {
    return `${value.constructor.name} of ${String(value.length)}`;
  }
  const keys = Object.keys(value);
  if (keys.length === 0) return "an empty object";
  return `an object with ${cut(keys.slice(0, 4).join(", "))}${keys.length > 4 ? ", …" : ""}`;
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

/**
 * What `reserve` answers. A typed array that the runtime refuses is a RangeError, and `OUT_OF_MEMORY` here; any other error
 * is what it is.
 */
export function orOutOfMemory<T>(details: ErrorDetails, reserve: () => T): T {
  try {
    return reserve();
  } catch (cause) {
    throw cause instanceof RangeError ? new NearvecError("OUT_OF_MEMORY", details, { cause }) : cause;
  }
}

/** An argument of the wrong type or out of its range. */
export function invalidArgument(
  what: string,
  value: unknown,
  expected: string,
  todo?: string,
  subject?: ErrorSubject,
): NearvecError {
  return new NearvecError("INVALID_ARGUMENT", { what, got: shortly(value), expected, todo, subject });
}

/** A part of Qdrant's API that isn't built: named, so that nobody mistakes silence for an answer. */
export function notSupported(
  what: string,
  todo = "Leave it out: this release of nearvec does not have it.",
): NearvecError {
  return new NearvecError("NOT_SUPPORTED", { what: `${what} is not supported yet`, todo });
}
