import { hasBit, type Matches } from "../collection/filter-scan.ts";
import type { Kind } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { invalidArgument } from "../errors.ts";
import { fields, type Given } from "../fields.ts";
import type { Filter } from "../filters/filter.ts";
import { filters } from "../filters/on-demand.ts";
import { IdColumn, type IdInput } from "../points/id-column.ts";
import type { IdTable } from "../points/id-table.ts";
import type { Place } from "./vector-input.ts";

/** What a request names points with. */
export const SELECTOR_FIELDS = fields(["points", "filter"], { shard_key: [] });

const selectedId: Place = (index) => `points[${index}]`;

/** What an operation says of all its points. */
interface Text {
  /** A JSON path, or "". */
  readonly key: string;
  readonly json: string;
}

/** An operation on the points that meet a filter: to be encoded once it is known which they are. */
export interface Filtered {
  readonly kind: SelectingKind;
  readonly filter: Filter;
  /** Only those of these ids; undefined: any. */
  readonly named: IdColumn | undefined;
  readonly text: Text | undefined;
}

/** An operation that leaves points alone which are there and don't meet a filter: to be cut down when it is applied. */
export interface Conditional {
  /** Its own, valid for ever. */
  readonly bytes: Uint8Array;
  readonly updateFilter: Filter;
}

/** An operation, checked. If it is bytes, these are valid until the encoder is used again. */
export type Checked = Uint8Array | Filtered | Conditional;

type SelectingKind = Parameters<OperationEncoder["begin"]>[0] & Kind;

/** An operation on the points that the request names, by their ids or a filter; by both, where both must hold. */
export function encodeSelected(
  kind: SelectingKind,
  given: Given,
  encoder: OperationEncoder,
  text?: Text,
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
  return finish(text, encoder);
}

/** The operation on the points that were found: it names their ids, so that it means the same whenever it is applied. */
export function encodeFiltered(
  { kind, named, text }: Filtered,
  { bitmap, count }: Matches,
  ids: IdTable,
  encoder: OperationEncoder,
): Uint8Array {
  if (named === undefined) {
    encoder.begin(kind, count);
    const column = encoder.ids();
    let i = 0;
    for (let word = 0; word < bitmap.length; word++) {
      for (let bits = bitmap[word] as number; bits !== 0; bits &= bits - 1) {
        ids.copyId(word * 32 + 31 - Math.clz32(bits & -bits), column, i++);
      }
    }
    return finish(text, encoder);
  }
  const offsets = new Set<number>();
  for (let i = 0; i < named.length; i++) {
    const offset = ids.find(named, i);
    if (offset !== -1 && hasBit(bitmap, offset)) offsets.add(offset);
  }
  encoder.begin(kind, offsets.size);
  const column = encoder.ids();
  let i = 0;
  for (const offset of offsets) ids.copyId(offset, column, i++);
  return finish(text, encoder);
}

function finish(text: Text | undefined, encoder: OperationEncoder): Uint8Array {
  if (text !== undefined) encoder.text(text.key, text.json);
  return encoder.finish();
}

/** A column of ids of a request: an array, or a typed array of whole numbers. */
export function checkIds(ids: unknown, what: string, todo?: string): IdInput {
  if (Array.isArray(ids)) return ids;
  if (ArrayBuffer.isView(ids) && !(ids instanceof DataView)) return ids as IdInput;
  throw invalidArgument(what, ids, "an array or a typed array of ids", todo);
}
