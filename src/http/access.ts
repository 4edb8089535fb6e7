/** Who may do what. */

import type { Settings } from "./options.ts";
import { Refusal } from "./refusal.ts";

/** What a route asks for: nothing, a key, or the key that may write. */
export type Access = "open" | "read" | "write";

const BEARER = /^bearer +(.+)$/i;

/**
 * Lets those through who may. Keys are compared in a time that depends on what was sent alone.
 *
 * @throws {Refusal} 401 without a key, or with a wrong one; 403 for a write with the key that only reads
 */
export function checkAccess(request: Request, access: Access, { apiKey, readOnlyApiKey }: Settings): void {
  if (access === "open" || (apiKey === undefined && readOnlyApiKey === undefined)) return;
  const { headers } = request;
  const given = headers.get("api-key") ?? BEARER.exec(headers.get("authorization") ?? "")?.[1];
  if (given === undefined) {
    throw new Refusal(401, "Must provide an API key or an Authorization bearer token");
  }
  // Both are compared, whatever comes of the first.
  const writes = isEqual(given, apiKey);
  const reads = isEqual(given, readOnlyApiKey);
  if (writes) return;
  if (!reads) throw new Refusal(401, "Invalid API key or JWT");
  if (access === "write")
    throw new Refusal(403, "Forbidden: Write access is required; this key may only read");
}

/**
 * Refuses what a page of another site makes a browser send: to a server without a key that only its own machine reaches, say.
 * Browsers say where such a request comes from; programs don't.
 *
 * @throws {Refusal} 403
 */
export function checkOrigin({ headers, url }: Request, { cors = [] }: Settings): void {
  if (cors === "*") return;
  const origin = headers.get("origin");
  if (origin === null) {
    // What a page merely shows (`<img>`) is asked for without an origin. Then there is no telling which site it is.
    const site = headers.get("sec-fetch-site");
    if (site !== "cross-site" && site !== "same-site") return;
  } else if (origin === new URL(url).origin || [cors].flat().includes(origin)) return;
  throw new Refusal(403, "Forbidden: pages of other sites may not do this; see the option `cors`");
}

/** Looks at every character of the first text, however the second one differs, and however long that is. */
function isEqual(given: string, expected: string | undefined): boolean {
  // What is no key, or an empty one, is nobody's: it is compared with something all the same.
  const isNone = typeof expected !== "string" || expected === "";
  const text = isNone ? "\0" : expected;
  let difference = given.length ^ text.length;
  for (let i = 0; i < given.length; i++) {
    // Beyond its end the text begins again: the lengths have told by then.
    difference |= given.charCodeAt(i) ^ text.charCodeAt(i % text.length);
  }
  return !isNone && difference === 0;
}
