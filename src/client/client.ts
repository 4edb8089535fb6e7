import { Background } from "../collection/background.ts";
import { Collection, type CollectionMemory } from "../collection/collection.ts";
import { OperationEncoder } from "../collection/operation-encoder.ts";
import type { Surroundings } from "../collection/surroundings.ts";
import type { Build, CoreModule } from "../core/load.ts";
import { invalidArgument, NearvecError, notSupported } from "../errors.ts";
import { IdColumn } from "../points/id-column.ts";
import { collectionInfo } from "./collection-info.ts";
import { type Estimate, type EstimateRequest, estimate } from "./estimate.ts";
import { checkFields, checkObject, type Fields, fields } from "./fields.ts";
import { checkCollectionName } from "./names.ts";
import { NOT_YET } from "./not-yet.ts";
import { record } from "./results.ts";
import { type Explanation, explainQuery, runQuery } from "./search.ts";
import type {
  CallOptions,
  CollectionExistence,
  CollectionInfo,
  CollectionsResponse,
  CountRequest,
  CountResult,
  CreateCollection,
  DeleteRequest,
  PointRecord,
  QueryRequest,
  QueryResponse,
  RetrieveRequest,
  ScrollRequest,
  ScrollResult,
  UpdateResult,
  UpsertRequest,
} from "./types.ts";
import { parseCreateCollection } from "./validate-collection.ts";
import { checkTimeout } from "./validate-options.ts";
import { checkCount, parseRetrieve, parseScroll } from "./validate-read.ts";
import { checkIds, type ParsedWrite, parseDelete, parseUpsert } from "./validate-write.ts";
import type { Place } from "./vector-input.ts";

/** What an engine consists of, and what it uses. */
export interface EngineInfo {
  /** The instructions that the core was built for: WebAssembly's SIMD, or relaxed SIMD on top of it. */
  build: Build;
  /** Worker threads that build indexes. */
  threads: 0;
  collections: number;
  /** Bytes in use. */
  memory: {
    total: number;
    /** Vectors with their graphs and the scratch of searches. */
    vectors: number;
    ids: number;
    payloads: number;
    /** Bytes per collection. */
    collections: Record<string, number>;
  };
}

const TIMEOUT_ONLY = fields(["timeout"]);
const SIGNAL_ONLY = fields(["signal"]);
const IDS_PLACE: Place = (index) => `ids[${index}]`;

/**
 * An engine in this process, with the methods of `@qdrant/js-client-rest`: same names, arguments, defaults
 * and results, but for ids, which may also be bigints. Make one with {@link open}. All methods reject with
 * {@link NearvecError}; what fails validation changes nothing.
 */
export class NearvecClient {
  readonly #core: CoreModule;
  readonly #surroundings: Surroundings;
  readonly #background: Background;
  readonly #collections = new Map<string, Collection>();
  #encoder: OperationEncoder | undefined;
  #closed = false;

  static {
    for (const method of NOT_YET) {
      const value = async () => {
        throw notSupported(`${method}()`, "The README lists what this release has.");
      };
      Object.defineProperty(NearvecClient.prototype, method, { value, writable: true, configurable: true });
    }
  }

  /** @internal */
  constructor(core: CoreModule, surroundings: Surroundings) {
    this.#core = core;
    this.#surroundings = surroundings;
    this.#background = new Background(surroundings);
  }

  // ── collections ──────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Creates a collection of one unnamed dense vector per point.
   *
   * @throws `COLLECTION_EXISTS`, `INVALID_NAME`, `INVALID_ARGUMENT`, `NOT_SUPPORTED`, `OUT_OF_MEMORY`
   */
  async createCollection(name: string, request: CreateCollection): Promise<boolean> {
    this.#checkOpen();
    checkCollectionName(name);
    const config = parseCreateCollection(request);
    if (this.#collections.has(name)) {
      throw new NearvecError("COLLECTION_EXISTS", {
        what: `the collection ${JSON.stringify(name)} already exists`,
        todo: "Choose another name, or delete it first.",
      });
    }
    this.#collections.set(name, new Collection(this.#core, config, this.#background, this.#surroundings));
    return true;
  }

