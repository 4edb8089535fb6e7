import { afterEach, beforeEach, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { type Code, rejection, untyped } from "./support.ts";

let client: NearvecClient;

const create = (alias_name: string, collection_name: string) => ({
  create_alias: { alias_name, collection_name },
});
const drop = (alias_name: string) => ({ delete_alias: { alias_name } });
const rename = (old_alias_name: string, new_alias_name: string) => ({
  rename_alias: { old_alias_name, new_alias_name },
});

beforeEach(async () => {
  client = await open();
  for (const [name, id] of [
    ["a", 1],
    ["b", 2],
  ] as const) {
    await client.createCollection(name, { vectors: { size: 1, distance: "Dot" } });
    await client.upsert(name, { points: [{ id, vector: [id] }] });
  }
});

afterEach(() => client.close());

async function aliases(): Promise<Record<string, string>> {
  const all = await client.getAliases();
  return Object.fromEntries(
    all.aliases.map(({ alias_name, collection_name }) => [alias_name, collection_name]),
  );
}

test("an alias is created, switched, renamed and deleted", async () => {
  expect(await client.getAliases()).toEqual({ aliases: [] });
  expect(await client.updateCollectionAliases({ actions: [create("x", "a"), create("y", "a")] })).toBe(true);
  expect(await client.getCollectionAliases("a")).toEqual({
    aliases: [
      { alias_name: "x", collection_name: "a" },
      { alias_name: "y", collection_name: "a" },
    ],
  });
  await client.updateCollectionAliases({
    actions: [drop("y"), create("x", "b"), rename("x", "z")],
    timeout: 5,
  });
  expect(await aliases()).toEqual({ z: "b" });
  await client.updateCollectionAliases({ actions: [drop("z"), drop("z"), drop("never")] });
  expect(await aliases()).toEqual({});
  expect(await client.updateCollectionAliases({ actions: [] })).toBe(true);
  expect(await client.getCollectionAliases("never")).toEqual({ aliases: [] });
});

test("an alias stands wherever a collection's name can", async () => {
  await client.updateCollectionAliases({ actions: [create("x", "a")] });
  expect(await client.collectionExists("x")).toEqual({ exists: true });
  expect(await client.getCollection("x")).toEqual(await client.getCollection("a"));
  await client.upsert("x", { points: [{ id: 7, vector: [7] }] });
  await client.setPayload("x", { points: [7], payload: { seven: true } });
  await client.updateCollection("x", { metadata: { through: "x" } });
  await client.waitForIndex("x");
  expect(await client.count("x")).toEqual({ count: 2 });
  expect((await client.query("x", { query: [1], limit: 1 })).points[0]?.id).toBe(7);
  expect(await client.retrieve("a", { ids: [7] })).toEqual([{ id: 7, payload: { seven: true } }]);
  expect((await client.getCollection("a")).config.metadata).toEqual({ through: "x" });
  expect((await client.getCollections()).collections).toEqual([{ name: "a" }, { name: "b" }]);
});

test("a collection takes its aliases with it, and is not deleted through one", async () => {
  await client.updateCollectionAliases({ actions: [create("x", "a"), create("y", "b")] });
  expect(await client.deleteCollection("x")).toBe(false);
  expect(await client.count("x")).toEqual({ count: 1 });
  expect(await client.deleteCollection("a")).toBe(true);
  expect(await aliases()).toEqual({ y: "b" });
  expect(await rejection(() => client.count("x"))).toMatchObject({ code: "COLLECTION_NOT_FOUND" });
  // A new collection of that name has none of them.
  await client.createCollection("a", { vectors: { size: 1, distance: "Dot" } });
  await client.createCollection("x", { vectors: { size: 1, distance: "Dot" } });
  expect(await aliases()).toEqual({ y: "b" });
});

test("a collection can't have an alias's name", async () => {
  await client.updateCollectionAliases({ actions: [create("x", "a")] });
  const error = await rejection(() =>
    client.createCollection("x", { vectors: { size: 1, distance: "Dot" } }),
  );
  expect(error).toMatchObject({
    code: "COLLECTION_EXISTS",
    message: expect.stringContaining('the alias "x"'),
  });
});

const FAILING: [string, unknown, Code, string][] = [
  ["of no collection", create("y", "none"), "COLLECTION_NOT_FOUND", '"none"'],
  ["of an alias", create("y", "x"), "COLLECTION_NOT_FOUND", '"x"'],
  ["with a collection's name", create("b", "a"), "COLLECTION_EXISTS", '"b"'],
  ["that is not there, to rename", rename("none", "y"), "ALIAS_NOT_FOUND", '"none"'],
  ["renamed to a collection's name", rename("x", "b"), "COLLECTION_EXISTS", '"b"'],
];

test.each(FAILING)("an alias %s is an error; actions before it stay", async (_, action, code, text) => {
  const error = await rejection(() =>
    client.updateCollectionAliases(untyped({ actions: [create("x", "a"), action, create("late", "a")] })),
  );
  expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
  expect(await aliases()).toEqual({ x: "a" });
});

const WRONG: [string, unknown, Code, string][] = [
  ["no actions", {}, "INVALID_ARGUMENT", "actions: got nothing"],
  ["an action that is none", { actions: [create("x", "a"), 7] }, "INVALID_ARGUMENT", "actions[1]: got 7"],
  ["an empty action", { actions: [create("x", "a"), {}] }, "INVALID_ARGUMENT", "actions[1]"],
  ["two in one", { actions: [{ ...create("x", "a"), ...drop("x") }] }, "INVALID_ARGUMENT", "actions[0]"],
  [
    "an unknown action",
    { actions: [{ swap_alias: {} }] },
    "INVALID_ARGUMENT",
    "actions[0]: got an object with swap_alias",
  ],
  [
    "a null",
    { actions: [{ delete_alias: null }] },
    "INVALID_ARGUMENT",
    "actions[0]: got an object with delete_alias",
  ],
  [
    "no name",
    { actions: [create("x", "a"), drop(untyped(undefined))] },
    "INVALID_ARGUMENT",
    "actions[1].delete_alias.alias_name: got nothing, expected a string",
  ],
  ["a bad name", { actions: [create("x/y", "a")] }, "INVALID_NAME", "actions[0].create_alias.alias_name"],
  [
    "an unknown field",
    { actions: [{ delete_alias: { alias_name: "x", name: "x" } }] },
    "INVALID_ARGUMENT",
    "name",
  ],
  ["a bad timeout", { actions: [create("x", "a")], timeout: 0 }, "INVALID_ARGUMENT", "timeout"],
];

test.each(WRONG)("%s is refused and changes nothing", async (_, request, code, text) => {
  const error = await rejection(() => client.updateCollectionAliases(untyped(request)));
  expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
  expect(await aliases()).toEqual({});
});
