import { afterEach, beforeEach, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { rejection, stateOf, untyped } from "./support.ts";

const VECTORS = { vectors: { size: 2, distance: "Dot" } } as const;

let client: NearvecClient;
beforeEach(async () => {
  client = await open();
  await client.createCollection("c", VECTORS);
  await client.upsert("c", { points: [{ id: 1, vector: [1, 2], payload: { a: 1 } }] });
  const alias = { create_alias: { collection_name: "c", alias_name: "also" } };
  await client.updateCollectionAliases({ actions: [alias] });
});
afterEach(() => client.close());

test("a collection that is created anew is empty, and has no aliases", async () => {
  expect(await client.recreateCollection("c", VECTORS)).toBe(true);
  expect(await client.count("c")).toEqual({ count: 0 });
  expect(await client.getAliases()).toEqual({ aliases: [] });
});

test.each([
  ["a wrong request", "c", { vectors: { size: 0, distance: "Dot" } }, "INVALID_ARGUMENT"],
  ["a wrong name", "c/d", VECTORS, "INVALID_NAME"],
  ["an alias", "also", VECTORS, "COLLECTION_EXISTS"],
])("%s deletes nothing", async (_, name, request, code) => {
  const before = await stateOf(client, "c");
  expect((await rejection(() => client.recreateCollection(name, untyped(request)))).code).toBe(code);
  expect(await stateOf(client, "c")).toEqual(before);
  expect((await client.getAliases()).aliases).toHaveLength(1);
});
