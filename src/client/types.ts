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
export type SnapshotDescription = Schemas["SnapshotDescription"];
export type CountResult = Schemas["CountResult"];
export type CollectionInfo = Schemas["CollectionInfo"];
export type CollectionsResponse = Schemas["CollectionsResponse"];
export type CollectionExistence = Schemas["CollectionExistence"];
export type VectorParams = Schemas["VectorParams"];
export type SparseVectorParams = Schemas["SparseVectorParams"];
/** A vector that is added to a collection. */
export type VectorNameConfig = Schemas["VectorNameConfig"];
/** A point's vectors as they come back: the unnamed one by itself, named ones in a map. */
export type VectorOutput = Schemas["VectorStructOutput"];
export type HnswConfigDiff = Schemas["HnswConfigDiff"];

/**
 * What the payloads of a collection look like, where `open<{ name: Payload, … }>()` said so; else any object. It is
 * the program's word: nothing checks at run time that stored payloads keep to it.
 */
export type PayloadOf<Payloads, Name extends string> = string extends Name
  ? Payload
  : Payloads extends { readonly [Key in Name]: infer Own extends object }
    ? Own
    : Payload;

/**
 * A vector as it may be given. It is copied before the call returns; the caller's array is never kept or
 * detached.
 */
export type VectorInput = readonly number[] | Float32Array;

/** A sparse vector as it may be given: numbers at indices, each of which comes once; in any order. */
export interface SparseVectorInput {
  indices: readonly number[] | Uint32Array;
  values: VectorInput;
}

/** A vector of any kind: a dense one, the list of a multivector, or a sparse one. */
export type AnyVectorInput = VectorInput | readonly VectorInput[] | SparseVectorInput;

/** The vectors of a point: the unnamed one by itself, or a map of those that it has. */
export type VectorsInput =
  | VectorInput
  | readonly VectorInput[]
  | { readonly [name: string]: AnyVectorInput }
  | Schemas["VectorStruct"];

/** The vectors of many points, by columns; one Float32Array holds the dense ones of all, row after row. */
export type VectorColumnsInput =
  | Float32Array
  | readonly VectorInput[]
  | readonly (readonly VectorInput[])[]
  | { readonly [name: string]: readonly AnyVectorInput[] | Float32Array }
  | Schemas["BatchVectorStruct"];

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

export type CreatePayloadIndexRequest = WriteOptions &
  Schemas["CreateFieldIndex"] & {
    /** The same as `field_schema`. */
    field_type?: Schemas["CreateFieldIndex"]["field_schema"];
  };

export interface PointStruct<Own = Payload> {
  /** An unsigned 64-bit integer or a UUID. */
  id: PointId;
  /** What the collection has; `{}` for a point without a vector, which no search finds. */
  vector: VectorsInput;
  /** Any JSON object; integers may be bigints. Left out: none. */
  payload?: Own | null;
}

export interface PointsList<Own = Payload> extends Omit<Schemas["PointsList"], "points"> {
  points: readonly PointStruct<Own>[];
}

/** Points by columns: the cheapest way to send many. */
export interface Batch<Own = Payload> {
  ids: IdsInput;
  /** One vector per id, or all of them in one Float32Array of `ids.length × size` numbers, row after row. */
  vectors: VectorColumnsInput;
  payloads?: readonly (Own | null | undefined)[] | null;
}

export interface PointsBatch<Own = Payload> extends Omit<Schemas["PointsBatch"], "batch"> {
  batch: Batch<Own>;
}

export type UpsertRequest<Own = Payload> = WriteOptions & (PointsList<Own> | PointsBatch<Own>);

/** Which points a write is about. */
export type PointsSelector =
  | (Omit<Schemas["PointIdsList"], "points"> & { points: IdsInput })
  | Schemas["FilterSelector"];

export type DeleteRequest = WriteOptions & PointsSelector;

interface Points {
  points?: IdsInput | null;
}

/** What to merge into payloads, and whose. */
export type SetPayload<Own = Payload> = Omit<Schemas["SetPayload"], "points" | "payload" | "key"> &
  Points &
  PayloadChange<Own>;

/** A part of a payload, where null removes a key; or anything, to be merged at the path `key`. */
type PayloadChange<Own> = Payload extends Own
  ? Pick<Schemas["SetPayload"], "payload" | "key">
  : { payload: { [Key in keyof Own]?: Own[Key] | null }; key?: null } | { payload: Payload; key: string };

export type SetPayloadRequest<Own = Payload> = WriteOptions & SetPayload<Own>;

/** What payloads are to be as a whole, and whose. */
export type OverwritePayload<Own = Payload> = Omit<Schemas["SetPayload"], "points" | "payload"> &
  Points & { payload: Own };

