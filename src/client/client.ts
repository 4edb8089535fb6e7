// Optional: the build makes the published types bear its absence.
import type { QdrantClient } from "@qdrant/js-client-rest";
import type { Collection } from "../collection/collection.ts";
import { notSupported } from "../errors.ts";
import { COLLECTION_OPTIONS } from "../generated/validators/options.ts";
import { inTurn } from "../on-demand.ts";
import { IdColumn } from "../points/id-column.ts";
import { object } from "../validation/containers.ts";
import { check, leaf } from "../validation/schema.ts";
import {
  administration,
  loadAdministration,
  loadForCreation,
  loadForVectorNames,
} from "./administration-on-demand.ts";
import type { WriteName } from "./changes.ts";
import { collectionInfo } from "./collection-info.ts";
import type { Collections } from "./collections.ts";
import { type EngineInfo, engineInfo } from "./engine-info.ts";
import { type Estimate, type EstimateRequest, estimate } from "./estimate.ts";
import type { Explanation } from "./explain.ts";
import { extras } from "./extras-on-demand.ts";
import { formsOf } from "./forms-of.ts";
import { NOT_YET } from "./not-yet.ts";
import { changes, codeFor, payloadIndexes, rare, snapshots, summaries } from "./on-demand.ts";
import { record } from "./results.ts";
import { runQueries, runQuery } from "./search.ts";
import { checkIds } from "./selector.ts";
import { after } from "./snapshot.ts";
import { SNAPSHOT_METHODS } from "./snapshot-names.ts";
import type { SnapshotMethods } from "./snapshot-types.ts";
import type {
  BatchUpdateRequest,
  CallOptions,
  ChangeAliases,
  ClearPayloadRequest,
  CollectionExistence,
  CollectionInfo,
  CollectionsAliasesResponse,
  CollectionsResponse,
  CountRequest,
  CountResult,
  CreateCollection,
  CreatePayloadIndexRequest,
  DeletePayloadRequest,
  DeleteRequest,
  DeleteVectorsRequest,
  FacetRequest,
  FacetResponse,
  GroupsResult,
  OverwritePayloadRequest,
  PayloadOf,
  PointRecord,
  QueryBatchRequest,
  QueryGroupsRequest,
  QueryRequest,
  QueryResponse,
  RetrieveRequest,
  ScoredPoint,
  ScrollRequest,
  ScrollResult,
  SearchBatchRequest,
  SearchGroupsRequest,
  SearchRequest,
  SetPayloadRequest,
  UpdateCollection,
  UpdateResult,
  UpdateVectorsRequest,
  UpsertRequest,
  VectorNameConfig,
  VersionInfo,
  WriteOptions,
} from "./types.ts";
import { parseCount, parseQuery, parseQueryBatch, parseRetrieve, parseScroll } from "./validate-read.ts";
import { DELETE, parseWrite, UPSERT, type Write } from "./validate-write.ts";
import type { Place } from "./vector-input.ts";
import { versionInfo } from "./version.ts";
import { Writer } from "./writer.ts";

const TIMEOUT_ONLY = /* @__PURE__ */ object({}, COLLECTION_OPTIONS);
const SIGNAL_ONLY = /* @__PURE__ */ object(
  {},
  { signal: /* @__PURE__ */ leaf("an AbortSignal", isAbortSignal) },
);
const IDS_PLACE: Place = (index) => `ids[${index}]`;

/**
 * An engine in this process, with the methods of `@qdrant/js-client-rest`: same names, arguments, defaults
 * and results, but for ids, which may also be bigints. Make one with {@link open}. All methods reject with
 * {@link NearvecError}; what fails validation changes nothing.
 */
export class NearvecClient<out Payloads extends object = object> {
  readonly #collections: Collections;
  readonly #writer = new Writer();

