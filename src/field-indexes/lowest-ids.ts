import { lowestBit } from "../bits.ts";
import type { IdColumn } from "../points/id-column.ts";
import type { IdTable } from "../points/id-table.ts";

/** Beyond this, picking offsets out takes longer than a slice; a walk along the ids can be interrupted. */
const MOST_PICKED = 100_000;
/** Sorting a point in takes about as long as walking over this many ids. */
const WALKED = 4;

/**
 * The points of a bitmap with the lowest ids, from `first` on, up to `wanted` of them, in order. Undefined where a walk along
 * all ids is expected to meet them sooner.
 *
 * @param count how many points the bitmap has
 */
export function lowestIds(
  ids: IdTable,
  bitmap: Uint32Array,
  count: number,
  first: IdColumn | undefined,
  wanted: number,
): number[] | undefined {
  if (count > MOST_PICKED || count * WALKED > (wanted * ids.size) / Math.max(count, 1)) return undefined;
  const begin = first === undefined ? undefined : ids.cursor(first).next();
  if (begin === -1) return [];
  const compare = (a: number, b: number) => ids.compare(a, b);
  let picked: number[] = [];
  /** What does not come before it is not among the lowest. */
  let bound: number | undefined;
  for (let word = 0; word < bitmap.length; word++) {
    for (let bits = bitmap[word] as number; bits !== 0; bits &= bits - 1) {
      const offset = word * 32 + lowestBit(bits);
      if (begin !== undefined && compare(offset, begin) < 0) continue;
      if (bound !== undefined && compare(offset, bound) >= 0) continue;
      picked.push(offset);
      if (picked.length < wanted * 2 + 64) continue;
      picked = picked.sort(compare).slice(0, wanted);
      bound = picked.at(-1);
    }
  }
  return picked.sort(compare).slice(0, wanted);
}
