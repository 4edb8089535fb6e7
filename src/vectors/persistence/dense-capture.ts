/**
 * Dense vectors as they were at one moment, on their way into a checkpoint.
 *
 *   slots   0 ─────────── known ────────── n            n, the cursor, the entry point: copied when the capture is made
 *           │ PATCHES of   │ everything    │            offsets of new and changed slots: copied then, too
 *           │ changed ones │ of new ones   │            links: read later, the graph stands still until then
 *           └──────────────┴───────────────┘            vectors: read later, they never change
 *
 * It holds on to the memory, so that a shard which is replaced meanwhile is captured all the same.
 */

import type { SpaceImage } from "../../core/space-image.ts";
import { NearvecError } from "../../errors.ts";
import { type Capture, PIECE_BYTES, Section, type Sink } from "../../journal/sections.ts";
import { bytesOf } from "./damaged.ts";
import { inPiece, numbers, type Run, Runs } from "./runs.ts";

/** What of a shard is in checkpoints, once the capture is durable. */
export interface Moment {
  readonly slots: number;
  readonly upper: number;
  readonly cursor: number;
  readonly tombstones: number;
}

export interface DenseChange {
  readonly image: SpaceImage;
  /** What older checkpoints have of this shard; undefined: nothing, or it shall not matter. */
  readonly base: Moment | undefined;
  readonly now: Moment;
  /** What the head says beside. */
  readonly facts: object;
  /** Slots whose marks were taken away. Of these, `base` has them all, where there is one. */
  readonly changed: Uint32Array;
  /** Words beside the new slots. */
  readonly beside: { readonly words: number; readonly values: Uint32Array };
  /** By slot, those from `base` on. */
  readonly offsets: Uint32Array;
}

export class DenseCapture implements Capture {
  readonly full: boolean;
  readonly #image: SpaceImage;
  readonly #cursor: number;
  readonly #changed: Uint32Array;
  readonly #runs: Runs;
  readonly #ended: (durable: boolean) => void;

  constructor(change: DenseChange, ended: (durable: boolean) => void) {
    const { image, base, now, changed, offsets, beside } = change;
    const from = base?.slots ?? 0;
    const upperFrom = base?.upper ?? 0;
    const patches = base === undefined ? new Uint32Array(0) : changed;
    this.full = base === undefined;
    this.#image = image;
    this.#cursor = now.cursor;
    this.#changed = changed;
    this.#ended = ended;
    const head = {
      ...change.facts,
      full: this.full,
      from,
      slots: now.slots,
      upperFrom,
      upper: now.upper,
      cursor: now.cursor,
      ...(image.entry && { entry: image.entry.slot, entryLevel: image.entry.level }),
      changed: patches.length,
    };
    // What the graph's links are lies before the vectors, so that it stands still no longer than it must.
    this.#runs = new Runs(head, [
      numbers(Section.OFFSETS, from, now.slots, 1, offsets),
      ...(image.linkBytes > 0 ? linkRuns(image, from, upperFrom, now) : []),
      patchRun(image, patches),
      {
        section: Section.VECTORS,
        from,
        to: now.slots,
        piece(at) {
          const count = inPiece(image.vectorBytes, image.slotsInRow(at, now.slots));
          return { count, bytes: image.vectors(at, count) };
        },
      },
      ...(beside.words > 0 ? [numbers(Section.BESIDE, from, now.slots, beside.words, beside.values)] : []),
    ]);
  }

  get needsStillness(): boolean {
    return this.#runs.needsStillness;
  }

  write(sink: Sink, bytes: number): boolean {
    if (this.needsStillness && this.#image.cursor !== this.#cursor) {
      throw new NearvecError("INTERNAL", {
        what: "a graph changed while it was captured",
        todo: "Please report it.",
      });
    }
    return this.#runs.write(sink, bytes);
  }

  end(durable: boolean): void {
    if (!durable) this.#image.markChanged(this.#changed);
    this.#ended(durable);
  }
}

function linkRuns(image: SpaceImage, from: number, upperFrom: number, now: Moment): Run[] {
  return [
    {
      section: Section.LINKS,
      from,
      to: now.cursor, // slots behind have none
      still: true,
      piece(at) {
        const count = inPiece(image.linkBytes, image.slotsInRow(at, now.cursor));
        return { count, bytes: image.links(at, count) };
      },
    },
    {
      section: Section.UPPER_LINKS,
      from: upperFrom,
      to: now.upper,
      still: true,
      piece(at) {
        const count = inPiece(image.upperBytes, image.upperInRow(at, now.upper));
        return { count, bytes: image.upperLinks(at, count) };
      },
    },
  ];
}

/** The changed slots: each its number, its offset, and its lists from level 0 up. */
function patchRun(image: SpaceImage, slots: Uint32Array): Run {
  const offsets = slots.map((slot) => image.offsetOf(slot)); // now: a slot that is killed later was alive
  return {
    section: Section.PATCHES,
    from: 0,
    to: slots.length,
    still: image.linkBytes > 0,
    piece(at) {
      const buffer = new Uint32Array(PIECE_BYTES / 4);
      const bytes = bytesOf(buffer);
      let i = at;
      let end = 0;
      for (; i < slots.length; i++) {
        const slot = slots[i] as number;
        const level = image.linkBytes > 0 ? image.levelOf(slot) : 0;
        if (end + 8 + image.linkBytes + level * image.upperBytes > PIECE_BYTES) break;
        buffer[end / 4] = slot;
        buffer[end / 4 + 1] = offsets[i] as number;
        end += 8;
        bytes.set(image.links(slot, 1), end);
        end += image.linkBytes;
        for (let l = 0; l < level; l++, end += image.upperBytes) {
          bytes.set(image.upperLinks(image.upperOf(slot) + l, 1), end);
        }
      }
      return { count: i - at, bytes: bytes.subarray(0, end) };
    },
  };
}
