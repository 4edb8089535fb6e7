/**
 * Random sequences of operations against a Map and brute force. Vector values are eighths of small integers,
 * so that Dot, Euclid and Manhattan scores are exact in f32 and can be compared as they are; Cosine is
 * compared within a tolerance.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import type { PointId } from "../../src/index.ts";
import { open } from "../../src/index.ts";
import { compareIds } from "../../src/points/ids.ts";

const SIZE = 5;
const COSINE_TOLERANCE = 1e-6;

interface Stored {
  vector: number[] | undefined;
  payload: Record<string, unknown>;
}

type Model = Map<PointId, Stored>;
type Distance = "Cosine" | "Dot" | "Euclid" | "Manhattan";

const UUIDS = [
  "00000000-0000-0000-0000-000000000001",
  "550e8400-e29b-41d4-a716-446655440000",
  "ffffffff-ffff-ffff-ffff-ffffffffffff",
];

/** An id as a program may write it, and as it comes back. */
const anId: fc.Arbitrary<{ given: PointId; canonical: PointId }> = fc.oneof(
  fc.nat(12).map((id) => ({ given: id, canonical: id })),
  fc.nat(12).map((id) => ({ given: BigInt(id), canonical: id })),
  fc.constantFrom(2n ** 53n, 2n ** 64n - 1n, 424242424242424242n).map((id) => ({ given: id, canonical: id })),
  fc
    .tuple(fc.constantFrom(...UUIDS), fc.constantFrom("plain", "upper", "simple", "urn", "braces"))
    .map(([uuid, form]) => ({ given: uuidIn(form, uuid), canonical: uuid })),
);

function uuidIn(form: string, uuid: string): string {
  switch (form) {
    case "upper":
      return uuid.toUpperCase();
    case "simple":
      return uuid.replaceAll("-", "");
    case "urn":
      return `urn:uuid:${uuid}`;
    case "braces":
      return `{${uuid}}`;
    default:
      return uuid;
  }
}

const aVector = fc.array(
  fc.integer({ min: -16, max: 16 }).map((value) => value / 8),
  {
    minLength: SIZE,
    maxLength: SIZE,
  },
);
const aPayload = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc.dictionary(
    fc.string({ maxLength: 5 }).filter((key) => key !== "__proto__"),
    fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.integer(), { maxLength: 3 }),
    ),
    { maxKeys: 3, noNullPrototype: true },
  ),
);
const aPoint = fc.record({
  id: anId,
  vector: fc.option(aVector, { nil: undefined, freq: 8 }),
  payload: aPayload,
});

