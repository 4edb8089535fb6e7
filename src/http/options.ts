/** What a handler can be told. */
export interface HandlerOptions {
  /**
   * Whoever sends it (`api-key: …`, or `Authorization: Bearer …`) may do everything. Default: none, and everybody may,
   * unless there is a `readOnlyApiKey`: then nobody may write.
   */
  readonly apiKey?: string;
  /** Whoever sends it may read. Default: none. */
  readonly readOnlyApiKey?: string;
  /** Larger bodies are refused with 413, before all of them has come. In bytes; default: 32 MiB, as a server has it. */
  readonly maxBodyBytes?: number;
  /** After how many seconds a request is given up (408) that names no `timeout` itself. At least 1; default: 60. */
  readonly timeout?: number;
  /** The origins that browsers may call from; `"*"` for all. Default: none. */
  readonly cors?: string | readonly string[];
  /**
   * Makes gzip of an answer's text, for callers that accept it. Default: answers are not compressed, which is right where the
   * platform does it.
   */
  readonly gzip?: (text: string) => Promise<Uint8Array<ArrayBuffer>>;
  /** Called with what was answered by 500: a defect of nearvec. Default: `console.error`. */
  readonly onDefect?: (error: unknown) => void;
}

/** The options with their defaults. */
export type Settings = HandlerOptions &
  Required<Pick<HandlerOptions, "maxBodyBytes" | "timeout" | "onDefect">>;

const MAX_BODY_BYTES = 32 * 1024 * 1024;
const TIMEOUT = 60;

/** @throws {RangeError} for a key that is empty, and numbers that are not positive */
export function settingsOf(options: HandlerOptions): Settings {
  const { apiKey, readOnlyApiKey, maxBodyBytes = MAX_BODY_BYTES, timeout = TIMEOUT } = options;
  // Most likely a variable that isn't set: a server that everybody may use would not be what was meant.
  for (const key of [apiKey, readOnlyApiKey]) if (key === "") throw new RangeError("a key is empty");
  if (!(maxBodyBytes > 0)) throw new RangeError("maxBodyBytes must be positive");
  if (!Number.isInteger(timeout) || timeout < 1) throw new RangeError("timeout must be an integer from 1 up");
  const onDefect = options.onDefect ?? ((error) => console.error("nearvec:", error));
  return { ...options, maxBodyBytes, timeout, onDefect };
}
