/**
 * The public types: Qdrant's own, generated from its API description, and widened in three places. Ids may be
 * bigints (going in and, beyond 2^53, coming out); vectors may go in as Float32Array; columns of ids may be
 * typed arrays.
 */
import type { components } from "../generated/qdrant.ts";
import type { PointId } from "../points/ids.ts";

type Schemas = components["schemas"];

export type { PointId };
export type Distance = Schemas["Distance"];
export type Payload = Schemas["Payload"];
export type UpdateResult = Schemas["UpdateResult"];
export type CountResult = Schemas["CountResult"];
export type CollectionInfo = Schemas["CollectionInfo"];
export type CollectionsResponse = Schemas["CollectionsResponse"];
export type CollectionExistence = Schemas["CollectionExistence"];
export type VectorParams = Schemas["VectorParams"];
export type HnswConfigDiff = Schemas["HnswConfigDiff"];

/**
 * A vector as it may be given. It is copied before the call returns; the caller's array is never kept or
 * detached.
 */
export type VectorInput = readonly number[] | Float32Array;

/** A column of ids; typed arrays are read without making a number or bigint object per id. */
export type IdsInput = readonly PointId[] | Uint32Array | BigUint64Array;

/** Options that every call takes, as the official client does. */
export interface CallOptions {
  /**
   * Seconds, at least 1. In process nothing waits for a network. Two things can take their time: a filter over many
   * points, which is given up (`TIMEOUT`) after this time; and a write that is slowed down because indexing fell
   * behind, which then goes ahead. Default: no limit.
   */
  timeout?: number;
}

export interface ReadOptions extends CallOptions {
  /** Accepted for compatibility: there is one copy of the data, so every level reads the same. */
  consistency?: Schemas["ReadConsistency"];
}

export interface WriteOptions extends CallOptions {
  /**
   * True: the answer says `completed`; false: `acknowledged`. In either case the points can be found as soon
   * as the call returns, and with false a missing point is not reported, as a server would not. Defaults are
   * the official client's: false for `delete`, true for all others.
   */
  wait?: boolean;
  /** Accepted for compatibility: writes to one collection always apply in the order of the calls. */
  ordering?: Schemas["WriteOrdering"];
}

export type UpdateCollection = Schemas["UpdateCollection"] & CallOptions;
export type ChangeAliases = Schemas["ChangeAliasesOperation"] & CallOptions;
export type CollectionsAliasesResponse = Schemas["CollectionsAliasesResponse"];

export type CreateCollection = Schemas["CreateCollection"] & CallOptions;

export interface PointStruct {
  /** An unsigned 64-bit integer or a UUID. */
  id: PointId;
  /** `size` numbers; `{}` for a point without a vector, which no search finds. */
  vector: VectorInput | Schemas["VectorStruct"];
  /** Any JSON object; integers may be bigints. Left out: none. */
  payload?: Payload | null;
}

export interface PointsList extends Omit<Schemas["PointsList"], "points"> {
  points: readonly PointStruct[];
}

/** Points by columns: the cheapest way to send many. */
export interface Batch {
  ids: IdsInput;
  /** One vector per id, or all of them in one Float32Array of `ids.length × size` numbers, row after row. */
  vectors: readonly VectorInput[] | Float32Array | Schemas["BatchVectorStruct"];
  payloads?: readonly (Payload | null | undefined)[] | null;
}

export interface PointsBatch extends Omit<Schemas["PointsBatch"], "batch"> {
  batch: Batch;
}

export type UpsertRequest = WriteOptions & (PointsList | PointsBatch);

/** Which points a write is about. */
export type PointsSelector =
  | (Omit<Schemas["PointIdsList"], "points"> & { points: IdsInput })
  | Schemas["FilterSelector"];

export type DeleteRequest = WriteOptions & PointsSelector;

interface Points {
  points?: IdsInput | null;
}

