import { WithPayloadInterface } from "../generated/validators/with-payload-interface.ts";
import { type JsonPath, parsePath } from "../payload/path.ts";
import { excluding, including } from "../payload/select.ts";
import { check } from "../validation/schema.ts";
import type { Payload } from "./types.ts";

/** The parts of payloads that a request wants, or does without: a list of paths, `{ include }` or `{ exclude }`. */
export function parsePayloadParts(given: unknown): (payload: Payload) => Payload {
  const parts = check(WithPayloadInterface, given, "with_payload");
  if (typeof parts === "boolean") return (payload) => payload;
  if ("include" in parts) return including(parsePaths(parts.include, "with_payload.include"));
  if ("exclude" in parts) return excluding(parsePaths(parts.exclude, "with_payload.exclude"));
  return including(parsePaths(parts, "with_payload"));
}

function parsePaths(paths: readonly string[], what: string): readonly JsonPath[] {
  return paths.map((path, index) => parsePath(path, `${what}[${index}]`));
}
