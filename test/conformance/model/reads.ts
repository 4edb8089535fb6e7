/** Every way of reading, compared with what the Map of points says. */
import { expect } from "vitest";
import { compareIds } from "../../../src/points/ids.ts";
import { type Client, untyped } from "../support.ts";
import type { Chance } from "./chance.ts";
import type { Filter, PointId } from "./filters.ts";
import { indexed, valuesAt } from "./payloads.ts";
import { aQuery, comesBack, isLarger, type Space, scores, tolerance, type Vector } from "./vectors.ts";
import { anId, type Model, matching, type Stored, show, someFilter, sortedIds } from "./writes.ts";

/** How well approximate answers did: results found of those that exact ones have. */
export interface Recall {
  found: number;
  wanted: number;
}

/** One read of some kind. The text names it in a report. */
export function aRead(
  chance: Chance,
  model: Model,
  recall: Recall,
): [string, (client: Client) => Promise<void>] {
  const filter = chance.is(0.7) ? someFilter(chance, model) : {};
  return chance.one<[string, (client: Client) => Promise<void>]>(
    () => ["count", (client) => count(client, model, filter)],
    () => ["scroll", (client) => scroll(client, chance, model, filter)],
    () => ["retrieve", (client) => retrieve(client, chance, model)],
    () => ["facet", (client) => facet(client, chance, model, filter)],
    () => ["order_by", (client) => orderBy(client, chance, model, filter)],
    () => ["query", (client) => query(client, chance, model, filter)],
    () => ["query", (client) => query(client, chance, model, filter)],
    () => ["query without a query", (client) => browse(client, chance, model, filter)],
    () => ["query/groups", (client) => groups(client, chance, model, filter)],
    () => ["query/batch", (client) => batch(client, chance, model)],
    () => ["approximate query", (client) => approximate(client, chance, model, filter, recall)],
    () => ["approximate query of all", (client) => approximate(client, chance, model, {}, recall)],
  );
}

/** Everything: all points with payloads and vectors, and what the info counts. */
export async function everything(client: Client, model: Model): Promise<void> {
  const ids = sortedIds(model);
  const { points } = await client.scroll("c", { limit: 100_000, with_vector: true });
  expect(points.map(({ id }) => id)).toEqual(ids);
  for (const { id, payload, vector } of points) compareStored(model, id, payload, vector);
  expect(await client.count("c")).toEqual({ count: ids.length });
  const info = await client.getCollection("c");
  expect(info.points_count).toBe(ids.length);
  // Also names of vectors that no point has.
  const { vectors = {}, sparse_vectors } = info.config.params;
  const dense = typeof (vectors as { size?: unknown }).size === "number" ? [""] : Object.keys(vectors);
  const names = [...dense, ...Object.keys(sparse_vectors ?? {})];
  expect(names.sort()).toEqual([...model.spaces.keys()].sort());
  const schema = untyped<Record<string, { data_type: string; points: number }>>(info.payload_schema);
  const counted = Object.entries(schema).map(([path, { data_type, points }]) => [path, data_type, points]);
  const expected = [...model.indexes].map(([path, type]) => [path, type, withValue(model, path, type)]);
  expect(counted.sort()).toEqual(expected.sort());
}

function withValue(model: Model, path: string, type: string): number {
  return [...model.points.values()].filter(({ json }) =>
    valuesAt(json, path).some((value) => indexed(type, value) !== undefined),
  ).length;
}

function compareStored(model: Model, id: PointId, payload: unknown, vector: unknown): void {
  const stored = model.points.get(id) as Stored;
  expect(payload).toEqual(stored.payload);
  const unnamed = model.spaces.has("") && model.spaces.size === 1 && stored.vectors.has("");
  const got = (unnamed ? { "": vector } : vector) as Record<string, unknown>;
  expect(Object.keys(got).sort()).toEqual([...stored.vectors.keys()].sort());
  for (const [name, each] of stored.vectors) {
    const space = model.spaces.get(name) as Space;
    if (!comesBack(space, each, got[name])) expect(got[name], `vector ${name} of ${id}`).toEqual(each);
  }
}

async function count(client: Client, model: Model, filter: Filter): Promise<void> {
  expect(await client.count("c", { filter }), show(filter)).toEqual({
    count: matching(model, filter).length,
  });
}

