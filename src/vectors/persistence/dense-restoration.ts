/**
 * Builds a shard from the pieces of a chain of captures: a full one, then what changed since. Pieces are copied where they
 * belong as they come; what they mean together is looked at once, at the end. Until then nobody searches the shard.
 */

import { LAYOUT, NONE } from "../../core/abi.ts";
import { type EntryPoint, IMAGE, SpaceImage } from "../../core/space-image.ts";
import { cannotGrow } from "../../core/space-memory.ts";
import { orOutOfMemory } from "../../errors.ts";
import { type Piece, Section } from "../../journal/sections.ts";
import { DenseShard } from "../dense-shard.ts";
import type { DenseSpace } from "../dense-space.ts";
import { type Beside, tableLength } from "./beside.ts";
import { damaged, type Head, wordsOf } from "./damaged.ts";
import { Expected } from "./runs.ts";

/** Of one capture. */
interface Stage {
  readonly head: Head;
  /** Slots below were there before. */
  readonly from: number;
  readonly upper: number;
  readonly cursor: number;
  readonly entry: EntryPoint | undefined;
}

export class DenseRestoration {
  readonly shard: DenseShard;
  readonly #image: SpaceImage;
  readonly #beside: Beside | undefined;
  readonly #expected = new Expected();
  #stage: Stage | undefined;
  #words = new Uint32Array(0);
  /** The slot of the last patch. */
  #patched = -1;

  /** @param head of a full capture */
  constructor(space: DenseSpace, head: Head, beside: Beside | undefined) {
    // With the links and levels that it had; where another `m` is wanted by now, the space builds itself anew.
    const m = head.integer("m", 0, LAYOUT.MAX_M);
    if (m === 1) throw damaged("`m`", { got: m });
    const efConstruct = head.integer("efConstruct", 1, LAYOUT.MAX_EF);
    const seed = head.integer("seed", -(2 ** 31), 2 ** 32 - 1);
    this.shard = DenseShard.create(space.core, { ...space.config, m, efConstruct, seed });
    this.#image = new SpaceImage(this.shard.memory);
    this.#beside = beside;
  }

