/** What each condition means, and how clauses go together. */
import { describe, expect, test } from "vitest";
import { bytesOf, sipHash } from "../filters/naive.ts";
import {
  type Client,
  connect,
  type Filter,
  found,
  hasId,
  holding,
  ids,
  match,
  refused,
  untyped,
  withCollection,
  withPayloads,
} from "./support.ts";

const RED = match("color", "red");
const BIG = match("size", 10);

describe("clauses", () => {
  const colors = (): Promise<Client> =>
    withPayloads(
      { color: "red", size: 10 },
      { color: "red", size: 20 },
      { color: "blue", size: 10 },
      { color: "blue", size: 20 },
    );
  const CLAUSES: [string, Filter, number[]][] = [
    ["must takes a list, all of which hold", { must: [RED, BIG] }, [1]],
    ["must takes one condition", { must: RED }, [1, 2]],
    ["should takes a list, one of which holds", { should: [RED, BIG] }, [1, 2, 3]],
    ["should takes one condition", { should: BIG }, [1, 3]],
    ["must_not takes a list, none of which holds", { must_not: [RED, BIG] }, [4]],
    ["must_not takes one condition", { must_not: RED }, [3, 4]],
    ["must and should hold together", { must: [RED], should: [BIG] }, [1]],
    ["must, should and must_not hold together", { must: [RED], should: [BIG], must_not: [BIG] }, []],
    ["an empty filter holds", {}, [1, 2, 3, 4]],
    ["empty lists are no constraint", { must: [], should: [], must_not: [] }, [1, 2, 3, 4]],
    ["an empty should beside a must is none", { must: [RED], should: [] }, [1, 2]],
    ["null is no constraint", { must: null, should: null, must_not: null, min_should: null }, [1, 2, 3, 4]],
    ["a filter is a condition", { must_not: [{ must: [RED, BIG] }] }, [2, 3, 4]],
    [
      "filters nest to any depth",
      {
        should: [{ must: [RED, { must_not: [{ should: [BIG] }] }] }, { must: [{ must: [{ must: [BIG] }] }] }],
      },
      [1, 2, 3],
    ],
    ["min_should counts", { min_should: { conditions: [RED, BIG, hasId(4)], min_count: 2 } }, [1]],
    ["min_should of 1", { min_should: { conditions: [RED, BIG], min_count: 1 } }, [1, 2, 3]],
    ["min_should of 0 holds", { min_should: { conditions: [RED], min_count: 0 } }, [1, 2, 3, 4]],
    [
      "min_should of more than there are never holds",
      { min_should: { conditions: [RED], min_count: 2 } },
      [],
    ],
    ["min_should and must", { must: [BIG], min_should: { conditions: [RED, BIG], min_count: 2 } }, [1]],
  ];
  test.each(CLAUSES)("%s", async (_, filter, expected) => {
    await using client = await colors();
    expect(await found(client, filter)).toEqual(expected);
    expect(await client.count("c", { filter })).toEqual({ count: expected.length });
    const answer = await client.query("c", { query: [1], filter });
    expect(new Set(ids(answer))).toEqual(new Set(expected));
  });

  test.each([
    ["an unknown clause", { muss: [RED] }, "muss"],
    ["an unknown kind of condition", { must: [{ has_color: "red" }] }, "must"],
    ["a field condition without a test", { must: [{ key: "a" }] }, "must"],
    ["an unknown test of a field", { must: [{ key: "a", matches: { value: 1 } }] }, "matches"],
    ["an unknown match", { must: [{ key: "a", match: { is: 1 } }] }, "match"],
    ["a number that is not whole in match", { must: [{ key: "a", match: { value: 1.5 } }] }, "match"],
    ["a mixed list in any", { must: [{ key: "a", match: { any: [1, "a"] } }] }, "any"],
    ["a bound that is none", { must: [{ key: "a", range: { gt: true } }] }, "range"],
    ["a list as a condition", { must: [[RED]] }, "must"],
    ["a filter that is a list", [RED], "filter"],
  ])("%s is refused", async (_, filter, word) => {
    await using client = await colors();
    await refused(client.count("c", { filter: untyped<Filter>(filter) }), "INVALID_ARGUMENT", word);
    await refused(client.delete("c", { filter: untyped<Filter>(filter) }), "INVALID_ARGUMENT", word);
    expect(await client.count("c")).toEqual({ count: 4 });
  });
});

