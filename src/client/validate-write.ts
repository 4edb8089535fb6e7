import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { invalidArgument, NearvecError, notSupported } from "../errors.ts";
import { encode } from "../payload/json.ts";
import type { IdInput } from "../points/id-column.ts";
import { checkFields, checkObject, type Fields, fields, optionalBoolean } from "./fields.ts";
import { checkOrdering, checkTimeout } from "./validate-options.ts";
import { checkRows, copyVector, isFloat32Array, type Place, SAME_MODEL } from "./vector-input.ts";

const UPSERT_FIELDS = fields(["points", "batch", "wait", "ordering", "timeout"], {
  shard_key: [],
  update_filter: [],
  update_mode: ["upsert"],
});
const POINT_FIELDS = fields(["id", "vector", "payload"]);
const BATCH_FIELDS = fields(["ids", "vectors", "payloads"]);
const DELETE_FIELDS = fields(["points", "wait", "ordering", "timeout"], { filter: [], shard_key: [] });

const pointId: Place = (index) => `points[${index}].id`;
const pointVector: Place = (index) => `points[${index}].vector`;
const pointPayload: Place = (index) => `points[${index}].payload`;
const batchId: Place = (index) => `batch.ids[${index}]`;
const batchVector: Place = (index) => `batch.vectors[${index}]`;
const batchPayload: Place = (index) => `batch.payloads[${index}]`;
const deletedId: Place = (index) => `points[${index}]`;

/** A write that is ready to be submitted. */
export interface ParsedWrite {
  /** Valid until the encoder is used again. */
  readonly operation: Uint8Array;
  readonly wait: boolean;
  /** In seconds. */
  readonly timeout: number | undefined;
}

/**
 * The arguments of `upsert`, checked while they are encoded. `size` is the dimension of the collection's
 * vectors.
 */
export function parseUpsert(request: unknown, size: number, encoder: OperationEncoder): ParsedWrite {
  const given = checkRequest(request, "upsert", UPSERT_FIELDS);
  const wait = optionalBoolean(given.wait, "wait", true);
  checkOrdering(given.ordering);
  const timeout = checkTimeout(given.timeout);
  const { points, batch } = given;
  if ((points == null) === (batch == null)) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what: "upsert",
      got: points == null ? "neither `points` nor `batch`" : "both `points` and `batch`",
      expected: "one of the two",
      todo: "Pass { points: [{ id, vector, payload }] } or { batch: { ids, vectors, payloads } }.",
    });
  }
  const operation = points == null ? encodeBatch(batch, size, encoder) : encodePoints(points, size, encoder);
  return { operation, wait, timeout };
}

/** The arguments of `delete`, checked and encoded. */
export function parseDelete(request: unknown, encoder: OperationEncoder): ParsedWrite {
  const given = checkRequest(request, "delete", DELETE_FIELDS);
  const wait = optionalBoolean(given.wait, "wait", false);
  checkOrdering(given.ordering);
  const timeout = checkTimeout(given.timeout);
  const ids = checkIds(
    given.points,
    "points",
    "Pass { points: [ids] }; an empty object does not mean all points.",
  );
  encoder.beginDelete(ids.length);
  encoder.ids().setAll(ids, deletedId);
  return { operation: encoder.finish(), wait, timeout };
}

/** A column of ids of a request: an array, or a typed array of whole numbers. */
export function checkIds(ids: unknown, what: string, todo?: string): IdInput {
  if (Array.isArray(ids)) return ids;
  if (ArrayBuffer.isView(ids) && !(ids instanceof DataView)) return ids as IdInput;
  throw invalidArgument(what, ids, "an array or a typed array of ids", todo);
}

function encodePoints(points: unknown, size: number, encoder: OperationEncoder): Uint8Array {
  if (!Array.isArray(points))
    throw invalidArgument("points", points, "an array of points: { id, vector, payload }");
  // A list of our own: a getter of the caller's may change theirs while it is read.
  const list: readonly Point[] = Array.from(points, checkPoint);
  encoder.beginUpsert(list.length, 1);
  const ids = encoder.ids();
  list.forEach(({ id }, i) => {
    ids.set(i, id, pointId);
  });
  encoder.beginVectors("", size);
  list.forEach(({ vector }, i) => {
    encodeVector(vector, size, encoder, pointVector, i);
  });
  encoder.endVectors();
  encoder.beginPayloads();
  list.forEach(({ payload }, i) => {
    encoder.payload(encodePayload(payload, pointPayload, i));
  });
  return encoder.finish();
}

