import { describe, expect, test } from "vitest";
import type { Storage } from "../../src/storage/storage.ts";
import { contents, expectCode, pattern, storageContract, write } from "./contract.ts";
import { CrashError, FaultyDisk, openFaulty } from "./faulty.ts";

storageContract("the faulty disk without faults", async () => {
  const disk = new FaultyDisk({ seed: 5 });
  return { open: (options) => openFaulty(disk, options) };
});

const SEEDS = Array.from({ length: 300 }, (_, i) => i);

/** What a loss of power leaves of a file, by seed; undefined: no such file. */
function remains(disk: FaultyDisk, path: string): (Uint8Array | undefined)[] {
  return SEEDS.map((seed) => {
    const after = disk.restart(seed);
    return after.paths().includes(path) ? after.bytesOf(path) : undefined;
  });
}

describe("after a loss of power", () => {
  test("what was synced is there, with its name; what was appended since, in all sorts of ways", async () => {
    const disk = new FaultyDisk();
    const storage = await openFaulty(disk);
    const file = await storage.create("a/b/file");
    file.append(pattern(1000, 1));
    await file.sync();
    file.append(pattern(20_000, 2));
    const all = disk.bytesOf("a/b/file");
    const left = remains(disk, "a/b/file") as Uint8Array[];
    for (const bytes of left) expect(bytes.subarray(0, 1000)).toEqual(all.subarray(0, 1000));
    const isPrefix = (bytes: Uint8Array) => Buffer.compare(bytes, all.subarray(0, bytes.length)) === 0;
    expect(left.filter(({ length }) => length === 1000).length).toBeGreaterThan(20);
    expect(left.filter((bytes) => bytes.length === 21_000 && isPrefix(bytes)).length).toBeGreaterThan(20);
    const torn = left.filter((bytes) => bytes.length % 512 !== 0 && bytes.length < 21_000 && isPrefix(bytes));
    expect(torn.length).toBeGreaterThan(20);
    const withHoles = left.filter((bytes) => !isPrefix(bytes));
    expect(withHoles.length).toBeGreaterThan(20);
    // A later sector is right where an earlier one isn't.
    const isReordered = (bytes: Uint8Array) => {
      const wrong = bytes.findIndex((byte, i) => byte !== all[i]);
      return bytes.subarray(wrong + 8192).some((_, i, rest) => i % 512 === 0 && isSame(rest, all, wrong, i));
    };
    const isSame = (rest: Uint8Array, whole: Uint8Array, wrong: number, i: number) =>
      rest.length - i >= 512 &&
      Buffer.compare(rest.subarray(i, i + 512), whole.subarray(wrong + 8192 + i, wrong + 8704 + i)) === 0;
    expect(withHoles.filter(isReordered).length).toBeGreaterThan(5);
    expect(
      withHoles.filter((bytes) => bytes.subarray(1024).some((_, i, rest) => isZero(rest, i))).length,
    ).toBeGreaterThan(5);
  });

  const isZero = (bytes: Uint8Array, at: number) =>
    at % 512 === 0 && bytes.length - at >= 512 && bytes.subarray(at, at + 512).every((byte) => byte === 0);

  test("what was made, made anew or removed, and not synced, is in either state", async () => {
    const disk = new FaultyDisk();
    const storage = await openFaulty(disk);
    await write(storage, "kept", pattern(10, 1));
    await write(storage, "anew", pattern(10, 1));
    await write(storage, "removed", pattern(10, 1));
    (await storage.create("made")).append(pattern(10, 1));
    (await storage.create("anew")).append(pattern(20, 2));
    await storage.remove("removed");
    const kinds = (path: string) => new Set(remains(disk, path).map((bytes) => bytes?.[0]));
    expect(kinds("kept")).toEqual(new Set([pattern(1, 1)[0]]));
    expect(kinds("removed")).toEqual(new Set([pattern(1, 1)[0], undefined]));
    expect(remains(disk, "made").filter((bytes) => bytes === undefined).length).toBeGreaterThan(50);
    const anew = remains(disk, "anew");
    expect(anew.every((bytes) => bytes !== undefined)).toBe(true);
    expect(
      anew.filter((bytes) => bytes?.length === 10 && bytes[0] === pattern(1, 1)[0]).length,
    ).toBeGreaterThan(50);
    expect(
      anew.filter((bytes) => bytes?.length === 20 && bytes[0] === pattern(1, 2)[0]).length,
    ).toBeGreaterThan(20);
  });

  test("all of it follows from seeds", async () => {
    const run = async () => {
      const disk = new FaultyDisk({ seed: 3 });
      disk.crashAt(40);
      await expect(work(await openFaulty(disk))).rejects.toBeInstanceOf(CrashError);
      const after = disk.restart(9);
      return after.paths().map((path) => [path, after.bytesOf(path)]);
    };
    expect(await run()).toEqual(await run());
  });
});

