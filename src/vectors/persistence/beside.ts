/** What some kinds of dense vectors keep beside them, as words by slot. */

import { NONE } from "../../core/abi.ts";
import { cannotGrow } from "../../core/space-memory.ts";
import { orOutOfMemory } from "../../errors.ts";
import type { RowLists } from "../kinds/row-lists.ts";
import type { U32Table } from "../u32-table.ts";
import { damaged, type Head } from "./damaged.ts";

/** The words of all slots: those of slot s from `stride * s + first` on. */
export interface Words {
  readonly values: Uint32Array;
  readonly stride: number;
  readonly first: number;
}

/** What a table by offset has to reach to: one more than the largest. What a head says alone is not asked memory for. */
export function tableLength(offsets: Uint32Array): number {
  let length = 0;
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i] as number;
    if (offset !== NONE && offset >= length) length = offset + 1;
  }
  return length;
}

export interface Beside {
  /** How many there are for a slot; zeros for a tombstone's. */
  readonly words: number;
  /** What the head says of it. */
  facts(): Readonly<Record<string, number>>;
  /** Copies the words for the vector at `offset`. */
  save(offset: number, target: Uint32Array, at: number): void;
  /** All slots are back, `offsets` by slot. */
  restore(head: Head, offsets: Uint32Array, words: Words): void;
}

/** Squared lengths of vectors of bytes (kinds/typed-dense-space.ts). */
export class BesideSquares implements Beside {
  readonly words = 1;
  readonly #squares: U32Table;
  readonly #largest: number;

  constructor(squares: U32Table, size: number) {
    this.#squares = squares;
    this.#largest = size * 255 ** 2;
  }

  facts(): Record<string, number> {
    return {};
  }

  save(offset: number, target: Uint32Array, at: number): void {
    target[at] = this.#squares.get(offset);
  }

  restore(_head: Head, offsets: Uint32Array, { values, stride, first }: Words): void {
    orOutOfMemory(cannotGrow("restoring vectors"), () => this.#squares.reserve(tableLength(offsets)));
    for (let slot = 0; slot < offsets.length; slot++) {
      const offset = offsets[slot] as number;
      if (offset === NONE) continue;
      const square = values[slot * stride + first] as number;
      if (square > this.#largest) {
        throw damaged(`the length of the vector in slot ${slot}`, { got: square });
      }
      this.#squares.set(offset, square);
    }
  }
}

/**
 * Lists of rows (kinds/row-lists.ts), told by their rows: the point that a row belongs to, the row that follows, and in the
 * first row of a list how long it is. All rows of a list are stored together, so that none of them changes while it is there.
 */
export class BesideLists implements Beside {
  readonly words = 3;
  readonly #lists: RowLists;

  constructor(lists: RowLists) {
    this.#lists = lists;
  }

  facts(): Record<string, number> {
    return { points: this.#lists.offsetLimit, longest: this.#lists.longest };
  }

  save(row: number, target: Uint32Array, at: number): void {
    const lists = this.#lists;
    const owner = lists.owner(row);
    target[at] = owner;
    target[at + 1] = lists.next(row);
    target[at + 2] = lists.first(owner) === row ? lists.count(owner) : 0;
  }

  restore(head: Head, offsets: Uint32Array, { values, stride, first }: Words): void {
    const most = head.integer("points", 0, NONE);
    const longest = head.integer("longest", 0, NONE);
    const lists: { owner: number; first: number; count: number }[] = [];
    let live = 0;
    let points = 0;
    for (let slot = 0; slot < offsets.length; slot++) {
      const row = offsets[slot] as number;
      if (row === NONE) continue;
      live++;
      const at = slot * stride + first;
      const owner = values[at] as number;
      const count = values[at + 2] as number;
      if (count > 0) lists.push({ owner, first: row, count });
      if (owner >= points) points = owner + 1;
    }
    if (points > most)
      throw damaged("the largest offset", { got: points - 1, expected: `less than ${most}` });
    const rows = tableLength(offsets);
    const wrong = orOutOfMemory(cannotGrow("restoring vectors"), () => {
      const slotOf = new Uint32Array(rows).fill(NONE);
      offsets.forEach((row, slot) => {
        if (row !== NONE) slotOf[row] = slot;
      });
      const word = (row: number, i: number) => values[(slotOf[row] as number) * stride + first + i] as number;
      const owner = (row: number) => (slotOf[row] === NONE ? NONE : word(row, 0));
      return this.#lists.restore({ lists, points, rows, live, longest, owner, next: (row) => word(row, 1) });
    });
    if (wrong !== undefined)
      throw damaged(wrong === NONE ? "a vector of no list" : `the list of point ${wrong}`);
  }
}

/** Several, one after the other. */
export class Besides implements Beside {
  readonly words: number;
  readonly #parts: readonly Beside[];

  constructor(parts: readonly Beside[]) {
    this.#parts = parts;
    this.words = parts.reduce((sum, { words }) => sum + words, 0);
  }

  facts(): Record<string, number> {
    return Object.assign({}, ...this.#parts.map((part) => part.facts()));
  }

  save(offset: number, target: Uint32Array, at: number): void {
    let first = at;
    for (const part of this.#parts) {
      part.save(offset, target, first);
      first += part.words;
    }
  }

  restore(head: Head, offsets: Uint32Array, { values, stride, first }: Words): void {
    let at = first;
    for (const part of this.#parts) {
      part.restore(head, offsets, { values, stride, first: at });
      at += part.words;
    }
  }
}
