import type { Collection } from "../collection/collection.ts";
import type { Found } from "../collection/named-space.ts";
import { decode } from "../payload/json.ts";
import type { AnswerForm } from "./answer-form.ts";
import { shortest } from "./f32.ts";
import { formsOf } from "./forms-of.ts";
import type { Payload, PointRecord, ScoredPoint } from "./types.ts";
import type { Wanted } from "./validate-read.ts";

/** A point without its score, as `retrieve` and `scroll` answer it. */
export function record(collection: Collection, offset: number, wanted: Wanted): PointRecord {
  const point: PointRecord = { id: collection.ids.idAt(offset) };
  addWanted(point, collection, offset, wanted);
  return point;
}

export function scoredPoint(
  collection: Collection,
  offset: number,
  score: number,
  wanted: Wanted,
): ScoredPoint {
  const point: ScoredPoint = {
    id: collection.ids.idAt(offset),
    version: collection.versionOf(offset),
    score: shortest(score),
  };
  if (wanted.payload !== false || wanted.vector !== false) addWanted(point, collection, offset, wanted);
  return point;
}

export interface Cut {
  readonly limit: number;
  /** How many of the best to leave out. */
  readonly offset: number;
  readonly scoreThreshold: number | undefined;
  /** A point that must not be among the results: the one whose vector was the query. */
  readonly exclude: number | undefined;
  readonly largerIsCloser: boolean;
}

/** The hits that the caller asked for, best first. */
export function scoredPoints(
  collection: Collection,
  { hits }: Found,
  cut: Cut,
  wanted: Wanted,
): ScoredPoint[] {
  const points: ScoredPoint[] = [];
  const { largerIsCloser: larger } = cut;
  const { offsets, scores, count } = hits;
  let skip = cut.offset;
  for (let i = 0; i < count && points.length < cut.limit; i++) {
    const offset = offsets[i] as number;
    const score = scores[i] as number;
    if (offset === cut.exclude) continue;
    if (
      cut.scoreThreshold !== undefined &&
      !(larger ? score > cut.scoreThreshold : score < cut.scoreThreshold)
    )
      break;
    if (skip > 0) skip--;
    else points.push(scoredPoint(collection, offset, score, wanted));
  }
  return points;
}

function addWanted(
  point: PointRecord,
  collection: Collection,
  offset: number,
  { payload, vector, form }: Wanted,
): void {
  if (payload === true) point.payload = payloadOf(collection, offset, form?.payload);
  else if (payload !== false) point.payload = payload(payloadOf(collection, offset));
  if (vector !== false) {
    point.vector = formsOf(collection).read(offset, vector === true ? undefined : vector, form?.floats);
  }
}

function payloadOf({ payloads }: Collection, offset: number, from: AnswerForm["payload"] = decode): Payload {
  const bytes = payloads.getBytes(offset);
  return bytes === undefined ? {} : from(bytes);
}
