import { invalidArgument, NearvecError, shortly } from "../errors.ts";
import { unknownField } from "../validation/schema.ts";
import { bounded } from "./brief.ts";
import { isNearvecError } from "./error-response.ts";
import { isKey } from "./key.ts";
import { Refusal } from "./refusal.ts";

/** What a handler can be told. */
export interface HandlerOptions {
  /**
   * Whoever sends it (`api-key: …`, or `Authorization: Bearer …`) may do everything. Default: none, and everybody may,
   * unless there is a `readOnlyApiKey`: then nobody may write.
   */
  readonly apiKey?: string;
  /** Whoever sends it may read. Default: none. Keys are left out where there are none: `undefined` is refused. */
  readonly readOnlyApiKey?: string;
  /** Larger bodies are refused with 413, before all of them has come. In bytes; default: 32 MiB, as a server has it. */
  readonly maxBodyBytes?: number;
  /**
   * Larger snapshots are not taken by upload (413). They go into the client's store as they come, not into memory, unless that is
   * where the store is. In bytes; default: 64 GiB.
   */
  readonly maxSnapshotBytes?: number;
  /** After how many seconds a request is given up (408) that names no `timeout` itself. At least 1; default: 60. */
  readonly timeout?: number;
  /** The origins that browsers may call from; `"*"` for all. Default: none. */
  readonly cors?: string | readonly string[];
  /**
   * Makes gzip of an answer's text, for callers that accept it. Default: answers are not compressed, which is right where the
   * platform does it.
   */
  readonly gzip?: (text: string) => Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Called with what was answered by 500, a defect of nearvec; and with what failed after it had been accepted (`wait=false`),
   * which nobody else is told: mistakes of a caller too, which are errors with another `code` than `INTERNAL`. Default:
   * `console.error`, of mistakes one line.
   */
  readonly onDefect?: (error: unknown) => void;
}

/** The options with their defaults. */
export type Settings = HandlerOptions &
  Required<Pick<HandlerOptions, "maxBodyBytes" | "maxSnapshotBytes" | "timeout" | "onDefect">>;

const MAX_BODY_BYTES = 32 * 1024 * 1024;
const MAX_SNAPSHOT_BYTES = 64 * 1024 ** 3;
const TIMEOUT = 60;

const NAMES = [
  "apiKey",
  "readOnlyApiKey",
  "maxBodyBytes",
  "maxSnapshotBytes",
  "timeout",
  "cors",
  "gzip",
  "onDefect",
];

/**
 * Whatever could leave a door open that was meant to be locked is refused: names that are misspelt, keys that are no keys.
 *
 * @throws {NearvecError} `INVALID_ARGUMENT`
 */
export function settingsOf(options: HandlerOptions): Settings {
  if (typeof options !== "object" || options === null) throw invalidArgument("options", options, "an object");
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw unknownField(unknown, NAMES);
  const { maxBodyBytes = MAX_BODY_BYTES, maxSnapshotBytes = MAX_SNAPSHOT_BYTES } = options;
  const { timeout = TIMEOUT, cors, gzip } = options;
  const onDefect = options.onDefect ?? printDefect;
  const apiKey = keyOf(options, "apiKey");
  const readOnlyApiKey = keyOf(options, "readOnlyApiKey");
  for (const [name, bytes] of Object.entries({ maxBodyBytes, maxSnapshotBytes })) {
    if (typeof bytes !== "number" || !(bytes > 0)) throw invalidArgument(name, bytes, "a positive number");
  }
  if (!Number.isInteger(timeout) || timeout < 1) {
    throw invalidArgument("timeout", timeout, "an integer of at least 1");
  }
  if (cors !== undefined && !(Array.isArray(cors) ? cors : [cors]).every(isText)) {
    throw invalidArgument("cors", cors, "an origin, or a list of such");
  }
  if (gzip !== undefined && typeof gzip !== "function") throw invalidArgument("gzip", gzip, "a function");
  if (typeof onDefect !== "function") throw invalidArgument("onDefect", onDefect, "a function");
  return {
    maxBodyBytes,
    maxSnapshotBytes,
    timeout,
    onDefect,
    ...(apiKey !== undefined && { apiKey }),
    ...(readOnlyApiKey !== undefined && { readOnlyApiKey }),
    ...(cors !== undefined && { cors }),
    ...(gzip !== undefined && { gzip }),
  };
}

/** What a request can be blamed for is no defect, and needs no stack. */
function printDefect(error: unknown): void {
  const isMistake = error instanceof Refusal || (isNearvecError(error) && error.code !== "INTERNAL");
  if (!isMistake) {
    console.error("nearvec:", error);
    return;
  }
  // Callers choose what is in it: it stays one line.
  const text = bounded(error.message).replace(/[\p{Cc}\u2028\u2029]/gu, " ");
  console.error(`nearvec: a request that had been accepted failed: ${text}`);
}

/** What is there, but no key, is most likely a variable that isn't set: a server that everybody may use wasn't meant. */
function keyOf(options: HandlerOptions, name: "apiKey" | "readOnlyApiKey"): string | undefined {
  if (!(name in options)) return undefined;
  const key = options[name];
  if (isText(key) && isKey(key)) return key;
  // What may be a key with a slip in it belongs into no log.
  const kind = isText(key) ? "a text with other characters, or with spaces at its ends" : `a ${typeof key}`;
  const got = key === "" || key == null ? shortly(key) : kind;
  throw new NearvecError("INVALID_ARGUMENT", {
    what: name,
    got,
    expected: "a text of visible ASCII characters",
    todo: "Leave it out if there is to be no such key.",
  });
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
