import type { CoreModule } from "../core/load.ts";
import type { SpaceConfig } from "./config.ts";
import { DenseSpace } from "./dense-space.ts";
import { kinds } from "./kinds/on-demand.ts";
import type { Space } from "./space.ts";

/** Whether a space is one that needs no code beyond what is always there. */
export function isPlain<Config extends Pick<SpaceConfig, "kind" | "datatype">>(
  config: Config,
): config is Config & { kind: "dense" } {
  return config.kind === "dense" && config.datatype === "float32";
}

/**
 * An empty space. For any but a plain one, `kinds` must have been loaded.
 *
 * @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for even an empty space.
 */
export function createSpace(core: CoreModule, config: SpaceConfig): Space {
  return isPlain(config) ? DenseSpace.create(core, config) : kinds.module.createSpace(core, config);
}