async function scroll(client: Client, chance: Chance, model: Model, filter: Filter): Promise<void> {
  const limit = chance.between(1, 12);
  const offset = chance.is(0.6) ? anId(chance, model) : undefined;
  const request = { limit, filter, ...(offset !== undefined && { offset }) };
  const { points, next_page_offset } = await client.scroll("c", untyped(request));
  const all = matching(model, filter).filter((id) => offset === undefined || compareIds(id, offset) >= 0);
  expect(
    points.map(({ id }) => id),
    show(request),
  ).toEqual(all.slice(0, limit));
  expect(next_page_offset).toEqual(all[limit] ?? null);
  for (const { id, payload } of points) expect(payload).toEqual(model.points.get(id)?.payload);
}

async function retrieve(client: Client, chance: Chance, model: Model): Promise<void> {
  const ids = chance.some(8, () => anId(chance, model));
  const records = await client.retrieve("c", { ids: untyped<number[]>(ids), with_vector: true });
  expect(records.map(({ id }) => id)).toEqual([...new Set(ids)].filter((id) => model.points.has(id)));
  for (const { id, payload, vector } of records) compareStored(model, id, payload, vector);
}

const FACETS = ["keyword", "integer", "bool", "uuid"];
const ORDERS = ["integer", "float", "datetime"];

function indexOf(chance: Chance, model: Model, types: readonly string[]): [string, string] | undefined {
  const some = [...model.indexes].filter(([, type]) => types.includes(type));
  return some.length === 0 ? undefined : chance.pick(some);
}

