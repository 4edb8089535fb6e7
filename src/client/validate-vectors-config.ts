/** `vectors` and `sparse_vectors` of a collection with named vectors, or of other kinds than dense f32. */

import type { CollectionConfig } from "../collection/config.ts";
import { invalidArgument, NearvecError } from "../errors.ts";
import {
  checkFields,
  checkObject,
  fields,
  type Given,
  oneOf,
  optionalBoolean,
  optionalInteger,
} from "../fields.ts";
import type { components } from "../generated/qdrant.ts";
import { parseDatatype, parseVectorParams } from "./validate-vector-params.ts";

type Schemas = components["schemas"];
type VectorsConfig = Pick<CollectionConfig["params"], "vectors" | "sparse_vectors">;

const SPARSE_FIELDS = fields(["index", "modifier"]);
const SPARSE_INDEX_FIELDS = fields(["full_scan_threshold", "on_disk", "memory", "datatype"]);
const NAME_CONFIG_FIELDS = fields(["dense", "sparse"]);
const ADDED_SPARSE_FIELDS = fields(["modifier", "datatype"]);
const MODIFIERS = ["none", "idf"] as const;
const MEMORY = ["cold", "cached", "pinned"] as const;
/** As in Qdrant. */
const MOST_NAME_BYTES = 200;

export function parseVectorsConfig(vectors: unknown, sparse: unknown): VectorsConfig {
  const dense = vectors == null ? {} : parseDense(vectors);
  if (sparse == null) return { vectors: dense };
  checkObject(sparse, "sparse_vectors", "an object: { name: {} }");
  const names = new Set(isUnnamed(vectors) ? [""] : Object.keys(dense));
  const sparseVectors = Object.fromEntries(
    Object.entries(sparse).map(([name, params]) => {
      const what = `sparse_vectors[${JSON.stringify(name)}]`;
      checkVectorName(name, what);
      if (names.has(name)) throw taken(name, what);
      return [name, parseSparseParams(params, what)];
    }),
  );
  return { vectors: dense, sparse_vectors: sparseVectors };
}

/** A vector that is added to a collection: `{ dense }` or `{ sparse }`. */
export function parseVectorNameConfig(
  name: unknown,
  config: unknown,
  { params }: CollectionConfig,
): VectorsConfig {
  checkVectorName(name, "the vector's name");
  checkObject(config, "config", "{ dense: { size, distance } } or { sparse: {} }");
  checkFields(config, "config", NAME_CONFIG_FIELDS);
  const { dense, sparse } = config as Given;
  if ((dense == null) === (sparse == null)) {
    throw invalidArgument("config", config, "one of { dense: { size, distance } } and { sparse: {} }");
  }
  if (sparse != null) {
    const added = parseAddedSparse(sparse, "config.sparse");
    return { sparse_vectors: { ...params.sparse_vectors, ...Object.fromEntries([[name, added]]) } };
  }
  const added = parseVectorParams(dense, "config.dense");
  const current = params.vectors === undefined ? {} : params.vectors;
  const named = isUnnamed(current) ? { "": current as Schemas["VectorParams"] } : current;
  return { vectors: { ...named, ...Object.fromEntries([[name, added]]) } as Schemas["VectorsConfig"] };
}

function parseDense(vectors: unknown): Schemas["VectorsConfig"] {
  checkObject(vectors, "vectors", "{ size, distance }, or an object of such by their names");
  if (isUnnamed(vectors)) return parseVectorParams(vectors, "vectors");
  return Object.fromEntries(
    Object.entries(vectors).map(([name, params]) => {
      const what = `vectors[${JSON.stringify(name)}]`;
      checkVectorName(name, what);
      return [name, parseVectorParams(params, what)];
    }),
  );
}

/** A vector that is called "size" has an object there. */
function isUnnamed(vectors: unknown): boolean {
  if (typeof vectors !== "object" || vectors === null) return false;
  const { size, distance }: { size?: unknown; distance?: unknown } = vectors;
  return [size, distance].some((each) => each !== undefined && (typeof each !== "object" || each === null));
}

function parseSparseParams(params: unknown, what: string): Schemas["SparseVectorParams"] {
  checkObject(params, what, "an object: {} or { index, modifier }");
  checkFields(params, what, SPARSE_FIELDS);
  const { index, modifier } = params as Given;
  return {
    ...(index != null && { index: parseSparseIndex(index, `${what}.index`) }),
    ...(modifier != null && { modifier: oneOf(modifier, `${what}.modifier`, MODIFIERS) }),
  };
}

/** As a vector that is added has it: the datatype beside the modifier. */
function parseAddedSparse(params: unknown, what: string): Schemas["SparseVectorParams"] {
  checkObject(params, what, "an object: {} or { modifier, datatype }");
  checkFields(params, what, ADDED_SPARSE_FIELDS);
  const { modifier, datatype } = params as Given;
  return parseSparseParams({ modifier, ...(datatype != null && { index: { datatype } }) }, what);
}

/** Hints to a server's files and segments are kept and shown; there are none here. */
function parseSparseIndex(index: unknown, what: string): Schemas["SparseIndexParams"] {
  checkObject(index, what);
  checkFields(index, what, SPARSE_INDEX_FIELDS);
  const { full_scan_threshold, on_disk, memory, datatype } = index as Given;
  const threshold = optionalInteger(
    full_scan_threshold,
    `${what}.full_scan_threshold`,
    0,
    Number.MAX_SAFE_INTEGER,
  );
  return {
    ...(threshold !== undefined && { full_scan_threshold: threshold }),
    ...(on_disk != null && { on_disk: optionalBoolean(on_disk, `${what}.on_disk`, false) }),
    ...(memory != null && { memory: oneOf(memory, `${what}.memory`, MEMORY) }),
    ...(datatype != null && { datatype: parseDatatype(datatype, `${what}.datatype`) }),
  };
}

export function checkVectorName(name: unknown, what: string): asserts name is string {
  if (typeof name !== "string") throw invalidArgument(what, name, "the name of a vector");
  if (new TextEncoder().encode(name).length <= MOST_NAME_BYTES) return;
  throw new NearvecError("INVALID_NAME", {
    what,
    got: `${name.length} characters`,
    expected: `at most ${MOST_NAME_BYTES} bytes`,
    todo: "Choose a shorter name.",
  });
}

function taken(name: string, what: string): NearvecError {
  return new NearvecError("INVALID_ARGUMENT", {
    what,
    got: `the name ${JSON.stringify(name)}, which a dense vector has`,
    expected: "a name of its own",
    todo: "Choose another name.",
  });
}
