/** Making collections, changing their settings, and what they will take; loaded through administration-on-demand.ts. */

export { changeAliases } from "./alias-actions.ts";
export { estimate } from "./estimate.ts";
export { parseCreateCollection } from "./validate-collection.ts";
export { parseUpdateCollection } from "./validate-patch.ts";
export { createVectorName, deleteVectorName } from "./vector-names.ts";