export type OverwritePayloadRequest<Own = Payload> = WriteOptions & OverwritePayload<Own>;

/** What to remove from payloads, and whose. */
export type DeletePayload = Omit<Schemas["DeletePayload"], "points"> & Points;

export type DeletePayloadRequest = WriteOptions & DeletePayload;

export type ClearPayloadRequest = WriteOptions & PointsSelector;

/** New vectors of points that are there. */
export interface UpdateVectors extends Omit<Schemas["UpdateVectors"], "points"> {
  points: readonly { id: PointId; vector: VectorsInput }[];
}

export type UpdateVectorsRequest = WriteOptions & UpdateVectors;

/** Names of vectors (`""` is the unnamed one) to remove, and whose; `vectors` means `vector`. */
export type DeleteVectors = Omit<Schemas["DeleteVectors"], "points" | "vector"> &
  Points & { vector?: readonly string[]; vectors?: readonly string[] };

export type DeleteVectorsRequest = WriteOptions & DeleteVectors;

/** One operation of a batch. */
export type UpdateOperation<Own = Payload> =
  | { upsert: PointsList<Own> | PointsBatch<Own> }
  | { delete: PointsSelector }
  | { set_payload: SetPayload<Own> }
  | { overwrite_payload: OverwritePayload<Own> }
  | { delete_payload: DeletePayload }
  | { clear_payload: PointsSelector }
  | { update_vectors: UpdateVectors }
  | { delete_vectors: DeleteVectors };

export interface BatchUpdateRequest<Own = Payload> extends WriteOptions {
  operations: readonly UpdateOperation<Own>[];
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

export type FacetRequest = ReadOptions & Schemas["FacetRequest"];

export interface FacetResponse {
  /** Integers beyond 2^53 come as bigints. */
  hits: { value: Schemas["FacetValue"] | bigint; count: number }[];
}

interface Target {
  /**
   * A vector, the id of a point (whose vector is used, and which is left out of the results), or nothing:
   * points by id.
   */
  query?: AnyVectorInput | PointId | { nearest: AnyVectorInput | PointId } | Schemas["QueryRequest"]["query"];
}

type Query = VectorsAlias & Omit<Schemas["QueryRequest"], "query"> & Target;

export type QueryRequest = ReadOptions & Query;

export type QueryGroupsRequest = ReadOptions &
  VectorsAlias &
  Omit<Schemas["QueryGroupsRequest"], "query"> &
  Target;

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
  vector: VectorInput | { name: string; vector: VectorInput | SparseVectorInput };
  /** The same as `limit`. */
  top?: number;
}

export type SearchRequest = ReadOptions & Search;

export interface SearchBatchRequest extends ReadOptions {
  searches: readonly Search[];
}

/** Groups, as programs written for older servers ask for them. */
export type SearchGroupsRequest = ReadOptions &
  Omit<Search, "limit" | "offset" | "top"> &
  Pick<Schemas["QueryGroupsRequest"], "group_by" | "group_size" | "limit" | "with_lookup">;

interface Ordered {
  /**
   * With `order_by`, the value that gave the point its place: a number, of a date its microseconds since 1970. Integers
   * beyond 2^53 come as bigints.
   */
  order_value?: Schemas["OrderValue"] | bigint | null;
}

/** A point as `retrieve` and `scroll` give it. */
export interface PointRecord<Own = Payload>
  extends Omit<Schemas["Record"], "id" | "payload" | "order_value">,
    Ordered {
  /** A number when it is a safe integer, else a bigint; a UUID is lower-case with hyphens. */
  id: PointId;
  /** Where `with_payload` selects fields, only those are there, whatever the type says; `{}` where nothing was stored. */
  payload?: Own | null;
}

/** A point as `query` gives it. */
export interface ScoredPoint<Own = Payload>
  extends Omit<Schemas["ScoredPoint"], "id" | "payload" | "order_value">,
    Ordered {
  id: PointId;
  /** As in {@link PointRecord}. */
  payload?: Own | null;
}

export interface QueryResponse<Own = Payload> {
  points: ScoredPoint<Own>[];
}

export interface ScrollResult<Own = Payload> {
  points: PointRecord<Own>[];
  /** Where the next page begins; null on the last one. */
  next_page_offset: PointId | null;
}

/** The best points of those that have one value in common. */
export interface PointGroup<Own = Payload> {
  hits: ScoredPoint<Own>[];
  /** The value; integers beyond 2^53 come as bigints. */
  id: Schemas["GroupId"] | bigint;
  /** The point of that id in the collection of `with_lookup`. */
  lookup?: PointRecord | null;
}

export interface GroupsResult<Own = Payload> {
  groups: PointGroup<Own>[];
}

/** Whose API this is, and which version of it. */
export type VersionInfo = Schemas["VersionInfo"];
