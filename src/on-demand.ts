/**
 * Code that is loaded when it is first needed: a program that doesn't use a feature doesn't carry it, whichever of the two
 * builds it takes.
 */

import { NearvecError } from "./errors.ts";

export class OnDemand<Module> {
  readonly #what: string;
  readonly #import: () => Promise<Module>;
  #module: Module | undefined;
  #loading: Promise<void> | undefined;

  /** @param what the feature, in the plural, for messages: "filters" */
  constructor(what: string, load: () => Promise<Module>) {
    this.#what = what;
    this.#import = load;
  }

  /** Resolves when the code is there; undefined when it already is. */
  load(): Promise<void> | undefined {
    if (this.#module !== undefined) return undefined;
    this.#loading ??= this.#import().then(
      (module) => {
        this.#module = module;
      },
      (cause: unknown) => {
        this.#loading = undefined; // the next request tries again
        throw new NearvecError(
          "INTERNAL",
          {
            what: `the code of ${this.#what} could not be loaded`,
            todo: "Serve all JavaScript files of the package together, or let your bundler do it.",
          },
          { cause },
        );
      },
    );
    return this.#loading;
  }

  get loaded(): boolean {
    return this.#module !== undefined;
  }

  /** The code, once `load` has resolved. */
  get module(): Module {
    if (this.#module !== undefined) return this.#module;
    throw new NearvecError("INTERNAL", {
      what: `${this.#what} were used before their code was loaded`,
      todo: "Please report it.",
    });
  }
}

/** What the last request that waits for code waits for. */
let last: Promise<void> | undefined;

/**
 * What a request has to wait for before it is looked at: the code that it needs, and the turns of those before it that
 * wait for theirs, so that calls keep their order. Undefined when it need not wait.
 */
export function inTurn(needed: readonly OnDemand<unknown>[]): Promise<void> | undefined {
  const before = last;
  if (before === undefined && needed.every((code) => code.loaded)) return undefined;
  const load = async () => {
    for (const code of needed) await code.load();
  };
  // That the code of another request could not be loaded is that one's error.
  const turn = before === undefined ? load() : before.then(load, load);
  last = turn;
  const over = () => {
    if (last === turn) last = undefined;
  };
  // Who waits goes on two promises later (its request is copied by a function that waits, too): nobody may come in between.
  turn.then().then().then(over, over);
  return turn;
}
