/** Finds the points of a collection that meet a filter, without holding up the event loop. */

import type { KnownPoints } from "../field-indexes/candidates.ts";
import { matches } from "../filters/evaluate.ts";
import { type Filter, idsOf } from "../filters/filter.ts";
import { IdColumn } from "../points/id-column.ts";
import type { PointId } from "../points/ids.ts";
import { AskedPoint, FilterScan, type ScannedPoints } from "./filter-scan.ts";
import { IdWalk, type Page, pageOf } from "./id-walk.ts";
import type { Matches } from "./matches.ts";
import { type Deadline, inSlices, type Slicing, type Watcher } from "./slices.ts";
import type { StoredPoints } from "./stored-points.ts";

/** Ids that are looked up in one go, which takes about a fifth of a microsecond each; more are met on a walk, in slices. */
const MOST_NAMED = 20_000;

export class Matching {
  readonly #points: StoredPoints;
  readonly #scanned: ScannedPoints;
  readonly #slicing: Slicing;

  constructor(points: StoredPoints, slicing: Slicing) {
    this.#points = points;
    this.#scanned = new ScannedCollection(points);
    this.#slicing = slicing;
  }

  /**
   * Hands the matching points to `use`, in the very turn in which they are right. What indexes don't know is asked of
   * payloads, in slices.
   *
   * @see inSlices
   * @throws {NearvecError} `TIMEOUT`, `CLOSED`, and what `use` throws
   */
  with<T>(filter: Filter, deadline: Deadline | undefined, use: (found: Matches) => T): T | Promise<T> {
    const ids = idsOf(filter, MOST_NAMED);
    if (ids !== undefined) return use(this.#named(ids));
    let scan: FilterScan | undefined;
    const watcher: Watcher = {
      note: (offset) => scan?.note(offset),
      noteAll: () => scan?.noteAll(),
    };
    const slice = (isOver: () => boolean) => {
      if (scan === undefined) {
        const found = this.#find(filter);
        if (!(found instanceof FilterScan)) return found;
        scan = found;
      }
      return scan.run(isOver) ? scan.finish() : undefined;
    };
    return inSlices(this.#slicing, watcher, deadline, slice, use);
  }

  /** The matching points, or a scan that will find them. */
  #find(filter: Filter): Matches | FilterScan {
    const bound = this.#bound(filter);
    const answer = this.#points.fields?.candidates(bound, this.#known());
    const open = answer?.settle();
    if (answer !== undefined && open === undefined) return { bitmap: answer.sure, count: answer.sureCount };
    const known = answer && open && { sure: answer.sure, sureCount: answer.sureCount, open };
    return new FilterScan(this.#scanned, bound, known);
  }

  /** How many points match. @throws {NearvecError} `TIMEOUT`, `CLOSED` */
  count(filter: Filter, deadline: Deadline | undefined): number | Promise<number> {
    const { fields, ids } = this.#points;
    return (
      fields?.countAtHand(this.#bound(filter), ids.size) ?? this.with(filter, deadline, ({ count }) => count)
    );
  }

  /** Asks single points, as they are now. */
  asker(filter: Filter): (offset: number) => boolean {
    const asked = new AskedPoint(this.#scanned);
    const bound = this.#bound(filter);
    return (offset) => {
      asked.offset = offset;
      return matches(bound, asked);
    };
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
    let walk: IdWalk | undefined;
    const slice = (isOver: () => boolean) => {
      if (walk === undefined) {
        const found = this.#findPage(filter, first, limit);
        if (!(found instanceof IdWalk)) return found;
        walk = found;
      }
      return walk.run(isOver) ? walk.page() : undefined;
    };
    return inSlices(this.#slicing, undefined, deadline, slice, use);
  }

  /** The page, or a walk that will find it. */
  #findPage(filter: Filter, first: IdColumn | undefined, limit: number): Page | IdWalk {
    const { fields, ids } = this.#points;
    const bound = this.#bound(filter);
    const answer = fields?.candidates(bound, this.#known());
    const open = answer?.settle();
    if (fields !== undefined && answer !== undefined && open === undefined) {
      const offsets = fields.lowestIds(ids, answer, first, limit + 1);
      if (offsets !== undefined) return pageOf(offsets, limit);
    }
    const known = answer && { sure: answer.sure, open: open ?? NONE };
    return new IdWalk(this.#points, this.#scanned, bound, first, limit, known);
  }

  /** The filter with the meaning that it has because of indexes. */
  #bound(filter: Filter): Filter {
    return this.#points.fields?.bind(filter) ?? filter;
  }

  #known(): KnownPoints {
    const { ids, spaces } = this.#points;
    return {
      live: ids.live.subarray(0, Math.ceil(ids.end / 32)),
      count: ids.size,
      offsetOf: (id) => ids.find(IdColumn.one(id, "has_id"), 0),
      vectorCount: (name) => spaces.get(name)?.liveCount ?? 0,
    };
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

const NONE = new Uint32Array(0);

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

  payloadBytesAt(offset: number): Uint8Array | undefined {
    return this.#points.payloads.getBytes(offset);
  }

  hasVector(offset: number, name: string): boolean {
    return this.#points.spaces.get(name)?.has(offset) ?? false;
  }
}
