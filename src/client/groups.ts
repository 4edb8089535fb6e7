/**
 * The best points of each value of a field (`queryGroups`).
 *
 * A ranking gives the best points of all first, and most of these may well be of one group. So more and more of it is
 * read:
 *
 * 1. its beginning, four times as much each time, all in one turn of the event loop;
 * 2. while groups are missing: points that have some value whose group is not full;
 * 3. while some of the best groups lack points: points of these.
 *
 * 2 and 3 are filters; of what they find, that is left out which was looked at before. It ends when the best groups are full or when there is
 * nothing more; so there are never fewer groups, or points in them, than exist. A point is looked at once: a write that
 * comes between two filters may be seen or not.
 */

import type { Collection } from "../collection/collection.ts";
import type { Matches } from "../collection/matches.ts";
import type { Deadline } from "../collection/matching.ts";
import type { Condition, Filter } from "../filters/filter.ts";
import { decode } from "../payload/json.ts";
import { type JsonPath, valuesAt } from "../payload/path.ts";
import type { PointId } from "../points/ids.ts";
import type { Ranked, Ranking } from "./ranking.ts";

/** What a group's points have in common. */
export type GroupId = string | number | bigint;

export interface Group<Point> {
  readonly id: GroupId;
  /** Best first. */
  readonly hits: readonly Point[];
}

export interface GroupsRequest<Point> {
  readonly path: JsonPath;
  /** Groups. */
  readonly limit: number;
  /** Points of each. */
  readonly size: number;
  /** Undefined: any point. */
  readonly filter: Filter | undefined;
  readonly ranking: Ranking;
  readonly largerIsCloser: boolean;
  /** Makes what the answer has of a point; called in the turn in which the point was found. */
  readonly shape: (point: Ranked) => Point;
}

/** At most so many points (or a first look, if that is more) are looked at before filters have to help. */
const MOST_UNFILTERED = 2048;
/** And so many of those that a filter found: finding them may take long. */
const MOST_FILTERED = 8192;
/** How much longer each look is than the one before. */
const GROWTH = 4;

export function runGroups<Point>(
  collection: Collection,
  request: GroupsRequest<Point>,
  deadline: Deadline | undefined,
): Group<Point>[] | Promise<Group<Point>[]> {
  const grouping = new Grouping(collection, request);
  const begin = (matches: Matches | undefined) => grouping.begin(matches);
  const done =
    request.filter === undefined ? begin(undefined) : collection.withMatches(request.filter, deadline, begin);
  if (done === true) return grouping.best();
  return (async () => {
    if (await done) return grouping.best();
    for (;;) {
      const filter = grouping.missing();
      if (await collection.withMatches(filter, deadline, (matches) => grouping.goOn(matches))) {
        return grouping.best();
      }
    }
  })();
}

/** A group while it is being filled. */
interface Filling<Point> {
  readonly id: GroupId;
  readonly hits: (Ranked & { point?: Point })[];
}

class Grouping<Point> {
  readonly #collection: Collection;
  readonly #request: GroupsRequest<Point>;
  /** The points that were looked at: another point may get the offset of a deleted one. */
  readonly #seen = new Map<number, PointId>();
  #groups = new Map<GroupId, Filling<Point>>();
  /** How many points are looked at first. */
  readonly #first: number;

  constructor(collection: Collection, request: GroupsRequest<Point>) {
    this.#collection = collection;
    this.#request = request;
    this.#first = Math.min(request.limit * request.size, MOST_FILTERED);
  }

  /** Looks at the beginning of the ranking; true when that is enough. */
  begin(matches: Matches | undefined): boolean {
    const { ranking } = this.#request;
    // Groups of points that a longer beginning has once more.
    const known = new Map<number, readonly GroupId[]>();
    for (let count = this.#first; ; count *= GROWTH) {
      this.#groups = new Map();
      const points = ranking(count, matches);
      for (const point of points) {
        const { offset } = point;
        const ids = known.get(offset) ?? this.#groupsOf(offset);
        known.set(offset, ids);
        this.#add(point, ids);
      }
      const enough = points.length < count || this.#isComplete();
      if (!enough && count * GROWTH <= MOST_UNFILTERED) continue;
      this.#shape();
      if (!enough) for (const { offset } of points) this.#see(offset);
      return enough;
    }
  }

