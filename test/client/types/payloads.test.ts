/** `open<{ docs: Doc }>()`: payloads that have a type of their own, in what is written and in what is read. */
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import type { NearvecClient } from "../../../src/client/client.ts";
import { open, type Payload, type PayloadOf } from "../../../src/index.ts";

interface Doc {
  text: string;
  page?: number;
}
interface Review {
  stars: number;
}
interface Collections {
  docs: Doc;
  reviews: Review;
}
type Found<Own> = Own | null | undefined;

let client: NearvecClient<Collections>;
beforeAll(async () => {
  client = await open<Collections>();
  for (const name of ["docs", "reviews", "other"]) {
    await client.createCollection(name, { vectors: { size: 2, distance: "Dot" } });
  }
  await client.upsert("docs", { points: [{ id: 1, vector: [1, 0], payload: { text: "one", page: 1 } }] });
});
afterAll(() => client.close());

describe("what is read", () => {
  test("has the collection's type", async () => {
    const [record] = await client.retrieve("docs", { ids: [1] });
    expectTypeOf(record?.payload).toEqualTypeOf<Found<Doc>>();
    expect(record?.payload?.text).toBe("one");

    const { points } = await client.scroll("docs");
    expectTypeOf(points[0]?.payload).toEqualTypeOf<Found<Doc>>();
    const request = { query: [1, 0], limit: 1, with_payload: true };
    const answers = [
      (await client.query("docs", request)).points,
      (await client.queryBatch("docs", { searches: [request] }))[0]?.points ?? [],
      await client.search("docs", { vector: [1, 0], limit: 1, with_payload: true }),
      (await client.searchBatch("docs", { searches: [{ vector: [1, 0], with_payload: true }] }))[0] ?? [],
      (await client.explain("docs", request)).points,
      (await client.queryGroups("docs", { ...request, group_by: "text" })).groups[0]?.hits ?? [],
      (await client.searchPointGroups("docs", { vector: [1, 0], with_payload: true, group_by: "text" }))
        .groups[0]?.hits ?? [],
    ];
    for (const [point] of answers) {
      expectTypeOf(point?.payload).toEqualTypeOf<Found<Doc>>();
      expect(point?.payload?.page).toBe(1);
    }
    // @ts-expect-error no document has stars
    expect(points[0]?.payload?.stars).toBeUndefined();
  });

  test("is any payload in a collection that has no type, or whose name isn't known", async () => {
    const [point] = await client.retrieve("other", { ids: [1] });
    expectTypeOf(point?.payload).toEqualTypeOf<Found<Payload>>();
    const name: string = ["docs", "reviews"].join("").slice(0, 4);
    const [record] = await client.retrieve(name, { ids: [1] });
    expectTypeOf(record?.payload).toEqualTypeOf<Found<Payload>>();
  });

  test("is one of several where the name is", async () => {
    const read = (name: "docs" | "reviews") => client.scroll(name);
    const { points } = await read("docs");
    expectTypeOf(points[0]?.payload).toEqualTypeOf<Found<Doc | Review>>();
  });

  test("is any payload without types", async () => {
    await using plain = await open();
    expectTypeOf(plain).toEqualTypeOf<NearvecClient>();
    type Docs = Awaited<ReturnType<typeof plain.scroll<"docs">>>;
    expectTypeOf<Docs["points"][number]["payload"]>().toEqualTypeOf<Found<Payload>>();
  });
});

