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
  /** Paths whose texts are indexed by their words: in lower case, and with phrases. */
  readonly tokenized?: ReadonlySet<string>;
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
  if (asked.key !== undefined) {
    const key = asked.key as string;
    return field(asked, found(point.payload, key), point.tokenized?.has(key) ?? false);
  }
  if (asked.is_empty) return field({ is_empty: true }, found(point.payload, (asked.is_empty as Asked).key));
  if (asked.is_null) return field({ is_null: true }, found(point.payload, (asked.is_null as Asked).key));
  if (asked.has_id) return (asked.has_id as unknown[]).map(String).includes(String(point.id));
  if (asked.slice) {
    const { total, index } = asked.slice as { total: number; index: number };
    return sipHash(bytesOf(point.id)) % BigInt(total) === BigInt(index);
  }
  if (asked.has_vector !== undefined) return point.vectors.includes(asked.has_vector as string);
  if (asked.nested) {
    const { key, filter } = asked.nested as { key: string; filter: unknown };
    const objects = found(point.payload, `${key.replace(/\[\]$/, "")}[]`).filter(
      (each) => each instanceof Map,
    );
    // Paths inside are those of the elements.
    return objects.some((payload) => naive(filter, { ...point, payload, tokenized: new Set() }));
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

function field(asked: Asked, values: Json[], tokenized = false): boolean {
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
    const { match, range, geo_bounding_box, geo_radius, geo_polygon } = asked as Record<
      string,
      Asked | undefined
    >;
    return (
      (match != null && (tokenized ? worded(value, match) : matched(value, match))) ||
      (range != null && ranged(value, range as Bounds)) ||
      (geo_bounding_box != null && boxed(value, geo_bounding_box as Record<string, Place>)) ||
      (geo_radius != null && inRadius(value, geo_radius as { center: Place; radius: number })) ||
      (geo_polygon != null && inPolygon(value, geo_polygon as unknown as Polygon))
    );
  });
}

/** As {@link matched}, of a text that is indexed by its words. */
function worded(value: Json, match: Asked): boolean {
  const words = (text: unknown): string[] =>
    [
      ...String(text)
        .toLowerCase()
        .matchAll(/[a-z0-9]+/g),
    ].map(([word]) => word);
  const wanted = words(match.text ?? match.text_any ?? match.phrase ?? "");
  if (wanted.length === 0 || typeof value !== "string") return matched(value, match);
  const there = words(value);
  if (match.text !== undefined) return wanted.every((word) => there.includes(word));
  if (match.text_any !== undefined) return wanted.some((word) => there.includes(word));
  return ` ${there.join(" ")} `.includes(` ${wanted.join(" ")} `);
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

interface Place {
  lon: number;
  lat: number;
}

interface Polygon {
  exterior: { points: Place[] };
  interiors?: { points: Place[] }[] | null;
}

function placeOf(value: Json): Place | undefined {
  if (!(value instanceof Map)) return undefined;
  const [lon, lat] = ["lon", "lat"]
    .map((name) => value.get(name))
    .map((each) => (typeof each === "bigint" ? Number(each) : each));
  return typeof lon === "number" && typeof lat === "number" ? { lon, lat } : undefined;
}

function boxed(value: Json, { top_left, bottom_right }: Record<string, Place>): boolean {
  const place = placeOf(value);
  if (place === undefined || !top_left || !bottom_right) return false;
  const width = (bottom_right.lon - top_left.lon + 360) % 360;
  const east = (place.lon - top_left.lon + 360) % 360;
  return east > 0 && east < width && place.lat > bottom_right.lat && place.lat < top_left.lat;
}

function inRadius(value: Json, { center, radius }: { center: Place; radius: number }): boolean {
  const place = placeOf(value);
  if (place === undefined) return false;
  const rad = Math.PI / 180;
  const h =
    Math.sin(((place.lat - center.lat) * rad) / 2) ** 2 +
    Math.cos(place.lat * rad) *
      Math.cos(center.lat * rad) *
      Math.sin(((place.lon - center.lon) * rad) / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(h)) < radius;
}

function inPolygon(value: Json, { exterior, interiors }: Polygon): boolean {
  const place = placeOf(value);
  const within = ({ points }: { points: Place[] }) => place !== undefined && inRing(place, points);
  return within(exterior) && !(interiors ?? []).some(within);
}

/** Whether a ray to the east crosses the ring an odd number of times; on the ring itself it may say either. */
function inRing({ lon, lat }: Place, ring: readonly Place[]): boolean {
  let inside = false;
  ring.slice(1).forEach((b, i) => {
    const a = ring[i] as Place;
    if (a.lat > lat === b.lat > lat) return;
    if (lon < a.lon + ((lat - a.lat) / (b.lat - a.lat)) * (b.lon - a.lon)) inside = !inside;
  });
  return inside;
}

/** What is hashed of an id: 8 bytes of an integer, the least significant first, or the 16 of a UUID. */
export function bytesOf(id: number | bigint | string): Uint8Array {
  if (typeof id !== "string") {
    return Uint8Array.from({ length: 8 }, (_, i) => Number((BigInt(id) >> BigInt(8 * i)) & 255n));
  }
  return Uint8Array.from(id.replaceAll("-", "").match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

/** SipHash-2-4 with a key of zeros, from its paper. */
export function sipHash(bytes: Uint8Array): bigint {
  const mask = 2n ** 64n - 1n;
  const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (64n - by))) & mask;
  let [v0, v1, v2, v3] = [0x736f6d6570736575n, 0x646f72616e646f6dn, 0x6c7967656e657261n, 0x7465646279746573n];
  const rounds = (count: number) => {
    for (let i = 0; i < count; i++) {
      v0 = (v0 + v1) & mask;
      v1 = rotate(v1, 13n) ^ v0;
      v0 = rotate(v0, 32n);
      v2 = (v2 + v3) & mask;
      v3 = rotate(v3, 16n) ^ v2;
      v0 = (v0 + v3) & mask;
      v3 = rotate(v3, 21n) ^ v0;
      v2 = (v2 + v1) & mask;
      v1 = rotate(v1, 17n) ^ v2;
      v2 = rotate(v2, 32n);
    }
  };
  const padded = new Uint8Array((Math.floor(bytes.length / 8) + 1) * 8);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length & 255;
  for (let i = 0; i < padded.length; i += 8) {
    const word = padded.subarray(i, i + 8).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  }
  v2 ^= 255n;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}
