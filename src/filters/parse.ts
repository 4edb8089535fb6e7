import { invalidArgument, NearvecError } from "../errors.ts";
import { checkFields, checkObject, fields } from "../fields.ts";
import { EACH, type JsonPath, parsePath } from "../payload/path.ts";
import { type Ids, invalidId, type PointId, readId, writeId } from "../points/ids.ts";
import { parseFieldCondition } from "./field-condition.ts";
import type { Condition, Filter } from "./filter.ts";
import { countOf } from "./range.ts";
import { parseSlice } from "./slice.ts";

/** Filters inside filters beyond this are refused; whatever walks a filter may therefore recurse. */
const DEEPEST = 200;

const FILTER_FIELDS = fields(["must", "should", "must_not", "min_should"]);
const MIN_SHOULD_FIELDS = fields(["conditions", "min_count"]);
const NESTED_FIELDS = fields(["key", "filter"]);
const PAYLOAD_FIELD_FIELDS = fields(["key"]);

/** Where a filter stands: how deep, and whether it asks for an object inside a payload. */
interface Place {
  readonly depth: number;
  readonly nested: boolean;
}

type ParseKind = (value: unknown, what: string, place: Place) => Condition;

/** Every kind of condition but the one with a `key`, by the field that makes it that kind. */
const KINDS: ReadonlyMap<string, ParseKind> = new Map<string, ParseKind>([
  ["is_empty", (value, what) => ({ kind: "is_empty", path: payloadField(value, what), wanted: true })],
  ["is_null", (value, what) => ({ kind: "is_null", path: payloadField(value, what), wanted: true })],
  ["has_id", parseHasId],
  ["has_vector", parseHasVector],
  ["slice", (value, what) => ({ kind: "slice", slice: parseSlice(value, what) })],
  ["nested", parseNested],
]);
/** What says which kind a condition is. */
const CONDITION_FIELDS = fields(["key", ...KINDS.keys(), ...FILTER_FIELDS.keys()]);

/** These ask for a point, not for an object inside its payload. */
const OF_POINTS: ReadonlySet<string> = new Set(["has_id", "has_vector", "slice"]);

/**
 * Reads a filter, with the meaning that Qdrant 1.19 gives it. Null and undefined count as left out. Fields that
 * don't exist are refused everywhere, where a server overlooks them inside conditions.
 *
 * @throws {NearvecError} `INVALID_ARGUMENT`, or `INVALID_ID` for an id of `has_id`; `what` names the filter's
 *   place in the request, and the error names the place in the filter.
 */
export function parseFilter(value: unknown, what: string): Filter {
  return parse(value, what, { depth: 1, nested: false });
}

function parse(value: unknown, what: string, place: Place): Filter {
  if (place.depth > DEEPEST) {
    // The place's name is as long as the filter is deep.
    throw new NearvecError("INVALID_ARGUMENT", {
      what: `${what.slice(0, 60)}…`,
      got: `filters inside filters, more than ${DEEPEST} deep`,
      expected: "fewer",
      todo: "Flatten the filter, or check that it does not contain itself.",
    });
  }
  checkObject(value, what, "a filter: an object with must, should, must_not or min_should");
  checkFields(value, what, FILTER_FIELDS);
  const given: { must?: unknown; should?: unknown; must_not?: unknown; min_should?: unknown } = value;
  const filter: Filter = {
    must: parseClause(given.must, `${what}.must`, place),
    should: parseClause(given.should, `${what}.should`, place),
    mustNot: parseClause(given.must_not, `${what}.must_not`, place),
  };
  if (given.min_should == null) return filter;
  return { ...filter, minShould: parseMinShould(given.min_should, `${what}.min_should`, place) };
}

/** One condition, or a list of them. */
function parseClause(value: unknown, what: string, place: Place): readonly Condition[] {
  if (value == null) return [];
  return Array.isArray(value) ? parseConditions(value, what, place) : [parseCondition(value, what, place)];
}

