/** What goes away, breaks or comes late while a collection is being kept. */
import { expect, test } from "vitest";
import { Log } from "../../src/journal/log.ts";
import { storageFailure } from "../../src/storage/failures.ts";
import type { Storage, WritableFile } from "../../src/storage/storage.ts";
import { untyped } from "../conformance/support.ts";
import { FaultyDisk, openFaulty } from "../storage/faulty.ts";
import { clientOn } from "./simulation/client.ts";

const vectors = { size: 2, distance: "Dot" } as const;
const OPTIONS = { sync: "never", interval: 1000, turn: async () => undefined } as const;

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

test("a snapshot of a collection that is deleted meanwhile is refused, and leaves nothing", async () => {
  const payload = { text: "x".repeat(5000) };
  const points = Array.from({ length: 2000 }, (_, id) => ({ id, vector: [id, 1], payload }));
  let refused = 0;
  for (let wait = 0; wait < 14; wait += 2) {
    const disk = new FaultyDisk({ pauses: "none" });
    const { client } = await clientOn(await openFaulty(disk));
    await client.createCollection("a", { vectors });
    await client.upsert("a", untyped({ points, wait: true }));
    const made = client.createSnapshot("a").then(
      (snapshot) => snapshot?.name,
      (error: { code?: string }) => {
        expect(error.code).toBe("CLOSED");
        return undefined;
      },
    );
    await turns(wait);
    await client.deleteCollection("a");
    const name = await made;
    if (name === undefined) {
      refused++;
      expect(disk.paths().filter((path) => path.includes("snapshot"))).toEqual([]);
    } else {
      await client.recoverSnapshot("a", { location: name });
      const { points: found } = await client.scroll("a", { limit: 2000 });
      expect(found.filter(({ payload }) => payload?.text === undefined)).toEqual([]);
    }
    await client[Symbol.asyncDispose]();
  }
  expect(refused).toBeGreaterThan(0);
});

