/** Storing, deleting and changing points. */
import { expect, test } from "vitest";
import {
  type Client,
  found,
  hasId,
  ids,
  match,
  payloads,
  refused,
  refusedWithoutEffect,
  untyped,
  vectors,
  withCollection,
} from "./support.ts";

const DOT = { vectors: { size: 2, distance: "Dot" } } as const;
const wait = true;

/** Points 1, 2, 3 with `n` counting up. */
function three(): Promise<Client> {
  return withCollection(
    DOT,
    [1, 2, 3].map((n) => ({ id: n, vector: [n, n], payload: { n, color: n === 2 ? "red" : "blue" } })),
  );
}

test("upsert replaces the whole point", async () => {
  await using client = await three();
  await client.upsert("c", { points: [{ id: 1, vector: [9, 9] }], wait });
  expect(await client.retrieve("c", { ids: [1], with_vector: true })).toEqual([
    { id: 1, payload: {}, vector: [9, 9] },
  ]);
  await client.upsert("c", { points: [{ id: 2, vector: {}, payload: { a: 1 } }], wait });
  expect(await client.retrieve("c", { ids: [2], with_vector: true })).toEqual([
    { id: 2, payload: { a: 1 }, vector: {} },
  ]);
  expect(ids(await client.query("c", { query: [1, 1] }))).toEqual([1, 3]);
});

test("of the same id twice in a request the last wins", async () => {
  await using client = await three();
  const points = [
    { id: 7, vector: [1, 1], payload: { first: true } },
    { id: 8, vector: [2, 2] },
    { id: 7, vector: [3, 3], payload: { second: true } },
  ];
  await client.upsert("c", { points, wait });
  await client.upsert("c", {
    batch: {
      ids: [9, 9],
      vectors: [
        [4, 4],
        [5, 5],
      ],
      payloads: [{ a: 1 }, null],
    },
    wait,
  });
  expect(await client.retrieve("c", { ids: [7, 9], with_vector: true })).toEqual([
    { id: 7, payload: { second: true }, vector: [3, 3] },
    { id: 9, payload: {}, vector: [5, 5] },
  ]);
  expect(await client.count("c")).toEqual({ count: 6 });
});

test("points by columns are the same as points by records", async () => {
  await using client = await three();
  const uuid = "550e8400-e29b-41d4-a716-446655440000";
  const before = await client.upsert("c", {
    batch: {
      ids: [1, uuid, 5],
      vectors: [
        [1, 0],
        [2, 0],
        [3, 0],
      ],
      payloads: [{ a: 1 }, null, {}],
    },
    wait,
  });
  expect(before.status).toBe("completed");
  expect(await client.retrieve("c", { ids: [1, uuid, 5], with_vector: true })).toEqual([
    { id: 1, payload: { a: 1 }, vector: [1, 0] },
    { id: uuid, payload: {}, vector: [2, 0] },
    { id: 5, payload: {}, vector: [3, 0] },
  ]);
  await client.upsert("c", { batch: { ids: [6], vectors: [[1, 1]] }, wait });
  expect(await client.count("c")).toEqual({ count: 6 });
});

test.each([
  ["vectors", { ids: [7, 8], vectors: [[1, 1]] }],
  [
    "vectors",
    {
      ids: [7],
      vectors: [
        [1, 1],
        [2, 2],
      ],
    },
  ],
  [
    "payloads",
    {
      ids: [7, 8],
      vectors: [
        [1, 1],
        [2, 2],
      ],
      payloads: [{}],
    },
  ],
])("columns of different lengths are refused: %s", async (column, batch) => {
  await using client = await three();
  await refusedWithoutEffect(client, () => client.upsert("c", { batch }), "INVALID_ARGUMENT", column);
});

