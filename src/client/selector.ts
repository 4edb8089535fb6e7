import type { Filtered } from "../collection/encode-filtered.ts";
import { filters } from "../collection/filtering-on-demand.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { invalidArgument } from "../errors.ts";
import type { Filter } from "../filters/filter.ts";
import { IdColumn, type IdInput } from "../points/id-column.ts";
import type { Place } from "./vector-input.ts";

/** What a request names points with. */
interface Selector {
  readonly points?: unknown;
  readonly filter?: unknown;
}

const selectedId: Place = (index) => `points[${index}]`;

/** An operation that leaves points alone which are there and don't meet a filter: to be cut down when it is applied. */
export interface Conditional {
  /** Its own, valid for ever. */
  readonly bytes: Uint8Array;
  readonly updateFilter: Filter;
}

/** An operation, checked. If it is bytes, these are valid until the encoder is used again. */
export type Checked = Uint8Array | Filtered | Conditional;

/** An operation on the points that the request names, by their ids or a filter; by both, where both must hold. */
export function encodeSelected(
  kind: Filtered["kind"],
  given: Selector,
  encoder: OperationEncoder,
  text?: Filtered["text"],
): Checked {
  if (given.filter != null) {
    const filter = filters().parseFilter(given.filter, "filter");
    const named =
      given.points == null ? undefined : IdColumn.from(checkIds(given.points, "points"), selectedId);
    return { kind, filter, named, text };
  }
  const ids = checkIds(
    given.points,
    "points",
    "Pass { points: [ids] } or { filter }; an empty object does not mean all points.",
  );
  encoder.begin(kind, ids.length);
  encoder.ids().setAll(ids, selectedId);
  if (text !== undefined) encoder.text(text.key, text.json);
  return encoder.finish();
}

/** A column of ids of a request: an array, or a typed array of whole numbers. */
export function checkIds(ids: unknown, what: string, todo?: string): IdInput {
  if (Array.isArray(ids)) return ids;
  if (ArrayBuffer.isView(ids) && !(ids instanceof DataView)) return ids as IdInput;
  throw invalidArgument(what, ids, "an array or a typed array of ids", todo);
}
