/** Random writes of every kind, and what each does to a Map of points. */

import { compareIds } from "../../../src/points/ids.ts";
import type { Json } from "../../filters/naive.ts";
import type { Client } from "../support.ts";
import { untyped } from "../support.ts";
import type { Chance } from "./chance.ts";
import { type Asked, aFilter, type Filter, meets, type PointId } from "./filters.ts";
import {
  aPayload,
  deleteIn,
  type INDEXES,
  json,
  PATHS,
  type Payload,
  setIn,
  steps,
  UUIDS,
} from "./payloads.ts";
import { aVector, kept, type Space, type Vector } from "./vectors.ts";

export interface Stored {
  payload: Payload;
  /** The payload for filters. */
  json: Json;
  vectors: Map<string, Vector>;
}

export interface Model {
  points: Map<PointId, Stored>;
  /** By name; "" is the unnamed one. */
  spaces: Map<string, Space>;
  /** Types of payload indexes, by path. */
  indexes: Map<string, string>;
  /** Paths that indexes may be on, with their types. */
  paths: typeof INDEXES;
  /** How many integers are ids; points are written in lists of about a tenth of that. */
  ids: number;
  /** Names that come and go. */
  floating: readonly (readonly [string, Space])[];
}

/** A write: how it is called, and what it does; false when it needs a point that is not there. */
export interface Write {
  /** For a report of what went before a failure. */
  text: string;
  send: (client: Client) => Promise<unknown>;
  effect: () => boolean;
  /** Of several operations in one call: the effect of each. Those up to the first that fails are applied. */
  parts?: readonly (() => boolean)[];
  /** Whether it may come twice in a row. */
  repeatable: boolean;
}

export function sortedIds({ points }: Model): PointId[] {
  return [...points.keys()].sort(compareIds);
}

/** The points that meet a filter, in the order of their ids. */
export function matching(model: Model, filter: Filter): PointId[] {
  const tokenized = new Set([...model.indexes].filter(([, type]) => type === "text").map(([path]) => path));
  return sortedIds(model).filter((id) => {
    const { json, vectors } = model.points.get(id) as Stored;
    return meets(filter, { id, payload: json, vectors: [...vectors.keys()] }, tokenized);
  });
}

function asked(model: Model): Asked {
  return {
    ids: [...sortedIds(model).slice(0, 10), 1, 2, 3, ...UUIDS],
    names: [...model.spaces.keys(), "none"],
  };
}

export const someFilter = (chance: Chance, model: Model) => aFilter(chance, asked(model));

const BIG = [2n ** 53n, 2n ** 64n - 1n, 424242424242424242n];

/** An id as it comes back. */
export function anId(chance: Chance, model: Model): PointId {
  if (chance.is(0.9)) return chance.below(model.ids);
  return chance.is(0.5) ? chance.pick(BIG) : chance.pick(UUIDS);
}

/** An id as a program may write it. */
function written(chance: Chance, id: PointId): PointId {
  if (typeof id === "number") return chance.is(0.1) ? BigInt(id) : id;
  if (typeof id === "bigint") return id;
  return chance.pick([id, id.toUpperCase(), id.replaceAll("-", ""), `urn:uuid:${id}`, `{${id}}`]);
}

/** Ids of points that are there, and seldom any other. */
function existing(chance: Chance, model: Model, most: number): PointId[] {
  const there = sortedIds(model);
  const ids = there.length === 0 ? [] : chance.some(most, () => chance.pick(there));
  return chance.is(0.05) ? [...ids, anId(chance, model)] : ids;
}

function put(model: Model, id: PointId, payload: Payload, vectors: Map<string, Vector>): void {
  model.points.set(id, { payload, json: json(payload), vectors });
}

type Operation = Record<string, Record<string, unknown>>;
interface Made {
  operation: Operation;
  effect: () => boolean;
  /** False where doing it twice is not doing it once, by its nature. */
  repeatable?: boolean;
}

/** One write of some kind. */
export function aWrite(chance: Chance, model: Model): Write {
  if (chance.is(0.08)) return aBatch(chance, model);
  if (model.paths.length > 0 && chance.is(0.04)) return anIndexChange(chance, model);
  if (model.floating.length > 0 && chance.is(0.02)) return aNameChange(chance, model);
  const { operation, effect } = anOperation(chance, model);
  return { text: show(operation), send: (client) => send(client, operation), effect, repeatable: true };
}

