/** Payloads and vectors go into answers as text: nobody may see a difference. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AnswerForm, FORM } from "../../src/client/answer-form.ts";
import { createHandler } from "../../src/http/index.ts";
import { jsonOf, TextForm } from "../../src/http/json-text.ts";
import { parseJson, write } from "../../src/payload/json.ts";
import { serving, type TestServer } from "./support.ts";

const POINTS = "/collections/all/points";

const KINDS = {
  vectors: {
    dense: { size: 2, distance: "Dot" },
    // Named as what stands beside it in a point.
    payload: { size: 2, distance: "Dot", multivector_config: { comparator: "max_sim" } },
  },
  sparse_vectors: { words: {} },
} as const;
const VECTORS = {
  dense: [0.1, 1e-7],
  payload: [
    [0.1, 0.2],
    [3, 4],
  ],
  words: { indices: [7, 4_000_000_000], values: [0.3, 1e30] },
};

/** Six points with the payload, in a collection with an index on n. */
async function filled(server: TestServer, payload: object): Promise<void> {
  const { client } = server;
  await client.createCollection("all", KINDS);
  await client.createPayloadIndex("all", { field_name: "n", field_schema: "integer", wait: true });
  const points = Array.from({ length: 6 }, (_, i) => ({
    id: i + 1,
    vector: VECTORS,
    payload: { ...payload, n: i, g: i % 2 },
  }));
  await client.upsert("all", { points: [...points, { id: 7, vector: {} }] });
}

const WHOLE = { with_payload: true, with_vector: true, limit: 6 };
const NEAREST = { query: VECTORS.dense, using: "dense", ...WHOLE };
const OLDER = { vector: { name: "dense", vector: VECTORS.dense }, ...WHOLE };
const GROUPED = { group_by: "g", group_size: 2, with_lookup: { collection: "all", with_vectors: true } };

/** Every way to read points, and how many of them with payloads an answer has. */
const READS: readonly [method: string, path: string, body: object, count: number][] = [
  ["retrieve", "", { ids: [1, 2, 7], ...WHOLE, limit: undefined }, 2],
  ["scroll", "/scroll", WHOLE, 6],
  ["scroll", "/scroll", { ...WHOLE, filter: { must: [{ key: "g", match: { value: 1 } }] } }, 3],
  ["scroll", "/scroll", { ...WHOLE, order_by: "n" }, 6],
  ["query", "/query", NEAREST, 6],
  ["query", "/query", { ...NEAREST, query: 1 }, 5],
  ["query", "/query", { ...NEAREST, filter: { must: [{ has_id: [1, 3] }] } }, 2],
  ["query", "/query", { ...WHOLE, query: { order_by: "n" } }, 6],
  ["query", "/query", WHOLE, 6],
  ["queryBatch", "/query/batch", { searches: [NEAREST, { ...NEAREST, limit: 1 }] }, 7],
  ["queryGroups", "/query/groups", { ...NEAREST, ...GROUPED }, 5],
  ["search", "/search", OLDER, 6],
  ["searchBatch", "/search/batch", { searches: [OLDER] }, 6],
  ["searchPointGroups", "/search/groups", { ...OLDER, ...GROUPED }, 5],
];

const bigint = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });
const key = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toJSON",
    "payload",
    "",
    "2",
    "1",
    "\u2028",
    '"',
    "\\",
    "\ud800",
  ),
);
const { payload: payloads } = fc.letrec((tie) => ({
  leaf: fc.oneof(
    bigint,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.string({ unit: "binary" }),
    fc.constantFrom("\ud800", "\udfff\ud800", "\u0000\n\u2028", "😀", "9007199254740993"),
    fc.boolean(),
    fc.constant(null),
  ),
  value: fc.oneof({ depthSize: "small" }, tie("leaf"), fc.array(tie("value")), tie("payload")),
  payload: fc.dictionary(key, tie("value"), { noNullPrototype: true }),
}));

const ODD: readonly [string, Record<string, unknown>][] = [
  ["nothing", {}],
  ["integers of 64 bits", { low: -(2n ** 63n), high: 2n ** 64n - 1n, number: 2 ** 60, list: [1, 2n ** 53n] }],
  [
    "numbers of any size",
    { a: 1e21, b: 1e-7, c: 5e-324, d: 1.7976931348623157e308, e: 2 ** 70, f: 0.1 + 0.2 },
  ],
  ["__proto__", JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}')],
  ["unpaired surrogates", { "\ud800": "\udc00 \ud83d", pair: "😀", list: ["\udfff"] }],
  ["what text needs escapes for", { '"\\\n\r\t\b\f\u0000': "\u2028\u2029\u007f\u0080\ufeff\uffff</script>" }],
  ["keys that are positions", { 2: "b", 1: "a", "01": "c" }],
  ["what looks like text already", { text: '{"a":1}', payload: { text: "[1]" }, toJSON: "x" }],
  ["an array at the end", { empty: [], deep: [[[[]]]], object: {} }],
];

async function sameEverywhere(payload: object): Promise<void> {
  await using server = await serving();
  await filled(server, payload);
  for (const [method, path, body] of READS) {
    const { status, text, result } = await server.call("POST", `${POINTS}${path}`, body);
    expect([method, status]).toEqual([method, 200]);
    const methods = server.client as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const inside = await methods[method]?.("all", body);
    // What a value is written as, and what it is read as.
    expect(text.slice(0, text.lastIndexOf(',"status"'))).toBe(`{"result":${write(inside, "")}`);
    expect(write(result, "")).toBe(write(inside, ""));
  }
}

