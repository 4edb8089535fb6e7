/** Sparse vectors in one linear memory: points' offsets on the outside, slots of the core inside. */

import { lowestBit } from "../../bits.ts";
import { LAYOUT, NONE, PAGE, type SparseExports } from "../../core/abi.ts";
import type { CoreModule } from "../../core/load.ts";
import { cannotGrow, checked, outOfMemory, SpaceMemory } from "../../core/space-memory.ts";
import { NearvecError, orOutOfMemory } from "../../errors.ts";
import type { SparseSpaceConfig } from "../config.ts";
import { type Hits, NO_HITS, type SearchOptions } from "../dense-shard.ts";
import type { SparseRows, SparseVector } from "../rows.ts";
import { U32Table } from "../u32-table.ts";

/** Indices that are handed to the core at once. */
const PIECE = 16_384;

/** Words of a term, and what lies where in it (assembly/sparse/search.ts). */
const TERM_WORDS = LAYOUT.TERM_BYTES / 4;
const TERM_WEIGHT = 1;
const TERM_LIVE = 2;

/** What measuring one vector costs, beside its entries and the terms. */
const MEASURE = 40;

export class SparseShard {
  readonly config: SparseSpaceConfig;
  readonly #core: SparseExports;
  /** The slots of offsets. */
  readonly slots = new U32Table(NONE);
  #memory: SpaceMemory<SparseExports> | undefined;
  #live = 0;
  #tombstones = 0;

  private constructor(config: SparseSpaceConfig, memory: SpaceMemory<SparseExports>) {
    this.config = config;
    this.#memory = memory;
    this.#core = memory.exports;
  }

  /** @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for even an empty space. */
  static create(core: Pick<CoreModule, "module">, config: SparseSpaceConfig): SparseShard {
    const memory = new SpaceMemory<SparseExports>(core);
    const pages = Math.floor((config.maxBytes ?? PAGE * 65536) / PAGE);
    const what = "creating a space of sparse vectors";
    checked(memory.exports.sparseInit(pages), what);
    checked(memory.exports.attach(), what);
    return new SparseShard(config, memory);
  }

  /** Points that have a vector here. */
  get liveCount(): number {
    return this.#live;
  }

  /** Where the vectors lie, for ../persistence/. @throws {NearvecError} `CLOSED` */
  get memory(): SpaceMemory<SparseExports> {
    return this.#open();
  }

  get slotCount(): number {
    return this.#open().header(LAYOUT.S_SLOTS) - LAYOUT.FIRST_SLOT;
  }

  /** Entries of all slots, tombstones included. */
  get entryCount(): number {
    return this.#open().header(LAYOUT.S_ENTRIES) - LAYOUT.FIRST_ENTRY;
  }

  get tombstoneCount(): number {
    return this.#tombstones;
  }

  /** One more than the largest offset that may have a vector. */
  get offsetLimit(): number {
    return this.slots.limit;
  }

