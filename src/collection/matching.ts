/** Finds the points of a collection that meet a filter, without holding up the event loop. */

import { NearvecError } from "../errors.ts";
import type { KnownPoints } from "../field-indexes/candidates.ts";
import { matches } from "../filters/evaluate.ts";
import { type Filter, idsOf } from "../filters/filter.ts";
import { IdColumn } from "../points/id-column.ts";
import type { PointId } from "../points/ids.ts";
import type { Background } from "./background.ts";
import { AskedPoint, FilterScan, type ScannedPoints } from "./filter-scan.ts";
import { IdWalk, type Page, pageOf } from "./id-walk.ts";
import { SLICE_MS } from "./indexing.ts";
import type { Matches } from "./matches.ts";
import type { StoredPoints } from "./stored-points.ts";
import type { Surroundings } from "./surroundings.ts";

/** When a request has taken too long. */
export interface Deadline {
  /** By the clock of the surroundings, in milliseconds. */
  readonly at: number;
  /** What the request said, in seconds. */
  readonly timeout: number;
}

/** Ids that are looked up in one go, which takes about a fifth of a microsecond each; more are met on a walk, in slices. */
const MOST_NAMED = 20_000;

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
   * two. What indexes don't know is asked of payloads: at once where it is little, else a few milliseconds at a time.
   *
   * @throws {NearvecError} `TIMEOUT`, `CLOSED`, and what `use` throws
   */
  with<T>(filter: Filter, deadline: Deadline | undefined, use: (found: Matches) => T): T | Promise<T> {
    this.#checkOpen();
    const ids = idsOf(filter, MOST_NAMED);
    if (ids !== undefined) return use(this.#named(ids));
    if (this.#isLate) return this.#turn(deadline).then(() => this.with(filter, deadline, use));
    const found = this.#atOnce(() => this.#find(filter));
    return found instanceof FilterScan ? this.#slices(found, deadline, use) : use(found);
  }

  /** The matching points, or a scan that has only begun to find them. */
  #find(filter: Filter): Matches | FilterScan {
    const bound = this.#bound(filter);
    const answer = this.#points.fields?.candidates(bound, this.#known());
    const open = answer?.settle();
    if (answer !== undefined && open === undefined) return { bitmap: answer.sure, count: answer.sureCount };
    const known = answer && open && { sure: answer.sure, sureCount: answer.sureCount, open };
    const scan = new FilterScan(this.#scanned, bound, known);
    return scan.run(this.#surroundings.now, this.#endOfFirstSlice()) ? scan.finish() : scan;
  }

  /** How many points match. @throws {NearvecError} `TIMEOUT`, `CLOSED` */
  count(filter: Filter, deadline: Deadline | undefined): number | Promise<number> {
    this.#checkOpen();
    const { fields, ids } = this.#points;
    return (
      fields?.countAtHand(this.#bound(filter), ids.size) ?? this.with(filter, deadline, ({ count }) => count)
    );
  }

  /** Asks single points, as they are now. @throws {NearvecError} `CLOSED` */
  asker(filter: Filter): (offset: number) => boolean {
    this.#checkOpen();
    const asked = new AskedPoint(this.#scanned);
    const bound = this.#bound(filter);
    return (offset) => {
      asked.offset = offset;
      return matches(bound, asked);
    };
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
    if (this.#isLate) return this.#turn(deadline).then(() => this.page(filter, first, limit, deadline, use));
    const found = this.#atOnce(() => this.#findPage(filter, first, limit));
    return found instanceof IdWalk ? this.#walkOn(found, deadline, use) : use(found);
  }

  /** The page, or a walk that has only begun to find it. */
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
    const walk = new IdWalk(this.#points, this.#scanned, bound, first, limit, known);
    return walk.run(this.#surroundings.now, this.#endOfFirstSlice()) ? walk.page() : walk;
  }

  async #walkOn<T>(walk: IdWalk, deadline: Deadline | undefined, use: (page: Page) => T): Promise<T> {
    const { now } = this.#surroundings;
    do await this.#turn(deadline);
    while (!walk.run(now, now() + SLICE_MS));
    return use(walk.page());
  }

  close(reason: NearvecError): void {
    this.#closed = reason;
  }

  /** Whether so much was done at once since the last turn that it would hold up the event loop to do more. */
  get #isLate(): boolean {
    return this.#background.spent >= SLICE_MS;
  }

  #endOfFirstSlice(): number {
    return this.#surroundings.now() + SLICE_MS - this.#background.spent;
  }

  #atOnce<T>(work: () => T): T {
    const { now } = this.#surroundings;
    const begin = now();
    const result = work();
    this.#background.spent += now() - begin;
    return result;
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

function timedOut(timeout: number): NearvecError {
  return new NearvecError("TIMEOUT", {
    what: `the filter took longer than its timeout of ${timeout} s`,
    todo: "Nothing was changed. Allow it more time, or narrow it down by ids.",
  });
}
