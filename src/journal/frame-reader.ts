/** Reads the frames of a file one behind the other, a few megabytes at a time. */

import type { ReadableFile } from "../storage/storage.ts";
import { decodeFrame, FRAME_BYTES, frameBytes, type ReadFrame } from "./frame.ts";

const WINDOW_BYTES = 4 << 20;
const NOTHING = new Uint8Array(0);

export class FrameReader {
  readonly #file: ReadableFile;
  /** The file's bytes from `#base` on, and how many of them are behind. */
  #window: Uint8Array<ArrayBuffer>;
  #base = 0;
  #at = 0;

  constructor(file: ReadableFile) {
    this.#file = file;
    this.#window = file.inMemory ?? NOTHING;
  }

  /** Where the next frame begins. */
  get position(): number {
    return this.#base + this.#at;
  }

  get atEnd(): boolean {
    return this.position >= this.#file.size;
  }

  /**
   * The next frame; undefined, without moving, where the file ends or no whole and right frame begins. Its body begins
   * at a multiple of 8, and is good until the next call.
   */
  async next(): Promise<ReadFrame | undefined> {
    if (!(await this.#has(FRAME_BYTES))) return undefined;
    const size = frameBytes(this.#window, this.#at);
    if (size === undefined || !(await this.#has(size))) return undefined;
    const frame = decodeFrame(this.#window, this.#at, this.#base);
    if (frame !== undefined) this.#at += size;
    return frame;
  }

  /** Moves to the next place where a whole and right frame begins, and answers it; undefined when there is none. */
  async find(): Promise<ReadFrame | undefined> {
    for (; await this.#has(FRAME_BYTES); this.#at += 8) {
      const frame = await this.next();
      if (frame !== undefined) return frame;
    }
    return undefined;
  }

  /** Whether so many bytes are left; then they are in the window. */
  async #has(bytes: number): Promise<boolean> {
    if (this.#at + bytes <= this.#window.byteLength) return true;
    const { position } = this;
    const left = this.#file.size - position;
    if (bytes > left) return false;
    this.#window = await this.#file.read(position, Math.min(left, Math.max(bytes, WINDOW_BYTES)));
    this.#base = position;
    this.#at = 0;
    return true;
  }
}
