/**
 * Dense vectors of numbers that are rounded to a datatype (datatype.ts), in a dense space of f32.
 *
 *   float16            rounded, for Cosine once the vector has unit length; that product is the score, as lengths are 1 but
 *                      for the rounding
 *   uint8              bytes; for Cosine they come back as given, too. The dense space holds them at unit length, so the
 *                      squared length is kept beside: up to 65,536 × 255² it fits a u32, and bytes are exact again when
 *                      multiplied by its root
 *   float32            as they are: lists of vectors (multi-space.ts) are built on this space whatever their datatype
 */

import type { CoreModule } from "../../core/load.ts";
import { cannotGrow } from "../../core/space-memory.ts";
import { orOutOfMemory } from "../../errors.ts";
import type { DenseSpaceConfig, RoundedSpaceConfig } from "../config.ts";
import type { DenseShard } from "../dense-shard.ts";
import { DenseSpace, type Hits, type SearchOptions } from "../dense-space.ts";
import type { Rows, StoredVector } from "../rows.ts";
import type { Space } from "../space.ts";
import { U32Table } from "../u32-table.ts";
import { normalize, roundToFloat16, roundToUint8, squaredLength } from "./datatype.ts";

export class TypedDenseSpace implements Space {
  readonly config: RoundedSpaceConfig;
  /** @internal for ../persistence/, as is {@link squares} */
  readonly vectors: DenseSpace;
  /** A vector on its way in. */
  readonly #scratch: Float32Array;
  /** Squared lengths, for bytes that are compared by Cosine. */
  readonly squares: U32Table | undefined;

  private constructor(config: RoundedSpaceConfig, vectors: DenseSpace) {
    this.config = config;
    this.vectors = vectors;
    this.#scratch = new Float32Array(config.size);
    this.squares = config.datatype === "uint8" && config.distance === "Cosine" ? new U32Table(0) : undefined;
  }

  /** @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for even an empty space. */
  static create(core: CoreModule, config: RoundedSpaceConfig): TypedDenseSpace {
    return new TypedDenseSpace(config, DenseSpace.create(core, denseConfig(config)));
  }

  get liveCount(): number {
    return this.vectors.liveCount;
  }

  get indexedCount(): number {
    return this.vectors.indexedCount;
  }

  get slotCount(): number {
    return this.vectors.slotCount;
  }

  get tombstoneCount(): number {
    return this.vectors.tombstoneCount;
  }

  get tailCount(): number {
    return this.vectors.tailCount;
  }

  get memoryBytes(): number {
    return this.vectors.memoryBytes + this.#scratch.byteLength + (this.squares?.memoryBytes ?? 0);
  }

  get rebuildDue(): boolean {
    return this.vectors.rebuildDue;
  }

  /** @see DenseSpace.shard */
  get shard(): DenseShard {
    return this.vectors.shard;
  }

  accepts(rows: Rows): boolean {
    return this.vectors.accepts(rows);
  }

  reserveRows(rows: Rows, offsets: number): void {
    this.reserve(rows.count, offsets);
  }

  /** @see DenseSpace.reserve */
  reserve(count: number, offsets: number): void {
    const what = `storing ${count} vectors of ${this.config.size} values`;
    orOutOfMemory(cannotGrow(what), () => this.squares?.reserve(offsets));
    this.vectors.reserve(count, offsets);
  }

  store(offset: number, rows: Rows, row: number): void {
    this.put(offset, rows.values, row * this.config.size);
  }

  /** Stores `size` values of `source` from index `from` as the vector of a point; a vector it had is replaced. */
  put(offset: number, source: Float32Array, from: number): void {
    if (this.config.datatype === "float32") {
      this.vectors.put(offset, source, from);
      return;
    }
    const scratch = this.#scratch;
    scratch.set(source.subarray(from, from + this.config.size));
    this.#round(scratch);
    this.squares?.set(offset, squaredLength(scratch));
    this.vectors.put(offset, scratch, 0);
  }

  remove(offset: number): boolean {
    return this.vectors.remove(offset);
  }

  has(offset: number): boolean {
    return this.vectors.has(offset);
  }

  get(offset: number): Float32Array | undefined {
    const vector = this.vectors.get(offset);
    if (vector !== undefined && this.squares !== undefined) {
      const length = Math.sqrt(this.squares.get(offset));
      for (let i = 0; i < vector.length; i++) vector[i] = Math.round((vector[i] as number) * length);
    }
    return vector;
  }

  search(query: StoredVector, options: SearchOptions): Hits {
    return this.vectors.search(this.rounded(query as Float32Array), options);
  }

  /** @see DenseSpace.searchEach. @param queries rounded ones */
  searchEach(queries: Float32Array, options: SearchOptions): Hits[] {
    return this.vectors.searchEach(queries, options);
  }

  /** Queries, one after the other, as the space compares them: a rounded copy. */
  rounded(queries: Float32Array): Float32Array {
    if (this.config.datatype === "float32") return queries;
    const { size } = this.config;
    const copy = queries.slice();
    for (let at = 0; at < copy.length; at += size) this.#round(copy.subarray(at, at + size));
    return copy;
  }

  indexSome(budget: number): void {
    this.vectors.indexSome(budget);
  }

  rebuildSome(budget: number, index: boolean): void {
    this.vectors.rebuildSome(budget, index);
  }

  close(): void {
    this.vectors.close();
  }

  #round(vector: Float32Array): void {
    const { datatype, distance } = this.config;
    if (datatype === "uint8") {
      roundToUint8(vector);
    } else {
      if (distance === "Cosine") normalize(vector);
      roundToFloat16(vector);
    }
  }
}

/** What the dense space is made of. It reads on from `config`, whose settings may change. */
function denseConfig(config: RoundedSpaceConfig): DenseSpaceConfig {
  const { size, seed, maxBytes, datatype, distance } = config;
  return {
    size,
    seed,
    // The core would scale the rounded vectors to unit length once more.
    distance: datatype === "float16" && distance === "Cosine" ? "Dot" : distance,
    ...(maxBytes !== undefined && { maxBytes }),
    get m() {
      return config.m;
    },
    get efConstruct() {
      return config.efConstruct;
    },
    get deletedThreshold() {
      return config.deletedThreshold;
    },
    get vacuumMinVectors() {
      return config.vacuumMinVectors;
    },
  };
}
