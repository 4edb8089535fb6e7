// What validators know beside build/api/qdrant-api.json: what a server accepts although that doesn't say so, what it
// refuses likewise, and what other code checks. Schemas and fields go by their names in the description.

/** @typedef {import("./api-schemas.mjs").JsonSchema} JsonSchema */

/** Those that the client and the doors to it ask for; what they are made of comes with them. */
export const ROOTS = [
  "Bm25Config",
  "ChangeAliasesOperation",
  "CountRequest",
  "CreateCollection",
  "CreateFieldIndex",
  "DeletePayload",
  "DeleteVectors",
  "Document",
  "FacetRequest",
  "Filter",
  "LookupLocation",
  "OrderByInterface",
  "PayloadFieldSchema",
  "PointInsertOperations",
  "PointRequest",
  "PointsSelector",
  "Prefetch",
  "Query",
  "QueryGroupsRequest",
  "QueryRequest",
  "QueryRequestBatch",
  "ScrollRequest",
  "SearchMatrixRequest",
  "SearchRequest",
  "SetPayload",
  "SnapshotRecover",
  "SparseVector",
  "StopwordsSet",
  "UpdateCollection",
  "UpdateOperations",
  "UpdateVectors",
  "VectorNameConfig",
  "WithPayloadInterface",
];

/**
 * What other code checks, and what an error says where it is missing: ids and vectors, while they are copied into
 * columns; payloads, while they are written as JSON; languages, which have codes, too; indexes, filters, orders, lookups, parts of
 * payloads and prefetches, by what is loaded with the
 * first of them. A list of such, and a choice that has one, is left to that code as well.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const OPAQUE = {
  Batch: "columns: { ids, vectors, payloads }",
  BatchVectorStruct: "a list of vectors",
  ExtendedPointId: "the id of a point",
  Filter: "a filter",
  Language: "a language",
  LookupLocation: "a collection to look up vectors in",
  OrderByInterface: "a field to order by",
  Payload: "an object",
  PayloadFieldSchema: "the name of a type, or an object with a type",
  PointStruct: "a point",
  PointVectors: "a point with new vectors",
  Prefetch: "a prefetch",
  SnowballLanguage: "a language",
  Vector: "a vector",
  VectorInput: "a vector or the id of a point",
  VectorStruct: "a vector",
  WithPayloadInterface: "true, false, or the parts of payloads that are wanted",
};

/** What isn't built, wherever it stands: it is refused as such. */
export const NOT_YET = ["ShardKeySelector"];

/** @param {string} name */
const ref = (name) => ({ $ref: `#/components/schemas/${name}` });
const points = { type: "array", items: ref("ExtendedPointId"), nullable: true };

/**
 * Schemas that the description lacks, or has in a form that says less than a server does.
 *
 * @type {Readonly<Record<string, JsonSchema>>}
 */
export const SCHEMAS = {
  // By ids, by a filter, or by both, where both must hold.
  PointsSelector: {
    type: "object",
    properties: { points, filter: ref("Filter"), shard_key: ref("ShardKeySelector") },
  },
  // One of the two, which is checked where they are read.
  PointInsertOperations: {
    type: "object",
    properties: {
      points: { type: "array", items: ref("PointStruct") },
      batch: ref("Batch"),
      shard_key: ref("ShardKeySelector"),
      update_filter: ref("Filter"),
      update_mode: ref("UpdateMode"),
    },
  },
  // Served at …/points/search, for programs written before there was a query endpoint.
  SearchRequest: {
    type: "object",
    required: ["vector"],
    properties: {
      vector: ref("VectorInput"),
      shard_key: ref("ShardKeySelector"),
      filter: ref("Filter"),
      params: ref("SearchParams"),
      limit: { type: "integer", format: "uint", minimum: 1 },
      offset: { type: "integer", format: "uint", minimum: 0 },
      with_payload: ref("WithPayloadInterface"),
      with_vector: ref("WithVector"),
      score_threshold: { type: "number", format: "float" },
    },
  },
};

/**
 * Names that a server takes for others.
 *
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
export const ALIASES = {
  CreateFieldIndex: { field_type: "field_schema" },
  DeleteVectors: { vectors: "vector" },
  PointRequest: { with_vectors: "with_vector" },
  QueryGroupsRequest: { with_vectors: "with_vector" },
  QueryRequest: { with_vectors: "with_vector" },
  ScrollRequest: { with_vectors: "with_vector" },
  SearchRequest: { with_vectors: "with_vector", top: "limit" },
  WithLookup: { with_vector: "with_vectors" },
};

/**
 * Bounds that differ from those in the description, and what to do about a value that is refused.
 *
 * @type {Readonly<Record<string, { minimum?: number, maximum?: number, todo?: string }>>}
 */
export const FIELDS = {
  "HnswConfigDiff.ef_construct": { maximum: 65_536 },
  "HnswConfigDiff.full_scan_threshold": { todo: "It is in kilobytes of vectors." },
  // Beyond 128 links a graph costs more memory than the vectors of most models, and finds nothing more.
  "HnswConfigDiff.m": {
    maximum: 128,
    todo: "16 suits most data; 0 means no graph, so that every search is exact.",
  },
  // A server takes 0, which all points meet.
  "MinShould.min_count": { minimum: 0 },
  // More candidates than that are a scan.
  "SearchParams.hnsw_ef": {
    maximum: 65_536,
    todo: "32 to 512 is usual; params.exact: true compares with everything.",
  },
  // What is shown of it is at least 1.
  "WalConfigDiff.wal_retain_closed": { minimum: 1 },
  "VectorParams.size": { maximum: 65_536, todo: "Use the length of your embedding model's vectors." },
  "options.timeout": { todo: "It is in seconds." },
};
