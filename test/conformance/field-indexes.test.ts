/** Payload indexes: making and dropping them, and that they change no answer but those about texts. */
import { describe, expect, test } from "vitest";
import { random } from "./naive.ts";
import {
  type Client,
  type Condition,
  found,
  holding,
  ids,
  match,
  refused,
  untyped,
  withCollection,
  withPayloads,
} from "./support.ts";

const wait = true;
type FieldSchema = NonNullable<Parameters<Client["createPayloadIndex"]>[1]["field_schema"]>;

const index = (client: Client, field_name: string, field_schema: FieldSchema) =>
  client.createPayloadIndex("c", { field_name, field_schema, wait });

test("an index is made, shown with its points, and dropped", async () => {
  await using client = await withPayloads({ k: "a" }, { k: ["b", 1] }, { k: 5 }, { k: null }, {});
  const done = await index(client, "k", "keyword");
  expect(done).toMatchObject({ operation_id: expect.any(Number), status: "completed" });
  const schema = async () => (await client.getCollection("c")).payload_schema;
  expect(await schema()).toMatchObject({ k: { data_type: "keyword", points: 2 } });
  await client.setPayload("c", { payload: { k: "c" }, points: [4, 5], wait });
  await client.delete("c", { points: [1], wait });
  expect(await schema()).toMatchObject({ k: { data_type: "keyword", points: 3 } });
  expect(await client.deletePayloadIndex("c", "k", { wait })).toMatchObject({ status: "completed" });
  expect(await schema()).toEqual({});
});

test.each<[string, FieldSchema, unknown]>([
  ["keyword", { type: "keyword", is_tenant: true, on_disk: false }, "a"],
  ["integer", { type: "integer", lookup: true, range: false, is_principal: false }, 1],
  ["float", { type: "float", on_disk: true }, 1.5],
  ["bool", { type: "bool" }, true],
  ["geo", { type: "geo" }, { lon: 1, lat: 2 }],
  ["datetime", { type: "datetime", is_principal: true }, "2024-01-01"],
  ["uuid", { type: "uuid", is_tenant: false }, "550e8400-e29b-41d4-a716-446655440000"],
  ["text", { type: "text", tokenizer: "whitespace", lowercase: false }, "a b"],
])("%s, by name and with parameters", async (name, params, value) => {
  await using client = await withPayloads({ v: value, w: value });
  await index(client, "v", untyped<"keyword">(name));
  await index(client, "w", params);
  expect((await client.getCollection("c")).payload_schema).toMatchObject({
    v: { data_type: name, points: 1 },
    w: { data_type: name, points: 1, params: untyped<object>(params) },
  });
});

test("field_type is another name of field_schema", async () => {
  await using client = await withPayloads({ k: "a" });
  await client.createPayloadIndex("c", untyped({ field_name: "k", field_type: "keyword", wait }));
  expect((await client.getCollection("c")).payload_schema).toMatchObject({ k: { data_type: "keyword" } });
});

test("without waiting the answer is acknowledged", async () => {
  await using client = await withPayloads({ k: "a" });
  const request = { field_name: "k", field_schema: "keyword", wait: false } as const;
  expect(await client.createPayloadIndex("c", request)).toMatchObject({ status: "acknowledged" });
  expect(await client.deletePayloadIndex("c", "k", { wait: false })).toMatchObject({
    status: "acknowledged",
  });
});

test.each<[string, unknown, string]>([
  ["an unknown type", { field_name: "k", field_schema: "number" }, "field_schema"],
  ["an unknown type with parameters", { field_name: "k", field_schema: { type: "number" } }, "field_schema"],
  ["an unknown parameter", { field_name: "k", field_schema: { type: "keyword", fast: true } }, "fast"],
  [
    "an integer without lookup and range",
    { field_name: "k", field_schema: { type: "integer", lookup: false, range: false } },
    "range",
  ],
  [
    "an unknown tokenizer",
    { field_name: "k", field_schema: { type: "text", tokenizer: "letters" } },
    "tokenizer",
  ],
  ["no field", { field_schema: "keyword" }, "field_name"],
  ["a field that is no path", { field_name: "a[", field_schema: "keyword" }, "field_name"],
])("%s is refused", async (_, request, word) => {
  await using client = await withPayloads({ k: 1 });
  await refused(client.createPayloadIndex("c", untyped(request)), "INVALID_ARGUMENT", word);
  expect((await client.getCollection("c")).payload_schema).toEqual({});
});

