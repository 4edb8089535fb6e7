/** Integers of requests that are larger than what numbers hold exactly. */

import type { Body } from "./body.ts";

/** How many, or how far: a server takes any integer of 64 bits there, as many programs send for "all". */
const COUNTS: ReadonlySet<string> = new Set([
  "limit",
  "offset",
  "group_size",
  "sample",
  "hnsw_ef",
  "candidates_limit",
  "full_scan_threshold",
  "indexing_threshold",
  "memmap_threshold",
  "max_segment_size",
  "flush_interval_sec",
]);

/** What has names that callers think of, and integers that mean themselves. */
const OPAQUE: ReadonlySet<string> = new Set(["filter", "metadata", "defaults"]);

/**
 * The body with such integers as the largest exact number: nothing has as many points. Ids are left as they are, of which the
 * `offset` of a scroll is one.
 */
export function clamped(body: Body, except?: "offset"): Body {
  return within(body, except) as Body;
}

function within(value: unknown, except: string | undefined): unknown {
  if (Array.isArray(value)) {
    // Vectors and ids are most of most bodies.
    return typeof value[0] === "object" ? value.map((each) => within(each, except)) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  const object = value as Readonly<Record<string, unknown>>;
  const entries = Object.keys(object).map((name) => [name, field(name, object[name], except)]);
  // Unlike an assignment, this takes `__proto__` as a name like any other.
  return Object.fromEntries(entries);
}

function field(name: string, value: unknown, except: string | undefined): unknown {
  if (typeof value !== "bigint") return OPAQUE.has(name) ? value : within(value, except);
  return value > 0n && COUNTS.has(name) && name !== except ? Number.MAX_SAFE_INTEGER : value;
}
