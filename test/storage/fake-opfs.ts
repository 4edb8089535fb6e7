/**
 * An origin private file system that can lose its power, as Chromium's would: bytes are safe once they are flushed, and names
 * some time after they were made, whatever is flushed.
 */

import type { SyncHandle } from "../../src/storage/opfs-pool.ts";

interface Content {
  /** What programs see. */
  bytes: Uint8Array<ArrayBuffer>;
  /** What a disk has. */
  safe: Uint8Array<ArrayBuffer>;
  isLocked: boolean;
}

export class PowerLoss extends Error {}

class DomError extends Error {
  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

/** What a disk does with what was not flushed. */
export type Fate = (
  before: Uint8Array<ArrayBuffer>,
  after: Uint8Array<ArrayBuffer>,
) => Uint8Array<ArrayBuffer>;

/** One folder, which is all that a store needs. */
export class FakeOpfs {
  #files = new Map<string, Content>();
  /** The names that a disk has. */
  #safeNames = new Map<string, Content>();
  /** Calls so far, and the one at which the power goes. */
  calls = 0;
  lossAt = Number.POSITIVE_INFINITY;
  /** Whether changes are refused for lack of space. */
  isFull = false;

  /** The time passes after which systems write names on their own. */
  settle(): void {
    this.#safeNames = new Map(this.#files);
  }

  /** What is left after a loss of power. */
  afterLoss(fate: Fate): FakeOpfs {
    const left = new FakeOpfs();
    for (const [name, { bytes, safe }] of this.#safeNames) {
      const found = fate(safe, bytes);
      left.#files.set(name, { bytes: found.slice(), safe: found, isLocked: false });
    }
    left.settle();
    return left;
  }

  /** The folder's parent. */
  get root(): FileSystemDirectoryHandle {
    const folder = this.#folder();
    const root = { getDirectoryHandle: async () => folder };
    return root as unknown as FileSystemDirectoryHandle;
  }

  get names(): string[] {
    return [...this.#files.keys()];
  }

  #call(): void {
    if (this.calls++ >= this.lossAt) throw new PowerLoss();
  }

  #folder(): FileSystemDirectoryHandle {
    const self = this;
    const folder = {
      async getFileHandle(name: string, { create = false } = {}) {
        self.#call();
        if (!self.#files.has(name)) {
          if (!create) throw new DomError("NotFoundError");
          if (self.isFull) throw new DomError("QuotaExceededError");
          self.#files.set(name, { bytes: new Uint8Array(0), safe: new Uint8Array(0), isLocked: false });
        }
        return self.#fileHandle(self.#files.get(name) as Content);
      },
      async removeEntry(name: string) {
        self.#call();
        if (self.#files.get(name)?.isLocked) throw new DomError("NoModificationAllowedError");
        if (!self.#files.delete(name)) throw new DomError("NotFoundError");
        // The file goes at once; its name is found as long as a disk has it, and leads nowhere.
        self.#safeNames.delete(name);
      },
      async *entries() {
        self.#call();
        for (const [name, content] of [...self.#files]) yield [name, self.#fileHandle(content)];
      },
    };
    return folder as unknown as FileSystemDirectoryHandle;
  }

  #fileHandle(content: Content) {
    return {
      kind: "file",
      getFile: async () => new Blob([content.bytes]),
      createSyncAccessHandle: async () => {
        this.#call();
        if (content.isLocked) throw new DomError("NoModificationAllowedError");
        content.isLocked = true;
        return this.#syncHandle(content);
      },
    };
  }

  #syncHandle(content: Content): SyncHandle {
    let isClosed = false;
    const call = () => {
      if (isClosed) throw new DomError("InvalidStateError");
      this.#call();
    };
    return {
      read(into, { at }) {
        call();
        const part = content.bytes.subarray(at, at + into.length);
        into.set(part);
        return part.length;
      },
      write: (from, { at }) => {
        call();
        const end = at + from.length;
        if (end > content.bytes.length) {
          if (this.isFull) throw new DomError("QuotaExceededError");
          content.bytes = longer(content.bytes, end);
        }
        content.bytes.set(from, at);
        return from.length;
      },
      flush() {
        call();
        content.safe = content.bytes.slice();
      },
      truncate(size) {
        call();
        content.bytes = content.bytes.slice(0, size);
      },
      getSize() {
        call();
        return content.bytes.length;
      },
      close() {
        if (isClosed) return;
        isClosed = true;
        content.isLocked = false;
      },
    };
  }
}

/** The same bytes, and zeros; in the same memory where that has room. */
function longer(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  if (bytes.byteOffset === 0 && bytes.buffer.byteLength >= length) {
    return new Uint8Array(bytes.buffer, 0, length).fill(0, bytes.length);
  }
  const memory = new Uint8Array(2 * length);
  memory.set(bytes);
  return memory.subarray(0, length);
}
