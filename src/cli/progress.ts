/** A bar on standard error, where somebody is looking. */

import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  /** How much of the total is done. */
  update(done: number, points: number): void;
  stop(): void;
}

export function progressBar(total: number): Progress {
  const format = "{bar} {percentage} % | {points} points | {eta_formatted} to go";
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
  bar.start(total, 0, { points: 0 });
  return {
    update: (done, points) => bar.update(done, { points: points.toLocaleString("en") }),
    stop: () => bar.stop(),
  };
}
