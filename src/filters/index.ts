/** What the rest of the engine uses of filters; loaded through on-demand.ts. */

export { bindFilter } from "./bind.ts";
export { matches } from "./evaluate.ts";
export { idsOf, isUnconstrained } from "./filter.ts";
export { parseFilter } from "./parse.ts";
