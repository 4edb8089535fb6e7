import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holds } from "./support.ts";

type Place = [lon: number, lat: number];

const at = ([lon, lat]: Place) => ({ lon, lat });
const ring = (...places: Place[]) => ({ points: places.map(at) });
const inside = (test: object, ...places: Place[]) =>
  holds(
    { key: "at", ...test },
    JSON.stringify({ at: places.length === 1 ? at(places[0] as Place) : places.map(at) }),
  );

describe("radius", () => {
  const berlin: Place = [13.404954, 52.520008];
  const london: Place = [-0.127758, 51.507351];
  const within = (radius: number, center: Place) => ({ geo_radius: { center: at(center), radius } });

  test("haversine, in metres, on a mean radius of 6,371,008.8", () => {
    // Independently: the angle between the two unit vectors, times the radius.
    const vector = ([lon, lat]: Place) => {
      const [l, p] = [(lon * Math.PI) / 180, (lat * Math.PI) / 180];
      return [Math.cos(p) * Math.cos(l), Math.cos(p) * Math.sin(l), Math.sin(p)] as const;
    };
    const [a, b] = [vector(berlin), vector(london)];
    const metres = 6371008.8 * Math.acos(a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
    expect(metres).toBeGreaterThan(930_000);
    expect(inside(within(metres + 1e-3, berlin), london)).toBe(true);
    expect(inside(within(metres - 1e-3, berlin), london)).toBe(false);
  });

  test("is strictly less", () => {
    expect(inside(within(0, berlin), berlin)).toBe(false);
    expect(inside(within(1e-6, berlin), berlin)).toBe(true);
    expect(inside(within(-1, berlin), berlin)).toBe(false);
  });

  test("reaches over the 180th meridian, and any element counts", () => {
    expect(inside(within(30_000, [179.9, 0]), [-179.9, 0])).toBe(true);
    expect(inside(within(20_000, [179.9, 0]), [-179.9, 0])).toBe(false);
    expect(inside(within(1, berlin), london, berlin)).toBe(true);
  });

  test("the other end of the Earth is half its circumference away", () => {
    expect(inside(within(20_015_115, [0, 0]), [180, 0])).toBe(true);
    expect(inside(within(20_015_114, [0, 0]), [180, 0])).toBe(false);
  });
});

describe("box", () => {
  const box = (topLeft: Place, bottomRight: Place) => ({
    geo_bounding_box: { top_left: at(topLeft), bottom_right: at(bottomRight) },
  });

  test.each<[Place, boolean]>([
    [[5, 5], true],
    [[0, 5], false],
    [[10, 5], false],
    [[5, 0], false],
    [[5, 10], false],
    [[11, 5], false],
    [[5, -1], false],
    [[0.001, 9.999], true],
  ])("its sides exclude: %j", (place, expected) => {
    expect(inside(box([0, 10], [10, 0]), place)).toBe(expected);
  });

  test.each<[Place, boolean]>([
    [[175, 0], true],
    [[180, 0], true],
    [[-180, 0], true],
    [[-175, 0], true],
    [[170, 0], false],
    [[-170, 0], false],
    [[0, 0], false],
    [[175, 6], false],
  ])("it may go over the 180th meridian: %j", (place, expected) => {
    expect(inside(box([170, 5], [-170, -5]), place)).toBe(expected);
  });
});

describe("polygon", () => {
  const outer = ring([0, 0], [10, 0], [10, 10], [0, 10], [0, 0]);
  const hole = ring([4, 4], [6, 4], [6, 6], [4, 6], [4, 4]);

  test.each<[Place, boolean]>([
    [[1, 1], true],
    [[5, 5], false],
    [[5, 4], false],
    [[4, 4], false],
    [[3.999, 5], true],
    [[0, 0], false],
    [[10, 5], false],
    [[5, 10], false],
    [[5, 0], false],
    [[11, 5], false],
    [[-1, 10], false],
    [[-1, 4], false],
  ])("with a hole; edges are outside: %j", (place, expected) => {
    expect(inside({ geo_polygon: { exterior: outer, interiors: [hole] } }, place)).toBe(expected);
    const turned = { points: [...outer.points].reverse() };
    expect(inside({ geo_polygon: { exterior: turned, interiors: [hole] } }, place)).toBe(expected);
  });

  test("without holes", () => {
    expect(inside({ geo_polygon: { exterior: outer, interiors: null } }, [5, 5])).toBe(true);
    expect(inside({ geo_polygon: { exterior: outer } }, [5, 5])).toBe(true);
  });

  test("concave, with a corner at the height of the point", () => {
    const shape = ring([0, 0], [4, 4], [8, 0], [8, 8], [0, 8], [0, 0]);
    expect(inside({ geo_polygon: { exterior: shape } }, [1, 4])).toBe(true);
    expect(inside({ geo_polygon: { exterior: shape } }, [4, 4])).toBe(false);
    expect(inside({ geo_polygon: { exterior: shape } }, [4, 2])).toBe(false);
    expect(inside({ geo_polygon: { exterior: shape } }, [-1, 4])).toBe(false);
  });

  test("a convex one has its points on one side of every edge", () => {
    const places = fc.array(fc.tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: -6, max: 6 })), {
      minLength: 3,
      maxLength: 3,
    });
    const place = fc.tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: -6, max: 6 }));
    const turn = (a: Place, b: Place, c: Place) =>
      Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]));
    fc.assert(
      fc.property(places, place, (corners, x) => {
        const [a, b, c] = corners as [Place, Place, Place];
        const turns = new Set([turn(a, b, x), turn(b, c, x), turn(c, a, x)]);
        const expected = turns.size === 1 && !turns.has(0);
        expect(inside({ geo_polygon: { exterior: ring(a, b, c, a) } }, x)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

test.each(["{}", '{"lon":1}', '{"lon":"1","lat":1}', "[1,1]", "null", '"1,1"', '[[{"lon":1,"lat":1}]]'])(
  "%s is no point",
  (value) => {
    const everywhere = { geo_radius: { center: { lon: 0, lat: 0 }, radius: 1e9 } };
    expect(holds({ key: "at", ...everywhere }, `{"at":${value}}`)).toBe(false);
  },
);

test("a point may have more keys, and integers", () => {
  const near = { geo_radius: { center: { lon: 1, lat: 2 }, radius: 1 } };
  expect(holds({ key: "at", ...near }, '{"at":{"name":"x","lat":2,"lon":1}}')).toBe(true);
});
