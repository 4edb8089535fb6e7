/** The methods that write points, and those that read them one by one. */

import { beforeEach, describe, expect, test } from "vitest";
import { acknowledged, BERLIN, build, completed, type Driver, ids, MUMBAI, QUERY } from "./cities.ts";

export function tourPoints(client: Driver): void {
  const UUID = "550e8400-e29b-41d4-a716-446655440000";

  describe("writing and reading points", () => {
    beforeEach(() => build(client()));

    async function payloadOf(id: string | number) {
      return (await client().retrieve("cities", { ids: [id] }))[0]?.payload;
    }

    test("are stored one by one and by columns", async () => {
      const batch = { ids: [7, UUID], vectors: [QUERY, QUERY], payloads: [{ city: "Rome" }, null] };
      expect(await client().upsert("cities", { wait: false, ordering: "strong", batch })).toEqual(
        acknowledged,
      );
      expect(await client().count("cities")).toEqual({ count: 8 });
      expect(await payloadOf(7)).toEqual({ city: "Rome" });
      expect(await payloadOf(UUID)).toEqual({});
    });

    test("are stored only where they are new, or known, or meet a filter", async () => {
      const points = [
        { id: 1, vector: QUERY, payload: { city: "Bonn" } },
        { id: 8, vector: QUERY, payload: { city: "Oslo" } },
      ];
      await client().upsert("cities", { points, update_mode: "insert_only" });
      expect([await payloadOf(1), await payloadOf(8)]).toEqual([BERLIN, { city: "Oslo" }]);
      await client().upsert("cities", {
        points: [...points, { id: 9, vector: QUERY }],
        update_mode: "update_only",
        update_filter: { must: [{ key: "country", match: { value: "Germany" } }] },
      });
      expect([await payloadOf(1), await payloadOf(9)]).toEqual([{ city: "Bonn" }, undefined]);
    });

    test("are read by their ids", async () => {
      const request = { ids: [3, 99, 1, 3], with_payload: ["city"], with_vector: true };
      expect(await client().retrieve("cities", request)).toEqual([
        { id: 3, payload: { city: "Moscow" }, vector: [0.36, 0.55, 0.47, 0.94] },
        { id: 1, payload: { city: "Berlin" }, vector: [0.05, 0.61, 0.76, 0.74] },
      ]);
    });

    test("are scrolled through, page by page", async () => {
      const filter = { must: [{ key: "visitors", range: { gte: 13 } }] };
      const first = await client().scroll("cities", { filter, limit: 3, with_payload: false });
      expect(first).toEqual({ points: [{ id: 1 }, { id: 2 }, { id: 3 }], next_page_offset: 4 });
      const offset = first.next_page_offset as number;
      const rest = await client().scroll("cities", {
        filter,
        limit: 3,
        offset,
        with_payload: { exclude: ["tags"] },
      });
      expect(rest.next_page_offset).toBeNull();
      expect(rest.points.map(({ payload }) => payload?.city)).toEqual(["New York", "Beijing"]);
      expect((await client().scroll("cities")).points[5]).toEqual({ id: 6, payload: MUMBAI });
    });

    test("are counted", async () => {
      expect(await client().count("cities", { exact: true })).toEqual({ count: 6 });
      const filter = {
        should: [
          { key: "city", match: { any: ["London", "Paris"] } },
          { key: "tags", match: { value: "old" } },
        ],
        must_not: [{ has_id: [6] }],
      };
      expect(await client().count("cities", { filter, exact: false })).toEqual({ count: 2 });
    });

    test("get new payloads, whole and in part", async () => {
      const { city, ...rest } = BERLIN;
      const merge = { payload: { founded: null, mayor: { name: "Kai" } }, points: [1] };
      expect(await client().setPayload("cities", { ...merge, wait: true })).toEqual(completed);
      expect(await payloadOf(1)).toEqual({
        city,
        country: rest.country,
        visitors: 13,
        mayor: { name: "Kai" },
      });
      await client().setPayload("cities", { payload: { since: 2023 }, key: "mayor", points: [1] });
      expect((await payloadOf(1))?.mayor).toEqual({ name: "Kai", since: 2023 });
      const filter = { must: [{ key: "visitors", match: { value: 20 } }] };
      await client().setPayload("cities", { payload: { busy: true }, filter });
      expect(
        await client().count("cities", { filter: { must: [{ key: "busy", match: { value: true } }] } }),
      ).toEqual({
        count: 2,
      });
      expect(await client().overwritePayload("cities", { payload: { city }, points: [1] })).toEqual(
        completed,
      );
      expect(await payloadOf(1)).toEqual({ city });
      expect(await client().deletePayload("cities", { keys: ["tags", "visitors"], points: [5] })).toEqual(
        completed,
      );
      expect(await payloadOf(5)).toEqual({ city: "Beijing", country: "China" });
      expect(await client().clearPayload("cities", { points: [6], wait: false })).toEqual(acknowledged);
      expect(await payloadOf(6)).toEqual({});
    });

    test("get new vectors, or lose theirs", async () => {
      const points = [{ id: 6, vector: [1, 0, 0, 0] }];
      expect(await client().updateVectors("cities", { points })).toEqual(completed);
      expect(await client().deleteVectors("cities", { points: [5], vector: [""] })).toEqual(completed);
      const read = await client().retrieve("cities", { ids: [5, 6], with_vector: true, with_payload: false });
      expect(read).toEqual([
        { id: 5, vector: {} },
        { id: 6, vector: [1, 0, 0, 0] },
      ]);
    });

    test("are changed in batches", async () => {
      const results = await client().batchUpdate("cities", {
        wait: true,
        operations: [
          { upsert: { points: [{ id: 10, vector: QUERY, payload: { a: 1 } }] } },
          { set_payload: { payload: { b: 2 }, points: [10] } },
          { update_vectors: { points: [{ id: 10, vector: [0, 0, 0, 1] }] } },
          { delete_payload: { keys: ["a"], points: [10] } },
          { overwrite_payload: { payload: { c: 3 }, points: [1] } },
          { clear_payload: { points: [2] } },
          { delete_vectors: { points: [3], vector: [""] } },
          { delete: { filter: { must: [{ has_id: [4, 5] }] } } },
        ],
      });
      expect(results).toEqual(Array(8).fill(completed));
      const { points } = await client().scroll("cities", { with_vector: true });
      expect(points.map(({ id }) => id)).toEqual([1, 2, 3, 6, 10]);
      expect(points[4]).toEqual({ id: 10, payload: { b: 2 }, vector: [0, 0, 0, 1] });
    });

    test("are deleted by their ids and by a filter", async () => {
      expect(await client().delete("cities", { points: [1, 99], wait: true })).toEqual(completed);
      const filter = { must: [{ key: "country", match: { except: ["USA", "China"] } }] };
      expect(await client().delete("cities", { filter })).toEqual(acknowledged);
      expect(ids((await client().scroll("cities")).points)).toEqual([4, 5]);
    });
  });
}
