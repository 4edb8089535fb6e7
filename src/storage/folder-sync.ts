/** Which folders hold names that no disk has yet, and getting them there. */

import type { NearvecError } from "../errors.ts";
import { codeOf, systemFailure } from "./failures.ts";
import type { NodeModules } from "./node-modules.ts";

interface Folder {
  /** How many changes it had, and how many of those a sync has taken in. */
  changes: number;
  synced: number;
}

/** What file systems say that have no way to sync a folder; PostgreSQL lets these pass as well. */
const IMPOSSIBLE = new Set(["EINVAL", "ENOTSUP"]);

export class FolderSync {
  readonly #node: NodeModules;
  readonly #root: string;
  /** The highest folder that may hold a new name: the one that the store's folder is in, or further up. */
  #top: string;
  /** A folder that isn't here counts as changed: who was here before may have been killed before its sync. */
  readonly #folders = new Map<string, Folder>();
  /** What a folder's sync failed with. Asked again, the system may say that all is well, and it isn't. */
  #failure: NearvecError | undefined;

  /** @param root the store's folder */
  constructor(node: NodeModules, root: string) {
    this.#node = node;
    this.#root = root;
    this.#top = node.path.dirname(root);
  }

  /** Makes a folder, and those above it that are missing. @throws what the system does */
  make(folder: string): void {
    const { fs, path } = this.#node;
    const first = fs.mkdirSync(folder, { recursive: true });
    if (first === undefined) return;
    const last = path.dirname(path.resolve(first));
    if (last.length < this.#top.length) this.#top = last;
    for (let made = folder; made !== last && made !== path.dirname(made); made = path.dirname(made)) {
      this.note(path.dirname(made));
    }
  }

  /** There is a new name in that folder. */
  note(folder: string): void {
    this.#folder(folder).changes++;
  }

  /** Syncs every folder above that file which may have new names. @throws {NearvecError} */
  async sync(file: string): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    // Windows has no way to do that; NTFS writes names into its own log, in order.
    if (process.platform === "win32") return;
    const { path } = this.#node;
    let at = file;
    do {
      at = path.dirname(at);
      const folder = this.#folder(at);
      if (folder.synced < folder.changes) await this.#syncOne(at, folder);
    } while (at !== this.#top && at !== path.dirname(at));
  }

  #folder(name: string): Folder {
    let folder = this.#folders.get(name);
    if (folder === undefined) {
      folder = { changes: 1, synced: 0 };
      this.#folders.set(name, folder);
    }
    return folder;
  }

  async #syncOne(name: string, folder: Folder): Promise<void> {
    const { changes } = folder;
    let isOpen = false;
    try {
      const handle = await this.#node.fs.promises.open(name, "r");
      isOpen = true;
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (cause) {
      const code = codeOf(cause);
      // Above the store, somebody else may have made the folders, and let nobody read them.
      const isOthers = code === "EACCES" && !name.startsWith(this.#root);
      if (!isOthers && !IMPOSSIBLE.has(code)) {
        const error = systemFailure(cause, "could not sync the folder", name);
        // What was never asked to sync may be asked again: the process had too many files open, say.
        if (isOpen && error.code !== "STORAGE_FULL") this.#failure = error;
        throw error;
      }
    }
    folder.synced = Math.max(folder.synced, changes);
  }
}
