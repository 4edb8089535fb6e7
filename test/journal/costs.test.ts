/** What keeping data costs, counted instead of timed: syncs, and bytes of checkpoints. */
import { expect, test } from "vitest";
import { random } from "../core/support.ts";
import { FaultyDisk, openFaulty } from "../storage/faulty.ts";
import { clientOn, type Kept } from "./simulation/client.ts";

const DIM = 32;
const next = random(5);
const aVector = () => Array.from({ length: DIM }, () => Math.fround(next() - 0.5));
const aPoint = (id: number) => ({
  id,
  vector: aVector(),
  payload: { word: `word ${id}`, kind: `k${id % 10}`, length: id % 17 },
});

/** Writers that each wait for their answers. */
async function write({ client }: Kept, writers: number, writes: number): Promise<void> {
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let i = 0; i < writes; i++)
        await client.upsert("c", { wait: true, points: [aPoint(writer * writes + i)] });
    }),
  );
}

test("writers at the same time share their syncs", async () => {
  const disk = new FaultyDisk({ pauses: "none" });
  const kept = await clientOn(await openFaulty(disk));
  await kept.client.createCollection("c", { vectors: { size: DIM, distance: "Dot" } });
  await write(kept, 1, 1);
  disk.syncDelay(5);
  const syncsOf = async (writers: number, writes: number) => {
    const before = disk.counts.sync;
    await write(kept, writers, writes);
    return disk.counts.sync - before;
  };
  expect(await syncsOf(1, 20)).toBe(20);
  // All in one each time, but for the first one's first.
  expect(await syncsOf(16, 20)).toBeLessThanOrEqual(20 + 1);
  expect(await syncsOf(1, 20)).toBe(20);
  // Two who wait for each other's syncs, not for a third one.
  expect(await syncsOf(2, 20)).toBeLessThanOrEqual(20 + 1);
  await kept.client[Symbol.asyncDispose]();
});

const COUNT = 4000;
const BATCH = 500;

async function filled(disk: FaultyDisk): Promise<Kept> {
  const kept = await clientOn(await openFaulty(disk), "never");
  const { client } = kept;
  await client.createCollection("c", {
    vectors: { size: DIM, distance: "Cosine" },
    // Else some points come to be in a part that has no graph yet, and is written as a whole.
    hnsw_config: { m: 8, ef_construct: 32, full_scan_threshold: 10 },
  });
  await client.createPayloadIndex("c", { field_name: "kind", field_schema: "keyword" });
  for (let from = 0; from < COUNT; from += BATCH)
    await client.upsert("c", { points: Array.from({ length: BATCH }, (_, i) => aPoint(from + i)) });
  await settled(kept);
  return kept;
}

async function settled({ client }: Kept): Promise<void> {
  while ((await client.getCollection("c")).status !== "green")
    await new Promise((done) => setImmediate(done));
}

/** Bytes that a checkpoint writes. */
async function checkpoint(disk: FaultyDisk, { keeper }: Kept): Promise<number> {
  const before = disk.bytesWritten;
  await keeper.checkpoint("c");
  return disk.bytesWritten - before;
}

/** Bytes of the checkpoints that are there. */
function kept(disk: FaultyDisk): number {
  const paths = disk.paths().filter((path) => path.includes("/checkpoint-"));
  return paths.reduce((sum, path) => sum + disk.bytesOf(path).byteLength, 0);
}

test("a checkpoint after changing 1 % writes at most 10 % of everything", async () => {
  const disk = new FaultyDisk({ pauses: "none" });
  const store = await filled(disk);
  const { client } = store;
  const full = await checkpoint(disk, store);
  expect(full).toBeGreaterThan(COUNT * DIM * 4);
  const ids = Array.from({ length: COUNT / 100 }, (_, i) => i * 100 + 7);

  await client.setPayload("c", { points: ids, payload: { kind: "changed" } });
  expect(await checkpoint(disk, store)).toBeLessThan(full / 10);
  await client.upsert("c", { points: ids.map(aPoint) });
  await settled(store);
  expect(await checkpoint(disk, store)).toBeLessThan(full / 10);
  await client.delete("c", { points: ids });
  await settled(store);
  expect(await checkpoint(disk, store)).toBeLessThan(full / 10);
  // Nothing changed: what every checkpoint has.
  expect(await checkpoint(disk, store)).toBeLessThan(full / 100);
  await client[Symbol.asyncDispose]();
});

test("what was written anew is dropped before it is more than the rest", async () => {
  const disk = new FaultyDisk({ pauses: "none" });
  const store = await filled(disk);
  const full = await checkpoint(disk, store);
  const all = { must: [{ key: "length", range: { gte: 0 } }] };
  let most = 0;
  for (let i = 0; i < 30; i++) {
    // About a quarter of everything.
    await store.client.setPayload("c", { filter: all, payload: { round: i } });
    await checkpoint(disk, store);
    most = Math.max(most, kept(disk));
  }
  // As much as is kept anyhow, half of that, a megabyte, and the one that is written when that is exceeded.
  expect(most).toBeLessThan(full * 2 + 2 ** 20);
  expect(most).toBeGreaterThan(full * 1.2);
  await store.client[Symbol.asyncDispose]();
});

test("a log counts what opening would replay: also after a checkpoint that failed, and in the next process", async () => {
  const disk = new FaultyDisk({ pauses: "none" });
  const kept = await clientOn(await openFaulty(disk));
  const { client, keeper } = kept;
  await client.createCollection("c", { vectors: { size: DIM, distance: "Dot" } });
  expect(keeper.logBytes("c")).toBe(0);
  await write(kept, 1, 5);
  const five = keeper.logBytes("c");
  expect(five).toBeGreaterThan(5 * DIM * 4);
  disk.failAt(1, "STORAGE_FULL", { kinds: ["sync"] });
  await expect(keeper.checkpoint("c")).rejects.toMatchObject({ code: "STORAGE_FULL" });
  expect(keeper.logBytes("c")).toBe(five);
  await write(kept, 1, 5);
  const ten = keeper.logBytes("c");
  const again = await clientOn(await openFaulty(disk.killed()));
  expect(again.keeper.logBytes("c")).toBe(ten);
  await again.keeper.checkpoint("c");
  expect(again.keeper.logBytes("c")).toBe(0);
  await again.client[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
});