/** Conditions on one payload: those that hold, and those that don't. */
function conditions(title: string, payload: Record<string, unknown>, yes: object[], no: object[]): void {
  describe(title, () => {
    const rows: [string, object, unknown[]][] = [
      ...yes.map((each): [string, object, unknown[]] => [`${show(each)} holds`, each, [1]]),
      ...no.map((each): [string, object, unknown[]] => [`${show(each)} does not hold`, each, []]),
    ];
    test.each(rows)("%s", async (_, condition, expected) => {
      await using client = await withPayloads(payload);
      expect(await holding(client, condition)).toEqual(expected);
    });
  });
}

function show(value: object): string {
  return JSON.stringify(value, (_, each) => (typeof each === "bigint" ? `${each}n` : each));
}

const value = (key: string, value: unknown) => ({ key, match: { value } });

conditions(
  "match value is exact, and converts nothing",
  { s: "Red", i: 1, f: 1.5, b: true, text: "1", list: ["a", 2, false], nested: [["deep"]] },
  [
    value("s", "Red"),
    value("i", 1),
    value("b", true),
    value("text", "1"),
    value("list", "a"),
    value("list", 2),
  ],
  [
    value("s", "red"),
    value("s", "Re"),
    value("i", "1"),
    value("text", 1),
    value("i", true),
    value("b", "true"),
    value("f", 1),
    value("none", "a"),
    value("nested", "deep"),
  ],
);

test("1.0 in a payload is not the integer 1", async () => {
  // A JavaScript number has no such difference: 1.0 is 1. A fraction is one.
  await using client = await withPayloads({ x: 1 }, { x: 1.5 }, { x: 2 ** 53 + 2 });
  expect(await holding(client, value("x", 1))).toEqual([1]);
  expect(await holding(client, value("x", BigInt(2 ** 53 + 2)))).toEqual([3]);
});

const any = (key: string, any: unknown[]) => ({ key, match: { any } });
const except = (key: string, except: unknown[]) => ({ key, match: { except } });
conditions(
  "match any and except",
  { s: "a", i: 5, b: true, list: ["a", "b"], empty: [], nothing: null, nulls: [null], mixed: [null, "a"] },
  [
    any("s", ["b", "a"]),
    any("i", [5]),
    any("list", ["b", "z"]),
    except("s", ["b"]),
    except("s", []),
    except("list", ["a"]),
    except("i", ["5", "a"]),
    except("b", ["true"]),
    except("i", [6]),
  ],
  [
    any("s", []),
    any("s", ["A"]),
    any("i", ["5"]),
    any("none", ["a"]),
    except("s", ["a", "b"]),
    except("list", ["a", "b"]),
    except("none", ["a"]),
    except("nothing", ["a"]),
    except("empty", ["a"]),
    except("nulls", ["a"]),
    except("mixed", ["a"]),
    except("i", [5]),
    except("none", []),
    except("empty", []),
  ],
);

conditions(
  "texts without an index are searched as they are",
  { s: "The quick brown Fox", list: ["one two", "three"] },
  [
    { key: "s", match: { text: "quick br" } },
    { key: "s", match: { text: "Fox" } },
    { key: "list", match: { text: "hre" } },
    { key: "s", match: { text_any: "slow brown" } },
    { key: "s", match: { phrase: "quick brown" } },
    { key: "s", match: { prefix: "The q" } },
    { key: "list", match: { prefix: "th" } },
  ],
  [
    { key: "s", match: { text: "fox" } },
    { key: "s", match: { text: "brown quick" } },
    { key: "s", match: { text_any: "slow grey" } },
    { key: "s", match: { phrase: "brown quick" } },
    { key: "s", match: { prefix: "quick" } },
    { key: "s", match: { prefix: "the" } },
    { key: "none", match: { text: "a" } },
  ],
);

