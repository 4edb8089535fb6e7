/** Lines of a file or a stream. */

import { UsageError } from "./arguments.ts";

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  /** Of the line in UTF-8, with its end. */
  readonly bytes: number;
}

const NEWLINE = 0x0a;
/** What strings can hold is little more. */
const MOST_BYTES = 511 * 1024 * 1024;

// A byte order mark means something at the very beginning only.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Lines that end with LF or CRLF, and with nothing else: within JSON, U+2028 and U+2029 are characters like any other, at which
 * Node's own readers of lines split.
 *
 * @throws {UsageError} for what is no UTF-8, and a line that no string holds
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let number = 0;
  let begun: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      yield lineOf([...begun, chunk.subarray(from, end)], ++number, 1);
      begun = [];
      length = 0;
      from = end + 1;
    }
    length += chunk.length - from;
    if (length > MOST_BYTES) throw new UsageError(`line ${number + 1} is longer than ${MOST_BYTES} bytes`);
    begun.push(chunk.subarray(from));
  }
  if (length > 0) yield lineOf(begun, ++number, 0);
}

function lineOf(parts: readonly Uint8Array[], number: number, end: number): Line {
  const bytes = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  let text = decode(bytes, number);
  if (number === 1 && text.startsWith("\ufeff")) text = text.slice(1);
  if (text.endsWith("\r")) text = text.slice(0, -1);
  return { number, text, bytes: bytes.length + end };
}

function decode(bytes: Uint8Array, number: number): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new UsageError(`line ${number} is no UTF-8`);
  }
}
