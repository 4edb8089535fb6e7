/**
 * The map as a quadtree: cells of level L are the map (longitude across, latitude up) cut into 2^L × 2^L pieces. A cell's
 * key is its place along the Z-shaped curve, so that all points inside a cell have keys in one interval:
 *
 *     level 1     level 2
 *     ┌───┬───┐   ┌──┬──┬──┬──┐    key of a point: its cell of level 26, some 0.6 m wide,
 *     │ 2 │ 3 │   │10│11│14│15│    y25 x25 y24 x24 … y0 x0, below 2^52
 *     ├───┼───┤   ├──┼──┼──┼──┤
 *     │ 0 │ 1 │   │ 8│ 9│12│13│    cell k of level L holds the keys
 *     └───┴───┘   ├──┼──┼──┼──┤    from k × 4^(26 - L) up to (k + 1) × 4^(26 - L)
 *                 …
 */

export const FINEST = 26;
const SIDE = 2 ** FINEST;
const HALF_BITS = FINEST / 2;
const HALF = 2 ** HALF_BITS;

/** The key of a point of the map. */
export function keyOf(lon: number, lat: number): number {
  const x = Math.min(SIDE - 1, Math.floor(((lon + 180) / 360) * SIDE));
  const y = Math.min(SIDE - 1, Math.floor(((lat + 90) / 180) * SIDE));
  const high = spread(x >>> HALF_BITS) | (spread(y >>> HALF_BITS) << 1);
  const low = spread(x & (HALF - 1)) | (spread(y & (HALF - 1)) << 1);
  return high * SIDE + low;
}

/** Puts a zero before each of 13 bits. */
function spread(bits: number): number {
  let spaced = bits;
  spaced = (spaced | (spaced << 8)) & 0x00ff00ff;
  spaced = (spaced | (spaced << 4)) & 0x0f0f0f0f;
  spaced = (spaced | (spaced << 2)) & 0x33333333;
  return (spaced | (spaced << 1)) & 0x55555555;
}

export interface Cell {
  readonly level: number;
  readonly key: number;
  readonly x: number;
  readonly y: number;
}

export const WHOLE: Cell = { level: 0, key: 0, x: 0, y: 0 };

export function childrenOf({ level, key, x, y }: Cell): readonly Cell[] {
  return [0, 1, 2, 3].map((part) => ({
    level: level + 1,
    key: key * 4 + part,
    x: x * 2 + (part & 1),
    y: y * 2 + (part >>> 1),
  }));
}

/** The lowest key of a cell, and how many there are. */
export function keysOf({ level, key }: Cell): { readonly first: number; readonly count: number } {
  const count = 4 ** (FINEST - level);
  return { first: key * count, count };
}

export interface Box {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

/** A cell and a bit around it, so that no rounding of a key leads out of it. */
export function boxOf({ level, x, y }: Cell): Box {
  const width = 360 / 2 ** level;
  const height = 180 / 2 ** level;
  const margin = 360 / SIDE;
  return {
    west: -180 + x * width - margin,
    east: -180 + (x + 1) * width + margin,
    south: -90 + y * height - margin,
    north: -90 + (y + 1) * height + margin,
  };
}
