/** What pieces of checkpoints must be like, whatever they hold. */

import { NearvecError } from "../../errors.ts";
import type { Piece } from "../../journal/sections.ts";

/** Stored bytes that make no sense. @param details more than a few words when it helps to find the defect */
export function damaged(what: string, details: { got?: unknown; expected?: unknown } = {}): NearvecError {
  const { got, expected } = details;
  return new NearvecError("DAMAGED", {
    what: `restoring vectors: ${what}`,
    ...(got !== undefined && { got: String(got) }),
    ...(expected !== undefined && { expected: String(expected) }),
    todo: "Restore a snapshot, or let `nearvec check` say what is damaged.",
  });
}

/** The u32 words of a piece. */
export function wordsOf({ bytes }: Piece): Uint32Array {
  if (bytes.length % 4 !== 0) throw damaged("a piece ends within a number", { got: `${bytes.length} bytes` });
  // A copy where it doesn't begin as it should: slower, and right.
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(buffer, byteOffset, bytes.length / 4);
}

export function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** What a HEAD piece says. Everything in it is asked for by name and checked; what is not asked for is not looked at. */
export class Head {
  readonly #facts: Record<string, unknown>;

  constructor({ bytes }: Piece) {
    let facts: unknown;
    try {
      facts = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch {
      facts = undefined; // reported below
    }
    if (typeof facts !== "object" || facts === null) throw damaged("a head is no object");
    this.#facts = facts as Record<string, unknown>;
  }

  static bytes(facts: object): Uint8Array {
    return new TextEncoder().encode(JSON.stringify(facts));
  }

  has(name: string): boolean {
    return this.#facts[name] !== undefined;
  }

  /** Throws unless these facts are among those of the head. */
  expect(facts: Readonly<Record<string, string | number | boolean>>): void {
    for (const [name, expected] of Object.entries(facts)) {
      const got = this.#facts[name];
      if (got !== expected)
        throw damaged(`\`${name}\``, { got: JSON.stringify(got), expected: JSON.stringify(expected) });
    }
  }

  /** An integer from `least` to `most`. */
  integer(name: string, least: number, most: number): number {
    const got = this.#facts[name];
    if (typeof got !== "number" || !Number.isInteger(got) || got < least || got > most) {
      throw damaged(`\`${name}\``, { got: JSON.stringify(got), expected: `${least} to ${most}` });
    }
    return got;
  }

  boolean(name: string): boolean {
    const got = this.#facts[name];
    if (typeof got !== "boolean")
      throw damaged(`\`${name}\``, { got: JSON.stringify(got), expected: "a boolean" });
    return got;
  }
}
