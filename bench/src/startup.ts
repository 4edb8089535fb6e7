/** How long a fresh process waits for its first answer: import, open, create a collection, query it. */

import { execFileSync } from "node:child_process";
import { median } from "./measure/statistics.ts";
import { ReportFiles } from "./report/files.ts";
import { machineLine } from "./report/machine.ts";
import { table } from "./report/markdown.ts";

const RUNS = 10;

// Runs without type stripping, as a user's program does. The clock starts before the import.
const PROGRAM = `
const t0 = performance.now();
const { open } = await import(process.argv[1]);
const t1 = performance.now();
const client = await open();
const t2 = performance.now();
await client.createCollection("c", { vectors: { size: 100, distance: "Cosine" } });
await client.query("c", { query: new Float32Array(100).fill(1), limit: 10 });
const t3 = performance.now();
console.log(JSON.stringify([t1 - t0, t2 - t1, t3 - t2, t3 - t0]));
await client.close();
`;

const files = new ReportFiles("startup");
const entry = new URL("../../dist/index.js", import.meta.url).href;
const runs = Array.from({ length: RUNS }, () => {
  const out = execFileSync(process.execPath, ["--input-type=module", "--eval", PROGRAM, entry], {
    encoding: "utf8",
  });
  return JSON.parse(out) as number[];
});
const steps = ["import", "open()", "create and first query", "all"].map((name, i) => {
  const values = runs.map((run) => run[i] ?? Number.NaN);
  return { name, median: median(values), low: Math.min(...values), high: Math.max(...values) };
});
const text = [
  table(
    ["ms", "median", "lowest", "highest"],
    steps.map(({ name, median, low, high }) => [
      name,
      ...[median, low, high].map((value) => value.toFixed(1)),
    ]),
  ),
  "",
  `${machineLine(files.machine)}; ${RUNS} processes, Node's own start not counted`,
].join("\n");
console.log(`${text}\n\n${files.writeResults(steps)}`);
files.write("md", `${text}\n`);
