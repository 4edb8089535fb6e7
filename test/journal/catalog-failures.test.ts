/**
 * Changes of which collections there are, on disks whose calls fail: what was refused may be found all the same by whoever opens
 * the store next (a failed sync says nothing), but never without its files, and never in the place of what was answered.
 */
import { expect, test } from "vitest";
import { type Client, untyped } from "../conformance/support.ts";
import { FaultyDisk, openFaulty } from "../storage/faulty.ts";
import { clientOn } from "./simulation/client.ts";

type Step = (client: Client) => Promise<unknown>;

const vectors = { size: 2, distance: "Dot" } as const;
const upsert = (client: Client, name: string, id: number) =>
  client.upsert(name, untyped({ points: [{ id, vector: [id, 1] }], wait: true }));

const STEPS: readonly Step[] = [
  (client) => client.createCollection("b", { vectors }),
  (client) => client.deleteCollection("a"),
  (client) => client.deleteCollection("b"),
  (client) => client.recreateCollection("a", { vectors: { n: vectors } }),
  (client) =>
    client.updateCollectionAliases({
      actions: [{ create_alias: { alias_name: "x", collection_name: "b" } }],
    }),
  async (client) => {
    const { name = "" } = (await client.listSnapshots("a"))[0] ?? {};
    return client.recoverSnapshot("a", { location: name });
  },
];

async function shown(client: Client): Promise<string> {
  const { collections } = await client.getCollections();
  const names = collections.map(({ name }) => name).sort();
  const { aliases } = await client.getAliases();
  const points = await Promise.all(names.map((name) => client.scroll(name, { with_vector: true })));
  return JSON.stringify({ names, aliases, points });
}

/**
 * Answers how many calls of the storage the step made.
 *
 * @param goesOn whether the catalog is written once more afterwards
 */
async function fail(step: Step, at: number, seed: number, goesOn: boolean): Promise<number> {
  const disk = new FaultyDisk({ seed });
  const { client } = await clientOn(await openFaulty(disk));
  await client.createCollection("a", { vectors });
  await upsert(client, "a", 1);
  await client.createSnapshot("a");
  await client.createCollection("b", { vectors });
  if (step === STEPS[0]) await client.deleteCollection("b");
  const before = disk.calls;
  disk.failAt(at, "STORAGE_FAILED", { forever: seed % 2 === 0 });
  await step(client).catch((error: { code?: string }) => {
    if (error.code !== "STORAGE_FAILED") throw error;
  });
  const calls = disk.calls - before;
  disk.heal();
  const { collections } = await client.getCollections();
  for (const { name } of collections) {
    const named = untyped<{ n?: unknown }>((await client.getCollection(name)).config.params.vectors).n;
    const vector = named === undefined ? [7, 7] : { n: [7, 7] };
    await client.upsert(name, untyped({ points: [{ id: 7, vector }], wait: true }));
  }
  if (goesOn) await client.createCollection("z", { vectors });
  const wanted = await shown(client);
  const folderCount = collections.length + (goesOn ? 1 : 0);
  if (folderCount === 0) return calls;
  for (const left of [disk.killed(), disk.restart(seed), disk.restart(seed + 1)]) {
    const again = await clientOn(await openFaulty(left));
    expect(await shown(again.client)).toBe(wanted);
    await again.client[Symbol.asyncDispose]();
    const folders = new Set(left.paths().flatMap((path) => /^collections\/\d+/.exec(path) ?? []));
    expect(folders.size, "folders of collections").toBe(folderCount);
  }
  await client[Symbol.asyncDispose]();
  return calls;
}

test.each(STEPS.map((step, i) => [i, step] as const))("step %i", { timeout: 60_000 }, async (i, step) => {
  const calls = await fail(step, Number.POSITIVE_INFINITY, 1, false);
  expect(calls).toBeGreaterThan(5);
  for (let at = 1; at <= calls; at++) {
    for (const seed of [2 * at, 2 * at + 1]) {
      try {
        await fail(step, at, seed, false);
        await fail(step, at, seed, true);
      } catch (cause) {
        throw new Error(`step ${i}, call ${at}, seed ${seed}`, { cause });
      }
    }
  }
});
