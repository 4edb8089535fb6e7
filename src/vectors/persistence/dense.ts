/** Dense vectors in checkpoints: what of the shard that answers is in there, and what changed since. */

import { NONE } from "../../core/abi.ts";
import { SpaceImage } from "../../core/space-image.ts";
import { cannotGrow } from "../../core/space-memory.ts";
import { NearvecError, orOutOfMemory } from "../../errors.ts";
import { type Capture, type Persistent, type Piece, Section } from "../../journal/sections.ts";
import type { DenseShard } from "../dense-shard.ts";
import type { DenseSpace } from "../dense-space.ts";
import type { Beside } from "./beside.ts";
import { damaged, Head } from "./damaged.ts";
import { DenseCapture, type Moment } from "./dense-capture.ts";
import { DenseRestoration } from "./dense-restoration.ts";

/** What the vectors are, beside their size and distance. */
export interface DenseForm {
  readonly kind: string;
  readonly datatype: string;
}

export class DensePersistence implements Persistent {
  readonly #space: DenseSpace;
  readonly #form: DenseForm;
  readonly #beside: Beside | undefined;
  /** What checkpoints have: of which shard, and how much. */
  #durable: (Moment & { readonly shard: DenseShard }) | undefined;
  #capturing = false;
  #restoration: DenseRestoration | undefined;

  constructor(space: DenseSpace, form: DenseForm, beside?: Beside) {
    this.#space = space;
    this.#form = { kind: form.kind, datatype: form.datatype };
    this.#beside = beside;
  }

  get isChanged(): boolean {
    const { shard } = this.#space;
    const durable = this.#durable;
    if (durable === undefined) return shard.slotCount > 0;
    if (durable.shard !== shard) return true;
    // All of these only ever grow, and links change with the cursor alone.
    const { slots, cursor, tombstones } = this.#moment(shard, new SpaceImage(shard.memory));
    return slots !== durable.slots || cursor !== durable.cursor || tombstones !== durable.tombstones;
  }

  capture(full: boolean): Capture {
    if (this.#capturing) throw captureUnderWay();
    const { shard } = this.#space;
    const image = new SpaceImage(shard.memory);
    const now = this.#moment(shard, image);
    const known = this.#durable?.shard === shard ? this.#durable : undefined;
    const base = full ? undefined : known;
    return orOutOfMemory(cannotGrow("making a checkpoint"), () => {
      const offsets = image.offsets(base?.slots ?? 0, now.slots);
      const beside = this.#wordsBeside(offsets);
      const facts = this.#facts(shard);
      const changed = image.takeChanged(known?.slots ?? 0, now.slots);
      try {
        const capture = new DenseCapture({ image, base, now, facts, changed, beside, offsets }, (durable) => {
          this.#capturing = false;
          if (durable) this.#durable = { ...now, shard };
        });
        this.#capturing = true;
        return capture;
      } catch (error) {
        image.markChanged(changed);
        throw error;
      }
    });
  }

  restore(piece: Piece): void {
    if (piece.section !== Section.HEAD) {
      if (this.#restoration === undefined) throw damaged("a piece without a head");
      this.#restoration.restore(piece);
      return;
    }
    const head = new Head(piece);
    const { size, distance } = this.#space.config;
    head.expect({ ...this.#form, size, distance });
    this.#restoration?.expectComplete();
    if (head.boolean("full")) this.#restoration = new DenseRestoration(this.#space, head, this.#beside);
    if (this.#restoration === undefined) throw damaged("changes to what is not there");
    this.#restoration.begin(head);
  }

  restored(): void {
    const restoration = this.#restoration;
    if (restoration === undefined) return; // checkpoints know nothing of this space: it was empty
    restoration.end();
    const { shard } = restoration;
    this.#space.shards.adopt(shard);
    this.#durable = { ...this.#moment(shard, new SpaceImage(shard.memory)), shard };
    this.#restoration = undefined;
  }

  #moment({ tombstoneCount }: DenseShard, { slotCount, upperCount, cursor }: SpaceImage): Moment {
    return { slots: slotCount, upper: upperCount, cursor, tombstones: tombstoneCount };
  }

  #facts(shard: DenseShard): object {
    const { size, distance, m, efConstruct, seed } = shard.config;
    const limit = shard.slots.limit;
    return { ...this.#form, size, distance, m, efConstruct, seed, limit, ...this.#beside?.facts() };
  }

  #wordsBeside(offsets: Uint32Array): { words: number; values: Uint32Array } {
    const beside = this.#beside;
    if (beside === undefined) return { words: 0, values: new Uint32Array(0) };
    const { words } = beside;
    const values = new Uint32Array(offsets.length * words);
    for (let i = 0; i < offsets.length; i++) {
      const offset = offsets[i] as number;
      if (offset !== NONE) beside.save(offset, values, i * words);
    }
    return { words, values };
  }
}

/** Two captures at once would take each other's changes away. */
export function captureUnderWay(): NearvecError {
  return new NearvecError("INTERNAL", {
    what: "a space was to be captured twice at a time",
    todo: "Please report it.",
  });
}
