/** What has the right form and is wrong all the same: 422 where a server validates, in its words. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cities, serving, type TestServer } from "./support.ts";

let server: TestServer;
beforeAll(async () => {
  server = await serving();
  await cities(server);
  const [size, distance] = [2, "Dot"];
  await server.call("PUT", "/collections/mixed", {
    vectors: { a: { size, distance }, m: { size, distance, multivector_config: { comparator: "max_sim" } } },
    sparse_vectors: { s: {} },
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const POINTS = "/collections/cities/points";
const MIXED = "/collections/mixed/points";

interface Case {
  readonly request: readonly [verb: string, path: string, body?: unknown];
  readonly status: number;
  readonly error: string;
}

const twice = { indices: [1, 1], values: [1, 2] };
const uneven = { indices: [1, 2], values: [1] };
const ring = (...points: [number, number][]) => ({ points: points.map(([lon, lat]) => ({ lon, lat })) });
const OPEN = ring([0, 0], [0, 1], [1, 1], [1, 0]);
const CLOSED = ring([0, 0], [0, 1], [1, 1], [0, 0]);
const scroll = (condition: object): Case["request"] => [
  "POST",
  `${POINTS}/scroll`,
  { filter: { must: [condition] } },
];
const invalid = (text: string) => ({ status: 422, error: `Validation error in JSON body: [${text}]` });
const UNIQUE = "indices: must be unique";
const LENGTHS = "values: must be the same length as indices";

const CASES: Readonly<Record<string, Case>> = {
  "a sparse vector with an index twice": {
    request: ["PUT", MIXED, { points: [{ id: 1, vector: { s: twice } }] }],
    ...invalid(`points[0].vector["s"].${UNIQUE}`),
  },
  "the same in a column": {
    request: ["PUT", MIXED, { batch: { ids: [1], vectors: { s: [twice] } } }],
    ...invalid(`batch.vectors["s"][0].${UNIQUE}`),
  },
  "the same in an update": {
    request: ["PUT", `${MIXED}/vectors`, { points: [{ id: 1, vector: { s: twice } }] }],
    ...invalid(`points[0].vector["s"].${UNIQUE}`),
  },
  "the same in a batch": {
    request: [
      "POST",
      `${MIXED}/batch`,
      { operations: [{ upsert: { points: [{ id: 1, vector: { s: twice } }] } }] },
    ],
    ...invalid(`operations[0].upsert.points[0].vector["s"].${UNIQUE}`),
  },
  "the same as a query": {
    request: ["POST", `${MIXED}/query`, { query: twice, using: "s" }],
    ...invalid(`query.${UNIQUE}`),
  },
  "a sparse vector with fewer values than indices": {
    request: ["PUT", MIXED, { points: [{ id: 1, vector: { s: uneven } }] }],
    ...invalid(`points[0].vector["s"].${LENGTHS}`),
  },
  "the same as a query in a batch": {
    request: ["POST", `${MIXED}/query/batch`, { searches: [{}, { query: uneven, using: "s" }] }],
    status: 422,
    error: expect.stringContaining(LENGTHS),
  },
  "fewer vectors than ids": {
    request: ["PUT", POINTS, { batch: { ids: [1, 2], vectors: [[1, 2, 3, 4]] } }],
    ...invalid("batch: number of ids and vectors must be equal (2 != 1)"),
  },
  "fewer named vectors than ids": {
    request: ["PUT", MIXED, { batch: { ids: [1, 2], vectors: { a: [[1, 2]] } } }],
    ...invalid("batch: number of ids and vectors must be equal (2 != 1)"),
  },
  "more payloads than ids": {
    request: ["PUT", POINTS, { batch: { ids: [1], vectors: [[1, 2, 3, 4]], payloads: [{}, {}] } }],
    ...invalid("batch: number of ids and payloads must be equal (1 != 2)"),
  },
  "an update without a vector": {
    request: ["PUT", `${POINTS}/vectors`, { points: [{ id: 1, vector: {} }] }],
    ...invalid("points[0].vector: must specify vectors to update for point"),
  },
  "an update without a named vector": {
    request: ["PUT", `${MIXED}/vectors`, { points: [{ id: 1, vector: {} }] }],
    ...invalid("points[0].vector: must specify vectors to update for point"),
  },
  "an update without a vector, in a batch": {
    request: [
      "POST",
      `${POINTS}/batch`,
      { operations: [{ update_vectors: { points: [{ id: 1, vector: {} }] } }] },
    ],
    ...invalid("operations[0].update_vectors.points[0].vector: must specify vectors to update for point"),
  },
  "a polygon with three corners": {
    request: scroll({ key: "at", geo_polygon: { exterior: ring([0, 0], [1, 1], [0, 0]) } }),
    ...invalid("filter.must[0].geo_polygon.exterior.points: polygon invalid, the size must be at least 4"),
  },
  "a polygon that is open": {
    request: scroll({ key: "at", geo_polygon: { exterior: OPEN } }),
    ...invalid(
      "filter.must[0].geo_polygon.exterior.points: polygon invalid, the first and the last points should be the same to form a closed line",
    ),
  },
  "a hole that is open": {
    request: scroll({ key: "at", geo_polygon: { exterior: CLOSED, interiors: [OPEN] } }),
    status: 422,
    error: expect.stringContaining("geo_polygon.interiors[0].points: polygon invalid, the first and"),
  },
  "a latitude beyond the poles": {
    request: scroll({ key: "at", geo_radius: { center: { lon: 0, lat: 91 }, radius: 1 } }),
    status: 400,
    error: expect.stringMatching(/^Format error in JSON body: filter\.must\[0\]\.geo_radius\.center\.lat: /),
  },
  "a slice behind the last": {
    request: scroll({ slice: { total: 4, index: 4 } }),
    ...invalid("filter.must[0].slice.index: value 4 invalid, must be from 0 to 3"),
  },
  "no slices": {
    request: scroll({ slice: { total: 0, index: 0 } }),
    status: 400,
    error: expect.stringMatching(/^Format error in JSON body: filter\.must\[0\]\.slice\.total: got 0, /),
  },
  "a condition that asks for nothing": {
    request: scroll({ key: "city" }),
    ...invalid("filter.must[0]: At least one field condition must be specified"),
  },
  "the same for what is deleted": {
    request: ["POST", `${POINTS}/delete`, { filter: { must: { key: "city", match: null } } }],
    ...invalid("filter.must: At least one field condition must be specified"),
  },
  "an integer index that could do nothing": {
    request: [
      "PUT",
      "/collections/cities/index",
      { field_name: "visitors", field_schema: { type: "integer", lookup: false, range: false } },
    ],
    ...invalid("field_schema.lookup: the 'lookup' and 'range' capabilities can't be both disabled"),
  },
  "a page of a scroll without points": {
    request: ["POST", `${POINTS}/scroll`, { limit: 0 }],
    ...invalid("scroll_request.limit: value 0 invalid, must be 1 or larger"),
  },
  "groups of nothing": {
    request: ["POST", `${POINTS}/query/groups`, { group_by: "city", group_size: 0 }],
    ...invalid("search_group_request.group_size: value 0 invalid, must be 1 or larger"),
  },
  "a named size beyond the largest": {
    request: ["PUT", "/collections/huge", { vectors: { a: { size: 65_537, distance: "Dot" } } }],
    ...invalid("vectors.a.size: value 65537 invalid, must be from 1 to 65536"),
  },
  "a size of nothing": {
    request: ["PUT", "/collections/huge", { vectors: { size: 0, distance: "Dot" } }],
    ...invalid("vectors.size: value 0 invalid, must be from 1 to 65536"),
  },
  "a share beyond all": {
    request: ["PATCH", "/collections/cities", { optimizers_config: { deleted_threshold: 1.5 } }],
    ...invalid("optimizers_config.deleted_threshold: value 1.5 invalid, must be from 0 to 1"),
  },
  "replicas of nothing": {
    request: ["PUT", "/collections/huge", { vectors: {}, replication_factor: 0 }],
    ...invalid("replication_factor: value 0 invalid, must be 1 or larger"),
  },
  "a timeout of nothing, of a write": {
    request: ["PUT", "/collections/huge?timeout=0", { vectors: {} }],
    status: 422,
    error: "Validation error in query parameters: [timeout: value 0 invalid, must be 1 or larger]",
  },
  "a threshold for points in an order": {
    request: ["POST", `${POINTS}/query`, { query: { order_by: "visitors" }, score_threshold: 1 }],
    status: 400,
    error: "Bad request: Can't use score_threshold with an order_by query.",
  },
  "a threshold without a query": {
    request: ["POST", `${POINTS}/query`, { score_threshold: 1 }],
    status: 400,
    error:
      "Bad request: A query is needed to use the score_threshold. Can't have score_threshold without defining a query.",
  },
  "an order together with an id to begin at": {
    request: ["POST", `${POINTS}/scroll`, { order_by: "visitors", offset: 1 }],
    status: 400,
    error: expect.stringMatching(/^Bad request: Cannot use an `offset` when using `order_by`\. /),
  },
  "facets without an index": {
    request: ["POST", "/collections/cities/facet", { key: "k" }],
    status: 400,
    error: expect.stringMatching(
      /^Bad request: No appropriate index for faceting: `k`\. Please create one to facet/,
    ),
  },
  "an empty vector": {
    request: ["PUT", POINTS, { points: [{ id: 1, vector: [] }] }],
    status: 400,
    error: "Wrong input: Vector dimension error: expected dim: 4, got 0",
  },
  "a vector that there is none of": {
    request: ["PUT", MIXED, { points: [{ id: 1, vector: { zz: [1] } }] }],
    status: 400,
    error: "Wrong input: Not existing vector name error: zz",
  },
  "a vector that there is none of, beside one without a name": {
    request: ["PUT", POINTS, { points: [{ id: 1, vector: { zz: [1, 2, 3, 4] } }] }],
    status: 400,
    error: "Wrong input: Not existing vector name error: zz",
  },
  "a vector that there is none of, to be dropped": {
    request: ["DELETE", "/collections/cities/vectors/zz"],
    status: 400,
    error: "Wrong input: Not existing vector name error: zz",
  },
  "a vector that there is none of, in a query": {
    request: ["POST", `${POINTS}/query`, { query: [1, 2, 3, 4], using: "zz" }],
    status: 400,
    error: "Wrong input: Not existing vector name error: zz",
  },
  "a vector that there is none of, in a patch": {
    request: ["PATCH", "/collections/cities", { vectors: { zz: { on_disk: true } } }],
    status: 400,
    error: "Wrong input: Not existing vector name error: zz",
  },
  "a point that is missing, whose vectors are deleted": {
    request: ["POST", `${MIXED}/vectors/delete?wait=true`, { points: [99], vector: ["a"] }],
    status: 404,
    error: "Not found: No point with id 99 found",
  },
  "a point that is missing, whose payload is set": {
    request: ["POST", `${POINTS}/payload?wait=true`, { points: [99], payload: { a: 1 } }],
    status: 404,
    error: "Not found: No point with id 99 found",
  },
  "a collection that is missing, of groups": {
    request: ["POST", `${POINTS}/query/groups`, { query: 1, group_by: "city", with_lookup: "none" }],
    status: 404,
    error: "Not found: Collection none not found",
  },
  "an unknown key of a filter": {
    request: ["POST", `${POINTS}/scroll`, { filter: { musst: [] } }],
    status: 400,
    error: expect.stringMatching(/^Format error in JSON body: filter\.musst: /),
  },
  "a date that is none": {
    request: scroll({ key: "at", range: { gte: "soon" } }),
    status: 400,
    error: expect.stringMatching(/^Format error in JSON body: filter\.must\[0\]\.range\.gte: /),
  },
};

test.each(Object.keys(CASES))("%s", async (title) => {
  const { request, ...expected } = CASES[title] as Case;
  const before = await contents();
  expect(await server.call(...request)).toMatchObject(expected);
  expect(await contents()).toEqual(before);
});

async function contents(): Promise<unknown> {
  const { client } = server;
  const scrolled = await client.scroll("cities", { with_vector: true });
  return [scrolled, await client.count("mixed"), await client.getCollections()];
}

describe("numbers", () => {
  /** Where a request has an integer, what its name there is, and whether large ones mean "all". */
  const PLACES: readonly [path: string, name: string, body: (text: string) => string, isCount: boolean][] = [
    [`${POINTS}/query`, "limit", (n) => `{"limit":${n}}`, true],
    [`${POINTS}/query`, "offset", (n) => `{"offset":${n}}`, true],
    [`${POINTS}/search`, "top", (n) => `{"vector":[1,2,3,4],"top":${n}}`, true],
    [`${POINTS}/scroll`, "limit", (n) => `{"limit":${n}}`, true],
    [`${POINTS}/query/groups`, "group_size", (n) => `{"group_by":"city","group_size":${n}}`, true],
    [
      `${POINTS}/scroll`,
      "filter.min_should.min_count",
      (n) => `{"filter":{"min_should":{"conditions":[],"min_count":${n}}}}`,
      true,
    ],
    [
      `${POINTS}/scroll`,
      "filter.must.values_count.gt",
      (n) => `{"filter":{"must":{"key":"tags","values_count":{"gt":${n}}}}}`,
      true,
    ],
    [`${POINTS}/query`, "params.hnsw_ef", (n) => `{"query":1,"params":{"hnsw_ef":${n}}}`, false],
    [
      `${POINTS}/scroll`,
      "filter.must.slice.index",
      (n) => `{"filter":{"must":{"slice":{"total":4,"index":${n}}}}}`,
      false,
    ],
  ];

  describe.each(PLACES)("of %s: %s", (path, name, body, isCount) => {
    const answer = (text: string) => server.call("POST", path, body(text));

    test.each([
      ["1e30", "1e30"],
      ["1E+30", "1e30"],
      ["-1e30", "-1e30"],
      // To a server this is no integer either: it has more than 64 bits.
      ["18446744073709551616", "1.8446744073709552e19"],
      ["100000000000000000000000000000000", "1e32"],
    ])("%s is no integer", async (text, shown) => {
      const { status, error } = await answer(text);
      expect(status).toBe(400);
      expect(error).toContain(
        `Format error in JSON body: ${name}: invalid type: floating point \`${shown}\`, expected an integer`,
      );
    });

    test("-1 is no unsigned integer", async () => {
      const { status, error } = await answer("-1");
      expect(status).toBe(400);
      expect(error).toContain(`Format error in JSON body: ${name}: invalid value: integer \`-1\`, expected`);
      expect((await answer("-9007199254740993")).error).toContain("integer `-9007199254740993`");
    });

    test.each(["1.5", "1e400", '"1"', "true"])("%s is none", async (text) => {
      const { status, error } = await answer(text);
      expect(status).toBe(400);
      expect(error).toContain(`Format error in JSON body: ${name}: got `);
    });

    test.each(["9007199254740993", "18446744073709551615"])("%s is one", async (text) => {
      const { status, error } = await answer(text);
      if (isCount) expect([status, error]).toEqual([200, undefined]);
      else {
        expect(status).toBe(422);
        expect(error).toContain(`${name}: value ${text} invalid, must be from`);
      }
    });
  });

  test("of ids are told as they came", async () => {
    const error = async (ids: string) => (await server.call("POST", POINTS, `{"ids":[${ids}]}`)).error;
    expect(await error("18446744073709551616")).toContain("value 1.8446744073709552e19 is not a valid");
    expect(await error("1e30")).toContain("value 1e30 is not a valid");
    expect(await error("-9223372036854775808")).toContain("value -9223372036854775808 is not a valid");
  });

  test("of vectors may be integers of any length", async () => {
    const point = `{"id":8,"vector":{"a":[1,9007199254740993],"m":[[1,-9007199254740993]],"s":{"indices":[1],"values":[18446744073709551615]}}}`;
    const { status } = await server.call("PUT", `${MIXED}?wait=true`, `{"points":[${point}]}`);
    expect(status).toBe(200);
    const [stored] = await server.client.retrieve("mixed", { ids: [8], with_vector: true });
    // As f32 has them.
    expect(stored?.vector).toEqual({
      a: [1, 9007199000000000],
      m: [[1, -9007199000000000]],
      s: { indices: [1], values: [18446744000000000000] },
    });
    await server.call("POST", `${MIXED}/delete?wait=true`, { points: [8] });
  });

  test("of timeouts may be any that 64 bits hold", async () => {
    const status = async (timeout: string) =>
      (await server.call("POST", `${POINTS}/scroll?timeout=${timeout}`, {})).status;
    for (const most of ["9007199254740993", "18446744073709551615"]) expect(await status(most)).toBe(200);
    for (const none of ["18446744073709551616", "-1", "1.5", "1e3", "", " 1"]) {
      expect([none, await status(none)]).toEqual([none, 400]);
    }
  });
});
