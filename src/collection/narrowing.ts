/** Leaving points out of an operation that is encoded already, because a filter on what it would replace says so. */

import type { Rows } from "../vectors/rows.ts";
import {
  bitmapWords,
  Kind,
  type OperationVectors,
  type UpdateVectorsOperation,
  type UpsertOperation,
} from "./operation.ts";
import type { OperationEncoder } from "./operation-encoder.ts";

/** The bytes that the operation would have if it had been asked for these of its points alone, given in order. */
export function narrowed(
  operation: UpsertOperation | UpdateVectorsOperation,
  points: readonly number[],
  encoder: OperationEncoder,
): Uint8Array {
  if (operation.kind === Kind.UPSERT) encoder.beginUpsert(points.length, operation.mode);
  else encoder.beginUpdateVectors(points.length);
  const { words, kinds } = encoder.ids();
  points.forEach((from, to) => {
    words.set(operation.ids.words.subarray(from * 4, from * 4 + 4), to * 4);
    kinds[to] = operation.ids.kinds[from] as number;
  });
  for (const vectors of operation.vectors) narrowVectors(vectors, points, encoder);
  if (operation.kind === Kind.UPSERT) narrowPayloads(operation, points, encoder);
  return encoder.finish();
}

function narrowVectors(
  vectors: OperationVectors,
  points: readonly number[],
  encoder: OperationEncoder,
): void {
  const { name, presence, rows } = narrowedVectors(vectors, points);
  encoder.vectors(name, presence, rows);
}

/** The vectors that these of an operation's points bring, given in order. */
export function narrowedVectors(
  { name, presence, rows }: OperationVectors,
  points: readonly number[],
): OperationVectors {
  const kept = new Uint32Array(bitmapWords(points.length));
  const rowOf = rowsByPoint(presence);
  const wanted: number[] = [];
  points.forEach((point, index) => {
    const row = rowOf(point);
    if (row === -1) return;
    wanted.push(row);
    kept[index >>> 5] = (kept[index >>> 5] as number) | (1 << (index & 31));
  });
  return { name, presence: kept, rows: pickRows(rows, wanted) };
}

/** Which row is a point's, -1 where it has none; to be asked of points in order. */
function rowsByPoint(presence: Uint32Array): (point: number) => number {
  let next = 0;
  let row = 0;
  const has = (point: number) => (((presence[point >>> 5] as number) >>> (point & 31)) & 1) === 1;
  return (point) => {
    for (; next < point; next++) if (has(next)) row++;
    return has(point) ? row : -1;
  };
}

function pickRows(rows: Rows, wanted: readonly number[]): Rows {
  const count = wanted.length;
  if (rows.type === "dense") {
    const { size } = rows;
    const spans = wanted.map((row): Span => [row * size, (row + 1) * size]);
    return { type: "dense", count, size, values: joinFloats(rows.values, spans) };
  }
  const spans = wanted.map((row): Span => [rows.ends[row - 1] ?? 0, rows.ends[row] as number]);
  let end = 0;
  const ends = Uint32Array.from(spans, ([from, to]) => {
    end += to - from;
    return end;
  });
  if (rows.type === "sparse") {
    const indices = new Uint32Array(end);
    copySpans(rows.indices, spans, indices);
    return { type: "sparse", count, ends, indices, values: joinFloats(rows.values, spans) };
  }
  const { size } = rows;
  const values = joinFloats(
    rows.values,
    spans.map(([from, to]) => [from * size, to * size]),
  );
  return { type: "multi", count, size, ends, values };
}

/** From one index up to another. */
type Span = readonly [from: number, to: number];

function joinFloats(values: Float32Array, spans: readonly Span[]): Float32Array {
  const joined = new Float32Array(spans.reduce((sum, [from, to]) => sum + to - from, 0));
  copySpans(values, spans, joined);
  return joined;
}

function copySpans<Values extends Uint32Array | Float32Array>(
  values: Values,
  spans: readonly Span[],
  into: Values,
): void {
  let at = 0;
  for (const [from, to] of spans) {
    into.set(values.subarray(from, to), at);
    at += to - from;
  }
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function narrowPayloads(
  { payloadLengths, payloads }: UpsertOperation,
  points: readonly number[],
  encoder: OperationEncoder,
): void {
  encoder.beginPayloads();
  let next = 0;
  let from = 0;
  for (const point of points) {
    for (; next < point; next++) from += payloadLengths[next] as number;
    encoder.payload(utf8.decode(payloads.subarray(from, from + (payloadLengths[point] as number))));
  }
}
