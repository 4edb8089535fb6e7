import type { Kind } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { invalidArgument, notSupported } from "../errors.ts";
import type { IdInput } from "../points/id-column.ts";
import { fields, type Given } from "./fields.ts";
import type { Place } from "./vector-input.ts";

/** What a request names points with. */
export const SELECTOR_FIELDS = fields(["points", "filter"], { shard_key: [] });

const selectedId: Place = (index) => `points[${index}]`;

/** Begins an operation on the points that the request names. */
export function beginSelected(kind: SelectingKind, given: Given, encoder: OperationEncoder): void {
  // The one place where writes would learn to find points by a filter.
  if (given.filter != null) {
    throw notSupported("filter", "Name the points by their ids: { points: [ids] }.");
  }
  const ids = checkIds(
    given.points,
    "points",
    "Pass { points: [ids] }; an empty object does not mean all points.",
  );
  encoder.begin(kind, ids.length);
  encoder.ids().setAll(ids, selectedId);
}

type SelectingKind = Parameters<OperationEncoder["begin"]>[0] & Kind;

/** A column of ids of a request: an array, or a typed array of whole numbers. */
export function checkIds(ids: unknown, what: string, todo?: string): IdInput {
  if (Array.isArray(ids)) return ids;
  if (ArrayBuffer.isView(ids) && !(ids instanceof DataView)) return ids as IdInput;
  throw invalidArgument(what, ids, "an array or a typed array of ids", todo);
}
