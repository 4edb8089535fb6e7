import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { type Code, rejection, stateOf, untyped } from "./support.ts";

let client: NearvecClient;

beforeEach(async () => {
  client = await open();
  await client.createCollection("c", { vectors: { size: 2, distance: "Dot" } });
  await client.upsert("c", { points: [{ id: 1, vector: [1, 1], payload: { old: 1 } }] });
});

afterEach(() => client.close());

async function points(): Promise<unknown> {
  return (await client.scroll("c", { with_vector: true })).points;
}

describe("update_mode", () => {
  const request = {
    points: [
      { id: 1, vector: [2, 2], payload: { new: 1 } },
      { id: 2, vector: [3, 3], payload: { new: 2 } },
      { id: 2, vector: [4, 4], payload: { new: 3 } },
    ],
  };
  const old = { id: 1, vector: [1, 1], payload: { old: 1 } };
  const updated = { id: 1, vector: [2, 2], payload: { new: 1 } };
  const inserted = { id: 2, vector: [4, 4], payload: { new: 3 } };

  test.each([
    ["upsert", [updated, inserted]],
    ["insert_only", [old, inserted]],
    ["update_only", [updated]],
    [null, [updated, inserted]],
  ] as const)("%s", async (update_mode, expected) => {
    expect(await client.upsert("c", { ...request, update_mode })).toMatchObject({ status: "completed" });
    expect(await points()).toEqual(expected);
    await client.upsert("c", { ...request, update_mode });
    expect(await points()).toEqual(update_mode === "update_only" ? [updated] : expected);
  });

  test.each([
    ["insert_only", [old, inserted]],
    ["update_only", [updated]],
  ] as const)("%s, by columns", async (update_mode, expected) => {
    const batch = {
      ids: request.points.map(({ id }) => id),
      vectors: request.points.map(({ vector }) => vector),
      payloads: request.points.map(({ payload }) => payload),
    };
    await client.upsert("c", { batch, update_mode });
    expect(await points()).toEqual(expected);
  });
});

describe("batchUpdate", () => {
  test("applies all kinds in their order, and answers one result each", async () => {
    const results = await client.batchUpdate("c", {
      operations: [
        {
          upsert: {
            points: [
              { id: 2, vector: [2, 2], payload: { a: 1 } },
              { id: 3, vector: {} },
            ],
          },
        },
        { set_payload: { payload: { b: 2, old: null }, points: [1, 2] } },
        { upsert: { batch: { ids: [4], vectors: [[4, 4]] }, update_mode: "update_only" } },
        { overwrite_payload: { payload: { c: null }, points: [3] } },
        { set_payload: { payload: { e: 1 }, key: "d", points: [2] } },
        { delete_payload: { keys: ["a"], points: [2] } },
        { update_vectors: { points: [{ id: 3, vector: [3, 3] }] } },
        { delete_vectors: { points: [2], vector: [""] } },
        { clear_payload: { points: [1] } },
        { delete: { points: [77] } },
      ],
    });
    expect(results).toEqual(
      Array.from({ length: 10 }, (_, i) => ({ operation_id: i + 2, status: "completed" })),
    );
    expect(await points()).toEqual([
      { id: 1, vector: [1, 1], payload: {} },
      { id: 2, vector: {}, payload: { b: 2, d: { e: 1 } } },
      { id: 3, vector: [3, 3], payload: { c: null } },
    ]);
  });

  test("of nothing is nothing", async () => {
    expect(await client.batchUpdate("c", { operations: [], wait: false })).toEqual([]);
  });

  const set = (id: number) => ({ set_payload: { payload: { set: 1 }, points: [id] } });

  test("keeps what came before an operation that fails", async () => {
    const error = await rejection(() =>
      client.batchUpdate("c", { operations: [set(1), set(9), { delete: { points: [1] } }] }),
    );
    expect(error.code).toBe("POINT_NOT_FOUND");
    expect(await points()).toEqual([{ id: 1, vector: [1, 1], payload: { old: 1, set: 1 } }]);
  });

  test("goes on after a missing point when it doesn't wait", async () => {
    const results = await client.batchUpdate("c", { operations: [set(9), set(1)], wait: false });
    expect(results.map(({ status }) => status)).toEqual(["acknowledged", "acknowledged"]);
    expect(await points()).toEqual([{ id: 1, vector: [1, 1], payload: { old: 1, set: 1 } }]);
  });

  const WRONG: [string, unknown, Code, string][] = [
    ["no operations", {}, "INVALID_ARGUMENT", "operations: got nothing"],
    ["an operation that is none", { operations: [set(1), 7] }, "INVALID_ARGUMENT", "operations[1]: got 7"],
    ["an empty operation", { operations: [{}] }, "INVALID_ARGUMENT", "operations[0]"],
    [
      "two in one",
      { operations: [{ ...set(1), delete: { points: [1] } }] },
      "INVALID_ARGUMENT",
      "operations[0]",
    ],
    [
      "an unknown one",
      { operations: [set(1), { truncate: {} }] },
      "INVALID_ARGUMENT",
      "operations[1]: got an object with truncate",
    ],
    [
      "a null",
      { operations: [{ delete: null }] },
      "INVALID_ARGUMENT",
      "operations[0]: got an object with delete",
    ],
    [
      "an option inside",
      { operations: [{ delete: { points: [1], wait: true } }] },
      "INVALID_ARGUMENT",
      "operations[0].delete.wait",
    ],
    [
      "a fault in the last",
      { operations: [set(1), { upsert: { points: [{ id: 5, vector: [1] }] } }] },
      "WRONG_DIMENSION",
      "operations[1].upsert: points[0].vector: got 1",
    ],
    [
      "a filter that is none",
      { operations: [set(1), { delete: { filter: { must: [7] } } }] },
      "INVALID_ARGUMENT",
      "operations[1].delete: filter.must[0]",
    ],
    ["an unknown field", { operations: [set(1)], atomic: true }, "INVALID_ARGUMENT", "atomic"],
  ];

  test.each(WRONG)("refuses %s and changes nothing", async (_, request, code, text) => {
    const before = await stateOf(client, "c");
    const error = await rejection(() => client.batchUpdate("c", untyped(request)));
    expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
    expect(await stateOf(client, "c")).toEqual(before);
  });
});
