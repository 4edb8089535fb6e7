import type { CoreModule } from "../core/load.ts";
import { NearvecError } from "../errors.ts";
import type { FieldIndexes, PayloadIndexInfo } from "../field-indexes/field-indexes.ts";
import type { FieldParams } from "../field-indexes/params.ts";
import type { Filter } from "../filters/filter.ts";
import type { Log } from "../journal/log.ts";
import type { JsonPath } from "../payload/path.ts";
import type { PayloadStore } from "../payload/store.ts";
import type { IdColumn } from "../points/id-column.ts";
import type { IdTable } from "../points/id-table.ts";
import type { Background } from "./background.ts";
import { type CollectionConfig, type SpaceSettings, spacesOf } from "./config.ts";
import { filters } from "./filtering-on-demand.ts";
import type { Page } from "./id-walk.ts";
import type { IndexingStatus } from "./indexing.ts";
import type { Matches } from "./matches.ts";
import type { Matching } from "./matching.ts";
import { NamedSpace } from "./named-space.ts";
import { decodeOperation, type Operation } from "./operation.ts";
import type { Deadline, Slicing } from "./slices.ts";
import { type CollectionMemory, type Prepared, StoredPoints } from "./stored-points.ts";
import type { Surroundings } from "./surroundings.ts";
import { WriteQueue } from "./write-queue.ts";

/**
 * The points of one collection: one write path (`submit`, then `apply`), one read path, and indexing in the
 * background. Everything here speaks of offsets and bytes; validating requests and shaping answers is the
 * client's part.
 */
export class Collection {
  /** The turns of those who call `submit`. */
  readonly writes = new WriteQueue();
  /** Where every change is written before it is made, if anywhere: answers wait for its `acknowledgement`. */
  log: Pick<Log, "ready" | "append" | "acknowledgement"> | undefined;
  /** @internal What checkpoints are made of. */
  readonly stored = new StoredPoints();
  /** Made for the first filter; its code is there then, as it was needed to read the filter. */
  #matching: Matching | undefined;
  readonly #core: CoreModule;
  readonly #background: Background;
  readonly #surroundings: Surroundings;
  readonly #spaces = new Map<string, NamedSpace>();
  #config: CollectionConfig;
  #closed: NearvecError | undefined;

  /** Spaces that are not plain need their code: see `kinds`. @throws {NearvecError} `OUT_OF_MEMORY` */
  constructor(
    core: CoreModule,
    config: CollectionConfig,
    background: Background,
    surroundings: Surroundings,
  ) {
    this.#core = core;
    this.#config = config;
    this.#background = background;
    this.#surroundings = surroundings;
    for (const [name, settings] of spacesOf(config)) this.#addSpace(name, settings, config);
  }

  get config(): CollectionConfig {
    return this.#config;
  }

  /** All spaces by their names; the unnamed one is "". */
  get spaces(): ReadonlyMap<string, NamedSpace> {
    return this.#spaces;
  }