/** What to write into payloads, and whose. */
export type SetPayload = Omit<Schemas["SetPayload"], "points"> & Points;

export type SetPayloadRequest = WriteOptions & SetPayload;

/** What to remove from payloads, and whose. */
export type DeletePayload = Omit<Schemas["DeletePayload"], "points"> & Points;

export type DeletePayloadRequest = WriteOptions & DeletePayload;

export type ClearPayloadRequest = WriteOptions & PointsSelector;

/** New vectors of points that are there. */
export interface UpdateVectors extends Omit<Schemas["UpdateVectors"], "points"> {
  points: readonly { id: PointId; vector: VectorInput | Schemas["VectorStruct"] }[];
}

export type UpdateVectorsRequest = WriteOptions & UpdateVectors;

/** Names of vectors (`""` is the unnamed one) to remove, and whose; `vectors` means `vector`. */
export type DeleteVectors = Omit<Schemas["DeleteVectors"], "points" | "vector"> &
  Points & { vector?: readonly string[]; vectors?: readonly string[] };

export type DeleteVectorsRequest = WriteOptions & DeleteVectors;

/** One operation of a batch. */
export type UpdateOperation =
  | { upsert: PointsList | PointsBatch }
  | { delete: PointsSelector }
  | { set_payload: SetPayload }
  | { overwrite_payload: SetPayload }
  | { delete_payload: DeletePayload }
  | { clear_payload: PointsSelector }
  | { update_vectors: UpdateVectors }
  | { delete_vectors: DeleteVectors };

export interface BatchUpdateRequest extends WriteOptions {
  operations: readonly UpdateOperation[];
}

/** What Qdrant accepts beside its description. */
interface VectorsAlias {
  /** The same as `with_vector`. */
  with_vectors?: Schemas["QueryRequest"]["with_vector"];
}

export type RetrieveRequest = ReadOptions &
  VectorsAlias &
  Omit<Schemas["PointRequest"], "ids"> & { ids: IdsInput };

export type ScrollRequest = ReadOptions &
  VectorsAlias &
  Omit<Schemas["ScrollRequest"], "offset"> & { offset?: PointId | Schemas["ScrollRequest"]["offset"] };

export type CountRequest = CallOptions & Schemas["CountRequest"];

export type QueryRequest = ReadOptions & Query;

type Query = VectorsAlias &
  Omit<Schemas["QueryRequest"], "query"> & {
    /**
     * A vector, the id of a point (whose vector is used, and which is left out of the results), or nothing:
     * points by id.
     */
    query?: VectorInput | PointId | { nearest: VectorInput | PointId } | Schemas["QueryRequest"]["query"];
  };

export interface QueryBatchRequest extends ReadOptions {
  searches: readonly Query[];
}

/** Nearest to a vector, as programs written for older servers ask for it. */
export interface Search
  extends VectorsAlias,
    Pick<
      Schemas["QueryRequest"],
      | "shard_key"
      | "filter"
      | "params"
      | "with_payload"
      | "with_vector"
      | "score_threshold"
      | "offset"
      | "limit"
    > {
  vector: VectorInput | { name: string; vector: VectorInput | Schemas["SparseVector"] };
  /** The same as `limit`. */
  top?: number;
}

export type SearchRequest = ReadOptions & Search;

export interface SearchBatchRequest extends ReadOptions {
  searches: readonly Search[];
}

/** A point as `retrieve` and `scroll` give it. */
export interface PointRecord extends Omit<Schemas["Record"], "id"> {
  /** A number when it is a safe integer, else a bigint; a UUID is lower-case with hyphens. */
  id: PointId;
}

/** A point as `query` gives it. */
export interface ScoredPoint extends Omit<Schemas["ScoredPoint"], "id"> {
  id: PointId;
}

export interface QueryResponse {
  points: ScoredPoint[];
}

export interface ScrollResult {
  points: PointRecord[];
  /** Where the next page begins; null on the last one. */
  next_page_offset: PointId | null;
}
