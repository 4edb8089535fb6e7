/** Points are read while they are copied, by code of its own: it takes what the description has, but for what it means. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { NearvecError } from "../../src/errors.ts";
import { open } from "../../src/index.ts";
import { untyped } from "../client/support.ts";
import { conforms, definition } from "./description.ts";
import { type Generate, pick, replaced, requestOf } from "./requests.ts";

let client: NearvecClient;

beforeAll(async () => {
  client = await open();
  await client.createCollection("unnamed", { vectors: { size: 2, distance: "Dot" } });
  await client.createCollection("named", {
    vectors: {
      a: { size: 2, distance: "Dot" },
      "a b": { size: 2, distance: "Dot", multivector_config: { comparator: "max_sim" } },
    },
    sparse_vectors: { image: {}, constructor: {} },
  });
});

afterAll(() => client.close());

const COLLECTIONS = ["unnamed", "named"];
const schema = definition("PointStruct", "all");

/** What the description can't say. */
const MEANING: readonly ((error: NearvecError) => boolean)[] = [
  ({ code }) => code === "WRONG_DIMENSION" || code === "INVALID_ID",
  // Texts and images for models, which are on the list of what isn't built.
  ({ code }) => code === "NOT_SUPPORTED",
  // A number that is none in f32.
  ({ code, details }) => code === "NOT_FINITE" && /e\+\d\d/.test(details.got ?? ""),
  // Vectors of a kind, or of a name, that the collection hasn't got.
  ({ message }) => message.replaceAll("points[0].vector", "").includes("vector"),
  ({ details }) => /as many as there are indices|each index once/.test(details.expected ?? ""),
];

async function refusal(collection: string, point: unknown): Promise<NearvecError | undefined> {
  try {
    await client.upsert(collection, untyped({ points: [point] }));
    return undefined;
  } catch (error) {
    if (error instanceof NearvecError) return error;
    throw error;
  }
}

const NUMBERS = [0, -1.5, 3, 1e-30, 1e30];

function vectorOf(g: Generate): number[] {
  return [pick(g, NUMBERS), pick(g, NUMBERS)];
}

function sparseOf(g: Generate): object {
  const indices = [0, 7, 2 ** 32 - 1].filter(() => g(fc.boolean));
  return { indices, values: indices.map(() => pick(g, NUMBERS)) };
}

const PARTS: Readonly<Record<string, (g: Generate) => unknown>> = {
  a: vectorOf,
  "a b": (g) => Array.from({ length: 1 + g(fc.nat, { max: 2 }) }, () => vectorOf(g)),
  image: sparseOf,
  constructor: sparseOf,
};

test("a point that means something is taken", async () => {
  const property = fc.asyncProperty(fc.gen(), async (g) => {
    const collection = pick(g, COLLECTIONS);
    const names = Object.keys(PARTS).filter(() => g(fc.boolean));
    const vectors = Object.fromEntries(names.map((name) => [name, PARTS[name]?.(g)]));
    const vector =
      collection === "named" ? vectors : pick<unknown>(g, [vectorOf(g), {}, { "": vectorOf(g) }]);
    const id = pick<unknown>(g, [0, 2 ** 53 - 1, "936da01f-9abd-4d9d-80c7-02af85c822a8"]);
    const payload = pick<unknown>(g, [undefined, {}, { a: { b: [1, "x", null, true] } }]);
    const point = { id, vector, ...(payload !== undefined && { payload }) };
    expect(conforms(schema, point)).toBe(true);
    expect(await refusal(collection, point), JSON.stringify(point)).toBeUndefined();
  });
  await fc.assert(property, { numRuns: 300 });
});

const ANYTHING = [true, 0, -1, 0.5, "x", [], {}, ["x", 1], [[1]], { a: 1 }, { a: [1, 2] }, [1, 2]];

test("whatever is changed in a point is refused, or means nothing, or is taken by the description, too", async () => {
  const outcomes = { taken: 0, refused: 0, meaningless: 0 };
  const property = fc.asyncProperty(fc.gen(), async (g) => {
    const { value, parts } = requestOf(schema, g);
    const { path } = pick(g, parts);
    const isAdded = g(fc.nat, { max: 9 }) === 0;
    const changed = replaced(value, isAdded ? [...path, "nonsense"] : path, pick<unknown>(g, ANYTHING));
    const collection = pick(g, COLLECTIONS);
    // Most generated vectors have another length.
    const point = g(fc.boolean)
      ? replaced(changed, ["vector"], collection === "named" ? {} : [1, 2])
      : changed;
    const error = await refusal(collection, point);
    const text = `${collection}, ${JSON.stringify(point)}: ${error?.message}`;
    if (error === undefined) {
      outcomes.taken++;
      expect(conforms(schema, point), text).toBe(true);
    } else if (conforms(schema, point)) {
      outcomes.meaningless++;
      expect(
        MEANING.some((means) => means(error)),
        text,
      ).toBe(true);
    } else outcomes.refused++;
  });
  await fc.assert(property, { numRuns: 2000 });
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(100);
});
