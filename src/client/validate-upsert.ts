import { UpsertMode } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { invalidArgument, NearvecError, notSupported } from "../errors.ts";
import { checkFields, checkObject, fields, type Given, oneOf } from "../fields.ts";
import { encode } from "../payload/json.ts";
import { checkIds } from "./selector.ts";
import {
  checkRows,
  copyVector,
  isFloat32Array,
  NO_VECTOR,
  type Place,
  SAME_MODEL,
  unnamedVector,
} from "./vector-input.ts";

export const UPSERT_FIELDS = fields(["points", "batch", "update_mode"], { shard_key: [], update_filter: [] });
const POINT_FIELDS = fields(["id", "vector", "payload"]);
const BATCH_FIELDS = fields(["ids", "vectors", "payloads"]);

const MODES = {
  upsert: UpsertMode.UPSERT,
  insert_only: UpsertMode.INSERT_ONLY,
  update_only: UpsertMode.UPDATE_ONLY,
} as const;
const MODE_NAMES = ["upsert", "insert_only", "update_only"] as const;

const pointId: Place = (index) => `points[${index}].id`;
const pointVector: Place = (index) => `points[${index}].vector`;
const pointPayload: Place = (index) => `points[${index}].payload`;
const batchId: Place = (index) => `batch.ids[${index}]`;
const batchVector: Place = (index) => `batch.vectors[${index}]`;
const batchPayload: Place = (index) => `batch.payloads[${index}]`;

/** An upsert, checked while it is encoded. `size` is the dimension of the collection's vectors. */
export function encodeUpsert(given: Given, size: number, encoder: OperationEncoder): Uint8Array {
  const mode = given.update_mode == null ? "upsert" : oneOf(given.update_mode, "update_mode", MODE_NAMES);
  const { points, batch } = given;
  if ((points == null) === (batch == null)) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what: "upsert",
      got: points == null ? "neither `points` nor `batch`" : "both `points` and `batch`",
      expected: "one of the two",
      todo: "Pass { points: [{ id, vector, payload }] } or { batch: { ids, vectors, payloads } }.",
    });
  }
  return points == null
    ? encodeBatch(batch, MODES[mode], size, encoder)
    : encodePoints(points, MODES[mode], size, encoder);
}

function encodePoints(
  points: unknown,
  mode: UpsertMode,
  size: number,
  encoder: OperationEncoder,
): Uint8Array {
  if (!Array.isArray(points))
    throw invalidArgument("points", points, "an array of points: { id, vector, payload }");
  // A list of our own: a getter of the caller's may change theirs while it is read.
  const list: readonly Point[] = Array.from(points, checkPoint);
  encoder.beginUpsert(list.length, 1, mode);
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
  const dense = unnamedVector(vector);
  if (dense === NO_VECTOR) return;
  const at = encoder.row(index);
  copyVector(dense, encoder.floats, at, size, place, index);
}

/** A payload as JSON text, "" for none. */
function encodePayload(payload: unknown, place: Place, index: number): string {
  return payload == null ? "" : encode(payload, place, index);
}

function encodeBatch(batch: unknown, mode: UpsertMode, size: number, encoder: OperationEncoder): Uint8Array {
  checkObject(batch, "batch", "an object: { ids, vectors, payloads }");
  checkFields(batch, "batch", BATCH_FIELDS);
  const given = batch as Given;
  const ids = checkIds(given.ids, "batch.ids");
  const count = ids.length;
  const payloads = given.payloads ?? undefined;
  if (payloads !== undefined) checkColumn(payloads, "batch.payloads", count);
  encoder.beginUpsert(count, 1, mode);
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
