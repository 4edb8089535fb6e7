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
 * 2 and 3 are filters; of what they find, that is left out which was looked at before. Finding them may mean asking all
 * points, so what is read goes on growing: however the points lie, they are asked about as often as their number has
 * digits. Where it is in vain, because values are no ids of groups, such points are all left out for good. It ends when the best groups are full or when there is nothing more; so there are never fewer groups, or points in
 * them, than exist. A point is looked at once: a write that comes between two filters may be seen or not.
 */

import { hasBit, lowestBit } from "../bits.ts";
import type { Collection } from "../collection/collection.ts";
import type { Matches } from "../collection/matches.ts";
import { type Deadline, inSlices, type Watcher } from "../collection/slices.ts";
import { countBits } from "../field-indexes/answer.ts";
import type { Condition, Filter } from "../filters/filter.ts";
import { decode } from "../payload/json.ts";
import { type JsonPath, valuesAt } from "../payload/path.ts";
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
/** A first look is at no more. */
const MOST_FIRST = 8192;
/** How much longer each look is than the one before. */
const GROWTH = 4;
/** Points looked at between two looks at the clock. */
const BETWEEN_CLOCKS = 16;

export function runGroups<Point>(
  collection: Collection,
  request: GroupsRequest<Point>,
  deadline: Deadline | undefined,
): Group<Point>[] | Promise<Group<Point>[]> {
  const grouping = new Grouping(collection, request, deadline);
  const begin = (matches: Matches | undefined) => grouping.begin(matches);
  const done =
    request.filter === undefined ? begin(undefined) : collection.withMatches(request.filter, deadline, begin);
  return done === true ? grouping.best() : fillUp(grouping, collection, deadline, done);
}

async function fillUp<Point>(
  grouping: Grouping<Point>,
  collection: Collection,
  deadline: Deadline | undefined,
  begun: boolean | Promise<boolean>,
): Promise<Group<Point>[]> {
  try {
    if (await begun) return grouping.best();
    const goOn = (matches: Matches) => grouping.goOn(matches);
    for (;;) {
      const looked = collection.withMatches<Looked | Promise<Looked>>(grouping.missing(), deadline, goOn);
      if ((await looked).isEnough) return grouping.best();
    }
  } finally {
    collection.slicing.watchers.delete(grouping);
  }
}

/** Whether what was looked at completes the groups. */
interface Looked {
  readonly isEnough: boolean;
}

/** A group while it is being filled. */
interface Filling<Point> {
  readonly id: GroupId;
  readonly hits: (Ranked & { point?: Point })[];
}

class Grouping<Point> implements Watcher {
  readonly #collection: Collection;
  readonly #request: GroupsRequest<Point>;
  readonly #deadline: Deadline | undefined;
  /** The points that were looked at. */
  #seen = new Uint32Array(0);
  /** Points that were written since the look began. */
  readonly #changed = new Set<number>();
  #groups = new Map<GroupId, Filling<Point>>();
  /** How often a point was added to a group. */
  #hits = 0;
  /** How many points are looked at first. */
  readonly #first: number;
  /** And next. */
  #count: number;

