/** Paths inside of a store, checked: nothing that comes from outside (a snapshot's name, say) may lead out of the store. */

import { invalidArgument } from "../errors.ts";

const PART = /^[A-Za-z0-9._-]+$/;
/** A folder of this name at the root is the storage's own: it holds the lock. */
export const LOCK_FOLDER = "lock";

/** The parts of a file's path. @throws {NearvecError} `INVALID_ARGUMENT` when it is none */
export function partsOf(path: string): readonly string[] {
  const parts = path.split("/");
  const isGood = parts.every(isPart);
  if (isGood && parts[0] !== LOCK_FOLDER) return parts;
  throw invalidArgument(
    "the path in the store",
    path,
    `parts of letters, digits, "-", "_" and "." between "/", of which the first is not "${LOCK_FOLDER}"`,
  );
}

/** Whether a path in a store can have it. Somebody else's files may be beside the store's, with any name. */
export function isPart(name: string): boolean {
  return PART.test(name) && name !== "." && name !== "..";
}

/** The parts of a folder's path; none for the root. @throws {NearvecError} `INVALID_ARGUMENT` */
export function folderPartsOf(path: string): readonly string[] {
  return path === "" ? [] : partsOf(path);
}

/** The path of the folder that a file is in; "" is the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
