/**
 * What is done to a collection, decided by seeds, and what it is after any number of changes. A change depends on its seed and on
 * what was before, so that the model after any of them can be made again.
 */
import { Chance } from "../../conformance/model/chance.ts";
import { aWrite, type Model, type Write } from "../../conformance/model/writes.ts";

export class History {
  readonly #begin: () => Model;
  /** Of each write. */
  readonly #seeds: number[] = [];
  /** What it is now. */
  readonly model: Model;
  /** Changes so far: a write of several operations makes several. */
  length = 0;

  /** @param begin the model before anything was done, a new one each time */
  constructor(begin: () => Model) {
    this.#begin = begin;
    this.model = begin();
  }

  /** Decides on a write, and what comes of it. `done`: whether it is answered without an error. */
  write(seed: number): { write: Write; done: boolean } {
    const write = aWrite(new Chance(seed), this.model);
    this.#seeds.push(seed);
    const done = (write.parts ?? [write.effect]).every((effect) => {
      this.length++;
      return effect();
    });
    return { write, done };
  }

  /** What it was after so many changes. */
  after(changes: number): Model {
    const model = this.#begin();
    let made = 0;
    for (const seed of this.#seeds) {
      const { parts, effect } = aWrite(new Chance(seed), model);
      for (const each of parts ?? [effect]) {
        if (made === changes) return model;
        made++;
        if (!each()) break;
      }
    }
    return model;
  }
}