/** Appends and syncs; counts into `synced` what it was told is safe. */
async function work(storage: Storage, synced = new Map<string, number>()): Promise<void> {
  for (let i = 0; i < 10; i++) {
    const path = `folder/${i}`;
    const file = await storage.create(path);
    for (let part = 0; part < 5; part++) {
      file.append(pattern(700, part));
      await file.sync();
      synced.set(path, file.size);
    }
    await file.close();
    if (i % 3 === 2) {
      synced.delete(`folder/${i - 1}`);
      await storage.remove(`folder/${i - 1}`);
    }
  }
}

test("a crash at any call leaves what was synced before it", async () => {
  const whole = new FaultyDisk();
  await work(await openFaulty(whole));
  for (let n = 1; n <= whole.calls; n++) {
    const disk = new FaultyDisk({ seed: n, pauses: "microtasks" });
    disk.crashAt(n);
    const synced = new Map<string, number>();
    await expect(work(await openFaulty(disk), synced)).rejects.toBeInstanceOf(CrashError);
    expect(disk.calls).toBe(n);
    const after = disk.restart(n);
    for (const [path, size] of synced) {
      expect(after.bytesOf(path).subarray(0, size)).toEqual(disk.bytesOf(path).subarray(0, size));
    }
    // It goes on from there.
    await work(await openFaulty(after));
  }
});

test("after a crash every call throws, those under way too, until the restart", async () => {
  const disk = new FaultyDisk();
  const storage = await openFaulty(disk);
  const file = await storage.create("file");
  disk.syncDelay(5);
  file.append(pattern(10, 1));
  const sync = file.sync();
  disk.crash();
  await expect(sync).rejects.toBeInstanceOf(CrashError);
  expect(() => file.append(pattern(1, 1))).toThrow(CrashError);
  for (const call of [
    storage.list(""),
    storage.open("file"),
    storage.create("x"),
    storage.remove("x"),
    file.close(),
  ]) {
    await expect(call).rejects.toBeInstanceOf(CrashError);
  }
  await (await openFaulty(disk.restart(1))).list("");
});

test("a killed process leaves its bytes to the next one, which makes them durable by opening the file", async () => {
  const disk = new FaultyDisk();
  const file = await (await openFaulty(disk)).create("file");
  file.append(pattern(10, 1));
  const killed = disk.killed();
  expect(killed.bytesOf("file")).toEqual(pattern(10, 1));
  expect(remains(killed, "file").some((bytes) => bytes?.length !== 10)).toBe(true);
  expect(await contents(await openFaulty(killed, { readOnly: true }), "file")).toEqual(pattern(10, 1));
  expect(remains(killed, "file").some((bytes) => bytes?.length !== 10)).toBe(true);
  expect(await contents(await openFaulty(killed), "file")).toEqual(pattern(10, 1));
  expect(remains(killed, "file").every((bytes) => bytes?.length === 10)).toBe(true);
});

