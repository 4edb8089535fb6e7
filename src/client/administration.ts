/** Making collections and changing their settings; loaded through administration-on-demand.ts. */

export { changeAliases } from "./alias-actions.ts";
export { parseCreateCollection } from "./validate-collection.ts";
export { parseUpdateCollection } from "./validate-patch.ts";
export { createVectorName, deleteVectorName } from "./vector-names.ts";
