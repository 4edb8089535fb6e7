/**
 * What the conformance tests share. They know the engine by its public methods only, under the types of the
 * official client: a program written for that one could hold every line of them.
 */
import type { QdrantClient, Schemas } from "@qdrant/js-client-rest";
import { expect } from "vitest";
import { type ErrorCode, NearvecError, open } from "../../src/index.ts";

/** Methods of older official clients, whose answers are bare lists. */
interface Older {
  search(name: string, request: object): Promise<Schemas["ScoredPoint"][]>;
  searchBatch(name: string, request: object): Promise<Schemas["ScoredPoint"][][]>;
  searchPointGroups(name: string, request: object): Promise<Schemas["GroupsResult"]>;
}

export type Client = Pick<QdrantClient, keyof QdrantClient> & Older & AsyncDisposable;

export type Points = Schemas["PointStruct"][];
export type Filter = Schemas["Filter"];
export type Condition = Schemas["Condition"];
type Create = Parameters<Client["createCollection"]>[1];

/** An engine of its own, closed at the end of the test by `await using`. */
export async function connect(): Promise<Client> {
  return untyped<Client>(await open());
}

/** An engine with one collection `c`. */
export async function withCollection(create: Create, points: Points = []): Promise<Client> {
  const client = await connect();
  await client.createCollection("c", create);
  if (points.length > 0) await client.upsert("c", { points, wait: true });
  return client;
}

/** Points 1, 2, … of a collection of one-dimensional vectors, for tests of what payloads do. */
export function withPayloads(...payloads: Record<string, unknown>[]): Promise<Client> {
  return withCollection(
    { vectors: { size: 1, distance: "Dot" } },
    payloads.map((payload, i) => ({ id: i + 1, vector: [i + 1], payload })),
  );
}

/** Points 1, 2, … with one vector each under this name; those with an even id say so. */
export function pointsWith<V extends Schemas["Vector"]>(name: string, list: readonly V[]): Points {
  return list.map((vector, i) => ({ id: i + 1, vector: { [name]: vector }, payload: { even: i % 2 === 1 } }));
}

/** What the compiler would refuse, as a JavaScript program may pass it. */
export function untyped<T>(value: unknown): T {
  return value as T;
}

type Identified = { id: unknown };

/** The ids of an answer, in its order. */
export function ids(answer: readonly Identified[] | { points: readonly Identified[] }): unknown[] {
  return ("points" in answer ? answer.points : answer).map(({ id }) => id);
}

/** Ids with their scores. */
export function scored(answer: { points: readonly Schemas["ScoredPoint"][] }): [unknown, number][] {
  return answer.points.map(({ id, score }) => [id, score]);
}

/** The ids of the points that meet a filter, in the order of ids. */
export async function found(client: Client, filter: Filter): Promise<unknown[]> {
  return ids(await client.scroll("c", { filter, limit: 1000, with_payload: false }));
}

/** The ids of the points that meet one condition. */
export function holding(client: Client, condition: unknown): Promise<unknown[]> {
  return found(client, { must: [untyped<Condition>(condition)] });
}

/** All payloads by id. */
export async function payloads(client: Client): Promise<Record<string, unknown>> {
  const { points } = await client.scroll("c", { limit: 1000 });
  return Object.fromEntries(points.map(({ id, payload }) => [id, payload]));
}

/** All vectors by id. */
export async function vectors(client: Client): Promise<Record<string, unknown>> {
  const { points } = await client.scroll("c", { limit: 1000, with_vector: true });
  return Object.fromEntries(points.map(({ id, vector }) => [id, vector]));
}

/**
 * That a call rejects with a code, and that the message names what was wrong. Codes stand for the statuses of
 * a server: 400 and 422 are told apart no further than the table of codes does.
 */
export async function refused(call: Promise<unknown>, code: ErrorCode, ...words: string[]): Promise<void> {
  const error = await call.then(
    (value) => new Error(`expected ${code}, got the answer ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof NearvecError)) throw error;
  expect(error.code, error.message).toBe(code);
  for (const word of words) expect(error.message).toContain(word);
}

/** That a call is refused, and leaves the collection as it was. */
export async function refusedWithoutEffect(
  client: Client,
  call: () => Promise<unknown>,
  code: ErrorCode,
  ...words: string[]
): Promise<void> {
  const state = () => client.scroll("c", { limit: 1000, with_vector: true });
  const before = await state();
  await refused(call(), code, ...words);
  expect(await state()).toEqual(before);
}

export const match = (key: string, value: string | number | boolean): Condition => ({
  key,
  match: { value },
});
export const hasId = (...list: (number | string | bigint)[]): Condition =>
  untyped<Condition>({ has_id: list });
