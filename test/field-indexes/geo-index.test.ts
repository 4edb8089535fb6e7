import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Answer } from "../../src/field-indexes/answer.ts";
import { GeoIndex } from "../../src/field-indexes/geo-index.ts";
import { type GeoTest, parseBox, parsePolygon, parseRadius, passesGeo } from "../../src/filters/geo.ts";
import { offsetsOf } from "./support.ts";

const END = 4096;

const lon = fc.oneof(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.constantFrom(-180, -179.999999, -90, 0, 90, 179.999999, 180),
);
const lat = fc.oneof(
  fc.double({ min: -90, max: 90, noNaN: true }),
  fc.constantFrom(-90, -89.999999, -45, 0, 45, 89.999999, 90),
);
const place = fc.record({ lon, lat });

/** Points around a place, some of them in a heap, more than one cell takes before it is divided; some on no map. */
const cloud = fc.record({
  center: place,
  /** Degrees. */
  spread: fc.constantFrom(0, 1e-6, 0.01, 5, 100),
  count: fc.integer({ min: 1, max: 400 }),
  seed: fc.integer(),
  several: fc.boolean(),
});

function scatter(clouds: readonly (typeof cloud extends fc.Arbitrary<infer T> ? T : never)[]): object[][] {
  const points: object[][] = [];
  for (const { center, spread, count, seed, several } of clouds) {
    let state = seed >>> 0;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32 - 0.5;
    };
    const next = () => ({ lon: center.lon + spread * random(), lat: center.lat + spread * random() });
    for (let i = 0; i < count; i++) points.push(several ? [next(), next()] : [next()]);
  }
  return points;
}

const radius = fc
  .record({
    center: place,
    radius: fc.constantFrom(-1, 0, 1, 2000, 500_000, 9_000_000, 20_000_000, 30_000_000),
  })
  .map((asked) => parseRadius(asked, "radius"));
const box = fc.record({ top_left: place, bottom_right: place }).map((asked) => parseBox(asked, "box"));
const ring = fc
  .array(place, { minLength: 3, maxLength: 12 })
  .map((points) => ({ points: [...points, points[0] as { lon: number; lat: number }] }));
const polygon = fc
  .record({ exterior: ring, interiors: fc.array(ring, { maxLength: 2 }) })
  .map((asked) => parsePolygon(asked, "polygon"));

function find(index: GeoIndex, test: GeoTest): number[] {
  const answer = new Answer(END / 32);
  index.find(test, answer);
  expect(answer.settle()).toBeUndefined();
  return offsetsOf(answer.sure);
}

test("finds the points that pass, and estimates no fewer", () => {
  let found = 0;
  fc.assert(
    fc.property(
      fc.array(cloud, { minLength: 1, maxLength: 4 }),
      fc.array(fc.oneof(radius, box, polygon), { minLength: 3, maxLength: 8 }),
      fc.nat(5),
      (clouds, tests, keep) => {
        const index = new GeoIndex();
        const points = scatter(clouds);
        for (const [offset, values] of points.entries()) index.add(offset, values);
        points.forEach((values, offset) => {
          if (offset % 6 > keep) index.remove(offset, values);
        });
        // One that was removed may come back elsewhere.
        const kept = points.map((values, offset) => (offset % 6 > keep ? undefined : values));
        if (kept.length > 5 && kept[5] === undefined) {
          kept[5] = points[0];
          index.add(5, points[0] as object[]);
        }
        for (const test of [...tests, ...around(points, tests)]) {
          const passing = kept.flatMap((values, offset) =>
            values?.some((value) => passesGeo(value, test)) ? [offset] : [],
          );
          expect(find(index, test)).toEqual(passing);
          expect(index.estimate(test)).toBeGreaterThanOrEqual(passing.length);
          found += passing.length;
        }
      },
    ),
    { numRuns: 120 },
  );
  expect(found).toBeGreaterThan(50_000);
});

