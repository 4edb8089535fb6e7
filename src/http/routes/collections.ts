/** Routes about collections as a whole, their aliases, indexes and vectors. */

import type {
  ChangeAliases,
  CreateCollection,
  CreatePayloadIndexRequest,
  UpdateCollection,
  VectorNameConfig,
} from "../../client/types.ts";
import { clamped } from "../clamped.ts";
import { isNearvecError } from "../error-response.ts";
import { integerParameter, writeParameters } from "../parameters.ts";
import { formatError } from "../refusal.ts";
import type { Call, Route } from "../route.ts";

const ONE = "/collections/:collection";

export const COLLECTIONS: readonly Route[] = [
  { verb: "GET", path: "/collections", access: "read", answer: ({ client }) => client.getCollections() },
  { verb: "POST", path: "/collections/aliases", access: "write", answer: changeAliases },
  { verb: "GET", path: "/aliases", access: "read", answer: ({ client }) => client.getAliases() },
  { verb: "GET", path: ONE, access: "read", answer: (call) => call.client.getCollection(name(call)) },
  { verb: "PUT", path: ONE, access: "write", answer: create },
  { verb: "PATCH", path: ONE, access: "write", answer: update },
  { verb: "DELETE", path: ONE, access: "write", answer: remove },
  {
    verb: "GET",
    path: `${ONE}/exists`,
    access: "read",
    answer: (call) => call.client.collectionExists(name(call)),
  },
  { verb: "GET", path: `${ONE}/aliases`, access: "read", answer: aliasesOf },
  { verb: "GET", path: `${ONE}/optimizations`, access: "read", answer: optimizations },
  { verb: "PUT", path: `${ONE}/index`, access: "write", answer: createIndex },
  { verb: "DELETE", path: `${ONE}/index/:field`, access: "write", answer: deleteIndex },
  { verb: "PUT", path: `${ONE}/vectors/:vector`, access: "write", answer: createVector },
  { verb: "DELETE", path: `${ONE}/vectors/:vector`, access: "write", answer: deleteVector },
];

function name(call: Call): string {
  return call.param("collection");
}

function timeoutOf({ query, timeout }: Call): number {
  return integerParameter(query, "timeout", timeout);
}

function writing({ query, timeout }: Call) {
  return writeParameters(query, timeout) as { wait: boolean; ordering?: "weak"; timeout: number };
}

async function create(call: Call): Promise<boolean> {
  const timeout = timeoutOf(call);
  const body = clamped(await call.body());
  return call.client.createCollection(name(call), { ...body, timeout } as CreateCollection);
}

async function update(call: Call): Promise<boolean> {
  const timeout = timeoutOf(call);
  const body = clamped(await call.body());
  return call.client.updateCollection(name(call), { ...body, timeout } as UpdateCollection);
}

function remove(call: Call): Promise<boolean> {
  return call.client.deleteCollection(name(call), { timeout: timeoutOf(call) });
}

async function changeAliases(call: Call): Promise<boolean> {
  const timeout = timeoutOf(call);
  const body = await call.body();
  return call.client.updateCollectionAliases({ ...body, timeout } as unknown as ChangeAliases);
}

/** Unlike in process, a collection that is not there has no empty list of aliases. */
async function aliasesOf(call: Call): Promise<unknown> {
  await call.client.getCollection(name(call));
  return call.client.getCollectionAliases(name(call));
}

/** Indexing has no queue to tell of: what is not in the graph yet is all that is known. */
async function optimizations(call: Call): Promise<object> {
  const { status, points_count, indexed_vectors_count } = await call.client.getCollection(name(call));
  const wanted = (call.query.get("with") ?? "").split(",");
  const isQueued = status === "yellow";
  const waiting = Math.max((points_count ?? 0) - (indexed_vectors_count ?? 0), 0);
  return {
    summary: {
      queued_optimizations: 0,
      queued_segments: 0,
      queued_points: isQueued ? waiting : 0,
      idle_segments: isQueued ? 0 : 1,
    },
    running: [],
    ...(wanted.includes("queued") && { queued: [] }),
    ...(wanted.includes("completed") && { completed: [] }),
    ...(wanted.includes("idle_segments") && { idle_segments: [] }),
  };
}

async function createIndex(call: Call): Promise<unknown> {
  const options = writing(call);
  const body = await call.body();
  const request = { ...body, ...options } as unknown as CreatePayloadIndexRequest;
  return call.client.createPayloadIndex(name(call), request);
}

async function deleteIndex(call: Call): Promise<unknown> {
  const field = call.param("field");
  try {
    return await call.client.deletePayloadIndex(name(call), field, writing(call));
  } catch (error) {
    // The client's word for it, which is an argument there, and part of the path here.
    if (!isNearvecError(error) || error.details.what !== "field_name") throw error;
    throw formatError("path parameters", error.message);
  }
}

async function createVector(call: Call): Promise<unknown> {
  const options = writing(call);
  const config = (await call.body()) as unknown as VectorNameConfig;
  return call.client.createVectorName(name(call), call.param("vector"), config, options);
}

function deleteVector(call: Call): Promise<unknown> {
  return call.client.deleteVectorName(name(call), call.param("vector"), writing(call));
}
