import { describe, expect, expectTypeOf, test } from "vitest";
import { NearvecError } from "../../src/errors.ts";
import { ChangeAliasesOperation } from "../../src/generated/validators/change-aliases-operation.ts";
import { CreateCollection } from "../../src/generated/validators/create-collection.ts";
import { CreateFieldIndex } from "../../src/generated/validators/create-field-index.ts";
import { DeleteVectors } from "../../src/generated/validators/delete-vectors.ts";
import { Document } from "../../src/generated/validators/document.ts";
import { Filter } from "../../src/generated/validators/filter.ts";
import { READ_OPTIONS, WRITE_OPTIONS } from "../../src/generated/validators/options.ts";
import { PayloadFieldSchema } from "../../src/generated/validators/payload-field-schema.ts";
import { PointsSelector } from "../../src/generated/validators/points-selector.ts";
import { Prefetch } from "../../src/generated/validators/prefetch.ts";
import { Query } from "../../src/generated/validators/query.ts";
import { QueryRequest } from "../../src/generated/validators/query-request.ts";
import { SearchRequest } from "../../src/generated/validators/search-request.ts";
import { SparseVector } from "../../src/generated/validators/sparse-vector.ts";
import { UpdateOperations } from "../../src/generated/validators/update-operations.ts";
import { WithPayloadInterface } from "../../src/generated/validators/with-payload-interface.ts";
import { extend, object } from "../../src/validation/containers.ts";
import { check, checkArguments, notYet, type Schema } from "../../src/validation/schema.ts";

function refusal(run: () => unknown): NearvecError {
  try {
    run();
  } catch (error) {
    if (error instanceof NearvecError) return error;
    throw error;
  }
  throw new Error("expected a NearvecError, got none");
}

const wanted = object({}, { with_payload: WithPayloadInterface });
const query = extend(QueryRequest, { ...READ_OPTIONS, prefetch: notYet(), using: notYet("") });
const V = [1, 2];
const SPELLING = "Check its spelling.";
const VARIANTS =
  "key, is_empty, is_null, has_id, has_vector, slice, nested, should, min_should, must, must_not";

/** Arguments that are wrong, and the whole message. */
const MESSAGES: [Schema, unknown, string][] = [
  // Fields
  [query, undefined, "query's arguments: got nothing, expected an object."],
  [query, [V], "query's arguments: got an array of 1, expected an object."],
  [
    query,
    { params: { ef: 9 } },
    `params.ef: got an unknown field, expected one of hnsw_ef, exact, quantization, indexed_only, acorn, idf. ${SPELLING}`,
  ],
  [
    query,
    { limt: 3 },
    `limt: got an unknown field, expected one of query, filter, params, score_threshold, limit, offset, with_vector, with_payload, lookup_from, consistency, timeout. ${SPELLING}`,
  ],
  [SparseVector, { indices: [] }, "values: got nothing, expected a list."],
  [
    PointsSelector,
    { points: [1], all: true },
    `all: got an unknown field, expected one of points, filter. ${SPELLING}`,
  ],
  [query, { constructor: 1 }, expect.stringContaining("constructor: got an unknown field") as string],
  [
    query,
    JSON.parse('{ "__proto__": { "limit": 1 } }'),
    expect.stringContaining("__proto__: got an unknown") as string,
  ],
  // Leaves
  [query, { limit: 0 }, "limit: got 0, expected an integer of at least 1."],
  [query, { limit: "3" }, 'limit: got string "3", expected an integer of at least 1.'],
  [query, { limit: 1.5 }, "limit: got 1.5, expected an integer of at least 1."],
  [query, { limit: 2 ** 53 }, "limit: got 9007199254740992, expected an integer of at least 1."],
  [query, { timeout: 0 }, "timeout: got 0, expected an integer of at least 1. It is in seconds."],
  [query, { score_threshold: Number.NaN }, "score_threshold: got NaN, expected a finite number."],
  [query, { score_threshold: 2n ** 1024n }, expect.stringContaining("expected a finite number") as string],
  [query, { params: { exact: 1 } }, "params.exact: got 1, expected true or false."],
  [
    query,
    { params: { hnsw_ef: 1e9 } },
    "params.hnsw_ef: got 1000000000, expected an integer from 1 to 65536. 32 to 512 is usual; params.exact: true compares with everything.",
  ],
  [
    query,
    { consistency: "some" },
    'consistency: got string "some", expected an integer of at least 1, or one of "all", "majority", "quorum".',
  ],
  [Document, { text: "a", model: "" }, 'model: got string "", expected a string that is not empty.'],
  // Choices
  [
    wanted,
    { with_payload: 3 },
    "with_payload: got 3, expected true or false, or a list, or an object with one of include, exclude.",
  ],
  [wanted, { with_payload: ["a", 3] }, "with_payload[1]: got 3, expected a string."],
  [wanted, { with_payload: [3, "a"] }, "with_payload[0]: got 3, expected a string."],
  [
    wanted,
    { with_payload: { include: [], exclude: [] } },
    "with_payload: got an object with include, exclude, expected an object with one of include, exclude. Give only one of them.",
  ],
  [
    UpdateOperations,
    { operations: [{ upsert: {} }, { upser: {} }] },
    "operations[1]: got an object with upser, expected an object with one of upsert, delete, set_payload, overwrite_payload, delete_payload, clear_payload, update_vectors, delete_vectors.",
  ],
  [
    ChangeAliasesOperation,
    { actions: [{ create_alias: { alias_name: "a" } }] },
    "actions[0].create_alias.collection_name: got nothing, expected a string.",
  ],
  [Document, { model: "m" }, "text: got nothing, expected a string."],
  [
    PayloadFieldSchema,
    { type: "txt" },
    'type: got string "txt", expected one of "keyword", "integer", "float", "geo", "text", "bool", "datetime", "uuid".',
  ],
  // One or several vectors
  [
    CreateCollection,
    { vectors: { size: 4 } },
    'vectors.distance: got nothing, expected one of "Cosine", "Dot", "Euclid", "Manhattan".',
  ],
  [
    CreateCollection,
    { vectors: { "my image": { size: 0, distance: "Dot" } } },
    `vectors["my image"].size: got 0, expected an integer from 1 to 65536. Use the length of your embedding model's vectors.`,
  ],
  [
    CreateCollection,
    { vectors: { image: 4 } },
    "vectors.image: got 4, expected an object with size and distance.",
  ],
  // Filters
  [
    Filter,
    { must: [{ key: "a", range: { gte: true } }] },
    'must[0].range.gte: got true, expected a finite number, or a date, as in RFC 3339: "2024-02-29T12:00:00Z".',
  ],
  [
    Filter,
    { must: { key: "a", match: { valu: 1 } } },
    "must.match: got an object with valu, expected an object with one of value, text, text_any, phrase, prefix, any, except.",
  ],
  [Filter, { must: [7] }, `must[0]: got 7, expected an object with one of ${VARIANTS}.`],
  [
    Filter,
    { should: [{ kee: "a" }] },
    `should[0]: got an object with kee, expected an object with one of ${VARIANTS}.`,
  ],
  [
    Filter,
    { must: { has_id: [1], must: [] } },
    `must.must: got an unknown field, expected one of has_id. ${SPELLING}`,
  ],
  [
    Filter,
    { must: [{ key: "a", match: { any: ["x", 1] } }] },
    "must[0].match.any[1]: got 1, expected a string.",
  ],
  // Deep down
  [
    Query,
    { formula: { mult: [2, { neg: { pow: { base: [] } } }] } },
    expect.stringContaining("formula.mult[1].neg.pow.base: got an empty array") as string,
  ],
  [
    Prefetch,
    { prefetch: [{ prefetch: { limit: 0 } }] },
    "prefetch[0].prefetch.limit: got 0, expected an integer of at least 1.",
  ],
];

