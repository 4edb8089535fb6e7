import { NearvecError } from "../errors.ts";
import type { FieldIndexes } from "../field-indexes/field-indexes.ts";
import { PayloadStore } from "../payload/store.ts";
import type { IdColumn } from "../points/id-column.ts";
import { IdTable } from "../points/id-table.ts";
import type { Space } from "../vectors/space.ts";
import {
  Kind,
  type Operation,
  type OperationVectors,
  UpsertMode,
  type UpsertOperation,
} from "./operation.ts";
import { Column } from "./operation-column.ts";
import { partialChanges } from "./partial-changes-on-demand.ts";
import type { Watcher } from "./slices.ts";
import type { StagedPayloads } from "./staged-payloads.ts";
import { Versions } from "./versions.ts";

/** An operation whose points are known and whose memory is there, so that applying it can't fail. */
export interface Prepared {
  readonly operation: Operation;
  /** Of the operation's points, in its order; empty where points may be missing. */
  readonly offsets: Uint32Array;
  readonly payloads: StagedPayloads | undefined;
}

/** What the parts of a collection take, in bytes. */
export interface CollectionMemory {
  readonly vectors: number;
  readonly ids: number;
  readonly payloads: number;
  /** Indexes of payloads; of what lies in the JavaScript heap an estimate. */
  readonly indexes: number;
}

/** Who keeps what points were before they change: a journal. */
export interface ChangeWatcher {
  /** Makes room for being told of offsets below `end`. @throws {RangeError} */
  reserve(end: number): void;
  /**
   * The point at that offset is about to change in any way; or its id was just removed, or just added, and its payload and
   * version are still what they were.
   */
  before(offset: number): void;
}

const NO_OFFSETS = new Uint32Array(0);

/** Ids, vectors, payloads and versions of a collection's points, and every way in which they change. */
export class StoredPoints {
  readonly ids = new IdTable();
  readonly payloads = new PayloadStore();
  readonly versions = new Versions();
  /** By name; the unnamed one is "". The collection adds and drops them. */
  readonly spaces = new Map<string, Space>();
  /** Reads that are under way, such as scans for filters: told of every point that changes. */
  readonly scans = new Set<Watcher>();
  /** Follow every change of a payload. Set when the collection gets its first index. */
  fields: FieldIndexes | undefined;
  /** Told of every point before it changes. */
  journalled: ChangeWatcher | undefined;
  /** The number of the operation that was applied last. */
  sequence = 0;

  /**
   * Finds the points of an operation and takes the memory that applying it needs. What it answers is good
   * until the next change.
   *
   * @throws {NearvecError} `POINT_NOT_FOUND`, `INVALID_ARGUMENT` (a vector that was dropped), `OUT_OF_MEMORY`,
   *   `INVALID_PAYLOAD`; nothing changed.
   */
  prepare(operation: Operation): Prepared {
    switch (operation.kind) {
      case Kind.UPSERT:
        this.#reserveUpsert(operation);
        return { operation, offsets: NO_OFFSETS, payloads: undefined };
      case Kind.DELETE:
        return { operation, offsets: NO_OFFSETS, payloads: undefined };
      default:
        return partialChanges.module.prepare(this, operation);
    }
  }

  /** The one place where points change. */
  apply(sequence: number, prepared: Prepared): void {
    this.sequence = sequence;
    this.#change(sequence, prepared);
    this.payloads.tidy();
  }

