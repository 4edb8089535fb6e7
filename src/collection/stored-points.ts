import { NearvecError } from "../errors.ts";
import type { FieldIndexes } from "../field-indexes/field-indexes.ts";
import { parseJson } from "../payload/json.ts";
import { PayloadStore } from "../payload/store.ts";
import type { IdColumn } from "../points/id-column.ts";
import { IdTable } from "../points/id-table.ts";
import type { Rows } from "../vectors/rows.ts";
import type { Space } from "../vectors/space.ts";
import { narrowedVectors } from "./narrowing.ts";
import {
  Kind,
  type Operation,
  type OperationVectors,
  UpsertMode,
  type UpsertOperation,
} from "./operation.ts";
import type { Watcher } from "./slices.ts";
import type { StagedPayloads } from "./staged-payloads.ts";
import { staging } from "./staging-on-demand.ts";
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
      case Kind.UPDATE_VECTORS: {
        const offsets = this.#offsetsOf(operation.ids);
        this.#reserveVectors(operation.vectors, this.ids.end);
        return { operation, offsets, payloads: undefined };
      }
      case Kind.CLEAR_PAYLOAD:
      case Kind.DELETE_VECTORS:
        return { operation, offsets: this.#offsetsOf(operation.ids), payloads: undefined };
      default: {
        const offsets = this.#offsetsOf(operation.ids);
        const payloads = staging.module.stagePayloads(operation, offsets, this.payloads);
        this.payloads.reserve(payloads.lengths, this.ids.end);
        return { operation, offsets, payloads };
      }
    }
  }

  /** The one place where points change. */
  apply(sequence: number, prepared: Prepared): void {
    this.sequence = sequence;
    this.#change(sequence, prepared);
    this.payloads.tidy();
  }

  #change(sequence: number, { operation, offsets, payloads }: Prepared): void {
    if (this.journalled !== undefined) for (const offset of offsets) this.journalled.before(offset);
    switch (operation.kind) {
      case Kind.UPSERT:
        this.#upsert(sequence, operation);
        return;
      case Kind.DELETE:
        this.#delete(operation.ids);
        return;
      case Kind.UPDATE_VECTORS:
        this.#putVectors(operation.vectors, offsets);
        break;
      case Kind.CLEAR_PAYLOAD:
        for (const offset of offsets) this.#deletePayload(offset);
        break;
      case Kind.DELETE_VECTORS:
        this.#removeVectors(operation.text, offsets);
        break;
      default:
        if (payloads !== undefined) this.#setPayloads(payloads, offsets);
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
  #spaceOf({ name, rows }: OperationVectors): Space {
    const space = this.spaces.get(name);
    if (space?.accepts(rows)) return space;
    throw new NearvecError("INVALID_ARGUMENT", {
      what: `there is no vector ${JSON.stringify(name)} of that form any more`,
      todo: "Nothing was changed. It was deleted before the request had its turn.",
    });
  }

  #reserveVectors(vectors: readonly OperationVectors[], offsets: number): void {
    // All are looked up before any takes memory.
    const spaces = vectors.map((each) => this.#spaceOf(each));
    spaces.forEach((space, i) => {
      space.reserveRows((vectors[i] as OperationVectors).rows, offsets);
    });
  }

  // ── points as a whole ────────────────────────────────────────────────────────────────────────────────────

  #reserveUpsert(operation: UpsertOperation): void {
    const { mode, ids, payloadLengths } = operation;
    const vectors = mode === UpsertMode.UPSERT ? operation.vectors : this.#keptVectors(operation);
    const offsets = mode === UpsertMode.UPDATE_ONLY ? this.ids.end : this.ids.reserve(ids);
    this.#reserveVectors(vectors, offsets);
    this.payloads.reserve(payloadLengths, offsets);
    reserveOrThrow(() => {
      this.versions.reserve(offsets);
      this.journalled?.reserve(offsets);
    }, ids.length);
  }

  /** Of the points that are not left out: what a sparse vector asks for stays, whether or not it is stored. */
  #keptVectors({ mode, ids, vectors }: UpsertOperation): readonly OperationVectors[] {
    const kept: number[] = [];
    for (let i = 0; i < ids.length; i++) if (!this.#isLeftOut(mode, ids, i, NOT_YET)) kept.push(i);
    return kept.length === ids.length ? vectors : vectors.map((each) => narrowedVectors(each, kept));
  }

  #upsert(sequence: number, operation: UpsertOperation): void {
    const { mode, ids, vectors, payloadLengths, payloads } = operation;
    const columns = vectors.map((each) => new Column(each, this.#spaceOf(each)));
    const others = [...this.spaces].flatMap(([name, space]) =>
      vectors.some((each) => each.name === name) ? [] : [space],
    );
    let payloadAt = 0;
    // In the order of the request, so that of two points with one id the last wins.
    for (let i = 0; i < ids.length; i++) {
      const payloadFrom = payloadAt;
      payloadAt += payloadLengths[i] as number;
      const leftOut = mode !== UpsertMode.UPSERT && this.#isLeftOut(mode, ids, i, sequence);
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
      if (payloadAt > payloadFrom) this.#setPayload(offset, payloads, payloadFrom, payloadAt);
      else this.#deletePayload(offset);
      this.versions.set(offset, sequence);
      this.#note(offset);
    }
  }

  #isLeftOut(mode: UpsertMode, ids: IdColumn, index: number, sequence: number): boolean {
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
      this.#deletePayload(offset);
      // Another point may have the offset at once: no reader or builder outlives the turn in which it began, and a
      // checkpoint has saved what it needs, so nothing can still mean this one.
      this.ids.release(offset);
      this.#note(offset);
    }
  }

  // ── parts of points ──────────────────────────────────────────────────────────────────────────────────────

  #offsetsOf(ids: IdColumn): Uint32Array {
    const offsets = new Uint32Array(ids.length);
    for (let i = 0; i < ids.length; i++) {
      const offset = this.ids.find(ids, i);
      if (offset === -1) throw noPoint(ids, i);
      offsets[i] = offset;
    }
    return offsets;
  }

  #setPayload(offset: number, bytes: Uint8Array, from: number, end: number): void {
    if (from === end) {
      this.#deletePayload(offset);
      return;
    }
    this.fields?.payloadChanges(offset, this.payloads.getBytes(offset), bytes.subarray(from, end));
    this.payloads.set(offset, bytes, from, end);
  }

  #deletePayload(offset: number): void {
    this.fields?.payloadChanges(offset, this.payloads.getBytes(offset), undefined);
    this.payloads.delete(offset);
  }

  #setPayloads({ lengths, bytes, shared }: StagedPayloads, offsets: Uint32Array): void {
    let from = 0;
    for (let i = 0; i < offsets.length; i++) {
      const end = from + (lengths[i] as number);
      this.#setPayload(offsets[i] as number, bytes, from, end);
      if (!shared) from = end;
    }
  }

  #putVectors(vectors: readonly OperationVectors[], offsets: Uint32Array): void {
    for (const each of vectors) {
      const column = new Column(each, this.#spaceOf(each));
      for (let i = 0; i < offsets.length; i++) {
        const row = column.next(i);
        if (row !== -1) column.space.store(offsets[i] as number, column.rows, row);
      }
    }
  }

  #removeVectors(text: Uint8Array, offsets: Uint32Array): void {
    for (const name of parseJson(utf8.decode(text)) as readonly string[]) {
      const space = this.spaces.get(name);
      // Of a space that was dropped meanwhile there is nothing left to remove.
      if (space !== undefined) for (const offset of offsets) space.remove(offset);
    }
  }
}

/** The vectors of one space in an operation, read point by point. */
class Column {
  readonly space: Space;
  readonly rows: Rows;
  readonly #presence: Uint32Array;
  #row = 0;

  constructor({ presence, rows }: OperationVectors, space: Space) {
    this.#presence = presence;
    this.rows = rows;
    this.space = space;
  }

  /** The row of point `index`, -1 where it has none; to be asked of every point in turn. */
  next(index: number): number {
    const set = (((this.#presence[index >>> 5] as number) >>> (index & 31)) & 1) === 1;
    return set ? this.#row++ : -1;
  }
}

/** The number of no operation. */
const NOT_YET = -1;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function noPoint(ids: IdColumn, index: number): NearvecError {
  return new NearvecError("POINT_NOT_FOUND", {
    what: `there is no point with id ${ids.at(index)}`,
    subject: { point: ids.at(index) },
    todo: "Nothing was changed. Store it first, or leave it out.",
  });
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
