/** What a queue without exactly-once delivery needs: an operation that comes twice in a row is as if it came once. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { NearvecError, open } from "../../src/index.ts";
import { aWrite, type Model, SIZE, send, stepOf } from "./writes.ts";

const VECTORS = { size: SIZE, distance: "Cosine" } as const;

async function contents(client: NearvecClient): Promise<unknown> {
  const { points } = await client.scroll("c", { limit: 1000, with_vector: true });
  return { points, count: await client.count("c") };
}

/** "done", or the code of the error. */
async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "done";
  } catch (error) {
    if (error instanceof NearvecError) return error.code;
    throw error;
  }
}

test("each write applied twice in a row equals once, and answers the same", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aWrite, { minLength: 3, maxLength: 15 }), async (writes) => {
      await using client = await open();
      await client.createCollection("c", { vectors: VECTORS });
      const model: Model = new Map();
      for (const write of writes) {
        const { operation, effect } = stepOf(model, write);
        const first = await outcome(send(client, "c", operation));
        expect(first).toBe(effect() ? "done" : "POINT_NOT_FOUND");
        const once = await contents(client);
        expect(await outcome(send(client, "c", operation))).toBe(first);
        expect(await contents(client)).toEqual(once);
      }
    }),
    { numRuns: 100 },
  );
});

const ON_COLLECTIONS: [string, (client: NearvecClient) => Promise<unknown>, string][] = [
  ["createCollection", (client) => client.createCollection("new", { vectors: VECTORS }), "COLLECTION_EXISTS"],
  ["deleteCollection", (client) => client.deleteCollection("c"), "done"],
  [
    "updateCollection",
    (client) =>
      client.updateCollection("c", { hnsw_config: { ef_construct: 50 }, metadata: { a: null, b: 1 } }),
    "done",
  ],
  [
    "creating an alias",
    (client) => alias(client, { create_alias: { alias_name: "y", collection_name: "c" } }),
    "done",
  ],
  ["deleting an alias", (client) => alias(client, { delete_alias: { alias_name: "x" } }), "done"],
  [
    "renaming an alias",
    (client) => alias(client, { rename_alias: { old_alias_name: "x", new_alias_name: "z" } }),
    "ALIAS_NOT_FOUND",
  ],
];

type Action = Parameters<NearvecClient["updateCollectionAliases"]>[0]["actions"][number];

function alias(client: NearvecClient, action: Action): Promise<boolean> {
  return client.updateCollectionAliases({ actions: [action] });
}

test.each(ON_COLLECTIONS)("%s twice in a row equals once; the second answers %s", async (_, call, second) => {
  await using client = await open();
  await client.createCollection("c", { vectors: VECTORS, metadata: { a: 1 } });
  await alias(client, { create_alias: { alias_name: "x", collection_name: "c" } });
  const all = async () => {
    const { collections } = await client.getCollections();
    const infos = collections.map(({ name }) => client.getCollection(name));
    return { collections, infos: await Promise.all(infos), aliases: await client.getAliases() };
  };
  expect(await outcome(call(client))).toBe("done");
  const once = await all();
  expect(await outcome(call(client))).toBe(second);
  expect(await all()).toEqual(once);
});
