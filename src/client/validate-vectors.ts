import { Kind } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { invalidArgument, NearvecError, shortly } from "../errors.ts";
import { aliased, checkFields, checkObject, type Fields, fields, type Given } from "../fields.ts";
import { type Checked, encodeSelected, SELECTOR_FIELDS } from "./selector.ts";
import { copyVector, NO_VECTOR, type Place, unnamedVector } from "./vector-input.ts";

export const UPDATE_VECTORS_FIELDS: Fields = fields(["points"], { shard_key: [], update_filter: [] });
export const DELETE_VECTORS_FIELDS: Fields = new Map([
  ...SELECTOR_FIELDS,
  // `vectors`, as Qdrant accepts it beside its description.
  ...fields(["vector", "vectors"]),
]);
const POINT_FIELDS = fields(["id", "vector"]);

const pointId: Place = (index) => `points[${index}].id`;
const pointVector: Place = (index) => `points[${index}].vector`;

/** update_vectors, checked while it is encoded. */
export function encodeUpdateVectors(given: Given, size: number, encoder: OperationEncoder): Uint8Array {
  const { points } = given;
  if (!Array.isArray(points) || points.length === 0) {
    throw invalidArgument("points", points, "a list of points with new vectors: { id, vector }");
  }
  // A list of our own: a getter of the caller's may change theirs while it is read.
  const list = Array.from(points, checkPoint);
  encoder.beginUpdateVectors(list.length, 1);
  const ids = encoder.ids();
  list.forEach(({ id }, i) => {
    ids.set(i, id, pointId);
  });
  encoder.beginVectors("", size);
  list.forEach((point, i) => {
    const vector = unnamedVector(point.vector);
    if (vector === NO_VECTOR) throw invalidArgument(pointVector(i), point.vector, "the vector to update");
    const at = encoder.row(i);
    copyVector(vector, encoder.floats, at, size, pointVector, i);
  });
  encoder.endVectors();
  return encoder.finish();
}

/** delete_vectors. The one name there is so far is "", that of the unnamed vector. */
export function encodeDeleteVectors(given: Given, encoder: OperationEncoder): Checked {
  const json = JSON.stringify(checkNames(given));
  return encodeSelected(Kind.DELETE_VECTORS, given, encoder, { key: "", json });
}

function checkPoint(point: unknown, index: number): Given {
  const what = `points[${index}]`;
  checkObject(point, what, "an object: { id, vector }");
  checkFields(point, what, POINT_FIELDS);
  return point as Given;
}

function checkNames(given: Given): readonly string[] {
  const list = aliased(given, "vector", "vectors");
  if (!Array.isArray(list) || list.length === 0) {
    throw invalidArgument("vector", list, "a list of vector names", 'The unnamed vector is "".');
  }
  const names = Array.from(list, (name: unknown, index) => checkName(name, `vector[${index}]`));
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) throw invalidArgument(`vector[${index}]`, name, "each name once");
  });
  return names;
}

function checkName(name: unknown, what: string): string {
  if (typeof name !== "string") throw invalidArgument(what, name, "the name of a vector");
  if (name === "") return name;
  throw new NearvecError("INVALID_ARGUMENT", {
    what: `${what}: there is no vector ${shortly(name)}`,
    expected: '"", the unnamed vector',
    todo: "Name vectors that the collection has.",
  });
}
