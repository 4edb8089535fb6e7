import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, describe, expect, test } from "vitest";
import { FileWriter } from "../../src/storage/file-handles.ts";
import { openFiles } from "../../src/storage/files.ts";
import { FolderSync } from "../../src/storage/folder-sync.ts";
import { type NodeModules, nodeModules } from "../../src/storage/node-modules.ts";
import { concat, contents, expectCode, opened, pattern, storageContract, write } from "./contract.ts";

const root = mkdtempSync(join(tmpdir(), "nearvec-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const newFolder = () => join(root, String(++folders));
const isWindows = process.platform === "win32";
const isRoot = process.getuid?.() === 0;
const filesUrl = new URL("../../src/storage/files.ts", import.meta.url);

storageContract("a folder of files", async () => {
  const folder = join(newFolder(), "made", "by", "it");
  return { open: (options) => openFiles(folder, options) };
});

describe("opening", () => {
  test("for reading, it makes and changes nothing, and needs a folder", async () => {
    const folder = newFolder();
    await expectCode("STORAGE_FAILED", openFiles(folder, { readOnly: true }));
    mkdirSync(folder);
    const store = await openFiles(folder, { readOnly: true });
    expect(await store.list("")).toEqual([]);
    await store.close();
    expect(fs.readdirSync(folder)).toEqual([]);
    writeFileSync(join(folder, "file"), "");
    await expectCode("STORAGE_FAILED", openFiles(join(folder, "file"), { readOnly: true }));
    await expectCode("STORAGE_FAILED", openFiles(join(folder, "file")));
  });

  test("where there is no folder, it is the path that is to be looked at", async () => {
    const folder = newFolder();
    const file = join(folder, "file");
    const missing = openFiles(folder, { readOnly: true });
    await expect(missing).rejects.toThrow("Check the path");
    mkdirSync(folder);
    writeFileSync(file, "");
    await expect(openFiles(file, { readOnly: true })).rejects.toThrow("Check the path");
    for (const place of [file, join(file, "x")]) {
      await expect(openFiles(place)).rejects.toThrow("Check the path");
    }
  });

  test("what has a name that no path has is not the store's", async () => {
    const folder = newFolder();
    for (const name of ["in", "a folder"]) mkdirSync(join(folder, name), { recursive: true });
    for (const name of ["in/a", "in/b c", "in/\u00fc", "in/a folder"]) writeFileSync(join(folder, name), "x");
    const store = await openFiles(folder);
    expect((await store.list("")).map(({ name }) => name)).toEqual(["in"]);
    expect((await store.list("in")).map(({ name }) => name)).toEqual(["a"]);
    await store.close();
  });

  test.skipIf(isWindows)("links in a store aren't followed", async () => {
    const folder = newFolder();
    const store = await openFiles(folder);
    const secret = newFolder();
    writeFileSync(secret, "secret");
    symlinkSync(secret, join(folder, "link"));
    expect(await store.list("")).toEqual([]);
    await expectCode("STORAGE_FAILED", store.open("link"));
    await write(store, "link", pattern(3, 1));
    await store.remove("link");
    expect(readFileSync(secret, "utf8")).toBe("secret");
    await store.close();
  });

  test("a file that was cut behind its back is an error, not other bytes", async () => {
    const folder = newFolder();
    const store = await openFiles(folder);
    await write(store, "file", pattern(100, 1));
    const file = await opened(store, "file");
    fs.truncateSync(join(folder, "file"), 50);
    expect(await file.read(0, 50)).toEqual(pattern(100, 1).slice(0, 50));
    await expect(file.read(40, 20)).rejects.toMatchObject({
      code: "STORAGE_FAILED",
      details: { subject: { file: join(folder, "file"), at: 40 } },
    });
    await store.close();
  });

  test("nothing of it is resolved by a bundler for browsers", async () => {
    const { metafile, warnings } = await build({
      entryPoints: [fileURLToPath(filesUrl)],
      bundle: true,
      minify: true,
      platform: "browser",
      format: "esm",
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    expect(warnings).toEqual([]);
    expect(Object.values(metafile.outputs).flatMap((output) => output.imports)).toEqual([]);
  });
});

describe("what the system refuses", () => {
  /** A file system of so many bytes, where this process may make one. */
  function smallDisk(): string | undefined {
    if (process.platform !== "linux" || !isRoot) return undefined;
    const folder = newFolder();
    mkdirSync(folder);
    const { status } = spawnSync("/bin/mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", folder]);
    return status === 0 ? folder : undefined;
  }

  test("a full disk takes nothing of an append, and goes on when there is room", async ({ skip }) => {
    const disk = smallDisk();
    if (disk === undefined) return skip("mounting needs root");
    try {
      const store = await openFiles(join(disk, "store"));
      const file = await store.create("log");
      file.append(pattern(200_000, 1));
      await file.sync();
      await write(store, "other", pattern(150_000, 2));
      for (let attempt = 0; attempt < 3; attempt++) {
        let error: unknown;
        try {
          file.append(pattern(300_000, 3));
        } catch (caught) {
          error = caught;
        }
        expect(error).toMatchObject({
          code: "STORAGE_FULL",
          details: { subject: { file: join(disk, "store", "log") } },
        });
        expect(file.size).toBe(200_000);
        expect(await contents(store, "log")).toEqual(pattern(200_000, 1));
      }
      await store.remove("other");
      file.append(pattern(250_000, 4));
      await file.sync();
      expect((await contents(store, "log")).subarray(200_000)).toEqual(pattern(250_000, 4));
      await store.close();
    } finally {
      // Also where a failure left files open.
      execFileSync("/bin/umount", ["-l", disk]);
    }
  });

  /** A process that has a store at a folder, under limits. */
  function program(code: string, command: (node: string) => string[], options = {}): string {
    const source = `const { openFiles } = await import(${JSON.stringify(filesUrl.href)});
      const codeOf = async (action) => { try { await action(); return "done"; } catch (error) { return error.code; } };
      ${code}`;
    const [name = "", ...args] = command(process.execPath);
    const { stdout, stderr, status } = spawnSync(name, [...args, "--input-type=module", "-e", source], {
      encoding: "utf8",
      ...options,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout.trim();
  }

  test.skipIf(isWindows)("a file as large as one may be takes no more", () => {
    const folder = newFolder();
    const code = `const store = await openFiles(${JSON.stringify(folder)});
      const file = await store.create("log");
      file.append(new Uint8Array(3000));
      const full = await codeOf(() => file.append(new Uint8Array(6000)));
      const { size } = file;
      file.append(new Uint8Array(1000));
      await file.sync();
      console.log(full, size, file.size);`;
    // In blocks of 512 bytes, or of 1024.
    const limited = (node: string) => ["sh", "-c", 'ulimit -f 8; exec "$0" "$@"', node];
    const output = program(code.replace("6000", "60000"), limited);
    expect(output).toBe("STORAGE_FULL 3000 4000");
    expect(fs.statSync(join(folder, "log")).size).toBe(4000);
  });

  // Root is permitted everything: then as nobody.
  const identity = isRoot ? { uid: 65_534, gid: 65_534 } : {};

  test.skipIf(isWindows)("what isn't permitted is said to be", ({ skip }) => {
    const look = ["-e", "require('node:fs').accessSync(process.argv[1])", fileURLToPath(filesUrl)];
    const canRead = spawnSync(process.execPath, look, { ...identity, cwd: "/" }).status === 0;
    if (!canRead) return skip("this is root, and nobody else may read the sources");
    const parent = newFolder();
    mkdirSync(parent);
    chmodSync(root, 0o755);
    const store = join(parent, "store");
    mkdirSync(join(store, "lock"), { recursive: true });
    writeFileSync(join(store, "log"), "log");
    chmodSync(join(store, "log"), 0o000);
    chmodSync(store, 0o555);
    chmodSync(join(store, "lock"), 0o777);
    const code = `const inside = await openFiles(${JSON.stringify(store)});
      console.log(
        await codeOf(() => openFiles(${JSON.stringify(join(parent, "new"))})),
        await codeOf(() => inside.create("more")),
        await codeOf(() => inside.open("log")),
        await codeOf(() => inside.remove("log")),
      );`;
    chmodSync(parent, 0o555);
    try {
      const output = program(code, (node) => [node], { ...identity, cwd: root });
      expect(output).toBe(Array(4).fill("STORAGE_DENIED").join(" "));
    } finally {
      chmodSync(parent, 0o755);
      chmodSync(store, 0o755);
    }
  });
});

describe("writing", () => {
  /** A file in a new folder, by a system that does some calls otherwise. */
  async function writer(change: (real: typeof fs, folder: string) => Partial<typeof fs>) {
    const node = await nodeModules();
    const folder = join(newFolder(), "a", "b");
    const name = join(folder, "file");
    const changed: NodeModules = { ...node, fs: { ...node.fs, ...change(node.fs, folder) } };
    const sync = new FolderSync(changed, folder);
    sync.make(folder);
    const file = new FileWriter(changed, name, fs.openSync(name, "wx"), sync, new Set());
    return { file, name, folder };
  }
  const systemError = (code: string) => Object.assign(new Error(`${code}: injected`), { code });

  test("goes on where the system wrote only a part", async () => {
    const { file, name } = await writer((real) => ({
      writeSync: ((descriptor: number, bytes: Uint8Array, at: number, length: number, position: number) =>
        real.writeSync(descriptor, bytes, at, Math.min(length, 7), position)) as typeof fs.writeSync,
    }));
    file.append(pattern(100, 1));
    file.append(pattern(50, 2));
    await file.close();
    expect(new Uint8Array(readFileSync(name))).toEqual(concat([pattern(100, 1), pattern(50, 2)]));
  });

  test("takes a part back when the rest fails; where it can't, the file is of no use", async () => {
    let left = 100;
    let canCut = true;
    const { file, name } = await writer((real) => ({
      writeSync: ((descriptor: number, bytes: Uint8Array, at: number, length: number, position: number) => {
        if (left === 0) throw systemError("EIO");
        const count = real.writeSync(descriptor, bytes, at, Math.min(length, left), position);
        left -= count;
        return count;
      }) as typeof fs.writeSync,
      ftruncateSync: (descriptor, length) => {
        if (!canCut) throw systemError("EIO");
        real.ftruncateSync(descriptor, length);
      },
    }));
    file.append(pattern(60, 1));
    expect(() => file.append(pattern(60, 2))).toThrow(expect.objectContaining({ code: "STORAGE_FAILED" }));
    expect(file.size).toBe(60);
    expect(fs.statSync(name).size).toBe(60);
    left = 1000;
    file.append(pattern(10, 3));
    expect(new Uint8Array(readFileSync(name))).toEqual(concat([pattern(60, 1), pattern(10, 3)]));
    left = 5;
    canCut = false;
    expect(() => file.append(pattern(60, 2))).toThrow("could not write");
    left = 1000;
    expect(() => file.append(pattern(1, 2))).toThrow("can't be written any more");
    await expectCode("STORAGE_FAILED", file.sync());
    await file.close();
  });

  test("a sync that fails is every waiting one's, and there is no other on that file", async () => {
    let calls = 0;
    let fail = false;
    const { file } = await writer((real) => ({
      fdatasync: ((descriptor: number, done: fs.NoParamCallback) => {
        calls++;
        if (fail) setTimeout(() => done(systemError("EIO")), 2);
        else real.fdatasync(descriptor, done);
      }) as typeof fs.fdatasync,
    }));
    await file.sync();
    // Those that ask while one runs share the next.
    await Promise.all([file.sync(), file.sync(), file.sync(), file.sync()]);
    expect(calls).toBe(2);
    fail = true;
    file.append(pattern(10, 1));
    const results = await Promise.allSettled([file.sync(), file.sync(), file.sync()]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(calls).toBe(3);
    fail = false;
    await expectCode("STORAGE_FAILED", file.sync());
    expect(() => file.append(pattern(1, 1))).toThrow(expect.objectContaining({ code: "STORAGE_FAILED" }));
    expect(calls).toBe(3);
    await file.close();
  });

  test.skipIf(isWindows)(
    "the first sync is the file's, then its folders', up to what was there",
    async () => {
      const synced: string[] = [];
      const { file, folder } = await writer((real) => ({
        fsync: ((descriptor: number, done: fs.NoParamCallback) => {
          synced.push("file");
          real.fsync(descriptor, done);
        }) as typeof fs.fsync,
        fdatasync: ((descriptor: number, done: fs.NoParamCallback) => {
          synced.push("data");
          real.fdatasync(descriptor, done);
        }) as typeof fs.fdatasync,
        promises: {
          ...real.promises,
          open: async (path: string, flags: string) => {
            const handle = await real.promises.open(path, flags);
            return {
              sync: async () => {
                synced.push(path);
                await handle.sync();
              },
              close: () => handle.close(),
            };
          },
        } as unknown as typeof fs.promises,
      }));
      file.append(pattern(10, 1));
      await file.sync();
      const above = join(folder, "..");
      expect(synced).toEqual(["file", folder, above, join(above, ".."), root]);
      file.append(pattern(10, 1));
      await file.sync();
      expect(synced.slice(5)).toEqual(["data"]);
      await file.close();
    },
  );

  test.skipIf(isWindows)("a folder's sync that failed is not asked for again", async () => {
    let calls = 0;
    const { file, folder } = await writer((real) => ({
      promises: {
        ...real.promises,
        open: async () => {
          calls++;
          throw systemError("EIO");
        },
      } as unknown as typeof fs.promises,
    }));
    await expect(file.sync()).rejects.toMatchObject({
      code: "STORAGE_FAILED",
      details: { subject: { file: folder } },
    });
    await expectCode("STORAGE_FAILED", file.sync());
    expect(calls).toBe(1);
    await file.close();
  });

  test.skipIf(isWindows)("a folder that could not even be opened is asked again", async () => {
    const node = await nodeModules();
    const root = join(newFolder(), "store");
    let isShort = true;
    const promises = {
      ...node.fs.promises,
      open: (path: string, flags: string) =>
        isShort ? Promise.reject(systemError("EMFILE")) : node.fs.promises.open(path, flags),
    } as unknown as typeof fs.promises;
    const sync = new FolderSync({ ...node, fs: { ...node.fs, promises } }, root);
    sync.make(root);
    await expectCode("STORAGE_FAILED", sync.sync(join(root, "file")));
    isShort = false;
    await sync.sync(join(root, "file"));
  });
});
