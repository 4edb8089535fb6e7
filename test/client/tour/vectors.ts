/** Collections of several vectors per point: dense, sparse, multivectors. */

import { beforeEach, describe, expect, test } from "vitest";
import { build, completed, type Driver, ids } from "./cities.ts";

export function tourVectors(client: Driver): void {
  describe("named vectors", () => {
    beforeEach(async () => {
      await client().deleteCollection("media");
      await client().createCollection("media", {
        vectors: {
          image: { size: 2, distance: "Euclid" },
          tokens: { size: 2, distance: "Dot", multivector_config: { comparator: "max_sim" } },
        },
        sparse_vectors: { words: { modifier: "none" } },
      });
      const points = [
        {
          id: 1,
          vector: {
            image: [0, 0],
            words: { indices: [7, 3], values: [0.5, 2] },
            tokens: [
              [1, 0],
              [0, 1],
            ],
          },
        },
        { id: 2, vector: { image: [3, 4], words: { indices: [3], values: [1] } } },
        { id: 3, vector: { image: [0, 1], tokens: [[0.5, 0.5]] }, payload: { kind: "still" } },
      ];
      expect(await client().upsert("media", { points })).toEqual(completed);
    });

    test("come back by their names", async () => {
      const all = await client().retrieve("media", { ids: [1], with_vector: true, with_payload: false });
      expect(all[0]?.vector).toEqual({
        image: [0, 0],
        words: { indices: [3, 7], values: [2, 0.5] },
        tokens: [
          [1, 0],
          [0, 1],
        ],
      });
      const { points } = await client().scroll("media", { with_vector: ["image"], with_payload: false });
      expect(points).toEqual([
        { id: 1, vector: { image: [0, 0] } },
        { id: 2, vector: { image: [3, 4] } },
        { id: 3, vector: { image: [0, 1] } },
      ]);
      expect((await client().getCollection("media")).config.params).toMatchObject({
        vectors: { image: { size: 2, distance: "Euclid" } },
        sparse_vectors: { words: {} },
      });
    });

    test("are searched, each in its way", async () => {
      const dense = await client().query("media", { query: [0, 0], using: "image" });
      expect(dense.points.map(({ id, score }) => [id, score])).toEqual([
        [1, 0],
        [3, 1],
        [2, 5],
      ]);
      const sparse = await client().query("media", {
        query: { indices: [3, 9], values: [1, 1] },
        using: "words",
      });
      expect(sparse.points.map(({ id, score }) => [id, score])).toEqual([
        [1, 2],
        [2, 1],
      ]);
      const multi = await client().query("media", {
        query: [
          [1, 0],
          [0, 2],
        ],
        using: "tokens",
      });
      expect(multi.points.map(({ id, score }) => [id, score])).toEqual([
        [1, 3],
        [3, 1.5],
      ]);
      const filter = { must: [{ has_vector: "words" }], must_not: [{ has_id: [1] }] };
      const filtered = await client().queryBatch("media", {
        searches: [{ query: 1, using: "image", filter, limit: 1 }],
      });
      expect(filtered).toMatchObject([{ points: [{ id: 2, score: 5 }] }]);
    });

    test("are changed and removed one by one", async () => {
      const points = [{ id: 2, vector: { image: [0, 0.5], tokens: [[1, 1]] } }];
      expect(await client().updateVectors("media", { points })).toEqual(completed);
      const gone = await client().deleteVectors("media", { vector: ["words"], points: [1] });
      expect(gone).toEqual(completed);
      const batch = {
        ids: [4, 5],
        vectors: {
          image: [
            [9, 9],
            [8, 8],
          ],
        },
      };
      expect(await client().upsert("media", { batch })).toEqual(completed);
      const { points: read } = await client().scroll("media", { with_vector: true, with_payload: false });
      expect(read.map(({ vector }) => Object.keys(vector ?? {}).sort())).toEqual([
        ["image", "tokens"],
        ["image", "tokens", "words"],
        ["image", "tokens"],
        ["image"],
        ["image"],
      ]);
    });

    test("are looked up in another collection", async () => {
      await client().deleteCollection("portraits");
      await client().createCollection("portraits", { vectors: { face: { size: 2, distance: "Dot" } } });
      await client().upsert("portraits", { points: [{ id: 1, vector: { face: [3, 3.5] } }] });
      const { points } = await client().query("media", {
        query: 1,
        using: "image",
        lookup_from: { collection: "portraits", vector: "face" },
        limit: 2,
      });
      expect(ids(points)).toEqual([2, 3]);
    });

    test("are added and dropped", async () => {
      await build(client());
      const dense = { dense: { size: 2, distance: "Manhattan" } } as const;
      expect(await client().createVectorName("cities", "map", dense, { wait: true })).toEqual(completed);
      await client().createVectorName("cities", "terms", { sparse: { modifier: "idf" } });
      const points = [
        { id: 1, vector: { map: [1, 2] } },
        { id: 2, vector: { map: [5, 5], terms: { indices: [1], values: [1] } } },
      ];
      await client().updateVectors("cities", { points });
      const near = await client().query("cities", { query: [1, 1], using: "map" });
      expect(near.points.map(({ id, score }) => [id, score])).toEqual([
        [1, 1],
        [2, 8],
      ]);
      expect(await client().deleteVectorName("cities", "map", { wait: true })).toEqual(completed);
      await expect(client().query("cities", { query: [1, 1], using: "map" })).rejects.toThrow("map");
      expect(await client().count("cities")).toEqual({ count: 6 });
    });
  });
}
