import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { randomRows } from "../client/support.ts";

/** Points 0, 1, … of 4-dimensional vectors in a collection, each with a payload. */
export async function fill(client: NearvecClient, name: string, count: number, label = name): Promise<void> {
  await client.createCollection(name, { vectors: { size: 4, distance: "Dot" } });
  const rows = randomRows(count, 4, 1);
  const points = Array.from({ length: count }, (_, id) => ({
    id,
    vector: rows.subarray(id * 4, id * 4 + 4),
    payload: { label, id },
  }));
  if (count > 0) await client.upsert(name, { points });
}

/** What the points of a collection say. */
export async function labels(client: NearvecClient, name: string): Promise<unknown[]> {
  const { points } = await client.scroll(name, { limit: 10_000 });
  return [points.length, ...new Set(points.map(({ payload }) => payload?.label))];
}

/** The bytes of a snapshot of collections made by `prepare`. */
export async function snapshotOf(
  prepare: (client: NearvecClient) => Promise<unknown>,
): Promise<Uint8Array<ArrayBuffer>> {
  await using client = await open();
  await prepare(client);
  const { name } = await client.createFullSnapshot();
  const file = await client.downloadFullSnapshot(name);
  return file.bytes();
}
