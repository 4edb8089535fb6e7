import type { IdStore } from "./id-store.ts";

/** A double holds exactly 45 bits of an id's rank above the 8 bits that say whose rank it is. */
export const MOST_SORTED = 2 ** 8;
const RANKS = 2 ** 45;

/** Scratch of one call. */
const ranks = new Float64Array(MOST_SORTED);
const keys = new Float64Array(MOST_SORTED);
const unsorted = new Uint32Array(MOST_SORTED);

/**
 * Sorts up to 256 offsets by their ids. The numeric sort of a Float64Array needs no callback, which makes it
 * several times faster than a sort that compares ids; only ids too close to be told apart by 45 bits of their
 * ranks are compared.
 */
export function sortByIds(offsets: Uint32Array, ids: IdStore): void {
  const count = offsets.length;
  let lowest = Infinity;
  let highest = -Infinity;
  for (let i = 0; i < count; i++) {
    const rank = ids.rank(offsets[i] as number);
    ranks[i] = rank;
    if (rank < lowest) lowest = rank;
    if (rank > highest) highest = rank;
  }
  const scale = highest === lowest ? 0 : (RANKS - 1) / (highest - lowest);
  for (let i = 0; i < count; i++)
    keys[i] = Math.floor(((ranks[i] as number) - lowest) * scale) * MOST_SORTED + i;
  const sorted = keys.subarray(0, count).sort();
  unsorted.set(offsets);
  for (let i = 0; i < count; i++) offsets[i] = unsorted[(sorted[i] as number) % MOST_SORTED] as number;
  for (let from = 0; from < count; ) {
    const rank = Math.floor((sorted[from] as number) / MOST_SORTED);
    let end = from + 1;
    while (end < count && Math.floor((sorted[end] as number) / MOST_SORTED) === rank) end++;
    if (end - from > 1) offsets.subarray(from, end).sort((a, b) => ids.compareOffsets(a, b));
    from = end;
  }
}
