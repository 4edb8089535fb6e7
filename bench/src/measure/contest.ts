/**
 * Measures several peers on one data set.
 *
 *   start  each peer's process loads the data
 *   build  one peer after another, alone
 *   sweep  one peer after another answers every query at every ef: recall
 *   race   rounds; in each, for every ef in random order, the peers in turn answer the same random queries: rates
 *
 * The peers of one ef answer within a second of each other, so what disturbs the machine disturbs them alike,
 * and the ratio of two peers within a round is steadier than either's rate.
 */

import { type Dataset, type DatasetSpec, loadDataset } from "../data/datasets.ts";
import { permutation, randomMask } from "../data/random.ts";
import { loadTruth } from "../data/truth.ts";
import type { BuildFigures, Task } from "../peers/protocol.ts";
import { PeerProcess } from "./process.ts";
import { type CurvePoint, median, rateAt, type Spread, spread } from "./statistics.ts";

export interface ContestPlan {
  readonly data: DatasetSpec;
  readonly k: number;
  readonly filter?: Task["filter"];
  /** Names of files in src/peers. Ratios are those of the first one to each other one. */
  readonly peers: readonly string[];
  /** Ascending. */
  readonly efs: readonly number[];
  readonly rounds: number;
  /** How long the fastest peer's slice should take; the slower ones answer as many queries. */
  readonly sliceSeconds: number;
  readonly targets: readonly number[];
  readonly log: (message: string) => void;
}

export interface Reached {
  readonly recall: number;
  /** Queries per second; null where the recall was not reached. */
  readonly rate: Spread | null;
  /**
   * The first peer's rate divided by this one's, of the same round; null where either didn't reach the
   * recall.
   */
  readonly ratio: Spread | null;
  /** The same with queries per CPU second, which other programs at work disturb less. */
  readonly cpuRatio: Spread | null;
}

export interface PeerResult {
  readonly name: string;
  readonly version: string;
  readonly note: string | undefined;
  readonly exact: boolean;
  readonly build: BuildFigures;
  readonly curve: readonly { readonly ef: number; readonly recall: number; readonly rate: Spread | null }[];
  readonly reached: readonly Reached[];
}

export interface ContestResult {
  readonly id: string;
  readonly title: string;
  readonly count: number;
  readonly dim: number;
  readonly k: number;
  readonly rounds: number;
  readonly filter: Task["filter"] | null;
  readonly peers: readonly PeerResult[];
  /** Who could not take part, and why. */
  readonly failed: readonly { readonly name: string; readonly error: string }[];
}

/** Good enough to stop sweeping. */
const HIGHEST_RECALL = 0.9955;
/** Queries that an exact peer answers to show that it is exact. */
const EXACT_CHECK = 12;
const EXACT_SLICE_SECONDS = 0.2;

/** One ef of one peer. */
interface Lane {
  readonly ef: number;
  readonly recall: number;
  /** Seconds per query in the sweep. */
  readonly pace: number;
  /** Queries per second, one per round. */
  readonly rates: number[];
  /** Queries per second of this process's CPU time. */
  readonly cpuRates: number[];
}

interface Contestant {
  readonly process: PeerProcess;
  readonly version: string;
  readonly note: string | undefined;
  readonly exact: boolean;
  build: BuildFigures | undefined;
  lanes: Lane[];
}

export async function runContest(plan: ContestPlan): Promise<ContestResult> {
  const { log, k, filter, rounds } = plan;
  const data = loadDataset(plan.data);
  const allowed = filter && {
    id: `${filter.fraction}-of-${filter.seed}`,
    mask: randomMask(data.count, filter.fraction, filter.seed),
  };
  const truth = await loadTruth(data, log, allowed);
  const recallOf = (answers: readonly Uint32Array[]): number => truth.recall(answers, k);
  const failed: { name: string; error: string }[] = [];
  const contestants: Contestant[] = [];
  const processes: PeerProcess[] = [];

  /** Runs one step of one peer; a peer that fails is out, the contest goes on. */
  const attempt = async (name: string, step: () => Promise<void>): Promise<boolean> => {
    try {
      await step();
      return true;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      log(`${name} is out: ${message.split("\n")[0]}`);
      failed.push({ name, error: message });
      return false;
    }
  };

  try {
    for (const name of plan.peers) {
      const started = new PeerProcess(name, name);
      processes.push(started);
      await attempt(name, async () => {
        const task: Task = { data: plan.data, k, ...(filter && { filter }) };
        const opened = await started.ask({ op: "open", task });
        const contestant: Contestant = { process: started, ...opened, build: undefined, lanes: [] };
        log(`${name} ${opened.version}: building over ${data.title}`);
        contestant.build = await started.ask({ op: "build" });
        const { wallSeconds, cpuSeconds } = contestant.build;
        log(`${name}: built in ${wallSeconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s CPU)`);
        contestant.lanes = await sweep(contestant, plan.efs, recallOf);
        log(
          `${name}: recall ${contestant.lanes.map(({ ef, recall }) => `${ef}: ${recall.toFixed(3)}`).join(", ")}`,
        );
        contestants.push(contestant);
      });
    }
    const first = contestants[0]?.process.name === plan.peers[0] ? contestants[0] : undefined;
    await race(contestants, data, plan, attempt);
    return {
      id: data.id,
      title: data.title,
      count: data.count,
      dim: data.dim,
      k,
      rounds,
      filter: filter ?? null,
      peers: contestants.map((contestant) => summarise(contestant, first, plan)),
      failed,
    };
  } finally {
    for (const process of processes) await process.close();
  }
}

