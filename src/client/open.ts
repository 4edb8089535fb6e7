import { runtimeSurroundings } from "../collection/surroundings.ts";
import { loadCore } from "../core/load.ts";
import { NearvecClient } from "./client.ts";
import { Collections } from "./collections.ts";
import { checkOpenOptions, type OpenOptions } from "./options.ts";

/**
 * Opens an engine in this process: in memory, with `path` on what is kept there, with `snapshot` on what that holds.
 * Close it to give memory and folder back.
 *
 * With a type argument the payloads of collections have types of their own, by the collections' names:
 * `open<{ docs: Doc }>()`. It holds where the name is written out; a name that is only a `string` means any payload.
 *
 * @throws `INVALID_ARGUMENT` for an unknown option, `NOT_SUPPORTED` when the runtime's WebAssembly lacks SIMD
 */
export async function open<Payloads extends object = object>(
  options: OpenOptions = {},
): Promise<NearvecClient<Payloads>> {
  const checked = checkOpenOptions(options);
  const core = await loadCore(checked);
  const collections = new Collections(core, runtimeSurroundings());
  if (checked.snapshot !== undefined)
    await (await import("./open-snapshot.ts")).openSnapshot(collections, checked);
  else if (checked.path !== undefined)
    await (await import("./open-store.ts")).openStore(collections, checked);
  return new NearvecClient(collections);
}
