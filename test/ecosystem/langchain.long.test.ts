/** `@langchain/qdrant`, unmodified, with nearvec in the place of Qdrant. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type NearvecClient, open } from "../../src/index.ts";
import { installed } from "./installed.ts";
import { cosine, embed, ranked } from "./words.ts";

type Qdrant = typeof import("@langchain/qdrant");
type Store = InstanceType<Qdrant["QdrantVectorStore"]>;
type Documents = typeof import("@langchain/core/documents");
type DocumentInput = ConstructorParameters<Documents["Document"]>[0];

const embeddings = {
  embedQuery: async (text: string) => embed(text),
  embedDocuments: async (texts: string[]) => texts.map(embed),
};

const ID = (digit: number) => `${String(digit).repeat(8)}-0000-4000-8000-000000000000`;
const BOOKS: DocumentInput[] = [
  { id: ID(1), pageContent: "a whale and a captain at sea", metadata: { year: 1851, genre: "sea" } },
  { id: ID(2), pageContent: "a captain in the deep sea", metadata: { year: 1870, genre: "sea" } },
  { id: ID(3), pageContent: "a detective in the fog of London", metadata: { year: 1887, genre: "crime" } },
  { id: ID(4), pageContent: "a journey to the moon", metadata: { year: 1865, genre: "space" } },
];
const TEXTS = BOOKS.map(({ pageContent }) => pageContent);
const QUESTION = "the captain and the sea";

let QdrantVectorStore: Qdrant["QdrantVectorStore"];
let Document: Documents["Document"];
let client: NearvecClient;
let store: Store;

beforeAll(async () => {
  ({ QdrantVectorStore } = await installed<Qdrant>("@langchain/qdrant"));
  ({ Document } = await installed<Documents>("@langchain/core/documents"));
});

beforeEach(async () => {
  client = await open();
  store = await QdrantVectorStore.fromDocuments(
    BOOKS.map((book) => new Document(book)),
    embeddings,
    { client: client.asQdrantClient(), collectionName: "books" },
  );
  return () => client.close();
});
afterAll(() => client?.close());

const contents = (documents: readonly { pageContent: string }[]) => documents.map((each) => each.pageContent);

describe("a store made from documents", () => {
  test("finds the most similar ones, with their metadata", async () => {
    const found = await store.similaritySearch(QUESTION, 3);
    expect(contents(found)).toEqual(ranked(QUESTION, TEXTS).slice(0, 3));
    expect(found[0]).toMatchObject(BOOKS.find((book) => book.pageContent === found[0]?.pageContent) ?? {});
  });

  test("says how similar they are", async () => {
    const found = await store.similaritySearchWithScore(QUESTION, 4);
    expect(found).toHaveLength(4);
    for (const [document, score] of found)
      expect(score).toBeCloseTo(cosine(QUESTION, document.pageContent), 5);
  });

  test("filters by metadata", async () => {
    const found = await store.similaritySearch(QUESTION, 4, {
      must: [
        { key: "metadata.genre", match: { any: ["sea", "crime"] } },
        { key: "metadata.year", range: { gte: 1860 } },
      ],
    });
    expect(contents(found).sort()).toEqual([TEXTS[1], TEXTS[2]]);
    expect(
      await store.similaritySearch(QUESTION, 4, { must: [{ key: "metadata.genre", match: { value: "" } }] }),
    ).toEqual([]);
  });

  test("serves a retriever", async () => {
    const filter = { must_not: [{ key: "metadata.genre", match: { value: "sea" } }] };
    const retriever = store.asRetriever({ k: 1, filter });
    expect(contents(await retriever.invoke("a fog in London"))).toEqual([TEXTS[2]]);
  });

  test("takes more documents, and replaces those that have the same id", async () => {
    await store.addDocuments([
      new Document({ id: ID(4), pageContent: "a journey around the world", metadata: { year: 1872 } }),
      new Document({ pageContent: "a garden", metadata: { year: 1911 } }),
    ]);
    expect(await client.count("books")).toEqual({ count: 5 });
    const [around] = await store.similaritySearch("around the world", 1);
    expect(around).toMatchObject({ id: ID(4), metadata: { year: 1872 } });
    const [garden] = await store.similaritySearch("a garden", 1);
    expect(garden?.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("deletes by ids and by a filter", async () => {
    await store.delete({ ids: [ID(1)] });
    expect(await client.count("books")).toEqual({ count: 3 });
    await store.delete({ filter: { must: [{ key: "metadata.genre", match: { value: "sea" } }] } });
    expect(contents(await store.similaritySearch(QUESTION, 10)).sort()).toEqual([TEXTS[2], TEXTS[3]]);
  });

  test("tells what is wrong with a vector", async () => {
    const add = store.addVectors([[1, 2]], [new Document({ pageContent: "short", metadata: {} })]);
    await expect(add).rejects.toThrow("got 2 values, expected 48 values");
  });

  test("says that diversity is not supported yet: it is the server that would see to it", async () => {
    const search = store.maxMarginalRelevanceSearch(QUESTION, { k: 2, fetchK: 4, lambda: 0.5 });
    await expect(search).rejects.toMatchObject({ code: "NOT_SUPPORTED" });
  });
});

describe("other stores", () => {
  test("use keys of payloads and settings of collections as they are told", async () => {
    const official = client.asQdrantClient();
    const own = await QdrantVectorStore.fromTexts(TEXTS, { from: "test" }, embeddings, {
      client: official,
      collectionName: "own",
      contentPayloadKey: "text",
      metadataPayloadKey: "about",
      customPayload: [{ shelf: 1 }, { shelf: 2 }, { shelf: 3 }, { shelf: 4 }],
      collectionConfig: { vectors: { size: 48, distance: "Euclid" }, hnsw_config: { m: 8 } },
    });
    const [first] = await own.similaritySearch(QUESTION, 1, {
      must: [{ key: "customPayload.shelf", range: { lt: 4 } }],
    });
    expect(first).toMatchObject({ pageContent: ranked(QUESTION, TEXTS)[0], metadata: { from: "test" } });
    const { params, hnsw_config } = (await official.getCollection("own")).config;
    expect(params.vectors).toMatchObject({ distance: "Euclid" });
    expect(hnsw_config.m).toBe(8);
  });

  test("find what others stored", async () => {
    const args = { client: client.asQdrantClient(), collectionName: "books" };
    const same = await QdrantVectorStore.fromExistingCollection(embeddings, args);
    expect(contents(await same.similaritySearch(QUESTION, 1))).toEqual(ranked(QUESTION, TEXTS).slice(0, 1));
  });

  test("begin with an empty collection", async () => {
    const args = { client: client.asQdrantClient(), collectionName: "empty" };
    const empty = await QdrantVectorStore.fromExistingCollection(embeddings, args);
    expect(await empty.similaritySearch(QUESTION, 1)).toEqual([]);
  });
});
