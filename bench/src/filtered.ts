/**
 * Searches that may return only a tenth of the base: nearvec with a bitmap, hnswlib-node with its callback.
 */

import { parseArgs } from "node:util";
import { type DatasetSpec, FULL_COUNT } from "./data/datasets.ts";
import { type ContestResult, runContest } from "./measure/contest.ts";
import { comparison, contestTable, curveTable } from "./report/contest.ts";
import { ReportFiles } from "./report/files.ts";
import { machineLine } from "./report/machine.ts";

const { values: flags } = parseArgs({
  options: { quick: { type: "boolean", default: false }, fraction: { type: "string", default: "0.1" } },
});
const fraction = Number(flags.fraction);
const rounds = flags.quick ? 5 : 15;

const SPECS: readonly DatasetSpec[] = [
  { name: "words", count: FULL_COUNT.words },
  { name: "images", count: FULL_COUNT.images },
];

const files = new ReportFiles("filtered");
const contests: ContestResult[] = [];
for (const data of SPECS) {
  contests.push(
    await runContest({
      data: flags.quick ? { ...data, count: 20_000 } : data,
      k: 10,
      filter: { fraction, seed: 7 },
      peers: ["nearvec-core", "hnswlib-node"],
      efs: [10, 14, 20, 28, 40, 56, 80, 112, 160, 224, 320, 448, 640, 900],
      rounds,
      sliceSeconds: 0.1,
      targets: [0.95, 0.99],
      log: (message) => console.error(message),
    }),
  );
}

const text = [
  `A random ${fraction * 100} % of the base may be answers. nearvec: bitmap over offsets, below the client; hnswlib-node: callback.`,
  ...contests.flatMap((contest) => [
    "",
    `### ${contest.title}`,
    contestTable(contest),
    ...contest.failed.map(({ name, error }) => `${name} could not take part: ${error.split("\n")[0]}`),
    "",
    ...comparison(contest, "hnswlib-node"),
    "",
    curveTable(contest),
  ]),
  "",
  `${machineLine(files.machine)}; medians of ${rounds} rounds`,
].join("\n");
console.log(`${text}\n\n${files.writeResults(contests)}`);
files.write("md", `${text}\n`);
