import fc from "fast-check";
import type { Json } from "./naive.ts";

// Few keys and values, so that filters find something.
const KEYS = ["a", "b", "ключ", "__proto__", "constructor", "with . dot", "lon", "lat"];
const BIG = 2n ** 53n;
const key = fc.constantFrom(...KEYS);
const integer = fc.oneof(
  fc.integer({ min: -2, max: 3 }).map(BigInt),
  fc.constantFrom(BIG, BIG + 1n, BIG + 2n, -BIG - 1n, 2n ** 63n - 1n, -(2n ** 63n)),
);
const words = ["", "a", "b", "ab", "a b", "Ab", "ключ", "☃", "1", "true"];
const dates = ["2024-02-29", "2024-02-29T00:00:00.001Z", "2024-03-01T01:00:00+01:00", "1999-12-31T23:59:59Z"];
const text = fc.constantFrom(...words, ...dates);

export const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "medium" },
    fc.constant(null),
    fc.boolean(),
    text,
    integer,
    fc.constantFrom(0.5, -1.5, 1e-9, 2.25),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
})).value;
export const content = fc
  .array(fc.tuple(key, value), { maxLength: 5 })
  .map((entries): Json => new Map(entries));

export function json(value: Json): string {
  if (value instanceof Map) {
    return `{${[...value].map(([name, each]) => `${JSON.stringify(name)}:${json(each)}`).join()}}`;
  }
  if (Array.isArray(value)) return `[${value.map(json).join()}]`;
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}

const step = key.map((name) => (name.includes(".") ? `"${name}"` : name));
const elements = fc.constantFrom("", "", "", "[]", "[0]", "[1]", "[][]");
export const path = fc
  .array(fc.tuple(step, elements), { minLength: 1, maxLength: 2 })
  .map((steps) => steps.map(([name, each]) => name + each).join("."));

/** Integers as numbers where those are exact, as callers write them, or as bigints. */
const integerOf = fc
  .tuple(integer, fc.boolean())
  .map(([each, asNumber]) => (asNumber && Number.isSafeInteger(Number(each)) ? Number(each) : each));
const bounds = <T>(bound: fc.Arbitrary<T>) =>
  fc.record(
    { gt: fc.option(bound), gte: fc.option(bound), lt: fc.option(bound), lte: fc.option(bound) },
    { requiredKeys: [] },
  );
const match = fc.oneof(
  fc.record({ value: fc.oneof(text, integerOf, fc.boolean()) }),
  fc.record({ any: fc.oneof(fc.array(text), fc.array(integerOf)) }),
  fc.record({ except: fc.oneof(fc.array(text), fc.array(integerOf)) }),
  fc.record({ text }),
  fc.record({ text_any: text }),
  fc.record({ phrase: text }),
  fc.record({ prefix: text }),
);
const number = fc.oneof(integerOf, fc.constantFrom(0.5, -1.5, 2 ** 63));
const range = fc.oneof(bounds(number), bounds(fc.constantFrom(...dates)));
const place = fc.record({
  lon: fc.constantFrom(-180, -2, 0, 2, 170),
  lat: fc.constantFrom(-2, 0, 2),
});
export const fieldTest = fc.oneof(
  { weight: 4, arbitrary: fc.record({ match }) },
  { weight: 2, arbitrary: fc.record({ range }) },
  fc.record({ match, range: fc.option(range) }),
  fc.record({ geo_bounding_box: fc.record({ top_left: place, bottom_right: place }) }),
  fc.record({ values_count: bounds(fc.integer({ min: 0, max: 3 })), match: fc.option(match) }),
  fc.record({ is_empty: fc.boolean() }),
  fc.record({ is_null: fc.boolean() }),
);
const uuid = "550e8400-e29b-41d4-a716-446655440000";
export const id = fc.constantFrom<number | bigint | string>(1, 2, 2n ** 60n, 2n ** 60n + 1n, uuid);

const onFields = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(path, fieldTest).map(([key, asked]): object => ({ key, ...asked })),
  },
  fc.record({ is_empty: fc.record({ key: path }) }),
  fc.record({ is_null: fc.record({ key: path }) }),
);
const onPoints = fc.oneof(
  fc.record({ has_id: fc.array(id, { maxLength: 3 }) }),
  fc.record({ has_vector: fc.constantFrom("", "image", "other") }),
);

interface Requests {
  filter: unknown;
  condition: unknown;
}

/** Filters of these conditions; those inside `nested` are of others, as they can't ask for points. */
function filters(leaf: fc.Arbitrary<object>, inside?: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.letrec<Requests>((tie) => {
    const list = fc.array(tie("condition"), { maxLength: 3 });
    const clause = fc.option(fc.oneof(tie("condition"), list));
    const minShould = fc.record({ conditions: list, min_count: fc.integer({ min: 0, max: 3 }) });
    const nested = (inside ?? tie("filter")).chain((filter) =>
      path.map((key) => ({ nested: { key, filter } })),
    );
    return {
      filter: fc.record(
        { must: clause, should: clause, must_not: clause, min_should: fc.option(minShould) },
        { requiredKeys: [] },
      ),
      condition: fc.oneof({ maxDepth: 3 }, { weight: 5, arbitrary: leaf }, nested, tie("filter")),
    };
  }).filter;
}

export const filter = filters(fc.oneof({ weight: 4, arbitrary: onFields }, onPoints), filters(onFields));
export const vectors = fc.subarray(["", "image"]);