  static {
    for (const method of NOT_YET) {
      const value = async () => {
        throw notSupported(`${method}()`, "The README lists what this release has.");
      };
      Object.defineProperty(NearvecClient.prototype, method, { value, writable: true, configurable: true });
    }
    for (const method of SNAPSHOT_METHODS) {
      const value = async function (this: NearvecClient, ...args: unknown[]): Promise<unknown> {
        const loading = inTurn([snapshots]);
        if (loading !== undefined) args = await after(loading, args);
        return snapshots.module.call(method, this.#collections, args);
      };
      Object.defineProperty(NearvecClient.prototype, method, { value, writable: true, configurable: true });
    }
  }

  /** @internal */
  constructor(collections: Collections) {
    this.#collections = collections;
  }

  // ── collections ──────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Creates a collection: of one unnamed dense vector per point, of named ones of any kind, or of none yet.
   *
   * Hints to a server's disks, shards and copies are kept, shown by `getCollection`, and change nothing: a collection is in
   * memory as a whole, and with a `path` is kept as a whole. Of its log, `wal_capacity_mb` and `flush_interval_sec` say when
   * checkpoints are written. Quantization has no effect yet: vectors are compared as they are.
   *
   * @throws `COLLECTION_EXISTS`, `INVALID_NAME`, `INVALID_ARGUMENT`, `NOT_SUPPORTED`, `OUT_OF_MEMORY`
   */
  async createCollection(name: string, request: CreateCollection): Promise<boolean> {
    const loading = loadForCreation(this.#collections.core, request);
    if (loading !== undefined) request = await after(loading, request);
    this.#collections.check(name);
    await this.#collections.create(name, administration.module.parseCreateCollection(request));
    return true;
  }

  /**
   * Deletes the collection, if it is there, with its aliases, and creates it anew. A request that is wrong deletes
   * nothing.
   *
   * @deprecated The official client's word for `deleteCollection` and `createCollection`.
   * @throws as {@link createCollection}; after `OUT_OF_MEMORY` the old collection is gone
   */
  async recreateCollection(name: string, request: CreateCollection): Promise<boolean> {
    const loading = loadForCreation(this.#collections.core, request);
    if (loading !== undefined) request = await after(loading, request);
    this.#collections.check(name);
    const config = administration.module.parseCreateCollection(request);
    await this.#collections.delete(name);
    await this.#collections.create(name, config);
    return true;
  }

  /**
   * Changes settings of a collection; what is left out stays. Searches follow them at once; with another `m` the graph is
   * built anew, and with a new `ef_construct` from the next time on that it is. `metadata` is merged at its top level, and a
   * null removes its key. Hints are kept and shown, as of {@link createCollection}; `quantization_config: "Disabled"`
   * takes the setting away.
   *
   * @throws `COLLECTION_NOT_FOUND`, `INVALID_ARGUMENT`, `NOT_SUPPORTED` (strict mode): nothing was changed
   */
  async updateCollection(name: string, request: UpdateCollection = {}): Promise<boolean> {
    const loading = loadAdministration();
    if (loading !== undefined) request = await after(loading, request);
    return administration.module.updateCollection(this.#collections.get(name), request);
  }

  /**
   * Status, counts and the whole configuration of a collection. Status is `yellow` while vectors wait for the
   * graph, then `green`; `red` when indexing failed (searches stay right: what is not indexed is scanned).
   * Counts are exact.
   */
  async getCollection(name: string): Promise<CollectionInfo> {
    const turn = inTurn([]);
    if (turn !== undefined) await turn;
    return collectionInfo(this.#collections.get(name));
  }

  async getCollections(): Promise<CollectionsResponse> {
    const turn = inTurn([]);
    if (turn !== undefined) await turn;
    this.#collections.checkOpen();
    return { collections: this.#collections.entries().map(([name]) => ({ name })) };
  }

  /** Whether there is a collection, or an alias, of that name. */
  async collectionExists(name: string): Promise<CollectionExistence> {
    const turn = inTurn([]);
    if (turn !== undefined) await turn;
    this.#collections.check(name);
    return { exists: this.#collections.has(name) };
  }

  /**
   * Deletes a collection with its aliases and gives its memory back. Answers whether there was one; an alias
   * does not stand for its collection here.
   */
  async deleteCollection(name: string, options: CallOptions = {}): Promise<boolean> {
    const turn = inTurn([]);
    if (turn !== undefined) await turn;
    this.#collections.check(name);
    check(TIMEOUT_ONLY, options, "", "options");
    return this.#collections.delete(name);
  }

  /**
   * Creates, deletes and renames aliases, which can be used wherever a collection's name can. All in one step:
   * no other call sees a part of it. Creating an alias that is there points it elsewhere; deleting one that is
   * not there is fine. When an action fails, those before it stay.
   *
   * @throws `COLLECTION_NOT_FOUND`, `COLLECTION_EXISTS` (an alias can't have a collection's name),
   *   `ALIAS_NOT_FOUND`, `INVALID_NAME`, `INVALID_ARGUMENT`
   */
  async updateCollectionAliases(request: ChangeAliases): Promise<boolean> {
    const loading = loadAdministration();
    if (loading !== undefined) request = await after(loading, request);
    this.#collections.checkOpen();
    return administration.module.changeAliases(this.#collections, request);
  }

  /** All aliases with their collections. */
  async getAliases(): Promise<CollectionsAliasesResponse> {
    const turn = inTurn([]);
    if (turn !== undefined) await turn;
    this.#collections.checkOpen();
    const aliases = this.#collections.aliases.entries();
    return { aliases: aliases.map(([alias_name, collection_name]) => ({ alias_name, collection_name })) };
  }

  /** The aliases of one collection; none for a name that is no collection's. */
  async getCollectionAliases(name: string): Promise<CollectionsAliasesResponse> {
    this.#collections.check(name);
    const { aliases } = await this.getAliases();
    return { aliases: aliases.filter((alias) => alias.collection_name === name) };
  }

  /**
   * Makes filters on a field fast, and lets `order_by` and `facet` use it. What a filter finds stays the same; but with
   * a text index `text`, `text_any` and `phrase` ask for words instead of substrings.
   *
   * The index is built in the background, in slices of a few milliseconds; until it is complete, filters ask payloads. With
   * `wait` the answer comes when it is; the default is the official client's, which is not to wait. Of a small collection it
   * is complete at once in either case. Creating the same index again changes nothing; one with other options takes the
   * place of what was there.
   *
   * @throws `INVALID_ARGUMENT`, `NOT_SUPPORTED` (a text index in a language that can't be told into words),
   *   `OUT_OF_MEMORY` (with `wait`: filters stay right without the index)
   */
  async createPayloadIndex(name: string, request: CreatePayloadIndexRequest): Promise<UpdateResult> {
    const loading = codeFor(request, payloadIndexes);
    if (loading !== undefined) request = await after(loading, request);
    return payloadIndexes.module.createPayloadIndex(this.#collections.get(name), request);
  }

  /** Deletes the index of a field; it is fine when there is none. */
  async deletePayloadIndex(
    name: string,
    field_name: string,
    options: WriteOptions = {},
  ): Promise<UpdateResult> {
    const loading = codeFor(options, payloadIndexes);
    if (loading !== undefined) options = await after(loading, options);
    return payloadIndexes.module.deletePayloadIndex(this.#collections.get(name), field_name, options);
  }

  /**
   * Adds a named vector, which no point has yet: `{ dense: { size, distance } }` or `{ sparse: {} }`. Adding it once more
   * changes nothing.
   *
   * @throws `INVALID_ARGUMENT`, `INVALID_NAME`, `NOT_SUPPORTED`, `OUT_OF_MEMORY`
   */
  async createVectorName(
    name: string,
    vector_name: string,
    config: VectorNameConfig,
    options: WriteOptions = {},
  ): Promise<UpdateResult> {
    const loading = loadForVectorNames(this.#collections.core, config);
    if (loading !== undefined) config = await after(loading, config);
    const collection = this.#collections.get(name);
    return administration.module.createVectorName(collection, vector_name, config, options);
  }

  /**
   * Drops a named vector with its data, which does not come back when it is created again.
   *
   * @throws `INVALID_ARGUMENT` when the collection has no such vector
   */
  async deleteVectorName(
    name: string,
    vector_name: string,
    options: WriteOptions = {},
  ): Promise<UpdateResult> {
    const loading = loadForVectorNames(this.#collections.core);
    if (loading !== undefined) await loading;
    return administration.module.deleteVectorName(this.#collections.get(name), vector_name, options);
  }

  // ── writing ──────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Stores points, replacing those of the same id as a whole. They are found at once: what is not in the
   * graph yet is scanned. When indexing falls behind, the answer waits for it, so that searches don't get
   * slow. `update_mode` `insert_only` leaves points alone that are there already, `update_only` stores only
   * those. `update_filter` leaves points alone that are there and don't meet it.
   *
   * @throws `WRONG_DIMENSION`, `NOT_FINITE`, `INVALID_ID`, `INVALID_PAYLOAD`, `INVALID_ARGUMENT`,
   *   `OUT_OF_MEMORY`: nothing was stored
   */
  upsert<Name extends string>(
    name: Name,
    request: UpsertRequest<PayloadOf<Payloads, Name>>,
  ): Promise<UpdateResult>;
  async upsert(name: string, request: UpsertRequest): Promise<UpdateResult> {
    return this.#write(name, UPSERT, request);
  }

  /**
   * Deletes points by their ids or by a filter, or those that are named by both; ids that are not there are ignored.
   *
   * @throws `INVALID_ID`, `INVALID_ARGUMENT`, `TIMEOUT`: nothing was deleted
   */
  async delete(name: string, request: DeleteRequest): Promise<UpdateResult> {
    return this.#write(name, DELETE, request);
  }

  /**
   * Replaces the vectors of points, and leaves their payloads. `update_filter` leaves points alone that don't meet it;
   * those that are missing are an error all the same.
   *
   * @throws `POINT_NOT_FOUND`, `WRONG_DIMENSION`, `NOT_FINITE`, `INVALID_ID`, `INVALID_ARGUMENT`,
   *   `OUT_OF_MEMORY`: nothing was changed
   */
  async updateVectors(name: string, request: UpdateVectorsRequest): Promise<UpdateResult> {
    return this.#write(name, "update_vectors", request);
  }

  /**
   * Removes the vectors of points, and leaves their payloads; without a vector no search finds them.
   *
   * @throws `POINT_NOT_FOUND`, `INVALID_ARGUMENT`, `INVALID_ID`: nothing was changed
   */
  async deleteVectors(name: string, request: DeleteVectorsRequest): Promise<UpdateResult> {
    return this.#write(name, "delete_vectors", request);
  }

  /**
   * Merges an object into the payloads of points: its keys replace theirs, a null removes a key. With `key`, a
   * JSON path (`a.b`, `a[0]`, `a[].b`), it is merged there, and what is missing on the way is made.
   *
   * @throws `POINT_NOT_FOUND`, `INVALID_PAYLOAD`, `INVALID_ARGUMENT`, `INVALID_ID`, `OUT_OF_MEMORY`: nothing was
   *   changed
   */
  setPayload<Name extends string>(
    name: Name,
    request: SetPayloadRequest<PayloadOf<Payloads, Name>>,
  ): Promise<UpdateResult>;
  async setPayload(name: string, request: SetPayloadRequest): Promise<UpdateResult> {
    return this.#write(name, "set_payload", request);
  }

  /**
   * Replaces the payloads of points as a whole, nulls included. `key` is accepted and, as on a server, without
   * effect.
   *
   * @throws as {@link setPayload}
   */
  overwritePayload<Name extends string>(
    name: Name,
    request: OverwritePayloadRequest<PayloadOf<Payloads, Name>>,
  ): Promise<UpdateResult>;
  async overwritePayload(name: string, request: OverwritePayloadRequest): Promise<UpdateResult> {
    return this.#write(name, "overwrite_payload", request);
  }

  /**
   * Removes keys from the payloads of points: JSON paths, where `a[].b` removes b from each element of a, `a[]`
   * empties it, and `a[0]` does nothing.
   *
   * @throws as {@link setPayload}
   */
  async deletePayload(name: string, request: DeletePayloadRequest): Promise<UpdateResult> {
    return this.#write(name, "delete_payload", request);
  }

  /**
   * Removes the payloads of points.
   *
   * @throws `POINT_NOT_FOUND`, `INVALID_ARGUMENT`, `INVALID_ID`: nothing was changed
   */
  async clearPayload(name: string, request: ClearPayloadRequest): Promise<UpdateResult> {
    return this.#write(name, "clear_payload", request);
  }

  /**
   * Writes of all kinds in their order, with one result each. All are checked before the first is applied;
   * when one then meets a point that is missing, or too little memory, those before it stay.
   *
   * @throws what the single methods throw
   */
  batchUpdate<Name extends string>(
    name: Name,
    request: BatchUpdateRequest<PayloadOf<Payloads, Name>>,
  ): Promise<UpdateResult[]>;
  async batchUpdate(name: string, request: BatchUpdateRequest): Promise<UpdateResult[]> {
    const loading = codeFor(request, changes);
    if (loading !== undefined) request = await after(loading, request);
    const collection = this.#collections.get(name);
    const forms = formsOf(collection);
    const { parseBatchUpdate } = changes.module;
    return this.#writer.write(collection, (encoder) => parseBatchUpdate(request, forms, encoder));
  }

  // ── reading ──────────────────────────────────────────────────────────────────────────────────────────────

  /** Points by their ids, in the order asked for; unknown ids are left out, repeated ones come once. */
  retrieve<Name extends string>(
    name: Name,
    request: RetrieveRequest,
  ): Promise<PointRecord<PayloadOf<Payloads, Name>>[]>;
  async retrieve(name: string, request: RetrieveRequest): Promise<PointRecord[]> {
    const loading = codeFor(request);
    if (loading !== undefined) request = await after(loading, request);
    const collection = this.#collections.get(name);
    const { ids, wanted } = parseRetrieve(request);
    const column = IdColumn.from(checkIds(ids, "ids"), IDS_PLACE);
    const offsets = new Set<number>();
    for (let i = 0; i < column.length; i++) {
      const offset = collection.ids.find(column, i);
      if (offset !== -1) offsets.add(offset);
    }
    return Array.from(offsets, (offset) => record(collection, offset, wanted));
  }

  /**
   * Points in the order of their ids (integers, then UUIDs), page by page; with a filter, those that meet it.
   *
   * With `order_by` in the order of a field that has an index of type integer, float or datetime: points without such a
   * value are left out, those with several come once for each. There is no `next_page_offset` then: go on with
   * `start_from`, which is inclusive.
   */
  scroll<Name extends string>(
    name: Name,
    request?: ScrollRequest,
  ): Promise<ScrollResult<PayloadOf<Payloads, Name>>>;
  async scroll(name: string, request: ScrollRequest = {}): Promise<ScrollResult> {
    const loading = codeFor(request);
    if (loading !== undefined) request = await after(loading, request);
    const collection = this.#collections.get(name);
    const parsed = parseScroll(request);
    const { limit, offset, order, wanted, filter, timeout } = parsed;
    if (order !== undefined) return extras.module.scrollInOrder(collection, parsed, order);
    const first = offset === undefined ? undefined : IdColumn.one(offset, "offset");
    if (filter !== undefined) {
      const deadline = collection.deadline(timeout);
      return collection.page(filter, first, limit, deadline, ({ offsets, next }) => ({
        points: offsets.map((each) => record(collection, each, wanted)),
        next_page_offset: next === undefined ? null : collection.ids.idAt(next),
      }));
    }
    // One more than asked for: it tells whether there is a next page, and what that begins with.
    const offsets = collection.ids.from(first, limit + 1);
    const next = offsets.length > limit ? offsets[limit] : undefined;
    return {
      points: Array.from(offsets.subarray(0, limit), (each) => record(collection, each, wanted)),
      next_page_offset: next === undefined ? null : collection.ids.idAt(next),
    };
  }

  /** How many points there are, or meet a filter. Always exact. */
  async count(name: string, request: CountRequest = {}): Promise<CountResult> {
    const loading = codeFor(request);
    if (loading !== undefined) request = await after(loading, request);
    const collection = this.#collections.get(name);
    const { filter, timeout } = parseCount(request);
    if (filter === undefined) return { count: collection.count };
    return { count: await collection.countMatches(filter, collection.deadline(timeout)) };
  }

  /**
   * The points nearest to a vector, or to the vector of a point; with `order_by` points in the order of a field, and
   * without a query in that of their ids.
   *
   * The point whose vector is used is none of the results. `lookup_from` takes the vector from another collection; a
   * point that has the same id here may be among the results.
   *
   * `params.hnsw_ef` (1 to 65,536; default: the collection's `ef_construct`) trades time for recall;
   * `params.exact` compares with everything. Small collections are always compared exactly: that is as fast.
   *
   * @throws `WRONG_DIMENSION`, `NOT_FINITE`, `INVALID_ID`, `POINT_NOT_FOUND`, `INVALID_ARGUMENT`,
   *   `NOT_SUPPORTED`
   */
  query<Name extends string>(
    name: Name,
    request: QueryRequest,
  ): Promise<QueryResponse<PayloadOf<Payloads, Name>>>;
  async query(name: string, request: QueryRequest): Promise<QueryResponse> {
    const loading = codeFor(request);
    if (loading !== undefined) request = await after(loading, request);
    const points = runQuery(this.#collections.get(name), parseQuery(request, this.#find));
    return { points: points instanceof Promise ? await points : points };
  }

  /** Several queries, answered in their order; one that is wrong fails all. */
  queryBatch<Name extends string>(
    name: Name,
    request: QueryBatchRequest,
  ): Promise<QueryResponse<PayloadOf<Payloads, Name>>[]>;
  async queryBatch(name: string, request: QueryBatchRequest): Promise<QueryResponse[]> {
    const loading = codeFor(request);
    if (loading !== undefined) request = await after(loading, request);
    const collection = this.#collections.get(name);
    const answers = runQueries(collection, parseQueryBatch(request, this.#find));
    return (answers instanceof Promise ? await answers : answers).map((points) => ({ points }));
  }

  /** What `query` was before: the points nearest to a vector, as a bare list. */
  search<Name extends string>(
    name: Name,
    request: SearchRequest,
  ): Promise<ScoredPoint<PayloadOf<Payloads, Name>>[]>;
  async search(name: string, request: SearchRequest): Promise<ScoredPoint[]> {
    const loading = codeFor(request, rare);
    if (loading !== undefined) request = await after(loading, request);
    return runQuery(this.#collections.get(name), rare.module.parseSearch(request));
  }

  /** Several searches, answered in their order; one that is wrong fails all. */
  searchBatch<Name extends string>(
    name: Name,
    request: SearchBatchRequest,
  ): Promise<ScoredPoint<PayloadOf<Payloads, Name>>[][]>;
  async searchBatch(name: string, request: SearchBatchRequest): Promise<ScoredPoint[][]> {
    const loading = codeFor(request, rare);
    if (loading !== undefined) request = await after(loading, request);
    const collection = this.#collections.get(name);
    return runQueries(collection, rare.module.parseSearchBatch(request));
  }

  /**
   * The best points of each value that a field has: `limit` groups (default 10) of up to `group_size` points (default 3),
   * in the order of their best points. Values are strings or integers; a point with another value, or with none, is left
   * out; one with an array is in the group of each element. There are as many groups, and points in them, as exist.
   *
   * `with_lookup` adds to each group the point of another collection whose id is the group's.
   *
   * @throws as {@link query}; `COLLECTION_NOT_FOUND` for the collection of `with_lookup`
   */
  queryGroups<Name extends string>(
    name: Name,
    request: QueryGroupsRequest,
  ): Promise<GroupsResult<PayloadOf<Payloads, Name>>>;
  async queryGroups(name: string, request: QueryGroupsRequest): Promise<GroupsResult> {
    const loading = codeFor(request, summaries);
    if (loading !== undefined) request = await after(loading, request);
    const { parseQueryGroups, queryGroups } = summaries.module;
    return queryGroups(this.#collections.get(name), parseQueryGroups(request, this.#find));
  }

  /** What `queryGroups` was before. */
  searchPointGroups<Name extends string>(
    name: Name,
    request: SearchGroupsRequest,
  ): Promise<GroupsResult<PayloadOf<Payloads, Name>>>;
  async searchPointGroups(name: string, request: SearchGroupsRequest): Promise<GroupsResult> {
    const loading = codeFor(request, summaries);
    if (loading !== undefined) request = await after(loading, request);
    const { parseSearchGroups, queryGroups } = summaries.module;
    return queryGroups(this.#collections.get(name), parseSearchGroups(request, this.#find));
  }

  /**
   * The most frequent values of a field, and how many points have each (default: 10 values), by an index on the field;
   * with a filter, of the points that meet it. Of values with the same count the lower one comes first. Always exact.
   *
   * @throws `INVALID_ARGUMENT` without an index of type keyword, integer, bool or uuid
   */
  async facet(name: string, request: FacetRequest): Promise<FacetResponse> {
    const loading = codeFor(request, summaries);
    if (loading !== undefined) request = await after(loading, request);
    const { countFacets, parseFacet } = summaries.module;
    return countFacets(this.#collections.get(name), parseFacet(request));
  }

  /** Answers a query and says how it was done: the plan and its reason, the work, the time. */
  explain<Name extends string>(
    name: Name,
    request: QueryRequest,
  ): Promise<Explanation<PayloadOf<Payloads, Name>>>;
  async explain(name: string, request: QueryRequest): Promise<Explanation> {
    const loading = codeFor(request, rare);
    if (loading !== undefined) request = await after(loading, request);
    const { now } = this.#collections.surroundings;
    return rare.module.explainQuery(this.#collections.get(name), parseQuery(request, this.#find), now);
  }

  // ── snapshots ────────────────────────────────────────────────────────────────────────────────────────────
  // Their methods are put on the prototype above: these are their types.

  /**
   * Writes a collection into one file, as it is now, while reads and writes go on; it can be opened by itself, and come back
   * here or elsewhere. It is kept beside the data, of a client in memory in memory.
   *
   * @throws `COLLECTION_NOT_FOUND`, `STORAGE_FULL`, `STORAGE_DENIED`, `STORAGE_FAILED`, `READ_ONLY`: there is no new snapshot
   */
  declare readonly createSnapshot: SnapshotMethods["createSnapshot"];
  /** The snapshots of a collection; those that it left, too, when it was deleted. */
  declare readonly listSnapshots: SnapshotMethods["listSnapshots"];
  /** @throws `SNAPSHOT_NOT_FOUND` */
  declare readonly deleteSnapshot: SnapshotMethods["deleteSnapshot"];
  /**
   * Puts what a snapshot holds in the place of a collection, which need not be there, nor have the same name or form.
   * Readers see what was before or what comes; aliases stay. `location` is the name of a snapshot of that collection, or a
   * `file:` URL of a file in the store's folder `snapshots`; bytes from elsewhere take {@link uploadSnapshot}. `priority` and
   * `api_key` have no effect.
   *
   * @throws `SNAPSHOT_NOT_FOUND`, `STORAGE_DENIED` for files elsewhere, `NOT_SUPPORTED` for other URLs, `DAMAGED`,
   *   `INVALID_ARGUMENT` (the checksum is another), `OUT_OF_MEMORY`, `READ_ONLY`: nothing was changed
   */
  declare readonly recoverSnapshot: SnapshotMethods["recoverSnapshot"];
  /**
   * A snapshot's bytes: `await file.bytes()`, or as a stream, `file.stream()`. `open({ snapshot })` and
   * {@link uploadSnapshot} take the file itself.
   *
   * @throws `SNAPSHOT_NOT_FOUND`
   */
  declare readonly downloadSnapshot: SnapshotMethods["downloadSnapshot"];
  /** As {@link recoverSnapshot}, from bytes. */
  declare readonly uploadSnapshot: SnapshotMethods["uploadSnapshot"];
  /** As {@link createSnapshot}, of all collections and aliases. Each collection is as it is at a moment of its own. */
  declare readonly createFullSnapshot: SnapshotMethods["createFullSnapshot"];
  /** The snapshots of all collections. */
  declare readonly listFullSnapshots: SnapshotMethods["listFullSnapshots"];
  /** @throws `SNAPSHOT_NOT_FOUND` */
  declare readonly deleteFullSnapshot: SnapshotMethods["deleteFullSnapshot"];
  /**
   * As {@link recoverSnapshot}, for all that a snapshot holds, in one step: its collections and aliases take the place of
   * those of their names, and what has another name stays.
   *
   * @throws `COLLECTION_EXISTS` where an alias would have the name of a collection
   */
  declare readonly recoverFullSnapshot: SnapshotMethods["recoverFullSnapshot"];
  /** As {@link downloadSnapshot}. */
  declare readonly downloadFullSnapshot: SnapshotMethods["downloadFullSnapshot"];
  /** As {@link recoverFullSnapshot}, from bytes. */
  declare readonly uploadFullSnapshot: SnapshotMethods["uploadFullSnapshot"];
  /** As {@link createSnapshot}: all points are in shard 0. */
  declare readonly createShardSnapshot: SnapshotMethods["createShardSnapshot"];
  /** As {@link listSnapshots}: all points are in shard 0. */
  declare readonly listShardSnapshots: SnapshotMethods["listShardSnapshots"];
  /** As {@link deleteSnapshot}: all points are in shard 0. */
  declare readonly deleteShardSnapshot: SnapshotMethods["deleteShardSnapshot"];
  /** As {@link recoverSnapshot}: all points are in shard 0. */
  declare readonly recoverShardFromSnapshot: SnapshotMethods["recoverShardFromSnapshot"];

  // ── the engine ───────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Resolves when all that is due is in the collection's graph (`status` is `green`): every vector, or with an
   * `indexing_threshold`, none while there are fewer. Indexing runs by
   * itself anyway; waiting makes it run at full speed, and keeps the process alive until it is done.
   *
   * @throws `ABORTED` when the signal fires, `OUT_OF_MEMORY` when indexing failed for that, `CLOSED` when the
   *   collection goes away
   */
  async waitForIndex(name: string, options: { signal?: AbortSignal } = {}): Promise<void> {
    const turn = inTurn([]);
    if (turn !== undefined) await turn;
    const collection = this.#collections.get(name);
    const { signal } = check(SIGNAL_ONLY, options, "", "options");
    await collection.whenIndexed(signal);
  }

  /**
   * This client as the official one's type, for programs and libraries that take a `QdrantClient`. It is the same
   * object: `close` it as this one.
   *
   * That type has no bigints. Integer ids beyond 2^53 come as bigints all the same, as they do from the official
   * client itself: rounded, they would be the ids of other points. Programs that write only the ids that the type
   * allows never meet one. Errors are {@link NearvecError}s.
   *
   * Where `@qdrant/js-client-rest` is not installed, the type is `any`.
   */
  asQdrantClient(): QdrantClient {
    // Its private members, which make its type nominal, are of no concern to anybody else.
    return this as unknown as QdrantClient;
  }

  /**
   * The requests of HTTP, as the official client's `api()` offers them, don't exist in process.
   *
   * @throws `NOT_SUPPORTED`
   */
  api(): never {
    throw notSupported("api()", "Call the client's own methods.");
  }

  /** `title` names nearvec and its release, `version` the release of Qdrant whose API it has. */
  async versionInfo(): Promise<VersionInfo> {
    this.#collections.checkOpen();
    return versionInfo();
  }

  /** What was chosen for this runtime, and what is in use. */
  info(): EngineInfo {
    this.#collections.checkOpen();
    return engineInfo(this.#collections);
  }

  /** How many bytes a collection will take, within a tenth. */
  estimate(request: EstimateRequest): Estimate {
    this.#collections.checkOpen();
    return estimate(request);
  }

  /**
   * Gives all memory back and ends background work. Later calls reject with `CLOSED`; closing twice is fine.
   */
  async close(): Promise<void> {
    return this.#collections.close();
  }

  /** `await using client = await open()` closes it at the end of the block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // ── inside ───────────────────────────────────────────────────────────────────────────────────────────────

  readonly #find = (name: string): Collection => this.#collections.get(name);

  /** @param kind what to write; by its name when its code is loaded on demand */
  async #write(name: string, kind: Write | WriteName, request: unknown): Promise<UpdateResult> {
    const isKnown = typeof kind === "object";
    const loading = codeFor(request, isKnown ? undefined : changes);
    if (loading !== undefined) request = await after(loading, request);
    const write = isKnown ? kind : changes.module.WRITES[kind];
    const collection = this.#collections.get(name);
    const forms = formsOf(collection);
    const results = await this.#writer.write(collection, (encoder) =>
      parseWrite(write, request, forms, encoder),
    );
    return results[0] as UpdateResult; // one operation, one result
  }
}

/** By its members, not its class: polyfills and other realms have their own. */
function isAbortSignal(value: unknown): value is AbortSignal {
  return typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value;
}
