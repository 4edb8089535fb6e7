import { describe, expect, test } from "vitest";
import { lockedFailure } from "../../src/storage/failures.ts";
import { openOpfs } from "../../src/storage/opfs.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { concat, contents, expectCode, opened, pattern, same, storageContract, write } from "./contract.ts";
import { FakeOpfs, type Fate, PowerLoss } from "./fake-opfs.ts";

/** One owner, as Web Locks have it. */
class Owner {
  #isTaken = false;

  take() {
    if (this.#isTaken) throw lockedFailure("x");
    this.#isTaken = true;
    return {
      release: async () => {
        this.#isTaken = false;
      },
    };
  }
}

const openNew = (disk: FakeOpfs) => openOpfs(disk.root, "x", new Owner().take());

storageContract("a fake of the private file system", async () => {
  const disk = new FakeOpfs();
  const owner = new Owner();
  return {
    open: async ({ readOnly = false } = {}) => openOpfs(disk.root, "x", readOnly ? undefined : owner.take()),
  };
});

/** The disk lost all of it; kept all of it; kept some of its blocks. */
const FATES: readonly (readonly [string, Fate])[] = [
  ["nothing", (safe) => safe],
  ["everything", (_, bytes) => bytes],
  [
    "every other block",
    (safe, bytes) => {
      const length = Math.max(safe.length, bytes.length);
      return Uint8Array.from({ length }, (_, i) => ((i >> 6) % 2 === 0 ? bytes[i] : safe[i]) ?? 0);
    },
  ],
];

/** What is in a store that has been there for a while. */
const BEFORE = [
  ["manifest-0", pattern(300, 1)],
  ["manifest-1", pattern(300, 2)],
] as const;

/** A life as a journal leads it: two files that are replaced in turn, logs that grow, old logs removed. */
class Life {
  /** What must be there, by path. */
  readonly #promised = new Map<string, Uint8Array>(BEFORE);
  /** What is being written: of a file, or of its end. */
  #writing: { readonly path: string; readonly bytes: Uint8Array } | undefined;
  #removing: string | undefined;

  async run(storage: Storage): Promise<void> {
    for (let round = 1; round <= 12; round++) {
      const path = `c/1/log-${round}`;
      let all = pattern(100, round);
      this.#writing = { path, bytes: all };
      const log = await storage.create(path);
      log.append(all);
      await log.sync();
      this.#promised.set(path, all);
      await this.#replace(storage, `manifest-${round % 2}`, pattern(300 + round, round + 100));
      for (let i = 0; i < 3; i++) {
        const more = pattern(200, round * 10 + i);
        all = concat([all, more]);
        this.#writing = { path, bytes: all };
        log.append(more);
        await log.sync();
        this.#promised.set(path, all);
      }
      await log.close();
      if (round > 1) await this.#remove(storage, `c/1/log-${round - 1}`);
    }
  }

  async #replace(storage: Storage, path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#writing = { path, bytes };
    const file = await storage.create(path);
    // From here on the old one is gone, unless the power is.
    file.append(bytes);
    await file.sync();
    await file.close();
    this.#promised.set(path, bytes);
  }

