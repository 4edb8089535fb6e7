/** The errors of the storages of browsers. */

import { NearvecError, orOutOfMemory } from "../errors.ts";
import type { StorageCode } from "./failures.ts";

const DENIED = new Set(["NotAllowedError", "SecurityError"]);

const TODO = {
  STORAGE_FULL:
    "Delete data of this origin, or free disk space, and try again: nothing that was acknowledged is lost.",
  STORAGE_DENIED: "Let this site keep data (settings for cookies and site data; not a private window).",
  STORAGE_FAILED:
    "Try again; the browser may have removed this origin's data, or its profile may be damaged.",
} as const satisfies Record<StorageCode, string>;

/** A failure in our words. */
export function browserFault(code: StorageCode, what: string, file: string, got?: string): NearvecError {
  return new NearvecError(code, { what: `${what} ${file}`, got, todo: TODO[code], subject: { file } });
}

/** An error of the browser as one of ours. @param what what could not be done: "could not write" */
export function browserFailure(cause: unknown, what: string, file: string, usage = ""): NearvecError {
  if (cause instanceof NearvecError) return cause;
  const name = nameOf(cause);
  const code =
    name === "QuotaExceededError" ? "STORAGE_FULL" : DENIED.has(name) ? "STORAGE_DENIED" : "STORAGE_FAILED";
  const got = [cause instanceof Error && cause.message !== "" ? cause.message : String(cause), usage];
  return new NearvecError(
    code,
    {
      what: `${what} ${file}`,
      got: got.filter((part) => part !== "").join("; "),
      todo: TODO[code],
      subject: { file },
    },
    { cause },
  );
}

/** The same; where the quota is the reason, with how much of it is used. */
export async function browserFailureWithUsage(
  cause: unknown,
  what: string,
  file: string,
): Promise<NearvecError> {
  return browserFailure(cause, what, file, nameOf(cause) === "QuotaExceededError" ? await usage() : "");
}

/** @param failure why an earlier write or sync failed */
export function unusable(path: string, failure: NearvecError): NearvecError {
  return new NearvecError(
    failure.code,
    {
      what: `the file ${path} can't be written any more, since an earlier write or sync failed`,
      got: failure.message,
      todo: "Write into a new file.",
      subject: { file: path },
    },
    { cause: failure },
  );
}

/** @throws {NearvecError} `OUT_OF_MEMORY` */
export function reserve(path: string, length: number): Uint8Array<ArrayBuffer> {
  return orOutOfMemory({ what: `no memory for ${length} bytes of ${path}` }, () => new Uint8Array(length));
}

/** "NotFoundError" and the like; "" for what is no error of the browser's. */
export function nameOf(error: unknown): string {
  return typeof error === "object" && error !== null && "name" in error ? String(error.name) : "";
}

async function usage(): Promise<string> {
  try {
    const { usage: used = 0, quota = 0 } = await navigator.storage.estimate();
    return `this origin uses about ${megabytes(used)} of ${megabytes(quota)}`;
  } catch {
    return ""; // Only an addition to a message.
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
