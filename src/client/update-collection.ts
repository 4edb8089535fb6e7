import type { Collection } from "../collection/collection.ts";
import { configure } from "../collection/settings.ts";
import { parseUpdateCollection } from "./validate-patch.ts";
import { amongWrites } from "./write-turn.ts";

/** @see NearvecClient.updateCollection */
export async function updateCollection(collection: Collection, request: unknown): Promise<true> {
  // Refused at once; but what it is merged into is what there is when its turn comes.
  parseUpdateCollection(request, collection.config);
  await amongWrites(collection, () =>
    configure(collection, parseUpdateCollection(request, collection.config)),
  );
  return true;
}