  async #remove(storage: Storage, path: string): Promise<void> {
    this.#removing = path;
    await storage.remove(path);
    // It may be there again; nobody relies on either.
    this.#promised.delete(path);
    this.#removing = undefined;
  }

  /** Everything that was promised is there, and what was being written is no mixture with something else. */
  async check(storage: Storage): Promise<void> {
    for (const path of new Set([...this.#promised.keys(), this.#writing?.path ?? ""])) {
      if (path === "") continue;
      const promised = this.#promised.get(path);
      const file = await storage.open(path);
      const found = file && (await file.read(0, file.size));
      await file?.close();
      const isWhole = found !== undefined && same(found, promised ?? NOTHING);
      if (isWhole || (found === undefined && path === this.#removing)) continue;
      if (path !== this.#writing?.path) throw new Error(`${path} isn't what it was`);
      const { bytes } = this.#writing;
      // A replaced file may be gone, of a new end any part may be there.
      const kept = path.startsWith("c/") ? (promised?.length ?? 0) : 0;
      const isPart = (at: number, byte: number) => byte === bytes[at] || (byte === 0 && at >= kept);
      if ((found?.length ?? 0) < kept || !(found ?? NOTHING).every((byte, at) => isPart(at, byte))) {
        throw new Error(`${path} isn't what was written`);
      }
    }
  }
}
const NOTHING = new Uint8Array(0);

describe("a loss of power", () => {
  async function settled(): Promise<FakeOpfs> {
    const disk = new FakeOpfs();
    const storage = await openNew(disk);
    for (const [path, bytes] of BEFORE) await write(storage, path, bytes);
    await storage.close();
    disk.settle();
    return disk;
  }

  test.each(FATES)(
    "at any call takes nothing that was synced, when the disk has %s of the rest",
    async (_, fate) => {
      const whole = await settled();
      const before = whole.calls;
      await new Life().run(await openNew(whole));
      const calls = whole.calls - before;
      expect(calls).toBeGreaterThan(300);
      for (let at = 0; at < calls; at++) {
        const disk = await settled();
        disk.lossAt = disk.calls + at;
        const life = new Life();
        await openNew(disk)
          .then((storage) => life.run(storage))
          .catch((error: unknown) => expect(error).toMatchObject({ cause: expect.any(PowerLoss) }));
        // What is done as a precaution, after the last answer, may have met it without anybody's notice.
        expect(disk.calls).toBeGreaterThan(disk.lossAt);
        const storage = await openNew(disk.afterLoss(fate));
        await life.check(storage);
        // And it goes on.
        await new Life().run(storage);
        await storage.close();
      }
    },
  );

  test("of a table of names is told, not taken for an empty store", async () => {
    const disk = new FakeOpfs();
    const storage = await openNew(disk);
    disk.settle();
    await write(storage, "file", pattern(100, 1));
    await storage.close();
    const left = disk.afterLoss((safe) => safe.map((byte, i) => (i === 30 ? byte ^ 1 : byte)));
    await expectCode("DAMAGED", openNew(left));
  });
});

describe("files", () => {
  test("that were removed or made anew can be read by those who have them open, and their space is used again", async () => {
    const disk = new FakeOpfs();
    const storage = await openNew(disk);
    await write(storage, "a", pattern(1000, 1));
    await write(storage, "b", pattern(1000, 2));
    const [a, b] = [await opened(storage, "a"), await opened(storage, "b")];
    await storage.remove("a");
    await write(storage, "b", pattern(10, 3));
    expect(await a.read(0, 1000)).toEqual(pattern(1000, 1));
    expect(await b.read(0, 1000)).toEqual(pattern(1000, 2));
    await a.close();
    await b.close();
    expect(await contents(storage, "b")).toEqual(pattern(10, 3));
    const { length } = disk.names;
    for (let i = 0; i < 50; i++) await write(storage, "b", pattern(10, i));
    await storage.list("");
    expect(disk.names.length).toBeLessThanOrEqual(length + 2);
    await storage.close();
  });

  test("that are no longer needed are removed when they are many", async () => {
    const disk = new FakeOpfs();
    const storage = await openNew(disk);
    for (let i = 0; i < 100; i++) await write(storage, `folder/${i}`, pattern(10, i));
    expect(disk.names.length).toBeGreaterThan(100);
    await storage.remove("folder");
    await storage.close();
    expect(disk.names.length).toBeLessThan(40);
    const again = await openNew(disk);
    expect(await again.list("")).toEqual([]);
    await again.close();
  });

  test("can be removed when there is no space, and written then; what is refused changes nothing", async () => {
    const disk = new FakeOpfs();
    const storage = await openNew(disk);
    await write(storage, "old", pattern(1000, 1));
    const file = await storage.create("file");
    file.append(pattern(10, 1));
    disk.isFull = true;
    expect(() => file.append(pattern(10, 2))).toThrow(expect.objectContaining({ code: "STORAGE_FULL" }));
    expect(file.size).toBe(10);
    await file.sync();
    await storage.remove("old");
    expect(await storage.open("old")).toBeUndefined();
    disk.isFull = false;
    file.append(pattern(10, 3));
    await file.sync();
    await file.close();
    expect(await contents(storage, "file")).toEqual(concat([pattern(10, 1), pattern(10, 3)]));
    await storage.close();
  });
});
