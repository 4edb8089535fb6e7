import { extras } from "./extras-on-demand.ts";
import type { Payload } from "./types.ts";

/** Which part of a payload an answer carries: all of it, nothing, or what the function makes of it. */
export type PayloadSelector = boolean | ((payload: Payload) => Payload);

/** `with_payload`: a boolean, a list of paths, `{ include }` or `{ exclude }`; for all but a boolean, `extras` must be loaded. */
export function parsePayloadSelector(
  value: unknown,
  otherwise: boolean,
  what = "with_payload",
): PayloadSelector {
  if (value == null) return otherwise;
  return typeof value === "boolean" ? value : extras.module.parsePayloadParts(value, what);
}
