import type { CollectionConfig } from "../collection/config.ts";
import { HNSW_DEFAULTS, OPTIMIZER_DEFAULTS } from "../collection/config.ts";
import { invalidArgument, notSupported } from "../errors.ts";
import { checkFields, checkObject, fields, integer, oneOf, optionalInteger } from "../fields.ts";
import type { components } from "../generated/qdrant.ts";
import { encode, parseJson } from "../payload/json.ts";
import { checkTimeout } from "./validate-options.ts";

type Schemas = components["schemas"];

/** The longest vector, as in Qdrant. */
const MOST_SIZE = 65_536;
/**
 * Links per node. Beyond 128 a graph costs more memory than the vectors of most models and finds nothing
 * more.
 */
const MOST_M = 128;
const MOST_EF_CONSTRUCT = 65_536;

const CREATE_FIELDS = fields(["vectors", "hnsw_config", "optimizers_config", "metadata", "timeout"], {
  // One node, one shard, one copy, everything in memory: saying so is fine, asking for something else isn't.
  shard_number: [1],
  sharding_method: ["auto"],
  replication_factor: [1],
  write_consistency_factor: [1],
  on_disk_payload: [false],
  payload: [],
  wal_config: [],
  quantization_config: [],
  sparse_vectors: [],
  strict_mode_config: [],
});

const VECTOR_FIELDS = fields(["size", "distance", "hnsw_config"], {
  quantization_config: [],
  on_disk: [false],
  memory: [],
  datatype: ["float32"],
  multivector_config: [],
});

const HNSW_FIELDS = fields(["m", "ef_construct", "full_scan_threshold", "max_indexing_threads"], {
  on_disk: [false],
  memory: [],
  payload_m: [],
  inline_storage: [false],
});

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

const DISTANCES = ["Cosine", "Dot", "Euclid", "Manhattan"] as const;

/** The arguments of `createCollection`, checked, with defaults filled in. */
export function parseCreateCollection(request: unknown): CollectionConfig {
  checkObject(request, "createCollection");
  checkFields(request, "", CREATE_FIELDS);
  const { vectors, hnsw_config, optimizers_config, metadata, timeout } =
    request as Schemas["CreateCollection"] & {
      timeout?: unknown;
    };
  checkTimeout(timeout);
  return {
    params: {
      vectors: parseVectorParams(vectors),
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

/** `vectors` of one unnamed space. */
export function parseVectorParams(vectors: unknown): Schemas["VectorParams"] {
  if (vectors == null) {
    throw invalidArgument(
      "vectors",
      vectors,
      "{ size, distance }",
      "Collections without vectors are not supported yet.",
    );
  }
  checkObject(vectors, "vectors", "{ size, distance }");
  const names = Object.keys(vectors);
  if (!("size" in vectors) && !("distance" in vectors)) {
    const named =
      names.length === 0
        ? "vectors: {} (a collection without vectors)"
        : `vectors.${names[0]} (named vectors)`;
    throw notSupported(named, "Give one unnamed vector: { size, distance }.");
  }
  checkFields(vectors, "vectors", VECTOR_FIELDS);
  const { size, distance, hnsw_config } = vectors as Partial<Schemas["VectorParams"]>;
  const own = parseHnswDiff(hnsw_config, "vectors.hnsw_config");
  return {
    size: integer(size, "vectors.size", 1, MOST_SIZE, "Use the length of your embedding model's vectors."),
    distance: oneOf(distance, "vectors.distance", DISTANCES),
    ...(Object.keys(own).length > 0 && { hnsw_config: own }),
  };
}

/** `hnsw_config` of a collection or of a space: what it sets, checked. */
export function parseHnswDiff(diff: unknown, what: string): Partial<Schemas["HnswConfig"]> {
  if (diff == null) return {};
  checkObject(diff, what);
  checkFields(diff, what, HNSW_FIELDS);
  const given = diff as Schemas["HnswConfigDiff"];
  return present({
    m: checkM(given.m, `${what}.m`),
    ef_construct: optionalInteger(given.ef_construct, `${what}.ef_construct`, 4, MOST_EF_CONSTRUCT),
    full_scan_threshold: optionalInteger(
      given.full_scan_threshold,
      `${what}.full_scan_threshold`,
      10,
      Number.MAX_SAFE_INTEGER,
      "It is in kilobytes of vectors.",
    ),
    max_indexing_threads: optionalInteger(
      given.max_indexing_threads,
      `${what}.max_indexing_threads`,
      0,
      Number.MAX_SAFE_INTEGER,
    ),
  });
}

function checkM(m: unknown, what: string): number | undefined {
  if (m == null || m === 0) return m ?? undefined;
  if (typeof m === "number" && Number.isInteger(m) && m >= 2 && m <= MOST_M) return m;
  throw invalidArgument(
    what,
    m,
    `0 or an integer from 2 to ${MOST_M}`,
    "16 suits most data; 0 means no graph, so that every search is exact.",
  );
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

/** Without the fields that were left out, so that spreading them doesn't hide a default. */
function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, given]) => given !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
