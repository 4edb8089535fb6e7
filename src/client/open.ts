import { runtimeSurroundings } from "../collection/surroundings.ts";
import { loadCore } from "../core/load.ts";
import { NearvecClient } from "./client.ts";
import { checkOpenOptions, type OpenOptions } from "./options.ts";

/**
 * Opens an engine in this process, in memory. Close it to give the memory back.
 *
 * With a type argument the payloads of collections have types of their own, by the collections' names:
 * `open<{ docs: Doc }>()`. It holds where the name is written out; a name that is only a `string` means any payload.
 *
 * @throws `INVALID_ARGUMENT` for an unknown option, `NOT_SUPPORTED` when the runtime's WebAssembly lacks SIMD
 */
export async function open<Payloads extends object = object>(
  options: OpenOptions = {},
): Promise<NearvecClient<Payloads>> {
  return new NearvecClient(await loadCore(checkOpenOptions(options)), runtimeSurroundings());
}
