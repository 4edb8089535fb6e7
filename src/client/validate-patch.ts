import { type CollectionConfig, spaceSettings } from "../collection/config.ts";
import { NearvecError, notSupported, shortly } from "../errors.ts";
import { checkFields, checkObject, checkRequest, fields, type Given } from "../fields.ts";
import { mergeInto } from "../payload/path.ts";
import { parseHnswDiff, parseMetadata, parseOptimizerDiff } from "./validate-collection.ts";
import { checkTimeout } from "./validate-options.ts";

const PATCH_FIELDS = fields(
  ["vectors", "hnsw_config", "optimizers_config", "params", "metadata", "timeout"],
  { quantization_config: [], sparse_vectors: [], strict_mode_config: [] },
);
const PARAMS_FIELDS = fields([], {
  replication_factor: [1],
  write_consistency_factor: [1],
  read_fan_out_factor: [],
  read_fan_out_delay_ms: [],
  on_disk_payload: [false],
  payload: [],
});
const VECTOR_FIELDS = fields(["hnsw_config"], { quantization_config: [], on_disk: [false], memory: [] });

/** The arguments of `updateCollection`, checked and merged into the configuration there is. */
export function parseUpdateCollection(request: unknown, current: CollectionConfig): CollectionConfig {
  const given = checkRequest(request ?? {}, "updateCollection", PATCH_FIELDS);
  checkTimeout(given.timeout);
  checkParams(given.params);
  const config: CollectionConfig = {
    ...current,
    params: { ...current.params, vectors: patchVectors(given.vectors, current.params.vectors) },
    hnsw_config: { ...current.hnsw_config, ...parseHnswDiff(given.hnsw_config, "hnsw_config") },
    optimizer_config: { ...current.optimizer_config, ...parseOptimizerDiff(given.optimizers_config) },
    ...patchMetadata(given.metadata, current.metadata),
  };
  const m = spaceSettings(config).m;
  const before = spaceSettings(current).m;
  if (m !== before) {
    throw notSupported(
      `changing hnsw_config.m (from ${before} to ${m})`,
      "Create another collection with it, copy the points, and switch an alias.",
    );
  }
  return config;
}

function checkParams(params: unknown): void {
  if (params == null) return;
  checkObject(params, "params");
  checkFields(params, "params", PARAMS_FIELDS);
}

type VectorParams = CollectionConfig["params"]["vectors"];

/** `vectors`: settings by names of vectors; the unnamed one's is "". */
function patchVectors(vectors: unknown, current: VectorParams): VectorParams {
  if (vectors == null) return current;
  checkObject(vectors, "vectors", 'settings by vector names: { "": { hnsw_config } }');
  const unknown = Object.keys(vectors).find((name) => name !== "");
  if (unknown !== undefined) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what: `vectors: there is no vector ${shortly(unknown)}`,
      expected: '"", the unnamed vector',
      todo: "Name vectors that the collection has.",
    });
  }
  const own = (vectors as Given)[""];
  if (own == null) return current;
  checkObject(own, 'vectors[""]');
  checkFields(own, 'vectors[""]', VECTOR_FIELDS);
  const diff = parseHnswDiff((own as Given).hnsw_config, 'vectors[""].hnsw_config');
  if (Object.keys(diff).length === 0) return current;
  return { ...current, hnsw_config: { ...current.hnsw_config, ...diff } };
}

function patchMetadata(
  metadata: unknown,
  current: CollectionConfig["metadata"],
): Pick<CollectionConfig, "metadata"> {
  if (metadata == null) return {};
  const merged = { ...current };
  mergeInto(merged, parseMetadata(metadata));
  return { metadata: merged };
}
