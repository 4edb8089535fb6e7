import { UpsertMode } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { invalidArgument, NearvecError } from "../errors.ts";
import { checkFields, checkObject, fields, type Given, oneOf } from "../fields.ts";
import { encode } from "../payload/json.ts";
import { checkIds } from "./selector.ts";
import type { VectorForms } from "./vector-forms.ts";
import { checkColumn, type Place } from "./vector-input.ts";

export const UPSERT_FIELDS = fields(["points", "batch", "update_mode", "update_filter"], { shard_key: [] });
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
const batchPayload: Place = (index) => `batch.payloads[${index}]`;

/** An upsert, checked while it is encoded. */
export function encodeUpsert(given: Given, forms: VectorForms, encoder: OperationEncoder): Uint8Array {
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
    ? encodeBatch(batch, MODES[mode], forms, encoder)
    : encodePoints(points, MODES[mode], forms, encoder);
}

function encodePoints(
  points: unknown,
  mode: UpsertMode,
  forms: VectorForms,
  encoder: OperationEncoder,
): Uint8Array {
  if (!Array.isArray(points))
    throw invalidArgument("points", points, "an array of points: { id, vector, payload }");
  // A list of our own: a getter of the caller's may change theirs while it is read.
  const list: readonly Point[] = Array.from(points, checkPoint);
  encoder.beginUpsert(list.length, mode);
  const ids = encoder.ids();
  list.forEach(({ id }, i) => {
    ids.set(i, id, pointId);
  });
  forms.encodeList(
    list.map(({ vector }) => vector),
    false,
    pointVector,
    encoder,
  );
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

/** A payload as JSON text, "" for none. */
function encodePayload(payload: unknown, place: Place, index: number): string {
  return payload == null ? "" : encode(payload, place, index);
}

function encodeBatch(
  batch: unknown,
  mode: UpsertMode,
  forms: VectorForms,
  encoder: OperationEncoder,
): Uint8Array {
  checkObject(batch, "batch", "an object: { ids, vectors, payloads }");
  checkFields(batch, "batch", BATCH_FIELDS);
  const given = batch as Given;
  const ids = checkIds(given.ids, "batch.ids");
  const count = ids.length;
  const payloads = given.payloads ?? undefined;
  if (payloads !== undefined) checkColumn(payloads, "batch.payloads", count);
  encoder.beginUpsert(count, mode);
  encoder.ids().setAll(ids, batchId);
  forms.encodeColumn(given.vectors, count, encoder);
  encoder.beginPayloads();
  for (let i = 0; i < count; i++) {
    encoder.payload(payloads === undefined ? "" : encodePayload(payloads[i], batchPayload, i));
  }
  return encoder.finish();
}
