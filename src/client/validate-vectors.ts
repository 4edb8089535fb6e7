import { Kind } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { invalidArgument } from "../errors.ts";
import { aliased, checkFields, checkObject, type Fields, fields, type Given } from "../fields.ts";
import { type Checked, encodeSelected, SELECTOR_FIELDS } from "./selector.ts";
import type { VectorForms } from "./vector-forms.ts";
import type { Place } from "./vector-input.ts";

export const UPDATE_VECTORS_FIELDS: Fields = fields(["points", "update_filter"], { shard_key: [] });
export const DELETE_VECTORS_FIELDS: Fields = new Map([
  ...SELECTOR_FIELDS,
  // `vectors`, as Qdrant accepts it beside its description.
  ...fields(["vector", "vectors"]),
]);
const POINT_FIELDS = fields(["id", "vector"]);

const pointId: Place = (index) => `points[${index}].id`;
const pointVector: Place = (index) => `points[${index}].vector`;

/** update_vectors, checked while it is encoded. */
export function encodeUpdateVectors(given: Given, forms: VectorForms, encoder: OperationEncoder): Uint8Array {
  const { points } = given;
  if (!Array.isArray(points) || points.length === 0) {
    throw invalidArgument("points", points, "a list of points with new vectors: { id, vector }");
  }
  // A list of our own: a getter of the caller's may change theirs while it is read.
  const list = Array.from(points, checkPoint);
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
export function encodeDeleteVectors(given: Given, forms: VectorForms, encoder: OperationEncoder): Checked {
  const json = JSON.stringify(checkNames(given, forms));
  return encodeSelected(Kind.DELETE_VECTORS, given, encoder, { key: "", json });
}

function checkPoint(point: unknown, index: number): Given {
  const what = `points[${index}]`;
  checkObject(point, what, "an object: { id, vector }");
  checkFields(point, what, POINT_FIELDS);
  return point as Given;
}

function checkNames(given: Given, forms: VectorForms): readonly string[] {
  const list = aliased(given, "vector", "vectors");
  if (!Array.isArray(list) || list.length === 0) {
    throw invalidArgument("vector", list, "a list of vector names", 'The unnamed vector is "".');
  }
  const names = Array.from(list, (name: unknown, index) => {
    const what = `vector[${index}]`;
    if (typeof name !== "string") throw invalidArgument(what, name, "the name of a vector");
    forms.space(name, what);
    return name;
  });
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) throw invalidArgument(`vector[${index}]`, name, "each name once");
  });
  return names;
}
