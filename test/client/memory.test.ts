import { expect, test } from "vitest";
import { NearvecClient } from "../../src/client/client.ts";
import { Collections } from "../../src/client/collections.ts";
import { runtimeSurroundings } from "../../src/collection/surroundings.ts";
import { loadCore } from "../../src/core/load.ts";
import { randomRows, rejection, stateOf } from "./support.ts";

const SIZE = 64;

/** A client whose spaces may take little memory. */
async function small(maxSpaceBytes: number): Promise<NearvecClient> {
  return new NearvecClient(new Collections(await loadCore(), { ...runtimeSurroundings(), maxSpaceBytes }));
}

function batch(count: number, first: number) {
  return {
    ids: Uint32Array.from({ length: count }, (_, i) => first + i),
    vectors: randomRows(count, SIZE, first + 1),
  };
}

test("a write that finds no memory changes nothing, and the collection stays usable", async () => {
  await using client = await small(3 * 1024 * 1024);
  await client.createCollection("c", {
    vectors: { size: SIZE, distance: "Dot" },
    hnsw_config: { m: 4, ef_construct: 8 },
  });
  let stored = 0;
  let refused: Awaited<ReturnType<typeof rejection>> | undefined;
  while (refused === undefined && stored < 20_000) {
    const before = stored;
    await client.upsert("c", { batch: batch(1000, stored) }).then(
      () => {
        stored += 1000;
      },
      async (error) => {
        refused = await rejection(() => Promise.reject(error));
      },
    );
    expect(await client.count("c")).toEqual({ count: stored });
    if (refused === undefined) expect(stored).toBe(before + 1000);
  }
  expect(stored).toBeGreaterThan(1000);
  expect(refused).toMatchObject({ code: "OUT_OF_MEMORY" });
  const state = await stateOf(client, "c");
  // Replacing needs room as well: the old vectors keep their slots.
  expect(await rejection(() => client.upsert("c", { batch: batch(1000, 0) }))).toMatchObject({
    code: "OUT_OF_MEMORY",
  });
  expect(await stateOf(client, "c")).toEqual(state);
  expect((await client.query("c", { query: 5, limit: 3 })).points).toHaveLength(3);
  await client.delete("c", { points: [5] });
  expect(await client.count("c")).toEqual({ count: stored - 1 });
  expect(await client.deleteCollection("c")).toBe(true);
  await client.createCollection("c", { vectors: { size: SIZE, distance: "Dot" } });
  expect(await client.upsert("c", { batch: batch(1000, 0) })).toMatchObject({ status: "completed" });
});