/** A storage whose files, once an append has failed, fail for good. */
function breaking(storage: Storage, isFailing: () => boolean): Storage {
  const create = async (path: string): Promise<WritableFile> => {
    const file = await storage.create(path);
    let isBroken = false;
    const check = (): void => {
      if (isBroken) throw storageFailure("STORAGE_FAILED", "could not write", path, "an earlier failure");
    };
    return {
      get size() {
        return file.size;
      },
      append(bytes) {
        isBroken ||= isFailing();
        check();
        file.append(bytes);
      },
      drained: () => file.drained(),
      async sync() {
        check();
        await file.sync();
      },
      close: () => file.close(),
    };
  };
  return new Proxy(storage, {
    get(target, key) {
      if (key === "create") return create;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

test("a file that can't go on is left for another one", async () => {
  let isFailing = false;
  const log = new Log(
    breaking(await openFaulty(new FaultyDisk()), () => isFailing),
    "c",
    OPTIONS,
    { last: 0, end: undefined, bytes: 0 },
  );
  const append = async (sequence: number) => {
    await log.ready();
    log.append(sequence, new Uint8Array(8));
  };
  // Of the log's own segment, of the one prepared for a checkpoint, and of the one after a failure.
  await append(1);
  await log.sync();
  for (let i = 2; i < 6; i++) {
    await log.prepareRotation();
    isFailing = true;
    expect(() => log.rotate()).toThrow("could not write");
    await expect(append(i)).rejects.toThrow("could not write");
    await turns(2);
    await expect(append(i)).rejects.toThrow("could not write");
    isFailing = false;
    await turns(2);
    await append(i);
    await log.sync();
  }
  await log.close();
});

test("whoever comes after a log was closed makes no files", async () => {
  const disk = new FaultyDisk();
  const log = new Log(await openFaulty(disk), "c", OPTIONS, { last: 0, end: undefined, bytes: 0 });
  const opening = log.ready();
  await log.close();
  await opening;
  const files = disk.paths();
  await expect(log.ready()).rejects.toThrow("closed");
  await expect(log.prepareRotation()).rejects.toThrow("closed");
  expect(() => log.append(1, new Uint8Array(8))).toThrow("closed");
  expect(disk.paths()).toEqual(files);
});

test("however long a chain of checkpoints is, few files are open at a time", async () => {
  const disk = new FaultyDisk({ pauses: "none" });
  const { client, keeper } = await clientOn(await openFaulty(disk));
  await client.createCollection("a", { vectors });
  for (let id = 0; id < 30; id++) {
    await client.upsert("a", untyped({ points: [{ id, vector: [id, 1] }], wait: true }));
    await keeper.checkpoint("a");
  }
  await client[Symbol.asyncDispose]();
  expect(disk.paths().filter((path) => path.includes("checkpoint-")).length).toBeGreaterThan(20);
  const storage = await openFaulty(disk);
  const open = new Set<string>();
  let most = 0;
  const watched = new Proxy(storage, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      if (key !== "open") return value.bind(target);
      return async (path: string) => {
        const file = await target.open(path);
        open.add(path);
        most = Math.max(most, open.size);
        const close = file?.close.bind(file);
        if (file !== undefined && close !== undefined)
          file.close = () => {
            open.delete(path);
            return close();
          };
        else open.delete(path);
        return file;
      };
    },
  });
  const again = await clientOn(watched);
  expect((await again.client.count("a")).count).toBe(30);
  expect(most).toBeLessThan(4);
});

test("a store that is opened for reading while its owner writes it anew is read as it is then", async () => {
  for (let at = 1; at < 24; at++) {
    const disk = new FaultyDisk({ pauses: "none" });
    const { client, keeper } = await clientOn(await openFaulty(disk));
    const upsert = (id: number) =>
      client.upsert("a", untyped({ points: [{ id, vector: [id, 1] }], wait: true }));
    await client.createCollection("a", { vectors });
    await upsert(1);
    await keeper.checkpoint("a");
    await upsert(2);
    let calls = 0;
    const between = async () => {
      if (++calls !== at) return;
      await upsert(3);
      await keeper.checkpoint("a");
    };
    const storage = new Proxy(await openFaulty(disk, { readOnly: true }), {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        if (key !== "open" && key !== "list") return value.bind(target);
        return async (path: string) => {
          await between();
          return value.call(target, path);
        };
      },
    });
    const reader = await clientOn(storage);
    expect((await reader.client.count("a")).count, `before call ${at}`).toBeGreaterThanOrEqual(2);
    await reader.client[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
  }
});

test("what a crash left of the catalog's other half is brought up to date, so that damage can't bring it back", async () => {
  const begun = async () => {
    const disk = new FaultyDisk({ pauses: "none" });
    const { client } = await clientOn(await openFaulty(disk));
    await client.createCollection("a", { vectors });
    return { disk, client };
  };
  const { disk: counted, client: counting } = await begun();
  const before = counted.calls;
  await counting.createCollection("b", { vectors });
  const calls = counted.calls - before;
  let stale = 0;
  for (let back = 0; back < 8; back++) {
    const { disk, client } = await begun();
    disk.crashAt(calls - back);
    await client.createCollection("b", { vectors }).catch(() => undefined);
    const left = disk.killed();
    if (String(left.bytesOf("catalog-0")) !== String(left.bytesOf("catalog-1"))) stale++;
    const { client: again } = await clientOn(await openFaulty(left));
    const names = (await again.getCollections()).collections.length;
    await again[Symbol.asyncDispose]();
    for (const half of ["catalog-0", "catalog-1"]) {
      const turned = left.killed();
      turned.flip(half, 50, 3);
      const { client: last } = await clientOn(await openFaulty(turned));
      expect((await last.getCollections()).collections.length, `${half}, ${back} calls back`).toBe(names);
      await last[Symbol.asyncDispose]();
    }
  }
  expect(stale).toBeGreaterThan(1);
});
