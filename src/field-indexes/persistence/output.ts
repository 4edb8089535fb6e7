import { Section, type Sink } from "../../journal/sections.ts";
import { COLUMN_BYTES, Part } from "./format.ts";

/** Where pieces of an index go while it is written: at every turn another sink, which wants about so many bytes. */
export class Output {
  /** Bytes since the beginning. */
  written = 0;
  pieces = 0;
  #sink: Sink | undefined;
  #limit = COLUMN_BYTES;
  #part: Part = Part.OWN;
  /** Things of the part so far. */
  #count = 0;

  /** Goes on with a sink. */
  turn(sink: Sink, bytes: number): void {
    this.#sink = sink;
    this.#limit = Math.min(COLUMN_BYTES, Math.max(1, bytes));
  }

  /** A piece with columns of as many bytes is enough. */
  get limit(): number {
    return this.#limit;
  }

  head(bytes: Uint8Array): void {
    this.#write(Section.HEAD, 0, 0, bytes);
  }

  emit(part: Part, count: number, bytes: Uint8Array): void {
    if (part !== this.#part) this.#count = 0;
    this.#part = part;
    this.#write(Section.FIELD_INDEX, this.#count, count, bytes);
    this.#count += count;
    this.pieces++;
  }

  end(bytes: Uint8Array): void {
    this.#write(Section.FIELD_INDEX, this.pieces, 0, bytes);
  }

  #write(section: Section, from: number, count: number, bytes: Uint8Array): void {
    this.written += bytes.length;
    this.#sink?.(section, from, count, bytes);
  }
}
