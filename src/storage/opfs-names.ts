/**
 * Which file has which name, in a store in the origin private file system. Two copies; the one of the newer generation
 * counts, and the other is the one that is written next.
 *
 * ```
 *   0            4            8                   16           20
 *   ┌────────────┬────────────┬───────────────────┬────────────┬──────────────────┬───────┐
 *   │ "NVNM"     │ CRC-32 of  │ generation        │ bytes of   │ JSON             │ zeros │
 *   │            │ what comes │ (f64)             │ JSON       │                  │       │
 *   └────────────┴────────────┴───────────────────┴────────────┴──────────────────┴───────┘
 *   JSON: { "files": [[path, number], …], "folders": [path, …] }
 * ```
 */

import { crc32 } from "../crc.ts";
import { browserFault } from "./browser-failures.ts";
import type { SyncHandle } from "./opfs-pool.ts";
import { parentOf } from "./paths.ts";
import type { StorageEntry } from "./storage.ts";

export interface Names {
  /** The number of each file, by its path. */
  readonly files: ReadonlyMap<string, number>;
  /** Their paths; the root is none of them. */
  readonly folders: ReadonlySet<string>;
}

export const NO_NAMES: Names = { files: new Map(), folders: new Set() };
export const NAMES_FILES = ["names-0", "names-1"] as const;

const MAGIC = 0x4d4e564e;
const HEAD_BYTES = 20;
/** Room for hundreds of names: where the quota is exceeded, a shorter table must not need more room than there is. */
const STEP_BYTES = 1 << 14;

interface Generation {
  readonly generation: number;
  readonly names: Names;
}

export class NamesFile {
  readonly #handles: readonly [SyncHandle, SyncHandle];
  #generation: number;
  /** The copy that counts. */
  #current: 0 | 1;

  private constructor(handles: readonly [SyncHandle, SyncHandle], generation: number, current: 0 | 1) {
    this.#handles = handles;
    this.#generation = generation;
    this.#current = current;
  }

  /** Names are undefined where neither copy can be read: a new store, or a damaged one. */
  static open(handles: readonly [SyncHandle, SyncHandle]): { file: NamesFile; names: Names | undefined } {
    const found = handles.map((handle) => {
      // What a killed worker wrote may be with the operating system only.
      handle.flush();
      const bytes = new Uint8Array(handle.getSize());
      return decodeNames(bytes.subarray(0, handle.read(bytes, { at: 0 })));
    });
    const newest = newestOf(found);
    const current = newest !== undefined && newest === found[1] ? 1 : 0;
    return { file: new NamesFile(handles, newest?.generation ?? 0, current), names: newest?.names };
  }

  /** Once it returns, these are the names, whatever happens. When it throws, a crash may leave the old ones or these. */
  write(names: Names): void {
    const next = this.#current === 0 ? 1 : 0;
    const handle = this.#handles[next];
    const bytes = encodeNames({ generation: this.#generation + 1, names });
    if (handle.write(bytes, { at: 0 }) !== bytes.length) {
      throw browserFault("STORAGE_FULL", "could not write", NAMES_FILES[next], "a write of a part");
    }
    handle.flush();
    this.#generation++;
    this.#current = next;
  }

  close(): void {
    for (const handle of this.#handles) handle.close();
  }
}

/** For those who read a store that has an owner. */
export async function readNames(folder: FileSystemDirectoryHandle): Promise<Names | undefined> {
  const found = await Promise.all(
    NAMES_FILES.map(async (name) => {
      const file = await (await folder.getFileHandle(name)).getFile();
      return decodeNames(new Uint8Array(await file.arrayBuffer()));
    }),
  );
  return newestOf(found)?.names;
}

/** Undefined when there is no such file. @throws {NearvecError} `STORAGE_FAILED` when it is a folder */
export function numberOf({ files, folders }: Names, path: string): number | undefined {
  if (folders.has(path)) throw browserFault("STORAGE_FAILED", "could not open", path, "a folder");
  return files.get(path);
}

export async function listNames(
  { files, folders }: Names,
  folder: string,
  sizeOf: (number: number) => Promise<number | undefined>,
): Promise<StorageEntry[]> {
  const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  const entries: StorageEntry[] = [];
  for (const [path, number] of files) {
    if (parentOf(path) !== folder) continue;
    const size = await sizeOf(number);
    if (size !== undefined) entries.push({ name: nameOf(path), isFolder: false, size });
  }
  for (const path of folders) {
    if (parentOf(path) === folder) entries.push({ name: nameOf(path), isFolder: true, size: 0 });
  }
  return entries;
}

function newestOf(found: readonly (Generation | undefined)[]): Generation | undefined {
  const [first, second] = found;
  return (second?.generation ?? 0) > (first?.generation ?? 0) ? second : first;
}

function encodeNames({ generation, names: { files, folders } }: Generation): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify({ files: [...files], folders: [...folders] }));
  const bytes = new Uint8Array(Math.ceil((HEAD_BYTES + json.length) / STEP_BYTES) * STEP_BYTES);
  bytes.set(json, HEAD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setFloat64(8, generation, true);
  view.setUint32(16, json.length, true);
  view.setUint32(4, crc32(bytes.subarray(8, HEAD_BYTES + json.length)), true);
  return bytes;
}

function decodeNames(bytes: Uint8Array<ArrayBuffer>): Generation | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = HEAD_BYTES + view.getUint32(16, true);
  if (view.getUint32(0, true) !== MAGIC || end > bytes.length) return undefined;
  if (view.getUint32(4, true) !== crc32(bytes.subarray(8, end))) return undefined;
  const json: { files: [string, number][]; folders: string[] } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(HEAD_BYTES, end)),
  );
  return {
    generation: view.getFloat64(8, true),
    names: { files: new Map(json.files), folders: new Set(json.folders) },
  };
}
