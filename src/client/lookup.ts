/** Vectors of points elsewhere, as queries (`lookup_from`). */

import type { Collection } from "../collection/collection.ts";
import type { NamedSpace } from "../collection/named-space.ts";
import { NearvecError } from "../errors.ts";
import { LookupLocation } from "../generated/validators/lookup-location.ts";
import type { IdColumn } from "../points/id-column.ts";
import { check } from "../validation/schema.ts";
import type { StoredVector } from "../vectors/rows.ts";
import { formsOf } from "./forms-of.ts";
import { pointOf, vectorOf } from "./stored-vector.ts";

/** The collection of a name. @throws {NearvecError} `COLLECTION_NOT_FOUND`, `CLOSED`, `INVALID_NAME` */
export type FindCollection = (name: string) => Collection;

export interface Lookup {
  /** @throws {NearvecError} when there is none of that name, or none any more */
  readonly collection: () => Collection;
  /** Undefined: the name that the query itself uses. */
  readonly vector: string | undefined;
}

/** Reads `lookup_from`. */
export function parseLookup(value: unknown, find: FindCollection): Lookup {
  const { collection, vector } = check(LookupLocation, value, "lookup_from");
  return { collection: () => find(collection), vector };
}

/**
 * The vector of a point of that collection, which must have the form of the vectors that are searched; and its offset
 * where that very collection is searched: only then the point is none of the results.
 */
export function lookUp(
  { collection, vector }: Lookup,
  searched: Collection,
  space: NamedSpace,
  id: IdColumn,
): { vector: StoredVector; from: number | undefined } {
  const other = collection();
  const source = formsOf(other).space(vector ?? space.name, "lookup_from.vector");
  const [got, expected] = [formOf(source), formOf(space)];
  if (got !== expected) {
    throw new NearvecError("WRONG_DIMENSION", {
      what: "lookup_from",
      got,
      expected,
      todo: "Look up vectors of the same kind and size: from the same embedding model.",
    });
  }
  const offset = pointOf(other, id);
  return { vector: vectorOf(source, offset, id), from: other === searched ? offset : undefined };
}

function formOf({ settings }: NamedSpace): string {
  switch (settings.kind) {
    case "sparse":
      return "sparse vectors";
    case "multi":
      return `multivectors of ${settings.size} values each`;
    default:
      return `vectors of ${settings.size} values`;
  }
}
