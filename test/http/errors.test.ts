/** What goes wrong, in a server's words and with its statuses. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cities, serving, type TestServer } from "./support.ts";

let server: TestServer;
beforeAll(async () => {
  server = await serving();
  await cities(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const POINTS = "/collections/cities/points";

interface Case {
  readonly request: readonly [verb: string, path: string, body?: unknown];
  readonly status: number;
  readonly error: string;
}

const CASES: Readonly<Record<string, Case>> = {
  "a collection that is missing": {
    request: ["GET", "/collections/nowhere"],
    status: 404,
    error: "Not found: Collection `nowhere` doesn't exist!",
  },
  "a collection that is missing, of a lookup": {
    request: ["POST", `${POINTS}/query`, { query: 1, lookup_from: { collection: "x" } }],
    status: 404,
    error: "Not found: Collection x not found",
  },
  "what is no collection's name, of a lookup": {
    request: ["POST", `${POINTS}/query`, { query: 1, lookup_from: { collection: "a/b" } }],
    status: 422,
    error: expect.stringMatching(/^Validation error in JSON body: \[collection name: got "\/" in /),
  },
  "what is no collection's name, of a lookup for groups": {
    request: ["POST", `${POINTS}/query/groups`, { group_by: "city", query: 1, with_lookup: "a/b" }],
    status: 422,
    error: expect.stringMatching(/^Validation error in JSON body: /),
  },
  "what is no collection's name, in the path": {
    request: ["POST", "/collections/a%2Fb/points/query", { query: 1, lookup_from: { collection: "a/b" } }],
    status: 422,
    error: expect.stringMatching(/^Validation error in path parameters: /),
  },
  "what is no field, of an index that goes": {
    request: ["DELETE", "/collections/cities/index/a..b"],
    status: 400,
    error: expect.stringMatching(/^Format error in path parameters: field_name: /),
  },
  "what is no field, of an index that comes": {
    request: ["PUT", "/collections/cities/index", { field_name: "a..b", field_schema: "keyword" }],
    status: 400,
    error: expect.stringMatching(/^Format error in JSON body: field_name: /),
  },
  "a collection that is there": {
    request: ["PUT", "/collections/cities", { vectors: { size: 4, distance: "Dot" } }],
    status: 409,
    error: "Wrong input: Collection `cities` already exists!",
  },
  "an alias with the name of a collection": {
    request: [
      "POST",
      "/collections/aliases",
      { actions: [{ create_alias: { collection_name: "cities", alias_name: "cities" } }] },
    ],
    status: 409,
    error: "Wrong input: Collection `cities` already exists!",
  },
  "an alias that is missing": {
    request: [
      "POST",
      "/collections/aliases",
      { actions: [{ rename_alias: { old_alias_name: "old", new_alias_name: "new" } }] },
    ],
    status: 404,
    error: "Not found: Alias old does not exists!",
  },
  "a point that is missing": {
    request: ["GET", `${POINTS}/77`],
    status: 404,
    error: "Not found: Point with id 77 does not exists!",
  },
  "a point that is missing, beyond what numbers hold": {
    request: ["GET", `${POINTS}/18446744073709551615`],
    status: 404,
    error: "Not found: Point with id 18446744073709551615 does not exists!",
  },
  "a point that is missing, as a query": {
    request: ["POST", `${POINTS}/query`, { query: 77 }],
    status: 404,
    error: "Not found: No point with id 77 found",
  },
  "a point that is missing, in a write": {
    request: [
      "PUT",
      `${POINTS}/vectors?wait=true`,
      '{"points":[{"id":424242424242424242,"vector":[1,2,3,4]}]}',
    ],
    status: 404,
    error: "Not found: No point with id 424242424242424242 found",
  },
  "no id in a path": {
    request: ["GET", `${POINTS}/abc`],
    status: 400,
    error: 'Wrong input: Can not recognize "abc" as point id',
  },
  "no id in a body": {
    request: ["POST", POINTS, { ids: ["12"] }],
    status: 400,
    error:
      'Format error in JSON body: value "12" is not a valid point ID, valid values are either an unsigned integer or a UUID',
  },
  "another dimension": {
    request: ["PUT", POINTS, { points: [{ id: 1, vector: [1, 2, 3] }] }],
    status: 400,
    error: "Wrong input: Vector dimension error: expected dim: 4, got 3",
  },
  "a vector that the collection doesn't have": {
    request: ["POST", `${POINTS}/vectors/delete`, { points: [1], vector: ["a"] }],
    status: 400,
    error: "Wrong input: Not existing vector name error: a",
  },
  "an order without an index": {
    request: ["POST", `${POINTS}/scroll`, { order_by: "k" }],
    status: 400,
    error:
      "Bad request: No range index for `order_by` key: `k`. Please create one to use `order_by`: an integer, float or datetime index.",
  },
  "a size beyond the largest": {
    request: ["PUT", "/collections/huge", { vectors: { size: 65_537, distance: "Dot" } }],
    status: 422,
    error: "Validation error in JSON body: [vectors.size: value 65537 invalid, must be from 1 to 65536]",
  },
  "a limit of nothing": {
    request: ["POST", `${POINTS}/query`, { query: 1, limit: 0 }],
    status: 422,
    error: "Validation error in JSON body: [internal.limit: value 0 invalid, must be 1 or larger]",
  },
  "a timeout of nothing": {
    request: ["POST", `${POINTS}/scroll?timeout=0`, {}],
    status: 422,
    error: "Validation error in query parameters: [timeout: value 0 invalid, must be 1 or larger]",
  },
  "a timeout that is no number": {
    request: ["POST", `${POINTS}/scroll?timeout=soon`, {}],
    status: 400,
    error: 'Format error in query parameters: timeout: invalid digit found in "soon", expected an integer',
  },
  "an ordering that is none": {
    request: ["POST", `${POINTS}/delete?ordering=odd`, { points: [] }],
    status: 400,
    error:
      'Format error in query parameters: ordering: unknown variant "odd", expected one of `weak`, `medium`, `strong`',
  },
  "a body that is a list": {
    request: ["POST", `${POINTS}/scroll`, []],
    status: 400,
    error: "Format error in JSON body: invalid type: a list, expected an object",
  },
  "a body that is too deep": {
    request: ["POST", `${POINTS}/scroll`, `{"filter":${"[".repeat(1e5)}${"]".repeat(1e5)}}`],
    status: 400,
    error: "Format error in JSON body: recursion limit of 128 levels exceeded",
  },
  "a body that is no text": {
    request: ["POST", `${POINTS}/scroll`, new Uint8Array([0x7b, 0xff, 0x7d])],
    status: 400,
    error: "Format error in JSON body: invalid unicode: the text is not UTF-8",
  },
  "a path that is no text": {
    request: ["GET", "/collections/%ff"],
    status: 400,
    error: "Format error in path parameters: the path is not percent-encoded UTF-8",
  },
  "a body that is empty": {
    request: ["POST", `${POINTS}/scroll`],
    status: 400,
    error: "Format error in JSON body: EOF while parsing a value",
  },
  "a body that is empty, of a write": {
    request: ["PUT", "/collections/empty", ""],
    status: 400,
    error: "Format error in JSON body: EOF while parsing a value",
  },
  "a name that is none, in a path": {
    request: ["PUT", "/collections/a:b", {}],
    status: 422,
    error: expect.stringMatching(/^Validation error in path parameters: \[collection name: /),
  },
  "a name that is none, in a body": {
    request: [
      "POST",
      "/collections/aliases",
      { actions: [{ create_alias: { collection_name: "cities", alias_name: "a/b" } }] },
    ],
    status: 422,
    error: expect.stringMatching(/^Validation error in JSON body: \[actions\[0\]/),
  },
  "an integer that is too long for what it is": {
    request: ["POST", `${POINTS}/scroll`, '{"with_payload":12345678901234567890}'],
    status: 400,
    error: expect.stringMatching(/: got 12345678901234567890, expected/),
  },
  "a route that is none": {
    request: ["GET", "/collections/cities/nothing"],
    status: 404,
    error: "Not found: there is no such route",
  },
};

test.each(Object.keys(CASES))("%s", async (title) => {
  const { request, ...expected } = CASES[title] as Case;
  expect(await server.call(...request)).toMatchObject(expected);
});

test("counts may be any integer of 64 bits", async () => {
  for (const most of ["9007199254740993", "9223372036854775807", "18446744073709551615"]) {
    const scroll = await server.call("POST", `${POINTS}/scroll`, `{"limit":${most}}`);
    expect(scroll.result.points).toHaveLength(6);
    const nearest = await server.call("POST", `${POINTS}/query`, `{"query":1,"limit":${most}}`);
    expect(nearest.result.points).toHaveLength(5);
    const optimizers_config = `{"indexing_threshold":${most},"max_segment_size":${most}}`;
    const body = `{"optimizers_config":${optimizers_config}}`;
    expect((await server.call("PATCH", "/collections/cities", body)).result).toBe(true);
    const beyond = await server.call("POST", `${POINTS}/query`, `{"query":1,"offset":${most}}`);
    expect(beyond.result).toEqual({ points: [] });
  }
  // There it is an id.
  const { result } = await server.call("POST", `${POINTS}/scroll`, '{"offset":9223372036854775807}');
  expect(result.points).toEqual([]);
  // And there it is a value.
  const { call } = server;
  await call("PUT", "/collections/meta", '{"vectors":{},"metadata":{"limit":9223372036854775807}}');
  expect((await call("GET", "/collections/meta")).text).toContain('"limit":9223372036854775807');
  await call("DELETE", "/collections/meta");
});

test("JSON that ends early is refused as such", async () => {
  const { status, error } = await server.call("POST", `${POINTS}/scroll`, '{"limit":');
  expect(status).toBe(400);
  expect(error).toMatch(/^Format error in JSON body: /);
});

test("wrong types are errors of format, naming their place", async () => {
  const { status, error } = await server.call("POST", `${POINTS}/scroll`, { limit: "many" });
  expect(status).toBe(400);
  expect(error).toMatch(/^Format error in JSON body: limit: /);
});

test("an empty object is not all points", async () => {
  const { status, error } = await server.call("POST", `${POINTS}/delete?wait=true`, {});
  expect(status).toBe(400);
  expect(error).toMatch(/^Format error in JSON body: /);
  expect((await server.call("POST", `${POINTS}/count`, {})).result).toEqual({ count: 6 });
});

test("without waiting a missing point is not reported", async () => {
  const body = { points: [{ id: 77, vector: [1, 2, 3, 4] }] };
  const { status, result } = await server.call("PUT", `${POINTS}/vectors`, body);
  expect([status, result.status]).toEqual([200, "acknowledged"]);
});

test("another type than JSON is refused: browsers send it from any page", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
    const headers = { "content-type": type };
    const { status } = await server.call("POST", `${POINTS}/delete`, '{"points":[1]}', headers);
    expect(status).toBe(415);
  }
  const headers = { "content-type": "application/json; charset=utf-8" };
  expect((await server.call("POST", `${POINTS}/count`, "{}", headers)).status).toBe(200);
});

test("what a single node can't do is refused as such", async () => {
  for (const [verb, path] of [
    ["POST", "/cluster/recover"],
    ["DELETE", "/cluster/peer/1"],
    ["PUT", "/collections/cities/shards"],
    ["POST", "/collections/cities/cluster"],
  ] as const) {
    const { status, error } = await server.call(verb, path, {});
    expect([path, status]).toEqual([path, 405]);
    expect(error).toContain("standalone mode");
  }
});

describe("a client that was closed", () => {
  test("is out of service", async () => {
    const closed = await serving();
    await closed.client.close();
    expect((await closed.call("GET", "/collections")).status).toBe(503);
    expect((await closed.call("GET", "/readyz")).status).toBe(503);
    expect((await closed.call("GET", "/healthz")).status).toBe(200);
  });
});

describe("what was sent comes back in brief", () => {
  const long = "x".repeat(1_000_000);
  const smiles = "😀".repeat(500_000);
  const condition = { key: long, match: { value: 1 } };
  test.each<[string, string, string, unknown, string]>([
    ["an id", "PUT", POINTS, { points: [{ id: long, vector: [1, 2, 3, 4] }] }, "is not a valid point ID"],
    ["an id of digits", "PUT", POINTS, `{"points":[{"id":${"9".repeat(100_000)},"vector":[1,2,3,4]}]}`, ""],
    ["an id in a path", "GET", `${POINTS}/${long}`, undefined, "as point id"],
    ["a field", "POST", `${POINTS}/scroll`, { [long]: 1 }, "unknown field"],
    ["a field of smiles", "POST", `${POINTS}/scroll`, { [smiles]: 1 }, "unknown field"],
    ["a key", "POST", `${POINTS}/scroll`, { filter: { must: [{ ...condition, no: 1 }] } }, ""],
    ["a vector", "POST", `${POINTS}/query`, { query: [1, 2, 3, 4], using: long }, "Not existing vector name"],
    ["a facet", "POST", "/collections/cities/facet", { key: long }, "Please create one to facet"],
    ["an order", "POST", `${POINTS}/scroll`, { order_by: long }, "Please create one to use"],
    ["a collection", "GET", `/collections/${long}`, undefined, "1000000 characters"],
    ["an alias", "POST", "/collections/aliases", { actions: [{ delete_alias: { alias_name: long } }] }, ""],
    ["a snapshot", "GET", `/snapshots/${long}`, undefined, "not found"],
    ["an index", "DELETE", `/collections/cities/index/${long}!`, undefined, "path parameters"],
    ["a parameter", "PUT", `${POINTS}?ordering=${long}`, {}, "unknown variant"],
    ["another parameter", "PUT", `${POINTS}?timeout=1${long}`, {}, "invalid digit"],
    ["what is no JSON", "POST", `${POINTS}/scroll`, `${long}`, "JSON"],
  ])("%s", async (_, verb, path, body, words) => {
    const { status, error, text } = await server.call(verb, path, body);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(error).toContain(words);
    expect(text.length).toBeLessThan(2200);
    // No half of a character.
    expect(error).not.toMatch(/\p{Cs}/u);
  });

  test("and whole where it fits", async () => {
    const name = "n".repeat(255);
    expect((await server.call("GET", `/collections/${name}`)).error).toContain(`\`${name}\``);
    const { error } = await server.call("POST", `${POINTS}/query`, { query: [1, 2, 3, 4], using: name });
    expect(error).toMatch(new RegExp(`: ${name}$`));
  });
});