test("an unknown collection is named", async () => {
  await using client = await withPayloads({});
  const request = { field_name: "k", field_schema: "keyword" } as const;
  await refused(client.createPayloadIndex("nowhere", request), "COLLECTION_NOT_FOUND", "nowhere");
  await refused(client.deletePayloadIndex("nowhere", "k"), "COLLECTION_NOT_FOUND", "nowhere");
});

test("dropping an index that is not there changes nothing", async () => {
  await using client = await withPayloads({ k: 1 });
  expect(await client.deletePayloadIndex("c", "none", { wait })).toMatchObject({ status: "completed" });
});

test("an index made again with another type answers by the new one", async () => {
  await using client = await withPayloads({ k: "a" }, { k: 1 });
  await index(client, "k", "keyword");
  expect(await holding(client, match("k", 1))).toEqual([2]);
  await index(client, "k", "integer");
  expect(await holding(client, match("k", 1))).toEqual([2]);
  expect(await holding(client, match("k", "a"))).toEqual([1]);
  expect((await client.getCollection("c")).payload_schema).toMatchObject({
    k: { data_type: "integer", points: 1 },
  });
});

describe("the same answers with an index as without", () => {
  const uuid = (n: number) => `550e8400-e29b-41d4-a716-44665544000${n}`;
  const next = random(41);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const one = () =>
    pick<unknown>([
      "a",
      "b",
      "A",
      "ab",
      "",
      0,
      1,
      -5,
      2 ** 40,
      9_007_199_254_740_993n,
      0.5,
      -1.5,
      true,
      false,
      null,
      {},
      [],
      uuid(1),
      uuid(2).toUpperCase(),
      "2024-02-29",
      "2024-02-29T12:00:00+02:00",
      "1969-12-31 23:59:59.999999",
      { lon: 13.4, lat: 52.5 },
      { lon: -179.9, lat: 0 },
      { lon: 1 },
    ]);
  const some = () => (next() < 0.3 ? Array.from({ length: Math.floor(next() * 4) }, one) : one());
  const PAYLOADS = Array.from({ length: 150 }, () => ({
    ...(next() < 0.8 && { v: some() }),
    ...(next() < 0.5 && { o: { v: some() } }),
    ...(next() < 0.5 && {
      l: Array.from({ length: Math.floor(next() * 3) }, () => ({ v: some(), w: one() })),
    }),
  }));
  const TESTS = (key: string): Condition[] =>
    untyped([
      ...[
        "a",
        "b",
        "A",
        "",
        uuid(1),
        uuid(2),
        uuid(1).toUpperCase(),
        0,
        1,
        -5,
        9_007_199_254_740_993n,
        true,
        false,
      ].map((value) => ({ key, match: { value } })),
      { key, match: { any: ["a", "ab", uuid(2)] } },
      { key, match: { any: [1, -5, 7] } },
      { key, match: { any: [] } },
      { key, match: { except: ["a", "b"] } },
      { key, match: { except: [0, 1] } },
      { key, match: { except: [] } },
      { key, match: { prefix: "a" } },
      { key, range: { gt: -2, lte: 1 } },
      { key, range: { gte: 0.5 } },
      { key, range: { lt: 0 } },
      { key, range: { gt: 2 ** 53 } },
      { key, range: { gte: "2024-02-29T00:00:00Z", lt: "2024-02-29T10:00:00.000001Z" } },
      { key, range: { lt: "1970-01-01" } },
      { key, geo_radius: { center: { lon: 13, lat: 52 }, radius: 100_000 } },
      { key, geo_bounding_box: { top_left: { lon: 170, lat: 10 }, bottom_right: { lon: -170, lat: -10 } } },
      {
        key,
        geo_polygon: {
          exterior: {
            points: [
              [0, 40],
              [20, 40],
              [20, 60],
              [0, 60],
              [0, 40],
            ].map(([lon, lat]) => ({ lon, lat })),
          },
        },
      },
      { key, values_count: { gte: 1 } },
      { key, values_count: { lt: 2 } },
      { is_empty: { key } },
      { is_null: { key } },
      { key, is_empty: false },
      { key, is_null: false },
    ]);
  const TYPES = ["keyword", "integer", "float", "bool", "geo", "datetime", "uuid"] as const;
  const NESTED = (test: Condition) => ({ nested: { key: "l", filter: { must: [test, match("w", "a")] } } });

  async function answers(client: Client): Promise<unknown[]> {
    const conditions = [...["v", "o.v", "l[].v"].flatMap(TESTS), ...TESTS("v").map(NESTED)];
    return Promise.all(
      conditions.flatMap((condition) => [
        found(client, { must: [untyped<Condition>(condition)] }),
        client.count("c", { filter: { must_not: [untyped<Condition>(condition)] } }),
      ]),
    );
  }

  test.each(TYPES)("%s", async (type) => {
    await using client = await withPayloads(...PAYLOADS.slice(0, 100));
    // Half of the points come after the index, some change, some go.
    for (const key of ["v", "o.v", "l[].v"]) await index(client, key, type);
    await client.upsert("c", {
      points: PAYLOADS.slice(100).map((payload, i) => ({ id: 101 + i, vector: [1], payload })),
      wait,
    });
    await client.delete("c", { points: [3, 33, 133], wait });
    await client.setPayload("c", { payload: { v: ["a", 1, null] }, points: [4, 44, 144], wait });
    await client.overwritePayload("c", { payload: { o: { v: true } }, points: [5, 55, 144], wait });
    await client.deletePayload("c", untyped({ keys: ["v", "l[].v"], points: [6, 66], wait }));
    await client.clearPayload("c", { points: [7], wait });
    const indexed = await answers(client);
    for (const key of ["v", "o.v", "l[].v"]) await client.deletePayloadIndex("c", key, { wait });
    expect(await answers(client)).toEqual(indexed);
    for (const key of ["v", "o.v", "l[].v"]) await index(client, key, type);
    expect(await answers(client)).toEqual(indexed);
    expect(indexed.some((answer) => Array.isArray(answer) && answer.length > 0)).toBe(true);
  });

  test("of nested filters, with the index of the elements' field", async () => {
    await using client = await withPayloads(
      {
        l: [
          { x: 1, y: "a" },
          { x: 2, y: "b" },
        ],
      },
      {
        l: [
          { x: 1, y: "b" },
          { x: 2, y: "a" },
        ],
      },
      { l: { x: 1, y: "a" } },
    );
    const both = { nested: { key: "l", filter: { must: [match("x", 1), match("y", "a")] } } };
    expect(await holding(client, both)).toEqual([1]);
    await index(client, "l[].x", "integer");
    await index(client, "l[].y", "keyword");
    expect(await holding(client, both)).toEqual([1]);
    const not = { nested: { key: "l", filter: { must_not: [match("x", 1)] } } };
    expect(await holding(client, not)).toEqual([1, 2]);
  });

  test("of queries and writes with a filter", async () => {
    await using client = await withCollection(
      { vectors: { size: 2, distance: "Dot" } },
      Array.from({ length: 500 }, (_, i) => ({ id: i, vector: [i, 1], payload: { n: i, k: `k${i % 7}` } })),
    );
    await index(client, "n", "integer");
    await index(client, "k", "keyword");
    const filter = { must: [match("k", "k3"), { key: "n", range: { lt: 300 } }] };
    const wanted = Array.from({ length: 300 }, (_, i) => i).filter((i) => i % 7 === 3);
    expect(ids(await client.query("c", { query: [1, 0], filter, limit: 5 }))).toEqual(
      wanted.toReversed().slice(0, 5),
    );
    expect(await client.count("c", { filter })).toEqual({ count: wanted.length });
    await client.setPayload("c", { payload: { k: "k9" }, filter, wait });
    expect(await found(client, { must: [match("k", "k9")] })).toEqual(wanted);
    await client.delete("c", { filter: { must: [match("k", "k9")] }, wait });
    expect(await client.count("c")).toEqual({ count: 500 - wanted.length });
  });
});

