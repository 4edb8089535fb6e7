import { denseSettings, HNSW_DEFAULTS } from "../collection/config.ts";
import { estimateVersionBytes } from "../collection/versions.ts";
import { checkFields, checkObject, fields, integer, oneOf } from "../fields.ts";
import { estimatePayloadBytes } from "../payload/store.ts";
import { estimateIdBytes } from "../points/id-table.ts";
import { estimateDenseBytes } from "../vectors/estimate.ts";
import type { HnswConfigDiff, VectorParams } from "./types.ts";
import { parseHnswDiff, parseVectorParams } from "./validate-vector-params.ts";

/** What is to be estimated: a collection as for `createCollection`, and how much is going into it. */
export interface EstimateRequest {
  vectors: VectorParams;
  hnsw_config?: HnswConfigDiff | null;
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

const ESTIMATE_FIELDS = fields(["vectors", "hnsw_config", "count", "payload_bytes", "ids"]);

export function estimate(request: unknown): Estimate {
  checkObject(request, "estimate's arguments");
  checkFields(request, "", ESTIMATE_FIELDS);
  const given = request as EstimateRequest;
  const settings = denseSettings(parseVectorParams(given.vectors, "vectors"), {
    ...HNSW_DEFAULTS,
    ...parseHnswDiff(given.hnsw_config, "hnsw_config"),
  });
  const count = integer(given.count, "count", 0, 2 ** 32 - 1);
  const payloadBytes = integer(given.payload_bytes ?? 0, "payload_bytes", 0, Number.MAX_SAFE_INTEGER);
  const ids = oneOf(given.ids ?? "integer", "ids", ["integer", "uuid"]);
  const parts = {
    vectors: estimateDenseBytes(settings, count),
    ids: estimateIdBytes(count, ids) + estimateVersionBytes(count),
    payloads: payloadBytes === 0 ? 0 : Math.ceil(estimatePayloadBytes(count, payloadBytes)),
  };
  return { total: parts.vectors + parts.ids + parts.payloads, ...parts };
}
