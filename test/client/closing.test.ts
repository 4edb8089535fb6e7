import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { open } from "../../src/index.ts";

test("whoever closes a client again waits for the first one's end: the store is free then", async () => {
  const path = await mkdtemp(join(tmpdir(), "nearvec-closing-"));
  const client = await open({ path });
  await client.createCollection("c", { vectors: { size: 2, distance: "Dot" } });
  await client.upsert("c", { points: [{ id: 1, vector: [1, 2] }] });
  void client.close();
  await client.close();
  const again = await open({ path });
  expect(await again.count("c")).toEqual({ count: 1 });
  await again.close();
  await rm(path, { recursive: true });
});
