/**
 * What a store asks of the place that keeps its files: files that grow at their end, are read at any place, and are removed.
 * Nothing is ever overwritten or renamed: neither is safe everywhere. Everything that a store promises about crashes rests
 * on what this file says, so a storage that can't keep a line of it must not implement it.
 *
 * Paths are relative, of parts between "/", each of letters, digits, "-", "_" and ".", but not "." nor ".."; the first
 * is not "lock". Any other is `INVALID_ARGUMENT`.
 *
 * Errors are NearvecErrors with code `STORAGE_FULL` (no space, quota exceeded), `STORAGE_DENIED` (permission, a disk that
 * can't be written) or `STORAGE_FAILED` (anything else that the system reports), and name the file; `LOCKED` on opening a
 * store that has an owner, `READ_ONLY` for changes to one opened for reading, `CLOSED` after closing.
 */

export interface StorageEntry {
  /** The last part of its path. */
  readonly name: string;
  readonly isFolder: boolean;
  /** In bytes; 0 for a folder. */
  readonly size: number;
}

export interface Storage {
  /** For messages and `info()`: "files", "opfs", "indexeddb", "memory", "bytes". */
  readonly kind: string;
  /** The folder's or database's name, for messages. */
  readonly place: string;
  /** Whether `create` and `remove` are refused. */
  readonly readOnly: boolean;
  /** In browsers: whether they won't remove the data when the disk gets full; undefined while it isn't known. */
  readonly persisted?: boolean | undefined;

  /** What is directly in a folder ("" is the root), in no particular order; nothing where there is no such folder. Only what a path can name. */
  list(folder: string): Promise<StorageEntry[]>;
  /**
   * Undefined when there is no such file. What it shows survives a loss of power from now on: bytes that a killed process
   * had not synced are synced first, or not shown. (Unless the store is `readOnly`, or a `sync` of the file failed.)
   */
  open(path: string): Promise<ReadableFile | undefined>;
  /**
   * Makes an empty file, and the folders on its way. A file that was there of that name is gone; after a loss of power
   * before the first `sync`, it may be there again as it was. A folder of that name is an error.
   */
  create(path: string): Promise<WritableFile>;
  /**
   * Removes a file, or a folder with all that is in it; fine when there is none. After a loss of power it may be there
   * again.
   */
  remove(path: string): Promise<void>;
  /** Gives the store back to the next owner. Files must be closed before. Closing twice is fine. */
  close(): Promise<void>;
}

export interface ReadableFile {
  readonly size: number;
  /** All of it, where it is in memory anyway: to be read there, and not to be changed. Begins at a multiple of 8. */
  readonly inMemory?: Uint8Array<ArrayBuffer> | undefined;
  /** Exactly these bytes, in memory of their own that begins at a multiple of 8. Reading beyond the end is `STORAGE_FAILED`. */
  read(from: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

export interface WritableFile {
  /** What was appended so far. */
  readonly size: number;
  /**
   * Adds bytes at the end, all or nothing: after an error the file counts as long as it was, and the next append begins
   * there. It doesn't wait; what it still needs of the bytes afterwards, it copies. Space that the storage can refuse is
   * refused here if it can know, else by `sync`.
   */
  append(bytes: Uint8Array): void;
  /** Where appended bytes are kept in memory for a while: resolves when they are few again. Undefined: they are. */
  drained(): Promise<void> | undefined;
  /**
   * Once it has resolved, all that was appended before the call, and the file's name, survive a loss of power. When it
   * rejects, nothing is known about what was appended since the last success, and the file can't be used any more (but
   * closed): a system may report a failed write only once. Calls may overlap.
   */
  sync(): Promise<void>;
  /** Doesn't sync. */
  close(): Promise<void>;
}
