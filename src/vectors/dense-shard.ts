/** Dense vectors in one linear memory: points' offsets on the outside, slots of the core inside. */

import { lowestBit } from "../bits.ts";
import { Accept, type CoreExports, LAYOUT, METRIC, NONE, PAGE } from "../core/abi.ts";
import type { CoreModule } from "../core/load.ts";
import { cannotGrow, checked, SpaceMemory } from "../core/space-memory.ts";
import { NearvecError, orOutOfMemory } from "../errors.ts";
import type { DenseSpaceConfig, Distance } from "./config.ts";
import { U32Table } from "./u32-table.ts";

export interface SearchOptions {
  /** How many results are wanted, at least 1. */
  readonly limit: number;
  /** Candidates the graph search keeps; raised to `limit` where it is smaller. */
  readonly ef: number;
  /** Compare with every vector that is allowed instead of searching the graph. */
  readonly exact: boolean;
  /** Only these offsets: bit `offset & 31` of word `offset >>> 5`. Offsets that have no vector here are passed over. */
  readonly allowed?: Uint32Array;
  /**
   * Sparse vectors with idf: only these offsets say how rare an index is, in the same form. Not given: all of them; none is
   * none, not all.
   */
  readonly corpus?: Uint32Array;
}

/** How an answer was found: by comparing with everything allowed, or by the graph (and the tail beside it). */
export type SearchPlan = "exact" | "graph";

export interface Hits {
  readonly count: number;
  /** The points, best first. */
  readonly offsets: Uint32Array;
  /** Qdrant's scores: larger is better for Cosine and Dot, smaller for Euclid and Manhattan. */
  readonly scores: Float32Array;
  readonly plan: SearchPlan;
  /** Distances computed for this answer. */
  readonly distances: number;
  /** Nodes of the graph whose links were followed. */
  readonly expanded: number;
}

/** Found without a look at any vector. */
export const NO_HITS: Hits = {
  count: 0,
  offsets: new Uint32Array(0),
  scores: new Float32Array(0),
  plan: "exact",
  distances: 0,
  expanded: 0,
};

/** From this share of allowed points on, passing through the others costs less than looking around them. */
const DENSE_SHARE = 0.4;

/**
 * Whether comparing with every allowed point costs less than a filtered search of the graph. In nanoseconds, measured on
 * 100,000 word vectors and 60,000 images at shares of .02 to .6 and ef of 20 to 200: a scattered vector costs 20 and .16 a
 * value; a kept candidate costs 1,300 by the share of allowed points, for the fewer there are, the farther a search looks
 * around, up to its two hops. Only the ratio matters, and a factor of two at the crossing costs little.
 */
function scanIsCheaper(allowed: number, live: number, ef: number, size: number): boolean {
  const share = Math.max(allowed / live, 0.07);
  return allowed * (20 + 0.16 * size) <= (ef * 1300) / share;
}

/** What a search may return, and how many vectors that are. */
interface Admitted {
  readonly accept: number;
  readonly available: number;
}

/**
 * Whether a filtered search went so far that it may have missed what is close, and a scan is affordable. A search expands
 * about ef nodes, or up to 2.5 times as many where it passes through foreign ones. One that expands more is far from
 * everything that is allowed: on 30,000 random vectors of 256 values in clusters, of which a filter allows a third, such
 * queries find .62 of what a scan does, the others .99.
 */
function hasWandered(expanded: number, ef: number, distances: number, allowed: number): boolean {
  return expanded > 3 * ef && allowed <= 8 * distances;
}

/** What is kept beside the slots, and follows from them. */
export interface SlotCounts {
  readonly live: number;
  readonly tombstones: number;
  /** Live slots that are not in the graph. */
  readonly liveTail: number;
  /** Whether every offset sits in the slot of the same number, so that a bitmap serves both. */
  readonly aligned: boolean;
}

export class DenseShard {
  readonly config: DenseSpaceConfig;
  readonly #core: CoreExports;
  /** The slots of offsets, for what is built on them. */
  readonly slots = new U32Table(NONE);
  #memory: SpaceMemory | undefined;
  #live = 0;
  #tombstones = 0;
  #liveTail = 0;
  #aligned = true;

  private constructor(config: DenseSpaceConfig, memory: SpaceMemory) {
    this.config = config;
    this.#memory = memory;
    this.#core = memory.exports;
  }

  /** @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for even an empty space. */
  static create(core: CoreModule, config: DenseSpaceConfig): DenseShard {
    const memory = new SpaceMemory(core);
    const pages = Math.floor((config.maxBytes ?? PAGE * 65536) / PAGE);
    const metric = METRIC[config.distance];
    const what = "creating a vector space";
    checked(memory.exports.init(config.size, metric, config.m, config.efConstruct, config.seed, pages), what);
    checked(memory.exports.attach(), what);
    // A copy: what the core was told at the start holds for the life of the shard.
    return new DenseShard({ ...config }, memory);
  }

