/** Integers of requests that are larger than what numbers hold exactly. */

import type { Body } from "./body.ts";

/** What may be any integer: a server takes those of 64 bits there, as many programs send for "all" or "never". */
const COUNTS: ReadonlySet<string> = new Set(
  `limit top offset group_size sample k
  full_scan_threshold max_indexing_threads payload_m
  vacuum_min_vector_number default_segment_number max_segment_size memmap_threshold indexing_threshold
  flush_interval_sec max_optimization_threads wal_capacity_mb wal_segments_ahead wal_retain_closed
  max_query_limit max_timeout search_max_hnsw_ef upsert_max_batchsize search_max_batchsize
  max_collection_vector_size_bytes max_collection_payload_size_bytes max_points_count max_payload_index_count
  read_rate_limit write_rate_limit filter_max_conditions condition_max_size`.split(/\s+/),
);

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
