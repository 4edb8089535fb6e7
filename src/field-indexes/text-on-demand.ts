import { OnDemand } from "../on-demand.ts";
import type { FieldIndex } from "./field-index.ts";
import type { FieldParams } from "./params.ts";

/** The code of text indexes, loaded when the first one is created. */
const code = new OnDemand("text indexes", () => import("./text-index.ts"));

/**
 * Loads what `textIndex` needs: the code and, for its options, a stemmer and lists of stop words.
 *
 * @throws {NearvecError} `NOT_SUPPORTED`: no stop words for a language, or no way to tell words; `INTERNAL`: something could
 *   not be loaded
 */
export async function prepareTextIndex(params: FieldParams): Promise<void> {
  await code.load();
  await code.module.prepareTextIndex(params);
}

/** An empty text index; `prepareTextIndex` must have resolved for its options. */
export function textIndex(params: FieldParams): FieldIndex {
  return code.module.textIndex(params);
}
