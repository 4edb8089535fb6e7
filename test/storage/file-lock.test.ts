import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, test } from "vitest";
import { takeLock } from "../../src/storage/file-lock.ts";
import { openFiles } from "../../src/storage/files.ts";
import { type NodeModules, nodeModules } from "../../src/storage/node-modules.ts";
import { expectCode } from "./contract.ts";
import { Holder } from "./holders.ts";

const root = mkdtempSync(join(tmpdir(), "nearvec-"));
afterAll(() => rmSync(root, { recursive: true }));
/** More by the environment, for whoever changes the lock. */
const CHURN_MS = Number(process.env.LOCK_CHURN_MS ?? 800);
let folders = 0;
const newFolder = () => join(root, String(++folders));
const isWindows = process.platform === "win32";

/** What an owner leaves that was killed. */
async function leaveDead(folder: string, number: number): Promise<void> {
  const prepared = join(folder, "lock", "prepared");
  mkdirSync(prepared, { recursive: true });
  const server = createServer();
  server.listen(join(prepared, "socket"));
  await once(server, "listening");
  renameSync(prepared, join(folder, "lock", String(number)));
  server.close();
  await once(server, "close");
}

const lockEntries = (folder: string) => readdirSync(join(folder, "lock")).sort();

describe("between processes", () => {
  test("of two that open a folder at the same time, one gets it, 20 times", async () => {
    await using first = new Holder();
    await using second = new Holder();
    let changes = 0;
    let last = "";
    const folder = newFolder();
    for (let round = 0; round < 20; round++) {
      // The same folder for half of the rounds, so that it was closed before; then new ones.
      const at = round < 10 ? folder : newFolder();
      const became = await Promise.all([first.ask("open", at), second.ask("open", at)]);
      expect([...became].sort()).toEqual(["LOCKED", "owner"]);
      await expectCode("LOCKED", openFiles(at));
      if (became.join() !== last) changes++;
      last = became.join();
      await Promise.all([first.ask("close"), second.ask("close")]);
    }
    expect(changes).toBeGreaterThan(0);
  });

  test("who was killed doesn't hold it, from that moment on", async () => {
    const folder = newFolder();
    for (let round = 0; round < 2; round++) {
      await using holder = new Holder();
      expect(await holder.ask("open", folder)).toBe("owner");
      await expectCode("LOCKED", openFiles(folder));
      await holder.kill();
      const started = performance.now();
      const store = await openFiles(folder);
      expect(performance.now() - started).toBeLessThan(2000); // milliseconds in fact; no waiting of any kind
      await store.close();
    }
  });

  test.skipIf(isWindows)("who is only suspended does", async () => {
    const folder = newFolder();
    await using holder = new Holder();
    expect(await holder.ask("open", folder)).toBe("owner");
    holder.signal("SIGSTOP");
    // More than the system lets wait for an answer.
    for (let attempt = 0; attempt < 600; attempt++) await expectCode("LOCKED", openFiles(folder));
    holder.signal("SIGCONT");
    expect(await holder.ask("close")).toBe("closed");
    await (await openFiles(folder)).close();
  });

  test.skipIf(isWindows)("of many that find a dead owner, one gets it", async () => {
    const holders = Array.from({ length: 3 }, () => new Holder());
    try {
      for (let round = 0; round < 10; round++) {
        const folder = newFolder();
        await leaveDead(folder, 1 + round * 7);
        const became = await Promise.all(holders.map((holder) => holder.ask("open", folder, 4)));
        const all = became.flatMap((line) => line.split(" "));
        expect(all.filter((one) => one === "owner")).toHaveLength(1);
        expect(all.filter((one) => one === "LOCKED")).toHaveLength(11);
        await Promise.all(holders.map((holder) => holder.ask("close")));
      }
    } finally {
      await Promise.all(holders.map((holder) => holder.kill()));
    }
  });

  test("in a rush of opening, closing and dying, there is never a second owner", {
    timeout: CHURN_MS + 20_000,
  }, async () => {
    const folder = newFolder();
    mkdirSync(folder);
    const holders = Array.from({ length: 3 }, () => new Holder());
    try {
      const reports = holders.map((holder) => holder.ask("churn", folder, CHURN_MS));
      const isDone = Promise.allSettled(reports);
      await new Promise((resolve) => setTimeout(resolve, CHURN_MS / 2));
      await holders[0]?.kill();
      await isDone;
      await expect(reports[0]).rejects.toThrow("ended");
      for (const report of [await reports[1], await reports[2]]) {
        const { owned, others } = JSON.parse(report ?? "") as { owned: number; others: string[] };
        expect(others).toEqual([]);
        expect(owned).toBeGreaterThan(0);
      }
      if (!isWindows) {
        await (await openFiles(folder)).close();
        expect(lockEntries(folder)).toHaveLength(1);
      }
    } finally {
      await Promise.all(holders.map((holder) => holder.kill()));
    }
  });

  test("an owner with nothing to do doesn't keep its process alive", () => {
    const files = new URL("../../src/storage/files.ts", import.meta.url).href;
    const code = `const { openFiles } = await import(${JSON.stringify(files)});
      await openFiles(${JSON.stringify(newFolder())}); console.log("open");`;
    const { stdout, status } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      timeout: 15_000,
      encoding: "utf8",
    });
    expect({ stdout, status }).toEqual({ stdout: "open\n", status: 0 });
  });

  test("a thread that ended doesn't hold it", async () => {
    const folder = newFolder();
    const files = fileURLToPath(new URL("../../src/storage/files.ts", import.meta.url));
    const code = `import(${JSON.stringify(files)}).then(async ({ openFiles }) => {
      await openFiles(${JSON.stringify(folder)});
      require("node:worker_threads").parentPort.postMessage("open");
      setInterval(() => {}, 1000);
    });`;
    const worker = new Worker(code, { eval: true });
    await once(worker, "message");
    await expectCode("LOCKED", openFiles(folder));
    await worker.terminate();
    await (await openFiles(folder)).close();
  });
});

