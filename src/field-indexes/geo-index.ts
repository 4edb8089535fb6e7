import type { Test } from "../filters/filter.ts";
import { type GeoPoint, type GeoTest, geoPointOf, isInside } from "../filters/geo.ts";
import type { Answer } from "./answer.ts";
import { Coordinates } from "./coordinates.ts";
import type { FieldIndex } from "./field-index.ts";
import { areaOf, type Cell, childrenOf, FINEST, keyOf, keysOf, type Relate, WHOLE } from "./geo-cells.ts";
import { OffsetSet } from "./offset-set.ts";
import type { FieldParams } from "./params.ts";
import { type Interval, SortedPairs } from "./sorted-pairs.ts";

/** A cell with no more points than this is not divided: each of them is looked at. */
const FEW = 32;
/** Cells that an estimate looks at. */
const MOST_ESTIMATED = 128;

/**
 * Points of the Earth in the order of their cells (see geo-cells.ts). An area is looked up cell by cell, from the whole map
 * down: what is all inside counts, what is all outside doesn't, and at its border each point is compared itself.
 */
export class GeoIndex implements FieldIndex {
  readonly params: FieldParams;
  readonly #cells = new SortedPairs();
  readonly #coordinates = new Coordinates();
  /** Points with coordinates that no map has. */
  readonly #elsewhere = new OffsetSet();

  constructor(params: FieldParams) {
    this.params = params;
  }

  get memoryBytes(): number {
    return this.#cells.memoryBytes + this.#coordinates.memoryBytes + this.#elsewhere.memoryBytes;
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
    let border: { cell: Cell; relate: Relate }[] = [{ cell: WHOLE, relate: areaOf(test) }];
    let inside = this.#elsewhere.size;
    for (let level = 0; level < FINEST && border.length > 0 && border.length <= MOST_ESTIMATED / 4; level++) {
      border = border.flatMap(({ cell, relate }) => {
        const { relation, within } = relate(cell);
        if (relation === "inside") inside += this.#cells.count(intervalOf(cell));
        return relation === "border"
          ? childrenOf(cell).map((child) => ({ cell: child, relate: within }))
          : [];
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
    this.#elsewhere.each((offset) => this.#ask(offset, test, answer.sure));
    this.#search(WHOLE, areaOf(test), test, answer.sure);
  }

  #search(cell: Cell, relate: Relate, test: GeoTest, found: Uint32Array): void {
    const interval = intervalOf(cell);
    const points = this.#cells.count(interval);
    if (points === 0) return;
    if (points <= FEW || cell.level === FINEST) {
      this.#cells.each(interval, (offset) => this.#ask(offset, test, found));
      return;
    }
    const { relation, within } = relate(cell);
    if (relation === "inside") this.#cells.addTo(interval, found);
    else if (relation === "border") {
      for (const child of childrenOf(cell)) this.#search(child, within, test, found);
    }
  }

  #ask(offset: number, test: GeoTest, found: Uint32Array): void {
    if (!this.#coordinates.some(offset, (lon, lat) => isInside(lon, lat, test))) return;
    found[offset >>> 5] = (found[offset >>> 5] as number) | (1 << (offset & 31));
  }
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