test.each(MESSAGES)("%#: %o", (schema, value, message) => {
  const error = refusal(() => checkArguments(schema, value, "query"));
  expect(error.code).toBe("INVALID_ARGUMENT");
  expect(error.message).toEqual(message);
});

test("the place of a part begins with where the part is", () => {
  const error = refusal(() => check(Filter, { must: [7] }, "operations[3].delete.filter"));
  expect(error.details.what).toBe("operations[3].delete.filter.must[0]");
  const whole = refusal(() => check(Filter, 7, "operations[3].delete.filter"));
  expect(whole.message).toBe("operations[3].delete.filter: got 7, expected an object.");
});

describe("fields that are not there yet", () => {
  test("are refused with a code of their own, and not named to others", () => {
    const error = refusal(() => checkArguments(query, { using: "image" }, "query"));
    expect(error.code).toBe("NOT_SUPPORTED");
    expect(error.details.what).toBe('using (string "image") is not supported yet');
    expect(refusal(() => checkArguments(query, { x: 1 }, "query")).message).not.toContain("using");
  });

  test("may ask for nothing", () => {
    expect(checkArguments(query, { using: "", prefetch: null }, "query")).toEqual({ using: "" });
  });
});

describe("fields with two names", () => {
  test("are read by either", () => {
    expect(checkArguments(query, { with_vectors: true }, "query")).toEqual({ with_vector: true });
    expect(check(DeleteVectors, { vectors: ["a"] }, "")).toEqual({ vector: ["a"] });
    expect(check(CreateFieldIndex, { field_name: "a", field_type: "text" }, "")).toEqual({
      field_name: "a",
      field_schema: "text",
    });
    expect(check(SearchRequest, { vector: V, top: 3, limit: null }, "")).toEqual({ vector: V, limit: 3 });
  });

  test("are refused by the name that was given", () => {
    expect(refusal(() => checkArguments(query, { with_vectors: 3 }, "query")).details.what).toBe(
      "with_vectors",
    );
  });

  test("are not given twice", () => {
    const message =
      "with_vector: got both `with_vector` and `with_vectors`, expected one of the two. They mean the same.";
    for (const request of [
      { with_vector: true, with_vectors: true },
      { with_vectors: true, with_vector: true },
    ]) {
      expect(refusal(() => checkArguments(query, request, "query")).message).toBe(message);
    }
  });
});

