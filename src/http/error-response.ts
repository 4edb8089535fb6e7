/** Errors in the words of a server: clients and programs look for them. */

import { checkCollectionName } from "../client/names.ts";
import type { ErrorSubject, NearvecError } from "../errors.ts";
import { brief } from "./brief.ts";
import { type Failure, invalidArgument } from "./invalid-argument.ts";
import { inJson } from "./numbers.ts";
import { type Part, Refusal } from "./refusal.ts";

/** What a request was about, as far as texts depend on it. */
export interface Place {
  /** The collection in the path, if any. */
  readonly collection: string | undefined;
  /** What the name of a field begins with that the request itself has: a server's words for `limit` of a query. */
  readonly flattened: string | undefined;
  /** Whether the client is: else nothing is there any more. */
  readonly isOpen: () => boolean;
}

/** Undefined for what is a defect of nearvec. */
export function failureOf(error: unknown, place: Place): Failure | undefined {
  if (error instanceof Refusal) return { status: error.status, text: error.message };
  if (!isNearvecError(error)) return undefined;
  const { code } = error;
  const message = messageOf(error);
  const subject = error.details.subject ?? {};
  switch (code) {
    case "COLLECTION_NOT_FOUND":
      return { status: 404, text: `Not found: ${noCollection(subject, place) ?? message}` };
    case "ALIAS_NOT_FOUND":
      return { status: 404, text: `Not found: Alias ${brief(`${subject.alias}`)} does not exists!` };
    case "POINT_NOT_FOUND":
      return { status: 404, text: `Not found: ${noPoint(subject) ?? message}` };
    case "COLLECTION_EXISTS":
      return { status: 409, text: `Wrong input: Collection \`${subject.collection}\` already exists!` };
    case "WRONG_DIMENSION":
      return { status: 400, text: `Wrong input: ${wrongDimension(subject) ?? message}` };
    case "INVALID_ID":
      return { status: 400, text: `Format error in JSON body: ${noId(subject) ?? message}` };
    case "INVALID_ARGUMENT":
      return invalidArgument(message, error.details, place.flattened);
    case "INVALID_NAME":
      return { status: 422, text: `Validation error in ${partOf(error, place)}: [${message}]` };
    case "INVALID_PAYLOAD":
    case "NOT_FINITE":
      return { status: 400, text: `Format error in JSON body: ${message}` };
    case "NOT_SUPPORTED":
    case "ABORTED":
      return { status: 400, text: `Bad request: ${message}` };
    case "TIMEOUT":
      return { status: 408, text: `Timeout error: ${message}` };
    case "CLOSED":
      // One that was replaced is there, and takes the next request.
      return place.isOpen() && place.collection !== undefined && subject.collection === undefined
        ? { status: 404, text: `Not found: Collection \`${place.collection}\` doesn't exist!` }
        : { status: 503, text: `Service unavailable: ${message}` };
    case "OUT_OF_MEMORY":
      return { status: 507, text: `Out of memory: ${message}` };
    case "READ_ONLY":
    case "STORAGE_DENIED":
      return { status: 403, text: `Forbidden: ${message}` };
    case "SNAPSHOT_NOT_FOUND":
      return { status: 404, text: `Not found: ${noSnapshot(subject) ?? message}` };
    case "STORAGE_FULL":
      return { status: 507, text: `Insufficient storage: ${message}` };
    // Of the store, not of the request: whoever runs the server has to act.
    case "LOCKED":
    case "STORAGE_FAILED":
    case "DAMAGED":
      return { status: 503, text: `Service unavailable: ${message}` };
    case "INTERNAL":
      return undefined;
  }
}

/** By its name, not its class: a program may have loaded the engine and this face in two formats, with a class each. */
export function isNearvecError(error: unknown): error is NearvecError {
  return error instanceof Error && error.name === "NearvecError";
}

/** A collection that the request's path names, and one that something in its body does, are missing in different words. */
function noCollection({ collection }: ErrorSubject, place: Place): string | undefined {
  if (collection === undefined) return undefined;
  return place.collection === undefined || place.collection === collection
    ? `Collection \`${collection}\` doesn't exist!`
    : `Collection ${collection} not found`;
}

function noPoint({ point }: ErrorSubject): string | undefined {
  return point === undefined ? undefined : `No point with id ${brief(String(point))} found`;
}

function noSnapshot({ snapshot }: ErrorSubject): string | undefined {
  return snapshot === undefined ? undefined : `Snapshot ${brief(snapshot)} not found`;
}

function wrongDimension({ dimension }: ErrorSubject): string | undefined {
  if (dimension === undefined) return undefined;
  return `Vector dimension error: expected dim: ${dimension.expected}, got ${dimension.got}`;
}

function noId(subject: ErrorSubject): string | undefined {
  const { id } = subject;
  if (id === undefined || (typeof id === "object" && id !== null)) return undefined;
  const isNumber = typeof id === "number" || typeof id === "bigint";
  const text = isNumber ? brief(inJson(id)) : JSON.stringify(typeof id === "string" ? brief(id) : id);
  return `value ${text} is not a valid point ID, valid values are either an unsigned integer or a UUID`;
}

/** Its numbers as JSON has them: without the `n` that bigints have, and with no digits that weren't sent. */
function messageOf({ message, details: { got } }: NearvecError): string {
  if (got === undefined || !/^-?[\d.]+(?:n|e\+\d+)?$/.test(got)) return message;
  const text = got.endsWith("n") ? got.slice(0, -1) : inJson(Number(got));
  return message.replace(`: got ${got}`, () => `: got ${text}`);
}

/** By what the client calls names that are arguments of a method, and over HTTP parts of the path. */
function partOf({ details: { what } }: NearvecError, { collection }: Place): Part {
  if (what === "the vector's name") return "path parameters";
  // The body may name a collection too, whose vectors are looked up.
  return what === "collection name" && !isName(collection) ? "path parameters" : "JSON body";
}

function isName(collection: string | undefined): boolean {
  try {
    checkCollectionName(collection);
    return true;
  } catch {
    return false;
  }
}