async function facet(client: Client, chance: Chance, model: Model, filter: Filter): Promise<void> {
  const [key, type] = indexOf(chance, model, FACETS) ?? [];
  if (key === undefined || type === undefined) return;
  const counts = new Map<string | number | bigint | boolean, number>();
  for (const id of matching(model, filter)) {
    const values = valuesAt((model.points.get(id) as Stored).json, key).map((value) => indexed(type, value));
    for (const value of new Set(values))
      if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const limit = chance.between(1, 12);
  const { hits } = await client.facet("c", { key, filter, limit, exact: true });
  const got = hits.map(({ value, count }) => [exact(value), count]);
  expect(got, `facet ${key} ${show(filter)}`).toEqual(
    sorted.slice(0, limit).map(([value, count]) => [exact(value), count]),
  );
}

/** Integers as bigints, whichever they come as. */
function exact(value: unknown): unknown {
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value;
}

async function orderBy(client: Client, chance: Chance, model: Model, filter: Filter): Promise<void> {
  const [key, type] = indexOf(chance, model, ORDERS) ?? [];
  if (key === undefined || type === undefined) return;
  const descending = chance.is(0.5);
  const start = chance.is(0.4)
    ? type === "datetime"
      ? "2024-02-29T11:00:00Z"
      : chance.between(-1, 4)
    : undefined;
  const bound = typeof start === "string" ? Date.parse(start) * 1000 : start;
  const entries = matching(model, filter)
    .flatMap((id) => {
      const values = valuesAt((model.points.get(id) as Stored).json, key).map((value) =>
        indexed(type, value),
      );
      // Equal values of a point are one entry.
      return [...new Set(values)].flatMap((value) =>
        value === undefined ? [] : [{ id, value: value as number | bigint }],
      );
    })
    .filter(({ value }) => bound === undefined || (descending ? value <= bound : value >= bound))
    .sort((a, b) => (a.value === b.value ? compareIds(a.id, b.id) : a.value < b.value ? -1 : 1));
  if (descending) entries.reverse();
  const limit = chance.between(1, 30);
  const order_by = {
    key,
    direction: descending ? "desc" : "asc",
    ...(start !== undefined && { start_from: start }),
  };
  const request = { order_by, filter, limit };
  const { points } = await client.scroll("c", untyped(request));
  const got = points.map(({ id, order_value }) => [id, Number(order_value)]);
  expect(got, show(request)).toEqual(entries.slice(0, limit).map(({ id, value }) => [id, Number(value)]));
}

interface Wanted {
  space: Space;
  name: string;
  request: Record<string, unknown>;
  /** Scores of the points that could be found; undefined: the query's point has no vector, or is not there. */
  scores: Map<unknown, number> | undefined;
}

function aQueryOf(chance: Chance, model: Model, filter: Filter): Wanted | undefined {
  if (model.spaces.size === 0) return undefined;
  const [name, space] = chance.pick([...model.spaces]);
  const byId = chance.is(0.25) ? anId(chance, model) : undefined;
  const target = byId === undefined ? aQuery(chance, space) : model.points.get(byId)?.vectors.get(name);
  const request = {
    query: byId ?? (chance.is(0.2) ? { nearest: target } : target),
    ...(name !== "" && { using: name }),
    filter,
  };
  if (target === undefined) return { space, name, request, scores: undefined };
  const documents = new Map<PointId, Vector>();
  for (const [id, { vectors }] of model.points) {
    const vector = vectors.get(name);
    if (vector !== undefined) documents.set(id, vector);
  }
  // Of all documents, as idf counts them all; then of those that the filter leaves.
  const all = scores(space, target, documents);
  const met = new Set<unknown>(matching(model, filter));
  if (byId !== undefined) met.delete(byId);
  return { space, name, request, scores: new Map([...all].filter(([id]) => met.has(id))) };
}

function isNear(space: Space, got: number, score: number | undefined): boolean {
  return (
    score !== undefined &&
    (Math.fround(got) === Math.fround(score) ||
      Math.abs(got - score) <= tolerance(space) * Math.max(1, Math.abs(score)))
  );
}

async function query(client: Client, chance: Chance, model: Model, filter: Filter): Promise<void> {
  const wanted = aQueryOf(chance, model, filter);
  if (wanted === undefined) return;
  const limit = chance.between(1, 12);
  const offset = chance.is(0.3) ? chance.below(5) : 0;
  const threshold = chance.is(0.2) ? chance.between(-40, 40) / 8 + 1 / 32 : undefined;
  const request = {
    ...wanted.request,
    limit,
    offset,
    params: { exact: true },
    ...(threshold !== undefined && { score_threshold: threshold }),
  };
  const answer = client.query("c", untyped(request));
  if (wanted.scores === undefined) {
    await expect(answer, show(request)).rejects.toMatchObject({ name: "NearvecError" });
    return;
  }
  const { space, scores } = wanted;
  const larger = isLarger(space);
  const best = [...scores.values()]
    .filter((score) => threshold === undefined || (larger ? score > threshold : score < threshold))
    .sort((a, b) => (larger ? b - a : a - b))
    .slice(offset, offset + limit);
  const { points } = await answer;
  const text = `${wanted.name} ${show(request)}`;
  expect(points.length, text).toBe(best.length);
  points.forEach(({ id, score }, i) => {
    expectNear(space, score, best[i], text);
    expectNear(space, score, scores.get(id), `${text}: ${id}`);
  });
  expect(new Set(points.map(({ id }) => id)).size).toBe(points.length);
}

/** Without a query: points by id, every score 1; an offset counts. */
async function browse(client: Client, chance: Chance, model: Model, filter: Filter): Promise<void> {
  const limit = chance.between(1, 12);
  const offset = chance.below(6);
  const { points } = await client.query("c", untyped({ filter, limit, offset }));
  const wanted = matching(model, filter).slice(offset, offset + limit);
  expect(
    points.map(({ id, score }) => [id, score]),
    show(filter),
  ).toEqual(wanted.map((id) => [id, 1]));
}

const GROUPED = ["kw", "n", "u", "o.x", "list[].x", "list[].y", "words"];

/** The groups of a point: none if any of its values can't name one. */
function groupsOf({ json }: Stored, path: string): (string | bigint)[] {
  const values = valuesAt(json, path);
  const names = values.filter((value) => typeof value === "string" || typeof value === "bigint");
  return names.length === values.length ? [...new Set(names)] : [];
}

async function groups(client: Client, chance: Chance, model: Model, filter: Filter): Promise<void> {
  const wanted = aQueryOf(chance, model, filter);
  if (wanted?.scores === undefined) return;
  const { space, scores } = wanted;
  const group_by = chance.pick(GROUPED);
  const limit = chance.between(1, 6);
  const group_size = chance.between(1, 4);
  const better = (a: number, b: number) => (isLarger(space) ? b - a : a - b);
  const members = new Map<string | bigint, Map<unknown, number>>();
  for (const [id, score] of scores) {
    for (const group of groupsOf(model.points.get(id as PointId) as Stored, group_by)) {
      if (!members.has(group)) members.set(group, new Map());
      members.get(group)?.set(id, score);
    }
  }
  const best = [...members.values()]
    .map((own) => [...own.values()].sort(better))
    .sort(([a = 0], [b = 0]) => better(a, b));
  const request = { ...wanted.request, group_by, limit, group_size, params: { exact: true } };
  const answer = await client.queryGroups("c", untyped(request));
  const text = `${wanted.name} ${show(request)}`;
  expect(answer.groups.length, text).toBe(Math.min(limit, best.length));
  for (const [i, { id, hits }] of answer.groups.entries()) {
    const own = members.get(exact(id) as string | bigint) ?? new Map<unknown, number>();
    const most = [...own.values()].sort(better).slice(0, group_size);
    expect(hits.length, `${text}: ${id}`).toBe(most.length);
    // Of groups and of hits that are as good as each other any may come first.
    expectNear(space, hits[0]?.score, best[i]?.[0], `${text}: group ${i}`);
    for (const [j, hit] of hits.entries()) {
      expectNear(space, hit.score, most[j], `${text}: ${id}`);
      expectNear(space, hit.score, own.get(hit.id), `${text}: ${id}, ${hit.id}`);
    }
    expect(new Set(hits.map((hit) => hit.id)).size, text).toBe(hits.length);
  }
  expect(new Set(answer.groups.map(({ id }) => id)).size, text).toBe(answer.groups.length);
}

function expectNear(space: Space, got: number | undefined, score: number | undefined, text: string): void {
  if (got !== undefined && isNear(space, got, score)) return;
  expect(got, text).toBe(score);
}

/** Several queries at once are answered as each alone. */
async function batch(client: Client, chance: Chance, model: Model): Promise<void> {
  const asked = chance.some(3, () =>
    aQueryOf(chance, model, chance.is(0.5) ? someFilter(chance, model) : {}),
  );
  const searches = asked.flatMap((wanted) =>
    wanted?.scores === undefined
      ? []
      : [
          {
            ...wanted.request,
            limit: chance.between(1, 12),
            params: { exact: true },
            with_payload: chance.is(0.3),
          },
        ],
  );
  const together = await client.queryBatch("c", untyped({ searches }));
  for (const [i, search] of searches.entries()) {
    const alone = await client.query("c", untyped(search));
    expectSame(together[i]?.points ?? [], alone.points, show(search));
  }
}

/**
 * The same points with the same scores, but for the last bits of these: indexing goes on meanwhile, and one kernel adds up in
 * another order than the other. Points that are as good as the last may then be others.
 */
function expectSame(got: readonly Scored[], wanted: readonly Scored[], text: string): void {
  expect(got.length, text).toBe(wanted.length);
  const last = wanted.at(-1)?.score ?? 0;
  got.forEach((point, rank) => {
    expect(isClose(point.score, wanted[rank]?.score ?? Number.NaN), text).toBe(true);
    const same = wanted.find(({ id }) => id === point.id);
    if (same === undefined) expect(isClose(point.score, last), text).toBe(true);
    else expect({ ...point, score: 0 }, text).toEqual({ ...same, score: 0 });
  });
}

type Scored = Awaited<ReturnType<Client["query"]>>["points"][number];

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(b));
}