describe("what is written", () => {
  const wrong = (write: () => Promise<unknown>) => expect(write).toBeTypeOf("function");

  test("has the collection's type", async () => {
    const doc: Doc = { text: "two" };
    const point = { id: 2, vector: [0, 1], payload: doc };
    await client.upsert("docs", { points: [point] });
    await client.upsert("docs", { batch: { ids: [3], vectors: [[0, 1]], payloads: [doc] } });
    await client.batchUpdate("docs", { operations: [{ upsert: { points: [point] } }] });
    await client.overwritePayload("docs", { payload: doc, points: [3] });
    expect((await client.retrieve("docs", { ids: [3] }))[0]?.payload).toEqual(doc);

    const vector = [0, 1];
    // @ts-expect-error text is a string
    wrong(() => client.upsert("docs", { points: [{ id: 2, vector, payload: { text: 2 } }] }));
    // @ts-expect-error text is missing
    wrong(() => client.upsert("docs", { points: [{ id: 2, vector, payload: { page: 2 } }] }));
    // @ts-expect-error a document has no stars
    wrong(() => client.upsert("docs", { points: [{ id: 2, vector, payload: { text: "", stars: 2 } }] }));
    // @ts-expect-error text is a string
    wrong(() => client.upsert("docs", { batch: { ids: [2], vectors: [vector], payloads: [{ text: 2 }] } }));
    // @ts-expect-error text is missing
    wrong(() => client.overwritePayload("docs", { payload: { page: 2 }, points: [2] }));
    const bare = [{ id: 1, vector, payload: {} }];
    // @ts-expect-error text is missing
    wrong(() => client.batchUpdate("docs", { operations: [{ upsert: { points: bare } }] }));
  });

  test("may be a part of it, where payloads are merged", async () => {
    await client.upsert("docs", { points: [{ id: 4, vector: [0, 1], payload: { text: "four", page: 4 } }] });
    await client.setPayload("docs", { payload: { text: "IV" }, points: [4] });
    await client.setPayload("docs", { payload: { page: null }, points: [4] });
    expect((await client.retrieve("docs", { ids: [4] }))[0]?.payload).toEqual({ text: "IV" });
    await client.setPayload("docs", { payload: { anything: true }, key: "meta", points: [4] });
    await client.batchUpdate("docs", {
      operations: [{ set_payload: { payload: { page: 5 }, points: [4] } }],
    });
    // @ts-expect-error page is a number
    wrong(() => client.setPayload("docs", { payload: { page: "4" }, points: [4] }));
    // @ts-expect-error a document has no stars
    wrong(() => client.setPayload("docs", { payload: { stars: 4 }, points: [4] }));
  });

  test("is anything elsewhere", async () => {
    await client.upsert("other", { points: [{ id: 1, vector: [0, 1], payload: { any: ["thing"] } }] });
    await client.setPayload("other", { payload: { more: 1 }, points: [1] });
    expect((await client.retrieve("other", { ids: [1] }))[0]?.payload).toEqual({ any: ["thing"], more: 1 });
  });
});

describe("a client with types", () => {
  test("is taken where any client is, and where fewer of its types are known, but not where others are", () => {
    expectTypeOf(client).toExtend<NearvecClient>();
    expectTypeOf(client).toExtend<NearvecClient<{ docs: Doc }>>();
    expectTypeOf<NearvecClient<{ docs: Doc }>>().not.toExtend<NearvecClient<{ docs: Review }>>();
    expectTypeOf<NearvecClient>().not.toExtend<NearvecClient<{ docs: Doc }>>();
  });

  test("holds payloads that are objects, and any other type for one is as good as none", () => {
    expectTypeOf<PayloadOf<{ docs: string }, "docs">>().toEqualTypeOf<Payload>();
  });

  test("can be named by what opens it", async () => {
    const opened: Awaited<ReturnType<typeof open>> = await open();
    expectTypeOf(opened).toEqualTypeOf<NearvecClient>();
    await opened.close();
    const typed: NearvecClient<Collections> = await open();
    await typed.close();
  });

  test("can be part of a class that has a type of its own", async () => {
    class Store<Own extends object> {
      readonly #client: NearvecClient<{ docs: Own }>;
      constructor(taken: NearvecClient<{ docs: Own }>) {
        this.#client = taken;
      }
      async get(id: number): Promise<Found<Own>> {
        return (await this.#client.retrieve("docs", { ids: [id] }))[0]?.payload;
      }
      async put(id: number, payload: Own): Promise<void> {
        await this.#client.upsert("docs", { points: [{ id, vector: [0, 1], payload }] });
      }
    }
    const store = new Store<Doc>(client);
    await store.put(9, { text: "nine" });
    expect(await store.get(9)).toEqual({ text: "nine" });
  });
});
