import { Kind } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { invalidArgument } from "../errors.ts";
import type { DeleteVectors } from "../generated/validators/delete-vectors.ts";
import type { UpdateVectors } from "../generated/validators/update-vectors.ts";
import { isObject } from "../validation/containers.ts";
import type { TypeOf } from "../validation/schema.ts";
import { checkPoint } from "./points.ts";
import { type Checked, encodeSelected } from "./selector.ts";
import type { VectorForms } from "./vector-forms.ts";
import type { Place } from "./vector-input.ts";

const POINT_FIELDS = ["id", "vector"] as const;

const pointId: Place = (index) => `points[${index}].id`;
const pointVector: Place = (index) => `points[${index}].vector`;

/** update_vectors, checked while it is encoded. */
export function encodeUpdateVectors(
  given: TypeOf<typeof UpdateVectors>,
  forms: VectorForms,
  encoder: OperationEncoder,
): Uint8Array {
  const { points } = given;
  if (!Array.isArray(points) || points.length === 0) {
    throw invalidArgument("points", points, "a list of points with new vectors: { id, vector }");
  }
  // A list of our own: a getter of the caller's may change theirs while it is read.
  const list = Array.from(points, (point: unknown, index) => checkPoint(point, index, POINT_FIELDS));
  list.forEach(({ vector }, index) => {
    if (!isObject(vector) || Object.values(vector).some((each) => each != null)) return;
    const rule = "vector";
    throw invalidArgument(pointVector(index), vector, "the vector to update", undefined, { rule });
  });
  encoder.beginUpdateVectors(list.length);
  const ids = encoder.ids();
  list.forEach(({ id }, i) => {
    ids.set(i, id, pointId);
  });
  forms.encodeList(
    list.map(({ vector }) => vector),
    true,
    pointVector,
    encoder,
  );
  return encoder.finish();
}

/** delete_vectors. */
export function encodeDeleteVectors(
  given: TypeOf<typeof DeleteVectors>,
  forms: VectorForms,
  encoder: OperationEncoder,
): Checked {
  const names = given.vector;
  names.forEach((name, index) => {
    const what = `vector[${index}]`;
    forms.space(name, what);
    if (names.indexOf(name) !== index) throw invalidArgument(what, name, "each name once");
  });
  return encodeSelected(Kind.DELETE_VECTORS, given, encoder, { key: "", json: JSON.stringify(names) });
}
