import { extras } from "./extras-on-demand.ts";
import type { Payload } from "./types.ts";

/** Which part of a payload an answer carries: all of it, nothing, or what the function makes of it. */
export type PayloadSelector = boolean | ((payload: Payload) => Payload);

/** `with_payload`: a boolean, a list of paths, `{ include }` or `{ exclude }`; for all but a boolean, `extras` must be loaded. */
export function parsePayloadSelector(given: unknown): PayloadSelector {
  return typeof given === "boolean" ? given : extras.module.parsePayloadParts(given);
}