  /** Linear memory and the table of slots, in bytes. */
  get memoryBytes(): number {
    return (this.#memory?.byteLength ?? 0) + this.slots.memoryBytes;
  }

  /** @see SparseSpace.reserveRows */
  reserveRows(rows: SparseRows, offsets: number): void {
    const memory = this.#open();
    const { count, ends, indices } = rows;
    const entries = count === 0 ? 0 : (ends[count - 1] as number);
    const what = `storing ${count} sparse vectors of ${entries} values`;
    orOutOfMemory(cannotGrow(what), () => this.slots.reserve(offsets));
    let longest = 1;
    for (let row = 0, from = 0; row < count; row++) {
      const end = ends[row] as number;
      if (end - from > longest) longest = end - from;
      from = end;
    }
    checked(this.#core.sparseReserve(count, entries), what);
    // A row has room for twice as many indices as entries.
    const address = this.#core.sparseRow(Math.max(longest, Math.ceil(Math.min(entries, PIECE) / 2)));
    if (address === 0) throw outOfMemory(what);
    for (let from = 0; from < entries; from += PIECE) {
      const piece = indices.subarray(from, Math.min(entries, from + PIECE));
      memory.u32.set(piece, address >>> 2);
      checked(this.#core.sparseAsk(piece.length), what);
    }
  }

  /** Stores one row as the vector of a point; a vector it had is replaced. Its room was reserved. */
  store(offset: number, { ends, indices, values }: SparseRows, row: number): void {
    const from = row === 0 ? 0 : (ends[row - 1] as number);
    const count = (ends[row] as number) - from;
    const memory = this.#open();
    const at = this.#core.sparseRow(Math.max(1, count)) >>> 2;
    const { u32, f32 } = memory;
    for (let i = 0; i < count; i++) {
      u32[at + 2 * i] = indices[from + i] as number;
      f32[at + 2 * i + 1] = values[from + i] as number;
    }
    const slot = at === 0 ? -1 : this.#core.sparseStore(offset, count);
    if (slot < 0) {
      throw new NearvecError("INTERNAL", {
        what: "a sparse vector was stored without a reservation",
        todo: "Please report it.",
      });
    }
    this.remove(offset);
    this.slots.set(offset, slot);
    this.#live++;
  }

  /** Takes the slot of a vector that was deleted back, for ../persistence/: its entries are gone. Its room was reserved. */
  storeTombstone(): void {
    checked(this.#core.sparseStore(NONE, 0), "restoring a slot");
    this.#tombstones++;
  }

  /** Drops the vector of a point. Answers whether there was one. */
  remove(offset: number): boolean {
    const slot = this.slots.get(offset);
    if (slot === NONE) return false;
    this.#open();
    this.#core.sparseKill(slot);
    this.slots.set(offset, NONE);
    this.#live--;
    this.#tombstones++;
    return true;
  }

  has(offset: number): boolean {
    return this.slots.get(offset) !== NONE;
  }

  /** A copy of a point's vector, its indices ascending. */
  get(offset: number): SparseVector | undefined {
    const slot = this.slots.get(offset);
    if (slot === NONE) return undefined;
    const memory = this.#open();
    const count = checked(this.#core.sparseRead(slot), "reading a sparse vector");
    const at = this.#core.sparseRow(0) >>> 2;
    const { u32, f32 } = memory;
    const indices = new Uint32Array(count);
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      indices[i] = u32[at + 2 * i] as number;
      values[i] = f32[at + 2 * i + 1] as number;
    }
    return { indices, values };
  }

  /**
   * The points with the largest dot products, exactly; only points that share an index with the query. Of equal scores the
   * smaller offset comes first.
   *
   * @throws {NearvecError} `OUT_OF_MEMORY` when there is no room for scratch; nothing changed.
   */
  search(query: SparseVector, { limit, allowed, corpus }: SearchOptions): Hits {
    const memory = this.#open();
    const core = this.#core;
    const terms = query.indices.length;
    const wanted = Math.min(limit, this.#live);
    if (terms === 0 || wanted === 0) return NO_HITS;
    const before = core.distancesComputed();
    const address = core.sparseTerms(terms, wanted) >>> 2;
    if (address === 0) throw outOfMemory("searching sparse vectors");
    const { u32, f32 } = memory;
    for (let i = 0; i < terms; i++) {
      u32[address + TERM_WORDS * i] = query.indices[i] as number;
      f32[address + TERM_WORDS * i + TERM_WEIGHT] = query.values[i] as number;
    }
    core.sparseLookUp();
    let postings = 0;
    for (let i = 0; i < terms; i++) postings += u32[address + TERM_WORDS * i + TERM_LIVE] as number;
    if (this.config.idf) this.#weigh(memory, address, terms, corpus);
    const few = allowed && this.#writeFew(memory, allowed, this.#worthMeasuring(postings, terms));
    let count: number;
    if (few !== undefined) {
      count = core.sparseScore(few, wanted);
    } else {
      if (allowed !== undefined) this.#writeBitmap(memory, allowed);
      count = core.sparseSearch(wanted, allowed === undefined ? 0 : 1);
    }
    return {
      ...this.#read(memory, count),
      plan: "exact",
      distances: (core.distancesComputed() - before) >>> 0,
      expanded: 0,
    };
  }

  /** Gives the memory back. Storing and searching throw `CLOSED` from now on. */
  close(): void {
    this.#memory = undefined;
  }

  #open(): SpaceMemory<SparseExports> {
    if (this.#memory === undefined) {
      throw new NearvecError("CLOSED", {
        what: "the vector space was closed",
        todo: "Open the client again.",
      });
    }
    return this.#memory;
  }

  /** Multiplies the terms' weights by how rare their indices are: Qdrant's idf modifier. */
  #weigh(
    memory: SpaceMemory<SparseExports>,
    address: number,
    terms: number,
    corpus: Uint32Array | undefined,
  ): void {
    let all = this.#live;
    if (corpus !== undefined) {
      this.#writeBitmap(memory, corpus);
      all = this.#core.sparseCorpus();
    }
    const { u32, f32 } = memory;
    for (let i = 0; i < terms; i++) {
      const at = address + TERM_WORDS * i;
      const having = u32[at + TERM_LIVE] as number;
      const rarity = Math.log((all - having + 0.5) / (having + 0.5) + 1);
      f32[at + TERM_WEIGHT] = (f32[at + TERM_WEIGHT] as number) * rarity;
    }
  }

  /** Room for a bitmap of that many bits. */
  #scratch(bits: number): number {
    const address = this.#core.bitmapAddress(bits) >>> 0;
    if (address === 0) throw outOfMemory("preparing a filter");
    return address;
  }

  #writeBitmap(memory: SpaceMemory<SparseExports>, bitmap: Uint32Array): void {
    const words = Math.ceil(this.slots.limit / 32);
    const at = this.#scratch(words * 32) >>> 2;
    const target = memory.u32.subarray(at, at + words);
    target.set(bitmap.subarray(0, words));
    target.fill(0, Math.min(words, bitmap.length));
  }

  /**
   * How many vectors can be measured one by one in the time that it takes to read that many postings. Measured on 200,000
   * zipfian vectors of 65 entries with 4 and 25 terms, in times of a posting (2 ns).
   */
  #worthMeasuring(postings: number, terms: number): number {
    const slots = this.slotCount;
    return Math.floor((postings + slots / 2) / (MEASURE + this.entryCount / slots + terms));
  }

  /** Writes the slots of allowed points where a bitmap would go, up to `most`. Answers how many; undefined when more. */
  #writeFew(memory: SpaceMemory<SparseExports>, allowed: Uint32Array, most: number): number | undefined {
    const at = this.#scratch((most + 1) * 32) >>> 2;
    const { u32 } = memory;
    let count = 0;
    for (let w = 0; w < allowed.length; w++) {
      let bits = allowed[w] as number;
      while (bits !== 0) {
        const slot = this.slots.get(w * 32 + lowestBit(bits));
        bits &= bits - 1;
        if (slot === NONE) continue;
        if (count === most) return undefined;
        u32[at + count++] = slot;
      }
    }
    return count;
  }

  #read(memory: SpaceMemory<SparseExports>, count: number): Pick<Hits, "count" | "offsets" | "scores"> {
    const at = this.#core.sparseResults() >>> 2;
    const { u32, f32 } = memory;
    const offsets = new Uint32Array(count);
    const scores = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      offsets[i] = u32[at + 2 * i] as number;
      scores[i] = f32[at + 2 * i + 1] as number;
    }
    return { count, offsets, scores };
  }
}
