/** Finds a page of the points that meet a filter, in the order of their ids, asking no more points than that takes. */

import { hasBit } from "../bits.ts";
import { matches } from "../filters/evaluate.ts";
import type { Filter } from "../filters/filter.ts";
import { IdColumn } from "../points/id-column.ts";
import type { PointId } from "../points/ids.ts";
import { AskedPoint, type Known, type ScannedPoints } from "./filter-scan.ts";
import type { StoredPoints } from "./stored-points.ts";

/** A page of points in the order of their ids. */
export interface Page {
  readonly offsets: readonly number[];
  /** The first point of the next page; undefined on the last. */
  readonly next: number | undefined;
}

/** A matching point as it was met. */
interface Met {
  readonly offset: number;
  readonly id: PointId;
  version: number;
}

/** Points met between two looks at the clock. */
const BETWEEN_LOOKS = 16;

/** A walk along the ids that asks every point it meets. */
export class IdWalk {
  readonly #points: StoredPoints;
  readonly #filter: Filter;
  readonly #asked: AskedPoint;
  readonly #wanted: number;
  readonly #known: Known | undefined;
  /** The operation up to which it is known. */
  readonly #knownAt: number;
  #found: Met[] = [];
  /** The last id that was met. */
  readonly #mark = IdColumn.ofLength(1);
  #from: IdColumn | undefined;
  #after = false;

  /** @param known of the points as they are now */
  constructor(
    points: StoredPoints,
    scanned: ScannedPoints,
    filter: Filter,
    first: IdColumn | undefined,
    limit: number,
    known: Known | undefined,
  ) {
    this.#points = points;
    this.#filter = filter;
    this.#asked = new AskedPoint(scanned);
    this.#from = first;
    this.#wanted = limit + 1;
    this.#known = known;
    this.#knownAt = points.sequence;
  }

  /** Goes on until enough points are found, there are no more, or until `isOver`; false in the last case. */
  run(isOver: () => boolean): boolean {
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
      if ((met % BETWEEN_LOOKS === 0 || this.#asked.hasReadMuch()) && isOver()) {
        ids.copyId(offset, this.#mark, 0);
        this.#from = this.#mark;
        this.#after = true;
        return false;
      }
    }
  }

  /** Once `run` has said that it is over. */
  page(): Page {
    return pageOf(
      this.#found.map(({ offset }) => offset),
      this.#wanted - 1,
    );
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
    const known = this.#known;
    if (known !== undefined && this.#points.versions.get(offset) <= this.#knownAt) {
      if (hasBit(known.sure, offset)) return true;
      if (!hasBit(known.open, offset)) return false;
    }
    this.#asked.offset = offset;
    return matches(this.#filter, this.#asked);
  }
}

/** A page of up to one more point than its limit. */
export function pageOf(offsets: readonly number[], limit: number): Page {
  return { offsets: offsets.slice(0, limit), next: offsets[limit] };
}
