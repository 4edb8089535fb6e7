import type { Test } from "../filters/filter.ts";
import { type GeoPoint, type GeoTest, geoPointOf, isInside } from "../filters/geo.ts";
import type { Answer } from "./answer.ts";
import { Coordinates } from "./coordinates.ts";
import type { FieldIndex, IndexContent } from "./field-index.ts";
import { type Area, areaOf } from "./geo-areas.ts";
import { type Cell, childrenOf, FINEST, keyOf, keysOf, WHOLE } from "./geo-cells.ts";
import { OffsetSet } from "./offset-set.ts";
import { type Interval, SortedPairs } from "./sorted-pairs.ts";

/** A cell with no more points than this is not divided: each of them is looked at. */
const FEW = 32;
/** With as many points, it is worth finding out what is known of the area inside the cell. */
const SOME = 4;
/** Cells that an estimate looks at, and edges of polygons. */
const MOST_ESTIMATED = 128;
const MOST_ESTIMATED_EDGES = 50_000;
/** What is done in one go, by the edges that are compared, some dozen milliseconds' work; beyond that, payloads are asked. */
const MOST_COMPARED = 1_000_000;
/** What getting at a cell takes, and at the coordinates of a point, by the same measure. */
const VISITING = 10;
const ASKING = 4;

/** A cell that the border of an area may cross, and what is known of the area around it. */
interface Open {
  readonly cell: Cell;
  readonly area: Area;
}

/**
 * Points of the Earth in the order of their cells (see geo-cells.ts). An area is looked up cell by cell, from the whole map
 * down: what is all inside counts, what is all outside doesn't, and at its border each point is compared itself.
 */
export class GeoIndex implements FieldIndex {
  readonly reading = "1";
  readonly #cells = new SortedPairs();
  readonly #coordinates = new Coordinates();
  /** Points with coordinates that no map has. */
  readonly #elsewhere = new OffsetSet();

  get memoryBytes(): number {
    return this.#cells.memoryBytes + this.#coordinates.memoryBytes + this.#elsewhere.memoryBytes;
  }

  get contents(): IndexContent[] {
    return [
      { kind: "pairs", pairs: this.#cells },
      { kind: "elsewhere", offsets: this.#elsewhere },
      { kind: "coordinates", coordinates: this.#coordinates },
    ];
  }

  accepts(value: unknown): boolean {
    return geoPointOf(value) !== undefined;
  }

  add(offset: number, values: readonly unknown[]): void {
    const points = values.map((value) => geoPointOf(value) as GeoPoint);
    this.#coordinates.set(offset, points);
    for (const { lon, lat } of points) {
      if (isOnMap(lon, lat)) this.#cells.add(keyOf(lon, lat), offset);
      else this.#elsewhere.add(offset);
    }
  }

  remove(offset: number, values: readonly unknown[]): void {
    this.#coordinates.delete(offset);
    this.#elsewhere.delete(offset);
    for (const value of values) {
      const { lon, lat } = geoPointOf(value) as GeoPoint;
      if (isOnMap(lon, lat)) this.#cells.delete(keyOf(lon, lat), offset);
    }
  }

  covers(test: Test): boolean {
    return isGeo(test);
  }

  estimate(test: Test): number | undefined {
    if (!isGeo(test)) return undefined;
    let border: Open[] = [{ cell: WHOLE, area: areaOf(test) }];
    let inside = this.#elsewhere.size;
    let left = MOST_ESTIMATED_EDGES;
    for (let level = 0; level < FINEST && border.length > 0 && border.length <= MOST_ESTIMATED / 4; level++) {
      left -= border.reduce((sum, { area }) => sum + area.effort, 0);
      if (left < 0) break;
      border = border.flatMap(({ cell, area }) => {
        const { relation, within } = area.relate(cell);
        if (relation === "inside") inside += this.#cells.count(intervalOf(cell));
        return relation === "border" ? openChildren(cell, within) : [];
      });
    }
    return border.reduce((sum, { cell }) => sum + this.#cells.count(intervalOf(cell)), inside);
  }

  /** Points at the border make it as long as finding them. */
  count(): undefined {
    return undefined;
  }

  find(test: Test, answer: Answer): void {
    if (!isGeo(test)) return;
    const area = areaOf(test);
    let left = MOST_COMPARED;
    this.#elsewhere.each((offset) => {
      left -= area.effort;
      if (left < 0) setBit(answer.maybe, offset);
      else if (this.#coordinates.some(offset, (lon, lat) => isInside(lon, lat, test)))
        setBit(answer.sure, offset);
    });
    // Level by level: should the work be too much, little is open.
    let border: readonly Open[] = [{ cell: WHOLE, area }];
    const leaves: Open[] = [];
    while (border.length > 0) {
      const next: Open[] = [];
      for (const open of border) {
        const { cell, area } = open;
        left -= VISITING;
        const interval = intervalOf(cell);
        const points = this.#cells.count(interval);
        if (points === 0) continue;
        if (points < SOME) {
          leaves.push(open);
          continue;
        }
        left -= area.effort;
        if (left < 0) {
          this.#cells.addTo(interval, answer.maybe);
          continue;
        }
        const { relation, within } = area.relate(cell);
        if (relation === "inside") this.#cells.addTo(interval, answer.sure);
        else if (relation === "border") {
          if (points <= FEW || cell.level === FINEST) leaves.push({ cell, area: within });
          else next.push(...openChildren(cell, within));
        }
      }
      border = next;
    }
    for (const { cell, area } of leaves) {
      const isInArea = (lon: number, lat: number) => area.has(lon, lat);
      this.#cells.each(intervalOf(cell), (offset) => {
        left -= ASKING + area.effort;
        if (left < 0) setBit(answer.maybe, offset);
        else if (this.#coordinates.some(offset, isInArea)) setBit(answer.sure, offset);
      });
    }
  }
}

function openChildren(cell: Cell, area: Area): Open[] {
  return childrenOf(cell).map((child) => ({ cell: child, area }));
}

function setBit(bitmap: Uint32Array, offset: number): void {
  bitmap[offset >>> 5] = (bitmap[offset >>> 5] as number) | (1 << (offset & 31));
}

function isGeo(test: Test): test is GeoTest {
  return test.kind === "geo_radius" || test.kind === "geo_bounding_box" || test.kind === "geo_polygon";
}

function isOnMap(lon: number, lat: number): boolean {
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
}

function intervalOf(cell: Cell): Interval {
  const { first, count } = keysOf(cell);
  return { low: first, high: first + count, withLow: true, withHigh: false };
}
