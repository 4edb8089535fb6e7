/** Methods that sum up what they find; loaded through on-demand.ts. */

export { countFacets, parseFacet } from "./facets.ts";
export { parseQueryGroups, parseSearchGroups, queryGroups } from "./grouping-request.ts";
