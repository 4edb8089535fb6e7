/** A storage that counts what is written and synced, and may take its time for syncs. */

import type { Storage, WritableFile } from "../../../src/storage/storage.ts";

/** What was asked of a storage. */
export class Watch {
  syncs = 0;
  /** Bytes by the kind of file: "log", "checkpoint", "manifest", "catalog". */
  readonly bytes = new Map<string, number>();
  /** Milliseconds that a sync takes longer. */
  delay = 0;

  reset(): void {
    this.syncs = 0;
    this.bytes.clear();
  }

  noteBytes(path: string, count: number): void {
    const kind = /([a-z]+)-\d+$/.exec(path)?.[1] ?? path;
    this.bytes.set(kind, (this.bytes.get(kind) ?? 0) + count);
  }
}

export function watched(storage: Storage, watch: Watch): Storage {
  return {
    kind: storage.kind,
    place: storage.place,
    readOnly: storage.readOnly,
    list: (folder) => storage.list(folder),
    open: (path) => storage.open(path),
    create: async (path) => new WatchedFile(await storage.create(path), path, watch),
    remove: (path) => storage.remove(path),
    close: () => storage.close(),
  };
}

class WatchedFile implements WritableFile {
  readonly #file: WritableFile;
  readonly #path: string;
  readonly #watch: Watch;

  constructor(file: WritableFile, path: string, watch: Watch) {
    this.#file = file;
    this.#path = path;
    this.#watch = watch;
  }

  get size(): number {
    return this.#file.size;
  }

  append(bytes: Uint8Array): void {
    this.#file.append(bytes);
    this.#watch.noteBytes(this.#path, bytes.byteLength);
  }

  drained(): Promise<void> | undefined {
    return this.#file.drained();
  }

  async sync(): Promise<void> {
    this.#watch.syncs++;
    const { delay } = this.#watch;
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    await this.#file.sync();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