const range = (key: string, range: object) => ({ key, range });
conditions(
  "ranges are of numbers, and all bounds hold",
  { i: 5, f: 2.5, s: "5", b: true, list: [1, 9], big: 2n ** 53n + 1n, nothing: null, objects: [{ n: 5 }] },
  [
    range("i", { gt: 4, lt: 6 }),
    range("i", { gte: 5, lte: 5 }),
    range("i", { gt: 4.9 }),
    range("i", { gt: null, lte: 5 }),
    range("f", { gt: 2.4, lt: 2.6 }),
    range("list", { gt: 8 }),
    range("list", { lt: 2 }),
    range("big", { gte: 2 ** 53 }),
    range("objects[].n", { gt: 4 }),
  ],
  [
    range("i", { gt: 5 }),
    range("i", { lt: 5 }),
    range("i", { gt: 5, lt: 4 }),
    range("i", { gt: 1, lt: 3 }),
    range("s", { gt: 1 }),
    range("b", { gte: 0 }),
    range("none", { gte: 0 }),
    range("nothing", { gte: 0 }),
    // One and the same element meets all the bounds.
    range("list", { gt: 2, lt: 8 }),
  ],
);

conditions(
  "dates, in every form",
  {
    at: "2024-02-29T12:00:00Z",
    zone: "2024-02-29T14:00:00.500+02:00",
    day: "2024-02-29",
    space: "2024-02-29 12:00:00",
    minutes: "2024-02-29 12:00",
    hours: "2024-02-29T14:00:00+02",
    plain: "2024-02-29T14:00:00+0200",
    micro: "2024-02-29T12:00:00.000001Z",
    wrong: "2023-02-29",
    text: "yesterday",
    number: 1709208000,
  },
  [
    range("at", { gte: "2024-02-29T12:00:00Z", lte: "2024-02-29T12:00:00Z" }),
    range("at", { gte: "2024-02-29 12:00", lte: "2024-02-29T14:00:00+02:00" }),
    range("at", { gt: "2024-02-29", lt: "2024-03-01" }),
    range("zone", { gt: "2024-02-29T12:00:00.499Z", lt: "2024-02-29T12:00:00.501Z" }),
    range("day", { gte: "2024-02-29T00:00:00Z", lte: "2024-02-29" }),
    range("space", { gte: "2024-02-29T12:00:00Z", lte: "2024-02-29T12:00:00Z" }),
    range("minutes", { gte: "2024-02-29T12:00:00Z", lte: "2024-02-29T12:00:00Z" }),
    range("hours", { gte: "2024-02-29T12:00:00Z", lte: "2024-02-29T12:00:00Z" }),
    range("plain", { gte: "2024-02-29T12:00:00Z", lte: "2024-02-29T12:00:00Z" }),
    range("micro", { gt: "2024-02-29T12:00:00Z", lt: "2024-02-29T12:00:00.000002Z" }),
  ],
  [
    range("at", { gt: "2024-02-29T12:00:00Z" }),
    range("at", { lt: "2024-02-29T12:00:00+00:00" }),
    range("wrong", { gt: "1900-01-01" }),
    range("text", { gt: "1900-01-01" }),
    range("number", { gt: "1900-01-01" }),
    range("none", { gt: "1900-01-01" }),
    range("micro", { gt: "2024-02-29T12:00:00.000001Z" }),
  ],
);

test.each(["yesterday", "2024-13-01", "2023-02-29", "12:00", ""])(
  "a bound of %j is no date",
  async (bound) => {
    await using client = await withPayloads({ at: "2024-01-01" });
    await refused(holding(client, range("at", { gt: bound })), "INVALID_ARGUMENT", "range");
  },
);

