/** Crashes, and failures, at every call of the storage while a snapshot is made, and while one is recovered. */
import { expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { Chance } from "../conformance/model/chance.ts";
import { everything } from "../conformance/model/reads.ts";
import { creation, modelOf, type Setup } from "../conformance/model/run.ts";
import { NAMED } from "../conformance/model/setups.ts";
import type { Model } from "../conformance/model/writes.ts";
import { untyped } from "../conformance/support.ts";
import { clientOn, type Kept } from "../journal/simulation/client.ts";
import { History } from "../journal/simulation/history.ts";
import { FaultyDisk, openFaulty } from "../storage/faulty.ts";

const PLAIN: Setup = { spaces: { "": { kind: "dense", size: 4, distance: "Dot" } }, ids: 30 };
const MANY: Setup = { ...NAMED, floating: [], ids: 15 };

interface Scene {
  readonly disk: FaultyDisk;
  readonly kept: Kept;
  readonly client: NearvecClient;
  /** Of the collection, when the snapshot was made, and now. */
  readonly old: () => Model;
  readonly now: () => Model;
  readonly snapshot: string;
  readonly bytes: Uint8Array;
}

/** A store with a collection, an alias, another collection, and a snapshot of what the first one was some changes ago. */
async function made(setup: Setup, seed: number): Promise<Omit<Scene, "kept" | "client">> {
  const disk = new FaultyDisk({ seed, pauses: "none" });
  const kept = await clientOn(await openFaulty(disk));
  const client = untyped<NearvecClient>(kept.client);
  await kept.client.createCollection("c", untyped(creation(setup)));
  await client.createCollection("other", { vectors: { size: 1, distance: "Dot" } });
  await client.upsert("other", { points: [{ id: 1, vector: [1] }] });
  await client.updateCollectionAliases({
    actions: [{ create_alias: { alias_name: "also", collection_name: "c" } }],
  });
  const history = new History(() => modelOf(setup));
  const chance = new Chance(seed);
  const writes = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const { write } = history.write(chance.below(2 ** 31));
      await write.send(kept.client).catch((error: { code?: string }) => {
        if (error.code !== "POINT_NOT_FOUND") throw error;
      });
    }
    return history.length;
  };
  const before = await writes(30);
  const { name } = await client.createSnapshot("c");
  const bytes = await (await client.downloadSnapshot("c", name)).bytes();
  const after = await writes(15);
  const old = () => history.after(before);
  const now = () => history.after(after);
  const left = disk.killed();
  disk.crash();
  await closed(kept);
  return { disk: left, old, now, snapshot: name, bytes };
}

/** How many scenes there are in the same store. */
const SHARING = 8;

/** One after the other, each on a disk of its own. */
function scenes(setup: Setup): (number: number) => Promise<Scene> {
  const stores = new Map<number, ReturnType<typeof made>>();
  return async (number) => {
    const seed = Math.floor(number / SHARING);
    const store = stores.get(seed) ?? made(setup, seed);
    stores.set(seed, store);
    const { disk: left, ...rest } = await store;
    const disk = left.killed({ seed: number });
    const kept = await clientOn(await openFaulty(disk));
    return { ...rest, disk, kept, client: untyped<NearvecClient>(kept.client) };
  };
}

/** Whether the collection is one of two models. */
async function isOne(kept: Kept, first: () => Model, second: () => Model): Promise<"first" | "second"> {
  try {
    await everything(kept.client, first());
    return "first";
  } catch {
    await everything(kept.client, second());
    return "second";
  }
}

/** What has nothing to do with it is as it was. */
async function rest({ client: kept }: Kept): Promise<void> {
  const client = untyped<NearvecClient>(kept);
  expect(await client.count("other")).toEqual({ count: 1 });
  expect(await client.getAliases()).toEqual({ aliases: [{ alias_name: "also", collection_name: "c" }] });
  expect((await client.getCollections()).collections).toHaveLength(2);
}

async function closed(kept: Kept): Promise<void> {
  try {
    await kept.client[Symbol.asyncDispose]();
  } catch {
    // The disk is down.
  }
}

const WAYS: [string, (scene: Scene) => Promise<boolean>][] = [
  ["by its name", ({ client, snapshot }) => client.recoverSnapshot("also", { location: snapshot })],
  ["from bytes", ({ client, bytes }) => client.uploadSnapshot("c", bytes)],
  [
    "from a stream",
    ({ client, bytes }) => client.uploadSnapshot("c", new Blob([bytes as BlobPart]).stream()),
  ],
];

const CASES = [
  ...WAYS.map(([how, run]) => ["one vector", how, PLAIN, run] as const),
  ...WAYS.slice(0, 1).map(([how, run]) => ["vectors of all kinds", how, MANY, run] as const),
];

