import { type JsonPath, valuesAt } from "../payload/path.ts";
import type { PointId } from "../points/ids.ts";
import type { Condition, Filter, Test } from "./filter.ts";
import { passesGeo } from "./geo.ts";
import { passesMatch } from "./match.ts";
import { passesRange, within } from "./range.ts";
import { inSlice } from "./slice.ts";
import { passTokens } from "./tokens.ts";

type Payload = Readonly<Record<string, unknown>>;

/** What a filter can ask of a point. */
export interface FilteredPoint {
  /** In the form in which it comes back; asked for only by filters that need it. */
  readonly id: PointId;
  /** Asked for at most once, and only by filters that need it; undefined when there is none. */
  payload(): Payload | undefined;
  /** Whether the point has a vector of that name; "" is the unnamed one. */
  hasVector(name: string): boolean;
}

/**
 * Whether a point meets a filter, as Qdrant 1.19 has it for fields without an index; of fields with a text index, once the
 * filter is bound.
 */
export function matches(filter: Filter, point: FilteredPoint): boolean {
  return meets(filter, new Subject(point));
}

const NOTHING: Payload = {};

/** What the conditions are about: a point, or an object inside its payload. */
interface Asked {
  readonly point: FilteredPoint;
  readonly payload: Payload;
}

class Subject implements Asked {
  readonly point: FilteredPoint;
  #payload: Payload | undefined;

  constructor(point: FilteredPoint) {
    this.point = point;
  }

  get payload(): Payload {
    this.#payload ??= this.point.payload() ?? NOTHING;
    return this.#payload;
  }
}

function meets(filter: Filter, asked: Asked): boolean {
  const { must, should, mustNot, minShould } = filter;
  for (const condition of must) if (!holds(condition, asked)) return false;
  for (const condition of mustNot) if (holds(condition, asked)) return false;
  if (should.length > 0 && !holdEnough(should, 1, asked)) return false;
  return minShould === undefined || holdEnough(minShould.conditions, minShould.minCount, asked);
}

function holdEnough(conditions: readonly Condition[], count: number, asked: Asked): boolean {
  let missing = count;
  for (const condition of conditions) {
    if (missing === 0) break;
    if (holds(condition, asked)) missing--;
  }
  return missing === 0;
}

function holds(condition: Condition, asked: Asked): boolean {
  switch (condition.kind) {
    case "field":
      return someValuePasses(condition.tests, valuesAt(asked.payload, condition.path));
    case "values_count": {
      const values = valuesAt(asked.payload, condition.path);
      if (values.length === 0) return within(0, condition.bounds);
      return values.some((value) => within(countOf(value), condition.bounds));
    }
    // Of many values (a path with []) false is the opposite of true, as on a server with an index on the field;
    // without one, a server asks whether some value fits.
    case "is_empty":
      return valuesAt(asked.payload, condition.path).every(isEmpty) === condition.wanted;
    case "is_null":
      return valuesAt(asked.payload, condition.path).some(hasNull) === condition.wanted;
    case "nested":
      return someObjectMeets(condition.path, condition.filter, asked);
    case "has_id":
      return condition.ids.has(asked.point.id);
    case "has_vector":
      return asked.point.hasVector(condition.name);
    case "slice":
      return inSlice(asked.point.id, condition.slice);
    case "filter":
      return meets(condition.filter, asked);
  }
}

/** Steps into an array at the end of the path, but not into arrays inside that. */
function someValuePasses(tests: readonly Test[], values: readonly unknown[]): boolean {
  for (const test of tests) {
    if (test.kind === "tokens") {
      if (passTokens(values.flat(), test)) return true;
      continue;
    }
    for (const value of values) {
      if (!Array.isArray(value)) {
        if (passes(value, test)) return true;
      } else for (const each of value) if (passes(each, test)) return true;
    }
  }
  return false;
}

/** Whether a value of a payload (no array, or one inside an array) passes. */
export function passes(value: unknown, test: Test): boolean {
  switch (test.kind) {
    case "range":
    case "datetime_range":
      return passesRange(value, test);
    case "geo_radius":
    case "geo_bounding_box":
    case "geo_polygon":
      return passesGeo(value, test);
    case "tokens":
      return passTokens([value], test);
    default:
      return passesMatch(value, test);
  }
}

function someObjectMeets(path: JsonPath, filter: Filter, asked: Asked): boolean {
  return valuesAt(asked.payload, path).some(
    (value) => isObject(value) && meets(filter, { point: asked.point, payload: value }),
  );
}

function isObject(value: unknown): value is Payload {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function countOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return value === null ? 0 : 1;
}

/** Whether a value at a path counts as none for `is_empty`. */
export function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** Whether a value at a path counts as null for `is_null`. */
export function hasNull(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.includes(null));
}
