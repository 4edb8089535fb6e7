/**
 * Reads every byte of a store and says what is wrong, all of it: opening stops at the first damage. Changes nothing.
 */

import type { Storage } from "../storage/storage.ts";
import { Frame, type ReadFrame } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { readLog, segmentNumbers } from "./log-reader.ts";
import { Section } from "./sections.ts";
import { segmentPath } from "./segment.ts";

export interface Finding {
  /**
   * `damage`: something that was stored can't be read. `note`: nothing is lost (a spare copy, the end of a log that a
   * crash left unfinished).
   */
  readonly kind: "damage" | "note";
  readonly file: string;
  /** Where in it, in bytes. */
  readonly at: number;
  readonly what: string;
}

interface ManifestFiles {
  readonly checkpoints: readonly { readonly number: number; readonly bytes: number }[];
  readonly segment: number;
}

const SECTION_NAMES = new Map(
  Object.entries(Section).map(([name, number]) => [
    number as number,
    name.toLowerCase().replaceAll("_", " "),
  ]),
);

export class Verification {
  readonly findings: Finding[] = [];
  files = 0;
  bytes = 0;
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Both files of a record. Answers the newest body that can be read. */
  async twofold(name: string): Promise<Uint8Array | undefined> {
    const filesBefore = this.files;
    const found: ReadFrame[] = [];
    const broken: string[] = [];
    for (const path of [`${name}-0`, `${name}-1`]) {
      const frame = await this.#read(path, async (reader) => {
        const first = await reader.next();
        return first?.kind === Frame.MANIFEST && reader.atEnd ? first : undefined;
      });
      if (frame !== undefined) found.push(frame);
      else broken.push(path);
    }
    const newest = found.sort((a, b) => b.a - a.a)[0];
    // There never was one; whether there should be is for whoever asks to say.
    if (newest === undefined && this.files === filesBefore) return undefined;
    for (const file of broken) {
      if (newest !== undefined)
        this.#note(file, 0, "can't be read; its twin has the same, and the next change writes it anew");
      else this.#damage(file, 0, "can't be read, nor can its twin");
    }
    return newest?.body;
  }

  /** All that a manifest names. Answers how many operations of the log can be read. */
  async collection(folder: string): Promise<number> {
    const body = await this.twofold(`${folder}/manifest`);
    if (body === undefined) {
      if (this.findings.length === 0) this.#damage(`${folder}/manifest-0`, 0, "it is missing");
      return 0;
    }
    const manifest: ManifestFiles = JSON.parse(new TextDecoder().decode(body));
    for (const { number, bytes } of manifest.checkpoints) {
      await this.checkpoint(`${folder}/checkpoint-${number}`, bytes);
    }
    return this.#log(folder, manifest.segment);
  }

  /** Every frame of a checkpoint, beyond those that can't be read, too. @param bytes as many as it should have */
  async checkpoint(path: string, bytes: number | undefined): Promise<void> {
    const size = await this.#read(path, async (reader, size) => {
      let parts: readonly { readonly name: string }[] = [];
      let isEnded = false;
      for (;;) {
        const at = reader.position;
        let frame = await reader.next();
        if (frame === undefined) {
          if (reader.atEnd) break;
          frame = await reader.find();
          const until = frame === undefined ? size : frame.at;
          this.#damage(path, at, `${until - at} bytes can't be read`);
          if (frame === undefined) break;
        }
        if (frame.kind === Frame.HEAD) parts = JSON.parse(new TextDecoder().decode(frame.body)).parts;
        isEnded = frame.kind === Frame.END;
        if (frame.kind > Frame.PIECE && parts[frame.part] === undefined && parts.length > 0) {
          this.#damage(
            path,
            frame.at,
            `a piece (${nameOf(frame.kind)}) of a part that the head doesn't have`,
          );
        }
      }
      if (!isEnded) this.#damage(path, size, "it has no end");
      return size;
    });
    if (size === undefined) this.#damage(path, 0, "it is missing");
    else if (bytes !== undefined && size !== bytes) this.#damage(path, size, `it should have ${bytes} bytes`);
  }

  /** A snapshot: a first frame, and checkpoints. */
  async snapshot(path: string): Promise<void> {
    await this.#read(path, async (reader) => {
      if ((await reader.next())?.kind !== Frame.SNAPSHOT)
        this.#damage(path, 0, "it is no snapshot of nearvec");
      while (!reader.atEnd) {
        const at = reader.position;
        if ((await reader.next()) !== undefined) continue;
        const next = await reader.find();
        this.#damage(path, at, `${(next?.at ?? reader.position) - at} bytes can't be read`);
        if (next === undefined) return;
      }
    });
  }

  async #log(folder: string, first: number): Promise<number> {
    let operations = 0;
    try {
      const { torn } = await readLog(this.#storage, folder, first, () => {
        operations++;
      });
      if (torn !== undefined) {
        this.#note(
          torn.file,
          torn.at,
          `${torn.bytes} bytes at the log's end are no whole record: a crash cut it off`,
        );
      }
    } catch (error) {
      const { code, message, details } = error as {
        code?: string;
        message: string;
        details?: { what: string; subject?: { file?: string; at?: number } };
      };
      if (code !== "DAMAGED") throw error;
      const { file = folder, at = 0 } = details?.subject ?? {};
      this.#damage(file, at, `${details?.what ?? message} (${operations} operations before it can be read)`);
    }
    for (const number of await segmentNumbers(this.#storage, folder)) {
      if (number >= first) await this.#read(segmentPath(folder, number), async () => undefined);
    }
    return operations;
  }

  /** Undefined when there is no such file. */
  async #read<T>(
    path: string,
    use: (reader: FrameReader, size: number) => Promise<T>,
  ): Promise<T | undefined> {
    const file = await this.#storage.open(path);
    if (file === undefined) return undefined;
    try {
      this.files++;
      this.bytes += file.size;
      return await use(new FrameReader(file), file.size);
    } finally {
      await file.close();
    }
  }

  #damage(file: string, at: number, what: string): void {
    this.findings.push({ kind: "damage", file, at, what });
  }

  #note(file: string, at: number, what: string): void {
    this.findings.push({ kind: "note", file, at, what });
  }
}

function nameOf(kind: number): string {
  return SECTION_NAMES.get(kind - Frame.PIECE) ?? `of an unknown kind, ${kind - Frame.PIECE}`;
}
