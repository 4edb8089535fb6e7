/**
 * Operations that change points in part: vectors or payloads of those that are there. And upserts that leave some out. Loaded
 * on demand, by whoever submits such an operation.
 */

import { NearvecError } from "../errors.ts";
import { parseJson } from "../payload/json.ts";
import type { IdColumn } from "../points/id-column.ts";
import { narrowedVectors } from "./narrowing.ts";
import {
  type IdsOperation,
  Kind,
  type OperationVectors,
  type TextOperation,
  type UpdateVectorsOperation,
  type UpsertOperation,
} from "./operation.ts";
import { Column } from "./operation-column.ts";
import { type StagedPayloads, stagePayloads } from "./staged-payloads.ts";
import type { Prepared, StoredPoints } from "./stored-points.ts";

type PartialChange = UpdateVectorsOperation | TextOperation | IdsOperation;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** @see StoredPoints.prepare */
export function prepare(points: StoredPoints, operation: PartialChange): Prepared {
  const offsets = offsetsOf(points, operation.ids);
  switch (operation.kind) {
    case Kind.UPDATE_VECTORS:
      points.reserveVectors(operation.vectors, points.ids.end);
      return { operation, offsets, payloads: undefined };
    case Kind.DELETE:
    case Kind.CLEAR_PAYLOAD:
    case Kind.DELETE_VECTORS:
      return { operation, offsets, payloads: undefined };
    default: {
      const payloads = stagePayloads(operation, offsets, points.payloads);
      points.payloads.reserve(payloads.lengths, points.ids.end);
      return { operation, offsets, payloads };
    }
  }
}

/** Changes what the operation is about; versions and watchers are the points' own affair. */
export function apply(points: StoredPoints, { operation, offsets, payloads }: Prepared): void {
  switch (operation.kind) {
    case Kind.UPDATE_VECTORS:
      putVectors(points, operation.vectors, offsets);
      return;
    case Kind.CLEAR_PAYLOAD:
      for (const offset of offsets) points.deletePayload(offset);
      return;
    case Kind.DELETE_VECTORS:
      removeVectors(points, operation.text, offsets);
      return;
    default:
      if (payloads !== undefined) setPayloads(points, payloads, offsets);
  }
}

/** The vectors of those points that an upsert does not leave out: what a sparse vector asks for stays, whether or not it is stored. */
export function keptVectors(
  points: StoredPoints,
  { mode, ids, vectors }: UpsertOperation,
): readonly OperationVectors[] {
  const kept: number[] = [];
  for (let i = 0; i < ids.length; i++) if (!points.isLeftOut(mode, ids, i, NOT_YET)) kept.push(i);
  return kept.length === ids.length ? vectors : vectors.map((each) => narrowedVectors(each, kept));
}

/** The number of no operation. */
const NOT_YET = -1;

function offsetsOf({ ids: table }: StoredPoints, ids: IdColumn): Uint32Array {
  const offsets = new Uint32Array(ids.length);
  for (let i = 0; i < ids.length; i++) {
    const offset = table.find(ids, i);
    if (offset === -1) throw noPoint(ids, i);
    offsets[i] = offset;
  }
  return offsets;
}

function setPayloads(
  points: StoredPoints,
  { lengths, bytes, shared }: StagedPayloads,
  offsets: Uint32Array,
): void {
  let from = 0;
  for (let i = 0; i < offsets.length; i++) {
    const end = from + (lengths[i] as number);
    points.setPayload(offsets[i] as number, bytes, from, end);
    if (!shared) from = end;
  }
}

function putVectors(points: StoredPoints, vectors: readonly OperationVectors[], offsets: Uint32Array): void {
  for (const each of vectors) {
    const column = new Column(each, points.spaceOf(each));
    for (let i = 0; i < offsets.length; i++) {
      const row = column.next(i);
      if (row !== -1) column.space.store(offsets[i] as number, column.rows, row);
    }
  }
}

function removeVectors({ spaces }: StoredPoints, text: Uint8Array, offsets: Uint32Array): void {
  for (const name of parseJson(utf8.decode(text)) as readonly string[]) {
    const space = spaces.get(name);
    // Of a space that was dropped meanwhile there is nothing left to remove.
    if (space !== undefined) for (const offset of offsets) space.remove(offset);
  }
}

function noPoint(ids: IdColumn, index: number): NearvecError {
  return new NearvecError("POINT_NOT_FOUND", {
    what: `there is no point with id ${ids.at(index)}`,
    subject: { point: ids.at(index) },
    todo: "Nothing was changed. Store it first, or leave it out.",
  });
}
