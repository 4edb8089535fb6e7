import { invalidArgument, NearvecError } from "../errors.ts";
import { checkFields, checkObject, fields } from "../fields.ts";

export interface GeoPoint {
  readonly lon: number;
  readonly lat: number;
}

/** A closed line: lon, lat, lon, lat, …; the last point is the first. */
export type Ring = Float64Array;

export type GeoTest =
  | { readonly kind: "geo_radius"; readonly center: GeoPoint /** Metres. */; readonly radius: number }
  | { readonly kind: "geo_bounding_box"; readonly topLeft: GeoPoint; readonly bottomRight: GeoPoint }
  | { readonly kind: "geo_polygon"; readonly exterior: Ring; readonly interiors: readonly Ring[] };

const RADIUS_FIELDS = fields(["center", "radius"]);
const BOX_FIELDS = fields(["top_left", "bottom_right"]);
const POLYGON_FIELDS = fields(["exterior", "interiors"]);
const RING_FIELDS = fields(["points"]);
const POINT_FIELDS = fields(["lon", "lat"]);

/** Of the Earth, in metres: the mean radius that Qdrant's haversine takes. */
export const EARTH = 6_371_008.8;
const DEGREE = Math.PI / 180;
/** How far apart the ends of a ring may lie. */
const CLOSE = 2 ** -52;
const FEWEST_POINTS = 4;

export function parseRadius(value: unknown, what: string): GeoTest {
  checkObject(value, what, "an object with center and radius");
  checkFields(value, what, RADIUS_FIELDS);
  const { center, radius }: { center?: unknown; radius?: unknown } = value;
  if (typeof radius !== "number" || !Number.isFinite(radius)) {
    throw invalidArgument(`${what}.radius`, radius, "a number of metres");
  }
  return { kind: "geo_radius", center: parsePoint(center, `${what}.center`), radius };
}

export function parseBox(value: unknown, what: string): GeoTest {
  checkObject(value, what, "an object with top_left and bottom_right");
  checkFields(value, what, BOX_FIELDS);
  const { top_left, bottom_right }: { top_left?: unknown; bottom_right?: unknown } = value;
  return {
    kind: "geo_bounding_box",
    topLeft: parsePoint(top_left, `${what}.top_left`),
    bottomRight: parsePoint(bottom_right, `${what}.bottom_right`),
  };
}

export function parsePolygon(value: unknown, what: string): GeoTest {
  checkObject(value, what, "an object with exterior and interiors");
  checkFields(value, what, POLYGON_FIELDS);
  const { exterior, interiors }: { exterior?: unknown; interiors?: unknown } = value;
  if (interiors != null && !Array.isArray(interiors)) {
    throw invalidArgument(`${what}.interiors`, interiors, "a list of lines");
  }
  return {
    kind: "geo_polygon",
    exterior: parseRing(exterior, `${what}.exterior`),
    interiors: (interiors ?? []).map((ring: unknown, i: number) =>
      parseRing(ring, `${what}.interiors[${i}]`),
    ),
  };
}

function parseRing(value: unknown, what: string): Ring {
  checkObject(value, what, "an object with points");
  checkFields(value, what, RING_FIELDS);
  const { points }: { points?: unknown } = value;
  const place = `${what}.points`;
  if (!Array.isArray(points)) throw invalidArgument(place, points, "a list of points");
  const parsed = points.map((point, i) => parsePoint(point, `${place}[${i}]`));
  const [first] = parsed;
  const last = parsed.at(-1);
  if (first === undefined || last === undefined || parsed.length < FEWEST_POINTS) {
    const rule = "corners";
    throw invalidArgument(place, points, `at least ${FEWEST_POINTS} points`, undefined, { rule });
  }
  if (Math.abs(first.lon - last.lon) > CLOSE || Math.abs(first.lat - last.lat) > CLOSE) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what: place,
      got: "a line whose ends lie apart",
      expected: "a closed line",
      todo: "Repeat the first point at the end.",
      subject: { rule: "closed" },
    });
  }
  return Float64Array.from(parsed.flatMap(({ lon, lat }) => [lon, lat]));
}

