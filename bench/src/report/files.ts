/** Where results go: .cache/bench, one set of files per run. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../data/cache.mjs";
import { describeMachine, type Machine } from "./machine.ts";

export interface Report<Results> {
  readonly benchmark: string;
  readonly machine: Machine;
  readonly results: Results;
}

/** Takes the machine's state now, so call it before measuring; the report's files are named after it. */
export class ReportFiles {
  readonly machine = describeMachine();
  readonly #benchmark: string;

  constructor(benchmark: string) {
    this.#benchmark = benchmark;
  }

  writeResults<Results>(results: Results): string {
    const report: Report<Results> = { benchmark: this.#benchmark, machine: this.machine, results };
    return this.write("json", `${JSON.stringify(report, null, 2)}\n`);
  }

  /** Answers the path. */
  write(extension: string, text: string): string {
    const folder = join(cacheFolder, "bench");
    mkdirSync(folder, { recursive: true });
    const path = join(
      folder,
      `${this.#benchmark}-${this.machine.date.slice(0, 19).replaceAll(":", "")}.${extension}`,
    );
    writeFileSync(path, text);
    return path;
  }
}
