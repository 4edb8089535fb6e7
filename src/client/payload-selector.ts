import { invalidArgument, NearvecError, notSupported, shortly } from "../errors.ts";
import type { Payload } from "./types.ts";

/** Which part of a payload an answer carries: all of it, nothing, or some top-level keys. */
export type PayloadSelector =
  | boolean
  | { readonly keys: ReadonlySet<string>; readonly keep: "named" | "others" };

/** `with_payload`: a boolean, a list of keys, `{ include }` or `{ exclude }`. */
export function parsePayloadSelector(value: unknown, otherwise: boolean): PayloadSelector {
  if (value == null) return otherwise;
  if (typeof value === "boolean") return value;
  if (Array.isArray(value)) return { keys: parseKeys(value, "with_payload"), keep: "named" };
  if (typeof value === "object") {
    const [field, ...more] = Object.keys(value);
    if (more.length === 0 && field === "include" && "include" in value) {
      return { keys: parseKeys(value.include, "with_payload.include"), keep: "named" };
    }
    if (more.length === 0 && field === "exclude" && "exclude" in value) {
      return { keys: parseKeys(value.exclude, "with_payload.exclude"), keep: "others" };
    }
  }
  throw invalidArgument(
    "with_payload",
    value,
    "true, false, a list of keys, { include: keys } or { exclude: keys }",
  );
}

/** The selected part of a payload, as a new object. */
export function selectPayload(payload: Payload, selector: Exclude<PayloadSelector, boolean>): Payload {
  const named = selector.keep === "named";
  return Object.fromEntries(Object.entries(payload).filter(([key]) => selector.keys.has(key) === named));
}

const BARE_KEY = /^[\p{L}\p{N}_-]+$/u;
const QUOTED_KEY = /^"([^"\\]+)"$/;

function parseKeys(value: unknown, what: string): ReadonlySet<string> {
  if (!Array.isArray(value)) throw invalidArgument(what, value, "a list of keys");
  return new Set(value.map((key, index) => parseKey(key, `${what}[${index}]`)));
}

/** A JSON path that is a single key. */
function parseKey(key: unknown, what: string): string {
  if (typeof key !== "string") throw invalidArgument(what, key, "a key");
  if (BARE_KEY.test(key)) return key;
  const quoted = QUOTED_KEY.exec(key)?.[1];
  if (quoted !== undefined) return quoted;
  if (/[.[]/.test(key)) {
    throw notSupported(
      `${what} (the path ${shortly(key)})`,
      "Name top-level keys; put one that contains dots in double quotes.",
    );
  }
  throw new NearvecError("INVALID_ARGUMENT", {
    what,
    got: shortly(key),
    expected: "letters, digits, _ and -, or a key in double quotes",
  });
}
