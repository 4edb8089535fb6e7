/** How long the event loop waits while something is under way. */

import { monitorEventLoopDelay } from "node:perf_hooks";

export interface Stall {
  /** The longest turn in milliseconds. On a busy machine it has time in which others ran. */
  readonly wall: number;
  /** The most that this thread itself computed without a timer of 1 ms having its turn, in milliseconds. */
  readonly cpu: number;
}

/** The longest stall while `work` is under way; what it does before it waits for the first time counts, too. */
export async function longestStall(work: () => Promise<unknown>): Promise<Stall> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let last = process.threadCpuUsage();
  let most = 0;
  const look = () => {
    const { user, system } = process.threadCpuUsage(last);
    most = Math.max(most, user + system);
    last = process.threadCpuUsage();
  };
  const timer = setInterval(look, 1);
  await new Promise((resolve) => setTimeout(resolve, 30));
  most = 0;
  delay.enable();
  // A turn of its own, so that the probes are running.
  await new Promise((resolve) => setTimeout(resolve, 2));
  look();
  most = 0;
  await work();
  await new Promise((resolve) => setTimeout(resolve, 2));
  look();
  delay.disable();
  clearInterval(timer);
  return { wall: delay.max / 1e6, cpu: most / 1000 };
}
