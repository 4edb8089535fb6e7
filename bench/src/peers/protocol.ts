/** What the benchmark and a peer's process say to each other, and what a peer has to be able to do. */

import type { Dataset, DatasetSpec } from "../data/datasets.ts";

/** Parameters that every graph index gets. */
export const GRAPH = { m: 16, efConstruction: 200 } as const;

/** What a peer is asked to index and answer. */
export interface Task {
  readonly data: DatasetSpec;
  /** Answers per query. */
  readonly k: number;
  /** Only a random part of the base may be answers. */
  readonly filter?: { readonly fraction: number; readonly seed: number };
}

/** What a peer's module gets to work with. */
export interface Setup extends Dataset {
  readonly k: number;
  /** One byte per row of the base, 1 where it may be an answer. */
  readonly allowed: Uint8Array | undefined;
}

/** Adds up the time between its starts and stops. */
export interface Stopwatch {
  start(): void;
  stop(): void;
}

/** One library behind the one shape that the benchmark knows. `Answer` is whatever its search hands out. */
export interface Peer<Answer = unknown> {
  readonly version: string;
  /** What a reader should know: the build that was chosen, say. */
  readonly note?: string;
  /** Compares with every vector, so that there is no ef and its recall is 1. */
  readonly exact?: boolean;
  /**
   * Indexes the base. The stopwatch runs while the library works; conversions that only its argument types
   * ask for happen while it stands.
   */
  build(stopwatch: Stopwatch): void | Promise<void>;
  /** From now on searches keep `ef` candidates. */
  setEf(ef: number): void;
  /** Searches for one query, through the library's normal call. Only this is timed. */
  search(query: number): Answer | Promise<Answer>;
  /** The rows of the base that an answer names. */
  rows(answer: Answer): Iterable<number>;
  /** Bytes that the library says it takes; absent when it doesn't. */
  reportedBytes?(): number;
  close?(): void | Promise<void>;
}

export interface PeerModule {
  create(setup: Setup): Promise<Peer<never>> | Peer<never>;
}

export interface BuildFigures {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Resident memory added since before the build, at its highest and after it. */
  readonly peakBytes: number;
  readonly heldBytes: number;
  readonly reportedBytes: number | undefined;
}

export type Request =
  | { readonly op: "open"; readonly task: Task }
  | { readonly op: "build" }
  /** Answers the first `count` queries, all of them by default. */
  | { readonly op: "answers"; readonly ef: number; readonly count?: number }
  /** Answers some queries for the clock; `warmUp` more before it. */
  | { readonly op: "slice"; readonly ef: number; readonly order: Uint32Array; readonly warmUp: Uint32Array }
  | { readonly op: "close" };

export interface Replies {
  open: { readonly version: string; readonly note: string | undefined; readonly exact: boolean };
  build: BuildFigures;
  answers: { readonly answers: Uint32Array[]; readonly seconds: number };
  slice: { readonly seconds: number; readonly cpuSeconds: number };
  close: null;
}

export type Reply<Op extends Request["op"]> =
  | { readonly ok: true; readonly value: Replies[Op] }
  | { readonly ok: false; readonly error: string };
