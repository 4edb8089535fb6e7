import type { components } from "../generated/qdrant.ts";
import type { Datatype, Distance, SpaceConfig } from "../vectors/config.ts";
import type { IndexingConfig } from "./indexing.ts";
import { tailLimit } from "./indexing.ts";
import type { Surroundings } from "./surroundings.ts";

type Schemas = components["schemas"];
type VectorParams = Schemas["VectorParams"];

/**
 * A collection's configuration with every default filled in, spelled as Qdrant spells it: it is what
 * `getCollection` shows, what a patch will merge into, and what a manifest will hold.
 */
export interface CollectionConfig {
  readonly params: Schemas["CollectionParams"];
  readonly hnsw_config: Schemas["HnswConfig"];
  readonly optimizer_config: Schemas["OptimizersConfig"];
  // Of the log, its capacity decides when a store gets a checkpoint; the rest of it is kept and shown, without effect. So are
  // quantization and limits, which there are none of yet.
  readonly wal_config?: Schemas["WalConfig"];
  readonly quantization_config?: Schemas["QuantizationConfig"];
  readonly strict_mode_config?: Schemas["StrictModeConfigOutput"];
  /** What the program wants to remember with the collection. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/**
 * Qdrant's defaults, but for `full_scan_threshold`, which is 10,000 KB there: the graph is ahead of a scan from about a
 * tenth of that on, by an order of magnitude at 10,000 KB.
 */
export const HNSW_DEFAULTS: Schemas["HnswConfig"] = {
  m: 16,
  ef_construct: 100,
  full_scan_threshold: 1000,
  max_indexing_threads: 0,
  on_disk: false,
};

/**
 * Qdrant's defaults, but for `indexing_threshold`: a server leaves small segments unindexed; here every
 * vector goes to the graph soon after it was written, and null says so.
 */
export const OPTIMIZER_DEFAULTS: Schemas["OptimizersConfig"] = {
  deleted_threshold: 0.2,
  vacuum_min_vector_number: 1000,
  default_segment_number: 0,
  max_segment_size: null,
  memmap_threshold: null,
  indexing_threshold: null,
  flush_interval_sec: 5,
  max_optimization_threads: null,
};

/** Qdrant's defaults. Shown, without effect: programs that copy collections ask for them. */
export const WAL_DEFAULTS: Schemas["WalConfig"] = {
  wal_capacity_mb: 32,
  wal_segments_ahead: 0,
  wal_retain_closed: 1,
};

const KIBIBYTE = 1024;
/** Of a sparse vector: what its memory and time are guessed by. */
const TYPICAL_ENTRIES = 128;

/** What one space is made of, with the space's own settings in front of the collection's. */
export type SpaceSettings = DenseSettings | SparseSettings;

export interface DenseSettings {
  /** One vector a point, or a list of them. */
  readonly kind: "dense" | "multi";
  readonly size: number;
  readonly distance: Distance;
  readonly datatype: Datatype;
  readonly m: number;
  readonly efConstruct: number;
  readonly fullScanBytes: number;
}

export interface SparseSettings {
  readonly kind: "sparse";
  /** Whether a query's values are weighed by how rare their indices are. */
  readonly idf: boolean;
  readonly datatype: Datatype;
}

type SpaceParams = Pick<CollectionConfig, "params" | "hnsw_config">;

/** The settings of every space by its name; the unnamed one is "". */
export function spacesOf({ params, hnsw_config }: SpaceParams): Map<string, SpaceSettings> {
  const spaces = new Map<string, SpaceSettings>();
  for (const [name, vector] of Object.entries(denseParams(params))) {
    spaces.set(name, denseSettings(vector, hnsw_config));
  }
  for (const [name, sparse] of Object.entries(params.sparse_vectors ?? {})) {
    spaces.set(name, sparseSettings(sparse));
  }
  return spaces;
}

/** `params.vectors` by name, however it is written. */
export function denseParams({ vectors }: CollectionConfig["params"]): Readonly<Record<string, VectorParams>> {
  if (vectors === undefined) return {};
  return isSingle(vectors) ? { "": vectors } : vectors;
}

/** Whether `params.vectors` says what the one unnamed vector is. (A vector called "size" has an object there.) */
export function isSingle(vectors: Schemas["VectorsConfig"]): vectors is VectorParams {
  return typeof vectors.size === "number";
}

function denseSettings(params: VectorParams, shared: Schemas["HnswConfig"]): DenseSettings {
  const { size, distance, datatype, multivector_config, hnsw_config: own } = params;
  return {
    kind: multivector_config == null ? "dense" : "multi",
    size,
    distance,
    datatype: datatypeOf(datatype),
    m: own?.m ?? shared.m,
    efConstruct: own?.ef_construct ?? shared.ef_construct,
    fullScanBytes: (own?.full_scan_threshold ?? shared.full_scan_threshold) * KIBIBYTE,
  };
}

function sparseSettings({ index, modifier }: Schemas["SparseVectorParams"]): SparseSettings {
  return { kind: "sparse", idf: modifier === "idf", datatype: datatypeOf(index?.datatype) };
}

/** Validation has refused the others. */
function datatypeOf(datatype: Schemas["Datatype"] | null | undefined): Datatype {
  return datatype === "float16" || datatype === "uint8" ? datatype : "float32";
}

export function spaceConfig(
  settings: SpaceSettings,
  optimizer: Schemas["OptimizersConfig"],
  { seed, maxSpaceBytes }: Surroundings,
): SpaceConfig {
  const shared = {
    seed,
    deletedThreshold: optimizer.deleted_threshold,
    vacuumMinVectors: optimizer.vacuum_min_vector_number,
    ...(maxSpaceBytes && { maxBytes: maxSpaceBytes }),
  };
  if (settings.kind === "sparse") return { ...settings, ...shared };
  const { kind, size, distance, datatype, m, efConstruct } = settings;
  return { kind, size, distance, datatype, m, efConstruct, ...shared };
}

export function indexingConfig(
  settings: SpaceSettings,
  optimizer: Schemas["OptimizersConfig"],
): IndexingConfig {
  // Postings of sparse vectors are written at once: there is nothing to catch up with but what was deleted.
  if (settings.kind === "sparse") {
    return { enabled: false, startAt: 1, tailLimit: tailLimit(TYPICAL_ENTRIES), size: TYPICAL_ENTRIES };
  }
  const threshold = optimizer.indexing_threshold;
  return {
    enabled: settings.m > 0 && threshold !== 0,
    startAt: threshold == null ? 1 : Math.ceil((threshold * KIBIBYTE) / (4 * settings.size)),
    tailLimit: tailLimit(settings.size),
    size: settings.size,
  };
}
