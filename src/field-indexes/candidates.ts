/** Which points meet a filter, as far as indexes know. */

import type { Condition, Filter, Test } from "../filters/filter.ts";
import type { JsonPath } from "../payload/path.ts";
import type { PointId } from "../points/ids.ts";
import { Answer } from "./answer.ts";
import type { IndexedField } from "./indexed-field.ts";

/** What points are known by beside their payloads. */
export interface KnownPoints {
  /** Which offsets have a point: bit o & 31 of word o >>> 5. */
  readonly live: Uint32Array;
  readonly count: number;
  /** The offset of an id, or -1. */
  offsetOf(id: PointId): number;
  /** How many points have a vector of that name. */
  vectorCount(name: string): number;
}

/** The field of a path, where it has a complete index. */
export type FieldAt = (path: JsonPath) => IndexedField | undefined;

/** What asking a payload costs, and what a pair of an index does, in nanoseconds, about. */
const ASKING = 3000;
const LOOKING = 2;

/**
 * What may be spent on a filter in one go, in nanoseconds: as much as it takes to look all points up so many times, and some
 * milliseconds in a small collection. What is left of the filter then is open: payloads are asked, a slice at a time.
 */
const MOST_TIMES = 16;
const LEAST_BUDGET = 10_000_000;
/** To combine two bitmaps, for each word; to make one takes as long. */
const COMBINING = 2;
/** To find the point of an id. */
const FINDING_ID = 100;
/** To get at an index, and for each of the pairs that a condition is expected to find. */
const BEGINNING = 300;
const ESTIMATING = 0.01;

/** The answer to a filter; undefined when nothing is known of it. */
export function candidates(filter: Filter, points: KnownPoints, fieldAt: FieldAt): Answer | undefined {
  return new Planner(points, fieldAt).filter(filter);
}

/** How many points meet a filter, where an index has the number at hand. */
export function countAtHand(filter: Filter, count: number, fieldAt: FieldAt): number | undefined {
  const { must, should, mustNot, minShould } = filter;
  const [condition, ...more] = [...must, ...should];
  if (condition === undefined || more.length > 0 || mustNot.length > 0 || minShould !== undefined) {
    return undefined;
  }
  switch (condition.kind) {
    case "filter":
      return countAtHand(condition.filter, count, fieldAt);
    case "field": {
      const [test, ...others] = condition.tests;
      return test && others.length === 0 ? fieldAt(condition.path)?.count(test) : undefined;
    }
    case "is_empty":
    case "is_null": {
      const field = fieldAt(condition.path);
      if (field === undefined) return undefined;
      const there = condition.kind === "is_null" ? field.nullCount : count - field.filledCount;
      return condition.wanted ? there : count - there;
    }
    default:
      return undefined;
  }
}

/** Something that all points must meet. */
interface Clause {
  /** Pairs of indexes that finding out takes; undefined: no index knows. */
  readonly cost: number | undefined;
  /** How many points meet it, at most. */
  readonly most: number;
  readonly find: () => Answer | undefined;
}

type Path = readonly (string | number)[];

class Planner {
  readonly #points: KnownPoints;
  readonly #fieldAt: FieldAt;
  /** In nanoseconds. */
  #left: number;
  /** What is known of conditions: filters in filters ask for it again and again. */
  readonly #costs = new Map<Condition, number | undefined>();

  constructor(points: KnownPoints, fieldAt: FieldAt) {
    this.#points = points;
    this.#fieldAt = fieldAt;
    this.#left = Math.max(LEAST_BUDGET, points.count * LOOKING * MOST_TIMES);
  }

