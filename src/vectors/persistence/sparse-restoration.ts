/** Builds a shard of sparse vectors from the pieces of a chain of captures: what was stored is stored again, slot by slot. */

import { LAYOUT, NONE } from "../../core/abi.ts";
import { cannotGrow } from "../../core/space-memory.ts";
import { SparseImage } from "../../core/sparse-image.ts";
import { orOutOfMemory } from "../../errors.ts";
import { type Piece, Section } from "../../journal/sections.ts";
import { SparseShard } from "../kinds/sparse-shard.ts";
import type { SparseSpace } from "../kinds/sparse-space.ts";
import type { SparseRows } from "../rows.ts";
import { tableLength } from "./beside.ts";
import { damaged, type Head, wordsOf } from "./damaged.ts";
import { Expected } from "./runs.ts";

/** Of one capture. */
interface Stage {
  readonly from: number;
  readonly limit: number;
  readonly entries: number;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
}

/** Slots that are stored at once where they have no entries. */
const BATCH = 65_536;

export class SparseRestoration {
  readonly shard: SparseShard;
  readonly #image: SparseImage;
  readonly #expected = new Expected();
  #stage: Stage | undefined;
  /** Slots of the stage that are stored, and the entries that came for the next one, of which there are some more. */
  #stored = 0;
  #pending: Uint32Array[] = [];
  #pendingWords = 0;

  constructor(space: SparseSpace) {
    this.shard = SparseShard.create(space.core, space.config);
    this.#image = new SparseImage(this.shard.memory);
  }

  /** A capture begins. */
  begin(head: Head): void {
    this.end();
    const from = this.shard.slotCount;
    head.expect({ from });
    const slots = head.integer("slots", from, LAYOUT.MAX_SLOTS);
    const entries = head.integer("entries", 0, NONE);
    const limit = head.integer("limit", 0, NONE);
    const count = slots - from;
    this.#stage = orOutOfMemory(cannotGrow("restoring vectors"), () => {
      return { from, limit, entries, offsets: new Uint32Array(count), lengths: new Uint32Array(count) };
    });
    this.#stored = 0;
    this.#expected.add(Section.PATCHES, 0, head.integer("killed", 0, from), 4);
    this.#expected.add(Section.OFFSETS, from, slots, 4);
    this.#expected.add(Section.BESIDE, from, slots, 4);
    this.#expected.add(Section.ENTRIES, 0, entries, 8);
  }

  restore(piece: Piece): void {
    this.#expected.take(piece);
    const { from, offsets, lengths, entries } = this.#stage as Stage;
    const words = wordsOf(piece);
    switch (piece.section) {
      case Section.PATCHES:
        for (const slot of words) this.#kill(slot, from);
        break;
      case Section.OFFSETS:
        offsets.set(words, piece.from - from);
        break;
      case Section.BESIDE:
        lengths.set(words, piece.from - from);
        if (this.#expected.has(Section.BESIDE)) break;
        if (lengths.reduce((sum, length) => sum + length, 0) !== entries)
          throw damaged("the lengths of sparse vectors");
        break;
      case Section.ENTRIES:
        for (const section of [Section.PATCHES, Section.OFFSETS, Section.BESIDE]) {
          if (this.#expected.has(section)) throw damaged("entries before their slots");
        }
        this.#add(words);
        break;
    }
  }

  /** All pieces of a capture are back. */
  end(): void {
    this.#expected.end();
    if (this.#stage === undefined) return;
    this.#add(new Uint32Array(0)); // what is left has no entries
    this.#stage = undefined;
  }

  #kill(slot: number, limit: number): void {
    const offset = slot < limit ? this.#image.offsetOf(slot) : NONE;
    if (offset === NONE) throw damaged("a slot that was killed", { got: slot });
    this.shard.remove(offset);
  }

  /** Stores the vectors that are complete with some more entries. */
  #add(words: Uint32Array): void {
    const { lengths } = this.#stage as Stage;
    this.#pending.push(words.slice());
    this.#pendingWords += words.length;
    let end = this.#stored;
    let entries = 0;
    const ends: number[] = [];
    while (end < lengths.length && (entries + (lengths[end] as number)) * 2 <= this.#pendingWords) {
      entries += lengths[end++] as number;
      ends.push(entries);
      if (ends.length < BATCH) continue;
      this.#store(ends, entries);
      end = this.#stored;
      entries = 0;
      ends.length = 0;
    }
    if (ends.length > 0) this.#store(ends, entries);
  }

  /** Stores the next vectors, whose first `entries` entries are pending. */
  #store(ends: readonly number[], entries: number): void {
    const { offsets, limit } = this.#stage as Stage;
    const words = this.#take(entries * 2);
    const numbers = new Float32Array(words.buffer);
    const rows: SparseRows = {
      type: "sparse",
      count: ends.length,
      ends: Uint32Array.from(ends),
      indices: new Uint32Array(entries),
      values: new Float32Array(entries),
    };
    for (let i = 0; i < entries; i++) {
      rows.indices[i] = words[2 * i] as number;
      rows.values[i] = numbers[2 * i + 1] as number;
    }
    check(rows);
    const needed = tableLength(offsets.subarray(this.#stored, this.#stored + rows.count));
    if (needed > limit)
      throw damaged("the largest offset", { got: needed - 1, expected: `less than ${limit}` });
    this.shard.reserveRows(rows, needed);
    for (let row = 0; row < rows.count; row++) {
      const offset = offsets[this.#stored++] as number;
      if (offset === NONE) {
        if ((rows.ends[row] as number) !== (rows.ends[row - 1] ?? 0))
          throw damaged("entries of a slot that was killed");
        this.shard.storeTombstone();
        continue;
      }
      if (this.shard.has(offset)) throw damaged("the point of a sparse vector", { got: offset });
      this.shard.store(offset, rows, row);
    }
  }

  /** The first `count` pending words. */
  #take(count: number): Uint32Array {
    const all = orOutOfMemory(cannotGrow("restoring vectors"), () => new Uint32Array(this.#pendingWords));
    let at = 0;
    for (const words of this.#pending) {
      all.set(words, at);
      at += words.length;
    }
    this.#pending = [all.subarray(count)];
    this.#pendingWords -= count;
    return all.slice(0, count);
  }
}

/** Indices ascend within a vector, and values are numbers: searches rely on it. */
function check({ ends, indices, values }: SparseRows): void {
  let from = 0;
  for (const end of ends) {
    for (let i = from; i < end; i++) {
      if (i > from && (indices[i] as number) <= (indices[i - 1] as number))
        throw damaged("the order of indices");
      if (!Number.isFinite(values[i])) throw damaged("a value", { got: values[i] });
    }
    from = end;
  }
}
