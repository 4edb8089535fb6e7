/** JSON of requests, from its bytes. */

import { parseExactly } from "../payload/exact-json.ts";
import { formatError } from "./refusal.ts";

/** Nesting beyond this is refused, as a server does: whatever walks a request may recurse. */
const DEEPEST = 128;
/** An integer that a number may not hold: 16 digits or more, and no fraction. Within a string it does no harm. */
const LONG_INTEGER = /[[{,:\s-]\d{16}/;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * JSON.parse of UTF-8 text, with integers of 64 bits exact: those that a number can't hold are bigints. Texts without such,
 * which is nearly all, are read at full speed.
 *
 * @throws {Refusal} 400
 */
export function parseBody(bytes: Uint8Array): unknown {
  checkDepth(bytes);
  const text = decode(bytes);
  try {
    return LONG_INTEGER.test(text) ? parseExactly(text) : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw formatError("JSON body", error.message);
    throw error;
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw formatError("JSON body", "invalid unicode: the text is not UTF-8");
  }
}

/**
 * What is no JSON may pass: the parser refuses it.
 *
 * @throws {Refusal} 400 where brackets open deeper than allowed
 */
function checkDepth(bytes: Uint8Array): void {
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    // Numbers, and what is between them, are most of most bodies.
    if (byte < OPEN_ARRAY && byte !== QUOTE) continue;
    if (byte === QUOTE) {
      i = endOfString(bytes, i);
      if (i === -1) return;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
    else if ((byte === OPEN_ARRAY || byte === OPEN_OBJECT) && ++depth > DEEPEST) {
      throw formatError("JSON body", `recursion limit of ${DEEPEST} levels exceeded`);
    }
  }
}

/** Where the string that begins there ends; -1 when it doesn't. */
function endOfString(bytes: Uint8Array, from: number): number {
  for (let i = from + 1; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) return i;
    if (byte === BACKSLASH) i++;
  }
  return -1;
}
