/** Finds the points of a collection that meet a filter, without holding up the event loop. */

import { NearvecError } from "../errors.ts";
import type { Filter } from "../filters/filter.ts";
import { filters } from "../filters/on-demand.ts";
import { decode } from "../payload/json.ts";
import { IdColumn } from "../points/id-column.ts";
import type { PointId } from "../points/ids.ts";
import type { Background } from "./background.ts";
import { AskedPoint, FilterScan, type Matches, type ScannedPoints } from "./filter-scan.ts";
import { SLICE_MS } from "./indexing.ts";
import type { StoredPoints } from "./stored-points.ts";
import type { Surroundings } from "./surroundings.ts";

/** A page of points in the order of their ids. */
export interface Page {
  readonly offsets: readonly number[];
  /** The first point of the next page; undefined on the last. */
  readonly next: number | undefined;
}

/** When a request has taken too long. */
export interface Deadline {
  /** By the clock of the surroundings, in milliseconds. */
  readonly at: number;
  /** What the request said, in seconds. */
  readonly timeout: number;
}

export class Matching {
  readonly #points: StoredPoints;
  readonly #scanned: ScannedPoints;
  readonly #background: Background;
  readonly #surroundings: Surroundings;
  #closed: NearvecError | undefined;

  constructor(points: StoredPoints, background: Background, surroundings: Surroundings) {
    this.#points = points;
    this.#background = background;
    this.#scanned = new ScannedCollection(points);
    this.#surroundings = surroundings;
  }

  /**
   * Hands the matching points to `use`, in the very turn in which they are right: nothing is written between the
   * two. A small collection is asked at once; a large one a few milliseconds at a time.
   *
   * @throws {NearvecError} `TIMEOUT`, `CLOSED`, and what `use` throws
   */
  with<T>(filter: Filter, deadline: Deadline | undefined, use: (found: Matches) => T): T | Promise<T> {
    this.#checkOpen();
    const ids = filters().idsOf(filter);
    if (ids !== undefined) return use(this.#named(ids));
    const scan = new FilterScan(this.#scanned, filter);
    const { now } = this.#surroundings;
    if (scan.run(now, now() + SLICE_MS)) return use(scan.finish());
    return this.#slices(scan, deadline, use);
  }

  async #slices<T>(scan: FilterScan, deadline: Deadline | undefined, use: (found: Matches) => T): Promise<T> {
    const { now } = this.#surroundings;
    this.#points.scans.add(scan);
    try {
      do await this.#turn(deadline);
      while (!scan.run(now, now() + SLICE_MS));
      return use(scan.finish());
    } finally {
      this.#points.scans.delete(scan);
    }
  }

  /**
   * Hands up to `limit` matching points from an id on, and the one after them, to `use`, in the very turn in which they
   * match. Only as many points are asked as that takes. Points that are stored behind the walk, between two slices, are
   * not seen.
   *
   * @throws {NearvecError} as `with`
   */
  page<T>(
    filter: Filter,
    first: IdColumn | undefined,
    limit: number,
    deadline: Deadline | undefined,
    use: (page: Page) => T,
  ): T | Promise<T> {
    this.#checkOpen();
    const walk = new Walk(this.#points, this.#scanned, filter, first, limit);
    const { now } = this.#surroundings;
    if (walk.run(now, now() + SLICE_MS)) return use(walk.page());
    return this.#walkOn(walk, deadline, use);
  }

  async #walkOn<T>(walk: Walk, deadline: Deadline | undefined, use: (page: Page) => T): Promise<T> {
    const { now } = this.#surroundings;
    do await this.#turn(deadline);
    while (!walk.run(now, now() + SLICE_MS));
    return use(walk.page());
  }

  close(reason: NearvecError): void {
    this.#closed = reason;
  }

  /** Lets others have their turns of the event loop: other scans too, so that many together hold it up no longer. */
  async #turn(deadline: Deadline | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const slice = () => {
        resolve();
        return false;
      };
      this.#background.wake({ awaited: true, slice });
    });
    this.#checkOpen();
    if (deadline !== undefined && this.#surroundings.now() > deadline.at) throw timedOut(deadline.timeout);
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw this.#closed;
  }

  #named(list: readonly PointId[]): Matches {
    const { ids } = this.#points;
    const column = IdColumn.from(list, () => "has_id");
    const bitmap = new Uint32Array(Math.ceil(ids.end / 32));
    let count = 0;
    for (let i = 0; i < column.length; i++) {
      const offset = ids.find(column, i);
      if (offset === -1) continue;
      bitmap[offset >>> 5] = (bitmap[offset >>> 5] as number) | (1 << (offset & 31));
      count++;
    }
    return { bitmap, count };
  }
}

