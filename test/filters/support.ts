import type { FilteredPoint } from "../../src/filters/evaluate.ts";
import { matches } from "../../src/filters/evaluate.ts";
import { parseFilter } from "../../src/filters/parse.ts";
import { parseJson } from "../../src/payload/json.ts";
import type { PointId } from "../../src/points/ids.ts";

type Payload = Record<string, unknown>;

/** A payload as the store gives it: integers exact, `__proto__` an own key. */
export const payload = (json: string) => parseJson(json) as Payload;

export function point(id: PointId, content?: Payload, vectors: readonly string[] = []): FilteredPoint {
  return { id, payload: () => content, hasVector: (name) => vectors.includes(name) };
}

/** Whether a payload, given as JSON, meets a filter. */
export function meets(filter: unknown, json: string): boolean {
  return matches(parseFilter(filter, "filter"), point(1, payload(json)));
}

/** Whether a payload meets one condition. */
export const holds = (condition: unknown, json: string) => meets({ must: condition }, json);

/** A filter as text for a test's name; JSON has no bigints. */
function show(filter: unknown): string {
  return JSON.stringify(filter, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
}

/** Rows with their first value as text before them. */
export function named<Row extends readonly [unknown, ...unknown[]]>(
  rows: readonly Row[],
): [string, ...Row][] {
  return rows.map((row) => [show(row[0]), ...row]);
}