describe("an answer is that of the call in process, with payloads of", () => {
  test.each(ODD)("%s", async (_, payload) => {
    await sameEverywhere(payload);
  });

  test("any kind", async () => {
    await fc.assert(fc.asyncProperty(payloads as fc.Arbitrary<object>, sameEverywhere), {
      seed: 11,
      numRuns: 25,
    });
  });
});

test("a single point is one, too", async () => {
  await using server = await serving();
  await filled(server, { big: 2n ** 60n });
  const { text } = await server.call("GET", `${POINTS}/1`);
  const [point] = await server.client.retrieve("all", { ids: [1], with_payload: true, with_vector: true });
  expect(text).toContain(`{"result":${write(point, "")},`);
});

test("parts of payloads are chosen as ever", async () => {
  await using server = await serving();
  await filled(server, { big: 2n ** 60n, "a b": [1.5, { c: "\ud800" }] });
  const body = { ids: [2], with_payload: { exclude: ["n"] } };
  const { text } = await server.call("POST", POINTS, body);
  expect(text).toContain('"payload":{"big":1152921504606846976,"a b":[1.5,{"c":"\\ud800"}],"g":1}');
});

describe("a form that a request brings along", () => {
  const form: AnswerForm = { payload: () => "P" as never, floats: (values) => values.length as never };
  const inForm = (value: object): object => ({ ...value, [FORM]: form });

  test.each(READS)("%s%s %j takes the place of payloads and numbers", async (method, _, body, count) => {
    await using server = await serving();
    await filled(server, { a: 1 });
    const methods = server.client as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const { searches, with_lookup } = body as { searches?: object[]; with_lookup?: object };
    const request = inForm({
      ...body,
      ...(searches !== undefined && { searches: searches.map(inForm) }),
      ...(with_lookup !== undefined && { with_lookup: inForm(with_lookup) }),
    });
    // A call that waits for code forgets its form.
    await methods[method]?.("all", body);
    const text = JSON.stringify(await methods[method]?.("all", request));
    expect(text.split('"payload":"P"').length - 1).toBe(count);
    expect(text).not.toContain('"payload":{"a"');
    expect(text).toContain(
      '"vector":{"dense":2,"payload":[2,2],"words":{"indices":[7,4000000000],"values":2}}',
    );
    expect(text).not.toContain('"dense":[');
  });

  test("every route that reads points brings one", async () => {
    const asked: [string, object][] = [];
    const client = new Proxy(
      {},
      {
        get: (_, method: string) => async (_name: string, request: object) => {
          asked.push([method, request]);
          return [{ id: 1 }];
        },
      },
    );
    const handler = createHandler(client as never);
    const headers = { "content-type": "application/json" };
    for (const [, path, body] of READS) {
      const init = { method: "POST", headers, body: JSON.stringify(body) };
      await handler(new Request(`http://localhost${POINTS}${path}`, init));
    }
    await handler(new Request(`http://localhost${POINTS}/1`));
    expect(asked.map(([method]) => method)).toEqual([...READS.map(([method]) => method), "retrieve"]);
    for (const [method, request] of asked) {
      const { searches = [], with_lookup } = request as { searches?: object[]; with_lookup?: object };
      for (const part of [request, ...searches, ...(with_lookup === undefined ? [] : [with_lookup])]) {
        expect([method, FORM in part]).toEqual([method, true]);
      }
    }
  });

  test("no body can name one", async () => {
    await using server = await serving();
    await filled(server, {});
    const { status } = await server.call("POST", `${POINTS}/scroll`, '{"form of the answer":{},"limit":1}');
    expect(status).toBe(400);
  });
});

describe("an answer that no string holds", () => {
  test("is given up before all of it is there", () => {
    const form = new TextForm();
    const sixteenth = new Uint8Array(2 ** 25);
    for (let i = 0; i < 15; i++) form.payload(sixteenth);
    expect(() => form.payload(sixteenth)).toThrow("the answer would be too large");
  });

  test("is refused, of however many parts it is", async () => {
    await using server = await serving();
    await server.client.createCollection("all", { vectors: { size: 2, distance: "Dot" } });
    const payload = { text: "x".repeat(2 ** 24) };
    await server.client.upsert("all", { points: [{ id: 1, vector: [1, 2], payload }] });
    const searches = Array(33).fill({ query: [1, 2], with_payload: true });
    const { status, error } = await server.call("POST", `${POINTS}/query/batch`, { searches });
    expect(status).toBe(400);
    expect(error).toContain("the answer would be too large");
  });
});

describe("what is written", () => {
  test("is what JSON.stringify writes", () => {
    const value = fc.anything({
      withDate: true,
      withNullPrototype: true,
      values: [
        fc.string({ unit: "binary" }),
        fc.double(),
        fc.integer(),
        fc.boolean(),
        fc.constantFrom(null, undefined),
      ],
    });
    fc.assert(
      fc.property(value, (part) => {
        expect(jsonOf({ result: part, list: [part] })).toBe(JSON.stringify({ result: part, list: [part] }));
      }),
      { seed: 5, numRuns: 2000 },
    );
  });

  test("has bigints as integers", () => {
    expect(jsonOf({ a: 2n ** 64n - 1n, b: [-1n, null] })).toBe('{"a":18446744073709551615,"b":[-1,null]}');
    expect(parseJson(jsonOf([2n ** 63n]))).toEqual([2n ** 63n]);
  });
});