describe.skipIf(isWindows)("the files of a lock", () => {
  test("what is left after closing is one empty file; its numbers rise", async () => {
    const folder = newFolder();
    for (const number of ["2", "4", "6"]) {
      const store = await openFiles(folder);
      expect(readdirSync(join(folder, "lock", String(Number(number) - 1)))).toEqual(["socket"]);
      expect(lockEntries(folder)).toHaveLength(1);
      await store.close();
      expect(lockEntries(folder)).toEqual([number]);
      expect(readdirSync(join(folder, "lock", number))).toEqual(["free"]);
    }
  });

  test("leftovers of owners and of those who died before they were go", async () => {
    const folder = newFolder();
    await leaveDead(folder, 9);
    await leaveDead(folder, 10);
    mkdirSync(join(folder, "lock", "x1"));
    writeFileSync(join(folder, "lock", "x1", "socket"), "");
    const store = await openFiles(folder);
    expect(lockEntries(folder)).toEqual(["11"]);
    await store.close();
  });

  /** A lock that is taken while others are just quicker: `meanwhile` happens right before it takes its number. */
  async function takeLate(folder: string, meanwhile: (lock: string) => void): Promise<unknown> {
    const node = await nodeModules();
    let isDone = false;
    const renameSync = (from: string, to: string) => {
      if (!isDone) meanwhile(join(folder, "lock"));
      isDone = true;
      node.fs.renameSync(from, to);
    };
    return takeLock({ ...node, fs: { ...node.fs, renameSync } as NodeModules["fs"] }, folder);
  }

  test("who finds a dead owner, and comes back when two others have been there, gets nothing", async () => {
    const folder = newFolder();
    await leaveDead(folder, 1);
    const live = createServer().listen(join(folder, "lock", "socket"));
    await once(live, "listening");
    const late = takeLate(folder, (lock) => {
      // Number 2 came and went. Number 3 is the owner and cleans up.
      mkdirSync(join(lock, "prepared"));
      renameSync(join(lock, "socket"), join(lock, "prepared", "socket"));
      renameSync(join(lock, "prepared"), join(lock, "3"));
      rmSync(join(lock, "1"), { recursive: true });
    });
    await expectCode("LOCKED", late);
    expect(lockEntries(folder)).toEqual(["3"]);
    live.close();
    await once(live, "close");
    await (await openFiles(folder)).close();
  });

  test("whose preparations an owner takes for a leftover finds the owner", async () => {
    const folder = newFolder();
    await leaveDead(folder, 1);
    const live = createServer().listen(join(folder, "lock", "socket"));
    await once(live, "listening");
    const late = takeLate(folder, (lock) => {
      mkdirSync(join(lock, "prepared"));
      renameSync(join(lock, "socket"), join(lock, "prepared", "socket"));
      renameSync(join(lock, "prepared"), join(lock, "2"));
      for (const name of readdirSync(lock)) if (name !== "2") rmSync(join(lock, name), { recursive: true });
    });
    await expectCode("LOCKED", late);
    expect(lockEntries(folder)).toEqual(["2"]);
    live.close();
    await once(live, "close");
  });

  test("a copy of a folder that is open can be opened", async () => {
    const folder = newFolder();
    const store = await openFiles(folder);
    const copy = newFolder();
    cpSync(folder, copy, { recursive: true, filter: (source) => !source.endsWith("socket") });
    await (await openFiles(copy)).close();
    // Tools that copy a socket as a file.
    const other = newFolder();
    mkdirSync(join(other, "lock", "1"), { recursive: true });
    writeFileSync(join(other, "lock", "1", "socket"), "");
    await (await openFiles(other)).close();
    await store.close();
  });

  test("a folder is the same by whichever path", async () => {
    const folder = newFolder();
    const store = await openFiles(folder);
    const link = newFolder();
    symlinkSync(folder, link);
    await expectCode("LOCKED", openFiles(link));
    await store.close();
    const other = await openFiles(link);
    await expectCode("LOCKED", openFiles(folder));
    await other.close();
  });

  test("paths may be longer than a socket's", async () => {
    const folder = join(newFolder(), "x".repeat(120), "ä".repeat(60));
    const store = await openFiles(folder);
    expect(lockEntries(folder)).toEqual(["1"]);
    await expectCode("LOCKED", openFiles(folder));
    await using holder = new Holder();
    expect(await holder.ask("open", folder)).toBe("LOCKED");
    await store.close();
    expect(await holder.ask("open", folder)).toBe("owner");
    await expectCode("LOCKED", openFiles(folder));
    await holder.kill();
    await (await openFiles(folder)).close();
  });

  test("a folder that was removed while it was open can be closed", async () => {
    const folder = newFolder();
    const store = await openFiles(folder);
    rmSync(folder, { recursive: true });
    await store.close();
    await (await openFiles(folder)).close();
  });

  test("what can't be a lock's folder is an error that says so", async () => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, "lock"), "");
    await expect(openFiles(folder)).rejects.toMatchObject({
      code: "STORAGE_FAILED",
      message: expect.stringContaining("disk of this machine"),
    });
  });
});
