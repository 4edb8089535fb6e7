import type { CoreModule } from "../core/load.ts";
import { NearvecError } from "../errors.ts";
import type { Filter } from "../filters/filter.ts";
import type { PayloadStore } from "../payload/store.ts";
import type { IdColumn } from "../points/id-column.ts";
import type { IdTable } from "../points/id-table.ts";
import type { DenseSpaceConfig } from "../vectors/config.ts";
import { DenseSpace, type Hits } from "../vectors/dense-space.ts";
import type { Background } from "./background.ts";
import {
  type CollectionConfig,
  denseSpaceConfig,
  indexingConfig,
  type SpaceSettings,
  spaceSettings,
} from "./config.ts";
import type { Matches } from "./filter-scan.ts";
import { Indexing, type IndexingStatus } from "./indexing.ts";
import { type Deadline, Matching, type Page } from "./matching.ts";
import { decodeOperation, type Operation } from "./operation.ts";
import { type Plan, plan } from "./planner.ts";
import { type CollectionMemory, type Prepared, StoredPoints } from "./stored-points.ts";
import type { Surroundings } from "./surroundings.ts";
import { WriteQueue } from "./write-queue.ts";

export interface SearchRequest {
  readonly limit: number;
  /** Candidates of the graph search; undefined: the `ef_construct` of the space, as in Qdrant. */
  readonly ef: number | undefined;
  readonly exact: boolean;
  /** Only these points; undefined: all. */
  readonly matches?: Matches | undefined;
}

/** What a search found, and the plan that it followed. */
export interface Found extends Plan {
  readonly hits: Hits;
}

const NO_HITS: Hits = {
  count: 0,
  offsets: new Uint32Array(0),
  scores: new Float32Array(0),
  plan: "exact",
  distances: 0,
  expanded: 0,
};

/**
 * The points of one collection: one write path (`submit`, then `apply`), one read path, and indexing in the
 * background. Everything here speaks of offsets and bytes; validating requests and shaping answers is the
 * client's part.
 */
export class Collection {
  /** Where a query's vector is checked and converted; in use until the search that it is for. */
  readonly scratch: Float32Array;
  /** The turns of those who call `submit`. */
  readonly writes = new WriteQueue();
  readonly #points: StoredPoints;
  readonly #matching: Matching;
  readonly #indexing: Indexing;
  /** The object that the space holds, so that a change of the settings reaches it. */
  readonly #spaceConfig: DenseSpaceConfig;
  readonly #surroundings: Surroundings;
  #config: CollectionConfig;
  #settings: SpaceSettings;
  #sequence = 0;
  #closed: NearvecError | undefined;

