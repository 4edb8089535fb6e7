import { orOutOfMemory } from "../../errors.ts";
import type { Capture, Persistent, Piece } from "../../journal/sections.ts";
import type { ChangeWatcher, StoredPoints } from "../stored-points.ts";
import { CapturedPoints, misused } from "./captured-points.ts";
import { RestoredPoints } from "./restored-points.ts";

const FIRST_WORDS = 32;

/**
 * The points of a collection (ids, versions and payloads; not their vectors) as a part of its checkpoints: it knows which
 * offsets have changed since the last durable one, in a bitmap.
 *
 * It is told of changes from when it is made until the points are closed. End a capture before you close them.
 */
export class PersistentPoints implements Persistent, ChangeWatcher {
  readonly #points: StoredPoints;
  /** Offsets that changed since the moment of the last capture, or of the last durable one when there is none under way. */
  #dirty = new Uint32Array(FIRST_WORDS);
  #isDirty = false;
  #capture: CapturedPoints | undefined;
  /** Whether there is a durable capture that another one can build on. */
  #hasBase = false;
  #restored: RestoredPoints | undefined;

  constructor(points: StoredPoints) {
    this.#points = points;
    this.reserve(points.ids.end);
    points.journalled = this;
  }

  // ── changes ──────────────────────────────────────────────────────────────────────────────────────────────

  reserve(end: number): void {
    const words = (end + 31) >>> 5;
    if (words <= this.#dirty.length) return;
    const larger = new Uint32Array(Math.max(words, this.#dirty.length * 2));
    larger.set(this.#dirty);
    this.#dirty = larger;
  }

  before(offset: number): void {
    this.reserve(offset + 1);
    this.#dirty[offset >>> 5] = (this.#dirty[offset >>> 5] as number) | (1 << (offset & 31));
    this.#isDirty = true;
    this.#capture?.before(offset);
  }

  get isChanged(): boolean {
    if (this.#isDirty || this.#capture?.isEmpty === false) return true;
    return !this.#hasBase && this.#points.ids.end > 0;
  }

  // ── checkpoints ──────────────────────────────────────────────────────────────────────────────────────────

  /** @throws {NearvecError} `OUT_OF_MEMORY`; nothing has changed then */
  capture(full: boolean): Capture {
    if (this.#capture !== undefined)
      throw misused("a second capture of points began before the first one's end");
    const what = "no room to begin a checkpoint of points";
    const todo = "The points stay as they are. Free memory, or close other clients.";
    return orOutOfMemory({ what, todo }, () => this.#begin(full || !this.#hasBase));
  }

  #begin(full: boolean): Capture {
    const taken = this.#dirty;
    const wasDirty = this.#isDirty;
    const { live, end } = this.#points.ids;
    const words = (end + 31) >>> 5;
    const fresh = new Uint32Array(taken.length);
    const rows = full ? live.slice(0, words) : taken.slice(0, words);
    const deleted = full ? undefined : taken.slice(0, words);
    if (deleted !== undefined) {
      for (let word = 0; word < words; word++) {
        rows[word] = (rows[word] as number) & (live[word] as number);
        deleted[word] = (deleted[word] as number) & ~(live[word] as number);
      }
    }
    const capture = new CapturedPoints(this.#points, rows, deleted, (durable) => {
      this.#capture = undefined;
      if (durable) this.#hasBase = true;
      else this.#takeBack(taken, wasDirty);
    });
    this.#capture = capture;
    this.#dirty = fresh;
    this.#isDirty = false;
    return capture;
  }

  #takeBack(taken: Uint32Array, wasDirty: boolean): void {
    for (let word = 0; word < taken.length; word++) {
      this.#dirty[word] = (this.#dirty[word] as number) | (taken[word] as number);
    }
    this.#isDirty ||= wasDirty;
  }

  // ── restoring ────────────────────────────────────────────────────────────────────────────────────────────

  /** Indexes of fields that are there are told of every payload. The points can be read after `restored`. */
  restore(piece: Piece): void {
    this.#restored ??= new RestoredPoints(this.#points);
    this.#restored.restore(piece);
  }

  restored(): void {
    if (this.#restored === undefined) return;
    this.#restored.finish();
    this.#restored = undefined;
    this.#hasBase = true;
    this.reserve(this.#points.ids.end);
  }
}