test.each(CASES)(
  "recovering %s %s: after a crash at any call there is the old or the new, whole",
  async (_, how, setup, run) => {
    const outcomes = new Set<string>();
    const scene = scenes(setup);
    let calls = 0;
    for (let at = 1; ; at++) {
      const made = await scene(at);
      made.disk.crashAt(at);
      const answer = await run(made).catch((error: unknown) => {
        if (!made.disk.isDown) throw error;
      });
      if (!made.disk.isDown) made.disk.crash();
      await closed(made.kept);
      const disk = at % 3 === 0 ? made.disk.killed() : made.disk.restart(at);
      const kept = await clientOn(await openFaulty(disk));
      try {
        const found = await isOne(kept, made.old, made.now);
        if (answer) expect(found).toBe("first");
        outcomes.add(found);
        await rest(kept);
        // It goes on from there.
        const again = untyped<NearvecClient>(kept.client);
        const [snapshot, ...more] = await again.listSnapshots("c");
        expect([snapshot?.name, more]).toEqual([made.snapshot, []]);
        await again.recoverSnapshot("c", { location: made.snapshot });
        await everything(kept.client, made.old());
        await kept.client[Symbol.asyncDispose]();
        const last = await clientOn(await openFaulty(disk));
        await everything(last.client, made.old());
        await rest(last);
        await last.client[Symbol.asyncDispose]();
      } catch (cause) {
        throw new Error(`seed ${at}, down at call ${at} of recovering ${how}`, { cause });
      }
      if (answer) {
        calls = at;
        break;
      }
    }
    expect(calls).toBeGreaterThan(10);
    expect([...outcomes].sort()).toEqual(["first", "second"]);
  },
);

test.each(WAYS)(
  "recovering %s: when any call fails, nothing has changed, and it works again",
  async (how, run) => {
    let isOver = false;
    const scene = scenes(PLAIN);
    for (let at = 1; !isOver; at++) {
      const made = await scene(at);
      made.disk.failAt(at, "STORAGE_FAILED", { kinds: ["open", "create", "append", "sync", "read", "list"] });
      const before = made.disk.calls;
      const answer = await run(made).catch((error: { code?: string }) => error.code);
      made.disk.heal();
      try {
        if (answer === true) {
          await everything(made.kept.client, made.old());
          isOver = made.disk.calls - before < at;
        } else {
          expect(answer).toBe("STORAGE_FAILED");
          await everything(made.kept.client, made.now());
          await rest(made.kept);
          expect(await run(made)).toBe(true);
          await everything(made.kept.client, made.old());
        }
        await rest(made.kept);
        await made.kept.client[Symbol.asyncDispose]();
        const kept = await clientOn(await openFaulty(made.disk));
        await everything(kept.client, made.old());
        await kept.client[Symbol.asyncDispose]();
      } catch (cause) {
        throw new Error(`seed ${at}, call ${at} of recovering ${how} failed`, { cause });
      }
    }
  },
);

test("making one: after a crash at any call it is there, whole, or isn't", async () => {
  const outcomes = new Set<number>();
  const scene = scenes(PLAIN);
  for (let at = 1, isOver = false; !isOver; at++) {
    const made = await scene(at);
    made.disk.crashAt(at);
    const answer = await made.client.createSnapshot("c").catch((error: unknown) => {
      if (!made.disk.isDown) throw error;
    });
    if (!made.disk.isDown) made.disk.crash();
    await closed(made.kept);
    const disk = at % 3 === 0 ? made.disk.killed() : made.disk.restart(at);
    const kept = await clientOn(await openFaulty(disk));
    const client = untyped<NearvecClient>(kept.client);
    await everything(kept.client, made.now());
    const listed = await client.listSnapshots("c");
    outcomes.add(listed.length);
    if (answer) expect(listed).toContainEqual(answer);
    for (const { name, size, checksum } of listed) {
      const file = await client.downloadSnapshot("c", name);
      expect([file.size, file.checksum]).toEqual([size, checksum]);
      const copy = await open({ snapshot: await file.bytes() });
      const model = name === made.snapshot ? made.old() : made.now();
      await everything(untyped(copy), model);
      await copy.close();
      await client.uploadSnapshot("copy", file, { checksum: checksum ?? "" });
    }
    await kept.client[Symbol.asyncDispose]();
    isOver = answer !== undefined;
  }
  expect([...outcomes].sort()).toEqual([1, 2]);
});

test("a disk that is full takes no snapshot, and goes on", async () => {
  const { disk, client, kept, now } = await scenes(PLAIN)(1);
  const before = await client.listSnapshots("c");
  const used = [...disk.files.values()].reduce((sum, { size }) => sum + size, 0);
  for (const more of [0, 100, 3000]) {
    disk.full(used + more);
    await expect(client.createSnapshot("c")).rejects.toMatchObject({ code: "STORAGE_FULL", status: 507 });
    disk.heal();
    expect(await client.listSnapshots("c")).toEqual(before);
  }
  await everything(kept.client, now());
  await client.createSnapshot("c");
  await kept.client[Symbol.asyncDispose]();
});
