/** A filter is read in one walk by code of its own: it takes what the description's validators take, but for what it means. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { NearvecError } from "../../src/errors.ts";
import { parseFilter } from "../../src/filters/parse.ts";
import { Filter } from "../../src/generated/validators/filter.ts";
import { check, type Schema } from "../../src/validation/schema.ts";
import { definition } from "./description.ts";
import { type Generate, pick, replaced, requestOf } from "./requests.ts";

type Given = Readonly<Record<string, unknown>>;

/** What the description can't say, by the error that says it. */
const MEANING: readonly ((error: NearvecError) => boolean)[] = [
  ({ code }) => code === "INVALID_ID",
  ({ details }) => /\bkey$/.test(details.what) && details.expected !== "a string",
  ({ details }) => details.got === "a key without a test",
  ({ details }) => details.got === "a condition on points inside `nested`",
  ({ details }) => details.expected === "a list of ids",
  ({ details }) => /^degrees from/.test(details.expected ?? ""),
  ({ details }) => /^at least 4 points|^a closed line/.test(details.expected ?? ""),
  ({ details }) => details.expected === "a date" || /numbers, or all dates/.test(details.todo ?? ""),
  ({ details }) => /slice\.index$/.test(details.what),
  ({ details }) => details.got === String(LOWEST),
  // `{ is_empty: null }` is an empty filter to the description, which everything meets.
  ({ details }) => /^a condition, with one of/.test(details.expected ?? ""),
];

/** Its digits, -9223372036854776000, are no integer of 64 bits any more. */
const LOWEST = -(2 ** 63);

function refusal(read: () => unknown): NearvecError | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof NearvecError) return error;
    throw error;
  }
}

const parsed = (filter: unknown) => refusal(() => parseFilter(filter, "filter"));
const checked = (filter: unknown) => refusal(() => check(Filter as Schema, filter, "filter"));

/** The filter with a meaning: paths that are paths, points that are on the Earth, lines that are closed, tests beside keys. */
function meaningful(value: unknown, field = "", inNested = false): unknown {
  if (Array.isArray(value)) return value.map((each) => meaningful(each, field, inNested));
  if (value === LOWEST) return 0;
  if (typeof value !== "object" || value === null) return value;
  const given = value as Given;
  if (inNested && ["has_id", "has_vector", "slice"].some((name) => name in given)) return { should: [] };
  if ("has_id" in given) return { has_id: [1, 2 ** 53 - 1] };
  if ("total" in given) return { ...given, index: (given.index as number) % (given.total as number) };
  if ("lon" in given) return { lon: (given.lon as number) % 180, lat: (given.lat as number) % 90 };
  if (field === "range") return numbers(given);
  const entries = Object.entries(given).map(([name, each]): [string, unknown] => {
    if (name === "key") return [name, "a.b[]"];
    if (name === "points") return [name, CORNERS];
    return [name, meaningful(each, name, inNested || field === "nested")];
  });
  const isTest = "key" in given && !["is_empty", "is_null", "nested"].includes(field);
  return Object.fromEntries(isTest && entries.length === 1 ? [...entries, ["is_empty", true]] : entries);
}

const CORNERS = [
  [0, 0],
  [0, 1],
  [1, 1],
  [0, 0],
].map(([lon, lat]) => ({ lon, lat }));

function numbers(range: Given): Given {
  return Object.fromEntries(Object.entries(range).map(([name, bound]) => [name, Number(bound) || 0]));
}

function filterOf(g: Generate): { value: unknown; parts: ReturnType<typeof requestOf>["parts"] } {
  return requestOf(definition("Filter"), g, 6);
}

test("a filter that means something is taken", () => {
  let conditions = 0;
  const property = fc.property(fc.gen(), (g) => {
    const filter = meaningful(filterOf(g).value);
    expect(checked(filter)).toBeUndefined();
    expect(parsed(filter), JSON.stringify(filter)).toBeUndefined();
    conditions += JSON.stringify(filter).split("key").length - 1;
  });
  fc.assert(property, { numRuns: 1000 });
  expect(conditions).toBeGreaterThan(500);
});

const ANYTHING = [true, 0, -1, 0.5, "x", [], {}, ["x", 1], [1, "x"], { a: 1 }, { key: "a" }, null, 2 ** 63];

test("whatever is changed in a filter is refused by both, or means nothing", () => {
  const outcomes = { taken: 0, refused: 0, meaningless: 0 };
  const property = fc.property(fc.gen(), (g) => {
    const { value, parts } = filterOf(g);
    const { path } = pick(g, parts);
    const changed = g(fc.boolean)
      ? replaced(value, [...path, pick(g, ["nonsense", "key", "must", "match"])], pick<unknown>(g, ANYTHING))
      : replaced(value, path, pick<unknown>(g, ANYTHING));
    const [mine, theirs] = [parsed(changed), checked(changed)];
    const text = `${JSON.stringify(changed)}: ${mine?.message} / ${theirs?.message}`;
    if (mine === undefined) {
      outcomes.taken++;
      expect(theirs, text).toBeUndefined();
    } else if (theirs === undefined) {
      outcomes.meaningless++;
      expect(
        MEANING.some((means) => means(mine)),
        text,
      ).toBe(true);
    } else outcomes.refused++;
  });
  fc.assert(property, { numRuns: 3000 });
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(100);
});