describe("geo", () => {
  const PLACES: Record<string, [number, number]> = {
    berlin: [13.405, 52.52],
    potsdam: [13.06, 52.4],
    fiji: [178, -17],
    samoa: [-172, -13.8],
    null_island: [0, 0],
  };
  const places = () =>
    withPayloads(...Object.entries(PLACES).map(([name, [lon, lat]]) => ({ name, at: { lon, lat } })));
  const names = async (client: Client, condition: object) =>
    ((await holding(client, { key: "at", ...condition })) as number[]).map(
      (id) => Object.keys(PLACES)[id - 1],
    );
  const at = (lon: number, lat: number) => ({ lon, lat });
  const ring = (...corners: [number, number][]) => ({ points: corners.map(([lon, lat]) => at(lon, lat)) });

  test("a radius is in metres along the earth, and strict", async () => {
    await using client = await places();
    const [lon, lat] = PLACES.potsdam as [number, number];
    const metres = haversine([13.405, 52.52], [lon, lat]);
    const radius = (radius: number) => ({ geo_radius: { center: at(13.405, 52.52), radius } });
    expect(await names(client, radius(metres + 0.5))).toEqual(["berlin", "potsdam"]);
    expect(await names(client, radius(metres - 0.5))).toEqual(["berlin"]);
    expect(await names(client, radius(0))).toEqual([]);
  });

  test("a box is strict on all sides, and may lie across 180°", async () => {
    await using client = await places();
    const box = (west: number, north: number, east: number, south: number) => ({
      geo_bounding_box: { top_left: at(west, north), bottom_right: at(east, south) },
    });
    expect(await names(client, box(13, 53, 14, 52))).toEqual(["berlin", "potsdam"]);
    expect(await names(client, box(13.06, 53, 14, 52))).toEqual(["berlin"]);
    expect(await names(client, box(13, 52.52, 14, 52))).toEqual(["potsdam"]);
    expect(await names(client, box(13, 53, 13.405, 52))).toEqual(["potsdam"]);
    expect(await names(client, box(13, 53, 14, 52.4))).toEqual(["berlin"]);
    expect(await names(client, box(170, 0, -170, -20))).toEqual(["fiji", "samoa"]);
  });

  test("a polygon may have holes", async () => {
    await using client = await places();
    const exterior = ring([12, 52], [15, 52], [15, 54], [12, 54], [12, 52]);
    const hole = ring([13.3, 52.4], [13.5, 52.4], [13.5, 52.6], [13.3, 52.6], [13.3, 52.4]);
    expect(await names(client, { geo_polygon: { exterior } })).toEqual(["berlin", "potsdam"]);
    expect(await names(client, { geo_polygon: { exterior, interiors: [hole] } })).toEqual(["potsdam"]);
    expect(await names(client, { geo_polygon: { exterior: hole } })).toEqual(["berlin"]);
  });

  test.each([
    ["a latitude beyond 90", { geo_radius: { center: at(0, 91), radius: 1 } }],
    ["a longitude beyond 180", { geo_radius: { center: at(181, 0), radius: 1 } }],
    ["a ring of three points", { geo_polygon: { exterior: ring([0, 0], [1, 0], [0, 0]) } }],
    ["an open ring", { geo_polygon: { exterior: ring([0, 0], [1, 0], [1, 1], [0, 1]) } }],
    [
      "an open hole",
      {
        geo_polygon: {
          exterior: ring([0, 0], [9, 0], [9, 9], [0, 0]),
          interiors: [ring([1, 1], [2, 1], [2, 2], [1, 2])],
        },
      },
    ],
  ])("%s is refused", async (_, condition) => {
    await using client = await places();
    await refused(holding(client, { key: "at", ...condition }), "INVALID_ARGUMENT", "geo_");
  });

  test("of a list of places one suffices; what is no place does not match", async () => {
    await using client = await withPayloads(
      { at: [at(50, 50), at(0, 0)] },
      { at: "0,0" },
      { at: { lon: 0 } },
      { at: [0, 0] },
      { at: { lon: 0, lat: 100 } },
    );
    const condition = { key: "at", geo_radius: { center: at(0, 0), radius: 1000 } };
    expect(await holding(client, condition)).toEqual([1]);
  });
});

/** Metres between two places (lon, lat) on a sphere of the earth's mean radius. */
function haversine([lonA, latA]: [number, number], [lonB, latB]: [number, number]): number {
  const rad = Math.PI / 180;
  const h =
    Math.sin(((latB - latA) * rad) / 2) ** 2 +
    Math.cos(latA * rad) * Math.cos(latB * rad) * Math.sin(((lonB - lonA) * rad) / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(h));
}

const count = (key: string, values_count: object) => ({ key, values_count });
conditions(
  "values_count",
  { nothing: null, list: [1, null, 3], empty: [], one: "x", object: { a: 1, b: 2 } },
  [
    count("nothing", { lte: 0 }),
    count("none", { lte: 0 }),
    count("none", { lt: 1 }),
    count("list", { gte: 3, lte: 3 }),
    count("empty", { lt: 1 }),
    count("one", { gt: 0, lt: 2 }),
    count("object", { gte: 1, lte: 1 }),
  ],
  [
    count("nothing", { gte: 1 }),
    count("none", { gt: 0 }),
    count("list", { gt: 3 }),
    count("empty", { gte: 1 }),
    count("object", { gte: 2 }),
  ],
);

