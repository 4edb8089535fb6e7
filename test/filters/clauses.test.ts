import { describe, expect, test } from "vitest";
import { matches } from "../../src/filters/evaluate.ts";
import { idsOf, isUnconstrained } from "../../src/filters/filter.ts";
import { parseFilter } from "../../src/filters/parse.ts";
import { holds, meets, named, point } from "./support.ts";

const is = (key: string, value: unknown) => ({ key, match: { value } });
const a = is("a", 1);
const b = is("b", 1);
const c = is("c", 1);

describe("clauses", () => {
  test.each(
    named<[unknown, string, boolean]>([
      [{}, "{}", true],
      [{ must: a }, '{"a":1}', true],
      [{ must: a }, '{"a":2}', false],
      [{ must: [a, b] }, '{"a":1}', false],
      [{ must: [a, b] }, '{"a":1,"b":1}', true],
      [{ should: [a, b] }, '{"b":1}', true],
      [{ should: [a, b] }, "{}", false],
      [{ should: a }, '{"a":1}', true],
      [{ must_not: a }, '{"a":1}', false],
      [{ must_not: [a, b] }, '{"b":1}', false],
      [{ must_not: [a, b] }, "{}", true],
      // All given clauses must hold together.
      [{ must: [a], should: [b, c] }, '{"a":1}', false],
      [{ must: [a], should: [b, c] }, '{"a":1,"c":1}', true],
      [{ must: [a], must_not: [b] }, '{"a":1,"b":1}', false],
      [{ should: [a], min_should: { conditions: [b, c], min_count: 1 } }, '{"a":1}', false],
      // An empty list is no constraint; nor is null.
      [{ must: [], should: [], must_not: [] }, "{}", true],
      [{ must: null, should: null, must_not: null, min_should: null }, "{}", true],
      [{ must: undefined, should: undefined }, "{}", true],
      [{ must: [a], should: [] }, '{"a":1}', true],
      [{ min_should: { conditions: [a, b, c], min_count: 2 } }, '{"a":1,"c":1}', true],
      [{ min_should: { conditions: [a, b, c], min_count: 2 } }, '{"c":1}', false],
      [{ min_should: { conditions: [a, b], min_count: 0 } }, "{}", true],
      [{ min_should: { conditions: [], min_count: 0 } }, "{}", true],
      [{ min_should: { conditions: [], min_count: 1 } }, "{}", false],
      [{ min_should: { conditions: [a], min_count: 2 } }, '{"a":1}', false],
      // Filters nest.
      [{ must: { should: [a, { must: [b, c] }] } }, '{"b":1,"c":1}', true],
      [{ must: { should: [a, { must: [b, c] }] } }, '{"b":1}', false],
      [{ must_not: [{ must_not: [a] }] }, '{"a":1}', true],
      [{ must: [{}] }, "{}", true],
      [{ must_not: [{}] }, "{}", false],
    ]),
  )("%s", (_, filter, json, expected) => {
    expect(meets(filter, json)).toBe(expected);
  });

  test("200 levels are fine", () => {
    let filter: object = { must: a };
    for (let level = 1; level < 200; level++) filter = { must: [filter] };
    expect(meets(filter, '{"a":1}')).toBe(true);
    expect(meets(filter, '{"a":2}')).toBe(false);
  });
});

describe("nested", () => {
  const both = { nested: { key: "list", filter: { must: [is("x", 1), is("y", 2)] } } };

  test.each(
    named<[unknown, string, boolean]>([
      // One and the same element meets the whole filter.
      [both, '{"list":[{"x":1,"y":2}]}', true],
      [both, '{"list":[{"x":1},{"y":2}]}', false],
      [{ must: [is("list[].x", 1), is("list[].y", 2)] }, '{"list":[{"x":1},{"y":2}]}', true],
      // A lone object is no element, and what is no object is no element that could match.
      [both, '{"list":{"x":1,"y":2}}', false],
      [{ nested: { key: "list", filter: {} } }, '{"list":{"x":1}}', false],
      [{ nested: { key: "list", filter: {} } }, '{"list":[5,null,[{}]]}', false],
      [{ nested: { key: "list", filter: {} } }, '{"list":[5,{}]}', true],
      [{ nested: { key: "list", filter: {} } }, "{}", false],
      [{ nested: { key: "list[]", filter: { must: is("x", 1) } } }, '{"list":[{"x":1}]}', true],
      [{ nested: { key: "list[]", filter: { must: is("x", 1) } } }, '{"list":[[{"x":1}]]}', false],
      [{ nested: { key: "a.list", filter: { must: is("x", 1) } } }, '{"a":{"list":[{"x":1}]}}', true],
      [{ nested: { key: "a[0]", filter: { must: is("x", 1) } } }, '{"a":[[{"x":1}],[{"x":2}]]}', true],
      // must_not inside: some element that fails it.
      [{ nested: { key: "list", filter: { must_not: is("x", 1) } } }, '{"list":[{"x":1},{"x":2}]}', true],
      [{ nested: { key: "list", filter: { must_not: is("x", 1) } } }, '{"list":[{"x":1}]}', false],
      [
        { must_not: { nested: { key: "list", filter: { must: is("x", 1) } } } },
        '{"list":[{"x":1},{"x":2}]}',
        false,
      ],
      // Paths inside are relative, and nested may nest.
      [
        { nested: { key: "a", filter: { must: { nested: { key: "b", filter: { must: is("x", 1) } } } } } },
        '{"a":[{"b":[{"x":2}]},{"b":[{"x":1}]}],"b":[]}',
        true,
      ],
      [{ nested: { key: "a", filter: { must: is("b", 1) } } }, '{"a":[{}],"b":1}', false],
      [{ nested: { key: "a", filter: { should: [] } } }, '{"a":[{}]}', true],
    ]),
  )("%s", (_, condition, json, expected) => {
    expect(holds(condition, json)).toBe(expected);
  });
});

