/** Requests that nobody should send: none may crash the server or get a 5xx, and what failed validation changed nothing. */
import fc from "fast-check";
import { expect } from "vitest";
import { ROUTES } from "./description.ts";
import { cities, serving, type TestServer } from "./support.ts";

/** What requests are when they are right; mutations begin there. */
const BODIES: Readonly<Record<string, readonly unknown[]>> = {
  "/collections/{collection_name}": [
    { vectors: { size: 4, distance: "Dot" }, hnsw_config: { m: 8 }, metadata: { a: 1 } },
    { vectors: { a: { size: 2, distance: "Cosine" } }, sparse_vectors: { s: { modifier: "idf" } } },
    { optimizers_config: { indexing_threshold: 10 }, params: {} },
  ],
  "/collections/aliases": [
    {
      actions: [
        { create_alias: { collection_name: "cities", alias_name: "a" } },
        { rename_alias: { old_alias_name: "a", new_alias_name: "b" } },
        { delete_alias: { alias_name: "b" } },
      ],
    },
  ],
  "/collections/{collection_name}/index": [
    { field_name: "city", field_schema: "keyword" },
    { field_name: "visitors", field_schema: { type: "integer", lookup: true, range: true } },
    { field_name: "city", field_schema: { type: "text", tokenizer: "word", min_token_len: 2 } },
  ],
  "/collections/{collection_name}/vectors/{vector_name}": [
    { dense: { size: 3, distance: "Euclid" } },
    { sparse: { modifier: "idf" } },
  ],
  "/collections/{collection_name}/facet": [{ key: "city", limit: 3, exact: true }],
  "/collections/{collection_name}/points": [
    { points: [{ id: 1, vector: [1, 2, 3, 4], payload: { city: "Rome", list: [1, null, { a: true }] } }] },
    { points: [{ id: "936DA01F9ABD4d9d80C702AF85C822A8", vector: { "": [1, 2, 3, 4] } }] },
    {
      batch: {
        ids: [1, 2],
        vectors: [
          [1, 2, 3, 4],
          [4, 3, 2, 1],
        ],
        payloads: [{}, null],
      },
    },
    { ids: [1, 2, 3], with_payload: { include: ["city"] }, with_vector: [""] },
  ],
  "/collections/{collection_name}/points/vectors": [{ points: [{ id: 1, vector: [1, 2, 3, 4] }] }],
  "/collections/{collection_name}/points/vectors/delete": [{ points: [1], vectors: [""] }],
  "/collections/{collection_name}/points/payload": [
    { payload: { a: { b: 1 }, c: null }, points: [1, 2], key: "x.y[0].z" },
    { payload: { a: 1 }, filter: { must: [{ key: "city", match: { value: "Berlin" } }] } },
  ],
  "/collections/{collection_name}/points/payload/delete": [{ keys: ["a", "b[].c"], points: [1, 2] }],
  "/collections/{collection_name}/points/payload/clear": [{ points: [3] }],
  "/collections/{collection_name}/points/delete": [
    { points: [5] },
    { filter: { must_not: [{ has_id: [1, 2, 3, 4] }] } },
  ],
  "/collections/{collection_name}/points/batch": [
    {
      operations: [
        { upsert: { points: [{ id: 9, vector: [1, 2, 3, 4] }] } },
        { set_payload: { payload: { b: 2 }, points: [9] } },
        { delete: { points: [9] } },
      ],
    },
  ],
  "/collections/{collection_name}/points/scroll": [
    {
      limit: 3,
      offset: 2,
      filter: {
        must: [{ key: "visitors", range: { gte: 1, lt: 99.5 } }, { is_empty: { key: "x" } }],
        should: [{ nested: { key: "list", filter: { must: [{ key: "a", match: { any: [1, 2] } }] } } }],
        min_should: { conditions: [{ has_id: [1] }], min_count: 0 },
      },
    },
    { order_by: { key: "visitors", direction: "desc", start_from: 20 } },
  ],
  "/collections/{collection_name}/points/count": [
    { filter: { must: { key: "g", geo_radius: { center: { lon: 1, lat: 2 }, radius: 3 } } }, exact: false },
    {
      filter: {
        must: [{ key: "d", range: { gt: "2020-01-01T00:00:00Z" } }, { slice: { total: 3, index: 1 } }],
      },
    },
  ],
  "/collections/{collection_name}/points/query": [
    { query: [1, 2, 3, 4], limit: 2, params: { hnsw_ef: 10, exact: false }, score_threshold: 0.5, using: "" },
    { query: { nearest: 1 }, with_payload: ["city"], with_vector: true, offset: 1 },
    { prefetch: [{ query: [1, 2, 3, 4], limit: 3 }], query: { fusion: "rrf" } },
    { query: { recommend: { positive: [1], negative: [[1, 2, 3, 4]], strategy: "best_score" } } },
    { query: { formula: { sum: ["$score", { mult: [2, "visitors"] }] } }, prefetch: { query: 1 } },
    { query: { indices: [1, 2], values: [0.5, 1] }, using: "s", lookup_from: { collection: "cities" } },
  ],
  "/collections/{collection_name}/points/query/batch": [
    { searches: [{ query: 1 }, { query: [1, 2, 3, 4] }] },
  ],
  "/collections/{collection_name}/points/query/groups": [
    { query: 1, group_by: "visitors", limit: 2, group_size: 1, with_lookup: "cities" },
  ],
  "/collections/{collection_name}/points/search": [{ vector: [1, 2, 3, 4], limit: 2, with_payload: true }],
  "/collections/{collection_name}/points/search/batch": [{ searches: [{ vector: [1, 2, 3, 4], top: 1 }] }],
  "/collections/{collection_name}/points/search/groups": [
    { vector: [1, 2, 3, 4], group_by: "city", limit: 2 },
  ],
};

