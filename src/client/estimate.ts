import { HNSW_DEFAULTS } from "../collection/config.ts";
import { estimateVersionBytes } from "../collection/versions.ts";
import { estimatePayloadBytes } from "../payload/store.ts";
import { estimateIdBytes } from "../points/id-table.ts";
import { object } from "../validation/containers.ts";
import { checkArguments, integer, leaf, notYet, oneOf, opaque } from "../validation/schema.ts";
import { estimateDenseBytes } from "../vectors/estimate.ts";
import type * as types from "./types.ts";

/** What is to be estimated: a collection as for `createCollection`, and how much is going into it. */
export interface EstimateRequest {
  vectors: types.VectorParams;
  hnsw_config?: types.HnswConfigDiff | null;
  /** Points. */
  count: number;
  /** Bytes of one point's payload as JSON, on average. Default: 0, no payloads. */
  payload_bytes?: number;
  /** What the ids are: UUIDs take more room than integers. Default: `"integer"`. */
  ids?: "integer" | "uuid";
}

/**
 * Bytes that a collection will take, within a tenth of the truth. Vectors include their graph and the scratch
 * of searches.
 */
export interface Estimate {
  total: number;
  vectors: number;
  ids: number;
  payloads: number;
}

const ANYTHING = /* @__PURE__ */ opaque("a setting");
/** Of settings that a collection may have, those that decide about memory; `createCollection` checks them all. */
const HNSW = /* @__PURE__ */ object(
  {},
  {
    m: /* @__PURE__ */ leaf(
      "0 or an integer from 2 to 128",
      (m): m is number => Number.isInteger(m) && (m as number) >= 0 && (m as number) <= 128 && m !== 1,
    ),
    ef_construct: /* @__PURE__ */ integer(4, 65_536),
    full_scan_threshold: ANYTHING,
    max_indexing_threads: ANYTHING,
    on_disk: ANYTHING,
    memory: ANYTHING,
    payload_m: ANYTHING,
    inline_storage: ANYTHING,
  },
);
const VECTORS = /* @__PURE__ */ object(
  {
    size: /* @__PURE__ */ integer(1, 65_536),
    distance: /* @__PURE__ */ oneOf("Cosine Dot Euclid Manhattan"),
  },
  {
    hnsw_config: HNSW,
    datatype: /* @__PURE__ */ oneOf("float32 float16 uint8"),
    on_disk: ANYTHING,
    memory: ANYTHING,
    quantization_config: ANYTHING,
    // How many vectors a point has is not known before they come.
    multivector_config: /* @__PURE__ */ notYet(),
  },
);
const SHAPE = /* @__PURE__ */ object(
  { vectors: VECTORS, count: /* @__PURE__ */ integer(0, 2 ** 32 - 1) },
  {
    hnsw_config: HNSW,
    payload_bytes: /* @__PURE__ */ integer(0),
    ids: /* @__PURE__ */ oneOf("integer uuid"),
  },
);

export function estimate(request: unknown): Estimate {
  const {
    vectors,
    hnsw_config,
    count,
    payload_bytes = 0,
    ids = "integer",
  } = checkArguments(SHAPE, request, "estimate");
  const { size, distance, datatype } = vectors;
  const { m, ef_construct } = { ...HNSW_DEFAULTS, ...hnsw_config, ...vectors.hnsw_config };
  const settings = { size, distance, datatype: datatype ?? "float32", m, efConstruct: ef_construct } as const;
  const parts = {
    vectors: estimateDenseBytes(settings, count),
    ids: estimateIdBytes(count, ids) + estimateVersionBytes(count),
    payloads: payload_bytes === 0 ? 0 : Math.ceil(estimatePayloadBytes(count, payload_bytes)),
  };
  return { total: parts.vectors + parts.ids + parts.payloads, ...parts };
}