  filter(filter: Filter): Answer | undefined {
    const { must, should, mustNot, minShould } = filter;
    const clauses = must.map((condition) => this.#clause(condition));
    if (mustNot.length > 0) {
      const { cost, find } = this.#enough(mustNot, 1);
      clauses.push({ cost, most: this.#points.count, find: () => find()?.not(this.#points.live) });
    }
    if (should.length > 0) clauses.push(this.#enough(should, 1));
    if (minShould !== undefined && minShould.minCount > 0) {
      clauses.push(this.#enough(minShould.conditions, minShould.minCount));
    }
    return this.#all(clauses);
  }

  /** The rarest first; once few points are left, asking those is less work than looking more up. */
  #all(clauses: readonly Clause[]): Answer | undefined {
    if (clauses.length === 0) return Answer.all(this.#points.live);
    let answer: Answer | undefined;
    let open = false;
    for (const { cost, find } of clauses.toSorted((a, b) => a.most - b.most)) {
      const found = cost === undefined || this.#isSpent || this.#isDearer(cost, answer) ? undefined : find();
      if (found === undefined) open = true;
      else if (answer === undefined) answer = found;
      else {
        this.#spend(COMBINING * answer.words);
        answer.and(found);
      }
    }
    return open ? answer?.doubt() : answer;
  }

  get #isSpent(): boolean {
    return this.#left <= 0;
  }

  /** @param time in nanoseconds */
  #spend(time: number): void {
    this.#left -= time;
  }

  /** Whether looking so much up takes longer than asking the points that are left. */
  #isDearer(cost: number, answer: Answer | undefined): boolean {
    // Counting those takes some time itself.
    if (answer === undefined || cost * LOOKING < ASKING) return false;
    this.#spend(COMBINING * answer.words);
    return answer.possibleCount * ASKING < cost * LOOKING;
  }

  #clause(condition: Condition): Clause {
    const cost = this.#cost(condition, []);
    return {
      cost,
      most: cost === undefined ? this.#points.count : Math.min(cost, this.#points.count),
      find: () => this.#find(condition, []),
    };
  }

  /** At least so many of the conditions hold. */
  #enough(conditions: readonly Condition[], count: number): Clause {
    const clauses = conditions.map((condition) => this.#clause(condition));
    const costs = clauses.flatMap(({ cost }) => (cost === undefined ? [] : [cost]));
    const all = clauses.reduce((sum, { most }) => sum + most, 0);
    return {
      cost: costs.length === 0 && count <= conditions.length ? undefined : costs.reduce((a, b) => a + b, 0),
      most: Math.min(all, this.#points.count),
      find: () => {
        if (count > clauses.length) return new Answer(this.#points.live.length);
        if (count === 1) return this.#some(conditions, []);
        return this.#vote(clauses, count);
      },
    };
  }

  /** Some of the conditions holds; with a prefix, of some object at that path. */
  #some(conditions: readonly Condition[], prefix: Path): Answer | undefined {
    let answer: Answer | undefined;
    let open = false;
    for (const condition of conditions) {
      // What is sure of one field is not diminished by the next one: they may share an answer.
      if (condition.kind === "field" && answer !== undefined && !isAskedTogether(condition, prefix)) {
        if (!this.#addField(condition, prefix, answer)) open = true;
        continue;
      }
      const found = prefix.length === 0 ? this.#find(condition, []) : this.#someObjectHas(condition, prefix);
      if (found === undefined) open = true;
      else if (answer === undefined) answer = found;
      else {
        this.#spend(COMBINING * answer.words);
        answer.or(found);
      }
    }
    return open ? answer?.or(Answer.unknown(this.#points.live)) : answer;
  }

  /** Row n of the votes: the points for which at least n conditions hold. */
  #vote(clauses: readonly Clause[], count: number): Answer | undefined {
    const { live } = this.#points;
    const time = clauses.length * count * live.length * COMBINING * 3;
    if (time > this.#left) return undefined;
    this.#spend(time);
    const rows = Array.from({ length: count + 1 }, (_, n) =>
      n === 0 ? Answer.all(live) : new Answer(live.length),
    );
    for (const { find } of clauses) {
      const vote = find() ?? Answer.unknown(live);
      for (let n = count; n > 0; n--) rows[n]?.or(vote.copy().and(rows[n - 1] as Answer));
    }
    return rows[count];
  }

  // ── conditions ───────────────────────────────────────────────────────────────────────────────────────────

  /**
   * What finding the points costs at most; of a field also how many they are. With a prefix, the condition is about some
   * object at that path.
   */
  #cost(condition: Condition, prefix: Path): number | undefined {
    if (this.#costs.has(condition)) return this.#costs.get(condition);
    const cost = this.#isSpent ? undefined : this.#estimate(condition, prefix);
    this.#spend(BEGINNING + ESTIMATING * (cost ?? 0));
    this.#costs.set(condition, cost);
    return cost;
  }

  #estimate(condition: Condition, prefix: Path): number | undefined {
    switch (condition.kind) {
      case "field": {
        const field = this.#field(prefix, condition.path);
        return field && condition.tests.reduce((sum, test) => sum + field.estimate(test), 0);
      }
      case "is_empty":
      case "is_null":
        return this.#field(prefix, condition.path) && this.#points.count;
      case "has_id":
        return condition.ids.size;
      case "has_vector":
        return this.#vectors(condition.name) === undefined ? undefined : this.#points.count;
      case "nested":
        return this.#filterCost(condition.filter, [...prefix, ...condition.path]);
      case "filter":
        return this.#filterCost(condition.filter, prefix);
      default:
        return undefined;
    }
  }

  #filterCost({ must, should, mustNot, minShould }: Filter, prefix: Path): number | undefined {
    const conditions = [...must, ...should, ...mustNot, ...(minShould?.conditions ?? [])];
    const costs = conditions.flatMap((condition) => this.#cost(condition, prefix) ?? []);
    return costs.length === 0 ? undefined : costs.reduce((a, b) => a + b);
  }

  #find(condition: Condition, prefix: Path): Answer | undefined {
    if (this.#isSpent) return undefined;
    const { live } = this.#points;
    // Those made of others spend what these do.
    if (condition.kind !== "filter" && condition.kind !== "nested") this.#spend(COMBINING * live.length);
    switch (condition.kind) {
      case "field": {
        const answer = new Answer(live.length);
        if (!this.#addField(condition, prefix, answer)) return undefined;
        return isAskedTogether(condition, prefix) ? answer.doubt() : answer;
      }
      case "is_empty": {
        const answer = this.#bits((field, bitmap) => field.addFilled(bitmap), prefix, condition.path);
        return condition.wanted ? answer?.not(live) : answer;
      }
      case "is_null": {
        const answer = this.#bits((field, bitmap) => field.addNulls(bitmap), prefix, condition.path);
        return condition.wanted ? answer : answer?.not(live);
      }
      case "nested":
        return this.#someObject(condition.filter, [...prefix, ...condition.path]);
      case "has_id":
        return this.#ids(condition.ids);
      case "has_vector":
        return this.#vectors(condition.name);
      case "filter":
        return prefix.length === 0
          ? this.filter(condition.filter)
          : this.#someObject(condition.filter, prefix);
      default:
        return undefined;
    }
  }

  /**
   * Points with an object at the path that meets the filter. Indexes know what objects have, not which one has what: of a
   * single condition their answer is sure, of several that all must hold it is not, and of what an object must not have it
   * says nothing.
   */
  #someObject({ must, should, mustNot, minShould }: Filter, path: Path): Answer | undefined {
    const parts = must.map((condition) => this.#someObjectHas(condition, path));
    if (should.length > 0) parts.push(this.#some(should, path));
    for (const _ of mustNot) parts.push(undefined);
    if (minShould !== undefined && minShould.minCount > 0) parts.push(undefined);
    const [first, ...others] = parts.filter((part) => part !== undefined);
    for (const other of others) first?.and(other);
    return parts.length === 1 ? first : first?.doubt();
  }

  #someObjectHas(condition: Condition, path: Path): Answer | undefined {
    // That all objects lack something is another thing than that one does.
    if (condition.kind === "is_empty" && condition.wanted) return undefined;
    if (condition.kind === "is_null" && !condition.wanted) return undefined;
    return this.#find(condition, path);
  }

  /** Adds the points that a condition finds; false where no index knows, or there is no time to ask it. */
  #addField(condition: Condition & { kind: "field" }, prefix: Path, answer: Answer): boolean {
    const field = this.#field(prefix, condition.path);
    if (field === undefined || this.#isSpent) return false;
    this.#spend(BEGINNING + LOOKING * (this.#cost(condition, prefix) ?? 0));
    for (const test of condition.tests) field.find(test, answer);
    return true;
  }

  #field(prefix: Path, path: JsonPath): IndexedField | undefined {
    return this.#fieldAt([...prefix, ...path] as unknown as JsonPath);
  }

  #bits(
    add: (field: IndexedField, bitmap: Uint32Array) => void,
    prefix: Path,
    path: JsonPath,
  ): Answer | undefined {
    const field = this.#field(prefix, path);
    if (field === undefined) return undefined;
    const answer = new Answer(this.#points.live.length);
    add(field, answer.sure);
    return answer;
  }

  #ids(ids: ReadonlySet<PointId>): Answer {
    this.#spend(FINDING_ID * ids.size);
    const answer = new Answer(this.#points.live.length);
    for (const id of ids) {
      const offset = this.#points.offsetOf(id);
      if (offset !== -1)
        answer.sure[offset >>> 5] = (answer.sure[offset >>> 5] as number) | (1 << (offset & 31));
    }
    return answer;
  }

  /** Known where all points have the vector, or none. */
  #vectors(name: string): Answer | undefined {
    const { live, count } = this.#points;
    const having = this.#points.vectorCount(name);
    if (having === 0) return new Answer(live.length);
    return having === count ? Answer.all(live) : undefined;
  }
}

/**
 * Whether a test asks the values of all objects at a path together, where those of one are meant: then what indexes know is
 * not sure.
 */
function isAskedTogether({ tests }: Condition & { kind: "field" }, prefix: Path): boolean {
  const asksTogether = (test: Test) =>
    test.kind === "tokens" && test.mode === "all" && test.tokens.length > 1;
  return prefix.length > 0 && tests.some(asksTogether);
}