async function sweep(
  { process, exact }: Contestant,
  efs: readonly number[],
  recallOf: (answers: readonly Uint32Array[]) => number,
): Promise<Lane[]> {
  const lanes: Lane[] = [];
  for (const ef of exact ? [0] : efs) {
    const { answers, seconds } = await process.ask({
      op: "answers",
      ef,
      ...(exact && { count: EXACT_CHECK }),
    });
    const recall = recallOf(answers);
    lanes.push({ ef, recall, pace: seconds / answers.length, rates: [], cpuRates: [] });
    if (recall >= HIGHEST_RECALL) break;
  }
  return lanes;
}

async function race(
  contestants: Contestant[],
  { queryCount }: Dataset,
  { rounds, sliceSeconds, log, targets }: ContestPlan,
  attempt: (name: string, step: () => Promise<void>) => Promise<boolean>,
): Promise<void> {
  const lowest = Math.min(...targets);
  const lanesAt = new Map<number, { contestant: Contestant; lane: Lane }[]>();
  for (const contestant of contestants) {
    // Far below the targets there is nothing to interpolate; the last lane before them is the lower neighbour
    // of the first.
    const start = contestant.lanes.findLastIndex(({ recall }) => recall < lowest - 0.05);
    for (const lane of contestant.lanes.slice(Math.max(0, start))) {
      const lanes = lanesAt.get(lane.ef) ?? [];
      lanesAt.set(lane.ef, lanes);
      lanes.push({ contestant, lane });
    }
  }
  const efs = [...lanesAt.keys()];
  let seed = 1;
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    for (const place of permutation(efs.length, seed++)) {
      const ef = efs[place] as number;
      const lanes = lanesAt.get(ef) ?? [];
      const pace = Math.min(...lanes.map(({ lane }) => lane.pace));
      const wanted = Math.round((ef === 0 ? EXACT_SLICE_SECONDS : sliceSeconds) / pace);
      const size = Math.min(Math.max(wanted, 2), Math.floor(queryCount * 0.8));
      const chosen = permutation(queryCount, seed++);
      const order = chosen.slice(0, size);
      const warmUp = chosen.slice(size, size + Math.ceil(size / 5));
      // Everyone goes first as often as last.
      for (let turn = 0; turn < lanes.length; turn++) {
        const current = lanes[(turn + round) % lanes.length];
        if (!current || !contestants.includes(current.contestant)) continue;
        const { contestant, lane } = current;
        const isFine = await attempt(contestant.process.name, async () => {
          const slice = await contestant.process.ask({ op: "slice", ef, order, warmUp });
          lane.rates.push(size / slice.seconds);
          lane.cpuRates.push(size / slice.cpuSeconds);
        });
        if (!isFine) contestants.splice(contestants.indexOf(contestant), 1);
      }
    }
    log(`round ${round + 1} of ${rounds}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
}

function summarise(contestant: Contestant, first: Contestant | undefined, plan: ContestPlan): PeerResult {
  const { process, version, note, exact, build, lanes } = contestant;
  if (!build) throw new Error(`${process.name} has no build`);
  const ratio = (kind: "rates" | "cpuRates", recall: number): Spread | null => {
    if (!first || first === contestant) return null;
    const own = ratesAt(contestant, recall, plan.rounds, kind);
    const firsts = ratesAt(first, recall, plan.rounds, kind);
    return (
      spread(firsts.map((rate, round) => rate / (own[round] ?? Number.NaN)).filter(Number.isFinite)) ?? null
    );
  };
  return {
    name: process.name,
    version,
    note,
    exact,
    build,
    curve: lanes.map(({ ef, recall, rates }) => ({ ef, recall, rate: spread(rates) ?? null })),
    reached: plan.targets.map((recall) => ({
      recall,
      rate: spread(ratesAt(contestant, recall, plan.rounds, "rates")) ?? null,
      ratio: ratio("rates", recall),
      cpuRatio: ratio("cpuRates", recall),
    })),
  };
}

/** The rate at a recall in every round; empty when the recall was not reached. */
function ratesAt(
  { lanes }: Contestant,
  recall: number,
  rounds: number,
  kind: "rates" | "cpuRates",
): number[] {
  const curve = lanes.filter((lane) => lane[kind].length === rounds);
  const medians = curve.map((lane) => ({ recall: lane.recall, rate: median(lane[kind]), lane }));
  // A larger ef can be the faster one, where a library takes another way from there on (a scan, say): then
  // that is its rate.
  const enough = medians.filter((point) => point.recall >= recall).toSorted((a, b) => b.rate - a.rate)[0];
  if (enough && enough.rate > (rateAt(recall, medians) ?? 0)) return enough.lane[kind];
  return Array.from({ length: rounds }, (_, round) =>
    rateAt(
      recall,
      curve.map((lane): CurvePoint => ({ recall: lane.recall, rate: lane[kind][round] as number })),
    ),
  ).filter((rate) => rate !== undefined);
}
