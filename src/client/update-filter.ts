/** Upserts and updates of vectors that some points may refuse (`update_filter`). */

import type { Collection } from "../collection/collection.ts";
import { narrowed } from "../collection/narrowing.ts";
import { decodeOperation, Kind } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { NearvecError } from "../errors.ts";
import type { Conditional } from "./selector.ts";

/**
 * The operation without the points that are there and don't meet the filter, so that it means the same whenever it is
 * applied. Missing points stay in it: an upsert stores them, an update of vectors reports them.
 */
export function cutDown(
  { bytes, updateFilter }: Conditional,
  collection: Collection,
  encoder: OperationEncoder,
): Uint8Array {
  const operation = decodeOperation(bytes);
  if (operation.kind !== Kind.UPSERT && operation.kind !== Kind.UPDATE_VECTORS) {
    throw new NearvecError("INTERNAL", {
      what: `an operation of kind ${operation.kind} has an update filter`,
      todo: "Please report it.",
    });
  }
  const { ids } = operation;
  const meets = collection.asker(updateFilter);
  const points: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    const offset = collection.ids.find(ids, i);
    if (offset === -1 || meets(offset)) points.push(i);
  }
  return points.length === ids.length ? bytes : narrowed(operation, points, encoder);
}