/** Writes that are sent without waiting for each other: they take effect in their order all the same. */
export function severalWrites(chance: Chance, model: Model): { write: Write; done: boolean }[] {
  return chance.some(
    6,
    () => {
      // Names of vectors are looked up when a request is checked, so a new one is waited for.
      const write = aWrite(chance, { ...model, floating: [] });
      return { write, done: write.effect() };
    },
    2,
  );
}

export function show(value: unknown): string {
  return JSON.stringify(value, (_, each) =>
    typeof each === "bigint" ? `${each}n` : each instanceof Float32Array ? Array.from(each) : each,
  );
}

const METHODS = {
  upsert: "upsert",
  delete: "delete",
  set_payload: "setPayload",
  overwrite_payload: "overwritePayload",
  delete_payload: "deletePayload",
  clear_payload: "clearPayload",
  update_vectors: "updateVectors",
  delete_vectors: "deleteVectors",
} as const;

function send(client: Client, operation: Operation): Promise<unknown> {
  const [[kind, request] = []] = Object.entries(operation);
  return client[METHODS[kind as keyof typeof METHODS]]("c", untyped({ ...request, wait: true }));
}

/** Several operations, of which those up to the first that fails are applied. */
function aBatch(chance: Chance, model: Model): Write {
  const made: Made[] = chance.some(4, () => anOperation(chance, model));
  const operations = made.map(({ operation }) => operation);
  return {
    text: show({ operations }),
    send: (client) => client.batchUpdate("c", untyped({ operations, wait: true })),
    effect: () => made.every(({ effect }) => effect()),
    parts: made.map(({ effect }) => effect),
    // A later operation may undo what an earlier one asks for: twice need not be once.
    repeatable: false,
  };
}

function anIndexChange(chance: Chance, model: Model): Write {
  const [field_name, types] = chance.pick(model.paths);
  if (model.indexes.has(field_name) && chance.is(0.5)) {
    return {
      text: `deletePayloadIndex ${field_name}`,
      send: (client) => client.deletePayloadIndex("c", field_name, { wait: true }),
      effect: () => {
        model.indexes.delete(field_name);
        return true;
      },
      repeatable: true,
    };
  }
  const type = chance.pick(types);
  const params = type === "text" ? { type, phrase_matching: true, lowercase: true } : type;
  const request = { field_name, field_schema: params, wait: true };
  return {
    text: `createPayloadIndex ${show(request)}`,
    send: (client) => client.createPayloadIndex("c", untyped(request)),
    effect: () => {
      model.indexes.set(field_name, type);
      return true;
    },
    repeatable: true,
  };
}

function aNameChange(chance: Chance, model: Model): Write {
  const [name, space] = chance.pick(model.floating);
  if (model.spaces.has(name)) {
    return {
      text: `deleteVectorName ${name}`,
      send: (client) => client.deleteVectorName("c", name, { wait: true }),
      effect: () => {
        model.spaces.delete(name);
        for (const { vectors } of model.points.values()) vectors.delete(name);
        return true;
      },
      repeatable: false,
    };
  }
  const config =
    space.kind === "sparse"
      ? { sparse: { ...(space.idf && { modifier: "idf" }) } }
      : {
          dense: {
            size: space.size,
            distance: space.distance,
            ...(space.kind === "multi" && { multivector_config: { comparator: "max_sim" } }),
          },
        };
  return {
    text: `createVectorName ${name} ${show(config)}`,
    send: (client) => client.createVectorName("c", name, untyped(config), { wait: true }),
    effect: () => {
      model.spaces.set(name, space);
      return true;
    },
    repeatable: false,
  };
}

function anOperation(chance: Chance, model: Model): Made {
  return chance.one<Made>(
    () => anUpsert(chance, model),
    () => anUpsert(chance, model),
    () => anUpsert(chance, model),
    () => columns(chance, model),
    () => columns(chance, model),
    () => deletion(chance, model),
    () => payloadChange(chance, model),
    () => payloadChange(chance, model),
    () => payloadChange(chance, model),
    () => vectorUpdate(chance, model),
    () => vectorUpdate(chance, model),
    () => vectorDeletion(chance, model),
  );
}

