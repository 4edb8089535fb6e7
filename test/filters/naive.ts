/**
 * What a filter means, written as plainly as possible and apart from the implementation: it reads requests as
 * they are, and payloads with every integer a bigint and every other number a number.
 */
export type Json = null | boolean | string | number | bigint | Json[] | Map<string, Json>;

type Asked = Readonly<Record<string, unknown>>;
type Bounds = Readonly<Record<"gt" | "gte" | "lt" | "lte", unknown>>;

export interface NaivePoint {
  readonly id: number | bigint | string;
  readonly payload: Json;
  readonly vectors: readonly string[];
}

export function naive(filter: unknown, point: NaivePoint): boolean {
  const { must, should, must_not, min_should } = filter as Asked;
  const count = (conditions: unknown[]) =>
    conditions.filter((each) => condition(each as Asked, point)).length;
  const [all, some, none] = [must, should, must_not].map((clause) => [clause ?? []].flat());
  const enough = min_should as { conditions: unknown[]; min_count: number } | null | undefined;
  return [
    count(all as unknown[]) === all?.length,
    some?.length === 0 || count(some as unknown[]) > 0,
    count(none as unknown[]) === 0,
    enough == null || count(enough.conditions) >= enough.min_count,
  ].every(Boolean);
}

function condition(asked: Asked, point: NaivePoint): boolean {
  if (asked.key !== undefined) return field(asked, found(point.payload, asked.key as string));
  if (asked.is_empty) return field({ is_empty: true }, found(point.payload, (asked.is_empty as Asked).key));
  if (asked.is_null) return field({ is_null: true }, found(point.payload, (asked.is_null as Asked).key));
  if (asked.has_id) return (asked.has_id as unknown[]).map(String).includes(String(point.id));
  if (asked.has_vector !== undefined) return point.vectors.includes(asked.has_vector as string);
  if (asked.nested) {
    const { key, filter } = asked.nested as { key: string; filter: unknown };
    const objects = found(point.payload, `${key.replace(/\[\]$/, "")}[]`).filter(
      (each) => each instanceof Map,
    );
    return objects.some((payload) => naive(filter, { ...point, payload }));
  }
  return naive(asked, point);
}

/** The values at a path, whose keys are all quoted or without dots and brackets. */
function found(payload: Json, path: unknown): Json[] {
  let values = [payload];
  for (const [, quoted, bare, position] of String(path).matchAll(/"([^"]*)"|([^.[\]"]+)(?!\])|\[(\d*)\]/g)) {
    values = values.flatMap((value) => {
      if (position === "") return Array.isArray(value) ? value : [];
      if (position !== undefined)
        return Array.isArray(value) ? value.slice(Number(position)).slice(0, 1) : [];
      const key = quoted ?? bare ?? "";
      return value instanceof Map && value.has(key) ? [value.get(key) as Json] : [];
    });
  }
  return values;
}

function field(asked: Asked, values: Json[]): boolean {
  if (asked.values_count != null) {
    const counts = values.map((value) => (value === null ? 0 : Array.isArray(value) ? value.length : 1));
    return (counts.length === 0 ? [0] : counts).some((count) => bounded(count, asked.values_count as Bounds));
  }
  if (asked.is_empty != null) {
    const there = values.filter((value) => value !== null && !(Array.isArray(value) && value.length === 0));
    return (there.length === 0) === asked.is_empty;
  }
  if (asked.is_null != null) {
    return values.some((value) => [value].flat(1).includes(null)) === asked.is_null;
  }
  const elements = values.flat(1) as Json[];
  return elements.some((value) => {
    const { match, range, geo_bounding_box: box } = asked as Record<string, Asked | undefined>;
    return (
      (match != null && matched(value, match)) ||
      (range != null && ranged(value, range as Bounds)) ||
      (box != null && boxed(value, box as Record<string, { lon: number; lat: number }>))
    );
  });
}

function matched(value: Json, match: Asked): boolean {
  const equal = (wanted: unknown) => (typeof wanted === "number" ? BigInt(wanted) : wanted) === value;
  if (match.value !== undefined) return equal(match.value);
  if (match.any) return (match.any as unknown[]).some(equal);
  if (match.except) return value !== null && !(match.except as unknown[]).some(equal);
  if (typeof value !== "string") return false;
  if (match.text_any !== undefined) {
    return String(match.text_any)
      .split(" ")
      .some((token) => token !== "" && value.split(token).length > 1);
  }
  if (match.prefix !== undefined) return value.slice(0, String(match.prefix).length) === match.prefix;
  return value.indexOf(String(match.text ?? match.phrase)) >= 0;
}

function ranged(value: Json, range: Bounds): boolean {
  const bound = Object.values(range).find((each) => each != null);
  if (typeof bound !== "string") {
    return (typeof value === "number" || typeof value === "bigint") && bounded(Number(value), range);
  }
  if (typeof value !== "string" || Number.isNaN(Date.parse(value))) return false;
  const dates = Object.entries(range).map(([name, each]) => [name, each && Date.parse(String(each))]);
  return bounded(Date.parse(value), Object.fromEntries(dates));
}

function bounded(value: number, { gt, gte, lt, lte }: Bounds): boolean {
  if (gt != null && !(value > Number(gt))) return false;
  if (gte != null && !(value >= Number(gte))) return false;
  if (lt != null && !(value < Number(lt))) return false;
  return lte == null || value <= Number(lte);
}

function boxed(value: Json, box: Record<string, { lon: number; lat: number }>): boolean {
  if (!(value instanceof Map)) return false;
  const [lon, lat] = ["lon", "lat"]
    .map((name) => value.get(name))
    .map((each) => (typeof each === "bigint" ? Number(each) : each));
  const { top_left, bottom_right } = box;
  if (typeof lon !== "number" || typeof lat !== "number" || !top_left || !bottom_right) return false;
  const width = (bottom_right.lon - top_left.lon + 360) % 360;
  const east = (lon - top_left.lon + 360) % 360;
  return east > 0 && east < width && lat > bottom_right.lat && lat < top_left.lat;
}
