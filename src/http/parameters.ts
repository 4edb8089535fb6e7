/** What stands in the URL of a request. */

import { formatError, outOfRange, type Part, validationError } from "./refusal.ts";

const QUERY: Part = "query parameters";
const INTEGER = /^\d+$/;

/** Options of a write; where nothing else is said, a write over HTTP does not wait. */
export interface WriteParameters {
  readonly wait: boolean;
  readonly ordering: string | undefined;
  readonly timeout: number;
}

export interface ReadParameters {
  readonly consistency: string | number | undefined;
  readonly timeout: number;
}

export interface SnapshotParameters {
  readonly wait: boolean;
  readonly priority: string | undefined;
  readonly checksum: string | undefined;
}

/** What a request says with `?wait=…&ordering=…&timeout=…`; others are ignored, as a server does. */
export function writeParameters(query: URLSearchParams, timeout: number): WriteParameters {
  return {
    wait: booleanParameter(query, "wait"),
    ordering: wordParameter(query, "ordering", ["weak", "medium", "strong"]),
    timeout: integerParameter(query, "timeout", timeout),
  };
}

/** What a request says with `?consistency=…&timeout=…`. */
export function readParameters(query: URLSearchParams, timeout: number): ReadParameters {
  const consistency = query.get("consistency");
  return {
    consistency:
      consistency !== null && INTEGER.test(consistency)
        ? integerParameter(query, "consistency", 1)
        : wordParameter(query, "consistency", ["majority", "quorum", "all"]),
    timeout: integerParameter(query, "timeout", timeout),
  };
}

/** What a request about snapshots says with `?wait=…&priority=…&checksum=…`: they are waited for unless it says otherwise. */
export function snapshotParameters(query: URLSearchParams): SnapshotParameters {
  const checksum = query.get("checksum");
  if (checksum !== null && !/^[0-9a-f]{64}$/i.test(checksum)) {
    throw validationError(QUERY, "checksum", "invalid SHA-256 hash, expected 64 hexadecimal digits");
  }
  return {
    wait: wordParameter(query, "wait", ["true", "false"]) !== "false",
    priority: wordParameter(query, "priority", ["no_sync", "snapshot", "replica"]),
    checksum: checksum ?? undefined,
  };
}

/** An integer of at least 1. */
export function integerParameter(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  if (!INTEGER.test(text)) {
    throw formatError(QUERY, `${name}: invalid digit found in ${JSON.stringify(text)}, expected an integer`);
  }
  const value = Number(text);
  if (value < 1) throw validationError(QUERY, name, outOfRange(text, 1));
  if (Number.isSafeInteger(value)) return value;
  if (BigInt(text) < 2n ** 64n) return Number.MAX_SAFE_INTEGER; // as good as for ever
  throw formatError(QUERY, `${name}: number too large to fit in 64 bits: ${JSON.stringify(text)}`);
}

/** A flag; false where nothing is said. */
export function booleanParameter(query: URLSearchParams, name: string): boolean {
  return wordParameter(query, name, ["true", "false"]) === "true";
}

function wordParameter(query: URLSearchParams, name: string, words: readonly string[]): string | undefined {
  const text = query.get(name);
  if (text === null || words.includes(text)) return text ?? undefined;
  const expected = words.map((word) => `\`${word}\``).join(", ");
  throw formatError(QUERY, `${name}: unknown variant ${JSON.stringify(text)}, expected one of ${expected}`);
}

/** The id of a point in a path: digits first, else a UUID, which the engine checks. */
export function idParameter(text: string): number | bigint | string {
  if (!INTEGER.test(text)) return text;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}
