/**
 * Writers that share a collection, each with ids of its own: one's operations follow each other, and don't depend on the
 * others'. So what a crash leaves of them is told for each by itself, in whatever order a server took them.
 */
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { Chance } from "../../conformance/model/chance.ts";
import type { Client } from "../../conformance/support.ts";

export const SHARED = "shared";
export const OWNERS = 4;
const DIM = 8;
/** Of each owner. */
const IDS = 250;
const TAGS = 5;

export interface OwnedPoint {
  readonly vector: readonly number[];
  readonly payload: Readonly<Record<string, unknown>>;
}
export type Owned = Map<number, OwnedPoint>;

export const CREATION = {
  vectors: { size: DIM, distance: "Euclid" },
  // A graph that searches go through with few points, and that has to be rebuilt now and then.
  hnsw_config: { m: 8, ef_construct: 60, full_scan_threshold: 10 },
  // A checkpoint as often as may be.
  optimizers_config: { vacuum_min_vector_number: 100, flush_interval_sec: 0 },
  wal_config: { wal_capacity_mb: 1 },
} as const;

interface Operation {
  /** What it makes of the owner's points. */
  readonly effect: (points: Owned) => void;
  readonly send: (client: Client) => Promise<unknown>;
}

/** Decided by the chance and by what the owner has. */
function operation(chance: Chance, owner: number, points: Owned): Operation {
  const there = [...points.keys()];
  const some = () => [...new Set(chance.some(8, () => chance.pick(there), 1))];
  const change = (to: (point: OwnedPoint) => OwnedPoint, ids: readonly number[]) => (all: Owned) => {
    for (const id of ids) all.set(id, to(all.get(id) as OwnedPoint));
  };
  const wait = chance.is(0.7);
  if (there.length === 0 || chance.is(0.5)) {
    const list = chance.some(30, () => aPoint(chance, owner), 1);
    return {
      effect: (all) => {
        for (const { id, ...point } of list) all.set(id, point);
      },
      send: (client) => client.upsert(SHARED, { wait, points: list }),
    };
  }
  const ids = some();
  const stamp = chance.below(1e6);
  return chance.one<Operation>(
    () => ({
      effect: (all) => {
        for (const id of ids) all.delete(id);
      },
      send: (client) => client.delete(SHARED, { wait, points: ids }),
    }),
    () => ({
      effect: change(({ vector, payload }) => ({ vector, payload: { ...payload, set: stamp } }), ids),
      send: (client) => client.setPayload(SHARED, { wait, points: ids, payload: { set: stamp } }),
    }),
    () => ({
      effect: change(({ vector }) => ({ vector, payload: { tag: tag(stamp), set: stamp } }), ids),
      send: (client) =>
        client.overwritePayload(SHARED, { wait, points: ids, payload: { tag: tag(stamp), set: stamp } }),
    }),
    () => ({
      effect: change(({ vector, payload: { set, ...payload } }) => ({ vector, payload }), ids),
      send: (client) => client.deletePayload(SHARED, { wait, points: ids, keys: ["set"] }),
    }),
    () => {
      const list = ids.map((id) => ({ id, vector: aVector(chance) }));
      return {
        effect: (all) => {
          for (const { id, vector } of list) change(({ payload }) => ({ vector, payload }), [id])(all);
        },
        send: (client) => client.updateVectors(SHARED, { wait, points: list }),
      };
    },
  );
}

function aPoint(chance: Chance, owner: number) {
  const id = chance.below(IDS) * OWNERS + owner;
  return {
    id,
    vector: aVector(chance),
    payload: { tag: tag(chance.below(TAGS)), text: "x".repeat(chance.below(40)) },
  };
}

/** Multiples of 1/8, which come back as they are. */
function aVector(chance: Chance): number[] {
  return Array.from({ length: DIM }, () => chance.between(-80, 80) / 8);
}

function tag(number: number): string {
  return `t${number % TAGS}`;
}

/** An owner at work: how far it came is told after a number of operations. */
export class Owner {
  readonly #chance: Chance;
  readonly #owner: number;
  readonly points: Owned;

  /** @param before what it has, which is changed */
  constructor(owner: number, seed: number, before: Owned) {
    this.#owner = owner;
    this.#chance = new Chance(seed);
    this.points = before;
  }

  /** Decides on the next operation, and counts it as done. */
  next(): Operation["send"] {
    const { effect, send } = operation(this.#chance, this.#owner, this.points);
    effect(this.points);
    return send;
  }
}

/** What an owner has after so many operations. */
export function ownedAfter(owner: number, seed: number, before: Owned, operations: number): Owned {
  const at = new Owner(owner, seed, new Map(before));
  for (let i = 0; i < operations; i++) at.next();
  return at.points;
}

/** All that is there, by owner. */
export async function ownedThere(client: Client): Promise<Owned[]> {
  const all = Array.from({ length: OWNERS }, (): Owned => new Map());
  const { points } = await client.scroll(SHARED, { limit: 100_000, with_vector: true });
  for (const { id, vector, payload } of points) {
    const point = { vector: vector as number[], payload: payload ?? {} };
    (all[Number(id) % OWNERS] as Owned).set(Number(id), point);
  }
  return all;
}

export function sameOwned(a: Owned, b: Owned): boolean {
  return isDeepStrictEqual(a, b);
}

const K = 10;
const QUERIES = 12;
/** Of answers through the graph. */
const LEAST_RECALL = 0.9;

/** Exact searches find what comparing with every point finds, those through the graph most of it; filters count right. */
export async function compareSearches(client: Client, owned: readonly Owned[], seed: number): Promise<void> {
  const chance = new Chance(seed);
  const all = owned.flatMap((points) => [...points]);
  for (let i = 0; i < TAGS; i++) {
    const filter = { must: [{ key: "tag", match: { value: tag(i) } }] };
    const met = all.filter(([, { payload }]) => payload.tag === tag(i)).length;
    expect(await client.count(SHARED, { filter }), tag(i)).toEqual({ count: met });
  }
  let found = 0;
  let wanted = 0;
  for (let i = 0; i < QUERIES; i++) {
    const query = aVector(chance);
    const best = all
      .map(([, { vector }]) => Math.hypot(...vector.map((x, at) => x - (query[at] as number))))
      .sort((a, b) => a - b)
      .slice(0, K);
    const scores = async (params: object) =>
      (await client.query(SHARED, { query, limit: K, params })).points.map(({ score }) => score);
    const exact = await scores({ exact: true });
    expect(exact.length).toBe(best.length);
    for (const [at, score] of exact.entries()) expect(score).toBeCloseTo(best[at] as number, 3);
    const farthest = (best.at(-1) ?? 0) + 1e-3;
    found += (await scores({ hnsw_ef: 64 })).filter((score) => score <= farthest).length;
    wanted += best.length;
  }
  if (wanted > 0) expect(found / wanted, "recall").toBeGreaterThanOrEqual(LEAST_RECALL);
}
