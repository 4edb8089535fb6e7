/** Rows of a flat table in the shapes that libraries take. */

import type { Stopwatch } from "./protocol.ts";

/** Views of the rows from `first` on, `count` of them. */
export function views(table: Float32Array, dim: number, first: number, count: number): Float32Array[] {
  return Array.from({ length: count }, (_, i) => table.subarray((first + i) * dim, (first + i + 1) * dim));
}

/** Every row as an ordinary array. */
export function numberRows(table: Float32Array, dim: number): number[][] {
  return views(table, dim, 0, table.length / dim).map((row) => Array.from(row));
}

/**
 * Hands a table over in chunks. `prepare` shapes one (the clock stands), `add` gives it to the library (the
 * clock runs).
 */
export async function inChunks<Chunk>(
  stopwatch: Stopwatch,
  count: number,
  size: number,
  prepare: (first: number, count: number) => Chunk,
  add: (chunk: Chunk, first: number) => void | Promise<void>,
): Promise<void> {
  for (let first = 0; first < count; first += size) {
    const chunk = prepare(first, Math.min(size, count - first));
    stopwatch.start();
    const pending = add(chunk, first);
    if (pending) await pending;
    stopwatch.stop();
  }
}
