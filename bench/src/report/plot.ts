/** Recall against rate as an SVG: one panel per data set. */

import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { ContestResult } from "../measure/contest.ts";
import { PEERS, SUBJECT } from "../peers/catalog.ts";
import { titleOf } from "./contest.ts";

type Panel = Extract<TopLevelSpec, { hconcat: unknown }>["hconcat"][number];

const LOWEST_RECALL = 0.85;
/** Told apart with any colour vision (after Okabe and Ito); the strongest is the subject's. */
const COLOURS = ["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#7a5195", "#e69f00", "#767676"];

/** Exact peers have no curve and are left out. */
export async function plot(contests: readonly ContestResult[]): Promise<string> {
  // Those that took part keep their colours whoever else did.
  const present = new Set(
    contests.flatMap(({ peers }) => peers.filter(({ exact }) => !exact).map(({ name }) => name)),
  );
  const shown = PEERS.map((name, i) => ({ name, colour: COLOURS[i] ?? "#000" })).filter(({ name }) =>
    present.has(name),
  );
  const colours = {
    domain: shown.map(({ name }) => titleOf(name)),
    range: shown.map(({ colour }) => colour),
  };
  const spec: TopLevelSpec = {
    background: "white",
    padding: 12,
    config: {
      font: "system-ui, sans-serif",
      axis: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: "normal", gridColor: "#e6e6e6" },
      title: { fontSize: 13, anchor: "start", offset: 10 },
      legend: {
        labelFontSize: 12,
        labelLimit: 250,
        orient: "bottom",
        title: null,
        columns: 3,
        symbolType: "stroke",
      },
      view: { stroke: null },
    },
    hconcat: contests.map((contest) => panel(contest, colours)),
  };
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return `${svg}\n`;
}

function panel({ title, k, peers }: ContestResult, colours: { domain: string[]; range: string[] }): Panel {
  const values = peers
    .filter(({ exact }) => !exact)
    .flatMap(({ name, curve }) =>
      curve
        .filter(({ recall, rate }) => rate !== null && recall >= LOWEST_RECALL)
        .map(({ recall, rate }) => ({ peer: titleOf(name), recall, rate: rate?.median })),
    );
  const isSubject = { test: `datum.peer === '${titleOf(SUBJECT)}'` };
  return {
    title,
    width: 400,
    height: 320,
    data: { values },
    mark: { type: "line", point: { size: 24 }, clip: true },
    encoding: {
      x: {
        field: "recall",
        type: "quantitative",
        title: `recall@${k}`,
        scale: { domain: [LOWEST_RECALL, 1], nice: false },
        axis: { format: ".2f", tickCount: 6 },
      },
      y: {
        field: "rate",
        type: "quantitative",
        title: "queries per second, one thread",
        scale: { type: "log", nice: false, padding: 12 },
        axis: { format: "~s" },
      },
      color: { field: "peer", type: "nominal", scale: colours },
      strokeWidth: { condition: { ...isSubject, value: 3.5 }, value: 1.5 },
      order: { field: "recall" },
    },
  };
}
