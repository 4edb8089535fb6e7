/** Which collections there are, what they are called and how they are set up, after crashes at every call of the storage. */
import { expect, test } from "vitest";
import { type Client, untyped } from "../conformance/support.ts";
import { FaultyDisk, openFaulty } from "../storage/faulty.ts";
import { clientOn } from "./simulation/client.ts";

type Step = (client: Client) => Promise<unknown>;

const vectors = { size: 2, distance: "Dot" } as const;
const point = (id: number) => ({ points: [{ id, vector: [id, 1] }], wait: true });
const alias = (alias_name: string, collection_name: string) => ({
  create_alias: { alias_name, collection_name },
});

const STEPS: readonly Step[] = [
  (client) => client.createCollection("a", { vectors }),
  (client) => client.upsert("a", untyped(point(1))),
  (client) => client.updateCollectionAliases({ actions: [alias("x", "a"), alias("y", "a")] }),
  (client) => client.createCollection("b/ä?*".replace(/[/?*]/g, "-"), { vectors, on_disk_payload: true }),
  (client) => client.updateCollection("a", { hnsw_config: { ef_construct: 77 } }),
  (client) => client.updateCollection("x", untyped({ metadata: { owner: "me", big: 2n ** 60n } })),
  (client) => client.upsert("y", untyped(point(2))),
  (client) => client.createVectorName("a", "words", untyped({ sparse: {} }), { wait: true }),
  (client) => client.createPayloadIndex("a", { field_name: "f.g", field_schema: "keyword", wait: true }),
  (client) =>
    client.updateCollectionAliases({
      actions: [
        { rename_alias: { old_alias_name: "y", new_alias_name: "z" } },
        { delete_alias: { alias_name: "x" } },
      ],
    }),
  (client) => client.deleteCollection("a"),
  (client) => client.createCollection("a", { vectors: { size: 3, distance: "Cosine" } }),
  (client) => client.deleteVectorName("a", "nothing").catch(() => undefined),
  (client) => client.updateCollectionAliases({ actions: [alias("y", "b-ä--")] }),
  (client) => client.deleteCollection("b-ä--"),
  (client) => client.recreateCollection("a", { vectors: { n: vectors } }),
];

/** All that there is to see, but for what only a running engine knows. */
async function shown(client: Client): Promise<string> {
  const { collections } = await client.getCollections();
  const each = await Promise.all(
    collections.map(async ({ name }) => {
      const { config, payload_schema, points_count } = await client.getCollection(name);
      const { points } = await client.scroll(name, { with_vector: true });
      return { name, config, fields: Object.keys(payload_schema), points_count, points };
    }),
  );
  each.sort((a, b) => (a.name < b.name ? -1 : 1));
  const { aliases } = await client.getAliases();
  aliases.sort((a, b) => (a.alias_name < b.alias_name ? -1 : 1));
  return JSON.stringify({ each, aliases }, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
}

/** What is shown before any step, and after each. */
async function states(): Promise<string[]> {
  const { client } = await clientOn(await openFaulty(new FaultyDisk({ pauses: "none" })));
  const all = [await shown(client)];
  for (const step of STEPS) {
    await step(client);
    all.push(await shown(client));
  }
  await client[Symbol.asyncDispose]();
  return all;
}

/** Answers how many steps were answered. */
async function work(disk: FaultyDisk): Promise<number> {
  let answered = 0;
  let client: Client | undefined;
  try {
    client = (await clientOn(await openFaulty(disk))).client;
    for (const step of STEPS) {
      await step(client);
      if (disk.isDown) break; // the step that is refused anyway
      answered++;
    }
    await client[Symbol.asyncDispose]();
  } catch (error) {
    if (!disk.isDown) throw error;
    await Promise.resolve(client?.[Symbol.asyncDispose]()).catch(() => undefined);
  }
  return answered;
}

test("after a crash at any call there is what was answered, and of the next step all or nothing", {
  timeout: 120_000,
}, async () => {
  const all = await states();
  const whole = new FaultyDisk({ seed: 3 });
  expect(await work(whole)).toBe(STEPS.length);
  // Recreating is deleting and creating.
  const between = JSON.stringify({ each: [], aliases: [] });
  for (let at = 1; at <= whole.calls; at++) {
    for (const kind of ["power", "kill"] as const) {
      const disk = new FaultyDisk({ seed: 3 });
      disk.crashAt(at);
      const answered = await work(disk);
      const after = kind === "power" ? disk.restart(at) : disk.killed();
      const { client } = await clientOn(await openFaulty(after));
      const allowed = all.slice(answered, answered + 2);
      if (answered === STEPS.length - 1) allowed.push(between);
      expect(allowed, `down at call ${at}, ${kind}, ${answered} steps were answered`).toContain(
        await shown(client),
      );
      await client[Symbol.asyncDispose]();
      // What a crash left over of collections that are gone, or never came to be, is cleared away.
      const folders = new Set(after.paths().flatMap((path) => /^collections\/(\d+)\//.exec(path)?.[1] ?? []));
      const { collections } = JSON.parse(await shownAgain(after));
      expect(folders.size).toBe(collections);
    }
  }
});

async function shownAgain(disk: FaultyDisk): Promise<string> {
  const { client } = await clientOn(await openFaulty(disk));
  const { collections } = await client.getCollections();
  await client[Symbol.asyncDispose]();
  return JSON.stringify({ collections: collections.length });
}
