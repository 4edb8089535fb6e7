/** What the description of requests doesn't say about the vectors of a collection. */

import { isSingle } from "../collection/config.ts";
import { NearvecError, notSupported } from "../errors.ts";
import type { components } from "../generated/qdrant.ts";
import { placeOf } from "../validation/schema.ts";
import type { HnswConfigDiff, VectorParams } from "./types.ts";

type Schemas = components["schemas"];
type Sparse = Readonly<Record<string, Schemas["SparseVectorParams"]>>;

/** As in Qdrant. */
const MOST_NAME_BYTES = 200;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** `vectors` and `sparse_vectors` of a collection. */
export function checkVectors(vectors: Schemas["VectorsConfig"], sparse: Sparse = {}): void {
  if (isSingle(vectors)) checkVectorParams(vectors, "vectors");
  else {
    for (const [name, params] of Object.entries(vectors)) {
      const place = placeOf("vectors", name);
      checkVectorName(name, place);
      checkVectorParams(params, place);
    }
  }
  for (const [name, params] of Object.entries(sparse)) {
    const place = placeOf("sparse_vectors", name);
    checkVectorName(name, place);
    if (isSingle(vectors) ? name === "" : Object.hasOwn(vectors, name)) throw taken(name, place);
    checkSparseParams(params, place);
  }
}

/** What one dense space is made of: `vectors`, or an entry of it. */
export function checkVectorParams({ datatype, hnsw_config }: VectorParams, place: string): void {
  checkDatatype(datatype, `${place}.datatype`);
  checkHnsw(hnsw_config, `${place}.hnsw_config`);
}

/** What one sparse space is made of. */
export function checkSparseParams({ index }: Schemas["SparseVectorParams"], place: string): void {
  checkDatatype(index?.datatype, `${place}.index.datatype`);
}

export function checkDatatype(datatype: Schemas["Datatype"] | null | undefined, place: string): void {
  if (datatype === "turbo4") throw notSupported(`${place}: "turbo4"`, "Use float32, float16 or uint8.");
}

/** `hnsw_config` of a collection or of a space. */
export function checkHnsw(config: HnswConfigDiff | null | undefined, place: string): void {
  if (config?.m !== 1) return;
  throw new NearvecError("INVALID_ARGUMENT", {
    what: `${place}.m`,
    got: "1",
    expected: "0 or an integer from 2 to 128",
    todo: "16 suits most data; 0 means no graph, so that every search is exact.",
  });
}

export function checkVectorName(name: string, what: string): void {
  const bytes = new TextEncoder().encode(name).length;
  // A lone surrogate can't be written as UTF-8, and so not be stored.
  if (bytes <= MOST_NAME_BYTES && !LONE_SURROGATE.test(name)) return;
  throw new NearvecError("INVALID_NAME", {
    what,
    got: bytes > MOST_NAME_BYTES ? `${name.length} characters` : "half of a surrogate pair",
    expected: `well-formed text of at most ${MOST_NAME_BYTES} bytes`,
    todo: "Choose another name.",
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
