/** Every kernel against its scalar twin: nanoseconds per distance, vectors in the first-level cache. */

import { METRIC } from "../../src/core/abi.ts";
import { type BuildName, type KernelTimer, testingCore } from "./core/testing-core.ts";
import { median } from "./measure/statistics.ts";
import { ReportFiles } from "./report/files.ts";
import { machineLine } from "./report/machine.ts";
import { table, times } from "./report/markdown.ts";

const DIMENSIONS = [100, 384, 768, 1536] as const;
const METRICS = ["Dot", "Euclid", "Manhattan"] as const;
const BUILDS: readonly BuildName[] = ["relaxed SIMD", "plain SIMD"];
/** Vectors that fit a cache of 32 KiB beside the query. */
const CACHE_BYTES = 24 << 10;
const ROUNDS = 15;
const SLICE_SECONDS = 0.01;
const AT = 1 << 20;

interface Figures {
  readonly build: BuildName;
  readonly metric: string;
  readonly dimension: number;
  /** Nanoseconds per distance. */
  readonly scalar: number;
  readonly one: number;
  readonly four: number;
}

/** Runs the timers in turn; the median of each. */
function measure(timers: readonly KernelTimer[], metric: number, dimension: number): number[] {
  const bytes = Math.ceil(dimension / 4) * 16;
  const count = Math.max(4, Math.floor(CACHE_BYTES / bytes / 4) * 4);
  const seconds = (timer: KernelTimer, rounds: number): number => {
    const started = performance.now();
    timer(metric, AT, AT + bytes, bytes, count, rounds);
    return (performance.now() - started) / 1000;
  };
  const rounds = timers.map((timer) => {
    seconds(timer, 2000); // time for the engine to optimise
    return Math.ceil((SLICE_SECONDS / seconds(timer, 1000)) * 1000);
  });
  const slices = timers.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    timers.forEach((timer, i) => {
      const own = rounds[i] ?? 1;
      slices[i]?.push((seconds(timer, own) / (own * count)) * 1e9);
    });
  }
  return slices.map(median);
}

const files = new ReportFiles("kernels");
const results: Figures[] = [];
for (const build of BUILDS) {
  const { core, memory } = await testingCore(build, 64);
  const values = new Float32Array(memory.buffer, AT);
  for (let i = 0; i < values.length; i++) values[i] = Math.sin(i);
  for (const metric of METRICS) {
    for (const dimension of DIMENSIONS) {
      const timers = [core.timeScalar, core.timeKernel, core.timeKernel4];
      const [scalar = 0, one = 0, four = 0] = measure(timers, METRIC[metric], dimension);
      results.push({ build, metric, dimension, scalar, one, four });
    }
  }
}

const text = [
  "ns per distance: scalar twin, one vector, four vectors per call",
  ...BUILDS.flatMap((build) => [
    "",
    `### ${build}`,
    table(
      ["", ...DIMENSIONS.map((dimension) => `d = ${dimension}`), "four against scalar"],
      METRICS.map((metric) => {
        const own = results.filter((row) => row.build === build && row.metric === metric);
        return [
          metric,
          ...own.map(
            ({ scalar, one, four }) => `${scalar.toFixed(1)} / ${one.toFixed(1)} / ${four.toFixed(1)}`,
          ),
          times(Math.min(...own.map(({ scalar, four }) => scalar / four))),
        ];
      }),
    ),
  ]),
  "",
  `${machineLine(files.machine)}; medians of ${ROUNDS} slices, the last column is the smallest gain of the row`,
].join("\n");
console.log(`${text}\n\n${files.writeResults(results)}`);
files.write("md", `${text}\n`);
