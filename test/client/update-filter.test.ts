import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { rejection, stateOf, untyped } from "./support.ts";

let client: NearvecClient;

beforeEach(async () => {
  client = await open();
  await client.createCollection("c", { vectors: { size: 1, distance: "Dot" } });
  await client.upsert("c", {
    points: [
      { id: 1, vector: [1], payload: { version: 1 } },
      { id: 2, vector: [2], payload: { version: 2 } },
      { id: 3, vector: [3] },
    ],
  });
});

afterEach(() => client.close());

const points = async () => (await client.scroll("c", { with_vector: true })).points;
const OLD = { must: [{ key: "version", range: { lt: 2 } }] };
const [one, two, three] = [
  { id: 1, vector: [1], payload: { version: 1 } },
  { id: 2, vector: [2], payload: { version: 2 } },
  { id: 3, vector: [3], payload: {} },
];
const fresh = (id: number) => ({ id, vector: [id * 10], payload: { version: 9 } });

test.each([
  [undefined, [fresh(1), two, three, fresh(4)]],
  ["upsert", [fresh(1), two, three, fresh(4)]],
  ["insert_only", [one, two, three, fresh(4)]],
  ["update_only", [fresh(1), two, three]],
] as const)("an upsert stores what is missing or matches (update_mode %s)", async (update_mode, expected) => {
  const request = { update_mode, update_filter: OLD };
  expect(await client.upsert("c", { points: [1, 2, 3, 4].map(fresh), ...request })).toEqual({
    operation_id: 2,
    status: "completed",
  });
  expect(await points()).toEqual(expected);
  // What was stored no longer matches, so that the same once more changes nothing.
  await client.upsert("c", { points: [1, 2, 3, 4].map(fresh), ...request });
  expect(await points()).toEqual(expected);
});

test("by columns, and of an id that comes twice the last wins", async () => {
  const batch = { ids: [1, 2, 4, 4], vectors: new Float32Array([10, 20, 40, 41]) };
  await client.upsert("c", { batch, update_filter: OLD });
  expect(await points()).toEqual([
    { id: 1, vector: [10], payload: {} },
    two,
    three,
    { id: 4, vector: [41], payload: {} },
  ]);
});

test("a filter that asks for nothing lets all points pass, one that nothing meets only missing ones", async () => {
  await client.upsert("c", { points: [fresh(1)], update_filter: {} });
  await client.upsert("c", { points: [fresh(2), fresh(4)], update_filter: { must: [{ has_id: [] }] } });
  expect(await points()).toEqual([fresh(1), two, three, fresh(4)]);
});

test("updateVectors skips points that don't match, and reports missing ones", async () => {
  const update = (ids: number[]) => ({
    points: ids.map((id) => ({ id, vector: [id * 10] })),
    update_filter: OLD,
  });
  await client.updateVectors("c", update([1, 2, 3]));
  expect(await points()).toEqual([{ ...one, vector: [10] }, two, three]);
  const before = await stateOf(client, "c");
  const error = await rejection(() => client.updateVectors("c", update([1, 7])));
  expect(error).toMatchObject({ code: "POINT_NOT_FOUND", message: expect.stringContaining("7") });
  expect(await stateOf(client, "c")).toEqual(before);
  expect(await client.updateVectors("c", { ...update([7]), wait: false })).toMatchObject({
    status: "acknowledged",
  });
  expect(await client.updateVectors("c", update([2, 3]))).toMatchObject({ status: "completed" });
  expect(await points()).toEqual([{ ...one, vector: [10] }, two, three]);
});

test("in a batch the filter is asked when the operation has its turn", async () => {
  await client.batchUpdate("c", {
    operations: [
      { set_payload: { payload: { version: 1 }, points: [2] } },
      { upsert: { points: [1, 2, 3].map(fresh), update_filter: OLD } },
      { update_vectors: { points: [{ id: 1, vector: [5] }], update_filter: OLD } },
    ],
  });
  expect(await points()).toEqual([fresh(1), fresh(2), three]);
});

test("behind a write that waits the filter is asked when the write has its turn", async () => {
  const slow = client.setPayload("c", {
    payload: { version: 0 },
    filter: { must: [{ key: "version", range: { gt: 1 } }] },
  });
  await Promise.all([slow, client.upsert("c", { points: [1, 2, 3].map(fresh), update_filter: OLD })]);
  expect(await points()).toEqual([fresh(1), fresh(2), three]);
});

test("vectors of all kinds stay with their points", async () => {
  await client.createCollection("named", {
    vectors: {
      dense: { size: 2, distance: "Dot" },
      multi: { size: 2, distance: "Dot", multivector_config: { comparator: "max_sim" } },
    },
    sparse_vectors: { sparse: {} },
  });
  const make = (id: number, n: number) => ({
    id,
    payload: { n },
    vector: {
      dense: [n, 0],
      ...(id % 2 === 0 && { sparse: { indices: [n, 100], values: [n, 1] } }),
      ...(id % 3 === 0 && { multi: Array.from({ length: id }, (_, i) => [n, i]) }),
    },
  });
  const ids = [1, 2, 3, 4, 5, 6];
  await client.upsert("named", { points: ids.map((id) => make(id, id)) });
  const update_filter = { must: [{ key: "n", match: { any: [2, 3, 6] } }] };
  await client.upsert("named", { points: [...ids, 7].map((id) => make(id, id * 10)), update_filter });
  const { points: found } = await client.scroll("named", { with_vector: true });
  expect(found).toEqual([
    make(1, 1),
    make(2, 20),
    make(3, 30),
    make(4, 4),
    make(5, 5),
    make(6, 60),
    make(7, 70),
  ]);
});

test("a filter that is none is refused, and nothing changes", async () => {
  const before = await stateOf(client, "c");
  for (const update_filter of [{ must: [{ key: "a" }] }, { key: "a" }, 7]) {
    const request = untyped<{ points: [] }>({ points: [fresh(1)], update_filter });
    expect(await rejection(() => client.upsert("c", request))).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("update_filter"),
    });
  }
  expect(await stateOf(client, "c")).toEqual(before);
});

test("any upserts with filters leave what a map of points has", async () => {
  const write = fc.record({
    ids: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 8 }),
    n: fc.integer({ min: 0, max: 9 }),
    below: fc.integer({ min: 0, max: 10 }),
    mode: fc.constantFrom("upsert", "insert_only", "update_only"),
  });
  let collection = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 8 }), async (writes) => {
      const name = `model ${collection++}`;
      await client.createCollection(name, { vectors: { size: 1, distance: "Dot" } });
      const model = new Map<number, number>();
      for (const { ids, n, below, mode } of writes) {
        const there = new Map(model);
        ids.forEach((id, i) => {
          const old = there.get(id);
          const stored =
            mode === "insert_only" ? old === undefined : old === undefined ? mode === "upsert" : old < below;
          if (stored) model.set(id, n + i / 10);
        });
        await client.upsert(name, {
          points: ids.map((id, i) => ({ id, vector: [0], payload: { n: n + i / 10 } })),
          update_mode: mode,
          update_filter: { must: { key: "n", range: { lt: below } } },
        });
      }
      const found = (await client.scroll(name, { limit: 20 })).points;
      expect(found).toEqual([...model].sort(([a], [b]) => a - b).map(([id, n]) => ({ id, payload: { n } })));
      await client.deleteCollection(name);
    }),
    { seed: 3, numRuns: 60 },
  );
});
