import { afterEach, beforeEach, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { rejection } from "./support.ts";

let client: NearvecClient;

beforeEach(async () => {
  client = await open();
});

afterEach(() => client.close());

const dense = (size: number) => ({ dense: { size, distance: "Dot" as const } });

/** A write that has to wait for its turn: the filter asks many payloads, a few milliseconds at a time. */
async function startSlowWrite(): Promise<{ slow: Promise<unknown> }> {
  const ids = Uint32Array.from({ length: 60_000 }, (_, i) => 1000 + i);
  const payloads = Array.from(ids, (n) => ({ n, text: `number ${n}` }));
  await client.upsert("c", { batch: { ids, vectors: {}, payloads } });
  // With that the code is there that the calls need: none of them waits for code.
  await client.setPayload("c", { payload: { seen: false }, filter: { must: { has_id: [1] } } });
  const filter = { must: { key: "text", match: { text: "number 1000" } } };
  return { slow: client.setPayload("c", { payload: { seen: true }, filter }) };
}

test.each([
  ["longer", dense(8)],
  ["shorter", dense(2)],
  ["sparse", { sparse: {} }],
  ["a multivector", { dense: { ...dense(4).dense, multivector_config: { comparator: "max_sim" as const } } }],
])(
  "a vector that was made anew while a write waited, %s, takes nothing that was meant for the old one",
  async (_, made) => {
    await client.createCollection("other", { sparse_vectors: { s: {} } });
    await client.createCollection("c", { vectors: { a: { size: 4, distance: "Dot" } } });
    const { slow } = await startSlowWrite();
    const dropped = client.deleteVectorName("c", "a");
    const added = client.createVectorName("c", "a", made);
    const refused = rejection(() =>
      client.upsert("c", {
        points: [
          { id: 1, vector: { a: [1, 2, 3, 4] } },
          { id: 2, vector: { a: [5, 6, 7, 8] } },
        ],
      }),
    );
    await Promise.all([slow, dropped, added]);
    expect(await refused).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("any more"),
    });
    expect(await client.retrieve("c", { ids: [1, 2] })).toEqual([]);
  },
);

test("names keep a byte order mark, and what no UTF-8 can carry is refused", async () => {
  await client.createCollection("c", {
    vectors: { a: { size: 2, distance: "Dot" }, "\uFEFFa": { size: 2, distance: "Dot" } },
  });
  await client.upsert("c", { points: [{ id: 1, vector: { "\uFEFFa": [1, 2] } }] });
  const [point] = await client.retrieve("c", { ids: [1], with_vector: true });
  expect(point?.vector).toEqual({ "\uFEFFa": [1, 2] });
  expect(await rejection(() => client.createVectorName("c", "\uD800", dense(2)))).toMatchObject({
    code: "INVALID_NAME",
  });
});

test("a count by has_vector is that of one moment, whenever the vector goes", async () => {
  await client.createCollection("c", {
    vectors: { a: { size: 1, distance: "Dot" }, b: { size: 1, distance: "Dot" } },
  });
  const ids = Uint32Array.from({ length: 150_000 }, (_, i) => i);
  await client.upsert("c", { batch: { ids, vectors: { a: new Float32Array(ids.length) } } });
  const filter = { must: [{ has_vector: "a" }] };
  expect(await client.count("c", { filter })).toEqual({ count: ids.length });
  const counting = client.count("c", { filter });
  await client.deleteVectorName("c", "a");
  expect([0, ids.length]).toContain((await counting).count);
});

test("a query of a vector that goes while its filter is worked out says so", async () => {
  await client.createCollection("c", { vectors: { a: { size: 1, distance: "Dot" } } });
  const ids = Uint32Array.from({ length: 150_000 }, (_, i) => i);
  const payloads = Array.from(ids, (n) => ({ n: `${n}` }));
  await client.upsert("c", { batch: { ids, vectors: { a: new Float32Array(ids.length) }, payloads } });
  const filter = { must: { key: "n", match: { text: "7" } } };
  await client.count("c", { filter: { must: { has_id: [1] } } });
  const refused = rejection(() => client.query("c", { query: [1], using: "a", filter }));
  const idle = client.waitForIndex("c");
  await client.deleteVectorName("c", "a");
  expect(await refused).toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining('"a"') });
  await idle; // nothing is left to wait for
});

test("a name stands for one vector, of either kind", async () => {
  await client.createCollection("c", {
    sparse_vectors: { s: {} },
    vectors: { d: { size: 2, distance: "Dot" } },
  });
  for (const [name, config] of [
    ["s", dense(2)],
    ["d", { sparse: {} }],
  ] as const) {
    const before = (await client.getCollection("c")).config;
    expect(await rejection(() => client.createVectorName("c", name, config))).toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    expect((await client.getCollection("c")).config).toEqual(before);
  }
  // Once more what is there changes nothing.
  await client.createVectorName("c", "s", { sparse: {} });
  await client.createVectorName("c", "d", dense(2));
});
