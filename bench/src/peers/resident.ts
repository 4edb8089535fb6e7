/** Resident memory of this process, and its highest value since a moment. */

import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

export class ResidentMemory {
  readonly #before: number;
  readonly #kernelKeepsPeak: boolean;
  #highest: number;

  /** Begins here and now, once what was only needed for loading is given back. */
  static async begin(): Promise<ResidentMemory> {
    await collectGarbage();
    return new ResidentMemory();
  }

  private constructor() {
    this.#kernelKeepsPeak = resetPeak();
    this.#before = process.memoryUsage.rss();
    this.#highest = this.#before;
  }

  /** Where the kernel doesn't keep the peak, it is the highest sample. */
  sample(): void {
    this.#highest = Math.max(this.#highest, process.memoryUsage.rss());
  }

  /** Bytes added at the highest and now. */
  async added(): Promise<{ peakBytes: number; heldBytes: number }> {
    this.sample();
    const peak = this.#kernelKeepsPeak ? kernelPeak() : this.#highest;
    await collectGarbage();
    return { peakBytes: peak - this.#before, heldBytes: process.memoryUsage.rss() - this.#before };
  }
}

/** The memory of collected buffers is given back on another thread, a moment later. */
async function collectGarbage(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await setTimeout(50);
  }
}

/** Linux: makes the high-water mark start anew. Answers whether that worked. */
function resetPeak(): boolean {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
    return kernelPeak() > 0;
  } catch {
    return false;
  }
}

function kernelPeak(): number {
  const line = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(line?.[1]) * 1024;
}
