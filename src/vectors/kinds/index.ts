/** Spaces of every kind but the plain one, dense vectors of f32. */

import type { CoreModule } from "../../core/load.ts";
import type { SpaceConfig } from "../config.ts";
import type { Space } from "../space.ts";
import { MultiSpace } from "./multi-space.ts";
import { sparseCore } from "./sparse-core.ts";
import { SparseSpace } from "./sparse-space.ts";
import { TypedDenseSpace } from "./typed-dense-space.ts";

/**
 * An empty space. It goes on reading the settings that may change (`m`, `efConstruct`, the thresholds) from `config`.
 *
 * For sparse vectors, `sparseCore` must have been loaded, where `core` doesn't bring their module.
 *
 * @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for even an empty space.
 */
export function createSpace(core: CoreModule, config: SpaceConfig): Space {
  switch (config.kind) {
    case "dense":
      return TypedDenseSpace.create(core, config);
    case "multi":
      return MultiSpace.create(core, config);
    case "sparse":
      return SparseSpace.create({ module: core.sparse ?? sparseCore.module }, config);
  }
}
