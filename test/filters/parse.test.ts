import { describe, expect, test } from "vitest";
import { NearvecError } from "../../src/errors.ts";
import { parseFilter } from "../../src/filters/parse.ts";
import { named } from "./support.ts";

function refusal(filter: unknown): NearvecError {
  try {
    parseFilter(filter, "filter");
  } catch (error) {
    if (error instanceof NearvecError) return error;
    throw error;
  }
  throw new Error("the filter was taken");
}

const field = (asked: unknown) => ({ must: [{ key: "a", ...(asked as object) }] });
const FIELD = "filter.must[0]";
const square = (...points: number[][]) => ({ points: points.map(([lon, lat]) => ({ lon, lat })) });

describe("refused, naming the place", () => {
  test.each(
    named<[unknown, string, string]>([
      // Shape
      [5, "filter", "an object with must"],
      [[], "filter", "an object with must"],
      [null, "filter", "an object with must"],
      [{ musts: [] }, "filter.musts", "unknown field"],
      [{ must: "a" }, "filter.must", "a condition"],
      [{ must: [null] }, "filter.must[0]", "a condition"],
      [{ must: [[]] }, "filter.must[0]", "a condition"],
      [{ must: [{ keys: "a" }] }, "filter.must[0]", "Check its spelling"],
      [{ should: { must: [{ must_not: [7] }] } }, "filter.should.must[0].must_not[0]", "a condition"],
      [{ must: { should: [], has: 1 } }, "filter.must.has", "unknown field"],
      [{ min_should: [] }, "filter.min_should", "conditions and min_count"],
      [{ min_should: { conditions: {}, min_count: 1 } }, "filter.min_should.conditions", "a list"],
      [{ min_should: { conditions: [] } }, "filter.min_should.min_count", "integer"],
      [{ min_should: { conditions: [], min_count: -1 } }, "filter.min_should.min_count", "integer"],
      [{ min_should: { conditions: [], min_count: 1.5 } }, "filter.min_should.min_count", "integer"],
      [{ min_should: { conditions: [], min_count: 1, max: 2 } }, "filter.min_should.max", "unknown field"],
      // Conditions on fields
      [{ must: [{ key: "a" }] }, FIELD, "a key without a test"],
      [field({ match: null, range: undefined }), FIELD, "at least one of match, range"],
      [field({ matches: {} }), `${FIELD}.matches`, "unknown field"],
      [{ must: [{ key: "a b", is_null: true }] }, `${FIELD}.key`, "position 1"],
      [{ must: [{ key: 1, is_null: true }] }, `${FIELD}.key`, "a path"],
      [field({ is_empty: { key: "a" } }), `${FIELD}.is_empty`, "true or false"],
      [field({ is_null: "yes" }), `${FIELD}.is_null`, "true or false"],
      [{ must: { is_null: true } }, "filter.must.is_null", "an object with a key"],
      [{ must: { is_null: {} } }, "filter.must.is_null.key", "a path"],
      [{ must: { is_empty: { key: "a", b: 1 } } }, "filter.must.is_empty.b", "unknown field"],
      // Every test is checked, also beside one that comes first.
      [field({ is_null: true, match: {} }), `${FIELD}.match`, "one of value"],
      // match
      [field({ match: "x" }), `${FIELD}.match`, "{ value: … }"],
      [field({ match: {} }), `${FIELD}.match`, "one of value, any"],
      [field({ match: { value: 1, any: [1] } }), `${FIELD}.match`, "one condition for each"],
      [field({ match: { equals: 1 } }), `${FIELD}.match.equals`, "unknown field"],
      [field({ match: { value: 1.5 } }), `${FIELD}.match.value`, "Use a range"],
      [field({ match: { value: Number.NaN } }), `${FIELD}.match.value`, "got NaN"],
      [field({ match: { value: [1] } }), `${FIELD}.match.value`, "a string, an integer"],
      [field({ match: { value: 2n ** 63n } }), `${FIELD}.match.value`, "64 bits (signed)"],
      [field({ match: { value: -(2n ** 63n) - 1n } }), `${FIELD}.match.value`, "64 bits (signed)"],
      [field({ match: { value: 1e21 } }), `${FIELD}.match.value`, "64 bits (signed)"],
      [field({ match: { any: "x" } }), `${FIELD}.match.any`, "a list of strings or of integers"],
      [field({ match: { any: ["x", 1] } }), `${FIELD}.match.any[1]`, "a string, as the first one is"],
      [field({ match: { any: [1, "x"] } }), `${FIELD}.match.any[1]`, "all strings, or all integers"],
      [field({ match: { except: [true] } }), `${FIELD}.match.except[0]`, "a string or an integer"],
      [field({ match: { except: [1.5] } }), `${FIELD}.match.except[0]`, "a string or an integer"],
      [field({ match: { any: ["x", undefined, "y"] } }), `${FIELD}.match.any[1]`, "a string"],
      [field({ match: { text: 1 } }), `${FIELD}.match.text`, "a string"],
      [field({ match: { text_any: ["x"] } }), `${FIELD}.match.text_any`, "a string"],
      [field({ match: { phrase: true } }), `${FIELD}.match.phrase`, "a string"],
      [field({ match: { prefix: {} } }), `${FIELD}.match.prefix`, "a string"],
      // range, values_count
      [field({ range: 5 }), `${FIELD}.range`, "gt, gte, lt or lte"],
      [field({ range: { above: 5 } }), `${FIELD}.range.above`, "unknown field"],
      [field({ range: { gt: Number.POSITIVE_INFINITY } }), `${FIELD}.range.gt`, "a finite number"],
      [field({ range: { gt: true } }), `${FIELD}.range.gt`, "a finite number or a date"],
      [field({ range: { gt: "soon" } }), `${FIELD}.range.gt`, "RFC 3339"],
      [field({ range: { gt: "5" } }), `${FIELD}.range.gt`, "RFC 3339"],
      [field({ range: { gt: "2024-02-29", lt: 5 } }), `${FIELD}.range.gt`, "Make all bounds numbers"],
      [field({ range: { gt: new Date(Number.NaN) } }), `${FIELD}.range.gt`, "an invalid Date"],
      [field({ values_count: 1 }), `${FIELD}.values_count`, "gt, gte, lt or lte"],
      [field({ values_count: { gt: -1 } }), `${FIELD}.values_count.gt`, "integer"],
      [field({ values_count: { gt: 1.5 } }), `${FIELD}.values_count.gt`, "integer"],
      [field({ values_count: { more: 1 } }), `${FIELD}.values_count.more`, "unknown field"],
      // geo
      [field({ geo_radius: { center: { lon: 0, lat: 0 } } }), `${FIELD}.geo_radius.radius`, "metres"],
      [
        field({ geo_radius: { center: { lon: 181, lat: 0 }, radius: 1 } }),
        `${FIELD}.geo_radius.center.lon`,
        "180",
      ],
      [
        field({ geo_radius: { center: { lon: 0, lat: -91 }, radius: 1 } }),
        `${FIELD}.geo_radius.center.lat`,
        "90",
      ],
      [
        field({ geo_radius: { center: { lon: 0, lat: "0" }, radius: 1 } }),
        `${FIELD}.geo_radius.center.lat`,
        "90",
      ],
      [field({ geo_radius: { center: [0, 0], radius: 1 } }), `${FIELD}.geo_radius.center`, "lon and lat"],
      [
        field({ geo_bounding_box: { top_left: { lon: 0, lat: 0 } } }),
        `${FIELD}.geo_bounding_box.bottom_right`,
        "lon and lat",
      ],
      [field({ geo_polygon: {} }), `${FIELD}.geo_polygon.exterior`, "points"],
      [
        field({ geo_polygon: { exterior: square([0, 0], [1, 0], [0, 0]) } }),
        `${FIELD}.geo_polygon.exterior.points`,
        "at least 4 points",
      ],
      [
        field({ geo_polygon: { exterior: square([0, 0], [1, 0], [1, 1], [0, 1]) } }),
        `${FIELD}.geo_polygon.exterior.points`,
        "Repeat the first point",
      ],
      [
        field({
          geo_polygon: { exterior: square([0, 0], [1, 0], [1, 1], [0, 0]), interiors: [square([0, 0])] },
        }),
        `${FIELD}.geo_polygon.interiors[0].points`,
        "at least 4 points",
      ],
      [
        field({ geo_polygon: { exterior: square([0, 0], [1, 0], [1, 1], [0, 0]), interiors: {} } }),
        `${FIELD}.geo_polygon.interiors`,
        "a list",
      ],
      // Conditions on points
      [{ must: { has_id: 1 } }, "filter.must.has_id", "a list of ids"],
      [{ must: { has_id: [1], must: [] } }, "filter.must", "has_id alone"],
      [{ must: { has_id: [1], ids: [] } }, "filter.must.ids", "unknown field"],
      [{ must: { has_vector: 1 } }, "filter.must.has_vector", "the name of a vector"],
      [{ must: { slice: { total: 0, index: 0 } } }, "filter.must.slice.total", "from 1"],
      [{ must: { slice: { total: 2 ** 32, index: 0 } } }, "filter.must.slice.total", "from 1"],
      [{ must: { slice: { total: 4, index: 4 } } }, "filter.must.slice.index", "from 0 to 3"],
      [{ must: { slice: { total: 4 } } }, "filter.must.slice.index", "from 0 to 3"],
      // nested
      [{ must: { nested: { key: "a" } } }, "filter.must.nested.filter", "a filter"],
      [{ must: { nested: { filter: {} } } }, "filter.must.nested.key", "a path"],
      [{ must: { nested: { key: "a", filter: {}, x: 1 } } }, "filter.must.nested.x", "unknown field"],
      ...[{ has_id: [1] }, { has_vector: "" }, { slice: { total: 1, index: 0 } }].map(
        (condition): [unknown, string, string] => [
          { must: { nested: { key: "a", filter: { must: { should: [condition] } } } } },
          `filter.must.nested.filter.must.should[0].${Object.keys(condition)}`,
          "beside `nested`",
        ],
      ),
    ]),
  )("%s", (_, filter, place, says) => {
    const { code, message, details } = refusal(filter);
    expect(details.what).toBe(place);
    expect(message).toContain(says);
    expect(code).toBe("INVALID_ARGUMENT");
  });
});

test("an id that is none", () => {
  const { code, details } = refusal({ must_not: { has_id: [1, "2"] } });
  expect(code).toBe("INVALID_ID");
  expect(details.what).toBe("filter.must_not.has_id[1]");
});

test("a filter that is too deep, or contains itself", () => {
  let deep: object = {};
  for (let level = 1; level <= 200; level++) {
    deep = level % 2 === 0 ? { must: { nested: { key: "a", filter: deep } } } : { should: [deep] };
  }
  expect(refusal(deep).message).toMatch(/more than 200 deep/);
  const self: { must: unknown[] } = { must: [] };
  self.must.push(self, self);
  expect(refusal(self).message).toMatch(/contain itself/);
  expect(refusal(self).message.length).toBeLessThan(300);
});

test("what a filter is made of may have no prototype, and fields that are null count as left out", () => {
  const bare = Object.assign(Object.create(null), { key: "a", match: { value: 1, any: null } });
  expect(parseFilter({ must: [bare, { has_id: [], slice: null, key: undefined }] }, "filter")).toEqual(
    parseFilter({ must: [{ key: "a", match: { value: 1 } }, { has_id: [] }] }, "filter"),
  );
});