describe("failures", () => {
  test("the n-th call fails, once or from then on", async () => {
    const disk = new FaultyDisk();
    const storage = await openFaulty(disk);
    disk.failAt(2, "STORAGE_FAILED");
    await storage.list("");
    await expectCode("STORAGE_FAILED", storage.list(""));
    await storage.list("");
    disk.failAt(2, "STORAGE_FULL", { kinds: ["create"], forever: true });
    await storage.create("a");
    await expectCode("STORAGE_FULL", storage.create("b"));
    await storage.list("");
    await expectCode("STORAGE_FULL", storage.create("c"));
    disk.heal();
    await storage.create("d");
    expect(disk.paths()).toEqual(["a", "d"]);
  });

  test("an append that fails changes nothing, but what it wrote may turn up behind the end", async () => {
    const disk = new FaultyDisk();
    const storage = await openFaulty(disk);
    const file = await storage.create("file");
    file.append(pattern(10, 1));
    await file.sync();
    disk.failAt(1, "STORAGE_FULL", { kinds: ["append"] });
    expect(() => file.append(pattern(100, 2))).toThrow(expect.objectContaining({ code: "STORAGE_FULL" }));
    expect(file.size).toBe(10);
    expect(disk.bytesOf("file")).toEqual(pattern(10, 1));
    expect(remains(disk, "file").some((bytes) => bytes?.length !== 10)).toBe(true);
    file.append(pattern(5, 3));
    await file.sync();
    expect(remains(disk, "file").every((bytes) => bytes?.length === 15)).toBe(true);
  });

  test("after a sync that failed the file is of no use, and what wasn't synced may go at any time", async () => {
    const disk = new FaultyDisk();
    const storage = await openFaulty(disk);
    const file = await storage.create("file");
    await file.sync();
    file.append(pattern(10, 1));
    disk.failAt(1, "STORAGE_FAILED", { kinds: ["sync"] });
    await expectCode("STORAGE_FAILED", file.sync());
    await expectCode("STORAGE_FAILED", file.sync());
    expect(() => file.append(pattern(1, 1))).toThrow(expect.objectContaining({ code: "STORAGE_FAILED" }));
    await file.close();
    await storage.open("file");
    expect(remains(disk, "file").some((bytes) => bytes?.length === 0)).toBe(true);
  });

  test("a full disk refuses, and takes more when there is room again", async () => {
    const disk = new FaultyDisk();
    const storage = await openFaulty(disk);
    await write(storage, "old", pattern(60, 1));
    disk.full(100);
    const file = await storage.create("file");
    file.append(pattern(40, 1));
    expect(() => file.append(pattern(1, 1))).toThrow(expect.objectContaining({ code: "STORAGE_FULL" }));
    await storage.remove("old");
    file.append(pattern(60, 2));
    await file.sync();
    disk.full(50, "sync");
    file.append(pattern(1, 3));
    await expectCode("STORAGE_FULL", file.sync());
  });
});

test("it counts calls, delays syncs, asks to be waited for, and turns bits", async () => {
  const disk = new FaultyDisk();
  const storage = await openFaulty(disk);
  const file = await storage.create("file");
  disk.buffer = 15;
  file.append(pattern(10, 1));
  expect(file.drained()).toBeUndefined();
  file.append(pattern(10, 1));
  await expect(file.drained()).resolves.toBeUndefined();
  expect(file.drained()).toBeUndefined();
  disk.syncDelay(20);
  const started = performance.now();
  await Promise.all([file.sync(), file.sync()]);
  expect(performance.now() - started).toBeGreaterThan(18);
  expect(disk.counts).toMatchObject({ create: 1, append: 2, sync: 2 });
  expect(disk.bytesWritten).toBe(20);
  disk.flip("file", 3, 7);
  expect((await contents(storage, "file"))[3]).toBe((pattern(10, 1)[3] as number) ^ 128);
});