const isEmpty = (key: string) => ({ is_empty: { key } });
const isNull = (key: string) => ({ is_null: { key } });
const oddities = {
  nothing: null,
  empty: [],
  nulls: [null],
  mixed: [1, null],
  text: "",
  object: {},
  zero: 0,
  no: false,
};
conditions(
  "is_empty: missing, null or an empty list",
  oddities,
  [
    isEmpty("none"),
    isEmpty("nothing"),
    isEmpty("empty"),
    { key: "none", is_empty: true },
    { key: "text", is_empty: false },
  ],
  [
    isEmpty("nulls"),
    isEmpty("text"),
    isEmpty("object"),
    isEmpty("zero"),
    isEmpty("no"),
    { key: "none", is_empty: false },
    { key: "text", is_empty: true },
  ],
);
conditions(
  "is_null: null, or a list with one; missing is not",
  oddities,
  [
    isNull("nothing"),
    isNull("nulls"),
    isNull("mixed"),
    { key: "nothing", is_null: true },
    { key: "none", is_null: false },
    { key: "text", is_null: false },
  ],
  [
    isNull("none"),
    isNull("empty"),
    isNull("text"),
    isNull("zero"),
    { key: "nothing", is_null: false },
    { key: "none", is_null: true },
  ],
);

conditions(
  "paths",
  {
    a: { b: 1, "b.c": 2 },
    list: [{ b: 1 }, { b: 2, c: [5, 6] }],
    "key with . dot": 3,
    "dash-ed_key": 4,
    deep: [[{ x: 1 }]],
    plain: [10, 20],
  },
  [
    value("a.b", 1),
    value('a."b.c"', 2),
    value("list[].b", 2),
    value("list[0].b", 1),
    value("list[].c", 6),
    value("list[1].c[0]", 5),
    value('"key with . dot"', 3),
    value("dash-ed_key", 4),
    value("deep[][].x", 1),
    value("plain", 20),
    value("plain[]", 20),
    value("plain[1]", 20),
  ],
  [
    value("list.b", 1),
    value("list[0].b", 2),
    value("list[2].b", 2),
    value("a[].b", 1),
    value("a[0].b", 1),
    value("deep[].x", 1),
    value("plain[0]", 20),
    value("a.b.c", 2),
  ],
);

test.each(["", "a..b", ".a", "a.", "a[", "a[x]", "a[-1]", '"a', "key with space"])(
  "%j is no path",
  async (path) => {
    await using client = await withPayloads({ a: 1 });
    await refused(holding(client, value(path, 1)), "INVALID_ARGUMENT", "key");
  },
);

describe("nested", () => {
  const diets = () =>
    withPayloads(
      {
        diet: [
          { food: "meat", likes: true },
          { food: "leaves", likes: false },
        ],
      },
      {
        diet: [
          { food: "meat", likes: false },
          { food: "leaves", likes: true },
        ],
      },
      { diet: { food: "meat", likes: true } },
      { diet: [] },
      {},
      { diet: ["meat", { food: "meat", likes: true }] },
    );
  const nested = (filter: object, key = "diet") => ({ nested: { key, filter } });
  const meat = value("food", "meat");
  const likes = value("likes", true);

  test("one and the same element meets the whole filter", async () => {
    await using client = await diets();
    expect(await holding(client, nested({ must: [meat, likes] }))).toEqual([1, 6]);
    expect(await holding(client, nested({ must: [meat, likes] }, "diet[]"))).toEqual([1, 6]);
    const each = { must: [value("diet[].food", "meat"), value("diet[].likes", true)] };
    expect(await found(client, untyped<Filter>(each))).toEqual([1, 2, 6]);
  });

  test("must_not means some element that fails it", async () => {
    await using client = await diets();
    expect(await holding(client, nested({ must_not: [meat] }))).toEqual([1, 2]);
    expect(await found(client, untyped<Filter>({ must_not: [nested({ must: [meat] })] }))).toEqual([3, 4, 5]);
  });

  test("a lone object is no list, and has no element", async () => {
    await using client = await diets();
    expect(await holding(client, nested({ must: [meat] }))).not.toContain(3);
  });

  test("nests in itself", async () => {
    await using client = await withPayloads(
      { a: [{ b: [{ x: 1, y: 2 }] }] },
      { a: [{ b: [{ x: 1 }, { y: 2 }] }] },
      { a: [{ b: [{ x: 1 }] }, { b: [{ y: 2 }] }] },
    );
    const both = { must: [value("x", 1), value("y", 2)] };
    expect(await holding(client, nested({ must: [nested(both, "b")] }, "a"))).toEqual([1]);
    expect(
      await holding(
        client,
        nested(
          { must: [nested({ must: [value("x", 1)] }, "b"), nested({ must: [value("y", 2)] }, "b")] },
          "a",
        ),
      ),
    ).toEqual([1, 2]);
  });

  test("knows no ids", async () => {
    await using client = await diets();
    await refused(holding(client, nested({ must: [hasId(1)] })), "INVALID_ARGUMENT", "has_id");
  });
});

