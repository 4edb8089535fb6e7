/** Writes the plot of an earlier comparison again: npm run report -- .cache/bench/compare-….json OUT.svg */

import { readFileSync, writeFileSync } from "node:fs";
import type { ContestResult } from "./measure/contest.ts";
import type { Report } from "./report/files.ts";
import { plot } from "./report/plot.ts";

const [from, to] = process.argv.slice(2);
if (!from || !to) throw new Error("usage: npm run report -- RESULTS.json PLOT.svg");
const report = JSON.parse(readFileSync(from, "utf8")) as Report<ContestResult[]>;
writeFileSync(to, await plot(report.results));
