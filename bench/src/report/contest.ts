/** The tables of a contest. */

import type { ContestResult, PeerResult } from "../measure/contest.ts";
import { TITLES } from "../peers/catalog.ts";
import { figure, megabytes, table, times } from "./markdown.ts";

export function titleOf(name: string): string {
  return (TITLES as Readonly<Record<string, string>>)[name] ?? name;
}

function recallName(recall: number): string {
  return recall.toFixed(2).slice(1);
}

/** Rates, ratios, build and memory: the table for readers. */
export function contestTable({ peers }: ContestResult): string {
  const [first] = peers;
  if (!first) return "Nobody took part.";
  const targets = first.reached.map(({ recall }) => recallName(recall));
  const head = [
    "",
    ...targets.map((recall) => `QPS at ${recall}`),
    ...targets.map((recall) => `${titleOf(first.name)} / this, ${recall}`),
    "build s",
    "build CPU s",
    "memory MB",
    "peak MB",
  ];
  const rows = peers.map((peer) => [
    `${titleOf(peer.name)} ${peer.version}`,
    ...peer.reached.map(({ rate }) => figure(rate?.median)),
    ...peer.reached.map(({ ratio }) => times(ratio?.median)),
    peer.exact ? "–" : figure(peer.build.wallSeconds, 1),
    peer.exact ? "–" : figure(peer.build.cpuSeconds, 1),
    megabytes(peer.build.heldBytes),
    megabytes(peer.build.peakBytes),
  ]);
  return table(head, rows);
}

/** recall@k and the rate for every ef. */
export function curveTable({ peers }: ContestResult): string {
  const graphs = peers.filter(({ exact }) => !exact);
  const efs = [...new Set(graphs.flatMap(({ curve }) => curve.map(({ ef }) => ef)))].toSorted(
    (a, b) => a - b,
  );
  const cell = (peer: PeerResult, ef: number): string => {
    const point = peer.curve.find((candidate) => candidate.ef === ef);
    return point ? `${point.recall.toFixed(3)} @ ${figure(point.rate?.median)}` : "";
  };
  return table(
    ["ef", ...graphs.map(({ name }) => titleOf(name))],
    efs.map((ef) => [`${ef}`, ...graphs.map((peer) => cell(peer, ef))]),
  );
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;
}

/** What should be known when judging the first peer against another. */
export function comparison(result: ContestResult, other: string): string[] {
  const [first] = result.peers;
  const peer = result.peers.find(({ name }) => name === other);
  if (!first || !peer || first === peer) return [];
  const differences = first.curve.flatMap(({ ef, recall }) => {
    const theirs = peer.curve.find((point) => point.ef === ef);
    return theirs ? [recall - theirs.recall] : [];
  });
  return [
    `${titleOf(first.name)} against ${titleOf(other)}:`,
    ...peer.reached.flatMap(({ recall, ratio, cpuRatio }) =>
      ratio
        ? [
            `- QPS at ${recallName(recall)}: ${times(ratio.median)} (middle half of the rounds ${times(ratio.low)} to ${times(ratio.high)}; per CPU second ${times(cpuRatio?.median)})`,
          ]
        : [],
    ),
    `- recall at the same ef: ${signed(Math.min(...differences))} to ${signed(Math.max(...differences))}`,
    `- build CPU: ${times(first.build.cpuSeconds / peer.build.cpuSeconds)}`,
  ];
}
