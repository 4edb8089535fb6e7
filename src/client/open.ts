import { runtimeSurroundings } from "../collection/surroundings.ts";
import { loadCore } from "../core/load.ts";
import { NearvecClient } from "./client.ts";
import { checkOpenOptions, type OpenOptions } from "./options.ts";

/**
 * Opens an engine in this process, in memory. Close it to give the memory back.
 *
 * @throws `INVALID_ARGUMENT` for an unknown option, `NOT_SUPPORTED` when the runtime's WebAssembly lacks SIMD
 */
export async function open(options: OpenOptions = {}): Promise<NearvecClient> {
  return new NearvecClient(await loadCore(checkOpenOptions(options)), runtimeSurroundings());
}