/** A matching point as it was met. */
interface Met {
  readonly offset: number;
  readonly id: PointId;
  version: number;
}

/** A walk along the ids that asks every point it meets. */
class Walk {
  readonly #points: StoredPoints;
  readonly #filter: Filter;
  readonly #asked: AskedPoint;
  readonly #wanted: number;
  #found: Met[] = [];
  /** The last id that was met. */
  readonly #mark = IdColumn.ofLength(1);
  #from: IdColumn | undefined;
  #after = false;

  constructor(
    points: StoredPoints,
    scanned: ScannedPoints,
    filter: Filter,
    first: IdColumn | undefined,
    limit: number,
  ) {
    this.#points = points;
    this.#filter = filter;
    this.#asked = new AskedPoint(scanned);
    this.#from = first;
    this.#wanted = limit + 1;
  }

  /** Goes on until enough points are found, there are no more, or the clock says `until`; false in the last case. */
  run(now: () => number, until: number): boolean {
    const { ids, versions } = this.#points;
    const cursor = ids.cursor(this.#from, 0, this.#after);
    for (let met = 1; ; met++) {
      const offset = cursor.next();
      if (offset === -1) {
        this.#forgetChanged();
        return true;
      }
      if (this.#matches(offset)) {
        this.#found.push({ offset, id: ids.idAt(offset), version: versions.get(offset) });
        if (this.#found.length === this.#wanted) {
          this.#forgetChanged();
          if (this.#found.length === this.#wanted) return true;
        }
      }
      if (met % 16 === 0 && now() >= until) {
        ids.copyId(offset, this.#mark, 0);
        this.#from = this.#mark;
        this.#after = true;
        return false;
      }
    }
  }

  /** Once `run` has said that it is over. */
  page(): Page {
    const offsets = this.#found.map(({ offset }) => offset);
    return { offsets: offsets.slice(0, this.#wanted - 1), next: offsets[this.#wanted - 1] };
  }

  /** What was written since it was met may no longer match, or be another point. */
  #forgetChanged(): void {
    const { ids, versions } = this.#points;
    this.#found = this.#found.filter((met) => {
      const { offset, id, version } = met;
      if (!ids.has(offset)) return false;
      const current = versions.get(offset);
      if (current === version) return true;
      if (ids.idAt(offset) !== id || !this.#matches(offset)) return false;
      met.version = current;
      return true;
    });
  }

  #matches(offset: number): boolean {
    this.#asked.offset = offset;
    return filters().matches(this.#filter, this.#asked);
  }
}

class ScannedCollection implements ScannedPoints {
  readonly #points: StoredPoints;

  constructor(points: StoredPoints) {
    this.#points = points;
  }

  get end(): number {
    return this.#points.ids.end;
  }

  get live(): Uint32Array {
    return this.#points.ids.live;
  }

  idAt(offset: number): PointId {
    return this.#points.ids.idAt(offset);
  }

  payloadAt(offset: number): Record<string, unknown> | undefined {
    const bytes = this.#points.payloads.getBytes(offset);
    return bytes && decode(bytes);
  }

  hasVector(offset: number, name: string): boolean {
    return this.#points.spaces.get(name)?.has(offset) ?? false;
  }
}

function timedOut(timeout: number): NearvecError {
  return new NearvecError("TIMEOUT", {
    what: `the filter took longer than its timeout of ${timeout} s`,
    todo: "Nothing was changed. Allow it more time, or narrow it down by ids.",
  });
}
