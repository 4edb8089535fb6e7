import { UpsertMode } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { invalidArgument, NearvecError } from "../errors.ts";
import type { PointInsertOperations } from "../generated/validators/point-insert-operations.ts";
import { encode } from "../payload/json.ts";
import { object } from "../validation/containers.ts";
import { check, opaque, type TypeOf } from "../validation/schema.ts";
import { checkPoint } from "./points.ts";
import { checkIds } from "./selector.ts";
import type { VectorForms } from "./vector-forms.ts";
import { checkColumn, type Place } from "./vector-input.ts";

const POINT_FIELDS = ["id", "vector", "payload"] as const;
/** Columns of anything: what is in them is checked while it is copied. */
const BATCH = /* @__PURE__ */ object(
  { ids: /* @__PURE__ */ opaque("a list of ids"), vectors: /* @__PURE__ */ opaque("vectors, one per id") },
  { payloads: /* @__PURE__ */ opaque("a list of payloads") },
);

const MODES = {
  upsert: UpsertMode.UPSERT,
  insert_only: UpsertMode.INSERT_ONLY,
  update_only: UpsertMode.UPDATE_ONLY,
} as const;

const pointId: Place = (index) => `points[${index}].id`;
const pointVector: Place = (index) => `points[${index}].vector`;
const pointPayload: Place = (index) => `points[${index}].payload`;
const batchId: Place = (index) => `batch.ids[${index}]`;
const batchPayload: Place = (index) => `batch.payloads[${index}]`;

/** An upsert, checked while it is encoded. */
export function encodeUpsert(
  { points, batch, update_mode = "upsert" }: TypeOf<typeof PointInsertOperations>,
  forms: VectorForms,
  encoder: OperationEncoder,
): Uint8Array {
  const mode = MODES[update_mode];
  if ((points === undefined) === (batch === undefined)) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what: "upsert",
      got: points === undefined ? "neither `points` nor `batch`" : "both `points` and `batch`",
      expected: "one of the two",
      todo: "Pass { points: [{ id, vector, payload }] } or { batch: { ids, vectors, payloads } }.",
    });
  }
  return points === undefined
    ? encodeBatch(batch, mode, forms, encoder)
    : encodePoints(points, mode, forms, encoder);
}

function encodePoints(
  points: unknown,
  mode: UpsertMode,
  forms: VectorForms,
  encoder: OperationEncoder,
): Uint8Array {
  if (!Array.isArray(points))
    throw invalidArgument("points", points, "an array of points: { id, vector, payload }");
  // Lists of our own: a getter of the caller's may change theirs while it is read.
  const ids: unknown[] = [];
  const vectors: unknown[] = [];
  const payloads: unknown[] = [];
  for (let i = 0; i < points.length; i++) {
    const { id, vector, payload } = checkPoint(points[i], i, POINT_FIELDS);
    ids.push(id);
    vectors.push(vector);
    payloads.push(payload);
  }
  encoder.beginUpsert(ids.length, mode);
  const column = encoder.ids();
  for (let i = 0; i < ids.length; i++) column.set(i, ids[i], pointId);
  forms.encodeList(vectors, false, pointVector, encoder);
  encoder.beginPayloads();
  for (let i = 0; i < payloads.length; i++) {
    encoder.payload(encodePayload(payloads[i], pointPayload, i));
  }
  return encoder.finish();
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
  const given = check(BATCH, batch, "batch");
  const ids = checkIds(given.ids, "batch.ids");
  const count = ids.length;
  const { payloads } = given;
  if (payloads !== undefined) checkColumn(payloads, "batch.payloads", count, "payloads");
  encoder.beginUpsert(count, mode);
  encoder.ids().setAll(ids, batchId);
  forms.encodeColumn(given.vectors, count, encoder);
  encoder.beginPayloads();
  for (let i = 0; i < count; i++) {
    encoder.payload(payloads === undefined ? "" : encodePayload(payloads[i], batchPayload, i));
  }
  return encoder.finish();
}
