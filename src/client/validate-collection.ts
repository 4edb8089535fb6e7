import type { CollectionConfig } from "../collection/config.ts";
import { HNSW_DEFAULTS, OPTIMIZER_DEFAULTS } from "../collection/config.ts";
import { invalidArgument, notSupported } from "../errors.ts";
import { checkFields, checkObject, fields, type Given, integer, optionalInteger } from "../fields.ts";
import type { components } from "../generated/qdrant.ts";
import { encode, parseJson } from "../payload/json.ts";
import { namedVectors } from "./forms-of.ts";
import { checkTimeout } from "./validate-options.ts";
import { parseHnswDiff, parseVectorParams, present } from "./validate-vector-params.ts";

type Schemas = components["schemas"];

const CREATE_FIELDS = fields(
  ["vectors", "sparse_vectors", "hnsw_config", "optimizers_config", "metadata", "timeout"],
  {
    // One node, one shard, one copy, everything in memory: saying so is fine, asking for something else isn't.
    shard_number: [1],
    sharding_method: ["auto"],
    replication_factor: [1],
    write_consistency_factor: [1],
    on_disk_payload: [false],
    payload: [],
    wal_config: [],
    quantization_config: [],
    strict_mode_config: [],
  },
);

const OPTIMIZER_FIELDS = fields(
  [
    "indexing_threshold",
    "deleted_threshold",
    "vacuum_min_vector_number",
    // Hints to a server's segments and files. There are none here: they are checked, kept and shown, and
    // change nothing.
    "default_segment_number",
    "max_segment_size",
    "memmap_threshold",
    "flush_interval_sec",
    "max_optimization_threads",
  ],
  { prevent_unoptimized: [false] },
);

/** The arguments of `createCollection`, checked, with defaults filled in. */
export function parseCreateCollection(request: unknown): CollectionConfig {
  checkObject(request, "createCollection");
  checkFields(request, "", CREATE_FIELDS);
  const { vectors, sparse_vectors, hnsw_config, optimizers_config, metadata, timeout } = request as Given;
  checkTimeout(timeout);
  return {
    params: {
      ...(isSimpleRequest(request)
        ? { vectors: parseVectorParams(vectors, "vectors") }
        : namedVectors.module.parseVectorsConfig(vectors, sparse_vectors)),
      shard_number: 1,
      replication_factor: 1,
      write_consistency_factor: 1,
      on_disk_payload: false,
    },
    hnsw_config: { ...HNSW_DEFAULTS, ...parseHnswDiff(hnsw_config, "hnsw_config") },
    optimizer_config: { ...OPTIMIZER_DEFAULTS, ...parseOptimizerDiff(optimizers_config) },
    ...(metadata != null && { metadata: parseMetadata(metadata) }),
  };
}

/** `metadata`: any JSON object; the answer is a copy. */
export function parseMetadata(metadata: unknown): Record<string, unknown> {
  return parseJson(encode(metadata, () => "metadata", 0)) as Record<string, unknown>;
}

/** Whether a collection can be created without the code of `namedVectors`. */
export function isSimpleRequest(request: unknown): boolean {
  const { vectors, sparse_vectors } = (request ?? {}) as Partial<Schemas["CreateCollection"]>;
  if (vectors == null || typeof vectors !== "object" || sparse_vectors != null) return false;
  if (typeof vectors.size === "object" || !("size" in vectors || "distance" in vectors)) return false;
  const { datatype, multivector_config } = vectors as Partial<Schemas["VectorParams"]>;
  return multivector_config == null && (datatype == null || datatype === "float32");
}

/** `optimizers_config`: what it sets, checked. */
export function parseOptimizerDiff(diff: unknown): Partial<Schemas["OptimizersConfig"]> {
  if (diff == null) return {};
  const what = "optimizers_config";
  checkObject(diff, what);
  checkFields(diff, what, OPTIMIZER_FIELDS);
  const given = diff as Schemas["OptimizersConfigDiff"];
  const atLeast = (name: keyof typeof given, least: number) =>
    optionalInteger(given[name], `${what}.${name}`, least, Number.MAX_SAFE_INTEGER);
  return present({
    deleted_threshold: checkFraction(given.deleted_threshold, `${what}.deleted_threshold`),
    vacuum_min_vector_number: atLeast("vacuum_min_vector_number", 100),
    default_segment_number: atLeast("default_segment_number", 0),
    max_segment_size: atLeast("max_segment_size", 1),
    memmap_threshold: atLeast("memmap_threshold", 0),
    indexing_threshold: atLeast("indexing_threshold", 0),
    flush_interval_sec: atLeast("flush_interval_sec", 0),
    max_optimization_threads: checkOptimizationThreads(
      given.max_optimization_threads,
      `${what}.max_optimization_threads`,
    ),
  });
}

function checkFraction(value: unknown, what: string): number | undefined {
  if (value == null) return undefined;
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw invalidArgument(what, value, "a number from 0 to 1");
}

function checkOptimizationThreads(value: unknown, what: string): number | undefined {
  if (value == null || value === "auto") return undefined;
  if (value === 0)
    throw notSupported(`${what}: 0`, "Use optimizers_config.indexing_threshold: 0 to switch indexing off.");
  return integer(value, what, 1, Number.MAX_SAFE_INTEGER);
}