  constructor(
    core: CoreModule,
    config: CollectionConfig,
    background: Background,
    surroundings: Surroundings,
  ) {
    this.#config = config;
    this.#settings = spaceSettings(config);
    this.#surroundings = surroundings;
    this.scratch = new Float32Array(this.#settings.size);
    this.#spaceConfig = denseSpaceConfig(this.#settings, config.optimizer_config, surroundings);
    this.#points = new StoredPoints(DenseSpace.create(core, this.#spaceConfig));
    this.#matching = new Matching(this.#points, background, surroundings);
    this.#indexing = new Indexing(
      this.#points.space,
      indexingConfig(this.#settings, config.optimizer_config),
      background,
      surroundings,
    );
  }

  get config(): CollectionConfig {
    return this.#config;
  }

  get settings(): SpaceSettings {
    return this.#settings;
  }

  /**
   * Goes on with another configuration, which must describe the same vectors and the same `m`. Searches follow
   * it at once; the graph is built with a new `ef_construct` from its next rebuild on.
   */
  reconfigure(config: CollectionConfig): void {
    this.#config = config;
    this.#settings = spaceSettings(config);
    // The space reads its configuration whenever it decides something.
    Object.assign(
      this.#spaceConfig,
      denseSpaceConfig(this.#settings, config.optimizer_config, this.#surroundings),
    );
    this.#indexing.reconfigure(indexingConfig(this.#settings, config.optimizer_config));
  }

  // ── writing ──────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Takes an encoded operation: finds its points and reserves what it needs, numbers it, applies it. Answers
   * its sequence number.
   *
   * @throws {NearvecError} `POINT_NOT_FOUND` where the operation needs its points to be there,
   *   `OUT_OF_MEMORY`, `CLOSED`; nothing changed.
   */
  submit(bytes: Uint8Array): number {
    if (this.#closed !== undefined) throw this.#closed;
    const prepared = this.prepare(decodeOperation(bytes));
    // A log would append `bytes` here: past this line nothing can fail.
    const sequence = this.#sequence + 1;
    this.apply(sequence, prepared);
    this.#indexing.noteWrite();
    return sequence;
  }

  /** Uses up a sequence number for an operation that was accepted and then found nothing to apply to. */
  skip(): number {
    return ++this.#sequence;
  }

  /** @see StoredPoints.prepare */
  prepare(operation: Operation): Prepared {
    return this.#points.prepare(operation);
  }

  /**
   * Changes the points; `prepare` comes right before. Deterministic: the same operations in the same order
   * give the same offsets and the same contents, whatever the time and whoever calls. (Slots, and approximate answers,
   * also follow from when indexing and rebuilds ran.)
   */
  apply(sequence: number, prepared: Prepared): void {
    this.#points.apply(sequence, prepared);
    this.#sequence = sequence;
  }

  // ── reading ──────────────────────────────────────────────────────────────────────────────────────────────

  get ids(): IdTable {
    return this.#points.ids;
  }

  get payloads(): PayloadStore {
    return this.#points.payloads;
  }

  /** The number of the operation that last wrote a point. */
  versionOf(offset: number): number {
    return this.#points.versions.get(offset);
  }

  /** A copy of a point's vector, of unit length for Cosine; undefined when it has none. */
  vectorOf(offset: number): Float32Array | undefined {
    return this.#points.space.get(offset);
  }

  /** @see Matching.with */
  withMatches<T>(
    filter: Filter,
    deadline: Deadline | undefined,
    use: (matches: Matches) => T,
  ): T | Promise<T> {
    return this.#matching.with(filter, deadline, use);
  }

  /** @see Matching.page */
  page<T>(
    filter: Filter,
    first: IdColumn | undefined,
    limit: number,
    deadline: Deadline | undefined,
    use: (page: Page) => T,
  ): T | Promise<T> {
    return this.#matching.page(filter, first, limit, deadline, use);
  }

  /** The deadline of a request that has so many seconds from now on; undefined when it has any time. */
  deadline(timeout: number | undefined): Deadline | undefined {
    return timeout === undefined ? undefined : { at: this.#surroundings.now() + timeout * 1000, timeout };
  }

  search(query: Float32Array, { limit, ef, exact, matches }: SearchRequest): Found {
    const { m, efConstruct, size, fullScanBytes } = this.#settings;
    const vectors = this.#points.space.liveCount;
    const live = matches === undefined ? vectors : Math.min(vectors, matches.count);
    const most = Math.max(1, Math.min(limit, live));
    const width = Math.max(ef ?? efConstruct, most);
    const chosen = plan({
      exact,
      live,
      indexed: this.#points.space.indexedCount,
      vectorBytes: size * 4,
      m,
      width,
      fullScanBytes,
    });
    if (matches !== undefined && live === 0) return { hits: NO_HITS, ...chosen };
    const hits = this.#points.space.search(query, {
      limit: most,
      ef: width,
      exact: chosen.exact,
      ...(matches && { allowed: matches.bitmap }),
    });
    return { hits, ...chosen };
  }

  // ── state ────────────────────────────────────────────────────────────────────────────────────────────────

  get count(): number {
    return this.#points.ids.size;
  }

  get indexedCount(): number {
    return this.#points.space.indexedCount;
  }

  /** Whether larger scores are better. */
  get largerIsCloser(): boolean {
    const { distance } = this.#settings;
    return distance === "Cosine" || distance === "Dot";
  }

  /** Vectors that wait for the graph. */
  get tailCount(): number {
    return this.#points.space.tailCount;
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

  /** Until the deadline. @see Indexing.whenRoom */
  whenRoom(deadline: Deadline | undefined): Promise<void> | undefined {
    return this.#indexing.whenRoom(
      deadline === undefined ? Number.POSITIVE_INFINITY : deadline.at - this.#surroundings.now(),
    );
  }

  get memory(): CollectionMemory {
    return this.#points.memory;
  }

  /** Gives the memory back. `what` says who is gone, to those who wait for it. */
  close(what: string): void {
    const reason = new NearvecError("CLOSED", {
      what,
      todo: "Open a client, or create the collection, again.",
    });
    this.#closed = reason;
    this.#indexing.close(reason);
    this.#matching.close(reason);
    this.#points.close();
  }
}
