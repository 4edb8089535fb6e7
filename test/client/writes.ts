/**
 * Random writes of every kind, and what each does to a Map: an implementation of its own, as plain as it gets.
 */
import fc from "fast-check";
import type { NearvecClient } from "../../src/client/client.ts";
import type { PointId, UpdateOperation } from "../../src/index.ts";
import { compareIds, parseId } from "../../src/points/ids.ts";
import { type Json, naive } from "../filters/naive.ts";
import { untyped } from "./support.ts";

export const SIZE = 5;

type Payload = Record<string, unknown>;

interface Stored {
  vector: number[] | undefined;
  payload: Payload;
}

export type Model = Map<PointId, Stored>;

/** An id as a program may write it, and as it comes back. */
export interface Id {
  given: PointId;
  canonical: PointId;
}

const UUIDS = [
  "00000000-0000-0000-0000-000000000001",
  "550e8400-e29b-41d4-a716-446655440000",
  "ffffffff-ffff-ffff-ffff-ffffffffffff",
];

export const anId: fc.Arbitrary<Id> = fc.oneof(
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

/** Eighths of small integers: sums of their products are exact in f32. */
export const aVector = fc.array(
  fc.integer({ min: -16, max: 16 }).map((value) => value / 8),
  { minLength: SIZE, maxLength: SIZE },
);

const aValue = fc.oneof(
  fc.string({ maxLength: 9 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.integer(), { maxLength: 3 }),
);
/** Of keys that paths lead to, so that writes meet each other. */
const aShared: fc.Arbitrary<Payload> = fc.record(
  {
    a: fc.oneof(aValue, fc.dictionary(fc.constantFrom("b", "c"), aValue, { noNullPrototype: true })),
    list: fc.array(fc.oneof(fc.integer(), fc.record({ x: fc.nat() })), { maxLength: 3 }),
    "with space": aValue,
  },
  { requiredKeys: [], noNullPrototype: true },
);
const anyKey = fc.string({ maxLength: 5 }).filter((key) => key !== "__proto__");
const aPayload: fc.Arbitrary<Payload> = fc.oneof(
  fc.dictionary(anyKey, aValue, { maxKeys: 3, noNullPrototype: true }),
  aShared,
);
const aPath = fc.constantFrom(
  "a",
  "a.b",
  "a.b.c",
  "list",
  "list[]",
  "list[0]",
  "list[1].x",
  "list[].x",
  "list[].y.z",
  "none[].x",
  '"with space"',
  "new.er",
);

const aPoint = fc.record({
  id: anId,
  vector: fc.option(aVector, { nil: undefined, freq: 8 }),
  payload: fc.oneof(fc.constant(undefined), fc.constant(null), aPayload),
});
const somePoints = fc.array(aPoint, { maxLength: 6 });
const aMode = fc.constantFrom(undefined, "upsert" as const, "insert_only" as const, "update_only" as const);

const places = fc.array(fc.nat(20), { maxLength: 4 });

/** Points that are there when the write comes, by their places in the order, and now and then any other. */
const selection = fc.oneof(
  { weight: 6, arbitrary: fc.record({ places, other: fc.constant(undefined) }) },
  { weight: 1, arbitrary: fc.record({ places, other: anId }) },
);

const kind = <T extends string>(name: T) => fc.constant(name);

const range = fc.record({ gte: fc.integer({ min: -9, max: 0 }), lt: fc.integer({ min: 1, max: 2 ** 31 }) });
const aCondition: fc.Arbitrary<object> = fc.oneof(
  fc.record({
    key: fc.constantFrom("a", "a.b", "list[]", "list[].x"),
    match: fc.record({ except: fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 3 }) }),
  }),
  fc.record({ key: fc.constantFrom("a", "a.c", "list", "list[].x"), range }),
  fc.record({
    key: fc.constantFrom("a", "with space", "list").map(quoted),
    match: fc.record({ value: fc.boolean() }),
  }),
  fc.record({
    is_empty: fc.record({ key: fc.constantFrom("a", "a.b", "list", "with space").map(quoted) }),
  }),
  fc.record({ is_null: fc.record({ key: fc.constantFrom("a", "a.b") }) }),
  fc.record({ has_id: fc.array(anId, { maxLength: 5 }).map((ids) => ids.map(({ given }) => given)) }),
  fc.constant({ has_vector: "" }),
);

function quoted(key: string): string {
  return key.includes(" ") ? `"${key}"` : key;
}

/** A filter of few conditions, which often finds some points and often leaves some out. */
export const aFilter: fc.Arbitrary<object> = fc.record(
  {
    must: fc.array(aCondition, { maxLength: 1 }),
    should: fc.array(aCondition, { maxLength: 2 }),
    must_not: fc.array(aCondition, { maxLength: 1 }),
  },
  { requiredKeys: [] },
);

