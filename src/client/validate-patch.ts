import { type CollectionConfig, denseParams, isSingle } from "../collection/config.ts";
import { NearvecError, shortly } from "../errors.ts";
import { COLLECTION_OPTIONS } from "../generated/validators/options.ts";
import { UpdateCollection } from "../generated/validators/update-collection.ts";
import { mergeInto } from "../payload/path.ts";
import { extend } from "../validation/containers.ts";
import { checkArguments, placeOf, type TypeOf } from "../validation/schema.ts";
import type { VectorParams } from "./types.ts";
import { checkStrictMode, optimizerSettings, parseMetadata } from "./validate-collection.ts";
import { checkHnsw, checkSparseParams, checkVectorParams } from "./validate-vector-params.ts";

const REQUEST = /* @__PURE__ */ extend(UpdateCollection, COLLECTION_OPTIONS);

type Given = TypeOf<typeof UpdateCollection>;
type Params = CollectionConfig["params"];

/** The arguments of `updateCollection`, checked and merged into the configuration there is. */
export function parseUpdateCollection(request: unknown, current: CollectionConfig): CollectionConfig {
  const given = checkArguments(REQUEST, request ?? {}, "updateCollection");
  const { strict_mode_config: strictMode } = given;
  checkHnsw(given.hnsw_config, "hnsw_config");
  checkStrictMode(strictMode);
  return withQuantization(
    {
      ...current,
      params: {
        ...current.params,
        ...given.params,
        ...patchVectors(given.vectors, current.params),
        ...patchSparse(given.sparse_vectors, current.params),
      },
      hnsw_config: { ...current.hnsw_config, ...given.hnsw_config },
      optimizer_config: { ...current.optimizer_config, ...optimizerSettings(given.optimizers_config) },
      ...(strictMode && { strict_mode_config: { ...current.strict_mode_config, ...strictMode } }),
      ...patchMetadata(given.metadata, current.metadata),
    },
    given.quantization_config,
  );
}

/** `vectors`: settings by names of vectors; the unnamed one's is "". */
function patchVectors(given: Given["vectors"], current: Params): Pick<Params, "vectors"> {
  if (given === undefined) return {};
  const vectors = patched("vectors", given, denseParams(current), (params, diff, place) => {
    const { hnsw_config, quantization_config, ...hints } = diff;
    const merged: VectorParams = {
      ...params,
      ...hints,
      ...(hnsw_config && { hnsw_config: { ...params.hnsw_config, ...hnsw_config } }),
    };
    checkVectorParams(merged, place);
    return withQuantization(merged, quantization_config);
  });
  const unnamed = vectors[""];
  return { vectors: current.vectors && isSingle(current.vectors) && unnamed ? unnamed : vectors };
}

/** `sparse_vectors`: settings by names of vectors. */
function patchSparse(given: Given["sparse_vectors"], current: Params): Pick<Params, "sparse_vectors"> {
  if (given === undefined) return {};
  const sparse = patched("sparse_vectors", given, current.sparse_vectors ?? {}, (params, diff, place) => {
    checkSparseParams(diff, place);
    const { index, ...settings } = diff;
    return { ...params, ...settings, ...(index && { index: { ...params.index, ...index } }) };
  });
  return { sparse_vectors: sparse };
}

/** A map of vectors with changes to some of them. */
function patched<T, Diff>(
  field: string,
  given: Readonly<Record<string, Diff>>,
  current: Readonly<Record<string, T>>,
  patch: (params: T, diff: Diff, place: string) => T,
): Record<string, T> {
  const all = new Map(Object.entries(current));
  for (const [name, diff] of Object.entries(given)) {
    const params = all.get(name);
    if (params === undefined) throw noVector(field, name, [...all.keys()]);
    all.set(name, patch(params, diff, placeOf(field, name)));
  }
  return Object.fromEntries(all);
}

function noVector(field: string, name: string, names: readonly string[]): NearvecError {
  return new NearvecError("INVALID_ARGUMENT", {
    what: `${field}: there is no vector ${shortly(name)}`,
    expected: `one of ${names.map((each) => JSON.stringify(each)).join(", ")}`,
    subject: { vector: name },
    todo: 'Name vectors that the collection has; "" is the unnamed one.',
  });
}

/** "Disabled" takes the setting away. */
function withQuantization<T extends Pick<VectorParams, "quantization_config">>(
  config: T,
  given: Given["quantization_config"],
): T {
  if (given === undefined) return config;
  const { quantization_config: _, ...others } = config;
  return (given === "Disabled" ? others : { ...others, quantization_config: given }) as T;
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