function parseConditions(values: readonly unknown[], what: string, place: Place): readonly Condition[] {
  return values.map((value, index) => parseCondition(value, `${what}[${index}]`, place));
}

function parseMinShould(value: unknown, what: string, place: Place): Filter["minShould"] {
  checkObject(value, what, "an object with conditions and min_count");
  checkFields(value, what, MIN_SHOULD_FIELDS);
  const { conditions, min_count }: { conditions?: unknown; min_count?: unknown } = value;
  if (!Array.isArray(conditions)) {
    throw invalidArgument(`${what}.conditions`, conditions, "a list of conditions");
  }
  return {
    conditions: parseConditions(conditions, `${what}.conditions`, place),
    minCount: countOf(min_count, `${what}.min_count`),
  };
}

function parseCondition(value: unknown, what: string, place: Place): Condition {
  checkObject(value, what, "a condition: an object");
  const given = value as Readonly<Record<string, unknown>>;
  if (given.key != null) return parseFieldCondition(value, what);
  for (const [name, parseKind] of KINDS) {
    if (given[name] == null) continue;
    checkAlone(value, what, name);
    if (place.nested && OF_POINTS.has(name)) throw notInside(`${what}.${name}`);
    return parseKind(given[name], `${what}.${name}`, place);
  }
  const names = Object.keys(value);
  if (names.length > 0 && !names.some((name) => FILTER_FIELDS.has(name))) {
    const expected = `a condition, with one of ${[...CONDITION_FIELDS.keys()].join(", ")}`;
    throw invalidArgument(what, value, expected, "Check its spelling.");
  }
  return { kind: "filter", filter: parse(value, what, { ...place, depth: place.depth + 1 }) };
}

/** A server would overlook all but one of them. */
function checkAlone(value: object, what: string, name: string): void {
  checkFields(value, what, CONDITION_FIELDS);
  if (Object.entries(value).every(([other, content]) => other === name || content == null)) return;
  throw invalidArgument(what, value, `${name} alone`, "Make a list of conditions, each with one of them.");
}

function payloadField(value: unknown, what: string): JsonPath {
  checkObject(value, what, "an object with a key");
  checkFields(value, what, PAYLOAD_FIELD_FIELDS);
  return parsePath((value as { key?: unknown }).key, `${what}.key`);
}

function parseHasId(value: unknown, what: string): Condition {
  if (!Array.isArray(value)) throw invalidArgument(what, value, "a list of ids");
  const ids = new Set<PointId>();
  const id: Ids = { words: new Uint32Array(4), kinds: new Uint8Array(1) };
  for (let i = 0; i < value.length; i++) {
    if (!writeId(value[i], id, 0)) throw invalidId(value[i], `${what}[${i}]`);
    ids.add(readId(id, 0));
  }
  return { kind: "has_id", ids };
}

function parseHasVector(value: unknown, what: string): Condition {
  if (typeof value !== "string") throw invalidArgument(what, value, "the name of a vector");
  return { kind: "has_vector", name: value };
}

/** The key names an array whether or not it ends with []: each object in it is asked. */
function parseNested(value: unknown, what: string, place: Place): Condition {
  checkObject(value, what, "an object with key and filter");
  checkFields(value, what, NESTED_FIELDS);
  const { key, filter }: { key?: unknown; filter?: unknown } = value;
  const path = parsePath(key, `${what}.key`);
  return {
    kind: "nested",
    path: path.at(-1) === EACH ? path : [...path, EACH],
    filter: parse(filter, `${what}.filter`, { depth: place.depth + 1, nested: true }),
  };
}

/** On a server such a condition holds for nothing, which is hardly what was meant. */
function notInside(what: string): NearvecError {
  return new NearvecError("INVALID_ARGUMENT", {
    what,
    got: "a condition on points inside `nested`",
    expected: "conditions on fields",
    todo: "Put it beside `nested`, into the same list.",
  });
}