async function approximate(
  client: Client,
  chance: Chance,
  model: Model,
  filter: Filter,
  recall: Recall,
): Promise<void> {
  const wanted = aQueryOf(chance, model, filter);
  if (wanted?.scores === undefined) return;
  const limit = chance.between(1, 10);
  // Far fewer than usual, so that mistakes show; lists of vectors are looked for more widely where it takes that.
  const hnsw_ef = wanted.space.kind === "multi" ? 2 : 16;
  const request = { ...wanted.request, limit, params: { hnsw_ef } };
  const { points } = await client.query("c", untyped(request));
  // Never too few, never one that does not match.
  const { space, scores } = wanted;
  expect(points.length, show(request)).toBe(Math.min(limit, scores.size));
  const sorted = [...scores.values()].sort((a, b) => (isLarger(space) ? b - a : a - b));
  const worst = sorted[points.length - 1] ?? 0;
  for (const { id, score } of points) {
    const own = scores.get(id) ?? Number.NaN;
    expect(Math.abs(score - own), `${show(request)}: ${id}`).toBeLessThanOrEqual(
      1e-4 * Math.max(1, Math.abs(own)),
    );
    const good = isLarger(space) ? own >= worst - 1e-4 : own <= worst + 1e-4;
    recall.found += good ? 1 : 0;
    recall.wanted++;
  }
}