  /**
   * Goes on with another configuration. Spaces that it has no more are dropped with their vectors, those that are new
   * are empty; the others must keep their vectors' form and `m`. Searches follow it at once; a graph is built with a
   * new `ef_construct` from its next rebuild on.
   */
  reconfigure(config: CollectionConfig): void {
    if (this.#closed !== undefined) throw this.#closed;
    const wanted = spacesOf(config);
    for (const [name, settings] of wanted) {
      const space = this.#spaces.get(name);
      if (space === undefined) this.#addSpace(name, settings, config);
      else space.reconfigure(settings, config.optimizer_config);
    }
    for (const name of [...this.#spaces.keys()]) if (!wanted.has(name)) this.#dropSpace(name);
    this.#config = config;
  }

  #addSpace(name: string, settings: SpaceSettings, { optimizer_config }: CollectionConfig): void {
    const space = new NamedSpace(
      this.#core,
      name,
      settings,
      optimizer_config,
      this.#background,
      this.#surroundings,
    );
    this.#spaces.set(name, space);
    this.stored.spaces.set(name, space.space);
    this.stored.noteSpaces();
  }

  #dropSpace(name: string): void {
    this.#spaces.get(name)?.drop();
    this.#spaces.delete(name);
    this.stored.spaces.delete(name);
    this.stored.noteSpaces();
  }

  // ── writing ──────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Takes an encoded operation: finds its points and reserves what it needs, numbers it, applies it. Answers
   * its sequence number.
   *
   * @throws {NearvecError} `POINT_NOT_FOUND` where the operation needs its points to be there,
   *   `OUT_OF_MEMORY`, `CLOSED`, and those of the storage; nothing changed.
   */
  submit(bytes: Uint8Array): number {
    if (this.#closed !== undefined) throw this.#closed;
    const prepared = this.prepare(decodeOperation(bytes));
    const sequence = this.stored.sequence + 1;
    this.log?.append(sequence, bytes);
    // Past this line nothing can fail.
    this.apply(sequence, prepared);
    this.wake();
    return sequence;
  }

  /** Lets indexing begin, if there is something to index. */
  wake(): void {
    for (const { indexing } of this.#spaces.values()) indexing.noteWrite();
  }

  /** Uses up a sequence number for an operation that was accepted and then found nothing to apply to. */
  skip(): number {
    return ++this.stored.sequence;
  }

  /** @see StoredPoints.prepare */
  prepare(operation: Operation): Prepared {
    return this.stored.prepare(operation);
  }

  /**
   * Changes the points; `prepare` comes right before. Deterministic: the same operations in the same order
   * give the same offsets and the same contents, whatever the time and whoever calls. (Slots, and approximate answers,
   * also follow from when indexing and rebuilds ran.)
   */
  apply(sequence: number, prepared: Prepared): void {
    this.stored.apply(sequence, prepared);
  }

  // ── indexes of payloads ──────────────────────────────────────────────────────────────────────────────────

  /**
   * Creates the index of a path and answers the sequence number of that; it is built in the background.
   *
   * @param Indexes the class, which is not part of what every collection loads
   * @see FieldIndexes.create
   */
  createFieldIndex(path: JsonPath, params: FieldParams, Indexes: typeof FieldIndexes): number {
    if (this.#closed !== undefined) throw this.#closed;
    this.stored.fields ??= this.#noFieldIndexes(Indexes);
    this.stored.fields.create(path, params);
    return this.skip();
  }

  /** Drops the index of a path, if there is one. Answers the sequence number of that. */
  dropFieldIndex(path: JsonPath): number {
    if (this.#closed !== undefined) throw this.#closed;
    this.stored.fields?.drop(path);
    return this.skip();
  }

  /** Until the deadline. @see FieldIndexes.whenComplete */
  whenFieldIndexed(path: JsonPath, deadline: Deadline | undefined): Promise<boolean> | undefined {
    return this.stored.fields?.whenComplete(path, deadline?.at ?? Number.POSITIVE_INFINITY);
  }

  /** Undefined when there never was one. */
  get fieldIndexes(): FieldIndexes | undefined {
    return this.stored.fields;
  }

  get payloadSchema(): Record<string, PayloadIndexInfo> {
    return this.stored.fields?.schema ?? {};
  }

  #noFieldIndexes(Indexes: typeof FieldIndexes): FieldIndexes {
    const { ids, payloads } = this.stored;
    const indexed = { end: () => ids.end, bytesAt: (offset: number) => payloads.getBytes(offset) };
    return new Indexes(indexed, this.#background, this.#surroundings.now);
  }

  // ── reading ──────────────────────────────────────────────────────────────────────────────────────────────

  get ids(): IdTable {
    return this.stored.ids;
  }

  get payloads(): PayloadStore {
    return this.stored.payloads;
  }

  /** The number of the operation that last wrote a point. */
  versionOf(offset: number): number {
    return this.stored.versions.get(offset);
  }

  /** @see Matching.with */
  withMatches<T>(
    filter: Filter,
    deadline: Deadline | undefined,
    use: (matches: Matches) => T,
  ): T | Promise<T> {
    return this.#filtering().with(filter, deadline, use);
  }

  /** @see Matching.count */
  countMatches(filter: Filter, deadline: Deadline | undefined): number | Promise<number> {
    return this.#filtering().count(filter, deadline);
  }

  /** @see Matching.asker */
  asker(filter: Filter): (offset: number) => boolean {
    return this.#filtering().asker(filter);
  }

  /** @see Matching.page */
  page<T>(
    filter: Filter,
    first: IdColumn | undefined,
    limit: number,
    deadline: Deadline | undefined,
    use: (page: Page) => T,
  ): T | Promise<T> {
    return this.#filtering().page(filter, first, limit, deadline, use);
  }

  #filtering(): Matching {
    if (this.#closed !== undefined) throw this.#closed;
    this.#matching ??= new (filters().Matching)(this.stored, this.slicing);
    return this.#matching;
  }

  /** @see inSlices */
  get slicing(): Slicing {
    const surroundings = this.#surroundings;
    const closed = () => this.#closed;
    return { watchers: this.stored.scans, background: this.#background, surroundings, closed };
  }

  /** The deadline of a request that has so many seconds from now on; undefined when it has any time. */
  deadline(timeout: number | undefined): Deadline | undefined {
    return timeout === undefined ? undefined : { at: this.#surroundings.now() + timeout * 1000, timeout };
  }

  // ── state ────────────────────────────────────────────────────────────────────────────────────────────────

  get count(): number {
    return this.stored.ids.size;
  }

  /** Vectors of all spaces that are indexed. */
  get indexedCount(): number {
    let count = 0;
    for (const { space } of this.#spaces.values()) count += space.indexedCount;
    return count;
  }

  /** The worst of the spaces'. */
  get status(): IndexingStatus {
    const statuses = Array.from(this.#spaces.values(), ({ indexing }) => indexing.status);
    return statuses.find((each) => each === "red") ?? statuses.find((each) => each === "yellow") ?? "green";
  }

  get indexingFailure(): NearvecError | undefined {
    for (const { indexing } of this.#spaces.values()) if (indexing.failure) return indexing.failure;
    return undefined;
  }

  /** @see Indexing.whenIdle */
  async whenIndexed(signal?: AbortSignal): Promise<void> {
    await Promise.all(Array.from(this.#spaces.values(), ({ indexing }) => indexing.whenIdle(signal)));
  }

  /** When the log can be written, and there is room: until the deadline. @see Indexing.whenRoom, Log.ready */
  whenRoom(deadline: Deadline | undefined): Promise<unknown> | undefined {
    const patience =
      deadline === undefined ? Number.POSITIVE_INFINITY : deadline.at - this.#surroundings.now();
    const waits: Promise<void>[] = [];
    const ready = this.log?.ready();
    if (ready !== undefined) waits.push(ready);
    for (const { indexing } of this.#spaces.values()) {
      const room = indexing.whenRoom(patience);
      if (room !== undefined) waits.push(room);
    }
    return waits.length === 0 ? undefined : Promise.all(waits);
  }

  get memory(): CollectionMemory {
    return this.stored.memory;
  }

  /** Gives the memory back. `what` says who is gone, to those who wait for it. */
  close(what: string): void {
    const reason = gone(what);
    this.#closed = reason;
    for (const space of this.#spaces.values()) space.close(reason);
    this.stored.fields?.close(reason);
    this.stored.close();
  }
}

function gone(what: string): NearvecError {
  return new NearvecError("CLOSED", { what, todo: "Open a client, or create the collection, again." });
}