test("wait says completed; no waiting, acknowledged; the number of the operation grows", async () => {
  await using client = await three();
  const points = [{ id: 4, vector: [1, 1] }];
  const answers = [
    await client.upsert("c", { points }),
    await client.upsert("c", { points, wait: true }),
    await client.upsert("c", { points, wait: false }),
    await client.setPayload("c", { payload: { a: 1 }, points: [4] }),
    await client.delete("c", { points: [4] }),
    await client.delete("c", { points: [4], wait: true }),
    await client.clearPayload("c", { points: [1], wait: false }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([
    "completed",
    "completed",
    "acknowledged",
    "completed",
    "acknowledged",
    "completed",
    "acknowledged",
  ]);
  const numbers = answers.map(({ operation_id }) => operation_id ?? -1);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
});

test("what was acknowledged is there, in the order of the calls", async () => {
  await using client = await three();
  await Promise.all([
    client.upsert("c", { points: [{ id: 4, vector: [1, 1] }], wait: false }),
    client.setPayload("c", { payload: { a: 1 }, points: [4], wait: false }),
    client.setPayload("c", { payload: { a: 2 }, points: [4], wait: false }),
    client.delete("c", { points: [1], wait: false }),
  ]);
  expect(await payloads(client)).toMatchObject({ 4: { a: 2 } });
  expect(await found(client, {})).toEqual([2, 3, 4]);
});

test("without waiting, validation answers, but a missing point is not reported", async () => {
  await using client = await three();
  const missing = { payload: { a: 1 }, points: [77] };
  expect(await client.setPayload("c", { ...missing, wait: false })).toMatchObject({ status: "acknowledged" });
  await refused(client.setPayload("c", { ...missing, wait }), "POINT_NOT_FOUND", "77");
  await refused(client.upsert("c", { points: [{ id: 5, vector: [1] }], wait: false }), "WRONG_DIMENSION");
});

test.each(["weak", "medium", "strong"] as const)("%s ordering is taken", async (ordering) => {
  await using client = await three();
  expect(await client.delete("c", { points: [1], ordering, wait, timeout: 5 })).toMatchObject({
    status: "completed",
  });
  expect(await found(client, {})).toEqual([2, 3]);
});

test("delete ignores ids that are not there, and filters that find nothing", async () => {
  await using client = await three();
  expect(await client.delete("c", { points: [1, 99], wait })).toMatchObject({ status: "completed" });
  const filter = { must: [match("color", "green")] };
  expect(await client.delete("c", { filter, wait })).toMatchObject({ status: "completed" });
  expect(await found(client, {})).toEqual([2, 3]);
  await client.delete("c", { points: [], wait });
  expect(await found(client, {})).toEqual([2, 3]);
});

test("delete by a filter, and by ids and a filter that both must hold", async () => {
  await using client = await three();
  await client.delete("c", untyped({ filter: { must: [match("color", "blue")] }, points: [1, 2], wait }));
  expect(await found(client, {})).toEqual([2, 3]);
  await client.delete("c", { filter: { must: [match("color", "blue")] }, wait });
  expect(await found(client, {})).toEqual([2]);
  await client.delete("c", { filter: {}, wait });
  expect(await found(client, {})).toEqual([]);
});

test("deleting without ids or a filter does not mean all", async () => {
  await using client = await three();
  await refusedWithoutEffect(client, () => client.delete("c", untyped({})), "INVALID_ARGUMENT");
  await refusedWithoutEffect(client, () => client.delete("c", untyped({ wait })), "INVALID_ARGUMENT");
});

test("a deleted point is gone from every answer, and comes back fresh", async () => {
  await using client = await three();
  await client.delete("c", { points: [2], wait });
  expect(await client.retrieve("c", { ids: [2] })).toEqual([]);
  expect(ids(await client.query("c", { query: [1, 1] }))).toEqual([3, 1]);
  await client.upsert("c", { points: [{ id: 2, vector: [8, 8] }], wait });
  expect(await client.retrieve("c", { ids: [2], with_vector: true })).toEqual([
    { id: 2, payload: {}, vector: [8, 8] },
  ]);
  expect(ids(await client.query("c", { query: [1, 1] }))).toEqual([2, 3, 1]);
});

test("update_vectors replaces vectors and leaves payloads", async () => {
  await using client = await three();
  await client.updateVectors("c", {
    points: [
      { id: 1, vector: [7, 7] },
      { id: 2, vector: [8, 8] },
      { id: 1, vector: [9, 9] },
    ],
    wait,
  });
  expect(await vectors(client)).toEqual({ 1: [9, 9], 2: [8, 8], 3: [3, 3] });
  expect((await payloads(client))[1]).toEqual({ n: 1, color: "blue" });
});

test("update_vectors of an unknown id applies none", async () => {
  await using client = await three();
  const points = [1, 77].map((id) => ({ id, vector: [5, 5] }));
  await refusedWithoutEffect(
    client,
    () => client.updateVectors("c", { points, wait }),
    "POINT_NOT_FOUND",
    "77",
  );
});

test("update_vectors must name vectors and points", async () => {
  await using client = await three();
  const update = (points: unknown) => client.updateVectors("c", { points: untyped([points].flat()), wait });
  await refused(update({ id: 1, vector: {} }), "INVALID_ARGUMENT", "points[0].vector");
  await refused(update([]), "INVALID_ARGUMENT", "points");
});

test("delete_vectors hides points from searches, and does not mind a point that has none", async () => {
  await using client = await three();
  await client.deleteVectors("c", { points: [1, 2], vector: [""], wait });
  await client.deleteVectors("c", { points: [1], vector: [""], wait });
  expect(await vectors(client)).toEqual({ 1: {}, 2: {}, 3: [3, 3] });
  expect(ids(await client.query("c", { query: [1, 1] }))).toEqual([3]);
  expect(await found(client, { must: [{ has_vector: "" }] })).toEqual([3]);
  await client.deleteVectors("c", untyped({ filter: { must: [hasId(3)] }, vectors: [""], wait }));
  expect(ids(await client.query("c", { query: [1, 1] }))).toEqual([]);
});

test("delete_vectors names the vector, or the point, that is not there", async () => {
  await using client = await three();
  const remove = (points: number[], name: string) => () =>
    client.deleteVectors("c", { points, vector: [name], wait });
  await refusedWithoutEffect(client, remove([1], "image"), "INVALID_ARGUMENT", "image");
  await refusedWithoutEffect(client, remove([77], ""), "POINT_NOT_FOUND", "77");
  await refusedWithoutEffect(
    client,
    () => client.deleteVectors("c", { points: [1], vector: [] }),
    "INVALID_ARGUMENT",
    "vector",
  );
});

test("insert_only leaves points that are there, update_only makes none", async () => {
  await using client = await three();
  const points = [1, 4].map((id) => ({ id, vector: [9, 9], payload: { new: true } }));
  expect(await client.upsert("c", { points, update_mode: "insert_only", wait })).toMatchObject({
    status: "completed",
  });
  expect(await payloads(client)).toMatchObject({ 1: { n: 1 }, 4: { new: true } });
  await client.upsert("c", {
    points: [2, 5].map((id) => ({ id, vector: [9, 9], payload: { new: true } })),
    update_mode: "update_only",
    wait,
  });
  expect(await payloads(client)).toEqual({
    1: { n: 1, color: "blue" },
    2: { new: true },
    3: { n: 3, color: "blue" },
    4: { new: true },
  });
  await client.upsert("c", { points: [{ id: 1, vector: [1, 1] }], update_mode: "upsert", wait });
  expect((await payloads(client))[1]).toEqual({});
});

test("update_mode holds for columns too", async () => {
  await using client = await three();
  const batch = {
    ids: [1, 4],
    vectors: [
      [9, 9],
      [9, 9],
    ],
  };
  await client.upsert("c", { batch, update_mode: "insert_only", wait });
  expect(await vectors(client)).toEqual({ 1: [1, 1], 2: [2, 2], 3: [3, 3], 4: [9, 9] });
  await client.upsert("c", { batch: { ...batch, ids: [2, 5] }, update_mode: "update_only", wait });
  expect(await vectors(client)).toEqual({ 1: [1, 1], 2: [9, 9], 3: [3, 3], 4: [9, 9] });
  await refused(
    client.upsert("c", { batch, update_mode: untyped<"upsert">("replace") }),
    "INVALID_ARGUMENT",
    "update_mode",
  );
});

test("a batch does all kinds of operations in their order, with one result each", async () => {
  await using client = await three();
  const results = await client.batchUpdate("c", {
    operations: [
      { upsert: { points: [{ id: 4, vector: [4, 4], payload: { a: 1, b: 2 } }] } },
      { set_payload: { payload: { c: 3 }, points: [4] } },
      { overwrite_payload: { payload: { only: true }, filter: { must: [match("color", "red")] } } },
      { delete_payload: { keys: ["a"], points: [4] } },
      { clear_payload: { points: [1] } },
      { update_vectors: { points: [{ id: 4, vector: [5, 5] }] } },
      { delete_vectors: { points: [1], vector: [""] } },
      { delete: { filter: { must: [match("color", "blue")] } } },
    ],
    wait,
  });
  expect(results.map(({ status }) => status)).toEqual(new Array(8).fill("completed"));
  expect(await payloads(client)).toEqual({ 1: {}, 2: { only: true }, 4: { b: 2, c: 3 } });
  expect(await vectors(client)).toEqual({ 1: {}, 2: [2, 2], 4: [5, 5] });
});

test("each operation of a batch sees what those before it did", async () => {
  await using client = await three();
  const filter = { must: [match("fresh", true)] };
  await client.batchUpdate("c", {
    operations: [
      { set_payload: { payload: { fresh: true }, filter: { must: [match("color", "blue")] } } },
      { set_payload: { payload: { seen: true }, filter } },
      { delete: { points: [1] } },
      { upsert: { points: [{ id: 1, vector: [1, 1] }] } },
    ],
    wait,
  });
  expect(await payloads(client)).toEqual({
    1: {},
    2: { n: 2, color: "red" },
    3: { n: 3, color: "blue", fresh: true, seen: true },
  });
});

test("a batch that meets a missing point keeps what came before it", async () => {
  await using client = await three();
  await refused(
    client.batchUpdate("c", {
      operations: [
        { delete: { points: [1] } },
        { clear_payload: { points: [77] } },
        { delete: { points: [2] } },
      ],
      wait,
    }),
    "POINT_NOT_FOUND",
    "77",
  );
  expect(await found(client, {})).toEqual([2, 3]);
});

test("a batch with one operation that is wrong does nothing", async () => {
  await using client = await three();
  const wrong = [
    { delete: {} },
    { upsert: { points: [{ id: 1, vector: [1] }] } },
    { drop: { points: [1] } },
    { set_payload: { points: [1] } },
  ];
  for (const operation of wrong) {
    const call = () =>
      client.batchUpdate("c", untyped({ operations: [{ delete: { points: [1] } }, operation], wait }));
    await expect(call()).rejects.toMatchObject({ message: expect.stringContaining("operations[1]") });
  }
  expect(await found(client, {})).toEqual([1, 2, 3]);
});

test("a vector must not be empty, nor of another size, nor hold what is no number", async () => {
  await using client = await three();
  const wrong: [unknown, "WRONG_DIMENSION" | "NOT_FINITE" | "INVALID_ARGUMENT"][] = [
    [[], "WRONG_DIMENSION"],
    [[1], "WRONG_DIMENSION"],
    [[1, 2, 3], "WRONG_DIMENSION"],
    [[1, Number.NaN], "NOT_FINITE"],
    [[1, Number.POSITIVE_INFINITY], "NOT_FINITE"],
    [[1, 1e39], "NOT_FINITE"],
    [[1, "2"], "NOT_FINITE"],
    [[1, null], "NOT_FINITE"],
    ["12", "INVALID_ARGUMENT"],
    [null, "INVALID_ARGUMENT"],
  ];
  for (const [vector, code] of wrong) {
    const points = untyped<{ id: number; vector: number[] }[]>([
      { id: 4, vector: [1, 1] },
      { id: 1, vector },
    ]);
    await refusedWithoutEffect(client, () => client.upsert("c", { points }), code, "points[1].vector");
    await refusedWithoutEffect(client, () => client.updateVectors("c", { points }), code, "points[1].vector");
  }
});

test("a wrong size is told with both sizes", async () => {
  await using client = await withCollection({ vectors: { size: 4, distance: "Dot" } });
  await refused(client.upsert("c", { points: [{ id: 1, vector: [1, 2, 3] }] }), "WRONG_DIMENSION", "4", "3");
  await refused(client.query("c", { query: [1, 2, 3] }), "WRONG_DIMENSION", "4", "3");
});
