/** Other names of collections. */
import { expect, test } from "vitest";
import { type Client, connect, ids, refused } from "./support.ts";

const DOT = { vectors: { size: 2, distance: "Dot" } } as const;

/** Collections `old` (with point 1) and `new` (with point 2). */
async function two(): Promise<Client> {
  const client = await connect();
  for (const [i, name] of ["old", "new"].entries()) {
    await client.createCollection(name, DOT);
    await client.upsert(name, { points: [{ id: i + 1, vector: [1, 1], payload: { name } }], wait: true });
  }
  return client;
}

type Actions = Parameters<Client["updateCollectionAliases"]>[0]["actions"];

const create = (alias_name: string, collection_name: string) => ({
  create_alias: { alias_name, collection_name },
});
const rename = (old_alias_name: string, new_alias_name: string) => ({
  rename_alias: { old_alias_name, new_alias_name },
});
const remove = (alias_name: string) => ({ delete_alias: { alias_name } });
const change = (client: Client, ...actions: Actions) => client.updateCollectionAliases({ actions });

async function all(client: Client): Promise<string[]> {
  const { aliases } = await client.getAliases();
  return aliases.map(({ alias_name, collection_name }) => `${alias_name} → ${collection_name}`).sort();
}

test("an alias can be used wherever a collection's name can", async () => {
  await using client = await two();
  expect(await change(client, create("a", "old"))).toBe(true);
  expect(ids(await client.scroll("a"))).toEqual([1]);
  expect(ids(await client.query("a", { query: [1, 1] }))).toEqual([1]);
  expect(await client.count("a")).toEqual({ count: 1 });
  expect(await client.retrieve("a", { ids: [1] })).toEqual([{ id: 1, payload: { name: "old" } }]);
  expect(await client.getCollection("a")).toEqual(await client.getCollection("old"));
  await client.upsert("a", { points: [{ id: 3, vector: [1, 1] }], wait: true });
  await client.setPayload("a", { payload: { b: 1 }, points: [3], wait: true });
  await client.delete("a", { points: [1], wait: true });
  expect(await client.retrieve("old", { ids: [1, 3] })).toEqual([{ id: 3, payload: { b: 1 } }]);
  expect(await client.collectionExists("a")).toEqual({ exists: true });
});

test("aliases are listed, all of them or those of one collection; they are no collections", async () => {
  await using client = await two();
  await change(client, create("a", "old"), create("b", "old"), create("c", "new"));
  expect(await all(client)).toEqual(["a → old", "b → old", "c → new"]);
  const { aliases } = await client.getCollectionAliases("old");
  expect(aliases.map(({ alias_name }) => alias_name).sort()).toEqual(["a", "b"]);
  expect((await client.getCollections()).collections).toHaveLength(2);
});

test("creating an alias that is there points it elsewhere", async () => {
  await using client = await two();
  await change(client, create("a", "old"));
  await change(client, create("a", "new"));
  expect(await all(client)).toEqual(["a → new"]);
  expect(ids(await client.scroll("a"))).toEqual([2]);
});

test("one request switches", async () => {
  await using client = await two();
  await change(client, create("live", "old"));
  await change(client, remove("live"), create("live", "new"));
  expect(ids(await client.scroll("live"))).toEqual([2]);
});

test("renaming keeps what an alias stands for; an unknown one is told", async () => {
  await using client = await two();
  await change(client, create("a", "old"));
  await change(client, rename("a", "b"));
  expect(await all(client)).toEqual(["b → old"]);
  await refused(change(client, rename("a", "c")), "ALIAS_NOT_FOUND", "a");
});

test("deleting an unknown alias succeeds", async () => {
  await using client = await two();
  expect(await change(client, remove("none"))).toBe(true);
});

test("an alias can't have a collection's name, nor a collection an alias's", async () => {
  await using client = await two();
  await refused(change(client, create("new", "old")), "COLLECTION_EXISTS", "new");
  await change(client, create("a", "old"));
  await refused(client.createCollection("a", DOT), "COLLECTION_EXISTS", "a");
});

test("an alias of nothing is refused", async () => {
  await using client = await two();
  await refused(change(client, create("a", "none")), "COLLECTION_NOT_FOUND", "none");
  expect(await all(client)).toEqual([]);
});

test("when an action fails, those before it stay, and those after it are not done", async () => {
  await using client = await two();
  await refused(
    change(client, create("a", "old"), create("b", "none"), create("c", "new")),
    "COLLECTION_NOT_FOUND",
  );
  expect(await all(client)).toEqual(["a → old"]);
});

test("with a collection go its aliases", async () => {
  await using client = await two();
  await change(client, create("a", "old"), create("b", "new"));
  await client.deleteCollection("old");
  expect(await all(client)).toEqual(["b → new"]);
  await refused(client.scroll("a"), "COLLECTION_NOT_FOUND", "a");
});
