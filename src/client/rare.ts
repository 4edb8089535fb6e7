/** Methods that few programs call: searches as they were before there was `query`, and explanations; loaded through on-demand.ts. */

export { explainQuery } from "./explain.ts";
export { parseSearch, parseSearchBatch } from "./validate-search.ts";