describe("conditions on points", () => {
  const uuid = "550e8400-e29b-41d4-a716-446655440000";
  const filter = (condition: unknown) => parseFilter({ must: condition }, "filter");

  test("has_id, in any form of an id", () => {
    const ids = filter({ has_id: [1, 2n, 2n ** 60n, uuid.toUpperCase(), uuid.replaceAll("-", "")] });
    for (const id of [1, 2, 2n ** 60n, uuid]) expect(matches(ids, point(id))).toBe(true);
    for (const id of [3, 2n ** 60n + 1n, 0]) expect(matches(ids, point(id))).toBe(false);
    expect(matches(filter({ has_id: [] }), point(1))).toBe(false);
    expect(matches(parseFilter({ must_not: { has_id: [1] } }, "filter"), point(1))).toBe(false);
  });

  test("has_vector, where the unnamed one is called by the empty name", () => {
    expect(matches(filter({ has_vector: "image" }), point(1, {}, ["image"]))).toBe(true);
    expect(matches(filter({ has_vector: "image" }), point(1, {}, [""]))).toBe(false);
    expect(matches(filter({ has_vector: "" }), point(1, {}, [""]))).toBe(true);
  });

  test("a payload is read once at most, and only when it is asked for", () => {
    let read = 0;
    const counted = {
      ...point(1),
      payload: () => {
        read++;
        return undefined;
      },
    };
    expect(matches(filter([{ has_id: [1] }]), counted)).toBe(true);
    expect(matches(filter([{ has_id: [2] }, a]), counted)).toBe(false);
    expect(read).toBe(0);
    expect(
      matches(parseFilter({ must_not: [a, b], should: [c, { is_empty: { key: "c" } }] }, "f"), counted),
    ).toBe(true);
    expect(read).toBe(1);
  });
});

describe("ids a filter is made of", () => {
  test.each(
    named<[unknown, unknown]>([
      [{ must: { has_id: [3, 1, 3, 2n] } }, [3, 1, 2]],
      [{ must: [{ has_id: [1, 2, 3] }, { has_id: [3, 4, 2] }, { has_id: [5, 2] }] }, [2]],
      [{ must: { has_id: [] } }, []],
      [{ must: { has_id: [1] }, should: [], must_not: null }, [1]],
      [{}, undefined],
      [{ must: [] }, undefined],
      [{ must: [{ has_id: [1] }, a] }, undefined],
      [{ must: { has_id: [1] }, must_not: { has_id: [1] } }, undefined],
      [{ must: { has_id: [1] }, should: a }, undefined],
      [{ must: { has_id: [1] }, min_should: { conditions: [], min_count: 0 } }, undefined],
      [{ should: { has_id: [1] } }, undefined],
    ]),
  )("%s", (_, filter, ids) => {
    expect(idsOf(parseFilter(filter, "filter"), 10)).toEqual(ids);
  });
});

test.each(
  named<[unknown, boolean]>([
    [{}, true],
    [{ must: [], should: [], must_not: [], min_should: { conditions: [a], min_count: 0 } }, true],
    [{ must: a }, false],
    [{ should: a }, false],
    [{ must_not: a }, false],
    [{ min_should: { conditions: [], min_count: 1 } }, false],
  ]),
)("whether %s asks for nothing", (_, filter, expected) => {
  expect(isUnconstrained(parseFilter(filter, "filter"))).toBe(expected);
});