test("different conditions may be met by different elements of a list", async () => {
  await using client = await withPayloads({ a: [1, 5] }, { a: [3] });
  const filter = { must: [range("a", { lt: 2 }), range("a", { gt: 4 })] };
  expect(await found(client, untyped<Filter>(filter))).toEqual([1]);
});

test("has_id takes ids of all forms, there or not", async () => {
  const uuid = "550e8400-e29b-41d4-a716-446655440000";
  const points = untyped<{ id: number; vector: number[] }[]>(
    [1, 2, uuid, 2n ** 60n].map((id) => ({ id, vector: [1] })),
  );
  await using client = await withCollection({ vectors: { size: 1, distance: "Dot" } }, points);
  expect(await found(client, { must: [hasId(2, 99, uuid.toUpperCase(), 2n ** 60n)] })).toEqual([
    2,
    2n ** 60n,
    uuid,
  ]);
  expect(await found(client, { must: [hasId()] })).toEqual([]);
  expect(await found(client, { must_not: [hasId(1, 1)] })).toEqual([2, 2n ** 60n, uuid]);
});

test("has_vector knows the unnamed one by its empty name", async () => {
  await using client = await withCollection({ vectors: { size: 1, distance: "Dot" } }, [
    { id: 1, vector: [1] },
    { id: 2, vector: {} },
    { id: 3, vector: [3] },
  ]);
  await client.deleteVectors("c", { points: [3], vector: [""], wait: true });
  expect(await found(client, { must: [{ has_vector: "" }] })).toEqual([1]);
  expect(await found(client, { must_not: [{ has_vector: "" }] })).toEqual([2, 3]);
});

describe("slice", () => {
  const slice = (total: number, index: number) => ({ slice: { total, index } });

  test("slices part the points", async () => {
    await using client = await withPayloads(...Array.from({ length: 60 }, () => ({})));
    const parts = await Promise.all([0, 1, 2].map((index) => holding(client, slice(3, index))));
    expect(parts.flat().sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 60 }, (_, i) => i + 1),
    );
    for (const part of parts) expect(part.length).toBeGreaterThan(8);
    expect(await holding(client, slice(1, 0))).toHaveLength(60);
  });

  test("by SipHash-2-4 of the id's bytes", async () => {
    const uuid = "550e8400-e29b-41d4-a716-446655440000";
    const list = [0, 1, 2 ** 40, 2n ** 64n - 1n, uuid, "ffffffff-ffff-ffff-ffff-ffffffffffff"];
    await using client = await withCollection(
      { vectors: { size: 1, distance: "Dot" } },
      untyped(list.map((id) => ({ id, vector: [1] }))),
    );
    for (const id of list) {
      const index = Number(sipHash(bytesOf(id)) % 1000n);
      expect(await holding(client, slice(1000, index))).toContain(id);
    }
  });

  test.each([slice(3, 3), slice(3, 9), slice(0, 0), slice(3, -1)])("%j is refused", async (condition) => {
    await using client = await withPayloads({});
    await refused(holding(client, condition), "INVALID_ARGUMENT", "slice");
  });
});

test("a filter never returns too few, however many points it leaves", async () => {
  await using client = await connect();
  await client.createCollection("c", { vectors: { size: 4, distance: "Euclid" } });
  const points = Array.from({ length: 2000 }, (_, i) => ({
    id: i,
    vector: [Math.sin(i), Math.cos(i), Math.sin(7 * i), i / 2000],
    payload: { n: i },
  }));
  await client.upsert("c", { points, wait: true });
  for (const share of [0.002, 0.01, 0.1, 0.5, 0.9]) {
    const matching = 2000 * share;
    const filter = { must: [range("n", { lt: matching })] };
    const { points } = await client.query("c", {
      query: [1, 0, 0, 1],
      limit: 50,
      filter: untyped<Filter>(filter),
    });
    expect(points).toHaveLength(Math.min(50, matching));
    expect(points.every(({ id }) => Number(id) < matching)).toBe(true);
  }
});