  /** What to filter for, when something is missing. */
  missing(): Filter {
    const { path, limit, size, filter } = this.#request;
    const best = this.#bestGroups();
    const test =
      best.length < limit
        ? ({ kind: "except", values: new Set(this.#full()) } as const)
        : ({
            kind: "any",
            values: new Set(best.flatMap(({ id, hits }) => (hits.length < size ? id : []))),
          } as const);
    const condition: Condition = { kind: "field", path, tests: [test] };
    const must: Condition[] = filter === undefined ? [condition] : [{ kind: "filter", filter }, condition];
    return { must, should: [], mustNot: [] };
  }

  /** Looks at more points, of those that meet the filter; true when that is enough. */
  goOn(matches: Matches): boolean {
    for (let count = this.#first; ; count *= GROWTH) {
      const points = this.#request.ranking(count, this.#unseen(matches));
      for (const point of points) {
        this.#see(point.offset);
        this.#add(point, this.#groupsOf(point.offset));
      }
      const enough = points.length < count || this.#isComplete();
      if (!enough && count * GROWTH <= MOST_FILTERED) continue;
      this.#shape();
      return enough;
    }
  }

  /** The best groups, by their best points. */
  best(): Group<Point>[] {
    return this.#bestGroups().map(({ id, hits }) => ({ id, hits: hits.map(({ point }) => point as Point) }));
  }

  /** In the order of their best points. */
  #bestGroups(): Filling<Point>[] {
    const groups = [...this.#groups.values()];
    // Sorting is stable: of equals, what was found first stays before.
    groups.sort((a, b) => this.#compare(a.hits[0] as Ranked, b.hits[0] as Ranked));
    return groups.slice(0, this.#request.limit);
  }

  #isComplete(): boolean {
    const { limit, size } = this.#request;
    if (this.#groups.size < limit) return false;
    return this.#bestGroups().every(({ hits }) => hits.length === size);
  }

  #full(): GroupId[] {
    const { size } = this.#request;
    return Array.from(this.#groups.values()).flatMap(({ id, hits }) => (hits.length === size ? id : []));
  }

  #add(point: Ranked, ids: readonly GroupId[]): void {
    for (const id of ids) {
      let group = this.#groups.get(id);
      if (group === undefined) {
        group = { id, hits: [] };
        this.#groups.set(id, group);
      }
      const { hits } = group;
      // An approximate search may find better points later.
      let at = hits.length;
      while (at > 0 && this.#compare(point, hits[at - 1] as Ranked) < 0) at--;
      if (at === this.#request.size) continue;
      hits.splice(at, 0, { ...point });
      if (hits.length > this.#request.size) hits.pop();
    }
  }

  /** Below zero when the first is the better one. */
  #compare(a: Ranked, b: Ranked): number {
    return this.#request.largerIsCloser ? b.score - a.score : a.score - b.score;
  }

  /** Of the groups that are the best so far. */
  #shape(): void {
    const { shape } = this.#request;
    for (const { hits } of this.#bestGroups()) {
      for (const hit of hits) if (hit.point === undefined) hit.point = shape(hit);
    }
  }

  /** None when one of the values is neither a string nor an integer: such a point is left out. */
  #groupsOf(offset: number): readonly GroupId[] {
    const bytes = this.#collection.payloads.getBytes(offset);
    const values = bytes === undefined ? [] : valuesAt(decode(bytes), this.#request.path).flat();
    return values.every(isGroupId) ? [...new Set(values)] : [];
  }

  #see(offset: number): void {
    this.#seen.set(offset, this.#collection.ids.idAt(offset));
  }

  #unseen({ bitmap, count }: Matches): Matches {
    const { ids } = this.#collection;
    const unseen = bitmap.slice();
    let left = count;
    for (const [offset, id] of this.#seen) {
      const word = offset >>> 5;
      const bit = 1 << (offset & 31);
      if (((unseen[word] ?? 0) & bit) === 0 || ids.idAt(offset) !== id) continue;
      unseen[word] = (unseen[word] as number) & ~bit;
      left--;
    }
    return { bitmap: unseen, count: left };
  }
}

function isGroupId(value: unknown): value is GroupId {
  return typeof value === "string" || typeof value === "bigint" || Number.isSafeInteger(value);
}
