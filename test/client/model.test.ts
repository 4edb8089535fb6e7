/**
 * Random sequences of operations against a Map and brute force. Vector values are eighths of small integers,
 * so that Dot, Euclid and Manhattan scores are exact in f32 and can be compared as they are; Cosine is
 * compared within a tolerance.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import type { PointId, UpdateOperation } from "../../src/index.ts";
import { open } from "../../src/index.ts";
import { compareIds } from "../../src/points/ids.ts";
import {
  aFilter,
  anId,
  aVector,
  aWrite,
  type Model,
  matching,
  SIZE,
  send,
  sortedIds,
  stepOf,
} from "./writes.ts";

const COSINE_TOLERANCE = 1e-6;

type Distance = "Cosine" | "Dot" | "Euclid" | "Manhattan";

const someFilter = fc.option(aFilter, { nil: undefined });

const anOperation = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("write" as const), write: aWrite }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("writes" as const),
      writes: fc.array(aWrite, { maxLength: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("index" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("count" as const), filter: aFilter }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("scroll" as const),
      limit: fc.integer({ min: 1, max: 5 }),
      from: anId,
      filter: someFilter,
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
      filter: someFilter,
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
    case "write": {
      const { operation: sent, effect } = stepOf(model, operation.write);
      await expectDone(send(client, "c", sent), effect());
      return;
    }
    case "writes": {
      // All are sent, and those up to the first that fails are applied.
      const operations: UpdateOperation[] = [];
      let done = true;
      for (const write of operation.writes) {
        const next = stepOf(model, write);
        operations.push(next.operation);
        done = done && next.effect();
      }
      await expectDone(client.batchUpdate("c", { operations }), done);
      return;
    }
    case "index":
      await client.waitForIndex("c");
      expect(await client.getCollection("c")).toMatchObject({ status: "green" });
      return;
    case "scroll": {
      const { points, next_page_offset } = await client.scroll("c", {
        limit: operation.limit,
        offset: operation.from.given,
        filter: operation.filter ?? null,
      });
      const expected = matching(model, operation.filter ?? {}).filter(
        (id) => compareIds(id, operation.from.canonical) >= 0,
      );
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
    case "count":
      expect(await client.count("c", { filter: operation.filter })).toEqual({
        count: matching(model, operation.filter).length,
      });
      return;
    case "query":
      await compareQuery(client, model, distance, operation);
  }
}

async function expectDone(call: Promise<unknown>, done: boolean): Promise<void> {
  if (done) await call;
  else await expect(call).rejects.toMatchObject({ code: "POINT_NOT_FOUND" });
}

async function compareQuery(
  client: NearvecClient,
  model: Model,
  distance: Distance,
  { query, limit, offset, threshold, exact, filter }: Extract<Operation, { kind: "query" }>,
): Promise<void> {
  const byId = !Array.isArray(query);
  const target = byId ? model.get(query.canonical)?.vector : query;
  const answer = client.query("c", {
    query: byId ? query.given : query,
    limit,
    offset,
    params: { exact, hnsw_ef: 64 },
    filter: filter ?? null,
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
  for (const id of matching(model, filter ?? {})) {
    const vector = model.get(id)?.vector;
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
