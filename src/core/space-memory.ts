/** One instance of the core over one linear memory: the only place that touches its bytes. */

import { type ErrorDetails, NearvecError } from "../errors.ts";
import { type CoreExports, LAYOUT, PAGE, Status } from "./abi.ts";
import type { CoreModule } from "./load.ts";

/** Pages that hold the header and the tables. */
const FIRST_PAGES = LAYOUT.ARENA / PAGE;
/** 4 GiB; the engine reserves address space for the maximum where it can, and refuses at once where it can't. */
const MOST_PAGES = 65536;

export class SpaceMemory<Exports = CoreExports> {
  readonly exports: Exports;
  readonly #memory: WebAssembly.Memory;
  #buffer: ArrayBufferLike = new ArrayBuffer(0);
  #u8 = new Uint8Array(0);
  #u32 = new Uint32Array(0);
  #f32 = new Float32Array(0);

  constructor(core: Pick<CoreModule, "module">) {
    this.#memory = makeMemory();
    const instance = new WebAssembly.Instance(core.module, { env: { memory: this.#memory } });
    this.exports = instance.exports as unknown as Exports; // the one place where the module gets its type
  }

  get u8(): Uint8Array {
    this.#refresh();
    return this.#u8;
  }

  get u32(): Uint32Array {
    this.#refresh();
    return this.#u32;
  }

  get f32(): Float32Array {
    this.#refresh();
    return this.#f32;
  }

  /** Bytes in use, in whole pages. The memory has grown a little beyond, but what was never touched takes none. */
  get byteLength(): number {
    return Math.ceil((this.header(LAYOUT.H_BRK) * 64) / PAGE) * PAGE;
  }

  /** A counter of the header. */
  header(address: number): number {
    return this.u32[address >>> 2] as number;
  }

  /** Views of a memory that grew are detached (or too short, when it is shared): make them anew. */
  #refresh(): void {
    const buffer = this.#memory.buffer;
    if (buffer === this.#buffer) return;
    this.#buffer = buffer;
    this.#u8 = new Uint8Array(buffer);
    this.#u32 = new Uint32Array(buffer);
    this.#f32 = new Float32Array(buffer);
  }
}

/** A memory that may grow to 4 GiB, or to what the runtime's address space allows. */
function makeMemory(): WebAssembly.Memory {
  for (let maximum = MOST_PAGES; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: FIRST_PAGES, maximum });
    } catch (cause) {
      if (maximum / 2 > FIRST_PAGES) continue;
      throw new NearvecError(
        "OUT_OF_MEMORY",
        {
          what: "the runtime refused a new WebAssembly memory",
          todo: "Close collections that are no longer used.",
        },
        { cause },
      );
    }
  }
}

/** Answers a count, or throws what the status means. */
export function checked(result: number, what: string): number {
  if (result >= 0) return result;
  if (result === Status.OUT_OF_MEMORY) throw outOfMemory(what);
  if (result === Status.SPACE_FULL) {
    throw new NearvecError("OUT_OF_MEMORY", {
      what: `${what}: the vectors of one name in one collection fill 4 GiB`,
      todo: "Nothing was changed. Split the data over several collections.",
    });
  }
  throw new NearvecError("INTERNAL", {
    what: `${what}: the core answered status ${result}`,
    todo: "Please report it.",
  });
}

export function outOfMemory(what: string): NearvecError {
  return new NearvecError("OUT_OF_MEMORY", cannotGrow(what));
}

/** What there is to say where there is no memory for `what`. */
export function cannotGrow(what: string): ErrorDetails {
  return {
    what: `${what}: the memory could not grow`,
    todo: "Nothing was changed. Delete collections or points that are no longer needed, or give the process more memory.",
  };
}
