/** On what and when something was measured. */

import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";

export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Of one minute, when the measuring began: anything near 1 or above says that others were at work. */
  readonly load: number;
  /** The commit of the checkout, with a `+` when files differed from it; absent outside git. */
  readonly commit: string | undefined;
}

export function describeMachine(): Machine {
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch} ${release()}`,
    node: process.versions.node,
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
    commit: commit(),
  };
}

function commit(): string | undefined {
  try {
    const git = (...args: string[]): string =>
      execFileSync("git", args, {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        cwd: import.meta.dirname,
      }).trim();
    return git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain") === "" ? "" : "+");
  } catch {
    return undefined; // no git, or no commit yet
  }
}

/** One line for people. */
export function machineLine({ date, cpu, cores, memoryGiB, node, load }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node}, ${date.slice(0, 10)}, load ${load} at the start`;
}
