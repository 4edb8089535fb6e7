/** nearvec and its peers on real data: recall, rates, build, memory. */

import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type DatasetSpec, FULL_COUNT } from "./data/datasets.ts";
import { type ContestResult, runContest } from "./measure/contest.ts";
import { PEERS, SUBJECT } from "./peers/catalog.ts";
import { comparison, contestTable, curveTable } from "./report/contest.ts";
import { ReportFiles } from "./report/files.ts";
import { machineLine } from "./report/machine.ts";
import { plot } from "./report/plot.ts";

const USAGE = `npm run bench -- [flags]
  --peers a,b      ${PEERS.join(", ")}; all by default
  --data a,b       words, images; both by default
  --quick          nearvec and hnswlib-node, fewer rounds
  --rounds N       40 by default, 12 when quick
  --count N        rows in the base: ${FULL_COUNT.words} words and ${FULL_COUNT.images} images by default
  --publish        also writes bench/recall-qps.svg, the plot that the README shows`;

const EFS = {
  words: [10, 14, 20, 28, 40, 56, 80, 112, 160, 224, 320, 448, 640, 900],
  images: [10, 14, 20, 28, 40, 56, 80, 112, 160, 224],
} as const;

const log = (message: string): void => console.error(message);

function fail(message: string): never {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        peers: { type: "string" },
        data: { type: "string", default: "words,images" },
        quick: { type: "boolean", default: false },
        rounds: { type: "string" },
        count: { type: "string" },
        publish: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function positive(text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  return Number.isInteger(value) && value > 0 ? value : fail(`${text} is not a positive whole number`);
}

function isDataName(name: string): name is keyof typeof FULL_COUNT {
  return name in FULL_COUNT;
}

const flags = readFlags();
if (flags.help) {
  console.log(USAGE);
  process.exit();
}
const peers = flags.peers?.split(",") ?? (flags.quick ? [SUBJECT, "hnswlib-node"] : [...PEERS]);
for (const name of peers) if (!(PEERS as readonly string[]).includes(name)) fail(`there is no peer ${name}`);
const rounds = positive(flags.rounds, flags.quick ? 12 : 40);
const specs = flags.data.split(",").map((name): DatasetSpec => {
  if (!isDataName(name)) return fail(`there is no data set ${name}`);
  return { name, count: positive(flags.count, FULL_COUNT[name]) };
});

const files = new ReportFiles("compare");
const started = performance.now();
const contests: ContestResult[] = [];
for (const data of specs) {
  const efs = data.name === "images" ? EFS.images : EFS.words;
  const plan = { data, k: 10, peers, efs, rounds, sliceSeconds: 0.04, targets: [0.9, 0.95, 0.99], log };
  contests.push(await runContest(plan));
}

const text = [
  ...contests.flatMap((contest) => [
    `### ${contest.title}`,
    contestTable(contest),
    ...contest.failed.map(({ name, error }) => `${name} could not take part: ${error.split("\n")[0]}`),
    "",
    ...comparison(contest, "hnswlib-node"),
    "",
    `recall@${contest.k} @ QPS for every ef:`,
    "",
    curveTable(contest),
    "",
  ]),
  `${machineLine(files.machine)}; medians of ${rounds} rounds, ${Math.round((performance.now() - started) / 1000)} s in all`,
].join("\n");
const svg = files.write("svg", await plot(contests));
if (flags.publish) copyFileSync(svg, join(import.meta.dirname, "..", "recall-qps.svg"));
console.log(`${text}\n`);
// Others may stay away; without the subject there is nothing to report.
if (contests.some(({ failed }) => failed.some(({ name }) => name === SUBJECT))) process.exitCode = 1;
console.log([files.writeResults(contests), files.write("md", `${text}\n`), svg].join("\n"));
