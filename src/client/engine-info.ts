import type { CollectionMemory } from "../collection/stored-points.ts";
import type { Build } from "../core/load.ts";
import type { NearvecError } from "../errors.ts";
import type { Sync } from "../journal/log.ts";
import type { TornTail } from "../journal/log-reader.ts";
import type { Collections } from "./collections.ts";

/** What an engine consists of, and what it uses. */
export interface EngineInfo {
  /** The instructions that the core was built for: WebAssembly's SIMD, or relaxed SIMD on top of it. */
  build: Build;
  /** Worker threads that build indexes. */
  threads: 0;
  collections: number;
  /** Where data is kept; absent: in memory only. */
  store?: StoreInfo;
  /** Bytes in use. */
  memory: {
    total: number;
    /** Vectors with their graphs and the scratch of searches. */
    vectors: number;
    ids: number;
    payloads: number;
    /** Indexes of payloads; of what is in the JavaScript heap, an estimate. */
    indexes: number;
    /** Bytes per collection. */
    collections: Record<string, number>;
  };
}

/** Where a client's data is kept. */
export interface StoreInfo {
  /** "files", "opfs", "indexeddb", "memory" or "bytes". */
  readonly kind: string;
  readonly path: string;
  readonly readOnly: boolean;
  readonly sync: Sync;
  /**
   * In browsers: whether they keep the data until a person removes it. Otherwise they may remove all of the origin's when
   * the disk gets full. Absent while it isn't known: a page asks for it when it opens a store, a worker can only look.
   */
  readonly persisted?: boolean;
  /**
   * By collection, what its log had to add to its checkpoints when the store was opened: how many operations, and whether its
   * end was torn by a crash (of what lay there nothing had been acknowledged as synced).
   */
  readonly recovered: Readonly<Record<string, { readonly replayed: number; readonly torn?: TornTail }>>;
  /** By collection, why its last checkpoint failed. Its log has all the same; another attempt follows. */
  readonly failures?: Readonly<Record<string, NearvecError>>;
}

/** What was chosen for this runtime, and what is in use. */
export function engineInfo(collections: Collections): EngineInfo {
  const parts = collections.entries().map(([name, { memory }]) => ({ name, ...memory }));
  const sum = (bytes: (part: (typeof parts)[number]) => number) =>
    parts.reduce((total, part) => total + bytes(part), 0);
  const memory = {
    total: sum(totalBytes),
    vectors: sum((part) => part.vectors),
    ids: sum((part) => part.ids),
    payloads: sum((part) => part.payloads),
    indexes: sum((part) => part.indexes),
    collections: Object.fromEntries(parts.map((part) => [part.name, totalBytes(part)])),
  };
  const store = collections.keeper?.info;
  const { build } = collections.core;
  return { build, threads: 0, collections: parts.length, ...(store && { store }), memory };
}

function totalBytes({ vectors, ids, payloads, indexes }: CollectionMemory): number {
  return vectors + ids + payloads + indexes;
}