  /** Points that have a vector here. */
  get liveCount(): number {
    return this.#live;
  }

  /** Of these, how many are in the graph. */
  get indexedCount(): number {
    return this.#live - this.#liveTail;
  }

  /** Slots that are not in the graph yet. */
  get tailCount(): number {
    return this.slotCount - this.#cursor();
  }

  /** Where the vectors lie, for what is built on them. @throws {NearvecError} `CLOSED` */
  get memory(): SpaceMemory {
    return this.#open();
  }

  get slotCount(): number {
    return this.#open().header(LAYOUT.H_SLOTS);
  }

  get tombstoneCount(): number {
    return this.#tombstones;
  }

  /** Linear memory and the table of slots, in bytes. */
  get memoryBytes(): number {
    return (this.#memory?.byteLength ?? 0) + this.slots.memoryBytes;
  }

  /** @see DenseSpace.reserve */
  reserve(count: number, offsets = 0): void {
    this.#open();
    const what = `storing ${count} vectors of ${this.config.size} values`;
    orOutOfMemory(cannotGrow(what), () => this.slots.reserve(offsets));
    checked(this.#core.reserve(count), what);
  }

  /** Stores `size` values of `source` from index `from` as the vector of a point; a vector it had is replaced. */
  put(offset: number, source: Float32Array, from: number): void {
    const { size } = this.config;
    const memory = this.#open();
    const address = this.#core.append(offset) >>> 2;
    if (address === 0) {
      throw new NearvecError("INTERNAL", {
        what: "a vector was stored without a reservation",
        todo: "Please report it.",
      });
    }
    const vectors = memory.f32;
    // A subarray costs about 40 ns, more than copying a short vector by hand.
    if (size > 32) vectors.set(source.subarray(from, from + size), address);
    else for (let i = 0; i < size; i++) vectors[address + i] = source[from + i] as number;
    const slot = this.#core.seal();
    this.remove(offset);
    if (slot !== offset) this.#aligned = false;
    this.slots.set(offset, slot);
    this.#live++;
    this.#liveTail++;
  }

  /** Drops the vector of a point. Answers whether there was one. */
  remove(offset: number): boolean {
    const slot = this.slots.get(offset);
    if (slot === NONE) return false;
    if (slot >= this.#cursor()) this.#liveTail--;
    this.#core.kill(slot);
    this.slots.set(offset, NONE);
    this.#live--;
    this.#tombstones++;
    this.#aligned = false;
    return true;
  }

  /** The slots were restored (persistence/), and {@link slots} set: what follows from them. */
  resume({ live, tombstones, liveTail, aligned }: SlotCounts): void {
    this.#live = live;
    this.#tombstones = tombstones;
    this.#liveTail = liveTail;
    this.#aligned = aligned;
  }

  has(offset: number): boolean {
    return this.slots.get(offset) !== NONE;
  }

  /** Copies the vectors of offsets `from`..`to`-1 from another shard, which has been reserved for. */
  copyFrom(other: DenseShard, from: number, to: number): void {
    for (let offset = from; offset < to; offset++) {
      const vector = other.get(offset);
      if (vector !== undefined) this.put(offset, vector, 0);
    }
  }

  /** One more than the largest offset that may have a vector. */
  get offsetLimit(): number {
    return this.slots.limit;
  }

  /** A copy of a point's vector as it is stored (of unit length for Cosine). */
  get(offset: number): Float32Array | undefined {
    const slot = this.slots.get(offset);
    if (slot === NONE) return undefined;
    const at = this.#core.vectorOf(slot) >>> 2;
    return this.#open().f32.slice(at, at + this.config.size);
  }

  /**
   * The points closest to `query`. Never fewer than `limit` when that many are allowed: where the graph finds too few,
   * an exact scan answers instead.
   *
   * @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for scratch; nothing changed.
   */
  search(query: Float32Array, options: SearchOptions): Hits {
    return this.#searchFor(query, options, this.#admit(options));
  }

  /** Searches with the same options for each of several queries, which lie one after the other. */
  searchEach(queries: Float32Array, options: SearchOptions): Hits[] {
    const admitted = this.#admit(options);
    const hits: Hits[] = [];
    for (let from = 0; from < queries.length; from += this.config.size) {
      hits.push(this.#searchFor(queries.subarray(from, from + this.config.size), options, admitted));
    }
    return hits;
  }

  /** What the options allow; a filter's bitmap is in linear memory from here on. */
  #admit(options: SearchOptions): Admitted {
    if (options.allowed === undefined) {
      return { accept: this.#tombstones === 0 ? Accept.ALL : Accept.LIVE, available: this.#live };
    }
    const available = this.#writeBitmap(this.#open(), options.allowed);
    return { accept: available < DENSE_SHARE * this.#live ? Accept.SPARSE : Accept.DENSE, available };
  }

  #searchFor(query: Float32Array, options: SearchOptions, { accept, available }: Admitted): Hits {
    const memory = this.#open();
    memory.f32.set(query, this.#core.queryAddress() >>> 2);
    const distancesBefore = this.#core.distancesComputed();
    const expandedBefore = this.#core.nodesExpanded();
    const exact =
      options.exact ||
      this.config.m === 0 ||
      (options.allowed !== undefined && scanIsCheaper(available, this.#live, options.ef, this.config.size));
    const wanted = Math.min(options.limit, available);
    let plan: SearchPlan = exact ? "exact" : "graph";
    let count = 0;
    if (wanted > 0) {
      if (plan === "graph") {
        const ef = Math.min(Math.max(options.ef, wanted), LAYOUT.MAX_EF);
        if (wanted <= ef) count = checked(this.#core.search(wanted, ef, accept), "searching the graph");
        const distances = (this.#core.distancesComputed() - distancesBefore) >>> 0;
        const expanded = (this.#core.nodesExpanded() - expandedBefore) >>> 0;
        const wandered = options.allowed !== undefined && hasWandered(expanded, ef, distances, available);
        if (count < wanted || wandered) plan = "exact";
      }
      if (plan === "exact") count = checked(this.#core.scan(wanted, accept), "scanning");
    }
    return {
      ...this.#read(count),
      plan,
      distances: (this.#core.distancesComputed() - distancesBefore) >>> 0,
      expanded: (this.#core.nodesExpanded() - expandedBefore) >>> 0,
    };
  }

  /**
   * Moves vectors from the tail into the graph until about `budget` distances were computed.
   *
   * @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for scratch; the tail stays searchable.
   */
  indexSome(budget: number): void {
    if (this.config.m === 0) return;
    const before = this.#cursor();
    try {
      checked(this.#core.indexSome(budget), "indexing");
    } finally {
      const after = this.#cursor();
      for (let slot = before; slot < after; slot++) {
        if (this.#core.offsetOf(slot) >>> 0 !== NONE) this.#liveTail--;
      }
    }
  }

  /** Gives the memory back. Storing and searching throw `CLOSED` from now on. */
  close(): void {
    this.#memory = undefined;
  }

  #open(): SpaceMemory {
    if (this.#memory === undefined) {
      throw new NearvecError("CLOSED", {
        what: "the vector space was closed",
        todo: "Open the client again.",
      });
    }
    return this.#memory;
  }

  /** The first slot that is not in the graph. */
  #cursor(): number {
    return this.#open().header(LAYOUT.H_CURSOR);
  }

  /** Turns a bitmap over offsets into one over slots, in linear memory. Answers how many slots it allows. */
  #writeBitmap(memory: SpaceMemory, allowed: Uint32Array): number {
    const slots = this.slotCount;
    if (slots === 0) return 0;
    const address = this.#core.bitmapAddress(slots);
    if (address === 0) checked(-1, "preparing a filter");
    const words = Math.ceil(slots / 64) * 2;
    const target = memory.u32.subarray(address >>> 2, (address >>> 2) + words);
    if (this.#aligned) {
      const shared = Math.min(words, allowed.length);
      target.set(allowed.subarray(0, shared));
      target.fill(0, shared);
      if (slots < words * 32) clearFrom(target, slots);
      return popCount(target);
    }
    target.fill(0);
    let count = 0;
    for (let w = 0; w < allowed.length; w++) {
      let bits = allowed[w] as number;
      while (bits !== 0) {
        const slot = this.slots.get(w * 32 + lowestBit(bits));
        bits &= bits - 1;
        if (slot === NONE) continue;
        target[slot >>> 5] = (target[slot >>> 5] as number) | (1 << (slot & 31));
        count++;
      }
    }
    return count;
  }

  #read(count: number): { count: number; offsets: Uint32Array; scores: Float32Array } {
    const at = this.#core.resultsAddress() >>> 2;
    const { u32, f32 } = this.#open();
    const offsets = new Uint32Array(count);
    const scores = new Float32Array(count);
    const { distance } = this.config;
    for (let i = 0; i < count; i++) {
      offsets[i] = u32[at + 2 * i] as number;
      scores[i] = score(f32[at + 2 * i + 1] as number, distance);
    }
    return { count, offsets, scores };
  }
}

/** The core's distance (smaller is closer) as Qdrant's score. */
function score(inside: number, distance: Distance): number {
  switch (distance) {
    case "Euclid":
      return Math.sqrt(inside);
    case "Manhattan":
      return inside;
    default:
      return 0 - inside; // not -inside: zero stays +0
  }
}

function clearFrom(bitmap: Uint32Array, from: number): void {
  const word = from >>> 5;
  if (word >= bitmap.length) return;
  bitmap[word] = (bitmap[word] as number) & ((1 << (from & 31)) - 1);
  bitmap.fill(0, word + 1);
}

function popCount(bitmap: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < bitmap.length; i++) {
    let v = bitmap[i] as number;
    v -= (v >>> 1) & 0x55555555;
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
    count += (((v + (v >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}