function parsePoint(value: unknown, what: string): GeoPoint {
  checkObject(value, what, "an object with lon and lat");
  checkFields(value, what, POINT_FIELDS);
  const { lon, lat }: { lon?: unknown; lat?: unknown } = value;
  return { lon: degrees(lon, `${what}.lon`, 180), lat: degrees(lat, `${what}.lat`, 90) };
}

function degrees(value: unknown, what: string, most: number): number {
  if (typeof value === "number" && Math.abs(value) <= most) return value;
  throw invalidArgument(what, value, `degrees from -${most} to ${most}`);
}

/** The point that a value of a payload is: an object with numbers `lon` and `lat`, which may lie outside of the Earth. */
export function geoPointOf(value: unknown): GeoPoint | undefined {
  const lon = coordinate(value, "lon");
  const lat = coordinate(value, "lat");
  return lon === undefined || lat === undefined ? undefined : { lon, lat };
}

/** Whether a value of a payload (no array) is a point inside. */
export function passesGeo(value: unknown, test: GeoTest): boolean {
  const point = geoPointOf(value);
  return point !== undefined && isInside(point.lon, point.lat, test);
}

/** Whether a point lies inside. */
export function isInside(lon: number, lat: number, test: GeoTest): boolean {
  switch (test.kind) {
    case "geo_radius":
      return distance(test.center, lon, lat) < test.radius;
    case "geo_bounding_box":
      return inBox(test.topLeft, test.bottomRight, lon, lat);
    case "geo_polygon":
      return side(test.exterior, lon, lat) > 0 && test.interiors.every((hole) => side(hole, lon, lat) < 0);
  }
}

function coordinate(value: unknown, name: string): number | undefined {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  const number = (value as Readonly<Record<string, unknown>>)[name];
  return typeof number === "number" || typeof number === "bigint" ? Number(number) : undefined;
}

/** Haversine, in metres. */
export function distance(from: GeoPoint, lon: number, lat: number): number {
  const a = Math.sin(((lat - from.lat) * DEGREE) / 2) ** 2;
  const b = Math.sin(((lon - from.lon) * DEGREE) / 2) ** 2;
  const h = a + Math.cos(from.lat * DEGREE) * Math.cos(lat * DEGREE) * b;
  return 2 * EARTH * Math.asin(Math.sqrt(Math.min(h, 1)));
}

/** All sides exclude. A box whose left edge is east of its right one goes across the 180th meridian. */
function inBox(topLeft: GeoPoint, bottomRight: GeoPoint, lon: number, lat: number): boolean {
  if (lat <= bottomRight.lat || lat >= topLeft.lat) return false;
  const east = lon > topLeft.lon;
  const west = lon < bottomRight.lon;
  return topLeft.lon > bottomRight.lon ? east || west : east && west;
}

/** 1 inside the ring, 0 on it, -1 outside: whether the ring winds around the point. */
function side(ring: Ring, x: number, y: number): -1 | 0 | 1 {
  let winding = 0;
  for (let i = 0; i + 3 < ring.length; i += 2) {
    const x1 = ring[i] as number;
    const y1 = ring[i + 1] as number;
    const x2 = ring[i + 2] as number;
    const y2 = ring[i + 3] as number;
    if (y < Math.min(y1, y2) || y > Math.max(y1, y2)) continue;
    // Positive when the point lies to the left of the edge.
    const left = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1);
    if (left === 0 && x >= Math.min(x1, x2) && x <= Math.max(x1, x2)) return 0;
    // An edge counts with its lower end and without its upper one, so that a corner counts once.
    if (y1 <= y && y < y2 && left > 0) winding++;
    else if (y2 <= y && y < y1 && left < 0) winding--;
  }
  return winding === 0 ? -1 : 1;
}
