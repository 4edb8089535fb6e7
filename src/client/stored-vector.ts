/** Points that are named in place of vectors. */

import type { Collection } from "../collection/collection.ts";
import type { NamedSpace } from "../collection/named-space.ts";
import { NearvecError } from "../errors.ts";
import type { IdColumn } from "../points/id-column.ts";
import type { PointId } from "../points/ids.ts";
import type { StoredVector } from "../vectors/rows.ts";

/** The offset of a column's only id. @throws {NearvecError} `POINT_NOT_FOUND` */
export function pointOf(collection: Collection, id: IdColumn): number {
  const offset = collection.ids.find(id, 0);
  if (offset === -1) throw notFound(`there is no point with id ${id.at(0)}`, id.at(0));
  return offset;
}

/** The vector of that point. @throws {NearvecError} `POINT_NOT_FOUND` when it has none */
export function vectorOf({ name, space }: NamedSpace, offset: number, id: IdColumn): StoredVector {
  const vector = space.get(offset);
  const which = name === "" ? "vector" : `vector ${JSON.stringify(name)}`;
  if (vector === undefined) throw notFound(`the point with id ${id.at(0)} has no ${which}`);
  return vector;
}

function notFound(what: string, point?: PointId): NearvecError {
  return new NearvecError("POINT_NOT_FOUND", {
    what,
    todo: "Query by a vector, or by the id of a stored point that has one.",
    subject: point === undefined ? undefined : { point },
  });
}
