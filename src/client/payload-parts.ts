import { invalidArgument } from "../errors.ts";
import { type JsonPath, parsePath } from "../payload/path.ts";
import { excluding, including } from "../payload/select.ts";
import type { Payload } from "./types.ts";

/** The parts of payloads that a request wants, or does without: a list of paths, `{ include }` or `{ exclude }`. */
export function parsePayloadParts(value: unknown, what: string): (payload: Payload) => Payload {
  if (Array.isArray(value)) return including(parsePaths(value, what));
  if (typeof value === "object" && value !== null && Object.keys(value).length === 1) {
    if ("include" in value) return including(parsePaths(value.include, `${what}.include`));
    if ("exclude" in value) return excluding(parsePaths(value.exclude, `${what}.exclude`));
  }
  const expected = "true, false, a list of paths, { include: paths } or { exclude: paths }";
  throw invalidArgument(what, value, expected);
}

function parsePaths(value: unknown, what: string): readonly JsonPath[] {
  if (!Array.isArray(value)) throw invalidArgument(what, value, "a list of paths: keys of the payload");
  return Array.from(value, (path: unknown, index) => parsePath(path, `${what}[${index}]`));
}
