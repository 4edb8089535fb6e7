/** How spaces go into checkpoints and come back. Loaded by what writes or reads them: a space without has no part in it. */

import type { Persistent } from "../../journal/sections.ts";
import { DenseSpace } from "../dense-space.ts";
import type { MultiSpace } from "../kinds/multi-space.ts";
import type { SparseSpace } from "../kinds/sparse-space.ts";
import type { TypedDenseSpace } from "../kinds/typed-dense-space.ts";
import type { Space } from "../space.ts";
import { type Beside, BesideLists, BesideSquares, Besides } from "./beside.ts";
import { DensePersistence } from "./dense.ts";
import { SparsePersistence } from "./sparse.ts";

const made = new WeakMap<Space, Persistent>();

/**
 * What puts a space into checkpoints: always the same one for a space. An error of `restore` or `restored` leaves a space
 * that is good for nothing but `close`.
 */
export function persistentOf(space: Space): Persistent {
  let persistent = made.get(space);
  if (persistent === undefined) {
    persistent = make(space);
    made.set(space, persistent);
  }
  return persistent;
}

function make(space: Space): Persistent {
  if (space instanceof DenseSpace) return new DensePersistence(space, { kind: "dense", datatype: "float32" });
  // By its name: asking for its class would load the code of all kinds.
  const { kind } = (space as TypedDenseSpace | MultiSpace | SparseSpace).config;
  switch (kind) {
    case "sparse":
      return new SparsePersistence(space as SparseSpace);
    case "multi": {
      const { rows, lists } = space as MultiSpace;
      return typed(rows, [...squaresOf(rows), new BesideLists(lists)]);
    }
    case "dense":
      return typed(space as TypedDenseSpace, squaresOf(space as TypedDenseSpace));
  }
}

function typed({ vectors, config }: TypedDenseSpace, beside: readonly Beside[]): DensePersistence {
  return new DensePersistence(vectors, config, beside.length > 0 ? new Besides(beside) : undefined);
}

function squaresOf({ squares, config }: TypedDenseSpace): Beside[] {
  return squares === undefined ? [] : [new BesideSquares(squares, config.size)];
}
