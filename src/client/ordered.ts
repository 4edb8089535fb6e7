/** Answers in the order of a field. */

import type { Collection } from "../collection/collection.ts";
import type { Matches } from "../collection/filter-scan.ts";
import type { Deadline } from "../collection/matching.ts";
import { NearvecError } from "../errors.ts";
import type { Given } from "../fields.ts";
import type { Filter } from "../filters/filter.ts";
import { decode } from "../payload/json.ts";
import { valuesAt } from "../payload/path.ts";
import { fieldIndexOf } from "./field-index-of.ts";
import { type Entry, inOrder, type OrderBy, parseOrderBy } from "./ordering.ts";
import { record, scoredPoint } from "./results.ts";
import type { ScoredPoint, ScrollResult } from "./types.ts";
import type { ParsedQuery, ParsedScroll } from "./validate-read.ts";

/** `order_by` of a scroll, which can't begin at an id then. */
export function parseScrollOrder({ order_by, offset }: Given): OrderBy {
  const order = parseOrderBy(order_by, "order_by");
  if (offset == null) return order;
  throw new NearvecError("INVALID_ARGUMENT", {
    what: "offset",
    got: "an id together with order_by",
    expected: "one of the two",
    todo: "Go on with order_by.start_from (inclusive), and leave out with a filter what you have.",
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

function withEntries<T>(
  collection: Collection,
  order: OrderBy,
  limit: number,
  filter: Filter | undefined,
  deadline: Deadline | undefined,
  use: (entries: readonly Entry[]) => T,
): T | Promise<T> {
  const run = (matches: Matches | undefined) => use(entriesOf(collection, order, limit, matches));
  return filter === undefined ? run(undefined) : collection.withMatches(filter, deadline, run);
}

/** The first points in the order. @throws {NearvecError} `INVALID_ARGUMENT` without an index that has one */
export function entriesOf(
  collection: Collection,
  { key, path, descending, from }: OrderBy,
  limit: number,
  matches: Matches | undefined,
): Entry[] {
  const { ids, payloads } = collection;
  const order = fieldIndexOf(collection, path)?.order;
  if (order === undefined) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what: `order_by: there is no index of ${JSON.stringify(key)} with an order`,
      expected: "an index of type integer (with range), float or datetime, built completely",
      todo: "Create one with createPayloadIndex.",
    });
  }
  const points = {
    compareIds: (a: number, b: number) => ids.compare(a, b),
    valuesAt: (offset: number) => {
      const bytes = payloads.getBytes(offset);
      return bytes === undefined ? [] : valuesAt(decode(bytes), path).flat();
    },
  };
  return inOrder(points, order, { descending, from }, limit, matches);
}