describe("texts", () => {
  type Text = Extract<FieldSchema, { type: "text" }>;
  const TEXTS = [
    "The Quick brown-fox, jumps!",
    "quick brown dogs",
    "Größe 42 über naïve café",
    "jumping over 2024-02",
    "",
    "brown quick",
  ];

  async function texts(params: Partial<Text>, ...values: unknown[]): Promise<Client> {
    const client = await withPayloads(...(values.length > 0 ? values : TEXTS).map((t) => ({ t })));
    await index(client, "t", untyped<Text>({ type: "text", ...params }));
    return client;
  }
  const text = (client: Client, text: string) => holding(client, { key: "t", match: { text } });
  const any = (client: Client, text_any: string) => holding(client, { key: "t", match: { text_any } });
  const phrase = (client: Client, phrase: string) => holding(client, { key: "t", match: { phrase } });

  test("all words must be there, in any order and case", async () => {
    await using client = await texts({});
    expect(await text(client, "quick")).toEqual([1, 2, 6]);
    expect(await text(client, "BROWN quick")).toEqual([1, 2, 6]);
    expect(await text(client, "brown fox")).toEqual([1]);
    expect(await text(client, "größe")).toEqual([3]);
    // Words, not parts of words.
    expect(await text(client, "quic")).toEqual([]);
    expect(await text(client, "quick cat")).toEqual([]);
    expect(await text(client, "42")).toEqual([3]);
    expect(await text(client, "2024")).toEqual([4]);
  });

  test("text_any asks for one of them", async () => {
    await using client = await texts({});
    expect(await any(client, "cat dogs FOX")).toEqual([1, 2]);
    expect(await any(client, "cat")).toEqual([]);
  });

  test("words of lists count together for their point", async () => {
    await using client = await texts({}, ["one two", "three"], "one three", 5, ["five", 5]);
    expect(await text(client, "two")).toEqual([1]);
    expect(await text(client, "five")).toEqual([4]);
    expect(await text(client, "one")).toEqual([1, 2]);
  });

  test("the whitespace tokenizer leaves punctuation in words", async () => {
    await using client = await texts({ tokenizer: "whitespace" });
    expect(await text(client, "brown-fox,")).toEqual([1]);
    expect(await text(client, "fox")).toEqual([]);
    expect(await text(client, "quick")).toEqual([1, 2, 6]);
  });

  test("the prefix tokenizer finds beginnings of words", async () => {
    await using client = await texts({ tokenizer: "prefix", min_token_len: 2, max_token_len: 10 });
    expect(await text(client, "qui")).toEqual([1, 2, 6]);
    expect(await text(client, "jump bro")).toEqual([1]);
    expect(await text(client, "ump")).toEqual([]);
  });

  test("the multilingual tokenizer finds words too", async () => {
    await using client = await texts({ tokenizer: "multilingual" });
    expect(await text(client, "brown fox")).toEqual([1]);
    expect(await text(client, "café")).toEqual([3]);
  });

  test("lowercase may be off", async () => {
    await using client = await texts({ lowercase: false });
    expect(await text(client, "quick")).toEqual([2, 6]);
    expect(await text(client, "Quick")).toEqual([1]);
  });

  test("words may be too short or too long", async () => {
    await using client = await texts({ min_token_len: 3, max_token_len: 5 });
    expect(await text(client, "quick")).toEqual([1, 2, 6]);
    expect(await text(client, "fox")).toEqual([1]);
    // "42" and "jumping" are no words here, in a filter as in a payload.
    expect(await any(client, "42 jumping dogs")).toEqual([2]);
  });

  test("stop words are none, of a language or one's own", async () => {
    await using english = await texts({ stopwords: "english" });
    expect(await text(english, "the quick")).toEqual([1, 2, 6]);
    await using own = await texts({ stopwords: { languages: ["english"], custom: ["brown"] } });
    expect(await text(own, "the brown quick")).toEqual([1, 2, 6]);
    expect(await text(own, "brown dogs")).toEqual([2]);
  });

  test("a stemmer finds other forms of a word", async () => {
    await using client = await texts({ stemmer: { type: "snowball", language: "english" } });
    expect(await text(client, "jump")).toEqual([1, 4]);
    expect(await text(client, "dog")).toEqual([2]);
    expect(await text(client, "jumped foxes")).toEqual([1]);
  });

  test("ascii folding finds letters without their marks", async () => {
    await using plain = await texts({});
    expect(await text(plain, "cafe")).toEqual([]);
    await using folded = await texts({ ascii_folding: true });
    expect(await text(folded, "cafe naive uber")).toEqual([3]);
    expect(await text(folded, "café")).toEqual([3]);
  });

  test("phrases are words side by side, in their order", async () => {
    await using client = await texts({ phrase_matching: true });
    expect(await phrase(client, "quick brown")).toEqual([1, 2]);
    expect(await phrase(client, "brown fox jumps")).toEqual([1]);
    expect(await phrase(client, "quick fox")).toEqual([]);
    expect(await phrase(client, "Brown QUICK")).toEqual([6]);
    expect(await text(client, "brown quick")).toEqual([1, 2, 6]);
  });

  test("an index that is dropped leaves the search for parts of texts", async () => {
    await using client = await texts({});
    expect(await text(client, "quic")).toEqual([]);
    await client.deletePayloadIndex("c", "t", { wait });
    expect(await text(client, "quic")).toEqual([2, 6]);
  });

  test("after writes the words follow", async () => {
    await using client = await texts({});
    await client.setPayload("c", { payload: { t: "a slow fox" }, points: [2], wait });
    await client.delete("c", { points: [1], wait });
    expect(await text(client, "fox")).toEqual([2]);
    expect(await text(client, "quick")).toEqual([6]);
  });
});