/** Areas that have a point exactly on their border. */
function around(points: readonly object[][], tests: readonly GeoTest[]): GeoTest[] {
  const { lon, lat } = points.flat()[0] as { lon: number; lat: number };
  return tests.flatMap((test): GeoTest[] => {
    if (test.kind === "geo_bounding_box")
      return [
        { ...test, topLeft: { lon, lat } },
        { ...test, bottomRight: { lon, lat } },
      ];
    if (test.kind === "geo_radius") return [{ ...test, center: { lon, lat } }];
    return [
      {
        ...test,
        exterior: Float64Array.of(lon, lat, lon + 10, lat, lon + 10, lat + 10, lon, lat + 10, lon, lat),
      },
    ];
  });
}

test("a small area among many points is looked up, not searched for", () => {
  const index = new GeoIndex();
  for (let i = 0; i < END; i++) index.add(i, [{ lon: (i % 64) * 5 - 160, lat: (i >>> 6) * 2 - 64 }]);
  const test = parseRadius({ center: { lon: 0, lat: 0 }, radius: 1000 }, "radius");
  expect(index.estimate(test)).toBeLessThan(40);
  expect(find(index, test)).toEqual([32 * 64 + 32]);
});

describe("polygons with very many edges", () => {
  const END = 20_000;
  const index = new GeoIndex();
  const points = Array.from({ length: END }, (_, i) => ({
    lon: ((i * 0.618034) % 1) * 360 - 180,
    lat: ((i * 0.7548777) % 1) * 180 - 90,
  }));
  for (const [offset, point] of points.entries()) index.add(offset, [point]);
  /** One whose edges go out from around the middle, and back. */
  const star = (corners: number) => {
    const ring = Array.from({ length: corners }, (_, i) => {
      const [angle, radius] = [(i / corners) * 2 * Math.PI, i % 2 === 0 ? 10 : 80];
      return { lon: Math.cos(angle) * radius * 2, lat: Math.sin(angle) * radius };
    });
    return { points: [...ring, ring[0]] };
  };
  /** One that follows the parallels to and fro. */
  const comb = (teeth: number) => {
    const ring = Array.from({ length: teeth }, (_, i) => ({
      lon: (i >>> 1) % 2 === 0 ? 170 : -170,
      lat: -80 + (160 * (i + (i & 1))) / teeth,
    }));
    return { points: [...ring, { lon: -179, lat: 80 }, { lon: -179, lat: -80 }, ring[0]] };
  };
  const ask = (test: GeoTest) => {
    const answer = new Answer(END / 32);
    index.find(test, answer);
    const maybe = answer.settle();
    return { sure: offsetsOf(answer.sure), maybe: maybe === undefined ? [] : offsetsOf(maybe) };
  };
  const inside = (test: GeoTest, offset: number) => passesGeo(points[offset], test);

  test("are decided cell by cell, each with its own edges", () => {
    const test = parsePolygon({ exterior: star(400), interiors: [star(100)] }, "polygon");
    const { sure, maybe } = ask(test);
    expect(sure).toEqual(points.flatMap((_, offset) => (inside(test, offset) ? [offset] : [])));
    expect(sure.length).toBeGreaterThan(500);
    expect(maybe).toEqual([]);
  });

  test.each([20_000, 150_000])("are left open where %d edges are too much work", (edges) => {
    const test = parsePolygon({ exterior: comb(edges) }, "polygon");
    expect(index.estimate(test)).toBeLessThanOrEqual(END);
    const { sure, maybe } = ask(test);
    expect(maybe.length).toBeGreaterThan(1000);
    for (const offset of sure.slice(0, 20)) expect(inside(test, offset)).toBe(true);
    const known = new Set([...sure, ...maybe]);
    for (let offset = 0; offset < END; offset += 101) {
      if (!known.has(offset)) expect(inside(test, offset)).toBe(false);
    }
  });
});
