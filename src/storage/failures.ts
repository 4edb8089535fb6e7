/** The errors of storages: what the system, or the use of a storage, came to. */

import { type ErrorCode, NearvecError } from "../errors.ts";

/** What the system says when there is no space: of the disk, of the user's share of it, in a file of the largest size. */
const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const DENIED = new Set(["EACCES", "EPERM", "EROFS"]);
/** Something is not there, or something else is. */
const MISPLACED = new Set(["ENOENT", "ENOTDIR", "EEXIST", "EISDIR", "ELOOP"]);

const TODO = {
  STORAGE_FULL: "Free space, or raise the quota, and try again: nothing that was acknowledged is lost.",
  STORAGE_DENIED:
    "Give this process the right to read and write the store's folder and all in it, or open it with `readOnly: true`.",
  STORAGE_FAILED: "Look at the system's log: the disk, or its connection, may be failing.",
} as const;
const CHECK_PATH = "Check the path: what a store needs is not there, or something else is.";
export type StorageCode = keyof typeof TODO;

/** A failure of a storage's own, in its words. */
export function storageFailure(code: StorageCode, what: string, file: string, got?: string): NearvecError {
  return new NearvecError(code, { what: `${what} ${file}`, got, todo: TODO[code], subject: { file } });
}

/** There is no folder at a store's place, but something else. */
export function noFolder(place: string): NearvecError {
  const got = "a file, not a folder";
  return new NearvecError("STORAGE_FAILED", {
    what: `could not open ${place}`,
    got,
    todo: CHECK_PATH,
    subject: { file: place },
  });
}

/** An error of the system as one of ours. @param what what could not be done: "could not write" */
export function systemFailure(cause: unknown, what: string, file: string): NearvecError {
  if (cause instanceof NearvecError) return cause;
  const system = codeOf(cause);
  const code = FULL.has(system) ? "STORAGE_FULL" : DENIED.has(system) ? "STORAGE_DENIED" : "STORAGE_FAILED";
  const got = cause instanceof Error ? cause.message : String(cause);
  return new NearvecError(
    code,
    {
      what: `${what} ${file}`,
      got,
      todo: MISPLACED.has(system) ? CHECK_PATH : TODO[code],
      subject: { file },
    },
    { cause },
  );
}

/** "ENOENT" and the like; "" for anything that isn't the system's. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** What was asked for goes beyond what is there. */
export function beyondTheEnd(file: string, from: number, length: number, size: number): NearvecError {
  return new NearvecError("STORAGE_FAILED", {
    what: `could not read ${file}`,
    got: `bytes ${from} to ${from + length}`,
    expected: `a range in its ${size} bytes`,
    todo: "Check the store: the file may have been cut.",
    subject: { file, at: from },
  });
}

export function isRange(from: number, length: number, size: number): boolean {
  return Number.isSafeInteger(from) && Number.isSafeInteger(length) && from >= 0 && length >= 0
    ? from + length <= size
    : false;
}

/** @param what "the store", "the file log-1" */
export function closedFailure(what: string): NearvecError {
  const code: ErrorCode = "CLOSED";
  return new NearvecError(code, { what: `${what} was closed`, todo: "Open it again." });
}

export function readOnlyFailure(place: string): NearvecError {
  return new NearvecError("READ_ONLY", {
    what: `the store in ${place} was opened for reading`,
    todo: "Open it without `readOnly` to change it.",
  });
}

export function lockedFailure(place: string): NearvecError {
  return new NearvecError("LOCKED", {
    what: `the store in ${place} is open elsewhere, in this process or in another`,
    todo: "Close it there, or open it with `readOnly: true`.",
    subject: { file: place },
  });
}
