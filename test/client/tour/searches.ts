/** The methods that search. */

import { beforeEach, describe, expect, test } from "vitest";
import { BERLIN, build, type Driver, ids, LONDON, QUERY, rounded } from "./cities.ts";

export function tourSearches(client: Driver): void {
  describe("points", () => {
    beforeEach(() => build(client()));

    test("are found by a vector", async () => {
      const { points } = await client().query("cities", { query: QUERY, limit: 3 });
      expect(rounded(points)).toEqual([
        [4, 1.362],
        [1, 1.273],
        [3, 1.208],
      ]);
      expect(points[0]).toEqual({ id: 4, version: expect.any(Number), score: expect.any(Number) });
      const filtered = await client().query("cities", {
        query: QUERY,
        filter: { must: [{ key: "city", match: { value: "London" } }] },
        params: { hnsw_ef: 128, exact: true },
        with_payload: true,
        with_vector: true,
        limit: 3,
      });
      expect(rounded(filtered.points)).toEqual([[2, 0.871]]);
      expect(filtered.points[0]).toMatchObject({ payload: LONDON, vector: [0.19, 0.81, 0.75, 0.11] });
    });

    test("are found page by page, and by a threshold", async () => {
      const page = { query: { nearest: QUERY }, offset: 2, limit: 2, with_payload: { include: ["city"] } };
      const { points } = await client().query("cities", page);
      expect(points.map(({ payload }) => payload)).toEqual([{ city: "Moscow" }, { city: "London" }]);
      const near = await client().query("cities", {
        query: QUERY,
        score_threshold: 1.25,
        consistency: "majority",
      });
      expect(ids(near.points)).toEqual([4, 1]);
    });

    test("are found by another point, or listed by their ids", async () => {
      const { points } = await client().query("cities", { query: 4, limit: 2 });
      expect(ids(points)).toEqual([1, 3]);
      const listed = await client().query("cities", { limit: 2, with_payload: ["city"] });
      expect(listed.points).toMatchObject([
        { id: 1, score: 1, payload: { city: "Berlin" } },
        { id: 2, score: 1, payload: { city: "London" } },
      ]);
    });

    test("are found by several queries at once", async () => {
      const searches = [
        { query: QUERY, limit: 1 },
        { query: 4, limit: 1, with_payload: true },
      ];
      expect(await client().queryBatch("cities", { searches })).toMatchObject([
        { points: [{ id: 4 }] },
        { points: [{ id: 1, payload: BERLIN }] },
      ]);
    });
  });
}
