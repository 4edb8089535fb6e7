/** Bodies of requests, read up to a limit. */

import { parseBody } from "./exact-body.ts";
import { formatError, Refusal } from "./refusal.ts";

/** An object of a request. */
export type Body = Readonly<Record<string, unknown>>;

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/**
 * The body as an object.
 *
 * @throws {Refusal} 413 beyond the limit, 415 for another type than JSON, 400 for what is no JSON object
 */
export async function readBody(request: Request, maxBytes: number): Promise<Body> {
  const bytes = await readBytes(request, maxBytes);
  if (bytes.byteLength === 0) throw formatError("JSON body", "EOF while parsing a value");
  const value = parseBody(bytes);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Body;
  const kind = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
  throw formatError("JSON body", `invalid type: ${kind}, expected an object`);
}

/** @throws {Refusal} 415 */
function checkType({ headers }: Request): void {
  // Browsers send other types from any page without asking first: then this is no caller who was let in.
  if (!JSON_TYPE.test(headers.get("content-type") ?? "")) {
    throw new Refusal(415, "Content type error: send the header `Content-Type: application/json`");
  }
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    throw new Refusal(415, `Content encoding error: ${JSON.stringify(encoding)}: send the body as it is`);
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  try {
    return await readUpTo(request, maxBytes);
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    // Whoever sent it went away, or was too slow.
    throw formatError("JSON body", "the body broke off");
  }
}

/** Only what has the right type is waited for; what is empty needs none. */
async function readUpTo(request: Request, maxBytes: number): Promise<Uint8Array> {
  const announced = request.headers.get("content-length");
  if (announced !== null) {
    if (Number(announced) > maxBytes) throw tooLarge(maxBytes);
    if (Number(announced) === 0) return new Uint8Array(0);
    checkType(request);
    const bytes = new Uint8Array(await request.arrayBuffer());
    if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes);
    return bytes;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  try {
    for (;;) {
      const chunk = (await reader?.read())?.value as Uint8Array | undefined;
      if (chunk === undefined) return concatenated(chunks, length);
      if (length === 0 && chunk.byteLength > 0) checkType(request);
      length += chunk.byteLength;
      if (length > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    await reader?.cancel();
    throw error;
  }
}

function concatenated(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, `Payload too large: a body may have ${maxBytes} bytes. Send less at once`);
}
