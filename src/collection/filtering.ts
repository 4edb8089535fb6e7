/** All that filters take; loaded through filtering-on-demand.ts. */

export { isUnconstrained } from "../filters/filter.ts";
export { parseFilter } from "../filters/parse.ts";
export { encodeFiltered } from "./encode-filtered.ts";
export { Matching } from "./matching.ts";
