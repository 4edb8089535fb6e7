/**
 * As much of the WebAssembly binary format as the tests of the built modules need.
 *
 *   "\0asm" u32 version, then sections: id u8 │ size leb128 │ content
 */
export interface Section {
  readonly id: number;
  readonly content: Reader;
}

export const SECTION = { custom: 0, import: 2, start: 8, data: 11 } as const;

class Reader {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new RangeError(`read past the end at ${this.at}`);
    return value;
  }

  /** An unsigned LEB128 number; signed ones that are not negative and below 2^(7n - 1) read the same. */
  leb(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  take(length: number): Reader {
    const part = new Reader(this.bytes.subarray(this.at, this.at + length));
    if (part.bytes.length !== length) throw new RangeError(`section cut short at ${this.at}`);
    this.at += length;
    return part;
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.leb()).bytes);
  }
}

export function sections(module: Uint8Array): Section[] {
  const reader = new Reader(module);
  reader.at = 8;
  const found: Section[] = [];
  while (!reader.isAtEnd) {
    const id = reader.byte();
    found.push({ id, content: reader.take(reader.leb()) });
  }
  return found;
}

/** The limits of the imported memory, as the import section states them. */
export function importedMemory(module: Uint8Array): { shared: boolean; initial: number; maximum?: number } {
  const content = sections(module).find(({ id }) => id === SECTION.import)?.content;
  if (!content) throw new Error("the module imports nothing");
  for (let left = content.leb(); left > 0; left--) {
    content.name();
    content.name();
    const kind = content.byte();
    if (kind === 0) {
      content.leb();
    } else if (kind === 2) {
      const flags = content.byte();
      const initial = content.leb();
      const shared = (flags & 2) !== 0;
      return (flags & 1) === 0 ? { shared, initial } : { shared, initial, maximum: content.leb() };
    } else {
      throw new Error(`the module imports something of kind ${kind}`);
    }
  }
  throw new Error("the module imports no memory");
}

export interface DataSegment {
  readonly start: number;
  readonly end: number;
}

/** Where a module's static data lies; only active segments at constant addresses are known here. */
export function dataSegments(module: Uint8Array): DataSegment[] {
  const content = sections(module).find(({ id }) => id === SECTION.data)?.content;
  if (!content) return [];
  return Array.from({ length: content.leb() }, () => {
    const mode = content.leb();
    const opcode = content.byte();
    if (mode !== 0 || opcode !== 0x41) throw new Error(`data segment of mode ${mode}, opcode ${opcode}`);
    const start = content.leb();
    if (content.byte() !== 0x0b) throw new Error("data segment at an address that is computed");
    const length = content.leb();
    content.take(length);
    return { start, end: start + length };
  });
}

/** The functions' names, which only a debug build keeps (custom section "name", subsection 1). */
export function functionNames(module: Uint8Array): string[] {
  for (const { id, content } of sections(module)) {
    if (id !== SECTION.custom || content.name() !== "name") continue;
    while (!content.isAtEnd) {
      const subsection = content.byte();
      const part = content.take(content.leb());
      if (subsection !== 1) continue;
      return Array.from({ length: part.leb() }, () => {
        part.leb();
        return part.name();
      });
    }
  }
  return [];
}
