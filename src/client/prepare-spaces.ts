import type { CollectionConfig } from "../collection/config.ts";
import { partialChanges } from "../collection/partial-changes-on-demand.ts";
import type { CoreModule } from "../core/load.ts";
import { loadForCreation } from "./administration-on-demand.ts";

/** Loads the code that restoring a collection of a configuration may need. */
export async function prepareSpaces(core: CoreModule, { params }: CollectionConfig): Promise<void> {
  await loadForCreation(core, params);
  await partialChanges.load();
}
