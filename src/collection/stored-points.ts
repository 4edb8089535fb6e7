import { NearvecError } from "../errors.ts";
import { parseJson } from "../payload/json.ts";
import { PayloadStore } from "../payload/store.ts";
import type { IdColumn } from "../points/id-column.ts";
import { IdTable } from "../points/id-table.ts";
import type { DenseSpace } from "../vectors/dense-space.ts";
import type { FilterScan } from "./filter-scan.ts";
import {
  Kind,
  type Operation,
  type OperationVectors,
  UpsertMode,
  type UpsertOperation,
} from "./operation.ts";
import { type StagedPayloads, stagePayloads } from "./staged-payloads.ts";
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
}

const NO_OFFSETS = new Uint32Array(0);

/** Ids, vectors, payloads and versions of a collection's points, and every way in which they change. */
export class StoredPoints {
  readonly ids = new IdTable();
  readonly payloads = new PayloadStore();
  readonly versions = new Versions();
  readonly space: DenseSpace;
  /** Scans for filters that are under way: told of every point that changes. */
  readonly scans = new Set<FilterScan>();

  constructor(space: DenseSpace) {
    this.space = space;
  }

  /**
   * Finds the points of an operation and takes the memory that applying it needs. What it answers is good
   * until the next change.
   *
   * @throws {NearvecError} `POINT_NOT_FOUND`, `OUT_OF_MEMORY`, `INVALID_PAYLOAD`; nothing changed.
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
        for (const { present } of operation.vectors) this.space.reserve(present, this.ids.end);
        return { operation, offsets, payloads: undefined };
      }
      case Kind.CLEAR_PAYLOAD:
      case Kind.DELETE_VECTORS:
        return { operation, offsets: this.#offsetsOf(operation.ids), payloads: undefined };
      default: {
        const offsets = this.#offsetsOf(operation.ids);
        const payloads = stagePayloads(operation, offsets, this.payloads);
        this.payloads.reserve(payloads.lengths, this.ids.end);
        return { operation, offsets, payloads };
      }
    }
  }

  /** The one place where points change. */
  apply(sequence: number, prepared: Prepared): void {
    this.#change(sequence, prepared);
    this.payloads.tidy();
  }

  #change(sequence: number, { operation, offsets, payloads }: Prepared): void {
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
        for (const offset of offsets) this.payloads.delete(offset);
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

  #note(offset: number): void {
    for (const scan of this.scans) scan.note(offset);
  }

  get memory(): CollectionMemory {
    return {
      vectors: this.space.memoryBytes,
      ids: this.ids.memoryBytes + this.versions.memoryBytes,
      payloads: this.payloads.memoryBytes,
    };
  }

  close(): void {
    this.space.close();
    this.payloads.clear();
  }

  // ── points as a whole ────────────────────────────────────────────────────────────────────────────────────

  #reserveUpsert({ mode, ids, vectors, payloadLengths }: UpsertOperation): void {
    const offsets = mode === UpsertMode.UPDATE_ONLY ? this.ids.end : this.ids.reserve(ids);
    for (const { present } of vectors) this.space.reserve(present, offsets);
    this.payloads.reserve(payloadLengths, offsets);
    reserveOrThrow(() => this.versions.reserve(offsets), ids.length);
  }

  #upsert(sequence: number, operation: UpsertOperation): void {
    const { mode, ids, vectors, payloadLengths, payloads } = operation;
    const [dense] = vectors;
    let row = 0;
    let payloadAt = 0;
    // In the order of the request, so that of two points with one id the last wins.
    for (let i = 0; i < ids.length; i++) {
      const from = row;
      const hasVector = dense !== undefined && isSet(dense.presence, i);
      if (hasVector) row++;
      const payloadFrom = payloadAt;
      payloadAt += payloadLengths[i] as number;
      if (mode !== UpsertMode.UPSERT && this.#isLeftOut(mode, ids, i, sequence)) continue;
      const offset = this.ids.insert(ids, i);
      if (hasVector) this.space.put(offset, dense.rows, from * dense.size);
      else this.space.remove(offset);
      if (payloadAt > payloadFrom) this.payloads.set(offset, payloads, payloadFrom, payloadAt);
      else this.payloads.delete(offset);
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
      this.space.remove(offset);
      this.payloads.delete(offset);
      // Another point may have the offset at once: no reader, builder or checkpoint outlives the turn in
      // which it began, so nothing can still mean this one.
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

  #setPayloads({ lengths, bytes, shared }: StagedPayloads, offsets: Uint32Array): void {
    let from = 0;
    for (let i = 0; i < offsets.length; i++) {
      const end = from + (lengths[i] as number);
      this.payloads.set(offsets[i] as number, bytes, from, end);
      if (!shared) from = end;
    }
  }

  #putVectors([dense]: readonly OperationVectors[], offsets: Uint32Array): void {
    if (dense === undefined) return;
    let row = 0;
    for (let i = 0; i < offsets.length; i++) {
      if (isSet(dense.presence, i)) this.space.put(offsets[i] as number, dense.rows, row++ * dense.size);
    }
  }

  #removeVectors(text: Uint8Array, offsets: Uint32Array): void {
    const names = parseJson(utf8.decode(text)) as readonly string[];
    if (!names.includes("")) return;
    for (const offset of offsets) this.space.remove(offset);
  }
}

const utf8 = new TextDecoder();

function noPoint(ids: IdColumn, index: number): NearvecError {
  return new NearvecError("POINT_NOT_FOUND", {
    what: `there is no point with id ${ids.at(index)}`,
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

function isSet(bitmap: Uint32Array, index: number): boolean {
  return (((bitmap[index >>> 5] as number) >>> (index & 31)) & 1) === 1;
}
