import { hasBit, lowestBit } from "../bits.ts";
import type { Filter } from "../filters/filter.ts";
import type { IdColumn } from "../points/id-column.ts";
import type { IdTable } from "../points/id-table.ts";
import type { Matches } from "./matches.ts";
import type { Kind } from "./operation.ts";
import type { OperationEncoder } from "./operation-encoder.ts";

/** What an operation says of all its points. */
interface Text {
  /** A JSON path, or "". */
  readonly key: string;
  readonly json: string;
}

/** An operation on the points that meet a filter: to be encoded once it is known which they are. */
export interface Filtered {
  readonly kind: Parameters<OperationEncoder["begin"]>[0] & Kind;
  readonly filter: Filter;
  /** Only those of these ids; undefined: any. */
  readonly named: IdColumn | undefined;
  readonly text: Text | undefined;
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
        ids.copyId(word * 32 + lowestBit(bits), column, i++);
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
