import { orOutOfMemory } from "../../errors.ts";
import { type Capture, type Persistent, type Piece, Section } from "../../journal/sections.ts";
import type { Field } from "../field.ts";
import { CapturedField, noChanges } from "./captured-field.ts";
import { damaged, misused } from "./format.ts";
import { RestoredField, readHead } from "./restored-field.ts";

/**
 * The index of a field as a part of checkpoints. One of them holds all of it; those after that hold nothing, because the
 * points that they bring change the index as points do that are written.
 *
 * ```
 *   checkpoint 1      checkpoint 2        checkpoint 3        checkpoint 4
 *   ┌────────┐        ┌─────────┐         ┌─────────┐         ┌─────────┐
 *   │ points │        │ changes │         │ changes │         │ changes │
 *   │        │        │ index   │ ◄────── │ (index) │ ◄────── │ (index) │
 *   └────────┘        └─────────┘ follows └─────────┘ follows └─────────┘
 *              created, built
 * ```
 */
export class PersistentField implements Persistent {
  readonly #field: Field;
  /** Whether a durable checkpoint holds it. */
  #hasBase = false;
  #isCaptured = false;
  #restored: RestoredField | undefined;
  /** Between a head and an end. */
  #isReading = false;
  /** One above the highest offset of the checkpoint that held it. */
  #end = 0;

  constructor(field: Field) {
    this.#field = field;
  }

  get isChanged(): boolean {
    return !this.#hasBase;
  }

  /** @throws {NearvecError} `OUT_OF_MEMORY`; nothing has changed then */
  capture(full: boolean): Capture {
    if (this.#isCaptured) throw misused("a second capture of an index began before the first one's end");
    const capture =
      full || !this.#hasBase
        ? new CapturedField(this.#field, (durable) => {
            this.#isCaptured = false;
            this.#hasBase ||= durable;
          })
        : noChanges(() => {
            this.#isCaptured = false;
          });
    this.#isCaptured = true;
    return capture;
  }

  /**
   * Once the last piece is back, the index follows the changes of points. Payloads must be those of the same checkpoint.
   *
   * @throws {NearvecError} `DAMAGED`, `OUT_OF_MEMORY`
   */
  restore(piece: Piece): void {
    if (!this.#field.isRestoring) throw misused("a piece came for an index that is not being restored");
    orOutOfMemory(NO_ROOM, () => {
      if (piece.section === Section.HEAD) this.#begin(piece);
      else this.#read(piece);
    });
  }

  #begin(piece: Piece): void {
    if (this.#restored !== undefined) throw damaged("a head", "another one", "pieces of the index");
    const head = readHead(piece, this.#field);
    this.#isReading = true;
    this.#end = head?.end ?? 0;
    // What reads values otherwise is passed over, and built anew.
    this.#restored = head && new RestoredField(this.#field, head);
  }

  #read(piece: Piece): void {
    if (!this.#isReading) throw damaged("a piece of an index", "no head before it", "one");
    if (this.#restored === undefined || !this.#restored.read(piece)) return;
    this.#field.restore(this.#restored.indexed);
    this.#restored = undefined;
    this.#isReading = false;
    this.#hasBase = true;
  }

  restored(): void {
    if (!this.#field.isRestoring) return;
    const { payloads, isComplete } = this.#field;
    if (this.#restored !== undefined) throw damaged("the end of an index", "nothing", "a piece");
    if (this.#end > payloads.end())
      throw damaged("the end of offsets", this.#end, `${payloads.end()} at most`);
    this.#isReading = false;
    this.#hasBase = isComplete && this.#field.failure === undefined;
    this.#field.endRestoring();
  }
}

const NO_ROOM = {
  what: "no room for an index of a checkpoint",
  todo: "Nothing is lost. Close other clients, or give the process more memory, and open it again.",
};
