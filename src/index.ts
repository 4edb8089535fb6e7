/**
 * nearvec: an embedded vector engine with Qdrant's points API.
 *
 * @example
 * import { open } from "nearvec";
 * const client = await open();
 * await client.createCollection("words", { vectors: { size: 100, distance: "Cosine" } });
 *
 * @packageDocumentation
 */

export type { NearvecClient } from "./client/client.ts";
export type { EngineInfo } from "./client/engine-info.ts";
export type { Estimate, EstimateRequest } from "./client/estimate.ts";
export type { Explanation } from "./client/explain.ts";
export { open } from "./client/open.ts";
export type { OpenOptions } from "./client/options.ts";
export type * from "./client/snapshot-types.ts";
export type * from "./client/types.ts";
export { type ErrorCode, type ErrorDetails, type ErrorSubject, NearvecError } from "./errors.ts";
