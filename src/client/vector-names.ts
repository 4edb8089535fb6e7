/** Adding a named vector to a live collection, and dropping one. */

import type { Collection } from "../collection/collection.ts";
import { type CollectionConfig, denseParams, spacesOf } from "../collection/config.ts";
import { configure } from "../collection/settings.ts";
import { invalidArgument, NearvecError, shortly } from "../errors.ts";
import { WRITE_OPTIONS } from "../generated/validators/options.ts";
import { VectorNameConfig } from "../generated/validators/vector-name-config.ts";
import { object } from "../validation/containers.ts";
import { check } from "../validation/schema.ts";
import type { UpdateResult } from "./types.ts";
import { checkDatatype, checkVectorName } from "./validate-vector-params.ts";
import { amongWrites } from "./write-turn.ts";

type Params = CollectionConfig["params"];

const OPTIONS = /* @__PURE__ */ object({}, WRITE_OPTIONS);

/** @see NearvecClient.createVectorName */
export function createVectorName(
  collection: Collection,
  name: unknown,
  config: unknown,
  options: unknown,
): Promise<UpdateResult> {
  return inOrder(collection, options, () => addVectorName(collection, name, config));
}

/** @see NearvecClient.deleteVectorName */
export function deleteVectorName(
  collection: Collection,
  name: unknown,
  options: unknown,
): Promise<UpdateResult> {
  return inOrder(collection, options, () => dropVectorName(collection, name));
}

/** Runs it when it is its turn among the writes. */
async function inOrder(collection: Collection, options: unknown, run: () => number): Promise<UpdateResult> {
  const { wait = true } = check(OPTIONS, options, "", "options");
  const operation_id = await amongWrites(collection, run);
  return { operation_id, status: wait ? "completed" : "acknowledged" };
}

/** Answers the operation's number. Adding once more what is there already changes nothing. */
function addVectorName(collection: Collection, name: unknown, request: unknown): number {
  const { config } = collection;
  if (typeof name !== "string") throw invalidArgument("the vector's name", name, "a string");
  checkVectorName(name, "the vector's name");
  const next = { ...config, params: { ...config.params, ...paramsWith(name, request, config.params) } };
  const current = spacesOf(config).get(name);
  // Of the request alone: one name may stand among the dense and among the sparse ones of what would come out.
  const wanted = spacesOf({ ...config, params: paramsWith(name, request, {}) }).get(name);
  if (current === undefined) return configure(collection, next);
  if (!isEqual(current, wanted)) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what: `the vector ${JSON.stringify(name)}`,
      got: "another configuration than the one that it has",
      expected: "a new name",
      todo: "Delete the vector first (with its data), or choose another name.",
    });
  }
  return collection.skip();
}

/** What changes when a collection gets a vector: `request` is `{ dense }` or `{ sparse }`. */
function paramsWith(
  name: string,
  request: unknown,
  current: Params,
): Pick<Params, "vectors" | "sparse_vectors"> {
  const given = check(VectorNameConfig, request, "config");
  if ("dense" in given) {
    checkDatatype(given.dense.datatype, "config.dense.datatype");
    return { vectors: { ...denseParams(current), ...Object.fromEntries([[name, given.dense]]) } };
  }
  const { modifier, datatype } = given.sparse;
  checkDatatype(datatype, "config.sparse.datatype");
  const added = { ...(modifier && { modifier }), ...(datatype && { index: { datatype } }) };
  return { sparse_vectors: { ...current.sparse_vectors, ...Object.fromEntries([[name, added]]) } };
}

/** Drops a vector's space with all that is in it. Answers the operation's number. */
function dropVectorName(collection: Collection, name: unknown): number {
  const { config } = collection;
  const { vectors, sparse_vectors, ...others } = config.params;
  const dense = without(denseParams(config.params), name);
  const sparse = without(sparse_vectors ?? {}, name);
  if (dense === undefined && sparse === undefined) {
    throw invalidArgument(
      "the vector's name",
      name,
      `one of ${[...collection.spaces.keys()].map(shortly).join(", ")}`,
      undefined,
      { vector: String(name) },
    );
  }
  const params: Params = {
    ...others,
    vectors: dense ?? vectors ?? {},
    ...(sparse === undefined ? sparse_vectors && { sparse_vectors } : { sparse_vectors: sparse }),
  };
  return configure(collection, { ...config, params });
}

/** The map without a key; undefined when it hasn't got that. */
function without<T>(map: Readonly<Record<string, T>>, key: unknown): Record<string, T> | undefined {
  const rest = Object.entries(map).filter(([name]) => name !== key);
  return rest.length < Object.keys(map).length ? Object.fromEntries(rest) : undefined;
}

function isEqual(a: object, b: object | undefined): boolean {
  const given = new Map(Object.entries(b ?? {}));
  return Object.entries(a).every(([key, value]) => given.get(key) === value);
}
