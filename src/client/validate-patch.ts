import { type CollectionConfig, denseParams, isSingle } from "../collection/config.ts";
import { NearvecError, shortly } from "../errors.ts";
import { checkFields, checkObject, checkRequest, fields, type Given } from "../fields.ts";
import { mergeInto } from "../payload/path.ts";
import { parseMetadata, parseOptimizerDiff } from "./validate-collection.ts";
import { checkTimeout } from "./validate-options.ts";
import { parseHnswDiff } from "./validate-vector-params.ts";

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
  return {
    ...current,
    params: { ...current.params, ...patchVectors(given.vectors, current.params) },
    hnsw_config: { ...current.hnsw_config, ...parseHnswDiff(given.hnsw_config, "hnsw_config") },
    optimizer_config: { ...current.optimizer_config, ...parseOptimizerDiff(given.optimizers_config) },
    ...patchMetadata(given.metadata, current.metadata),
  };
}

function checkParams(params: unknown): void {
  if (params == null) return;
  checkObject(params, "params");
  checkFields(params, "params", PARAMS_FIELDS);
}

type Params = CollectionConfig["params"];

/** `vectors`: settings by names of vectors; the unnamed one's is "". */
function patchVectors(vectors: unknown, current: Params): Pick<Params, "vectors"> {
  if (vectors == null || current.vectors === undefined) return {};
  checkObject(vectors, "vectors", 'settings by vector names: { "": { hnsw_config } }');
  const patched = new Map(Object.entries(denseParams(current)));
  for (const [name, own] of Object.entries(vectors)) {
    const params = patched.get(name);
    if (params === undefined)
      throw noVector(`vectors: there is no vector ${shortly(name)}`, [...patched.keys()]);
    if (own == null) continue;
    const what = `vectors[${JSON.stringify(name)}]`;
    checkObject(own, what);
    checkFields(own, what, VECTOR_FIELDS);
    const diff = parseHnswDiff((own as Given).hnsw_config, `${what}.hnsw_config`);
    if (Object.keys(diff).length > 0) {
      patched.set(name, { ...params, hnsw_config: { ...params.hnsw_config, ...diff } });
    }
  }
  const unnamed = patched.get("");
  return {
    vectors: isSingle(current.vectors) && unnamed !== undefined ? unnamed : Object.fromEntries(patched),
  };
}

function noVector(what: string, names: readonly string[]): NearvecError {
  return new NearvecError("INVALID_ARGUMENT", {
    what,
    expected: `one of ${names.map((name) => JSON.stringify(name)).join(", ")}`,
    todo: 'Name vectors that the collection has; "" is the unnamed one.',
  });
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
