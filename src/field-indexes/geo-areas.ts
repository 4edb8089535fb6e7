/** Areas as the cells of the map see them (see geo-cells.ts). */

import { distance, EARTH, type GeoTest, isInside, type Ring } from "../filters/geo.ts";
import { type Box, boxOf, type Cell, WHOLE } from "./geo-cells.ts";
import { PolygonArea } from "./polygon-area.ts";

const DEGREE = Math.PI / 180;

export type Relation = "inside" | "outside" | "border";

/** What one knows of an area inside some cell; at first, of the whole map. */
export interface Area {
  /** What `relate` and `has` take, by the edges that they compare with a cell or a point. */
  readonly effort: number;
  /**
   * Whether all points of a cell are inside the area, or none; "border" where it can't tell. And what is known of the area
   * inside that cell.
   */
  relate(cell: Cell): { readonly relation: Relation; readonly within: Area };
  /** Whether a point of the cell is inside the area. Of points elsewhere it may say that they aren't. */
  has(lon: number, lat: number): boolean;
}

/** Beyond so many edges, each cell is only compared with the box around the polygon. */
const MOST_EDGES = 100_000;

export function areaOf(test: GeoTest): Area {
  switch (test.kind) {
    case "geo_radius":
      // Sines and a root take as long as some edges.
      return new SimpleArea(test, 10, (box) => relateCircle(box, test));
    case "geo_bounding_box":
      return new SimpleArea(test, 2, (box) => relateBox(box, test));
    case "geo_polygon": {
      const { exterior, interiors } = test;
      const edges = interiors.reduce((sum, ring) => sum + ring.length / 2, exterior.length / 2);
      if (edges <= MOST_EDGES) return PolygonArea.of(exterior, interiors, boxOf(WHOLE));
      const around = boxAround(exterior);
      return new SimpleArea(test, edges, (box) => (overlap(box, around) ? "border" : "outside"));
    }
  }
}

/** An area of which one knows as much in every cell. */
class SimpleArea implements Area {
  readonly effort: number;
  readonly #test: GeoTest;
  readonly #relate: (box: Box) => Relation;

  constructor(test: GeoTest, effort: number, relate: (box: Box) => Relation) {
    this.effort = effort;
    this.#test = test;
    this.#relate = relate;
  }

  relate(cell: Cell): { relation: Relation; within: Area } {
    return { relation: this.#relate(boxOf(cell)), within: this };
  }

  has(lon: number, lat: number): boolean {
    return isInside(lon, lat, this.#test);
  }
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

function boxAround(ring: Ring): Box {
  let [west, east, south, north] = [180, -180, 90, -90];
  for (let i = 0; i + 1 < ring.length; i += 2) {
    west = Math.min(west, ring[i] as number);
    east = Math.max(east, ring[i] as number);
    south = Math.min(south, ring[i + 1] as number);
    north = Math.max(north, ring[i + 1] as number);
  }
  return { west, east, south, north };
}

function overlap(a: Box, b: Box): boolean {
  return a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north;
}
