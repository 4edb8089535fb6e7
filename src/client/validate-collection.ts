import {
  type CollectionConfig,
  HNSW_DEFAULTS,
  OPTIMIZER_DEFAULTS,
  WAL_DEFAULTS,
} from "../collection/config.ts";
import { notSupported } from "../errors.ts";
import { CreateCollection } from "../generated/validators/create-collection.ts";
import { COLLECTION_OPTIONS } from "../generated/validators/options.ts";
import { encode, parseJson } from "../payload/json.ts";
import { extend } from "../validation/containers.ts";
import { checkArguments } from "../validation/schema.ts";
import { checkHnsw, checkVectors } from "./validate-vector-params.ts";

const REQUEST = /* @__PURE__ */ extend(CreateCollection, COLLECTION_OPTIONS);

/**
 * The arguments of `createCollection`, checked, with defaults filled in. Hints to a server's shards, disks and memory are
 * kept and shown, and change nothing: there is one shard, in memory, of which there is one copy.
 */
export function parseCreateCollection(request: unknown): CollectionConfig {
  const given = checkArguments(REQUEST, request, "createCollection");
  const {
    vectors = {},
    sparse_vectors,
    hnsw_config,
    optimizers_config,
    wal_config,
    quantization_config,
    strict_mode_config,
    metadata,
    timeout: _,
    ...params
  } = given;
  if (params.sharding_method === "custom") throw notSupported('sharding_method: "custom"');
  checkVectors(vectors, sparse_vectors);
  checkHnsw(hnsw_config, "hnsw_config");
  checkStrictMode(strict_mode_config);
  return {
    params: {
      shard_number: 1,
      replication_factor: 1,
      write_consistency_factor: 1,
      on_disk_payload: false,
      ...params,
      vectors,
      ...(sparse_vectors && { sparse_vectors }),
    },
    hnsw_config: { ...HNSW_DEFAULTS, ...hnsw_config },
    optimizer_config: { ...OPTIMIZER_DEFAULTS, ...optimizerSettings(optimizers_config) },
    wal_config: { ...WAL_DEFAULTS, ...wal_config },
    ...(quantization_config && { quantization_config }),
    ...(strict_mode_config && { strict_mode_config }),
    ...(metadata != null && { metadata: parseMetadata(metadata) }),
  };
}

/** `metadata`: any JSON object; the answer is a copy. */
export function parseMetadata(metadata: unknown): Record<string, unknown> {
  return parseJson(encode(metadata, () => "metadata", 0)) as Record<string, unknown>;
}

type OptimizersConfig = CollectionConfig["optimizer_config"];
type OptimizersDiff = Omit<Partial<OptimizersConfig>, "max_optimization_threads"> & {
  readonly max_optimization_threads?: number | "auto";
};

/** `optimizers_config` as it is kept. */
export function optimizerSettings(diff: OptimizersDiff = {}): Partial<OptimizersConfig> {
  const { max_optimization_threads: threads, ...settings } = diff;
  if (threads === undefined) return settings;
  if (threads === 0) {
    throw notSupported(
      "optimizers_config.max_optimization_threads: 0",
      "Use optimizers_config.indexing_threshold: 0 to switch indexing off.",
    );
  }
  return { ...settings, max_optimization_threads: threads === "auto" ? null : threads };
}

/** Limits that nobody enforces must not look as if somebody did. */
export function checkStrictMode(config: CollectionConfig["strict_mode_config"]): void {
  if (config?.enabled) throw notSupported("strict_mode_config.enabled: true", "Leave strict mode off.");
}
