/** Where commands write to. */

import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { UsageError } from "./arguments.ts";

export interface Output {
  /** Takes all of it, or throws. */
  write(bytes: Uint8Array): Promise<void>;
  /** Writes over what the file begins with. */
  overwriteStart(bytes: Uint8Array): Promise<void>;
  /** What was written is what is to be there from now on. */
  end(): Promise<void>;
  /** Nothing of it is to be left; what was there before stays. */
  abandon(): Promise<void>;
}

/** A file by its path; standard output for `-`. */
export async function openOutput(path: string): Promise<Output> {
  if (path === "-") {
    // The same errors come to whoever writes. As events, which may be later, they would end the process in their own way.
    process.stdout.on("error", () => {});
    return new Stream(path, writeOut, async () => {});
  }
  const found = await stat(path).catch(ifMissing);
  if (found === undefined) return Replacement.open(path);
  // Behind a link is what is to be replaced, not the link.
  if (found.isFile()) return Replacement.open(await realpath(path), found.mode);
  const file = await open(path, "w");
  return new Stream(
    path,
    (bytes) => file.writeFile(bytes),
    () => file.close(),
  );
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

/** A file that is only there, in place of any other, once all of it is: until then it is another one beside. */
class Replacement implements Output {
  readonly #path: string;
  readonly #partial: string;
  readonly #file: FileHandle;

  /** What only some may read stays so. */
  static async open(path: string, mode = 0o666): Promise<Replacement> {
    const partial = `${path}.partial`;
    return new Replacement(path, partial, await open(partial, "w", mode));
  }

  constructor(path: string, partial: string, file: FileHandle) {
    this.#path = path;
    this.#partial = partial;
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    // Goes on where a single write would have taken a part only.
    await this.#file.writeFile(bytes);
  }

  async overwriteStart(bytes: Uint8Array): Promise<void> {
    const { bytesWritten } = await this.#file.write(bytes, 0, bytes.length, 0);
    if (bytesWritten < bytes.length) throw new UsageError(`${this.#partial} could not be written in full`);
  }

  async end(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
    await rename(this.#partial, this.#path);
  }

  async abandon(): Promise<void> {
    await this.#file.close();
    await rm(this.#partial, { force: true });
  }
}

/** A pipe, a terminal, a device. */
class Stream implements Output {
  readonly #path: string;
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly end: () => Promise<void>;
  readonly abandon: () => Promise<void>;

  constructor(path: string, write: (bytes: Uint8Array) => Promise<void>, close: () => Promise<void>) {
    this.#path = path;
    this.write = write;
    this.end = close;
    this.abandon = close;
  }

  async overwriteStart(): Promise<void> {
    throw new UsageError(
      `${this.#path} is no regular file, as an .npy file must be: its beginning is written last`,
    );
  }
}

function writeOut(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
