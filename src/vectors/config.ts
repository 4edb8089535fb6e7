import type { Distance } from "../core/abi.ts";

export type { Distance } from "../core/abi.ts";

/** What a dense space is made of; fixed for its life. */
export interface DenseSpaceConfig {
  /** Values per vector, 1 to 65,536. */
  readonly size: number;
  readonly distance: Distance;
  /** Links per node and upper level; level 0 has twice as many. 0: no graph, every search is exact. */
  readonly m: number;
  /** Candidates that an insertion weighs. */
  readonly efConstruct: number;
  /** Decides the levels of the nodes; the same seed and order of insertion give the same graph. */
  readonly seed: number;
  /**
   * The space is built anew without its tombstones once they are more than this share of the slots (default .2) and more
   * than `vacuumMinVectors` (default 1000): Qdrant's `deleted_threshold` and `vacuum_min_vector_number`.
   */
  readonly deletedThreshold?: number;
  readonly vacuumMinVectors?: number;
  /** The most memory the space may take, in bytes. Default: 4 GiB, what a 32-bit address reaches. */
  readonly maxBytes?: number;
}
