/** The methods that are about whole collections. */

import { describe, expect, test } from "vitest";
import { build, type Driver } from "./cities.ts";

export function tourCollections(client: Driver): void {
  describe("collections", () => {
    test("are created, described, changed and deleted", async () => {
      expect(await client().collectionExists("tour")).toEqual({ exists: false });
      const created = await client().createCollection("tour", {
        vectors: { size: 4, distance: "Dot" },
        hnsw_config: { m: 16, ef_construct: 100 },
        optimizers_config: { default_segment_number: 2, indexing_threshold: 20_000 },
        replication_factor: 1,
        metadata: { owner: "tour" },
        timeout: 5,
      });
      expect(created).toBe(true);
      expect(await client().collectionExists("tour")).toEqual({ exists: true });
      expect((await client().getCollections()).collections).toContainEqual({ name: "tour" });

      const info = await client().getCollection("tour");
      expect(info).toMatchObject({
        status: "green",
        optimizer_status: "ok",
        points_count: 0,
        payload_schema: {},
      });
      expect(info.config.params.vectors).toMatchObject({ size: 4, distance: "Dot" });
      expect(info.config.hnsw_config).toMatchObject({ m: 16, ef_construct: 100 });
      expect(info.config.metadata).toEqual({ owner: "tour" });

      const change = { hnsw_config: { ef_construct: 64 }, metadata: { owner: null, season: "spring" } };
      expect(await client().updateCollection("tour", change)).toBe(true);
      const { config } = await client().getCollection("tour");
      expect(config.hnsw_config.ef_construct).toBe(64);
      expect(config.metadata).toEqual({ season: "spring" });

      expect(await client().deleteCollection("tour", { timeout: 5 })).toBe(true);
      expect(await client().deleteCollection("tour")).toBe(false);
      await expect(client().getCollection("tour")).rejects.toThrow("tour");
    });

    test("are created anew", async () => {
      await build(client(), "again");
      expect(await client().recreateCollection("again", { vectors: { size: 2, distance: "Euclid" } })).toBe(
        true,
      );
      const { points_count, config } = await client().getCollection("again");
      expect(points_count).toBe(0);
      expect(config.params.vectors).toMatchObject({ size: 2, distance: "Euclid" });
      expect(await client().recreateCollection("new", { vectors: { size: 2, distance: "Dot" } })).toBe(true);
      expect(await client().collectionExists("new")).toEqual({ exists: true });
    });

    test("have aliases", async () => {
      await client().createCollection("blue", { vectors: { size: 4, distance: "Dot" } });
      await build(client(), "green");
      const create = { create_alias: { collection_name: "blue", alias_name: "live" } };
      expect(await client().updateCollectionAliases({ actions: [create] })).toBe(true);
      expect(await client().count("live")).toEqual({ count: 0 });
      const swap = {
        actions: [
          { delete_alias: { alias_name: "live" } },
          { create_alias: { collection_name: "green", alias_name: "fresh" } },
          { rename_alias: { old_alias_name: "fresh", new_alias_name: "live" } },
        ],
      };
      expect(await client().updateCollectionAliases(swap)).toBe(true);
      expect(await client().count("live")).toEqual({ count: 6 });
      const aliases = [{ alias_name: "live", collection_name: "green" }];
      expect(await client().getAliases()).toEqual({ aliases });
      expect(await client().getCollectionAliases("green")).toEqual({ aliases });
      expect(await client().getCollectionAliases("blue")).toEqual({ aliases: [] });
    });

    test("belong to an engine that says what it is", async () => {
      const { title, version } = await client().versionInfo();
      // Over HTTP it is the title that clients look for.
      expect(title).toMatch(/^(nearvec \d+\.\d+\.\d+|qdrant - vector search engine$)/);
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    });
  });
}
