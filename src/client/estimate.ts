import { denseSettings, HNSW_DEFAULTS } from "../collection/config.ts";
import { estimateVersionBytes } from "../collection/versions.ts";
import { HnswConfigDiff } from "../generated/validators/hnsw-config-diff.ts";
import { VectorParams } from "../generated/validators/vector-params.ts";
import { estimatePayloadBytes } from "../payload/store.ts";
import { estimateIdBytes } from "../points/id-table.ts";
import { extend, object } from "../validation/containers.ts";
import { checkArguments, integer, notYet, oneOf } from "../validation/schema.ts";
import { estimateDenseBytes } from "../vectors/estimate.ts";
import type * as types from "./types.ts";
import { checkHnsw, checkVectorParams } from "./validate-vector-params.ts";

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

const SHAPE = /* @__PURE__ */ object(
  {
    // How many vectors a point has is not known before they come.
    vectors: /* @__PURE__ */ extend(VectorParams, { multivector_config: /* @__PURE__ */ notYet() }),
    count: /* @__PURE__ */ integer(0, 2 ** 32 - 1),
  },
  {
    hnsw_config: HnswConfigDiff,
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
  checkVectorParams(vectors, "vectors");
  checkHnsw(hnsw_config, "hnsw_config");
  const settings = denseSettings(vectors, { ...HNSW_DEFAULTS, ...hnsw_config });
  const parts = {
    vectors: estimateDenseBytes(settings, count),
    ids: estimateIdBytes(count, ids) + estimateVersionBytes(count),
    payloads: payload_bytes === 0 ? 0 : Math.ceil(estimatePayloadBytes(count, payload_bytes)),
  };
  return { total: parts.vectors + parts.ids + parts.payloads, ...parts };
}
