/**
 * A small store with some of everything, as every release since the first format must read it. `make.ts` writes it anew, for a new
 * version of the format only; what was written stays.
 */
import type { NearvecClient } from "../../src/client/client.ts";
import { untyped } from "../conformance/support.ts";

/** The checkpoints that `fill` asks for, at places where more changes follow. */
type Checkpoint = () => Promise<void>;

const FIELDS = ["keyword", "integer", "float", "bool", "datetime", "uuid", "geo", "text"] as const;

const payloadOf = (i: number) => ({
  keyword: ["red", "green", "blue"][i % 3],
  integer: i % 7,
  float: i / 4,
  bool: i % 2 === 0,
  datetime: `2026-01-${String((i % 28) + 1).padStart(2, "0")}T12:00:00Z`,
  uuid: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
  geo: { lon: (i * 7) % 180, lat: (i * 3) % 90 },
  text: `the ${["quick", "brown", "lazy"][i % 3]} fox number ${i}`,
  nested: { list: [{ a: i }, { a: i + 1 }] },
  big: 9_007_199_254_740_993n + BigInt(i),
});

const pointOf = (i: number) => ({
  id: i % 5 === 0 ? `10000000-0000-4000-8000-${String(i).padStart(12, "0")}` : 2 ** 40 + i,
  vector: {
    dense: [i, 1, -i / 2, 0.5],
    unit: [1, i, 2],
    bytes: [i % 256, 7, 255],
    words: { indices: [1, i + 2, 1000], values: [0.5, i / 2 + 1, 2] },
    tokens: [
      [i, 1],
      [1, -i],
    ],
  },
  payload: payloadOf(i),
});

/** Fills an empty store. The last changes are in no checkpoint. */
export async function fill(client: NearvecClient, checkpoint: Checkpoint): Promise<void> {
  await client.createCollection(
    "everything",
    untyped({
      vectors: {
        dense: { size: 4, distance: "Euclid" },
        unit: { size: 3, distance: "Cosine", datatype: "float16" },
        bytes: { size: 3, distance: "Cosine", datatype: "uint8" },
        tokens: { size: 2, distance: "Dot", multivector_config: { comparator: "max_sim" } },
      },
      sparse_vectors: { words: { modifier: "idf" } },
      hnsw_config: { m: 4, ef_construct: 20, full_scan_threshold: 10 },
      metadata: { owner: "golden", big: 2n ** 60n },
    }),
  );
  await client.createCollection("plain", { vectors: { size: 2, distance: "Dot" } });
  await client.updateCollectionAliases({
    actions: [{ create_alias: { alias_name: "all", collection_name: "everything" } }],
  });
  for (const type of FIELDS) {
    await client.createPayloadIndex(
      "everything",
      untyped({ field_name: type, field_schema: type, wait: true }),
    );
  }
  const points = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => pointOf(from + i));
  await client.upsert("everything", untyped({ points: points(0, 60) }));
  await client.upsert("plain", { points: [{ id: 1, vector: [1, 2], payload: { a: null } }] });
  await client.waitForIndex("everything");
  await checkpoint();
  await client.delete("everything", { filter: { must: [{ key: "integer", match: { value: 3 } }] } });
  await client.upsert("everything", untyped({ points: points(58, 70) }));
  await client.waitForIndex("everything");
  await checkpoint();
  await client.setPayload("everything", {
    payload: { late: "yes", keyword: "black" },
    filter: { must: [{ key: "float", range: { lt: 2 } }] },
  });
  await client.deleteVectors("everything", {
    vectors: ["tokens"],
    filter: {
      must: [
        { key: "bool", match: { value: true } },
        { key: "integer", match: { value: 2 } },
      ],
    },
  });
  await client.createPayloadIndex("everything", { field_name: "late", field_schema: "keyword", wait: true });
  await client.deletePayloadIndex("everything", "bool", { wait: true });
}

/** All that is to be seen of it, but for what may differ from one machine to the next. */
export async function shown(client: NearvecClient): Promise<string> {
  const names = (await client.getCollections()).collections.map(({ name }) => name).sort();
  const collections = [];
  for (const name of names) {
    const { config, payload_schema, points_count } = await client.getCollection(name);
    const { points } = await client.scroll(name, { limit: 1000, with_vector: true });
    collections.push({ name, points_count, config, payload_schema, points });
  }
  const { aliases } = await client.getAliases();
  const facets = await client.facet("everything", { key: "keyword" });
  const ordered = await client.scroll("everything", { order_by: "float", limit: 5 });
  const text = await client.count("everything", {
    filter: { must: [{ key: "text", match: { text: "fox lazy" } }] },
  });
  const nearest = await client.query("everything", { query: [3, 1, -1, 0.5], using: "dense", limit: 3 });
  const sparse = await client.query(
    "everything",
    untyped({ query: { indices: [5, 1000], values: [1, 1] }, using: "words", limit: 3 }),
  );
  const ids = (answer: { points: readonly { id: unknown }[] }) => answer.points.map(({ id }) => id);
  const seen = {
    collections,
    aliases,
    facets,
    ordered: ids(ordered),
    text,
    nearest: ids(nearest),
    sparse: ids(sparse),
  };
  return `${JSON.stringify(seen, (_, value) => (typeof value === "bigint" ? `${value}n` : value), 1)}\n`;
}
