import { decodeOperation, Kind, UpsertMode } from "../../../src/collection/operation.ts";
import { OperationEncoder } from "../../../src/collection/operation-encoder.ts";
import { PersistentPoints } from "../../../src/collection/persistence/points.ts";
import { StoredPoints } from "../../../src/collection/stored-points.ts";
import type { Capture, Piece } from "../../../src/journal/sections.ts";
import { IdColumn } from "../../../src/points/id-column.ts";
import type { PointId } from "../../../src/points/ids.ts";
import type { Space } from "../../../src/vectors/space.ts";

/** A space that keeps no vectors: points have them all the same. */
const noVectors = {
  accepts: () => true,
  reserveRows: () => {},
  store: () => {},
  remove: () => false,
} as Partial<Space> as Space;

/** What an operation says, to be encoded. A payload is JSON text; "" is none. */
export type Change =
  | { do: "upsert"; mode: UpsertMode; points: readonly { id: PointId; payload: string }[] }
  | { do: "delete" | "clear" | "vectors" | "noVectors"; ids: readonly PointId[] }
  | { do: "set" | "overwrite" | "deleteKeys"; ids: readonly PointId[]; key: string; json: string };

const KINDS = {
  delete: Kind.DELETE,
  clear: Kind.CLEAR_PAYLOAD,
  noVectors: Kind.DELETE_VECTORS,
  set: Kind.SET_PAYLOAD,
  overwrite: Kind.OVERWRITE_PAYLOAD,
  deleteKeys: Kind.DELETE_PAYLOAD,
} as const;

const encoder = new OperationEncoder();

function writeIds(ids: readonly PointId[]): void {
  encoder.ids().setAll(ids, (index) => `ids[${index}]`);
}

function writeVectors(count: number): void {
  encoder.beginVectors("", 1);
  for (let i = 0; i < count; i++) encoder.row(i);
  encoder.endVectors();
}

/** The operation's bytes, good until the next one's. */
export function encoded(change: Change): Uint8Array {
  if (change.do === "upsert") {
    encoder.beginUpsert(change.points.length, change.mode);
    writeIds(change.points.map(({ id }) => id));
    writeVectors(change.points.length);
    encoder.beginPayloads();
    for (const { payload } of change.points) encoder.payload(payload);
    return encoder.finish();
  }
  const { ids } = change;
  if (change.do === "vectors") {
    encoder.beginUpdateVectors(ids.length);
    writeIds(ids);
    writeVectors(ids.length);
    return encoder.finish();
  }
  encoder.begin(KINDS[change.do], ids.length);
  writeIds(ids);
  if (change.do === "noVectors") encoder.text("", '[""]');
  else if ("key" in change) encoder.text(change.key, change.json);
  return encoder.finish();
}

/** One point as everybody sees it. */
interface Seen {
  id: PointId;
  offset: number;
  version: number;
  payload: string | undefined;
}

/** Points with a journal that is played by the test. */
export class Journalled {
  readonly points = new StoredPoints();
  readonly persistent = new PersistentPoints(this.points);

  constructor() {
    this.points.spaces.set("", noVectors);
  }

  static restored(pieces: readonly Piece[], sequence = 0): Journalled {
    const made = new Journalled();
    for (const piece of pieces) made.persistent.restore(piece);
    made.persistent.restored();
    made.points.sequence = sequence;
    return made;
  }

  /** Applies an operation with the next number, or none where it names a point that isn't there. */
  apply(bytes: Uint8Array): void {
    this.points.apply(this.points.sequence + 1, this.points.prepare(decodeOperation(bytes)));
  }

  send(change: Change): void {
    this.apply(encoded(change));
  }

  store(...points: readonly [id: PointId, payload: string][]): void {
    const all = points.map(([id, payload]) => ({ id, payload }));
    this.send({ do: "upsert", mode: UpsertMode.UPSERT, points: all });
  }

  has(id: PointId): boolean {
    return this.points.ids.find(IdColumn.one(id, "id"), 0) !== -1;
  }

  /** Everything that can be seen of the points, in the order of their ids. */
  get seen(): { end: number; size: number; points: Seen[] } {
    const { ids, payloads, versions } = this.points;
    const points = Array.from(ids.from(undefined, Number.POSITIVE_INFINITY), (offset) => {
      const bytes = payloads.getBytes(offset);
      const payload = bytes && Buffer.from(bytes).toString("latin1");
      return { id: ids.idAt(offset), offset, version: versions.get(offset), payload };
    });
    for (const { id, offset } of points) {
      if (ids.find(IdColumn.one(id, "id"), 0) !== offset) throw new Error(`${id} is not found`);
    }
    return { end: ids.end, size: ids.size, points };
  }
}

/** Collects pieces as a file would: they are copied. */
export class Pieces {
  readonly all: Piece[] = [];

  readonly sink = (section: Piece["section"], from: number, count: number, bytes: Uint8Array): void => {
    this.all.push({ section, from, count, bytes: bytes.slice() });
  };
}

/** All that is left of a capture. */
export function written(capture: Capture): Piece[] {
  const pieces = new Pieces();
  while (capture.write(pieces.sink, 1 << 20));
  return pieces.all;
}
