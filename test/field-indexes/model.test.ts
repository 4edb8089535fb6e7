import fc from "fast-check";
import { expect, test } from "vitest";
import type { FieldIndexes } from "../../src/field-indexes/field-indexes.ts";
import type { Scalar } from "../../src/filters/match.ts";
import { parseFilter } from "../../src/filters/parse.ts";
import { decode } from "../../src/payload/json.ts";
import { parsePath, valuesAt } from "../../src/payload/path.ts";
import { content, fieldTest, filter, id, json, path, value, vectors } from "../filters/arbitraries.ts";
import { IndexedPoints, offsetsOf } from "./support.ts";

const params = fc.constantFrom<unknown>(
  "keyword",
  { type: "keyword", prefix: true },
  "integer",
  { type: "integer", lookup: false },
  { type: "integer", range: false, is_principal: true },
  "float",
  "bool",
  "datetime",
  "uuid",
  "geo",
  "text",
  { type: "text", tokenizer: "whitespace", lowercase: false, phrase_matching: true },
);
/** Mostly where payloads have something. */
const indexed = fc.oneof({ weight: 2, arbitrary: fc.constantFrom("a", "b", "a[]", "ключ") }, path);
const created = fc.tuple(indexed, params);

const dense = fc.tuple(value, value).map(
  ([a, b]) =>
    new Map([
      ["a", a],
      ["b", b],
    ]),
);

const change = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("put" as const),
      offset: fc.nat(90),
      content: fc.option(fc.oneof(content, dense)),
      id,
      vectors,
    }),
  },
  fc.record({ kind: fc.constant("delete" as const), offset: fc.nat(90) }),
  fc.record({ kind: fc.constant("create" as const), created }),
  fc.record({ kind: fc.constant("drop" as const), path: indexed }),
  fc.record({ kind: fc.constant("turn" as const) }),
);

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

async function apply(points: IndexedPoints, change: Change): Promise<void> {
  switch (change.kind) {
    case "put": {
      // Ids are different, for each offset one.
      const { offset, content, vectors } = change;
      points.put(
        offset,
        content === null ? undefined : json(content),
        offset === 1 ? 2n ** 60n : offset,
        vectors,
      );
      break;
    }
    case "delete":
      points.delete(change.offset);
      break;
    case "create":
      await points.create(...change.created);
      break;
    case "drop":
      points.indexes.drop(parsePath(change.path, "field_name"));
      break;
    case "turn":
      points.puppet.tasks.shift()?.task();
  }
}

/** What indexes say of a filter, against what payloads say; how much they know. */
function check(points: IndexedPoints, request: unknown): "exact" | "partly" | "nothing" {
  const parsed = parseFilter(request, "filter");
  const asked = points.asked(parsed);
  const count = points.count(parsed);
  if (count !== undefined) expect(count).toBe(asked.length);
  const answer = points.answer(parsed);
  if (answer === undefined) return "nothing";
  expect(asked).toEqual(expect.arrayContaining(answer.sure));
  expect([...answer.sure, ...answer.maybe]).toEqual(expect.arrayContaining(asked));
  return answer.maybe.length === 0 ? "exact" : "partly";
}

test("whatever is indexed, no filter finds anything else than payloads say", async () => {
  const known = { exact: 0, partly: 0, nothing: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(created, { maxLength: 6 }),
      fc.array(change, { minLength: 20, maxLength: 120 }),
      fc.array(filter, { minLength: 5, maxLength: 10 }),
      fc.array(fc.tuple(path, fieldTest), { minLength: 10, maxLength: 20 }),
      async (first, changes, filters, tests) => {
        const points = new IndexedPoints();
        for (const each of first) await points.create(...each);
        for (const each of changes) await apply(points, each);
        const paths = first.map(([path]) => path);
        const requests = [
          ...filters,
          ...tests.map(([path, asked], i) => ({
            must: { key: paths[i % (paths.length + 1)] ?? path, ...asked },
          })),
        ];
        for (const request of requests) check(points, request);
        points.settle();
        for (const request of requests) known[check(points, request)]++;
      },
    ),
    { numRuns: 250 },
  );
  // Both are worth testing.
  expect(Math.min(known.exact, known.partly)).toBeGreaterThan(300);
}, 60_000);

test("facets count points, and orders have every value, as payloads say", async () => {
  let counted = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(created, { minLength: 3, maxLength: 6 }),
      fc.array(change, { minLength: 80, maxLength: 160 }),
      fc.array(fc.nat(90)),
      async (first, changes, allowed) => {
        const points = new IndexedPoints();
        for (const each of first) await points.create(...each);
        for (const each of changes) await apply(points, each);
        points.settle();
        const bitmap = points.live.fill(0);
        for (const each of allowed) {
          if (points.points.has(each))
            bitmap[each >>> 5] = (bitmap[each >>> 5] as number) | (1 << (each & 31));
        }
        for (const [path] of first) {
          checkFacets(points, path, undefined);
          checkFacets(points, path, bitmap);
          checkOrder(points, path);
          counted += checkPoints(points, path);
        }
      },
    ),
    { numRuns: 200 },
  );
  expect(counted).toBeGreaterThan(500);
}, 60_000);

const complete = (indexes: FieldIndexes, path: string) => indexes.complete(parsePath(path, "path"));

/** Values of the index's type, each once, of every point. */
function contents(points: IndexedPoints, path: string): [offset: number, values: unknown[]][] {
  const index = complete(points.indexes, path)?.index;
  return [...points.points].map(([offset, { bytes }]) => {
    const values = bytes === undefined ? [] : valuesAt(decode(bytes), parsePath(path, "path"));
    return [offset, [...new Set(values.flat().filter((value) => index?.accepts(value)))]];
  });
}

function checkFacets(points: IndexedPoints, path: string, allowed: Uint32Array | undefined): void {
  const index = complete(points.indexes, path)?.index;
  if (index?.facets === undefined) return;
  const counts = new Map<unknown, number>();
  const among = allowed === undefined ? undefined : new Set(offsetsOf(allowed));
  for (const [offset, values] of contents(points, path)) {
    if (among !== undefined && !among.has(offset)) continue;
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const found = new Map<Scalar, number>();
  index.facets.each(allowed, (value, count) => found.set(value, count));
  expect(found).toEqual(counts);
}

function checkOrder(points: IndexedPoints, path: string): void {
  const order = complete(points.indexes, path)?.index.order;
  if (order === undefined) return;
  const expected = contents(points, path)
    .flatMap(([offset, values]) =>
      [...new Set(values.map((each) => Number(order.valueOf(each))))].map((value) => [value, offset]),
    )
    .sort(([a, x], [b, y]) => (a as number) - (b as number) || (x as number) - (y as number));
  const walked: number[][] = [];
  order.walk(false, undefined, (value, offsets) => {
    for (const offset of offsets) walked.push([value, offset]);
    return true;
  });
  expect(walked).toEqual(expected.map(([value, offset]) => [(value as number) + 0, offset]));
}

function checkPoints(points: IndexedPoints, path: string): number {
  const field = complete(points.indexes, path);
  if (field === undefined) return 0;
  const having = contents(points, path).filter(([, values]) => values.length > 0).length;
  expect(field.points).toBe(having);
  return having;
}