interface Point {
  readonly id: unknown;
  readonly vector: unknown;
  readonly payload: unknown;
}

function checkPoint(point: unknown, index: number): Point {
  if (typeof point !== "object" || point === null || Array.isArray(point)) {
    throw invalidArgument(`points[${index}]`, point, "an object: { id, vector, payload }");
  }
  for (const key in point) {
    // Spelled out, so that no text is made for the fields that are right.
    if (!POINT_FIELDS.has(key)) checkFields(point, `points[${index}]`, POINT_FIELDS);
  }
  return point as Point;
}

function encodeVector(
  vector: unknown,
  size: number,
  encoder: OperationEncoder,
  place: Place,
  index: number,
): void {
  if (isEmptyObject(vector)) return; // Qdrant's way of saying: a point without a vector
  const at = encoder.row(index);
  copyVector(vector, encoder.floats, at, size, place, index);
}

/** A payload as JSON text, "" for none. */
function encodePayload(payload: unknown, place: Place, index: number): string {
  return payload == null ? "" : encode(payload, place, index);
}

function isEmptyObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    return false;
  for (const _ in value) return false;
  return true;
}

function encodeBatch(batch: unknown, size: number, encoder: OperationEncoder): Uint8Array {
  checkObject(batch, "batch", "an object: { ids, vectors, payloads }");
  checkFields(batch, "batch", BATCH_FIELDS);
  const given = batch as Readonly<Record<string, unknown>>;
  const ids = checkIds(given.ids, "batch.ids");
  const count = ids.length;
  const payloads = given.payloads ?? undefined;
  if (payloads !== undefined) checkColumn(payloads, "batch.payloads", count);
  encoder.beginUpsert(count, 1);
  encoder.ids().setAll(ids, batchId);
  encoder.beginVectors("", size);
  encodeVectors(given.vectors, count, size, encoder);
  encoder.endVectors();
  encoder.beginPayloads();
  for (let i = 0; i < count; i++) {
    encoder.payload(payloads === undefined ? "" : encodePayload(payloads[i], batchPayload, i));
  }
  return encoder.finish();
}

function encodeVectors(vectors: unknown, count: number, size: number, encoder: OperationEncoder): void {
  if (isFloat32Array(vectors)) {
    encodeRows(vectors, count, size, encoder);
    return;
  }
  if (
    typeof vectors === "object" &&
    vectors !== null &&
    !Array.isArray(vectors) &&
    !ArrayBuffer.isView(vectors)
  ) {
    throw notSupported(
      "batch.vectors as a map of names (named vectors)",
      "Give a list of vectors, one per id.",
    );
  }
  checkColumn(vectors, "batch.vectors", count);
  for (let i = 0; i < count; i++) encodeVector(vectors[i], size, encoder, batchVector, i);
}

/** All vectors in one array: copied at once. */
function encodeRows(rows: Float32Array, count: number, size: number, encoder: OperationEncoder): void {
  if (rows.length !== count * size) {
    throw new NearvecError("WRONG_DIMENSION", {
      what: "batch.vectors",
      got: `${rows.length} values in one Float32Array`,
      expected: `${count} ids × ${size} values`,
      todo: SAME_MODEL,
    });
  }
  if (count === 0) return;
  const from = encoder.row(0);
  for (let i = 1; i < count; i++) encoder.row(i);
  encoder.floats.set(rows, from);
  checkRows(encoder.floats, from, count, size, rows, batchVector);
}

function checkColumn(column: unknown, what: string, count: number): asserts column is readonly unknown[] {
  if (!Array.isArray(column)) throw invalidArgument(what, column, "an array with one entry per id");
  if (column.length !== count) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what,
      got: `${column.length} entries`,
      expected: `${count}, one per id`,
      todo: "Make all columns of the batch equally long; a point without a payload has null there.",
    });
  }
}

function checkRequest(request: unknown, what: string, allowed: Fields): Readonly<Record<string, unknown>> {
  checkObject(request, `${what}'s arguments`);
  checkFields(request, "", allowed);
  return request as Readonly<Record<string, unknown>>;
}
