/** Vectors as operations bring them, and as they come back. */

/** Vectors of equal length, one after the other. */
export interface DenseRows {
  readonly type: "dense";
  readonly count: number;
  readonly size: number;
  /** count × size */
  readonly values: Float32Array;
}

/**
 * Lists of pairs, of any length. Row i has the entries from `ends[i - 1]` (0 for the first) up to `ends[i]`; within a row
 * `indices` ascend.
 */
export interface SparseRows {
  readonly type: "sparse";
  readonly count: number;
  readonly ends: Uint32Array;
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/** Lists of vectors of equal length. Row i has the vectors from `ends[i - 1]` (0 for the first) up to `ends[i]`, at least one. */
export interface MultiRows {
  readonly type: "multi";
  readonly count: number;
  readonly size: number;
  readonly ends: Uint32Array;
  /** ends[count - 1] × size */
  readonly values: Float32Array;
}

export type Rows = DenseRows | SparseRows | MultiRows;

export interface SparseVector {
  /** Ascending. */
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

export interface MultiVector {
  readonly size: number;
  /** Vector after vector. */
  readonly values: Float32Array;
}

/** A vector outside its space: dense ones are bare numbers. */
export type StoredVector = Float32Array | SparseVector | MultiVector;
