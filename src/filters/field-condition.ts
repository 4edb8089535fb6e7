import { invalidArgument, NearvecError } from "../errors.ts";
import { checkFields, fields } from "../fields.ts";
import { parsePath } from "../payload/path.ts";
import type { Condition, Test } from "./filter.ts";
import { parseBox, parsePolygon, parseRadius } from "./geo.ts";
import { parseMatch } from "./match.ts";
import { parseCounts, parseRange } from "./range.ts";

/** What can be asked of the single values of a field. */
const TESTS = {
  match: parseMatch,
  range: parseRange,
  geo_radius: parseRadius,
  geo_bounding_box: parseBox,
  geo_polygon: parsePolygon,
} as const satisfies Record<string, (value: unknown, what: string) => Test>;

const FIELDS = fields(["key", ...Object.keys(TESTS), "values_count", "is_empty", "is_null"]);

/**
 * Reads a condition with a `key`. Of several tests in one condition Qdrant 1.19 takes `values_count`, else
 * `is_empty`, else `is_null`, else the others, any of which suffices; all of them are checked here.
 */
export function parseFieldCondition(value: object, what: string): Condition {
  checkFields(value, what, FIELDS);
  const given: Readonly<Record<string, unknown>> = { ...value };
  const path = parsePath(given.key, `${what}.key`);
  const tests = Object.entries(TESTS).flatMap(([name, parse]): Test[] =>
    given[name] == null ? [] : [parse(given[name], `${what}.${name}`)],
  );
  const bounds =
    given.values_count == null ? undefined : parseCounts(given.values_count, `${what}.values_count`);
  const isEmpty = flag(given.is_empty, `${what}.is_empty`);
  const isNull = flag(given.is_null, `${what}.is_null`);
  if (bounds !== undefined) return { kind: "values_count", path, bounds };
  if (isEmpty !== undefined) return { kind: "is_empty", path, wanted: isEmpty };
  if (isNull !== undefined) return { kind: "is_null", path, wanted: isNull };
  if (tests.length > 0) return { kind: "field", path, tests };
  throw new NearvecError("INVALID_ARGUMENT", {
    what,
    got: "a key without a test",
    expected: `at least one of ${[...FIELDS.keys()].slice(1).join(", ")}`,
    todo: "To find the points that have a value there, ask for is_empty: false.",
    subject: { rule: "test" },
  });
}

function flag(value: unknown, what: string): boolean | undefined {
  if (value == null || typeof value === "boolean") return value ?? undefined;
  throw invalidArgument(what, value, "true or false", "Beside a key it is a boolean.");
}
