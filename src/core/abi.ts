/**
 * The TypeScript mirror of assembly/: what a compiled core exports and the numbers it shares with the host.
 * A test compares the constants with the module's sources and its behaviour. u32 results come back signed: `>>> 0`.
 */

/** How the distance between two vectors is measured, as Qdrant names it. */
export type Distance = "Cosine" | "Dot" | "Euclid" | "Manhattan";

/** What both modules export. Addresses and counts are u32; a negative i32 is a {@link Status}. */
interface CommonExports {
  /** Takes a seat (scratch memory, a name for locks) for this instance. Answers its number. */
  attach(): number;
  /** Room for a bitmap over `slots` slots (or offsets, for sparse vectors); 0: no memory. */
  bitmapAddress(slots: number): number;
  distancesComputed(): number;
}

/** What every build of the core exports. */
export interface CoreExports extends CommonExports {
  /** Lays out an empty space in fresh memory. */
  init(
    dimension: number,
    metric: number,
    m: number,
    efConstruct: number,
    seed: number,
    pageLimit: number,
  ): number;
  /** Leaves the seat. */
  detach(): void;
  /** Room for `count` more slots. */
  reserve(count: number): number;
  /** The address for the vector of the next slot, which will belong to the point `offset`; 0: none reserved. */
  append(offset: number): number;
  /** Publishes the slot whose vector was just written. Answers it. */
  seal(): number;
  /** Makes a slot a tombstone. */
  kill(slot: number): void;
  /** The address of a slot's vector. */
  vectorOf(slot: number): number;
  /** The point offset of a slot, {@link NONE} for a tombstone. */
  offsetOf(slot: number): number;
  /** Moves slots from the tail into the graph, for about `budget` distances. Answers how many are left. */
  indexSome(budget: number): number;
  queryAddress(): number;
  resultsAddress(): number;
  /** Graph and tail. Answers how many results there are. */
  search(k: number, ef: number, accept: number): number;
  /** Every slot. Answers how many results there are. */
  scan(k: number, accept: number): number;
  /**
   * Room for queries to be compared with lists of slots, of which there are `slots` in all, as assembly/measure.ts draws
   * it. Good until the next search; 0: no memory.
   */
  measureAddress(queries: number, lists: number, slots: number): number;
  /** For each of the first `lists` lists, the sum over all queries of the distance to its closest slot. Answers 0. */
  measure(lists: number): number;
  nodesExpanded(): number;
}

/** What the module of sparse spaces exports. */
export interface SparseExports extends CommonExports {
  /** Lays out an empty space of sparse vectors in fresh memory. */
  sparseInit(pageLimit: number): number;
  /** Begins a reservation: room for vectors and their entries. It replaces the one before. */
  sparseReserve(vectors: number, entries: number): number;
  /** Room for `count` entries (pairs of index and value), or twice as many indices; 0: no memory. */
  sparseRow(count: number): number;
  /** Adds room for the postings of `count` indices at sparseRow to the reservation. */
  sparseAsk(count: number): number;
  /** Stores the entries at sparseRow as the vector of the point `offset`. Answers its slot. */
  sparseStore(offset: number, count: number): number;
  /** Makes a slot a tombstone. */
  sparseKill(slot: number): void;
  /** Copies the entries of a slot to sparseRow. Answers how many they are. */
  sparseRead(slot: number): number;
  /** Room for a query, as assembly/sparse/search.ts draws it: where the terms go. Good until the next one; 0: no memory. */
  sparseTerms(count: number, limit: number): number;
  /** Finds how many live vectors have the index of each term. */
  sparseLookUp(): void;
  /** Counts live vectors in the bitmap instead. Answers how many there are. */
  sparseCorpus(): number;
  /** Every slot, or those of the offsets in the bitmap. Answers how many results there are. */
  sparseSearch(limit: number, filtered: number): number;
  /** The `count` slots whose numbers lie in the bitmap's place. Answers how many results there are. */
  sparseScore(count: number, limit: number): number;
  /** Where the last search left its results: pairs of offset and score. */
  sparseResults(): number;
}

/** "No slot", "no offset", and the end of a list of links. */
export const NONE = 0xffffffff;

/** Bytes of a page of WebAssembly memory. */
export const PAGE = 65536;

/** assembly/status.ts */
export const Status = {
  OUT_OF_MEMORY: -1,
  BAD_ARGUMENT: -2,
  NO_SEAT: -3,
  SPACE_FULL: -4,
} as const;

/** assembly/layout.ts: the metrics. */
export const METRIC: Readonly<Record<Distance, number>> = { Cosine: 0, Dot: 1, Euclid: 2, Manhattan: 3 };

/** What a search may return: any slot, any but tombstones, or the slots of the bitmap (a minority, or about half and more). */
export const Accept = { ALL: 0, LIVE: 1, SPARSE: 2, DENSE: 3 } as const;

/** assembly/layout.ts: limits and addresses that the host needs. */
export const LAYOUT = {
  HEADER: 1024,
  H_SLOTS: 1024 + 64,
  H_CURSOR: 1024 + 128,
  H_BRK: 1024 + 256,
  BLOCK_TABLE_ENTRIES: 4096,
  ARENA: 131072,
  META_BYTES: 16,
  MAX_DIMENSION: 65536,
  MAX_M: 512,
  MAX_EF: 65536,
  MAX_SLOTS: 2 ** 30,
  LARGEST_BLOCK: 2 << 20,
  LARGEST_FIRST_BLOCK: 64 << 10,
  UPPER_BLOCK_BYTES: 64 << 10,
  S_SLOTS: 1536,
  S_ENTRIES: 1536 + 8,
  FIRST_SLOT: 8192 - 512 + 1,
  FIRST_ENTRY: 32768 - 2048,
  TERM_BYTES: 32,
} as const;