  /** A capture begins. */
  begin(head: Head): void {
    this.#endStage();
    const image = this.#image;
    const { m, efConstruct, seed } = this.shard.config;
    const from = image.slotCount;
    const upperFrom = image.upperCount;
    head.expect({ m, efConstruct, seed, from, upperFrom });
    const slots = head.integer("slots", from, LAYOUT.MAX_SLOTS);
    const upper = head.integer("upper", upperFrom, NONE);
    const cursor = head.integer("cursor", image.cursor, slots);
    const changed = head.integer("changed", 0, from);
    this.#patched = -1;
    this.#stage = { head, from, upper, cursor, entry: this.#readEntry(head, cursor) };
    const { vectorBytes, linkBytes, upperBytes } = image;
    this.#expected.add(Section.OFFSETS, from, slots, 4);
    if (m > 0) this.#expected.add(Section.LINKS, from, cursor, linkBytes);
    if (m > 0) this.#expected.add(Section.UPPER_LINKS, upperFrom, upper, upperBytes);
    this.#expected.add(Section.PATCHES, 0, changed);
    this.#expected.add(Section.VECTORS, from, slots, vectorBytes);
    if (this.#beside !== undefined) this.#expected.add(Section.BESIDE, from, slots, 4 * this.#beside.words);
  }

  /** Throws unless all pieces of the last capture are back. */
  expectComplete(): void {
    this.#expected.end();
  }

  restore(piece: Piece): void {
    const { section, from, count, bytes } = piece;
    if (section !== Section.OFFSETS && this.#expected.has(Section.OFFSETS)) {
      throw damaged(`a piece of section ${section} before its slots`);
    }
    this.#expected.take(piece);
    const image = this.#image;
    switch (section) {
      case Section.OFFSETS:
        // Memory is asked for as pieces come: a head may say anything.
        this.shard.reserve(count);
        image.appendSlots(wordsOf(piece));
        if (this.#expected.has(Section.OFFSETS)) break;
        if (this.#beside !== undefined) this.#growWords(image.slotCount * this.#beside.words);
        if (image.upperCount !== this.#stage?.upper) {
          throw damaged("`upper`", { got: this.#stage?.upper, expected: image.upperCount });
        }
        break;
      case Section.LINKS:
        this.#copySlots(piece, image.linkBytes, (slot, n) => image.links(slot, n));
        break;
      case Section.UPPER_LINKS:
        for (let done = 0; done < count; ) {
          const n = image.upperInRow(from + done, from + count);
          const at = done * image.upperBytes;
          image.upperLinks(from + done, n).set(bytes.subarray(at, at + n * image.upperBytes));
          done += n;
        }
        break;
      case Section.PATCHES:
        this.#patch(piece);
        break;
      case Section.VECTORS:
        this.#copySlots(piece, image.vectorBytes, (slot, n) => image.vectors(slot, n));
        this.#checkPadding(wordsOf(piece));
        break;
      case Section.BESIDE:
        this.#words.set(wordsOf(piece), from * (this.#beside?.words ?? 0));
        break;
    }
  }

  /** All pieces are back. The shard is good from here on. */
  end(): void {
    this.#endStage();
    const wrong = this.#image.settleLinks();
    if (wrong !== undefined) throw damaged(wrong);
    const { slotCount } = this.#image;
    const offsets = this.#image.offsets(0, slotCount);
    this.#settleSlots(offsets);
    const { head } = this.#stage as Stage;
    this.#beside?.restore(head, offsets, { values: this.#words, stride: this.#beside.words, first: 0 });
  }

  #readEntry(head: Head, cursor: number): EntryPoint | undefined {
    if (!head.has("entry")) return undefined;
    const slot = head.integer("entry", 0, cursor - 1);
    return { slot, level: head.integer("entryLevel", 0, IMAGE.LEVEL_MASK) };
  }

  #endStage(): void {
    this.expectComplete();
    if (this.#stage === undefined) return;
    const { cursor, entry, upper } = this.#stage;
    const image = this.#image;
    if (entry !== undefined && image.levelOf(entry.slot) !== entry.level) {
      throw damaged("the level of the entry point", {
        got: entry.level,
        expected: image.levelOf(entry.slot),
      });
    }
    if (image.upperCount !== upper) throw damaged("`upper`", { got: upper, expected: image.upperCount });
    image.cursor = cursor;
    image.entry = entry;
  }

  #copySlots(
    { from, count, bytes }: Piece,
    size: number,
    at: (slot: number, count: number) => Uint8Array,
  ): void {
    for (let done = 0; done < count; ) {
      const n = this.#image.slotsInRow(from + done, from + count);
      at(from + done, n).set(bytes.subarray(done * size, (done + n) * size));
      done += n;
    }
  }

  /** Behind its numbers a vector has zeros, which distances are computed with. */
  #checkPadding(words: Uint32Array): void {
    const { size } = this.shard.config;
    const stride = this.#image.vectorBytes / 4;
    for (let at = 0; size < stride && at < words.length; at += stride) {
      for (let i = at + size; i < at + stride; i++)
        if (words[i] !== 0) throw damaged("numbers behind a vector");
    }
  }

  #patch(piece: Piece): void {
    const words = wordsOf(piece);
    const image = this.#image;
    const { from } = this.#stage as Stage;
    let at = 0;
    for (let i = 0; i < piece.count; i++) {
      const slot = words[at] ?? NONE;
      const offset = words[at + 1] ?? NONE;
      if (slot <= this.#patched || slot >= from) throw damaged("a patch of another slot", { got: slot });
      if (offset !== NONE && offset !== image.offsetOf(slot))
        throw damaged("a patch with another point", { got: offset });
      this.#patched = slot;
      image.setOffset(slot, offset);
      const level = image.linkBytes > 0 ? image.levelOf(slot) : 0;
      const lists = [image.links(slot, 1)];
      for (let l = 0; l < level; l++) lists.push(image.upperLinks(image.upperOf(slot) + l, 1));
      at += 2;
      for (const list of lists) {
        const end = at + list.length / 4;
        if (end > words.length) throw damaged("a patch ends too early");
        list.set(piece.bytes.subarray(at * 4, end * 4));
        at = end;
      }
    }
    if (at !== words.length) throw damaged("more than patches in a piece");
  }

  /** The table of slots, and the counters. */
  #settleSlots(offsets: Uint32Array): void {
    const { slots } = this.shard;
    const { head, cursor, entry } = this.#stage as Stage;
    const limit = head.integer("limit", 0, NONE);
    const needed = tableLength(offsets);
    if (needed > limit)
      throw damaged("the largest offset", { got: needed - 1, expected: `less than ${limit}` });
    orOutOfMemory(cannotGrow("restoring vectors"), () => slots.reserve(needed));
    let live = 0;
    let liveTail = 0;
    let aligned = true;
    for (let slot = 0; slot < offsets.length; slot++) {
      const offset = offsets[slot] as number;
      if (offset !== slot) aligned = false;
      if (offset === NONE) continue;
      if (slots.get(offset) !== NONE) throw damaged(`the point of slot ${slot}`, { got: offset });
      slots.set(offset, slot);
      live++;
      if (slot >= cursor) liveTail++;
    }
    if (entry === undefined && live > liveTail) throw damaged("a graph without an entry point");
    this.shard.resume({ live, tombstones: offsets.length - live, liveTail, aligned });
  }

  #growWords(count: number): void {
    const words = orOutOfMemory(cannotGrow("restoring vectors"), () => new Uint32Array(count));
    words.set(this.#words);
    this.#words = words;
  }
}
