/**
 * What a queue without exactly-once delivery needs: an operation that comes twice in a row is as if it came
 * once. Writes to points of random kinds are done twice in the model's tests; here is one of each, and what
 * there is beside points.
 */
import { expect, test } from "vitest";
import { NearvecError } from "../../src/index.ts";
import { type Client, match, untyped, withCollection } from "./support.ts";

const VECTORS = {
  image: { size: 2, distance: "Cosine" },
  tokens: { size: 1, distance: "Dot", multivector_config: { comparator: "max_sim" } },
} as const;
const CREATE = { vectors: VECTORS, sparse_vectors: { words: {} }, metadata: { a: 1 } } as const;
const wait = true;

/** Three points, an alias `x`, and what a write may be about. */
async function filled(): Promise<Client> {
  const vector = { image: [3, 4], tokens: [[1], [2]], words: { indices: [3], values: [1] } };
  const client = await withCollection(
    CREATE,
    [1, 2, 3].map((id) => ({ id, vector, payload: { n: id, list: [{ x: 1 }, { x: 2 }] } })),
  );
  await alias(client, { create_alias: { alias_name: "x", collection_name: "c" } });
  return client;
}

type Action = Parameters<Client["updateCollectionAliases"]>[0]["actions"][number];
const alias = (client: Client, action: Action) => client.updateCollectionAliases({ actions: [action] });

