/** Answers in the order of a field. */

import type { Collection } from "../collection/collection.ts";
import type { Matches } from "../collection/matches.ts";
import { type Deadline, inSlices } from "../collection/slices.ts";
import { NearvecError } from "../errors.ts";
import { Answer } from "../field-indexes/answer.ts";
import type { FieldIndex } from "../field-indexes/field-index.ts";
import type { Filter } from "../filters/filter.ts";
import { decode } from "../payload/json.ts";
import { valuesAt } from "../payload/path.ts";
import { type Entry, type OrderedPoints, OrderWalk } from "./order-walk.ts";
import { type OrderBy, parseOrderBy } from "./ordering.ts";
import { record, scoredPoint } from "./results.ts";
import type { ScoredPoint, ScrollResult } from "./types.ts";
import type { ParsedQuery, ParsedScroll } from "./validate-read.ts";

/** `order_by` of a scroll, which can't begin at an id then. */
export function parseScrollOrder({ order_by, offset }: { order_by?: unknown; offset?: unknown }): OrderBy {
  const order = parseOrderBy(order_by, "order_by");
  if (offset === undefined) return order;
  throw new NearvecError("INVALID_ARGUMENT", {
    what: "offset",
    got: "an id together with order_by",
    expected: "one of the two",
    todo: "Go on with order_by.start_from (inclusive), and leave out with a filter what you have.",
    subject: { rule: "page" },
  });
}

/** A page in the order of a field. It names no next one: that begins with `start_from`. */
export function scrollInOrder(
  collection: Collection,
  { limit, wanted, filter, timeout }: ParsedScroll,
  order: OrderBy,
): ScrollResult | Promise<ScrollResult> {
  return withEntries(collection, order, limit, filter, collection.deadline(timeout), (entries) => ({
    points: entries.map(({ offset, value }) => ({
      ...record(collection, offset, wanted),
      order_value: value,
    })),
    next_page_offset: null,
  }));
}

/** Points in the order of a field, all with a score of 1. */
export function queryInOrder(
  collection: Collection,
  { limit, offset, wanted, filter }: ParsedQuery,
  order: OrderBy,
  deadline: Deadline | undefined,
): ScoredPoint[] | Promise<ScoredPoint[]> {
  return withEntries(collection, order, offset + limit, filter, deadline, (entries) =>
    entries.slice(offset).map((entry) => ({
      ...scoredPoint(collection, entry.offset, 1, wanted),
      order_value: entry.value,
    })),
  );
}

/** The index is another one, or points can have other vectors: the walk has to begin anew. */
const STALE: { readonly entries?: Entry[] } = {};

/** Hands the first points in the order to `use`, in the very turn in which they are that. */
function withEntries<T extends object>(
  collection: Collection,
  order: OrderBy,
  limit: number,
  filter: Filter | undefined,
  deadline: Deadline | undefined,
  use: (entries: readonly Entry[]) => T,
): T | Promise<T> {
  const again = () => withEntries(collection, order, limit, filter, deadline, use);
  const walkOver = (matches: Matches | undefined): T | Promise<T> => {
    const { walk, index } = walkOf(collection, order, limit, matches, filter);
    const slice = (isOver: () => boolean): typeof STALE | undefined => {
      if (walk.isStale || collection.fieldIndexes?.complete(order.path)?.index !== index) return STALE;
      return walk.run(isOver) ? { entries: walk.entries() } : undefined;
    };
    return inSlices(collection.slicing, walk, deadline, slice, ({ entries }) =>
      entries === undefined ? again() : use(entries),
    );
  };
  if (filter === undefined) return walkOver(undefined);
  return collection.withMatches<T | Promise<T>>(filter, deadline, walkOver) as T | Promise<T>;
}

/** The first points in the order, at once. @throws {NearvecError} as `walkOf` */
export function entriesOf(
  collection: Collection,
  order: OrderBy,
  limit: number,
  matches: Matches | undefined,
): Entry[] {
  const { walk } = walkOf(collection, order, limit, matches, undefined);
  walk.run(() => false);
  return walk.entries();
}

/** @throws {NearvecError} `INVALID_ARGUMENT` without an index that has an order */
function walkOf(
  collection: Collection,
  { key, path, descending, from }: OrderBy,
  limit: number,
  matches: Matches | undefined,
  filter: Filter | undefined,
): { walk: OrderWalk; index: FieldIndex } {
  const { ids, payloads } = collection;
  const index = collection.fieldIndexes?.complete(path)?.index;
  if (index?.order === undefined) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what: `order_by: there is no index of ${JSON.stringify(key)} with an order`,
      expected: "an index of type integer (with range), float or datetime, built completely",
      todo: "Create one with createPayloadIndex.",
      subject: { index: { key, use: "order_by" } },
    });
  }
  const points: OrderedPoints = {
    compareIds: (a, b) => ids.compare(a, b),
    valuesAt: (offset) => {
      const bytes = payloads.getBytes(offset);
      return bytes === undefined ? [] : valuesAt(decode(bytes), path).flat();
    },
    withValue: lookupOf(index, collection),
  };
  const meets = (offset: number) =>
    ids.has(offset) && (filter === undefined || collection.asker(filter)(offset));
  const walk = new OrderWalk(points, index.order, { descending, from }, limit, matches, meets);
  return { walk, index };
}

/** What finds the points with exactly one value, where an index has such lists. */
function lookupOf(index: FieldIndex, { ids }: Collection): OrderedPoints["withValue"] {
  // Integers are the only ones with an order that are counted one by one, too.
  if (index.facets === undefined) return undefined;
  return (value) => {
    const test = { kind: "value", value } as const;
    if (index.count(test) === 0) return undefined;
    const answer = new Answer(Math.ceil(ids.end / 32));
    index.find(test, answer);
    return answer.sure;
  };
}
