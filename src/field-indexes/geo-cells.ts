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

import { distance, EARTH, type GeoTest, isInside, type Ring } from "../filters/geo.ts";

export const FINEST = 26;
const SIDE = 2 ** FINEST;
const HALF_BITS = FINEST / 2;
const HALF = 2 ** HALF_BITS;
const DEGREE = Math.PI / 180;

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

export type Relation = "inside" | "outside" | "border";

/** Tells of cells whether all of their points are inside an area, or none; "border" where it can't tell. */
export type Relate = (cell: Cell) => { readonly relation: Relation; readonly within: Relate };

export function areaOf(test: GeoTest): Relate {
  switch (test.kind) {
    case "geo_radius":
      return still((box) => relateCircle(box, test));
    case "geo_bounding_box":
      return still((box) => relateBox(box, test));
    case "geo_polygon":
      return relatePolygon([test.exterior, ...test.interiors].flatMap(edgesOf), test);
  }
}

interface Box {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

/** A cell and a bit around it, so that no rounding of a key leads out of it. */
function boxOf({ level, x, y }: Cell): Box {
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

/** For areas of which one knows as much in every cell. */
function still(relate: (box: Box) => Relation): Relate {
  const within: Relate = (cell) => ({ relation: relate(boxOf(cell)), within });
  return within;
}

/** Metres that the haversine may be off, where the points are at opposite ends of the Earth. */
const SLACK = 1;

function relateCircle(box: Box, { center, radius }: GeoTest & { kind: "geo_radius" }): Relation {
  const { west, east, south, north } = box;
  const lon = (west + east) / 2;
  const lat = (south + north) / 2;
  const toCenter = distance(center, lon, lat);
  // One gets from the middle of a cell to any of its points along its parallel, then a meridian.
  const along = Math.max(0, Math.cos(lat * DEGREE)) * ((east - west) / 2);
  const reach = EARTH * DEGREE * (along + (north - south) / 2) + SLACK;
  if (toCenter + reach < radius) return "inside";
  return toCenter - reach > radius ? "outside" : "border";
}

function relateBox(box: Box, { topLeft, bottomRight }: GeoTest & { kind: "geo_bounding_box" }): Relation {
  const { west, east, south, north } = box;
  const across = topLeft.lon > bottomRight.lon;
  const outsideWest = east <= topLeft.lon;
  const outsideEast = west >= bottomRight.lon;
  const outside = across ? outsideWest && outsideEast : outsideWest || outsideEast;
  if (outside || north <= bottomRight.lat || south >= topLeft.lat) return "outside";
  const insideWest = west > topLeft.lon;
  const insideEast = east < bottomRight.lon;
  const inside = across ? insideWest || insideEast : insideWest && insideEast;
  return inside && south > bottomRight.lat && north < topLeft.lat ? "inside" : "border";
}

interface Edge {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

function edgesOf(ring: Ring): Edge[] {
  const edges: Edge[] = [];
  for (let i = 0; i + 3 < ring.length; i += 2) {
    const [x1, y1, x2, y2] = ring.subarray(i, i + 4) as unknown as [number, number, number, number];
    edges.push({ x1, y1, x2, y2 });
  }
  return edges;
}

/** A cell that no edge touches lies on one side; the cells within it have only the edges to fear that touch it. */
function relatePolygon(edges: readonly Edge[], test: GeoTest): Relate {
  return (cell) => {
    const box = boxOf(cell);
    const touching = edges.filter((edge) => touches(edge, box));
    const within = relatePolygon(touching, test);
    if (touching.length > 0) return { relation: "border", within };
    const inside = isInside((box.west + box.east) / 2, (box.south + box.north) / 2, test);
    return { relation: inside ? "inside" : "outside", within };
  };
}

/** Degrees by which a line may miss a box and still count as touching it. */
const CLOSE = 1e-9;

function touches({ x1, y1, x2, y2 }: Edge, { west, east, south, north }: Box): boolean {
  if (Math.max(x1, x2) < west || Math.min(x1, x2) > east) return false;
  if (Math.max(y1, y2) < south || Math.min(y1, y2) > north) return false;
  // Whether the line has corners on both of its sides.
  const dx = x2 - x1;
  const dy = y2 - y1;
  const margin = CLOSE * (Math.abs(dx) + Math.abs(dy));
  const sides = [
    dx * (south - y1) - (west - x1) * dy,
    dx * (south - y1) - (east - x1) * dy,
    dx * (north - y1) - (west - x1) * dy,
    dx * (north - y1) - (east - x1) * dy,
  ];
  return !sides.every((side) => side > margin) && !sides.every((side) => side < -margin);
}
