import type { Rows } from "../vectors/rows.ts";
import type { Space } from "../vectors/space.ts";
import type { OperationVectors } from "./operation.ts";

/** The vectors of one space in an operation, read point by point. */
export class Column {
  readonly space: Space;
  readonly rows: Rows;
  readonly #presence: Uint32Array;
  #row = 0;

  constructor({ presence, rows }: OperationVectors, space: Space) {
    this.#presence = presence;
    this.rows = rows;
    this.space = space;
  }

  /** The row of point `index`, -1 where it has none; to be asked of every point in turn. */
  next(index: number): number {
    const set = (((this.#presence[index >>> 5] as number) >>> (index & 31)) & 1) === 1;
    return set ? this.#row++ : -1;
  }
}
