import type { CoreModule } from "../core/load.ts";
import { NearvecError } from "../errors.ts";
import { PayloadStore } from "../payload/store.ts";
import { IdTable } from "../points/id-table.ts";
import { DenseSpace, type Hits } from "../vectors/dense-space.ts";
import type { Background } from "./background.ts";
import {
  type CollectionConfig,
  denseSpaceConfig,
  indexingConfig,
  type SpaceSettings,
  spaceSettings,
} from "./config.ts";
import { Indexing, type IndexingStatus } from "./indexing.ts";
import {
  type DeleteOperation,
  decodeOperation,
  Kind,
  type Operation,
  type UpsertOperation,
} from "./operation.ts";
import { type Plan, plan } from "./planner.ts";
import type { Surroundings } from "./surroundings.ts";
import { Versions } from "./versions.ts";

export interface SearchRequest {
  readonly limit: number;
  /** Candidates of the graph search; undefined: the `ef_construct` of the space, as in Qdrant. */
  readonly ef: number | undefined;
  readonly exact: boolean;
}

/** What a search found, and the plan that it followed. */
export interface Found extends Plan {
  readonly hits: Hits;
}

/** What the parts of a collection take, in bytes. */
export interface CollectionMemory {
  readonly vectors: number;
  readonly ids: number;
  readonly payloads: number;
}

/**
 * The points of one collection: one write path (`submit`, then `apply`), one read path, and indexing in the
 * background. Everything here speaks of offsets and bytes; validating requests and shaping answers is the
 * client's part.
 */
export class Collection {
  readonly config: CollectionConfig;
  readonly settings: SpaceSettings;
  /** Where a query's vector is checked and converted; in use until the search that it is for. */
  readonly scratch: Float32Array;
  readonly #ids = new IdTable();
  readonly #payloads = new PayloadStore();
  readonly #versions = new Versions();
  readonly #space: DenseSpace;
  readonly #indexing: Indexing;
  #sequence = 0;