/** Where most that may break things is: those routes come more often. */
const WEIGHTED = [
  ...ROUTES,
  ...Array(4)
    .fill(ROUTES.filter((route) => BODIES[templateOf(route)]))
    .flat(),
];

function templateOf(route: string): string {
  return route.slice(route.indexOf(" ") + 1);
}

const numbers = fc.constantFrom(
  ...[0, -0, -1, 1, 0.5, 1e308, 1e-320, 3.5e38, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 - 1, 2 ** 64, -(2 ** 63)],
);
const texts = fc.constantFrom(
  ...["", "a", "__proto__", "$score", "a[]", "a[0", '"', "\u0000", "\ud800", "😀", "x".repeat(300), "NaN"],
  ...["2020-13-45", "cities", "936DA01F9ABD4d9d80C702AF85C822A8", "123", "cosine", "[[[[", "\\"],
);
const weird: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: numbers },
  { weight: 4, arbitrary: texts },
  { weight: 2, arbitrary: fc.constantFrom(null, true, false, [], {}, [[]], [[1], [1, 2]], [null], [1, "a"]) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.array(fc.float({ noNaN: true }), { maxLength: 8 }) },
);

type Place = { readonly holder: Record<string, unknown>; readonly key: string };

/** All values inside, each with what holds it. */
function places(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...places(holder[key])]);
}

interface Mutation {
  readonly at: number;
  readonly how: "replace" | "remove" | "add" | "wrap";
  readonly value: unknown;
}

function mutated(body: unknown, mutations: readonly Mutation[]): unknown {
  const root = { body: structuredClone(body) };
  for (const { at, how, value: given } of mutations) {
    // The same value comes again in other requests.
    const value = structuredClone(given);
    const all = places(root);
    const { holder, key } = all[at % all.length] as Place;
    if (how === "remove" && holder !== root) delete holder[key];
    else if (how === "wrap") holder[key] = [holder[key]];
    else if (how === "add" && typeof holder[key] === "object" && holder[key] !== null) {
      const inner = holder[key] as Record<string, unknown>;
      if (Array.isArray(inner)) inner.push(value);
      else inner.extra = value;
    } else holder[key] = value;
  }
  return root.body;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom<Mutation["how"]>("replace", "replace", "remove", "add", "wrap"),
  value: weird,
});

