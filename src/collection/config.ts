import type { components } from "../generated/qdrant.ts";
import type { DenseSpaceConfig, Distance } from "../vectors/config.ts";
import type { IndexingConfig } from "./indexing.ts";
import { tailLimit } from "./indexing.ts";
import type { Surroundings } from "./surroundings.ts";

type Schemas = components["schemas"];

/**
 * A collection's configuration with every default filled in, spelled as Qdrant spells it: it is what
 * `getCollection` shows, what a patch will merge into, and what a manifest will hold.
 */
export interface CollectionConfig {
  readonly params: Schemas["CollectionParams"] & { readonly vectors: Schemas["VectorParams"] };
  readonly hnsw_config: Schemas["HnswConfig"];
  readonly optimizer_config: Schemas["OptimizersConfig"];
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

const KIBIBYTE = 1024;

/** What one space is made of, with the space's own settings in front of the collection's. */
export interface SpaceSettings {
  readonly size: number;
  readonly distance: Distance;
  readonly m: number;
  readonly efConstruct: number;
  readonly fullScanBytes: number;
}

export function spaceSettings(config: Pick<CollectionConfig, "params" | "hnsw_config">): SpaceSettings {
  const { size, distance, hnsw_config: own } = config.params.vectors;
  const shared = config.hnsw_config;
  return {
    size,
    distance,
    m: own?.m ?? shared.m,
    efConstruct: own?.ef_construct ?? shared.ef_construct,
    fullScanBytes: (own?.full_scan_threshold ?? shared.full_scan_threshold) * KIBIBYTE,
  };
}

export function denseSpaceConfig(
  settings: SpaceSettings,
  optimizer: Schemas["OptimizersConfig"],
  { seed, maxSpaceBytes }: Surroundings,
): DenseSpaceConfig {
  const { size, distance, m, efConstruct } = settings;
  return {
    size,
    distance,
    m,
    efConstruct,
    seed,
    deletedThreshold: optimizer.deleted_threshold,
    vacuumMinVectors: optimizer.vacuum_min_vector_number,
    ...(maxSpaceBytes && { maxBytes: maxSpaceBytes }),
  };
}

export function indexingConfig(
  settings: SpaceSettings,
  optimizer: Schemas["OptimizersConfig"],
): IndexingConfig {
  const threshold = optimizer.indexing_threshold;
  return {
    enabled: settings.m > 0 && threshold !== 0,
    startAt: threshold == null ? 1 : Math.ceil((threshold * KIBIBYTE) / (4 * settings.size)),
    tailLimit: tailLimit(settings.size),
    size: settings.size,
  };
}