/** The points that meet a filter, in the order of their ids. */
export function matching(model: Model, filter: object): PointId[] {
  const asked = canonicalIds(filter);
  return sortedIds(model).filter((id) => {
    const { payload, vector } = model.get(id) as Stored;
    return naive(asked, { id, payload: json(payload), vectors: vector === undefined ? [] : [""] });
  });
}

/** Ids as they come back: the naive evaluator compares them as text. */
function canonicalIds(filter: object): object {
  const condition = (each: object) =>
    "has_id" in each ? { has_id: (each.has_id as PointId[]).map((id) => parseId(id, "id")) } : each;
  return Object.fromEntries(Object.entries(filter).map(([clause, list]) => [clause, list.map(condition)]));
}

/** A payload as the naive evaluator reads it. */
function json(value: unknown): Json {
  if (Array.isArray(value)) return value.map(json);
  if (isObject(value)) return new Map(Object.entries(value).map(([key, each]) => [key, json(each)]));
  return Number.isInteger(value) ? BigInt(value as number) : (value as Json);
}

/** One write. */
export const aWrite = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind("filtered"),
      filter: aFilter,
      named: fc.option(fc.array(anId, { maxLength: 8 }), { nil: undefined }),
      payload: fc.option(aPayload, { nil: undefined }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: kind("points"), points: somePoints, mode: aMode }) },
  { weight: 3, arbitrary: fc.record({ kind: kind("batch"), points: somePoints, mode: aMode }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("delete"), ids: fc.array(anId, { maxLength: 4 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind("set_payload"),
      selection,
      payload: aPayload,
      key: fc.option(aPath, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind("overwrite_payload"), selection, payload: aPayload }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind("delete_payload"),
      selection,
      keys: fc.array(aPath, { maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind("clear_payload"), selection }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind("update_vectors"),
      selection,
      vectors: fc.array(aVector, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind("delete_vectors"), selection }) },
);
export type Write = typeof aWrite extends fc.Arbitrary<infer T> ? T : never;

/** A write as the client takes it, and what it does; false when it needs a point that is not there. */
interface Step {
  operation: UpdateOperation;
  effect: () => boolean;
}

/** The write as it is meant now, for the points that the model has. */
export function stepOf(model: Model, write: Write): Step {
  switch (write.kind) {
    case "points":
    case "batch":
      return upsertStep(model, write);
    case "filtered":
      return filteredStep(model, write);
    case "delete":
      return {
        operation: { delete: { points: write.ids.map(({ given }) => given) } },
        effect: () => {
          for (const { canonical } of write.ids) model.delete(canonical);
          return true;
        },
      };
    default: {
      const ids = selected(model, write.selection);
      return {
        operation: operationOn(
          ids.map(({ given }) => given),
          write,
        ),
        effect: () => change(model, ids, write),
      };
    }
  }
}

/** Deletes points, or sets their payload. Which they are is found when it is applied, not when it is made. */
function filteredStep(model: Model, { filter, named, payload }: Extract<Write, { kind: "filtered" }>): Step {
  const points = named === undefined ? {} : { points: named.map(({ given }) => given) };
  const selector = untyped<{ filter: object }>({ filter, ...points });
  const effect = () => {
    for (const id of matching(model, filter)) {
      if (named !== undefined && !named.some(({ canonical }) => canonical === id)) continue;
      const { vector, payload: old } = model.get(id) as Stored;
      if (payload === undefined) model.delete(id);
      else model.set(id, { vector, payload: setIn(old, [], payload) as Payload });
    }
    return true;
  };
  if (payload === undefined) return { operation: { delete: selector }, effect };
  return { operation: { set_payload: { ...selector, payload } }, effect };
}

type Upsert = Extract<Write, { kind: "points" | "batch" }>;
type Change = Extract<Write, { selection: unknown }>;

function upsertStep(model: Model, { kind, points, mode }: Upsert): Step {
  const effect = (vectorOf: (point: Upsert["points"][number]) => number[] | undefined) => () => {
    const before = new Set(model.keys());
    for (const point of points) {
      const there = before.has(point.id.canonical);
      if (mode === "insert_only" ? there : mode === "update_only" && !there) continue;
      model.set(point.id.canonical, { vector: vectorOf(point), payload: point.payload ?? {} });
    }
    return true;
  };
  const update_mode = mode === undefined ? {} : { update_mode: mode };
  if (kind === "points") {
    const list = points.map(({ id, vector, payload }) => ({
      id: id.given,
      vector: vector ?? {},
      ...(payload !== undefined && { payload }),
    }));
    return {
      operation: { upsert: { points: list, ...update_mode } },
      effect: effect(({ vector }) => vector),
    };
  }
  // Columns need a vector for every point; typed ones exercise the other way in.
  const vectorOf = ({ vector }: (typeof points)[number]) => vector ?? [1, 0, 0, 0, 0];
  const batch = {
    ids: points.map(({ id }) => id.given),
    vectors: points.map((point, i) => (i % 2 === 0 ? vectorOf(point) : Float32Array.from(vectorOf(point)))),
    payloads: points.map(({ payload }) => payload),
  };
  return { operation: { upsert: { batch, ...update_mode } }, effect: effect(vectorOf) };
}

function selected(model: Model, { places, other }: Change["selection"]): Id[] {
  const there = sortedIds(model);
  const ids = places.flatMap((place) => there[place % there.length] ?? []);
  return [...ids.map((id) => ({ given: id, canonical: id })), ...(other === undefined ? [] : [other])];
}

function operationOn(points: PointId[], write: Change): UpdateOperation {
  switch (write.kind) {
    case "set_payload":
      return {
        set_payload: { points, payload: write.payload, ...(write.key !== undefined && { key: write.key }) },
      };
    case "overwrite_payload":
      return { overwrite_payload: { points, payload: write.payload } };
    case "delete_payload":
      return { delete_payload: { points, keys: write.keys } };
    case "clear_payload":
      return { clear_payload: { points } };
    case "delete_vectors":
      return { delete_vectors: { points, vector: [""] } };
    case "update_vectors": {
      // At least one point is asked for: where there is none, one that is missing.
      const ids = points.length === 0 ? [999] : points;
      return { update_vectors: { points: ids.map((id, i) => ({ id, vector: vectorAt(write, i) })) } };
    }
  }
}

function vectorAt({ vectors }: Extract<Change, { kind: "update_vectors" }>, index: number): number[] {
  return vectors[index % vectors.length] ?? [];
}

function change(model: Model, ids: Id[], write: Change): boolean {
  if (write.kind === "update_vectors" && ids.length === 0) return false;
  if (!ids.every(({ canonical }) => model.has(canonical))) return false;
  ids.forEach(({ canonical }, i) => {
    const { vector, payload } = model.get(canonical) as Stored;
    switch (write.kind) {
      case "set_payload":
        model.set(canonical, {
          vector,
          payload: setIn(payload, steps(write.key ?? ""), write.payload) as Payload,
        });
        break;
      case "overwrite_payload":
        model.set(canonical, { vector, payload: write.payload });
        break;
      case "delete_payload": {
        const left = write.keys.reduce((rest: unknown, key) => deleteIn(rest, steps(key)), payload);
        model.set(canonical, { vector, payload: left as Payload });
        break;
      }
      case "clear_payload":
        model.set(canonical, { vector, payload: {} });
        break;
      case "update_vectors":
        model.set(canonical, { vector: vectorAt(write, i), payload });
        break;
      case "delete_vectors":
        model.set(canonical, { vector: undefined, payload });
    }
  });
  return true;
}

function steps(path: string): string[] {
  return path.replaceAll('"', "").match(/[^.[\]]+|\[\d*\]/g) ?? [];
}

function setIn(value: unknown, [step, ...rest]: string[], object: Payload): unknown {
  if (step?.startsWith("[")) {
    if (!Array.isArray(value)) return [];
    return value.map((each, i) => (isAt(step, i) ? setIn(each, rest, object) : each));
  }
  const base = isObject(value) ? value : {};
  if (step !== undefined)
    return { ...base, [step]: setIn(Object.hasOwn(base, step) ? base[step] : null, rest, object) };
  return Object.fromEntries(
    Object.entries({ ...base, ...object }).filter(
      ([key]) => !(Object.hasOwn(object, key) && object[key] === null),
    ),
  );
}

function deleteIn(value: unknown, [step, ...rest]: string[]): unknown {
  if (step === undefined) return value;
  if (step.startsWith("[")) {
    if (!Array.isArray(value)) return value;
    if (rest.length === 0) return step === "[]" ? [] : value;
    return value.map((each, i) => (isAt(step, i) ? deleteIn(each, rest) : each));
  }
  if (!isObject(value) || !Object.hasOwn(value, step)) return value;
  if (rest.length > 0) return { ...value, [step]: deleteIn(value[step], rest) };
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== step));
}

function isAt(step: string, index: number): boolean {
  return step === "[]" || step === `[${index}]`;
}

function isObject(value: unknown): value is Payload {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function sortedIds(model: Model): PointId[] {
  return [...model.keys()].sort(compareIds);
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

/** Sends an operation by the method of its own. */
export function send(client: NearvecClient, name: string, operation: UpdateOperation): Promise<unknown> {
  const [[kind, request] = []] = Object.entries(operation);
  return client[METHODS[kind as keyof typeof METHODS]](name, untyped({ ...request, wait: true }));
}
