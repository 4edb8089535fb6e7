/** What requests may have and most have not; loaded through extras-on-demand.ts. */

export { lookUp, parseLookup } from "./lookup.ts";
export { parseScrollOrder, queryInOrder, scrollInOrder } from "./ordered.ts";
export { parsePayloadParts } from "./payload-parts.ts";
export { parseQueryObject } from "./query-object.ts";
export { cutDown } from "./update-filter.ts";
