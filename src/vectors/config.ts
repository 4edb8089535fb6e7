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

/** How a space rounds the numbers of its vectors (kinds/datatype.ts). Whatever it is, they take f32's memory. */
export type Datatype = "float32" | "float16" | "uint8";

/** A space of dense vectors that are rounded, or of lists of them (compared by the sum of the best matches). */
export interface RoundedSpaceConfig extends DenseSpaceConfig {
  readonly kind: "dense" | "multi";
  readonly datatype: Datatype;
}

/** A space of sparse vectors. */
export interface SparseSpaceConfig
  extends Pick<DenseSpaceConfig, "seed" | "deletedThreshold" | "vacuumMinVectors" | "maxBytes"> {
  readonly kind: "sparse";
  /** Whether a query's values are weighed by how rare their indices are. */
  readonly idf: boolean;
  readonly datatype: Datatype;
}

/** What a space is made of. */
export type SpaceConfig = RoundedSpaceConfig | SparseSpaceConfig;
