/** The methods of snapshots: of a collection, of all there is, of the one shard that a collection has. */

import { beforeEach, describe, expect, test } from "vitest";
import { build, type Driver } from "./cities.ts";

const described = {
  name: expect.stringMatching(/\.snapshot$/),
  creation_time: expect.any(String),
  size: expect.any(Number),
  checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
};

export function tourSnapshots(client: Driver): void {
  describe("snapshots", () => {
    beforeEach(async () => {
      await build(client());
      for (const { name } of await client().listSnapshots("cities"))
        await client().deleteSnapshot("cities", name);
    });

    test("of a collection are made, listed, recovered and deleted", async () => {
      const made = await client().createSnapshot("cities");
      expect(made).toEqual(described);
      const { name = "", checksum = null } = made ?? {};
      expect(await client().listSnapshots("cities")).toEqual([made]);
      const before = await client().scroll("cities", { with_vector: true });
      await client().delete("cities", { filter: {}, wait: true });
      const request = { location: name, priority: "snapshot", checksum } as const;
      expect(await client().recoverSnapshot("cities", request)).toBe(true);
      expect(await client().scroll("cities", { with_vector: true })).toEqual(before);
      expect(await client().deleteSnapshot("cities", name, { wait: true })).toBe(true);
      expect(await client().listSnapshots("cities")).toEqual([]);
      await expect(client().recoverSnapshot("cities", { location: "file:///etc/passwd" })).rejects.toThrow(
        /a file in .*snapshots/,
      );
    });

    test("of all there is are made, listed and deleted", async () => {
      const made = await client().createFullSnapshot();
      expect(made).toEqual(described);
      expect(await client().listFullSnapshots()).toContainEqual(made);
      expect(await client().deleteFullSnapshot(made.name)).toBe(true);
      expect(await client().listFullSnapshots()).not.toContainEqual(made);
    });

    test("of a shard are its collection's", async () => {
      const made = await client().createShardSnapshot("cities", 0, { wait: true });
      expect(await client().listShardSnapshots("cities", 0)).toEqual([made]);
      await client().clearPayload("cities", { filter: {}, wait: true });
      const request = { location: made.name, wait: true };
      expect(await client().recoverShardFromSnapshot("cities", 0, request)).toBe(true);
      expect((await client().retrieve("cities", { ids: [1] }))[0]?.payload).toMatchObject({ city: "Berlin" });
      expect(await client().deleteShardSnapshot("cities", 0, made.name, { wait: true })).toBe(true);
    });
  });
}