describe("what requests may be made of", () => {
  test("objects without a prototype, and instances of classes, whose fields may be getters", () => {
    class Request {
      with_payload = true;
      get limit() {
        return 7;
      }
    }
    expect(checkArguments(query, new Request(), "query")).toEqual({ with_payload: true, limit: 7 });
    const bare: unknown = Object.assign(Object.create(null), { limit: 7 });
    expect(checkArguments(query, bare, "query")).toEqual({ limit: 7 });
    class Wrong {
      get limit() {
        return 0;
      }
    }
    expect(refusal(() => checkArguments(query, new Wrong(), "query")).details.what).toBe("limit");
  });

  test.each([new Map([["exact", true]]), new Set(), new Date(0), [], new Float32Array(2), () => 1])(
    "no objects of another kind: %o",
    (params) => {
      const { what, expected } = refusal(() => checkArguments(query, { params }, "query")).details;
      expect([what, expected]).toEqual(["params", "an object"]);
    },
  );

  test("a getter is asked once", () => {
    let asked = 0;
    const request = {
      get limit() {
        return ++asked;
      },
    };
    expect(checkArguments(query, request, "query")).toEqual({ limit: 1 });
    expect(asked).toBe(1);
  });

  test("typed arrays where there are lists of numbers", () => {
    const sparse = { indices: Uint32Array.of(1, 5), values: Float32Array.of(0.5, 2) };
    expect(check(SparseVector, sparse, "")).toEqual({ indices: [1, 5], values: [0.5, 2] });
    const wrong = { ...sparse, values: Float32Array.of(0, Number.NaN) };
    expect(refusal(() => check(SparseVector, wrong, "query")).message).toBe(
      "query.values[1]: got NaN, expected a finite number.",
    );
    expect(
      refusal(() => check(WithPayloadInterface, Float32Array.of(1), "with_payload")).details,
    ).toMatchObject({
      what: "with_payload",
      got: "Float32Array of 1",
    });
  });

  test("holes of a list are no values", () => {
    const keys = ["a", "b", "c"];
    delete keys[1];
    expect(refusal(() => check(WithPayloadInterface, keys, "with_payload")).message).toBe(
      "with_payload[1]: got nothing, expected a string.",
    );
  });

  test("bigints: integers of 64 bits stay what they are, other numbers become numbers", () => {
    const range = {
      must: [
        { key: "a", match: { value: 2n ** 63n - 1n } },
        { key: "b", range: { gt: 10n } },
      ],
    };
    expect(check(Filter, range, "filter")).toEqual({
      must: [
        { key: "a", match: { value: 2n ** 63n - 1n } },
        { key: "b", range: { gt: 10 } },
      ],
    });
    for (const value of [2n ** 63n, -(2n ** 63n) - 1n, 2 ** 63]) {
      const filter = { must: [{ key: "a", match: { value } }] };
      expect(refusal(() => check(Filter, filter, "filter")).details.what).toBe("filter.must[0].match.value");
    }
  });

  test("dates", () => {
    const filter = { must: [{ key: "a", range: { gt: new Date(0) } }] };
    expect(check(Filter, filter, "filter")).toEqual(filter);
  });

  test("names that are fields elsewhere", () => {
    const vectors = { size: { size: 4, distance: "Dot" }, distance: { size: 3, distance: "Dot" } };
    expect(check(CreateCollection, { vectors }, "")).toEqual({ vectors });
    const named: unknown = JSON.parse('{ "vectors": { "__proto__": { "size": 1, "distance": "Dot" } } }');
    const read = check(CreateCollection, named, "");
    expect(Object.keys(read.vectors ?? {})).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(read.vectors)).toBe(Object.prototype);
  });

  test("nothing that contains itself", () => {
    const filter: { must: unknown[] } = { must: [] };
    filter.must.push({ key: "a", match: { value: 1 } }, filter);
    const { message } = refusal(() => check(Filter, filter, "filter"));
    expect(message).toMatch(/^filter: got objects inside objects, more than 1000 deep/);
    expect(message.length).toBeLessThan(200);
  });
});

test("what is read has the types of the description", () => {
  const { limit, consistency, params } = checkArguments(query, {}, "query");
  expectTypeOf(limit).toEqualTypeOf<number | undefined>();
  expectTypeOf(consistency).toEqualTypeOf<number | "all" | "majority" | "quorum" | undefined>();
  expectTypeOf(params?.exact).toEqualTypeOf<boolean | undefined>();
  const { with_payload } = check(wanted, {}, "");
  if (typeof with_payload === "object" && "include" in with_payload) {
    expectTypeOf(with_payload.include).toEqualTypeOf<readonly string[]>();
  }
  const { wait, ordering } = check(extend(PointsSelector, WRITE_OPTIONS), {}, "");
  expectTypeOf(wait).toEqualTypeOf<boolean | undefined>();
  expectTypeOf(ordering).toEqualTypeOf<"medium" | "strong" | "weak" | undefined>();
});