  /**
   * Status, counts and the whole configuration of a collection. Status is `yellow` while vectors wait for the
   * graph, then `green`; `red` when indexing failed (searches stay right: what is not indexed is scanned).
   * Counts are exact.
   */
  async getCollection(name: string): Promise<CollectionInfo> {
    return collectionInfo(this.#collection(name));
  }

  async getCollections(): Promise<CollectionsResponse> {
    this.#checkOpen();
    return { collections: [...this.#collections.keys()].map((name) => ({ name })) };
  }

  async collectionExists(name: string): Promise<CollectionExistence> {
    this.#checkOpen();
    checkCollectionName(name);
    return { exists: this.#collections.has(name) };
  }

  /** Deletes a collection and gives its memory back. Answers whether there was one. */
  async deleteCollection(name: string, options: CallOptions = {}): Promise<boolean> {
    this.#checkOpen();
    checkCollectionName(name);
    checkOptions(options, TIMEOUT_ONLY);
    checkTimeout(options.timeout);
    this.#collections.get(name)?.close(`the collection ${JSON.stringify(name)} was deleted`);
    return this.#collections.delete(name);
  }

  // ── writing ──────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Stores points, replacing those of the same id as a whole. They are found at once: what is not in the
   * graph yet is scanned. When indexing falls behind, the answer waits for it, so that searches don't get
   * slow.
   *
   * @throws `WRONG_DIMENSION`, `NOT_FINITE`, `INVALID_ID`, `INVALID_PAYLOAD`, `INVALID_ARGUMENT`,
   *   `OUT_OF_MEMORY`: nothing was stored
   */
  async upsert(name: string, request: UpsertRequest): Promise<UpdateResult> {
    const collection = this.#collection(name);
    return this.#write(collection, (encoder) => parseUpsert(request, collection.settings.size, encoder));
  }

  /** Deletes points by their ids; ids that are not there are ignored. */
  async delete(name: string, request: DeleteRequest): Promise<UpdateResult> {
    return this.#write(this.#collection(name), (encoder) => parseDelete(request, encoder));
  }

  // ── reading ──────────────────────────────────────────────────────────────────────────────────────────────

  /** Points by their ids, in the order asked for; unknown ids are left out, repeated ones come once. */
  async retrieve(name: string, request: RetrieveRequest): Promise<PointRecord[]> {
    const collection = this.#collection(name);
    const { ids, wanted } = parseRetrieve(request);
    const column = IdColumn.from(checkIds(ids, "ids"), IDS_PLACE);
    const offsets = new Set<number>();
    for (let i = 0; i < column.length; i++) {
      const offset = collection.ids.find(column, i);
      if (offset !== -1) offsets.add(offset);
    }
    return Array.from(offsets, (offset) => record(collection, offset, wanted));
  }

  /** Points in the order of their ids (integers, then UUIDs), page by page. */
  async scroll(name: string, request: ScrollRequest = {}): Promise<ScrollResult> {
    const collection = this.#collection(name);
    const { limit, offset, wanted } = parseScroll(request);
    const first = offset === undefined ? undefined : IdColumn.one(offset, "offset");
    // One more than asked for: it tells whether there is a next page, and what that begins with.
    const offsets = collection.ids.from(first, limit + 1);
    const next = offsets.length > limit ? offsets[limit] : undefined;
    return {
      points: Array.from(offsets.subarray(0, limit), (each) => record(collection, each, wanted)),
      next_page_offset: next === undefined ? null : collection.ids.idAt(next),
    };
  }

  /** How many points there are. Always exact. */
  async count(name: string, request: CountRequest = {}): Promise<CountResult> {
    const collection = this.#collection(name);
    checkCount(request);
    return { count: collection.count };
  }

  /**
   * The points nearest to a vector, or to the vector of a point; without a query, points in order of their ids.
   *
   * `params.hnsw_ef` (1 to 65,536; default: the collection's `ef_construct`) trades time for recall;
   * `params.exact` compares with everything. Small collections are always compared exactly: that is as fast.
   *
   * @throws `WRONG_DIMENSION`, `NOT_FINITE`, `INVALID_ID`, `POINT_NOT_FOUND`, `INVALID_ARGUMENT`,
   *   `NOT_SUPPORTED`
   */
  async query(name: string, request: QueryRequest): Promise<QueryResponse> {
    return { points: runQuery(this.#collection(name), request) };
  }

  /** Answers a query and says how it was done: the plan and its reason, the work, the time. */
  async explain(name: string, request: QueryRequest): Promise<Explanation> {
    return explainQuery(this.#collection(name), request, this.#surroundings.now);
  }

  // ── the engine ───────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Resolves when every vector of the collection is in its graph (`status` is `green`). Indexing runs by
   * itself anyway; waiting makes it run at full speed, and keeps the process alive until it is done.
   *
   * @throws `ABORTED` when the signal fires, `OUT_OF_MEMORY` when indexing failed for that, `CLOSED` when the
   *   collection goes away
   */
  async waitForIndex(name: string, options: { signal?: AbortSignal } = {}): Promise<void> {
    const collection = this.#collection(name);
    checkOptions(options, SIGNAL_ONLY);
    const { signal } = options;
    if (signal !== undefined && !isAbortSignal(signal)) {
      throw invalidArgument("signal", signal, "an AbortSignal");
    }
    await collection.whenIndexed(signal);
  }

  /** What was chosen for this runtime, and what is in use. */
  info(): EngineInfo {
    this.#checkOpen();
    const parts = Array.from(this.#collections, ([name, { memory }]) => ({ name, ...memory }));
    const sum = (bytes: (part: (typeof parts)[number]) => number) =>
      parts.reduce((total, part) => total + bytes(part), 0);
    const memory = {
      total: sum(totalBytes),
      vectors: sum((part) => part.vectors),
      ids: sum((part) => part.ids),
      payloads: sum((part) => part.payloads),
      collections: Object.fromEntries(parts.map((part) => [part.name, totalBytes(part)])),
    };
    return { build: this.#core.build, threads: 0, collections: this.#collections.size, memory };
  }

  /** How many bytes a collection will take, within a tenth. */
  estimate(request: EstimateRequest): Estimate {
    this.#checkOpen();
    return estimate(request);
  }

  /**
   * Gives all memory back and ends background work. Later calls reject with `CLOSED`; closing twice is fine.
   */
  async close(): Promise<void> {
    this.#closed = true;
    for (const collection of this.#collections.values()) collection.close("the client was closed");
    this.#collections.clear();
  }

  /** `await using client = await open()` closes it at the end of the block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // ── inside ───────────────────────────────────────────────────────────────────────────────────────────────

  #checkOpen(): void {
    if (this.#closed) {
      throw new NearvecError("CLOSED", { what: "the client was closed", todo: "Open another one." });
    }
  }

  #collection(name: string): Collection {
    const collection = this.#collections.get(name);
    if (collection !== undefined) return collection;
    this.#checkOpen();
    checkCollectionName(name);
    throw new NearvecError("COLLECTION_NOT_FOUND", {
      what: `there is no collection ${JSON.stringify(name)}`,
      todo: "Create it first; getCollections() lists those there are.",
    });
  }

  async #write(
    collection: Collection,
    parse: (encoder: OperationEncoder) => ParsedWrite,
  ): Promise<UpdateResult> {
    // Taken out while in use: a getter or toJSON of the caller's objects may well call the client again.
    const encoder = this.#encoder ?? new OperationEncoder();
    this.#encoder = undefined;
    let sequence: number;
    let write: ParsedWrite;
    try {
      write = parse(encoder);
      sequence = collection.submit(write.operation);
    } finally {
      this.#encoder = encoder;
    }
    const patience = write.timeout === undefined ? Number.POSITIVE_INFINITY : write.timeout * 1000;
    await collection.whenRoom(patience);
    return { operation_id: sequence, status: write.wait ? "completed" : "acknowledged" };
  }
}

function checkOptions(options: unknown, allowed: Fields): void {
  checkObject(options, "options");
  checkFields(options, "", allowed);
}

function totalBytes({ vectors, ids, payloads }: CollectionMemory): number {
  return vectors + ids + payloads;
}

/** By its members, not its class: polyfills and other realms have their own. */
function isAbortSignal(value: unknown): value is AbortSignal {
  return typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value;
}
