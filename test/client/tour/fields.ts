/** The methods that look at fields of payloads: indexes, facets, orders, groups. */

import type { Schemas } from "@qdrant/js-client-rest";
import { beforeEach, describe, expect, test } from "vitest";
import { build, completed, type Driver, ids, QUERY, rounded } from "./cities.ts";

export function tourFields(client: Driver): void {
  describe("fields", () => {
    beforeEach(() => build(client()));

    test("are indexed", async () => {
      const schemas: [field: string, schema: Schemas["PayloadFieldSchema"]][] = [
        ["country", "keyword"],
        ["visitors", { type: "integer", lookup: true, range: true }],
        ["founded", "datetime"],
        ["tags", { type: "keyword", is_tenant: false }],
        ["city", { type: "text", tokenizer: "word", min_token_len: 2, lowercase: true }],
        ["rating", "float"],
        ["open", "bool"],
        ["place", "geo"],
        ["key", "uuid"],
      ];
      for (const [field_name, field_schema] of schemas) {
        const request = { field_name, field_schema, wait: true };
        expect(await client().createPayloadIndex("cities", request)).toEqual(completed);
      }
      const { payload_schema } = await client().getCollection("cities");
      expect(payload_schema).toMatchObject({
        country: { data_type: "keyword", points: 6 },
        visitors: { data_type: "integer", points: 6, params: { type: "integer", lookup: true, range: true } },
        founded: { data_type: "datetime", points: 4 },
        tags: { data_type: "keyword", points: 2 },
        city: { data_type: "text", points: 6 },
        rating: { data_type: "float", points: 0 },
        open: { data_type: "bool", points: 0 },
        place: { data_type: "geo", points: 0 },
        key: { data_type: "uuid", points: 0 },
      });
      const filter = {
        must: [
          { key: "city", match: { text: "NEW york" } },
          { key: "founded", range: { gt: "1500-01-01", lt: "1700-01-01T00:00:00Z" } },
          { key: "visitors", range: { gte: 66 } },
        ],
      };
      expect(ids((await client().scroll("cities", { filter })).points)).toEqual([4]);
      const gone = await client().deletePayloadIndex("cities", "country", { wait: true });
      expect(gone).toEqual(completed);
      expect(Object.keys((await client().getCollection("cities")).payload_schema)).not.toContain("country");
    });

    test("have facets", async () => {
      await client().createPayloadIndex("cities", { field_name: "tags", field_schema: "keyword" });
      await client().createPayloadIndex("cities", { field_name: "visitors", field_schema: "integer" });
      expect(await client().facet("cities", { key: "tags", limit: 10, exact: true })).toEqual({
        hits: [
          { value: "old", count: 2 },
          { value: "capital", count: 1 },
        ],
      });
      const filter = { must_not: [{ key: "city", match: { value: "Berlin" } }] };
      expect((await client().facet("cities", { key: "visitors", filter, limit: 2 })).hits).toEqual([
        { value: 20, count: 2 },
        { value: 6, count: 1 },
      ]);
      await expect(client().facet("cities", { key: "country" })).rejects.toThrow("country");
    });

    test("put points in their order", async () => {
      await client().createPayloadIndex("cities", { field_name: "visitors", field_schema: "integer" });
      const order_by = { key: "visitors", direction: "desc", start_from: 20 } as const;
      const page = await client().scroll("cities", { order_by, limit: 3, with_payload: false });
      expect(page.next_page_offset ?? null).toBeNull();
      expect(page.points).toEqual([
        { id: 3, order_value: 20 },
        { id: 2, order_value: 20 },
        { id: 1, order_value: 13 },
      ]);
      const { points } = await client().query("cities", { query: { order_by: "visitors" }, limit: 4 });
      expect(points.map(({ id, score, order_value }) => [id, score, order_value])).toEqual([
        [6, 1, 6],
        [1, 1, 13],
        [2, 1, 20],
        [3, 1, 20],
      ]);
      await expect(client().scroll("cities", { order_by: "country" })).rejects.toThrow("country");
    });

    test("put points into groups", async () => {
      const { groups } = await client().queryGroups("cities", {
        query: QUERY,
        group_by: "visitors",
        limit: 3,
        group_size: 2,
        with_payload: ["city"],
      });
      expect(groups.map(({ id, hits }) => [id, rounded(hits)])).toEqual([
        [66, [[4, 1.362]]],
        [13, [[1, 1.273]]],
        [
          20,
          [
            [3, 1.208],
            [2, 0.871],
          ],
        ],
      ]);
      expect(groups[2]?.hits[1]?.payload).toEqual({ city: "London" });
    });

    test("put points into groups that are points elsewhere", async () => {
      await client().deleteCollection("sizes");
      await client().createCollection("sizes", { vectors: { size: 1, distance: "Dot" } });
      const points = [{ id: 66, vector: [1], payload: { size: "huge" } }];
      await client().upsert("sizes", { points });
      const { groups } = await client().queryGroups("cities", {
        query: 1,
        group_by: "visitors",
        limit: 2,
        group_size: 1,
        filter: { must: [{ has_id: [4, 5] }] },
        with_lookup: { collection: "sizes", with_payload: true },
      });
      expect(groups).toMatchObject([
        { id: 66, hits: [{ id: 4 }], lookup: { id: 66, payload: { size: "huge" } } },
        { id: 32, hits: [{ id: 5 }] },
      ]);
    });
  });
}