  constructor(collection: Collection, request: GroupsRequest<Point>, deadline: Deadline | undefined) {
    this.#collection = collection;
    this.#request = request;
    this.#deadline = deadline;
    this.#first = Math.min(request.limit * request.size, MOST_FIRST);
    this.#count = this.#first;
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
      if (enough) return true;
      this.#collection.slicing.watchers.add(this);
      for (const { offset } of points) this.#see(offset);
      return false;
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

  /** Looks at more points, of those that meet the filter, for as long as they are sure to do. */
  goOn(matches: Matches): Looked | Promise<Looked> {
    const { slicing } = this.#collection;
    let unseen = this.#unseen(matches);
    for (;;) {
      const count = this.#count;
      const hits = this.#hits;
      const points = this.#request.ranking(count, unseen);
      this.#count = count * GROWTH;
      this.#changed.clear();
      let next = 0;
      const slice = (isOver: () => boolean): Looked | undefined => {
        next = this.#look(points, next, isOver);
        if (next === points.length) this.#lookAgain(points);
        this.#shape();
        if (next < points.length) return undefined;
        return { isEnough: points.length < count || this.#isComplete() };
      };
      const looked = inSlices(slicing, undefined, this.#deadline, slice, asItIs);
      if (looked instanceof Promise) return looked.then((each) => this.#sieveAfter(each, hits, unseen));
      if (looked.isEnough) return looked;
      if (this.#hits === hits) return this.#sieve(unseen);
      unseen = this.#unseen(unseen);
    }
  }

  #sieveAfter(looked: Looked, hits: number, left: Matches): Looked | Promise<Looked> {
    return looked.isEnough || this.#hits !== hits ? looked : this.#sieve(this.#unseen(left));
  }

  /** Leaves out the points that are in no group: they would be looked at before those that are. */
  #sieve({ bitmap }: Matches): Looked | Promise<Looked> {
    const { slicing, ids } = this.#collection;
    let word = 0;
    let left = 0;
    this.#changed.clear();
    const slice = (isOver: () => boolean): Looked | undefined => {
      while (word < bitmap.length) {
        const first = word * 32;
        let bits = bitmap[word++] as number;
        if (bits === 0) continue;
        for (; bits !== 0; bits &= bits - 1) {
          const offset = first + lowestBit(bits);
          if (ids.has(offset) && this.#groupsOf(offset).length === 0) this.#see(offset);
          else left++;
        }
        if (isOver()) return undefined;
      }
      return { isEnough: left === 0 && this.#changed.size === 0 };
    };
    return inSlices(slicing, undefined, this.#deadline, slice, asItIs);
  }

  note(offset: number): void {
    this.#changed.add(offset);
    // Another point may get the offset of a deleted one.
    if (!this.#collection.ids.has(offset)) this.#forget(offset);
  }

  noteAll(): void {
    // What vectors points can have says nothing of their groups.
  }

  /** Looks at points from number `next` on, until `isOver`; answers how far that came. */
  #look(points: readonly Ranked[], next: number, isOver: () => boolean): number {
    for (let i = next; i < points.length; i++) {
      const point = points[i] as Ranked;
      if (this.#changed.has(point.offset)) continue;
      this.#see(point.offset);
      this.#add(point, this.#groupsOf(point.offset));
      if (i % BETWEEN_CLOCKS === BETWEEN_CLOCKS - 1 && isOver()) return i + 1;
    }
    return points.length;
  }

  /** Looks at those that were written before it was their turn, as they are now. */
  #lookAgain(points: readonly Ranked[]): void {
    if (this.#changed.size === 0) return;
    const { filter, ranking } = this.#request;
    const { ids } = this.#collection;
    const meets = filter === undefined ? () => true : this.#collection.asker(filter);
    const bitmap = new Uint32Array(Math.ceil(ids.end / 32));
    for (const { offset } of points) {
      if (!this.#changed.has(offset) || hasBit(this.#seen, offset)) continue;
      if (ids.has(offset) && meets(offset)) {
        bitmap[offset >>> 5] = (bitmap[offset >>> 5] as number) | (1 << (offset & 31));
      }
    }
    const count = countBits(bitmap);
    this.#changed.clear();
    if (count > 0) this.#look(ranking(points.length, { bitmap, count }), 0, () => false);
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
      this.#hits++;
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
    const word = offset >>> 5;
    if (word >= this.#seen.length) {
      const seen = new Uint32Array(Math.max(word + 1, Math.ceil(this.#collection.ids.end / 32)));
      seen.set(this.#seen);
      this.#seen = seen;
    }
    this.#seen[word] = (this.#seen[word] as number) | (1 << (offset & 31));
  }

  #forget(offset: number): void {
    const word = offset >>> 5;
    if (word < this.#seen.length) this.#seen[word] = (this.#seen[word] as number) & ~(1 << (offset & 31));
  }

  #unseen({ bitmap }: Matches): Matches {
    const seen = this.#seen;
    const unseen = bitmap.slice();
    const words = Math.min(seen.length, unseen.length);
    for (let i = 0; i < words; i++) unseen[i] = (unseen[i] as number) & ~(seen[i] as number);
    return { bitmap: unseen, count: countBits(unseen) };
  }
}

function asItIs(looked: Looked): Looked {
  return looked;
}

function isGroupId(value: unknown): value is GroupId {
  return typeof value === "string" || typeof value === "bigint" || Number.isSafeInteger(value);
}
