/** `nearvec check` and `nearvec repair --dry-run`: what they say of stores that are sound, cut off, and damaged. */
import {
  appendFile,
  cp,
  mkdtemp,
  open as openFile,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { open } from "../../src/index.ts";
import { start } from "./processes.ts";

let scratch: string;
let sound: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "nearvec-check-"));
  sound = join(scratch, "sound");
  const client = await open({ path: sound });
  await client.createCollection("words", { vectors: { size: 4, distance: "Dot" } });
  await client.createCollection("others", { vectors: { size: 2, distance: "Dot" } });
  const points = Array.from({ length: 500 }, (_, i) => ({ id: i, vector: [i, 1, 2, 3], payload: { i } }));
  await client.upsert("words", { points });
  await client.createSnapshot("words");
  await client.close();
  // What only the log has.
  const again = await open({ path: sound });
  for (let id = 1000; id < 1010; id++)
    await again.upsert("words", { points: [{ id, vector: [1, 2, 3, 4] }] });
  await cp(sound, join(scratch, "running"), { recursive: true, filter: (path) => !path.includes("/lock") });
  await again.close();
});
afterAll(() => rm(scratch, { recursive: true }));

/** A copy of the store with its log. */
async function copy(name: string): Promise<string> {
  const path = join(scratch, name);
  await cp(join(scratch, "running"), path, { recursive: true });
  return path;
}

async function theFile(folder: string, prefix: string): Promise<string> {
  const name = (await readdir(folder))
    .filter((each) => each.startsWith(prefix))
    .sort()
    .at(-1);
  return join(folder, name ?? "");
}

async function turnBit(path: string, at: number): Promise<void> {
  const file = await openFile(path, "r+");
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.of((buffer[0] as number) ^ 4), 0, 1, at);
  await file.close();
}

const check = (path: string) => start(["check", path]).finished;
const repair = (path: string) => start(["repair", "--dry-run", path]).finished;

test("a sound store", async () => {
  const { code, out, err } = await check(sound);
  expect(err).toBe("");
  expect(out).toContain("all is sound");
  expect(code).toBe(0);
  expect((await repair(sound)).out).toContain("nothing to repair");
});

test("one that was not closed, and whose log a crash cut off", async () => {
  const path = await copy("torn");
  await appendFile(await theFile(join(path, "collections/1"), "log-"), Buffer.alloc(100, 7));
  const { code, out } = await check(path);
  expect(out).toMatch(/"words": sound, 10 operations in its log/);
  expect(out).toMatch(
    /note: collections\/1\/log-\d+ at byte \d+: 100 bytes at the log's end are no whole record/,
  );
  expect(code).toBe(0);
});

test("a snapshot that a crash cut off is none, and no damage; one that was whole is damaged", async () => {
  const path = await copy("half");
  const folder = join(path, "snapshots/words");
  const whole = await theFile(folder, "words-");
  const file = whole.replace(/\.checksum$/, "");
  await truncate(file, 1000);
  const damaged = await check(path);
  expect(damaged.out).toContain(".snapshot: DAMAGED");
  expect(damaged.code).toBe(1);
  await rm(`${file}.checksum`);
  const { code, out } = await check(path);
  expect(out).toContain(".snapshot: no whole snapshot");
  expect(out).toContain("all is sound");
  expect(code).toBe(0);
  await turnBit(await theFile(join(path, "collections/1"), "checkpoint-"), 40);
  expect((await repair(path)).out).not.toContain("may have it");
});

test("a damaged checkpoint: where it is, and which snapshot there is", async () => {
  const path = await copy("checkpoint");
  const file = await theFile(join(path, "collections/1"), "checkpoint-");
  await turnBit(file, Math.floor((await stat(file)).size / 2));
  await turnBit(file, (await stat(file)).size - 200);
  const before = await readFile(file);
  const { code, out } = await check(path);
  expect(code).toBe(1);
  expect(
    out.match(/damage: collections\/1\/checkpoint-\d+ at byte \d+: \d+ bytes can't be read/g)?.length,
  ).toBe(2);
  expect(out).toContain('"others": sound');
  const advice = await repair(path);
  expect(advice.code).toBe(1);
  expect(advice.out).toMatch(/snapshots that may have it: snapshots\/words\/words-\S+\.snapshot/);
  expect(advice.out).toContain('"others": sound, nothing would be lost');
  expect(await readFile(file)).toEqual(before);
  await expect(open({ path })).rejects.toMatchObject({ code: "DAMAGED" });
});

test("a damaged log: how far it can be read", async () => {
  const path = await copy("log");
  const file = await theFile(join(path, "collections/1"), "log-");
  await turnBit(file, Math.floor((await stat(file)).size / 2));
  const { code, out } = await check(path);
  expect(code).toBe(1);
  expect(out).toMatch(
    /damage: collections\/1\/log-\d+ at byte \d+: .*\(\d operations before it can be read\)/,
  );
  expect((await repair(path)).out).toMatch(
    /all of its last checkpoint, and the first \d operations of its log/,
  );
});

test("a catalog of which one half, or both, can't be read", async () => {
  const path = await copy("catalog");
  await turnBit(join(path, "catalog-0"), 34);
  const half = await check(path);
  expect(half.out).toMatch(/note: catalog-0 .*its twin/);
  expect(half.code).toBe(0);
  await turnBit(join(path, "catalog-1"), 34);
  const both = await check(path);
  expect(both.out).toMatch(/damage: catalog-0/);
  expect(both.code).toBe(1);
  expect((await repair(path)).out).toContain("names and aliases are lost");
});

test("what is missing, and what can't be asked", async () => {
  const path = await copy("missing");
  await rm(await theFile(join(path, "collections/1"), "checkpoint-"));
  expect((await check(path)).out).toMatch(/checkpoint-\d+ at byte 0: it is missing/);
  const nowhere = await check(join(scratch, "nowhere"));
  expect(nowhere.code).toBe(1);
  expect(nowhere.err).toContain("nowhere");
  const undecided = await start(["repair", sound]).finished;
  expect(undecided.code).toBe(1);
  expect(undecided.err).toContain("--dry-run");
});
