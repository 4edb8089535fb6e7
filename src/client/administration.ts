/** Making collections, changing their settings, and what they will take; loaded through administration-on-demand.ts. */

export { estimate } from "./estimate.ts";
export { parseAliasActions } from "./validate-aliases.ts";
export { parseCreateCollection } from "./validate-collection.ts";
export { parseUpdateCollection } from "./validate-patch.ts";
export { addVectorName, dropVectorName } from "./vector-names.ts";
