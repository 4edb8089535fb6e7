/** `@llamaindex/qdrant`, unmodified, with nearvec in the place of Qdrant. */
import type { BaseEmbedding } from "@llamaindex/core/embeddings";
import type { MetadataFilters, VectorStoreQueryMode } from "@llamaindex/core/vector-store";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type NearvecClient, open } from "../../src/index.ts";
import { installed } from "./installed.ts";
import { cosine, embed, ranked } from "./words.ts";

type Qdrant = typeof import("@llamaindex/qdrant");
type Schema = typeof import("@llamaindex/core/schema");

const MOBY = "a whale and a captain at sea";
const LEAGUES = "a captain in the deep sea";
const SCARLET = "a detective in the fog of London";
const MOON = "a journey to the moon";
const BOOKS = [
  { text: MOBY, year: 1851, genre: "sea", source: "moby" },
  { text: LEAGUES, year: 1870, genre: "sea", source: "leagues" },
  { text: SCARLET, year: 1887, genre: "crime", source: "scarlet" },
  { text: MOON, year: 1865, genre: "", source: "moon" },
] as const;
const TEXTS = BOOKS.map(({ text }) => text);
const QUESTION = "the captain and the sea";
const DEFAULT = "default" as VectorStoreQueryMode;

let QdrantVectorStore: Qdrant["QdrantVectorStore"];
let schema: Schema;
let client: NearvecClient;
let store: InstanceType<Qdrant["QdrantVectorStore"]>;

beforeAll(async () => {
  ({ QdrantVectorStore } = await installed<Qdrant>("@llamaindex/qdrant"));
  schema = await installed<Schema>("@llamaindex/core/schema");
});

function node({
  text,
  source,
  ...metadata
}: {
  text: string;
  source: string;
  [key: string]: string | number;
}) {
  return new schema.TextNode({
    text,
    metadata,
    embedding: embed(text),
    relationships: { [schema.NodeRelationship.SOURCE]: { nodeId: source, metadata: {} } },
  });
}

beforeEach(async () => {
  client = await open();
  // The store embeds nothing by itself; it insists on a model all the same.
  const embedModel = {} as BaseEmbedding;
  store = new QdrantVectorStore({ client: client.asQdrantClient(), collectionName: "books", embedModel });
  await store.add(BOOKS.map(node));
  return () => client.close();
});

const found = async (filters?: MetadataFilters, docIds?: string[]) => {
  const query = { queryEmbedding: embed(QUESTION), similarityTopK: 4, mode: DEFAULT };
  const { nodes = [] } = await store.query({
    ...query,
    ...(filters && { filters }),
    ...(docIds && { docIds }),
  });
  return nodes.map((each) => each.getContent(schema.MetadataMode.NONE)).sort();
};

describe("a store", () => {
  test("finds the most similar nodes, with what they know", async () => {
    const query = { queryEmbedding: embed(QUESTION), similarityTopK: 2, mode: DEFAULT };
    const { nodes = [], similarities, ids } = await store.query(query);
    const texts = nodes.map((each) => each.getContent(schema.MetadataMode.NONE));
    expect(texts).toEqual(ranked(QUESTION, TEXTS).slice(0, 2));
    expect(ids).toEqual(nodes.map(({ id_ }) => id_));
    for (const [index, text] of texts.entries())
      expect(similarities[index]).toBeCloseTo(cosine(QUESTION, text), 5);
    const { text: _, source, ...metadata } = BOOKS.find(({ text }) => text === texts[0]) ?? BOOKS[0];
    expect(nodes[0]?.metadata).toMatchObject(metadata);
    expect(nodes[0]?.sourceNode?.nodeId).toBe(source);
  });

  test("deletes the nodes of a document", async () => {
    await store.delete("moby");
    expect(await found()).toEqual([LEAGUES, MOON, SCARLET].sort());
  });

  test("replaces a node of the same id", async () => {
    const [first] = await store.add([node(BOOKS[0])]);
    const again = node({ ...BOOKS[3], year: 1900 });
    again.id_ = first ?? "";
    await store.add([again]);
    expect(await client.count("books")).toEqual({ count: 5 });
    expect((await client.retrieve("books", { ids: [again.id_] }))[0]?.payload).toMatchObject({ year: 1900 });
  });

  test("takes more nodes than fit into one request", async () => {
    const small = new QdrantVectorStore({
      client: store.client(),
      collectionName: "many",
      batchSize: 100,
      embedModel: {} as BaseEmbedding,
    });
    const nodes = Array.from({ length: 100 }, (_, i) => node({ text: `word number ${i}`, source: "list" }));
    expect(await small.add(nodes)).toHaveLength(100);
    expect(await client.count("many")).toEqual({ count: 100 });
  });
});

describe("filters of metadata", () => {
  test.each<[MetadataFilters["filters"][number], string[]]>([
    [{ key: "genre", operator: "==", value: "sea" }, [MOBY, LEAGUES]],
    [{ key: "year", operator: "==", value: 1887 }, [SCARLET]],
    [{ key: "genre", operator: "!=", value: "sea" }, [SCARLET, MOON]],
    [{ key: "year", operator: ">", value: 1865 }, [LEAGUES, SCARLET]],
    [{ key: "year", operator: ">=", value: 1865 }, [LEAGUES, SCARLET, MOON]],
    [{ key: "year", operator: "<", value: 1865 }, [MOBY]],
    [{ key: "year", operator: "<=", value: 1865 }, [MOBY, MOON]],
    [{ key: "genre", operator: "in", value: ["crime", "space"] }, [SCARLET]],
    [{ key: "genre", operator: "nin", value: ["crime", "sea"] }, [MOON]],
    [{ key: "genre", operator: "text_match", value: "rim" }, [SCARLET]],
    [{ key: "shelf", operator: "is_empty" }, [MOBY, LEAGUES, SCARLET, MOON]],
  ])("%o", async (filter, texts) => {
    expect(await found({ filters: [filter] })).toEqual([...texts].sort());
  });

  test("hold together, or one of them, and beside documents", async () => {
    const filters: MetadataFilters["filters"] = [
      { key: "genre", operator: "==", value: "sea" },
      { key: "year", operator: ">", value: 1866 },
    ];
    expect(await found({ filters })).toEqual([LEAGUES]);
    expect(await found({ filters, condition: "or" })).toEqual([MOBY, LEAGUES, SCARLET].sort());
    expect(await found({ filters, condition: "or" }, ["moby", "moon"])).toEqual([MOBY]);
  });

  test("may be Qdrant's own, with parameters of the search", async () => {
    const query = { queryEmbedding: embed(QUESTION), similarityTopK: 4, mode: DEFAULT };
    const options = {
      qdrant_filters: { must_not: [{ key: "genre", match: { any: ["sea", "crime"] } }] },
      qdrant_search_params: { hnsw_ef: 64, exact: true },
    };
    const { nodes = [] } = await store.query(query, options);
    expect(nodes.map((each) => each.getContent(schema.MetadataMode.NONE))).toEqual([MOON]);
  });
});