  #change(sequence: number, prepared: Prepared): void {
    const { operation, offsets } = prepared;
    if (this.journalled !== undefined) for (const offset of offsets) this.journalled.before(offset);
    switch (operation.kind) {
      case Kind.UPSERT:
        this.#upsert(sequence, operation);
        return;
      case Kind.DELETE:
        this.#delete(operation.ids);
        return;
      default:
        partialChanges.module.apply(this, prepared);
    }
    for (const offset of offsets) {
      this.versions.set(offset, sequence);
      this.#note(offset);
    }
  }

  /** A space was added or dropped. */
  noteSpaces(): void {
    for (const scan of this.scans) scan.noteAll();
  }

  #note(offset: number): void {
    for (const scan of this.scans) scan.note(offset);
  }

  get memory(): CollectionMemory {
    return {
      vectors: this.#vectorBytes(),
      ids: this.ids.memoryBytes + this.versions.memoryBytes,
      payloads: this.payloads.memoryBytes,
      indexes: this.fields?.memoryBytes ?? 0,
    };
  }

  close(): void {
    this.payloads.clear();
  }

  #vectorBytes(): number {
    let bytes = 0;
    for (const space of this.spaces.values()) bytes += space.memoryBytes;
    return bytes;
  }

  /** The space of a section of an operation, which was checked when the collection may have had other spaces. */
  spaceOf({ name, rows }: OperationVectors): Space {
    const space = this.spaces.get(name);
    if (space?.accepts(rows)) return space;
    throw new NearvecError("INVALID_ARGUMENT", {
      what: `there is no vector ${JSON.stringify(name)} of that form any more`,
      todo: "Nothing was changed. It was deleted before the request had its turn.",
    });
  }

  /** Takes room for vectors of points below `offsets`. */
  reserveVectors(vectors: readonly OperationVectors[], offsets: number): void {
    // All are looked up before any takes memory.
    const spaces = vectors.map((each) => this.spaceOf(each));
    spaces.forEach((space, i) => {
      space.reserveRows((vectors[i] as OperationVectors).rows, offsets);
    });
  }

  // ── points as a whole ────────────────────────────────────────────────────────────────────────────────────

  #reserveUpsert(operation: UpsertOperation): void {
    const { mode, ids, payloadLengths } = operation;
    const vectors =
      mode === UpsertMode.UPSERT ? operation.vectors : partialChanges.module.keptVectors(this, operation);
    const offsets = mode === UpsertMode.UPDATE_ONLY ? this.ids.end : this.ids.reserve(ids);
    this.reserveVectors(vectors, offsets);
    this.payloads.reserve(payloadLengths, offsets);
    reserveOrThrow(() => {
      this.versions.reserve(offsets);
      this.journalled?.reserve(offsets);
    }, ids.length);
  }

  #upsert(sequence: number, operation: UpsertOperation): void {
    const { mode, ids, vectors, payloadLengths, payloads } = operation;
    const columns = vectors.map((each) => new Column(each, this.spaceOf(each)));
    const others = [...this.spaces].flatMap(([name, space]) =>
      vectors.some((each) => each.name === name) ? [] : [space],
    );
    let payloadAt = 0;
    // In the order of the request, so that of two points with one id the last wins.
    for (let i = 0; i < ids.length; i++) {
      const payloadFrom = payloadAt;
      payloadAt += payloadLengths[i] as number;
      const leftOut = mode !== UpsertMode.UPSERT && this.isLeftOut(mode, ids, i, sequence);
      const offset = leftOut ? -1 : this.ids.insert(ids, i);
      if (!leftOut) this.journalled?.before(offset);
      for (const column of columns) {
        const row = column.next(i);
        if (leftOut) continue;
        if (row === -1) column.space.remove(offset);
        else column.space.store(offset, column.rows, row);
      }
      if (leftOut) continue;
      for (const space of others) space.remove(offset);
      if (payloadAt > payloadFrom) this.setPayload(offset, payloads, payloadFrom, payloadAt);
      else this.deletePayload(offset);
      this.versions.set(offset, sequence);
      this.#note(offset);
    }
  }

  /** Whether an upsert of that mode passes over a point, because it is there, or isn't. @param sequence of the operation */
  isLeftOut(mode: UpsertMode, ids: IdColumn, index: number, sequence: number): boolean {
    const offset = this.ids.find(ids, index);
    if (mode === UpsertMode.UPDATE_ONLY) return offset === -1;
    // A point that this very operation inserted is not one that was there: the last of its id wins.
    return offset !== -1 && this.versions.get(offset) !== sequence;
  }

  #delete(ids: IdColumn): void {
    for (let i = 0; i < ids.length; i++) {
      const offset = this.ids.delete(ids, i);
      if (offset === -1) continue;
      this.journalled?.before(offset);
      for (const space of this.spaces.values()) space.remove(offset);
      this.deletePayload(offset);
      // Another point may have the offset at once: no reader or builder outlives the turn in which it began, and a
      // checkpoint has saved what it needs, so nothing can still mean this one.
      this.ids.release(offset);
      this.#note(offset);
    }
  }

  // ── parts of points ──────────────────────────────────────────────────────────────────────────────────────

  /** Gives a point these bytes as its payload, a JSON text; none: takes it away. */
  setPayload(offset: number, bytes: Uint8Array, from: number, end: number): void {
    if (from === end) {
      this.deletePayload(offset);
      return;
    }
    this.fields?.payloadChanges(offset, this.payloads.getBytes(offset), bytes.subarray(from, end));
    this.payloads.set(offset, bytes, from, end);
  }

  deletePayload(offset: number): void {
    this.fields?.payloadChanges(offset, this.payloads.getBytes(offset), undefined);
    this.payloads.delete(offset);
  }
}

/** Typed arrays that the runtime refuses are RangeErrors. */
function reserveOrThrow(reserve: () => void, points: number): void {
  try {
    reserve();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new NearvecError(
      "OUT_OF_MEMORY",
      {
        what: `there is no room for the versions of ${points} points`,
        todo: "Nothing was changed. Delete what is no longer needed, or give the process more memory.",
      },
      { cause },
    );
  }
}
