import { invalidArgument } from "../errors.ts";
import { integer, oneOf } from "../fields.ts";

/** `timeout` of a request, in seconds. */
export function checkTimeout(timeout: unknown): number | undefined {
  return timeout == null
    ? undefined
    : integer(timeout, "timeout", 1, Number.MAX_SAFE_INTEGER, "It is in seconds.");
}

/** `ordering` of a write: with one writer per collection the strongest order is what every write gets. */
export function checkOrdering(ordering: unknown): void {
  if (ordering != null) oneOf(ordering, "ordering", ["weak", "medium", "strong"]);
}

/** `consistency` of a read: with one copy of the data all reads agree. */
export function checkConsistency(consistency: unknown): void {
  if (consistency == null) return;
  if (typeof consistency === "number") integer(consistency, "consistency", 1, Number.MAX_SAFE_INTEGER);
  else oneOf(consistency, "consistency", ["majority", "quorum", "all"]);
}

/** `score_threshold` as the f32 that scores are compared with. */
export function checkScoreThreshold(threshold: unknown): number | undefined {
  if (threshold == null) return undefined;
  if (typeof threshold === "number" && Number.isFinite(threshold)) return Math.fround(threshold);
  throw invalidArgument("score_threshold", threshold, "a finite number");
}
