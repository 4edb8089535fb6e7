/** What a larger collection costs: building and searching 10,000 to 340,000 words. */

import { parseArgs } from "node:util";
import { type ContestResult, type PeerResult, runContest } from "./measure/contest.ts";
import { titleOf } from "./report/contest.ts";
import { ReportFiles } from "./report/files.ts";
import { machineLine } from "./report/machine.ts";
import { figure, megabytes, table, times } from "./report/markdown.ts";

const { values: flags } = parseArgs({
  options: {
    sizes: { type: "string", default: "10000,30000,100000,340000" },
    peers: { type: "string", default: "nearvec,hnswlib-node" },
    rounds: { type: "string", default: "11" },
  },
});
const peers = flags.peers.split(",");

const files = new ReportFiles("growth");
const contests: ContestResult[] = [];
for (const count of flags.sizes.split(",").map(Number)) {
  contests.push(
    await runContest({
      data: { name: "growth", count },
      k: 10,
      peers,
      efs: [10, 14, 20, 28, 40, 56, 80, 112, 160, 224, 320, 448, 640, 900],
      rounds: Number(flags.rounds),
      sliceSeconds: 0.05,
      targets: [0.95, 0.99],
      log: (message) => console.error(message),
    }),
  );
}

function row({ count }: ContestResult, { build, reached, curve }: PeerResult): string[] {
  const [at95, at99] = reached;
  return [
    count.toLocaleString("en"),
    figure(build.cpuSeconds, 1),
    figure((build.cpuSeconds / count) * 1e6),
    megabytes(build.heldBytes),
    curve.find(({ ef }) => ef === 80)?.recall.toFixed(3) ?? "–",
    figure(at95?.rate?.median),
    figure(at99?.rate?.median),
    times(at95?.ratio?.median),
    times(at99?.ratio?.median),
  ];
}

const first = titleOf(peers[0] ?? "");
const head = [
  "words",
  "build CPU s",
  "µs each",
  "memory MB",
  "recall at ef 80",
  "QPS at .95",
  "QPS at .99",
  `${first} / this, .95`,
  ".99",
];
const text = [
  "Words of all frequencies, in random order, d = 100, cosine.",
  ...peers.flatMap((name) => [
    "",
    `### ${titleOf(name)}`,
    table(
      head,
      contests.flatMap((contest) =>
        contest.peers.filter((peer) => peer.name === name).map((peer) => row(contest, peer)),
      ),
    ),
  ]),
  "",
  `${machineLine(files.machine)}; medians of ${flags.rounds} rounds`,
].join("\n");
console.log(`${text}\n\n${files.writeResults(contests)}`);
files.write("md", `${text}\n`);
