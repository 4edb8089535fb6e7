/**
 * A program written for the official client type-checks against this one. The compiler runs most of this file: each
 * method of the official client is here or on the list of those that are not supported yet; what those take whom it is
 * written for is taken here; and what is answered can be used as what the official client answers, once ids are narrowed
 * to what theirs are.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { QdrantClient } from "@qdrant/js-client-rest";
import { describe, expect, expectTypeOf, test } from "vitest";
import { NearvecClient } from "../../src/client/client.ts";
import { NOT_YET } from "../../src/client/not-yet.ts";
import { open } from "../../src/index.ts";

type Method = (...args: never[]) => Promise<unknown>;
type NotYet = (typeof NOT_YET)[number];
/** What both clients have. `api` has no counterpart in process, and says so. */
type Shared = Exclude<keyof QdrantClient & keyof NearvecClient, "api">;

/** Results with integers as the official client has them. */
type Narrow<T> = T extends bigint
  ? never
  : T extends readonly (infer Item)[]
    ? Narrow<Item>[]
    : T extends object
      ? { [Key in keyof T]: Narrow<T[Key]> }
      : T;

// Inferred together: the type of a method that is generic would else be lost.
type Signature<T> = T extends (...args: infer Args) => Promise<infer Result> ? [Args, Result] : never;
type Taken<T> = Signature<T>[0];
type Answer<T> = Signature<T>[1];

/**
 * Requests without what only the official client's generated types have: a choice of any object wherever there is a choice,
 * and undefined in maps.
 */
type Tight<T> = T extends readonly unknown[]
  ? { [Key in keyof T]: Tight<T[Key]> }
  : T extends object
    ? string extends keyof T
      ? unknown extends T[keyof T]
        ? never
        : { [Key in keyof T]: Tight<Exclude<T[Key], undefined>> }
      : { [Key in keyof T]: Tight<T[Key]> }
    : T;

type Takes<Ours, Theirs> = Tight<Taken<Theirs>> extends Taken<Ours> ? true : false;
type Answers<Ours, Theirs> = Narrow<Answer<Ours>> extends Answer<Theirs> ? true : false;

/** The methods that don't take what the official client's callers give. */
type Refusing = {
  [Name in Shared]: Takes<NearvecClient[Name], QdrantClient[Name]> extends true ? never : Name;
}[Shared];

/** The methods whose answers the official client's callers can't use. */
type Surprising = {
  [Name in Shared]: Answers<NearvecClient[Name], QdrantClient[Name]> extends true ? never : Name;
}[Shared];

describe("the types", () => {
  test("have every method of the official client, or say that it is not supported yet", () => {
    expectTypeOf<Exclude<keyof QdrantClient, keyof NearvecClient | NotYet>>().toBeNever();
    expectTypeOf<keyof NearvecClient & NotYet>().toBeNever();
  });

  test("take what the official client takes", () => {
    expectTypeOf<Refusing>().toBeNever();
  });

  test("answer what the official client answers, once ids are narrowed", () => {
    expectTypeOf<Surprising>().toBeNever();
  });

  test("are compared by checks that can fail", () => {
    type Wrong = (name: string, request: { limit: string }) => Promise<{ points: { id: string }[] }>;
    expectTypeOf<Takes<Wrong, QdrantClient["query"]>>().toEqualTypeOf<false>();
    expectTypeOf<Answers<Wrong, QdrantClient["query"]>>().toEqualTypeOf<false>();
    type Tightened = Tight<Taken<QdrantClient["query"]>>[1];
    expectTypeOf<Tightened["limit"]>().toEqualTypeOf<number | null | undefined>();
    expectTypeOf<{ must: { has_id: number[] } }>().toExtend<Tightened["filter"]>();
    // Without narrowing, bigints are in the way.
    expectTypeOf<Answer<NearvecClient["query"]>>().not.toExtend<Answer<QdrantClient["query"]>>();
    expectTypeOf<Shared>()
      .extract<"query" | "upsert" | "scroll">()
      .toEqualTypeOf<"query" | "upsert" | "scroll">();
  });

  test("take what is written for this client alone", () => {
    expectTypeOf<{ ids: bigint[] }>().toExtend<Taken<NearvecClient["retrieve"]>[1]>();
    expectTypeOf<{ ids: bigint[] }>().not.toExtend<Taken<QdrantClient["retrieve"]>[1]>();
    expectTypeOf<{ query: Float32Array }>().toExtend<Taken<NearvecClient["query"]>[1]>();
    expectTypeOf<{ query: { indices: Uint32Array; values: Float32Array } }>().toExtend<
      Taken<NearvecClient["query"]>[1]
    >();
    expectTypeOf<{
      points: { id: bigint; vector: { image: Float32Array; tokens: Float32Array[] } }[];
    }>().toExtend<Taken<NearvecClient["upsert"]>[1]>();
    expectTypeOf<{ batch: { ids: Uint32Array; vectors: Float32Array } }>().toExtend<
      Taken<NearvecClient["upsert"]>[1]
    >();
  });
});

describe("asQdrantClient", () => {
  test("has the official client's own type, and is the same object", async () => {
    await using client = await open();
    const official: QdrantClient = client.asQdrantClient();
    expect(official).toBe(client);
    // @ts-expect-error the official client's private members make its type nominal
    const unnamed: QdrantClient = client;
    expect(unnamed).toBe(client);
    expectTypeOf(client.asQdrantClient).returns.toEqualTypeOf<QdrantClient>();
  });

  test("answers ids beyond 2^53 as bigints, as the official client itself does", async () => {
    const id = 2n ** 60n + 1n;
    await using client = await open();
    await client.createCollection("large", { vectors: { size: 1, distance: "Dot" } });
    await client.upsert("large", { points: [{ id, vector: [1] }] });
    const server = createServer((_, response) => {
      response.setHeader("Content-Type", "application/json");
      response.end(`{ "result": { "points": [{ "id": ${id} }] }, "status": "ok", "time": 0 }`);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    const remote = new QdrantClient({ url: "http://127.0.0.1", port, checkCompatibility: false });
    try {
      for (const official of [client.asQdrantClient(), remote]) {
        expect((await official.scroll("large")).points[0]?.id).toBe(id);
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test("has all that the official client has", async () => {
    const names = Object.getOwnPropertyNames(QdrantClient.prototype);
    expect(names.filter((name) => !(name in NearvecClient.prototype))).toEqual([]);
    await using client = await open();
    const official = client.asQdrantClient();
    expect(() => official.api()).toThrow(expect.objectContaining({ code: "NOT_SUPPORTED" }));
  });

  test.each(NOT_YET)("says that it has no %s yet", async (name) => {
    await using client = await open();
    const method = Reflect.get(client, name) as Method;
    await expect(method.call(client)).rejects.toMatchObject({
      code: "NOT_SUPPORTED",
      message: expect.stringContaining(name),
    });
  });
});
