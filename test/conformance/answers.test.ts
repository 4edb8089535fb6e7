/** Answers have the shapes that the API description gives them, to the last key. */
import { expect, test } from "vitest";
import { violations } from "./schema.ts";
import { type Client, connect, untyped, withCollection } from "./support.ts";

const wait = true;

/** Points of every kind: with numbers, big numbers and UUIDs for ids, and vectors of each kind. */
async function rich(): Promise<Client> {
  const client = await withCollection({
    vectors: {
      dense: { size: 2, distance: "Cosine", hnsw_config: { m: 8 } },
      tokens: { size: 2, distance: "Dot", multivector_config: { comparator: "max_sim" } },
    },
    sparse_vectors: { words: { modifier: "idf" } },
    metadata: { owner: "me" },
    hnsw_config: { ef_construct: 50 },
    optimizers_config: { indexing_threshold: 100 },
  });
  const ids = [1, 2n ** 60n, "550e8400-e29b-41d4-a716-446655440000"];
  const vector = { dense: [1, 2], tokens: [[1, 2]], words: { indices: [5], values: [1] } };
  const points = ids.map((id, n) => ({
    id: untyped<number>(id),
    vector,
    payload: { n, deep: { list: [null] } },
  }));
  await client.upsert("c", { points, wait });
  await client.upsert("c", { points: [{ id: 9, vector: {} }], wait });
  return client;
}

const fits = (name: string, answer: unknown) => expect(violations(name, answer), name).toEqual([]);

test("the check finds what is wrong", () => {
  expect(violations("CountResult", { count: 1 })).toEqual([]);
  expect(violations("CountResult", { count: -1 })).not.toEqual([]);
  expect(violations("CountResult", {})).not.toEqual([]);
  expect(violations("CountResult", { count: 1, more: 1 })).not.toEqual([]);
  expect(violations("UpdateResult", { operation_id: 1, status: "done" })).not.toEqual([]);
  expect(violations("Record", { id: "a", payload: undefined })).not.toEqual([]);
});

test("of collections", async () => {
  await using client = await rich();
  await client.updateCollectionAliases({
    actions: [{ create_alias: { alias_name: "a", collection_name: "c" } }],
  });
  fits("CollectionInfo", await client.getCollection("c"));
  fits("CollectionsResponse", await client.getCollections());
  fits("CollectionExistence", await client.collectionExists("c"));
  fits("CollectionsAliasesResponse", await client.getAliases());
  fits("CollectionsAliasesResponse", await client.getCollectionAliases("c"));
  for (const vectors of [{ size: 2, distance: "Dot" } as const, {}]) {
    await client.createCollection("d", { vectors });
    fits("CollectionInfo", await client.getCollection("d"));
    await client.deleteCollection("d");
  }
});

test("of reads", async () => {
  await using client = await rich();
  const selections = [
    {},
    { with_payload: true, with_vector: true },
    { with_payload: false, with_vector: ["dense"] },
  ];
  for (const more of selections) {
    for (const record of await client.retrieve("c", { ids: [1, 9], ...more })) fits("Record", record);
    const page = await client.scroll("c", { limit: 2, ...more });
    for (const record of page.points) fits("Record", record);
    fits("ExtendedPointId", page.next_page_offset);
    fits("QueryResponse", await client.query("c", { ...more }));
    fits("QueryResponse", await client.query("c", { query: [1, 1], using: "dense", ...more }));
    fits("QueryResponse", await client.query("c", { query: [[1, 1]], using: "tokens", ...more }));
    const words = { indices: [5], values: [1] };
    fits("QueryResponse", await client.query("c", { query: words, using: "words", ...more }));
  }
  fits("CountResult", await client.count("c"));
  fits(
    "GroupsResult",
    await client.queryGroups("c", { query: [1, 1], using: "dense", group_by: "n", with_lookup: "c" }),
  );
});

test("of writes", async () => {
  await using client = await rich();
  const points = [{ id: 1, vector: { dense: [1, 1] } }];
  const updates = [
    await client.upsert("c", { points, wait }),
    await client.upsert("c", { points, wait: false }),
    await client.setPayload("c", { payload: { a: 1 }, points: [1], wait }),
    await client.overwritePayload("c", { payload: { a: 1 }, points: [1], wait }),
    await client.deletePayload("c", untyped({ keys: ["a"], points: [1], wait })),
    await client.clearPayload("c", { points: [1], wait }),
    await client.updateVectors("c", { points, wait }),
    await client.deleteVectors("c", { points: [1], vector: ["dense"], wait }),
    await client.createVectorName("c", "more", { dense: { size: 1, distance: "Dot" } }, { wait }),
    await client.deleteVectorName("c", "more", { wait }),
    ...(await client.batchUpdate("c", { operations: [{ delete: { points: [1] } }], wait })),
    await client.delete("c", { points: [9], wait }),
  ];
  for (const update of updates) fits("UpdateResult", update);
});

test("the version is one whose clients are served: 1.18, 1.19 or 1.20", async () => {
  await using client = await connect();
  const info = await client.versionInfo();
  fits("VersionInfo", info);
  expect(info.version).toMatch(/^1\.(18|19|20)\./);
});

test("recreateCollection leaves an empty one, whether it was there or not", async () => {
  await using client = await rich();
  expect(await client.recreateCollection("c", { vectors: { size: 3, distance: "Dot" } })).toBe(true);
  expect(await client.count("c")).toEqual({ count: 0 });
  expect(await client.recreateCollection("new", { vectors: { size: 3, distance: "Dot" } })).toBe(true);
  expect((await client.getCollections()).collections).toHaveLength(2);
});
