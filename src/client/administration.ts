/** Making collections and changing their settings; loaded through administration-on-demand.ts. */

export { changeAliases } from "./alias-actions.ts";
export { updateCollection } from "./update-collection.ts";
export { parseCreateCollection } from "./validate-collection.ts";
export { createVectorName, deleteVectorName } from "./vector-names.ts";