  constructor(
    core: CoreModule,
    config: CollectionConfig,
    background: Background,
    surroundings: Surroundings,
  ) {
    this.config = config;
    this.settings = spaceSettings(config);
    this.scratch = new Float32Array(this.settings.size);
    this.#space = DenseSpace.create(
      core,
      denseSpaceConfig(this.settings, config.optimizer_config, surroundings),
    );
    this.#indexing = new Indexing(
      this.#space,
      indexingConfig(this.settings, config.optimizer_config),
      background,
      surroundings,
    );
  }

  // ── writing ──────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Takes an encoded operation: reserves what it needs, numbers it, applies it. Answers its sequence number.
   *
   * @throws {NearvecError} `OUT_OF_MEMORY`; nothing changed.
   */
  submit(bytes: Uint8Array): number {
    const operation = decodeOperation(bytes);
    this.reserve(operation);
    // A log would append `bytes` here: past this line nothing can fail for want of resources.
    const sequence = this.#sequence + 1;
    this.apply(sequence, operation);
    this.#indexing.noteWrite();
    return sequence;
  }

  /**
   * The one place where points change; `reserve` comes first. Deterministic: the same operations in the same
   * order give the same offsets, the same slots and the same answers, whatever the time and whoever calls.
   */
  apply(sequence: number, operation: Operation): void {
    if (operation.kind === Kind.UPSERT) this.#upsert(sequence, operation);
    else this.#delete(operation);
    this.#sequence = sequence;
  }

  /**
   * Takes the memory that applying the operation needs, so that applying it can't fail.
   *
   * @throws {NearvecError} `OUT_OF_MEMORY`; nothing changed.
   */
  reserve(operation: Operation): void {
    if (operation.kind === Kind.DELETE) return;
    const { ids, vectors, payloadLengths } = operation;
    for (const { present } of vectors) this.#space.reserve(present);
    this.#payloads.reserve(payloadLengths);
    const offsets = this.#ids.reserve(ids);
    reserveOrThrow(() => this.#versions.reserve(offsets), ids.length);
  }

  #upsert(sequence: number, { ids, vectors, payloadLengths, payloads }: UpsertOperation): void {
    const [dense] = vectors;
    let row = 0;
    let payloadAt = 0;
    // In the order of the request, so that of two points with one id the last wins.
    for (let i = 0; i < ids.length; i++) {
      const offset = this.#ids.insert(ids, i);
      if (dense !== undefined && isSet(dense.presence, i))
        this.#space.put(offset, dense.rows, row++ * dense.size);
      else this.#space.remove(offset);
      const payloadEnd = payloadAt + (payloadLengths[i] as number);
      if (payloadEnd > payloadAt) this.#payloads.set(offset, payloads, payloadAt, payloadEnd);
      else this.#payloads.delete(offset);
      payloadAt = payloadEnd;
      this.#versions.set(offset, sequence);
    }
  }

  #delete({ ids }: DeleteOperation): void {
    for (let i = 0; i < ids.length; i++) {
      const offset = this.#ids.delete(ids, i);
      if (offset === -1) continue;
      this.#space.remove(offset);
      this.#payloads.delete(offset);
      // Another point may have the offset at once: no reader, builder or checkpoint outlives the turn in
      // which it began, so nothing can still mean this one.
      this.#ids.release(offset);
    }
  }

  // ── reading ──────────────────────────────────────────────────────────────────────────────────────────────

  get ids(): IdTable {
    return this.#ids;
  }

  get payloads(): PayloadStore {
    return this.#payloads;
  }

  /** The number of the operation that last wrote a point. */
  versionOf(offset: number): number {
    return this.#versions.get(offset);
  }

  /** A copy of a point's vector, of unit length for Cosine; undefined when it has none. */
  vectorOf(offset: number): Float32Array | undefined {
    return this.#space.get(offset);
  }

  search(query: Float32Array, { limit, ef, exact }: SearchRequest): Found {
    const { m, efConstruct, size, fullScanBytes } = this.settings;
    const live = this.#space.liveCount;
    const most = Math.max(1, Math.min(limit, live));
    const width = Math.max(ef ?? efConstruct, most);
    const chosen = plan({
      exact,
      live,
      indexed: this.#space.indexedCount,
      vectorBytes: size * 4,
      m,
      width,
      fullScanBytes,
    });
    const hits = this.#space.search(query, { limit: most, ef: width, exact: chosen.exact });
    return { hits, ...chosen };
  }

  // ── state ────────────────────────────────────────────────────────────────────────────────────────────────

  get count(): number {
    return this.#ids.size;
  }

  get indexedCount(): number {
    return this.#space.indexedCount;
  }

  /** Whether larger scores are better. */
  get largerIsCloser(): boolean {
    const { distance } = this.settings;
    return distance === "Cosine" || distance === "Dot";
  }

  /** Vectors that wait for the graph. */
  get tailCount(): number {
    return this.#space.tailCount;
  }

  get status(): IndexingStatus {
    return this.#indexing.status;
  }

  get indexingFailure(): NearvecError | undefined {
    return this.#indexing.failure;
  }

  /** @see Indexing.whenIdle */
  whenIndexed(signal?: AbortSignal): Promise<void> {
    return this.#indexing.whenIdle(signal);
  }

  /** @see Indexing.whenRoom */
  whenRoom(patience: number): Promise<void> | undefined {
    return this.#indexing.whenRoom(patience);
  }

  get memory(): CollectionMemory {
    return {
      vectors: this.#space.memoryBytes,
      ids: this.#ids.memoryBytes + this.#versions.memoryBytes,
      payloads: this.#payloads.memoryBytes,
    };
  }

  /** Gives the memory back. `what` says who is gone, to those who wait for it. */
  close(what: string): void {
    this.#indexing.close(
      new NearvecError("CLOSED", { what, todo: "Open a client, or create the collection, again." }),
    );
    this.#space.close();
    this.#payloads.clear();
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

function isSet(bitmap: Uint32Array, index: number): boolean {
  return (((bitmap[index >>> 5] as number) >>> (index & 31)) & 1) === 1;
}
