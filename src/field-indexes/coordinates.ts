import type { GeoPoint } from "../filters/geo.ts";

const PAGE_BITS = 8;
const PAGE_OFFSETS = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_OFFSETS - 1;
/** What a page takes beside its coordinates, and a list of several points. */
const PAGE_BYTES = PAGE_OFFSETS * 16 + 240;
const LIST_BYTES = 320;

/**
 * The coordinates of points, by offset: in pages of 256 offsets, longitude and latitude one after the other; NaN where there
 * are none, or several.
 */
export class Coordinates {
  readonly #pages: (Float64Array | undefined)[] = [];
  #pageCount = 0;
  readonly #several = new Map<number, readonly GeoPoint[]>();

  get memoryBytes(): number {
    return this.#pageCount * PAGE_BYTES + this.#several.size * LIST_BYTES;
  }

  set(offset: number, points: readonly GeoPoint[]): void {
    const [first, ...more] = points;
    if (first === undefined) return;
    if (more.length > 0) {
      this.#several.set(offset, points);
      return;
    }
    const page = this.#page(offset >>> PAGE_BITS);
    page[(offset & PAGE_MASK) * 2] = first.lon;
    page[(offset & PAGE_MASK) * 2 + 1] = first.lat;
  }

  delete(offset: number): void {
    if (this.#several.delete(offset)) return;
    this.#pages[offset >>> PAGE_BITS]?.fill(
      Number.NaN,
      (offset & PAGE_MASK) * 2,
      (offset & PAGE_MASK) * 2 + 2,
    );
  }

  /** Whether some of the offset's points passes. */
  some(offset: number, passes: (lon: number, lat: number) => boolean): boolean {
    const page = this.#pages[offset >>> PAGE_BITS];
    const lon = page?.[(offset & PAGE_MASK) * 2] ?? Number.NaN;
    if (!Number.isNaN(lon)) return passes(lon, page?.[(offset & PAGE_MASK) * 2 + 1] as number);
    return this.#several.get(offset)?.some((point) => passes(point.lon, point.lat)) ?? false;
  }

  /** How many pages there may be. */
  get pageEnd(): number {
    return this.#pages.length;
  }

  /** Calls `visit` with the offsets of a page that have one point. */
  eachOfPage(number: number, visit: (offset: number, lon: number, lat: number) => void): void {
    const page = this.#pages[number];
    if (page === undefined) return;
    for (let i = 0; i < PAGE_OFFSETS; i++) {
      const lon = page[i * 2] as number;
      if (!Number.isNaN(lon)) visit(number * PAGE_OFFSETS + i, lon, page[i * 2 + 1] as number);
    }
  }

  /** The offsets that have several points. Those that stay while they are walked are met once. */
  several(): MapIterator<[offset: number, points: readonly GeoPoint[]]> {
    return this.#several.entries();
  }

  #page(number: number): Float64Array {
    const known = this.#pages[number];
    if (known !== undefined) return known;
    while (this.#pages.length < number) this.#pages.push(undefined);
    const page = new Float64Array(PAGE_OFFSETS * 2).fill(Number.NaN);
    this.#pages[number] = page;
    this.#pageCount++;
    return page;
  }
}