interface Point {
  id: PointId;
  vectors: Map<string, Vector>;
  payload: Payload | null | undefined;
}

const MODES = [undefined, undefined, undefined, "upsert", "insert_only", "update_only"] as const;

/** `update_mode` and `update_filter`, and the upsert of points under them. */
function upserting(
  chance: Chance,
  model: Model,
  points: () => Point[],
): { more: object; effect: () => boolean } {
  const mode = chance.pick(MODES);
  const filter = chance.is(0.2) ? someFilter(chance, model) : undefined;
  const effect = () => {
    const before = new Set(model.points.keys());
    const met = filter && new Set(matching(model, filter));
    for (const { id, vectors, payload } of points()) {
      const there = before.has(id);
      if (mode === "insert_only" ? there : mode === "update_only" && !there) continue;
      if (there && met !== undefined && !met.has(id)) continue;
      put(model, id, payload ?? {}, vectors);
    }
    return true;
  };
  const more = { ...(mode !== undefined && { update_mode: mode }), ...(filter && { update_filter: filter }) };
  return { more, effect };
}

const many = (model: Model) => Math.max(6, Math.ceil(model.ids / 10));

function aPoint(chance: Chance, model: Model, names: readonly string[]): Point {
  const vectors = new Map(names.map((name) => [name, aVector(chance, spaceOf(model, name))] as const));
  const payload = chance.one<Point["payload"]>(
    () => undefined,
    () => null,
    ...new Array(8).fill(() => aPayload(chance)),
  );
  return { id: anId(chance, model), vectors, payload };
}

function spaceOf(model: Model, name: string): Space {
  return model.spaces.get(name) as Space;
}

function keptOf(model: Model, vectors: ReadonlyMap<string, Vector>): Map<string, Vector> {
  return new Map([...vectors].map(([name, vector]) => [name, kept(spaceOf(model, name), vector)]));
}

/** Vectors as a program gives them: the unnamed one now and then by itself, rows now and then typed. */
function given(chance: Chance, vectors: ReadonlyMap<string, Vector>): unknown {
  const typed = (vector: Vector) =>
    Array.isArray(vector) && typeof vector[0] === "number" && chance.is(0.2)
      ? Float32Array.from(vector as number[])
      : vector;
  const unnamed = vectors.get("");
  if (vectors.size === 1 && unnamed !== undefined && chance.is(0.8)) return typed(unnamed);
  return Object.fromEntries([...vectors].map(([name, vector]) => [name, typed(vector)]));
}

function someNames(chance: Chance, model: Model, probability = 0.7): string[] {
  return [...model.spaces.keys()].filter(() => chance.is(model.spaces.size === 1 ? 0.9 : probability));
}

function anUpsert(chance: Chance, model: Model): Made {
  const points = chance.some(many(model), () => aPoint(chance, model, someNames(chance, model)));
  const list = points.map(({ id, vectors, payload }) => ({
    id: written(chance, id),
    vector: given(chance, vectors),
    ...(payload !== undefined && { payload }),
  }));
  const { more, effect } = upserting(chance, model, () =>
    points.map((point) => ({ ...point, vectors: keptOf(model, point.vectors) })),
  );
  return { operation: { upsert: { points: list, ...more } }, effect };
}

function columns(chance: Chance, model: Model): Made {
  // One column for each name, at least one unless there are none.
  const all = [...model.spaces.keys()];
  const some = someNames(chance, model);
  const names = some.length > 0 ? some : all;
  const unnamed = names.length === 1 && names[0] === "";
  const points = chance.some(many(model), () => aPoint(chance, model, names), 1);
  const column = (name: string) => points.map(({ vectors }) => vectors.get(name));
  const batch = {
    ids: points.map(({ id }) => written(chance, id)),
    vectors: unnamed ? column("") : Object.fromEntries(names.map((name) => [name, column(name)])),
    ...(chance.is(0.8) && { payloads: points.map(({ payload }) => payload) }),
  };
  const { more, effect } = upserting(chance, model, () =>
    points.map((point) => ({
      ...point,
      payload: batch.payloads === undefined ? undefined : point.payload,
      vectors: keptOf(model, point.vectors),
    })),
  );
  return { operation: { upsert: { batch, ...more } }, effect };
}