interface Fuzzed {
  readonly verb: string;
  readonly path: string;
  readonly body: string | Uint8Array | undefined;
}

/** How the text of a body is spoilt, if at all. */
const spoiling = fc.oneof(
  { weight: 12, arbitrary: fc.constant((text: string): string | Uint8Array => text) },
  { weight: 1, arbitrary: fc.nat(300).map((end) => (text: string) => text.slice(0, end)) },
  { weight: 1, arbitrary: fc.string().map((noise) => (text: string) => text + noise) },
  { weight: 1, arbitrary: fc.nat(127).map((depth) => () => "[".repeat(depth * 40) + "]".repeat(depth)) },
  { weight: 1, arbitrary: fc.nat(300).map((depth) => () => '{"filter":{"must":'.repeat(depth)) },
  {
    weight: 1,
    arbitrary: fc.nat(200).map((depth) => () => {
      return `{"filter":${'{"must":'.repeat(depth)}[]${"}".repeat(depth)}}`;
    }),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => () => bytes) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("123456789012345678901234567890", "1e999", "-1e999", "18446744073709551616")
      .map((number) => (text: string) => text.replace(/\d+/, number)),
  },
);

const names = fc.constantFrom(
  ...Array<string>(20).fill("cities"),
  ...["none", "__proto__", "%ff", "a%2Fb", "%00", "x".repeat(400), "{c}", "%F0%9F%98%80", "."],
);
const others = fc.constantFrom("1", "city", "18446744073709551616", "abc", "%22", "__proto__", "-1", "image");
const queries = fc.constantFrom(
  ...["", "", "?wait=true", "?wait=maybe", "?timeout=0", "?timeout=1e9", "?timeout=99999999999999999999"],
  ...["?consistency=all", "?consistency=-1", "?ordering=weak&wait=true", "?with=queued", "?%ff=%", "?wait"],
);

const request: fc.Arbitrary<Fuzzed> = fc
  .record({
    route: fc.constantFrom(...WEIGHTED),
    which: fc.nat(),
    mutations: fc.array(mutation, { maxLength: 3 }),
    spoil: spoiling,
    name: names,
    other: others,
    query: queries,
  })
  .map(({ route, which, mutations, spoil, name, other, query }) => {
    const [verb = "", template = ""] = route.split(" ");
    const bodies = BODIES[template] ?? [{}];
    const body = JSON.stringify(mutated(bodies[which % bodies.length], mutations)) ?? "";
    const path = template.replace("{collection_name}", name).replace(/\{\w+\}/g, other);
    return { verb, path: path + query, body: verb === "GET" ? undefined : spoil(body) };
  });

/** All that a server holds: to see whether a request changed it. */
async function contents({ client }: TestServer): Promise<string> {
  const { collections } = await client.getCollections();
  const each = collections.map(async ({ name }) => {
    const { config, payload_schema } = await client.getCollection(name);
    const points = await client.scroll(name, { limit: 50, with_vector: true });
    return [name, config, payload_schema, points];
  });
  const all = [await client.getAliases(), ...(await Promise.all(each))];
  return JSON.stringify(all, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

/** A world that fuzzing has not grown yet. */
async function tidy(server: TestServer): Promise<void> {
  const { collections } = await server.client.getCollections();
  for (const { name } of collections) await server.client.deleteCollection(name);
  await cities(server);
}

const UNCHANGED = new Set([400, 401, 403, 405, 413, 415, 422]);

/** Sends so many requests. Answers how many got which status. */
export async function fuzz(seed: number, count: number): Promise<Map<number, number>> {
  await using server = await serving({ maxBodyBytes: 50_000 });
  const statuses = new Map<number, number>();
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(request, async ({ verb, path, body }) => {
      if (sent++ % 50 === 0) await tidy(server);
      const before = await contents(server);
      const { status, text } = await server.call(verb, path, body);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect(status, text).toBeLessThan(500);
      if (UNCHANGED.has(status)) expect(await contents(server)).toBe(before);
    }),
    { seed, numRuns: count },
  );
  return statuses;
}
