/**
 * The exact scan: against a sum over the same bytes in the same memory (how much of the machine's bandwidth
 * it gets), and against a loop in JavaScript.
 */

import { readFileSync } from "node:fs";
import { LAYOUT, METRIC, PAGE } from "../../src/core/abi.ts";
import { type TestingCore, testingCore } from "./core/testing-core.ts";
import { type Dataset, FULL_COUNT, loadDataset } from "./data/datasets.ts";
import { type Spread, spread } from "./measure/statistics.ts";
import { create as createLoop } from "./peers/js-loop.ts";
import { ReportFiles } from "./report/files.ts";
import { machineLine } from "./report/machine.ts";
import { figure, percent, times } from "./report/markdown.ts";

const ROWS = 100_000;
const K = 10;
const ROUNDS = 25;

interface Space {
  readonly core: TestingCore;
  /** Where the vectors lie: runs of bytes without gaps, as the blocks are laid out. */
  readonly runs: readonly { readonly address: number; readonly bytes: number }[];
  setQuery(query: Float32Array): void;
}

/** A space without a graph that holds `ROWS` rows of the base, from the start again when it has fewer. */
async function fill({ metric, dim, base, count }: Dataset): Promise<Space> {
  const { core, memory } = await testingCore("relaxed SIMD", LAYOUT.ARENA / PAGE);
  core.init(dim, metric === "cosine" ? METRIC.Cosine : METRIC.Euclid, 0, 100, 1, 65536);
  core.attach();
  if (core.reserve(ROWS) < 0) throw new Error("there is no memory for the vectors");
  const values = new Float32Array(memory.buffer);
  const stride = Math.ceil(dim / 4) * 16;
  const runs: { address: number; bytes: number }[] = [];
  for (let row = 0; row < ROWS; row++) {
    const address = core.append(row) >>> 0;
    const from = (row % count) * dim;
    values.set(base.subarray(from, from + dim), address / 4);
    core.seal();
    const last = runs.at(-1);
    if (last && last.address + last.bytes === address) last.bytes += stride;
    else runs.push({ address, bytes: stride });
  }
  return {
    core,
    runs,
    setQuery: (query) => new Float32Array(memory.buffer).set(query, core.queryAddress() / 4),
  };
}

function seconds(work: () => void): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

interface ScanFigures {
  readonly title: string;
  readonly bytes: number;
  readonly scanSeconds: Spread;
  readonly sumSeconds: Spread;
  readonly loopSeconds: Spread;
  /** The scan's share of the sum's bandwidth, round by round. */
  readonly share: Spread;
  readonly againstLoop: Spread;
}

async function measure(data: Dataset, loopRounds: number): Promise<ScanFigures> {
  const { core, runs, setQuery } = await fill(data);
  const rows = Math.min(ROWS, data.count);
  const loop = createLoop({
    ...data,
    count: rows,
    base: data.base.subarray(0, rows * data.dim),
    k: K,
    allowed: undefined,
  });
  await loop.build({ start() {}, stop() {} });
  const scans: number[] = [];
  const sums: number[] = [];
  const loops: number[] = [];
  for (let round = -2; round < ROUNDS; round++) {
    const query = (round + 2) % data.queryCount;
    setQuery(data.queries.subarray(query * data.dim, (query + 1) * data.dim));
    const scan = seconds(() => core.scan(K, 0));
    const sum = seconds(() => {
      for (const { address, bytes } of runs) core.sumBytes(address, bytes);
    });
    const isWarm = round >= 0;
    if (isWarm) scans.push(scan);
    if (isWarm) sums.push(sum);
    // The base may hold fewer rows than the space: the loop's time is scaled to as many.
    if (round < loopRounds) {
      const time = (seconds(() => void loop.search(query)) * ROWS) / rows;
      if (isWarm) loops.push(time);
    }
  }
  const none = { median: Number.NaN, low: Number.NaN, high: Number.NaN };
  return {
    title: `${ROWS.toLocaleString("en")} × ${data.dim}, ${data.metric}`,
    bytes: runs.reduce((total, { bytes }) => total + bytes, 0),
    scanSeconds: spread(scans) ?? none,
    sumSeconds: spread(sums) ?? none,
    loopSeconds: spread(loops) ?? none,
    share: spread(sums.map((sum, i) => sum / (scans[i] as number))) ?? none,
    againstLoop: spread(loops.map((time, i) => time / (scans[i] as number))) ?? none,
  };
}

/** The largest cache that Linux names, for judging whether the vectors can lie in it. */
function largestCache(): string {
  try {
    return readFileSync("/sys/devices/system/cpu/cpu0/cache/index3/size", "utf8").trim();
  } catch {
    return "unknown";
  }
}

const files = new ReportFiles("scan");
const results = [
  await measure(loadDataset({ name: "images", count: FULL_COUNT.images }), 5),
  await measure(loadDataset({ name: "words", count: ROWS }), ROUNDS),
];
const text = [
  ...results.map(({ title, bytes, scanSeconds, sumSeconds, share, loopSeconds, againstLoop }) =>
    [
      `### ${title}`,
      `- exact scan: ${(scanSeconds.median * 1000).toFixed(2)} ms a query, ${figure(bytes / 1e9 / scanSeconds.median, 1)} GB/s`,
      `- sum over the same bytes: ${(sumSeconds.median * 1000).toFixed(2)} ms, ${figure(bytes / 1e9 / sumSeconds.median, 1)} GB/s`,
      `- the scan gets ${percent(share.median)} of the sum's bandwidth (middle half ${percent(share.low)} to ${percent(share.high)})`,
      `- JavaScript loop: ${(loopSeconds.median * 1000).toFixed(1)} ms; the scan is ${times(againstLoop.median)} as fast`,
      "",
    ].join("\n"),
  ),
  `${machineLine(files.machine)}; third-level cache ${largestCache()}; medians of ${ROUNDS} rounds`,
].join("\n");
console.log(`${text}\n\n${files.writeResults(results)}`);
files.write("md", `${text}\n`);