const anOperation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("points" as const),
      points: fc.array(aPoint, { maxLength: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("batch" as const), points: fc.array(aPoint, { maxLength: 6 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("delete" as const), ids: fc.array(anId, { maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("index" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("scroll" as const),
      limit: fc.integer({ min: 1, max: 5 }),
      from: anId,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("retrieve" as const), ids: fc.array(anId, { maxLength: 6 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("query" as const),
      query: fc.oneof(aVector, anId),
      limit: fc.integer({ min: 1, max: 8 }),
      offset: fc.nat(2),
      threshold: fc.option(fc.integer({ min: -8, max: 8 }), { nil: undefined }),
      exact: fc.boolean(),
    }),
  },
);
type Operation = typeof anOperation extends fc.Arbitrary<infer T> ? T : never;

test.each(["Dot", "Euclid", "Manhattan", "Cosine"] as const)(
  "a %s collection behaves like a Map with brute force",
  async (distance) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anOperation, { maxLength: 20 }), async (operations) => {
        await using client = await open();
        await client.createCollection("c", { vectors: { size: SIZE, distance } });
        const model: Model = new Map();
        for (const operation of operations) await step(client, model, distance, operation);
        await compareAll(client, model, distance);
      }),
      { numRuns: 150 },
    );
  },
);

async function step(
  client: NearvecClient,
  model: Model,
  distance: Distance,
  operation: Operation,
): Promise<void> {
  switch (operation.kind) {
    case "points":
      await client.upsert("c", {
        points: operation.points.map(({ id, vector, payload }) => ({
          id: id.given,
          vector: vector ?? {},
          ...(payload !== undefined && { payload }),
        })),
      });
      store(model, operation.points);
      return;
    case "batch": {
      // Columns need a vector for every point; typed ones exercise the other way in.
      const points = operation.points.map((point) => ({ ...point, vector: point.vector ?? [1, 0, 0, 0, 0] }));
      await client.upsert("c", {
        batch: {
          ids: points.map((point) => point.id.given),
          vectors: points.map((point, i) => (i % 2 === 0 ? point.vector : Float32Array.from(point.vector))),
          payloads: points.map((point) => point.payload),
        },
      });
      store(model, points);
      return;
    }
    case "delete":
      await client.delete("c", { points: operation.ids.map((id) => id.given) });
      for (const id of operation.ids) model.delete(id.canonical);
      return;
    case "index":
      await client.waitForIndex("c");
      expect(await client.getCollection("c")).toMatchObject({ status: "green" });
      return;
    case "scroll": {
      const { points, next_page_offset } = await client.scroll("c", {
        limit: operation.limit,
        offset: operation.from.given,
      });
      const expected = sortedIds(model).filter((id) => compareIds(id, operation.from.canonical) >= 0);
      expect(points.map((point) => point.id)).toEqual(expected.slice(0, operation.limit));
      expect(next_page_offset).toEqual(expected[operation.limit] ?? null);
      return;
    }
    case "retrieve": {
      const records = await client.retrieve("c", { ids: operation.ids.map((id) => id.given) });
      const expected = [...new Set(operation.ids.map((id) => id.canonical))].filter((id) => model.has(id));
      expect(records).toEqual(expected.map((id) => ({ id, payload: model.get(id)?.payload })));
      return;
    }
    case "query":
      await compareQuery(client, model, distance, operation);
  }
}

function store(
  model: Model,
  points: { id: { canonical: PointId }; vector: number[] | undefined; payload: unknown }[],
): void {
  for (const { id, vector, payload } of points) {
    model.set(id.canonical, { vector, payload: (payload ?? {}) as Record<string, unknown> });
  }
}

async function compareQuery(
  client: NearvecClient,
  model: Model,
  distance: Distance,
  { query, limit, offset, threshold, exact }: Extract<Operation, { kind: "query" }>,
): Promise<void> {
  const byId = !Array.isArray(query);
  const target = byId ? model.get(query.canonical)?.vector : query;
  const answer = client.query("c", {
    query: byId ? query.given : query,
    limit,
    offset,
    params: { exact, hnsw_ef: 64 },
    ...(threshold !== undefined && { score_threshold: threshold }),
  });
  if (target === undefined) {
    await expect(answer).rejects.toMatchObject({ code: "POINT_NOT_FOUND" });
    return;
  }
  const { points } = await answer;
  const larger = distance === "Cosine" || distance === "Dot";
  const passes = (score: number) =>
    threshold === undefined || (larger ? score > threshold : score < threshold);
  const scores = new Map<PointId, number>();
  for (const [id, { vector }] of model) {
    if (vector !== undefined && !(byId && id === query.canonical))
      scores.set(id, scoreOf(distance, target, vector));
  }
  const best = [...scores.values()].sort((a, b) => (larger ? b - a : a - b));
  const tolerance = distance === "Cosine" ? COSINE_TOLERANCE : 0;
  // A threshold that a Cosine score meets within its error may go either way: such cases prove nothing.
  if (
    threshold !== undefined &&
    best.some((score) => Math.abs(score - threshold) <= tolerance && tolerance > 0)
  )
    return;
  const expected = best.filter(passes).slice(offset, offset + limit);
  expect(points).toHaveLength(expected.length);
  points.forEach((point, i) => {
    expectNear(point.score, expected[i] ?? Number.NaN, tolerance);
    expectNear(point.score, scores.get(point.id) ?? Number.NaN, tolerance);
  });
  expect(new Set(points.map((point) => point.id)).size).toBe(points.length);
}

function expectNear(got: number, expected: number, tolerance: number): void {
  if (tolerance === 0) expect(Math.fround(got)).toBe(Math.fround(expected) + 0);
  else expect(Math.abs(got - expected)).toBeLessThanOrEqual(tolerance);
}

async function compareAll(client: NearvecClient, model: Model, distance: Distance): Promise<void> {
  const ids = sortedIds(model);
  const { points } = await client.scroll("c", { limit: 1000, with_vector: true });
  expect(points.map((point) => point.id)).toEqual(ids);
  for (const { id, payload, vector } of points) {
    const stored = model.get(id);
    expect(payload).toEqual(stored?.payload);
    if (stored?.vector === undefined) expect(vector).toEqual({});
    else if (distance !== "Cosine") expect(vector).toEqual(stored.vector.map((value) => value + 0));
  }
  expect(await client.count("c")).toEqual({ count: model.size });
  expect(await client.getCollection("c")).toMatchObject({ points_count: model.size });
}

function sortedIds(model: Model): PointId[] {
  return [...model.keys()].sort(compareIds);
}

function scoreOf(distance: Distance, a: number[], b: number[]): number {
  const sum = (term: (x: number, y: number) => number) =>
    a.reduce((total, x, i) => total + term(x, b[i] ?? 0), 0);
  switch (distance) {
    case "Dot":
      return sum((x, y) => x * y);
    case "Euclid":
      return Math.sqrt(sum((x, y) => (x - y) ** 2));
    case "Manhattan":
      return sum((x, y) => Math.abs(x - y));
    case "Cosine": {
      const norms = Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
      return norms === 0 ? 0 : sum((x, y) => x * y) / norms;
    }
  }
}