/** All that can be read, but for the versions of points. */
async function everything(client: Client): Promise<unknown> {
  const { collections } = await client.getCollections();
  const contents = collections.map(async ({ name }) => {
    const { points } = await client.scroll(name, { limit: 1000, with_vector: true });
    // How far indexing came is not what the operation says.
    const { indexed_vectors_count, segments_count, status, ...info } = await client.getCollection(name);
    return { name, points, info };
  });
  return { contents: await Promise.all(contents), aliases: await client.getAliases() };
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

const even = { must: [match("n", 2)] };
const vector = { image: [1, 0], words: { indices: [9, 4], values: [1, 2] } };

const OPERATIONS: [string, (client: Client) => Promise<unknown>][] = [
  [
    "upsert",
    (client) =>
      client.upsert("c", {
        points: [
          { id: 1, vector, payload: { b: null } },
          { id: 7, vector },
        ],
        wait,
      }),
  ],
  [
    "upsert, insert_only",
    (client) =>
      client.upsert("c", {
        points: [
          { id: 1, vector },
          { id: 7, vector },
        ],
        update_mode: "insert_only",
        wait,
      }),
  ],
  [
    "upsert, update_only",
    (client) =>
      client.upsert("c", {
        points: [
          { id: 1, vector },
          { id: 7, vector },
        ],
        update_mode: "update_only",
        wait,
      }),
  ],
  [
    "upsert, update_filter",
    (client) =>
      client.upsert("c", {
        points: [1, 2, 7].map((id) => ({ id, vector, payload: { n: id + 1 } })),
        update_filter: even,
        wait,
      }),
  ],
  [
    "upsert of columns",
    (client) =>
      client.upsert("c", {
        batch: {
          ids: [1, 7, 1],
          vectors: {
            image: [
              [1, 0],
              [0, 1],
              [1, 1],
            ],
          },
        },
        wait,
      }),
  ],
  ["delete", (client) => client.delete("c", { points: [1, 99], wait })],
  ["delete by a filter", (client) => client.delete("c", { filter: even, wait })],
  [
    "updateVectors",
    (client) =>
      client.updateVectors("c", {
        points: [
          { id: 1, vector },
          { id: 1, vector: { tokens: [[5]] } },
        ],
        wait,
      }),
  ],
  [
    "updateVectors, update_filter",
    (client) =>
      client.updateVectors("c", { points: [1, 2].map((id) => ({ id, vector })), update_filter: even, wait }),
  ],
  [
    "deleteVectors",
    (client) => client.deleteVectors("c", { points: [1, 2], vector: ["image", "words"], wait }),
  ],
  [
    "setPayload",
    (client) => client.setPayload("c", { payload: { n: null, m: { a: 1 } }, points: [1, 2], wait }),
  ],
  [
    "setPayload by a filter that it makes false",
    (client) => client.setPayload("c", { payload: { n: 5 }, filter: even, wait }),
  ],
  [
    "setPayload by a filter that it makes true",
    (client) => client.setPayload("c", { payload: { n: 2 }, filter: { must_not: [match("n", 1)] }, wait }),
  ],
  [
    "setPayload at a key",
    (client) => client.setPayload("c", { payload: { y: [1] }, key: "list[].x", points: [1], wait }),
  ],
  [
    "setPayload at a key that is no list",
    (client) => client.setPayload("c", { payload: { y: 1 }, key: "n[].x", points: [1], wait }),
  ],
  [
    "overwritePayload",
    (client) => client.overwritePayload("c", { payload: { z: null }, filter: even, wait }),
  ],
  [
    "deletePayload",
    (client) => client.deletePayload("c", untyped({ keys: ["n", "list[].x", "none"], points: [1], wait })),
  ],
  [
    "deletePayload of elements",
    (client) => client.deletePayload("c", untyped({ keys: ["list[0]", "list[]"], points: [1], wait })),
  ],
  ["clearPayload", (client) => client.clearPayload("c", { filter: even, wait })],
  [
    "batchUpdate",
    (client) =>
      client.batchUpdate("c", {
        operations: [
          { upsert: { points: [{ id: 7, vector, payload: { n: 2 } }] } },
          { set_payload: { payload: { m: 1 }, filter: even } },
          { delete: { points: [1] } },
          { delete_vectors: { points: [2], vector: ["tokens"] } },
        ],
        wait,
      }),
  ],
  [
    "updateCollection",
    (client) =>
      client.updateCollection("c", { hnsw_config: { ef_construct: 50 }, metadata: { a: null, b: 1 } }),
  ],
  ["deleteCollection", (client) => client.deleteCollection("c")],
  [
    "recreateCollection",
    (client) => client.recreateCollection("c", { vectors: { size: 2, distance: "Dot" } }),
  ],
  [
    "creating an alias",
    (client) => alias(client, { create_alias: { alias_name: "y", collection_name: "c" } }),
  ],
  ["deleting an alias", (client) => alias(client, { delete_alias: { alias_name: "x" } })],
];

test.each(OPERATIONS)("%s twice in a row equals once, and answers the same", async (_, call) => {
  await using client = await filled();
  const before = await everything(client);
  expect(await outcome(call(client))).toBe("done");
  const once = await everything(client);
  expect(once).not.toEqual(before);
  expect(await outcome(call(client))).toBe("done");
  expect(await everything(client)).toEqual(once);
});

/** The second has nothing to do, and says so; what there is stays. */
const ONCE: [string, string, (client: Client) => Promise<unknown>][] = [
  ["createCollection", "COLLECTION_EXISTS", (client) => client.createCollection("new", CREATE)],
  [
    "renaming an alias",
    "ALIAS_NOT_FOUND",
    (client) => alias(client, { rename_alias: { old_alias_name: "x", new_alias_name: "z" } }),
  ],
  ["deleteVectorName", "INVALID_ARGUMENT", (client) => client.deleteVectorName("c", "image", { wait })],
];

test.each(ONCE)("%s twice in a row equals once; the second answers %s", async (_, second, call) => {
  await using client = await filled();
  expect(await outcome(call(client))).toBe("done");
  const once = await everything(client);
  expect(await outcome(call(client))).toBe(second);
  expect(await everything(client)).toEqual(once);
});

test("createVectorName twice in a row leaves what it made", async () => {
  await using client = await filled();
  const create = () =>
    outcome(client.createVectorName("c", "new", { dense: { size: 1, distance: "Dot" } }, { wait }));
  expect(await create()).toBe("done");
  await client.updateVectors("c", { points: [{ id: 1, vector: { new: [1] } }], wait });
  const once = await everything(client);
  await create();
  expect(await everything(client)).toEqual(once);
});
