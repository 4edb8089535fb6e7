/**
 * Sparse vectors in checkpoints. Slots and entries are stored in order and never change, but for the offset of one that is
 * killed; so a delta is a list of killed slots, and the new ones. Postings follow from entries, and are made again.
 */

import { NONE } from "../../core/abi.ts";
import { cannotGrow } from "../../core/space-memory.ts";
import { SparseImage } from "../../core/sparse-image.ts";
import { orOutOfMemory } from "../../errors.ts";
import {
  type Capture,
  type Persistent,
  PIECE_BYTES,
  type Piece,
  Section,
  type Sink,
} from "../../journal/sections.ts";
import type { SparseShard } from "../kinds/sparse-shard.ts";
import type { SparseSpace } from "../kinds/sparse-space.ts";
import { damaged, Head } from "./damaged.ts";
import { captureUnderWay } from "./dense.ts";
import { numbers, type Run, Runs } from "./runs.ts";
import { SparseRestoration } from "./sparse-restoration.ts";

/** What checkpoints have of a shard. */
interface Moment {
  readonly shard: SparseShard;
  readonly slots: number;
  readonly tombstones: number;
  /** Bit by slot: which were alive. */
  readonly live: Uint32Array;
}

/** Words of an entry. */
const ENTRY = 2;

export class SparsePersistence implements Persistent {
  readonly #space: SparseSpace;
  #durable: Moment | undefined;
  #capturing = false;
  #restoration: SparseRestoration | undefined;

  constructor(space: SparseSpace) {
    this.#space = space;
  }

  get isChanged(): boolean {
    const { current } = this.#space.shards;
    const durable = this.#durable;
    if (durable === undefined) return current.slotCount > 0;
    const { shard, slots, tombstones } = durable;
    return shard !== current || slots !== current.slotCount || tombstones !== current.tombstoneCount;
  }

  capture(full: boolean): Capture {
    if (this.#capturing) throw captureUnderWay();
    const shard = this.#space.shards.current;
    const base = full || this.#durable?.shard !== shard ? undefined : this.#durable;
    return orOutOfMemory(cannotGrow("making a checkpoint"), () => {
      const now = momentOf(shard);
      const runs = changes(shard, base, now);
      this.#capturing = true;
      return new SparseCapture(base === undefined, runs, (durable) => {
        this.#capturing = false;
        if (durable) this.#durable = now;
      });
    });
  }

  restore(piece: Piece): void {
    if (piece.section !== Section.HEAD) {
      if (this.#restoration === undefined) throw damaged("a piece without a head");
      this.#restoration.restore(piece);
      return;
    }
    const head = new Head(piece);
    head.expect({ kind: "sparse" });
    this.#restoration?.end();
    if (head.boolean("full")) this.#restoration = new SparseRestoration(this.#space);
    if (this.#restoration === undefined) throw damaged("changes to what is not there");
    this.#restoration.begin(head);
  }

  restored(): void {
    if (this.#restoration === undefined) return; // checkpoints know nothing of this space: it was empty
    this.#restoration.end();
    const { shard } = this.#restoration;
    this.#space.shards.adopt(shard);
    this.#durable = momentOf(shard);
    this.#restoration = undefined;
  }
}

class SparseCapture implements Capture {
  readonly full: boolean;
  readonly needsStillness = false; // there is no graph
  readonly #runs: Runs;
  readonly end: (durable: boolean) => void;

  constructor(full: boolean, runs: Runs, ended: (durable: boolean) => void) {
    this.full = full;
    this.#runs = runs;
    this.end = ended;
  }

  write(sink: Sink, bytes: number): boolean {
    return this.#runs.write(sink, bytes);
  }
}

function momentOf(shard: SparseShard): Moment {
  const slots = shard.slotCount;
  const live = new SparseImage(shard.memory).live(slots);
  return { shard, slots, tombstones: shard.tombstoneCount, live };
}

/** What changed since `base`, everything without: offsets and lengths by slot, entries one after the other. */
function changes(shard: SparseShard, base: Moment | undefined, { slots, live }: Moment): Runs {
  const image = new SparseImage(shard.memory);
  const from = base?.slots ?? 0;
  const killed: number[] = [];
  base?.live.forEach((before, word) => {
    let bits = before & ~(live[word] as number);
    for (; bits !== 0; bits &= bits - 1) killed.push(word * 32 + 31 - Math.clz32(bits & -bits));
  });
  const offsets = new Uint32Array(slots - from);
  const lengths = new Uint32Array(slots - from); // 0 for a tombstone's, whose entries nobody needs any more
  let entries = 0;
  let end = from < slots ? image.endOf(from - 1) : 0;
  const pairs = image.slots(from, slots);
  for (let i = 0; i < offsets.length; i++) {
    const offset = pairs[2 * i] as number;
    const next = pairs[2 * i + 1] as number;
    const length = offset === NONE ? 0 : next - end;
    end = next;
    offsets[i] = offset;
    lengths[i] = length;
    entries += length;
  }
  const limit = shard.slots.limit;
  const head = {
    kind: "sparse",
    full: base === undefined,
    from,
    slots,
    killed: killed.length,
    entries,
    limit,
  };
  return new Runs(head, [
    numbers(Section.PATCHES, 0, killed.length, 1, Uint32Array.from(killed)),
    numbers(Section.OFFSETS, from, slots, 1, offsets),
    numbers(Section.BESIDE, from, slots, 1, lengths),
    entryRun(image, from, lengths, entries),
  ]);
}

function entryRun(image: SparseImage, first: number, lengths: Uint32Array, entries: number): Run {
  let slot = 0; // the one whose entries come next, and how many of them are written
  let written = 0;
  return {
    section: Section.ENTRIES,
    from: 0,
    to: entries,
    piece(at) {
      const count = Math.min(entries - at, PIECE_BYTES / (4 * ENTRY));
      const values = new Uint32Array(count * ENTRY);
      for (let done = 0; done < count; ) {
        const length = lengths[slot] as number;
        const some = Math.min(length - written, count - done);
        const begin = some === 0 ? 0 : image.endOf(first + slot - 1) + written;
        image.copyEntries(begin, begin + some, values, done * ENTRY);
        done += some;
        written += some;
        if (written < length) continue;
        slot++;
        written = 0;
      }
      return { count, bytes: new Uint8Array(values.buffer) };
    },
  };
}