/** Who a write is about: points by ids, by a filter, or by both; undefined: one that is named is not there. */
function selector(chance: Chance, model: Model, most: number) {
  const ids = existing(chance, model, most);
  const filter = chance.is(0.4) ? someFilter(chance, model) : undefined;
  const byIds = filter === undefined || chance.is(0.7);
  const found = (): PointId[] | undefined => {
    if (filter === undefined) return ids.every((id) => model.points.has(id)) ? [...new Set(ids)] : undefined;
    const met = matching(model, filter);
    return byIds ? met.filter((id) => ids.includes(id)) : met;
  };
  const request = {
    ...(byIds && { points: ids.map((id) => written(chance, id)) }),
    ...(filter && { filter }),
  };
  return { request, found, filter, ids };
}

function deletion(chance: Chance, model: Model): Made {
  const { request, found, filter, ids } = selector(chance, model, 4);
  const effect = () => {
    for (const id of filter === undefined ? ids : (found() ?? [])) model.points.delete(id);
    return true;
  };
  return { operation: { delete: request }, effect };
}

function payloadChange(chance: Chance, model: Model): Made {
  const { request, found } = selector(chance, model, 6);
  const change = (to: (payload: Payload) => unknown) => () => {
    const ids = found();
    for (const id of ids ?? []) {
      const { payload, vectors } = model.points.get(id) as Stored;
      put(model, id, to(payload) as Payload, vectors);
    }
    return ids !== undefined;
  };
  const payload = aPayload(chance, 2);
  const key = chance.is(0.5) ? chance.pick(PATHS) : undefined;
  const keys = chance.some(3, () => chance.pick(PATHS));
  const set = (): Made => ({
    operation: { set_payload: { ...request, payload, ...(key !== undefined && { key }) } },
    effect: change((old) => setIn(old, steps(key ?? ""), payload)),
  });
  return chance.one<Made>(
    set,
    set,
    () => ({
      operation: { overwrite_payload: { ...request, payload } },
      effect: change(() => payload),
    }),
    () => ({
      operation: { delete_payload: { ...request, keys } },
      effect: change((old) => keys.reduce((rest: unknown, key) => deleteIn(rest, steps(key)), old)),
    }),
    () => ({ operation: { clear_payload: request }, effect: change(() => ({})) }),
  );
}

function vectorUpdate(chance: Chance, model: Model): Made {
  const names = [...model.spaces.keys()];
  // At least one point is asked for: where there is none, one that is missing.
  const there = existing(chance, model, 6);
  const ids = there.length === 0 ? [999_999] : there;
  const filter = chance.is(0.2) ? someFilter(chance, model) : undefined;
  const points = ids.map((id) => {
    const some = someNames(chance, model, 0.4);
    const named = some.length > 0 ? some : [chance.pick(names)];
    return {
      id,
      vectors: new Map(named.map((name) => [name, aVector(chance, spaceOf(model, name))] as const)),
    };
  });
  const list = points.map(({ id, vectors }) => ({ id: written(chance, id), vector: given(chance, vectors) }));
  const effect = () => {
    if (!ids.every((id) => model.points.has(id))) return false;
    const met = filter && new Set(matching(model, filter));
    for (const { id, vectors } of points) {
      if (met !== undefined && !met.has(id)) continue;
      const old = model.points.get(id) as Stored;
      put(model, id, old.payload, new Map([...old.vectors, ...keptOf(model, vectors)]));
    }
    return true;
  };
  return {
    operation: { update_vectors: { points: list, ...(filter && { update_filter: filter }) } },
    effect,
  };
}

function vectorDeletion(chance: Chance, model: Model): Made {
  const { request, found } = selector(chance, model, 6);
  const names = [...model.spaces.keys()];
  const some = names.filter(() => chance.is(0.4));
  const vector = some.length > 0 ? some : [chance.pick(names)];
  const effect = () => {
    const ids = found();
    for (const id of ids ?? []) {
      const { payload, vectors } = model.points.get(id) as Stored;
      put(model, id, payload, new Map([...vectors].filter(([name]) => !vector.includes(name))));
    }
    return ids !== undefined;
  };
  return {
    operation: { delete_vectors: { ...request, [chance.is(0.9) ? "vector" : "vectors"]: vector } },
    effect,
  };
}
