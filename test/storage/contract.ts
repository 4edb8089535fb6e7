/** What storage.ts says, for every storage. */
import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../../src/errors.ts";
import type { Storage, WritableFile } from "../../src/storage/storage.ts";

export interface Place {
  /** Opens the same store each time. */
  open(options?: { readonly readOnly?: boolean }): Promise<Storage>;
  /** What is to be cleaned up. */
  end?(): Promise<void>;
}

/** @param newPlace makes an empty store's place */
export function storageContract(name: string, newPlace: () => Promise<Place>): void {
  /** A test on a store of its own. */
  const it = (title: string, body: (storage: Storage, place: Place) => Promise<void>) =>
    test(title, async () => {
      const place = await newPlace();
      const storage = await place.open();
      try {
        await body(storage, place);
      } finally {
        await storage.close();
        await place.end?.();
      }
    });

  describe(`${name} keeps the contract of storages`, () => {
    it("an empty store has nothing in it", async (storage) => {
      expect(await storage.list("")).toEqual([]);
      expect(await storage.list("none/of/these")).toEqual([]);
      expect(await storage.open("none")).toBeUndefined();
      expect(await storage.open("none/of/these")).toBeUndefined();
      expect(storage.readOnly).toBe(false);
      await storage.remove("none");
      await storage.remove("none/of/these");
    });

    it("what is appended can be read, before and after a sync, and elsewhere", async (storage, place) => {
      const file = await storage.create("a.b-c_1");
      expect(file.size).toBe(0);
      const parts = [pattern(3, 1), pattern(0, 2), pattern(1000, 3), pattern(1, 4)];
      for (const part of parts) file.append(part);
      expect(file.size).toBe(1004);
      const all = concat(parts);
      await file.drained();
      await file.sync();
      expect(await contents(storage, "a.b-c_1")).toEqual(all);
      file.append(pattern(10, 5));
      await file.sync();
      await file.close();
      await storage.close();
      const again = await place.open();
      expect(await contents(again, "a.b-c_1")).toEqual(concat([all, pattern(10, 5)]));
      await again.close();
    });

    it("keeps what was appended, not what becomes of the caller's memory", async (storage) => {
      const file = await storage.create("file");
      const bytes = pattern(5000, 1);
      file.append(bytes);
      bytes.fill(0);
      await file.sync();
      expect(await contents(storage, "file")).toEqual(pattern(5000, 1));
      // A view in the middle of other memory.
      const other = await storage.create("other");
      other.append(pattern(100, 2).subarray(13, 40));
      await other.sync();
      expect(await contents(storage, "other")).toEqual(pattern(100, 2).slice(13, 40));
      await Promise.all([file.close(), other.close()]);
    });

    it("reads any range, into memory of its own that begins at a multiple of 8", async (storage) => {
      await write(storage, "file", pattern(100_000, 7));
      const file = await opened(storage, "file");
      expect(file.size).toBe(100_000);
      const all = pattern(100_000, 7);
      const ranges = [
        [0, 100_000],
        [1, 1],
        [99_999, 1],
        [100_000, 0],
        [0, 0],
        [4095, 4098],
        [12_345, 54_321],
      ] as const;
      const read = await Promise.all(ranges.map(([from, length]) => file.read(from, length)));
      for (const [i, [from, length]] of ranges.entries()) {
        const bytes = read[i] as Uint8Array;
        expect(same(bytes, all.subarray(from, from + length))).toBe(true);
        expect(bytes.byteOffset % 8).toBe(0);
        bytes.fill(0);
      }
      expect(same(await file.read(0, 100_000), all)).toBe(true);
      for (const [from, length] of [
        [0, 100_001],
        [100_000, 1],
        [-1, 1],
        [0, -1],
        [0.5, 1],
        [200_000, 0],
      ] as const) {
        await expect(file.read(from, length)).rejects.toMatchObject({ code: "STORAGE_FAILED" });
      }
      await file.close();
      await file.close();
      await expect(file.read(0, 1)).rejects.toMatchObject({ code: "CLOSED" });
    });

    it("takes much at once, and many small pieces", async (storage) => {
      const big = pattern(5_000_000, 11);
      const file = await storage.create("big");
      file.append(big);
      for (let i = 0; i < 1000; i++) file.append(pattern(7, i));
      await file.drained();
      await file.sync();
      await file.close();
      const reader = await opened(storage, "big");
      expect(reader.size).toBe(5_007_000);
      expect(same(await reader.read(0, 5_000_000), big)).toBe(true);
      expect(same(await reader.read(5_000_000 + 7 * 500, 7), pattern(7, 500))).toBe(true);
      expect(same(await reader.read(4_999_990, 17), concat([big.subarray(-10), pattern(7, 0)]))).toBe(true);
      await reader.close();
    });

    it("grows over many syncs, by little and by much", async (storage) => {
      const file = await storage.create("file");
      const parts: Uint8Array[] = [];
      for (let i = 0; i < 40; i++) {
        const part = pattern((i * 7919) % 20_011, i);
        parts.push(part);
        file.append(part);
        if (i % 3 !== 0) await file.sync();
      }
      await file.sync();
      await file.close();
      const all = concat(parts);
      expect(same(await contents(storage, "file"), all)).toBe(true);
      const reader = await opened(storage, "file");
      for (let from = 0; from < all.length - 70_000; from += 9973) {
        expect(same(await reader.read(from, 70_000), all.subarray(from, from + 70_000))).toBe(true);
      }
      await reader.close();
    });

    it("a file that was open before it grew shows what was there", async (storage) => {
      const file = await storage.create("file");
      file.append(pattern(10, 1));
      await file.sync();
      const early = await opened(storage, "file");
      file.append(pattern(10, 2));
      await file.sync();
      expect(early.size).toBe(10);
      await expect(early.read(5, 6)).rejects.toMatchObject({ code: "STORAGE_FAILED" });
      expect(await early.read(5, 5)).toEqual(pattern(10, 1).slice(5));
      await early.close();
      await file.close();
    });

    it("lists what is directly in a folder", async (storage) => {
      await write(storage, "top", pattern(5, 1));
      await write(storage, "collections/1/log-1", pattern(6, 1));
      await write(storage, "collections/1/log-2", pattern(0, 1));
      await write(storage, "collections/12/log-1", pattern(7, 1));
      await write(storage, "collections/list", pattern(8, 1));
      expect(await listed(storage, "")).toEqual(["collections/", "top 5"]);
      expect(await listed(storage, "collections")).toEqual(["1/", "12/", "list 8"]);
      expect(await listed(storage, "collections/1")).toEqual(["log-1 6", "log-2 0"]);
      expect(await listed(storage, "collections/list")).toEqual([]);
    });

    it("removes a file, or a folder with what is in it, and no other", async (storage) => {
      for (const path of ["a/b/1", "a/b/2", "a/b/c/3", "a/bc/4", "a/5"])
        await write(storage, path, pattern(3, 1));
      await storage.remove("a/b/1");
      expect(await storage.open("a/b/1")).toBeUndefined();
      expect(await listed(storage, "a/b")).toEqual(["2 3", "c/"]);
      await storage.remove("a/b");
      expect(await listed(storage, "a")).toEqual(["5 3", "bc/"]);
      expect(await storage.open("a/b/c/3")).toBeUndefined();
      await storage.remove("a/5/nothing");
      expect(await listed(storage, "a")).toEqual(["5 3", "bc/"]);
      // An emptied folder stays.
      await storage.remove("a/bc/4");
      expect(await listed(storage, "a")).toEqual(["5 3", "bc/"]);
      await write(storage, "a/b/1", pattern(4, 1));
      expect(await contents(storage, "a/b/1")).toEqual(pattern(4, 1));
    });

    it("makes a file anew", async (storage) => {
      await write(storage, "file", pattern(1000, 1));
      const file = await storage.create("file");
      expect(file.size).toBe(0);
      expect(await listed(storage, "")).toEqual(["file 0"]);
      file.append(pattern(10, 2));
      await file.sync();
      await file.close();
      expect(await contents(storage, "file")).toEqual(pattern(10, 2));
    });

    it("files are no folders, nor the other way round", async (storage) => {
      await write(storage, "folder/file", pattern(1, 1));
      await expectCode("STORAGE_FAILED", storage.create("folder"));
      await expectCode("STORAGE_FAILED", storage.create("folder/file/more"));
      await expectCode("STORAGE_FAILED", storage.open("folder"));
      expect(await storage.open("folder/file/more")).toBeUndefined();
      expect(await contents(storage, "folder/file")).toEqual(pattern(1, 1));
    });

    it("refuses paths that lead elsewhere", async (storage) => {
      const bad = [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "../a",
        "a/../b",
        "a/./b",
        "a\\b",
        "C:",
        "a b",
        "ä",
      ];
      for (const path of [...bad, "a\0", "lock", "lock/a"]) {
        await expectCode("INVALID_ARGUMENT", storage.create(path));
        await expectCode("INVALID_ARGUMENT", storage.open(path));
        await expectCode("INVALID_ARGUMENT", storage.remove(path));
        if (path !== "") await expectCode("INVALID_ARGUMENT", storage.list(path));
      }
      expect(await storage.list("")).toEqual([]);
    });

    it("syncs may overlap, and each covers what was appended before it", async (storage) => {
      const file = await storage.create("folder/file");
      const syncs: Promise<void>[] = [];
      for (let i = 0; i < 20; i++) {
        file.append(pattern(10, i));
        syncs.push(file.sync());
        if (i % 7 === 0) await syncs[i];
      }
      await Promise.all(syncs);
      await file.close();
      const parts = Array.from({ length: 20 }, (_, i) => pattern(10, i));
      expect(await contents(storage, "folder/file")).toEqual(concat(parts));
    });

    it("a closed file is refused", async (storage) => {
      const file = await storage.create("file");
      file.append(pattern(3, 1));
      await file.close();
      await file.close();
      expect(() => file.append(pattern(1, 1))).toThrow(expect.objectContaining({ code: "CLOSED" }));
      await expectCode("CLOSED", file.sync());
      expect(await contents(storage, "file")).toEqual(pattern(3, 1));
    });

    it("has one owner at a time", async (storage, place) => {
      await expectCode("LOCKED", place.open());
      await expectCode("LOCKED", place.open());
      await write(storage, "file", pattern(3, 1));
      await storage.close();
      await storage.close();
      const second = await place.open();
      // The first can't take it away from the second.
      await storage.close();
      await expectCode("LOCKED", place.open());
      expect(await contents(second, "file")).toEqual(pattern(3, 1));
      await second.close();
    });

    it("a closed store is refused, also through files that are still open", async (storage, place) => {
      const file = await storage.create("file");
      file.append(pattern(3, 1));
      await storage.close();
      await expectCode("CLOSED", storage.list(""));
      await expectCode("CLOSED", storage.open("file"));
      await expectCode("CLOSED", storage.create("file"));
      await expectCode("CLOSED", storage.remove("file"));
      expect(() => file.append(pattern(1, 1))).toThrow(expect.objectContaining({ code: "CLOSED" }));
      const second = await place.open();
      expect(await contents(second, "file")).toEqual(pattern(3, 1));
      await second.close();
    });

    it("opens for reading beside an owner, and refuses changes there", async (storage, place) => {
      await write(storage, "folder/file", pattern(9, 1));
      const reader = await place.open({ readOnly: true });
      const another = await place.open({ readOnly: true });
      expect(reader.readOnly).toBe(true);
      expect(await listed(reader, "folder")).toEqual(["file 9"]);
      expect(await contents(another, "folder/file")).toEqual(pattern(9, 1));
      await expectCode("READ_ONLY", reader.create("more"));
      await expectCode("READ_ONLY", reader.remove("folder"));
      await reader.close();
      await another.close();
      await expectCode("LOCKED", place.open());
      expect(await listed(storage, "")).toEqual(["folder/"]);
    });
  });
}

export async function expectCode(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  await expect(promise).rejects.toMatchObject({ name: "NearvecError", code });
}

/** Bytes that tell where they come from. */
export function pattern(length: number, seed: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 17 + seed * 101) & 255);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Where a comparison by expect would take long. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export async function write(storage: Storage, path: string, bytes: Uint8Array): Promise<void> {
  const file: WritableFile = await storage.create(path);
  file.append(bytes);
  await file.sync();
  await file.close();
}

export async function opened(storage: Storage, path: string) {
  const file = await storage.open(path);
  if (file === undefined) throw new Error(`no file ${path}`);
  return file;
}

export async function contents(storage: Storage, path: string): Promise<Uint8Array> {
  const file = await opened(storage, path);
  const bytes = await file.read(0, file.size);
  await file.close();
  return bytes;
}

/** "name size", or "name/" for a folder; sorted. */
async function listed(storage: Storage, folder: string): Promise<string[]> {
  const entries = await storage.list(folder);
  return entries.map(({ name, isFolder, size }) => (isFolder ? `${name}/` : `${name} ${size}`)).sort();
}
