/**
 * The HTTP face, as its callers meet it: `nearvec serve` in a process of its own, and this one as the caller. Points stored and
 * read a second, queries a second over several connections, and what a query takes longer than in process.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { open } from "../../dist/index.js";
import { type Dataset, loadDataset } from "./data/datasets.ts";
import { median, quantile } from "./measure/statistics.ts";
import { ReportFiles } from "./report/files.ts";
import { machineLine } from "./report/machine.ts";
import { figure, percent, table } from "./report/markdown.ts";

const { values: flags } = parseArgs({
  options: {
    count: { type: "string", default: "100000" },
    seconds: { type: "string", default: "10" },
  },
});
const COUNT = Number(flags.count);
const SECONDS = Number(flags.seconds);
const BATCH = 1000;
const CONNECTIONS = 8;
/** For medians of single queries. */
const SINGLE = 2000;
/** Of BATCH points each. */
const PAGES = 100;
const MOST_LARGE_IDS = 20_000;
const COLLECTION = "http";
/** With ids that no number holds: requests are read by another parser then. */
const LARGE_IDS = "http-large-ids";
const FIRST_LARGE_ID = 2n ** 63n;
const K = 10;

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

interface Server {
  readonly process: ChildProcess;
  readonly url: URL;
}

async function startServer(): Promise<Server> {
  const child = spawn(process.execPath, [cli, "serve", "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<URL>((resolve, reject) => {
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      const found = /http:\/\/\S+?:\d+/.exec(out);
      if (found !== null) resolve(new URL(found[0]));
    });
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${out}`)));
  });
  return { process: child, url };
}

function send(server: Server, agent: Agent, method: string, path: string, body?: string): Promise<string> {
  const { hostname, port } = server.url;
  const headers = {
    ...(body !== undefined && {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, agent, headers }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      incoming.once("end", () => {
        if (incoming.statusCode === 200) resolve(text);
        else reject(new Error(`${method} ${path}: ${incoming.statusCode} ${text}`));
      });
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** What both doors store: vectors as numbers, with a small payload. */
function pointsOf({ base, dim, count }: Dataset, first: number) {
  return Array.from({ length: Math.min(BATCH, COUNT - first) }, (_, i) => {
    const id = first + i;
    const row = id % count;
    const vector = Array.from(base.subarray(row * dim, (row + 1) * dim));
    return { id, vector, payload: { title: `point number ${id}`, group: id % 100 } };
  });
}

function queryOf({ queries, dim }: Dataset, index: number) {
  const row = index % (queries.length / dim);
  return {
    query: Array.from(queries.subarray(row * dim, (row + 1) * dim)),
    limit: K,
    with_payload: true,
  };
}

const files = new ReportFiles("http");
const words = loadDataset({ name: "words", count: COUNT });
const config = {
  vectors: { size: words.dim, distance: words.metric === "cosine" ? "Cosine" : "Euclid" },
} as const;
const server = await startServer();
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const path = `/collections/${COLLECTION}`;
const engine = await open();

// ── storing ────────────────────────────────────────────────────────────────────────────────────────────────

await send(server, agent, "PUT", path, JSON.stringify(config));
await engine.createCollection(COLLECTION, config);
let storing = 0;
let storingInside = 0;
for (let first = 0; first < COUNT; first += BATCH) {
  const points = pointsOf(words, first);
  const body = JSON.stringify({ points });
  const started = performance.now();
  await send(server, agent, "PUT", `${path}/points?wait=true`, body);
  storing += performance.now() - started;
  const inside = performance.now();
  await engine.upsert(COLLECTION, { points });
  storingInside += performance.now() - inside;
}
await engine.waitForIndex(COLLECTION);
for (;;) {
  const { result } = JSON.parse(await send(server, agent, "GET", path)) as { result: { status: string } };
  if (result.status === "green") break;
  await new Promise((resolve) => setTimeout(resolve, 100));
}

// ── one query at a time ────────────────────────────────────────────────────────────────────────────────────

const bodies = Array.from({ length: SINGLE }, (_, i) => JSON.stringify(queryOf(words, i)));
const requests = Array.from({ length: SINGLE }, (_, i) => queryOf(words, i));
const single: number[] = [];
const inside: number[] = [];
// In turns, so that whatever else the machine does meets both; the first tenth warms up.
for (const [i, body] of bodies.entries()) {
  const started = performance.now();
  await send(server, agent, "POST", `${path}/points/query`, body);
  const between = performance.now();
  await engine.query(COLLECTION, requests[i] ?? {});
  if (i < SINGLE / 10) continue;
  single.push(between - started);
  inside.push(performance.now() - between);
}

// ── reading page by page ───────────────────────────────────────────────────────────────────────────────────

interface Reading {
  readonly overHttp: number;
  readonly inProcess: number;
}

/** Points a second of a scroll through the collection. */
async function scroll(more: object): Promise<Reading> {
  let [read, over, within] = [0, 0, 0];
  for (let page = 0, offset = 0; page < PAGES; page++, offset = (offset + BATCH) % COUNT) {
    const asked = { limit: BATCH, offset, ...more };
    const started = performance.now();
    await send(server, agent, "POST", `${path}/points/scroll`, JSON.stringify(asked));
    const between = performance.now();
    const { points } = await engine.scroll(COLLECTION, asked);
    // The first tenth warms up.
    if (page < PAGES / 10) continue;
    read += points.length;
    over += between - started;
    within += performance.now() - between;
  }
  return { overHttp: read / (over / 1000), inProcess: read / (within / 1000) };
}

const payloads = await scroll({ with_payload: true });
const vectors = await scroll({ with_payload: true, with_vector: true });

// ── storing under large ids ────────────────────────────────────────────────────────────────────────────────

const large: Reading = await (async () => {
  await send(server, agent, "PUT", `/collections/${LARGE_IDS}`, JSON.stringify(config));
  await engine.createCollection(LARGE_IDS, config);
  let [over, within] = [0, 0];
  const count = Math.min(COUNT, MOST_LARGE_IDS);
  for (let first = 0; first < count; first += BATCH) {
    const points = pointsOf(words, first).map((each) => ({ ...each, id: FIRST_LARGE_ID + BigInt(each.id) }));
    // JSON.stringify takes no bigints.
    const body = JSON.stringify({ points: points.map((each) => ({ ...each, id: `#${each.id}` })) });
    const sent = body.replaceAll(/"id":"#(\d+)"/g, '"id":$1');
    const started = performance.now();
    await send(server, agent, "PUT", `/collections/${LARGE_IDS}/points?wait=true`, sent);
    over += performance.now() - started;
    const inside = performance.now();
    await engine.upsert(LARGE_IDS, { points });
    within += performance.now() - inside;
  }
  await send(server, agent, "DELETE", `/collections/${LARGE_IDS}`);
  return { overHttp: count / (over / 1000), inProcess: count / (within / 1000) };
})();
await engine.close();

// ── queries over several connections ───────────────────────────────────────────────────────────────────────

const latencies: number[] = [];
const end = performance.now() + SECONDS * 1000;
const began = performance.now();
async function connection(first: number): Promise<void> {
  for (let i = first; performance.now() < end; i += CONNECTIONS) {
    const started = performance.now();
    await send(server, agent, "POST", `${path}/points/query`, bodies[i % SINGLE]);
    latencies.push(performance.now() - started);
  }
}
await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => connection(i)));
const wall = performance.now() - began;
server.process.kill("SIGTERM");

const perSecond = latencies.length / (wall / 1000);
const results = {
  count: COUNT,
  storedPerSecond: COUNT / (storing / 1000),
  storedPerSecondInProcess: COUNT / (storingInside / 1000),
  storedPerSecondWithLargeIds: large.overHttp,
  storedPerSecondWithLargeIdsInProcess: large.inProcess,
  scrolledPerSecond: payloads.overHttp,
  scrolledPerSecondInProcess: payloads.inProcess,
  scrolledPerSecondWithVectors: vectors.overHttp,
  scrolledPerSecondWithVectorsInProcess: vectors.inProcess,
  queriesPerSecond: perSecond,
  p50: median(latencies),
  p99: quantile(latencies, 0.99),
  shareOfSearch: (median(inside) / 1000) * perSecond,
  single: median(single),
  inProcess: median(inside),
  overhead: median(single) - median(inside),
};
const text = [
  `${COUNT.toLocaleString("en")} points of ${words.dim} numbers with a small payload, in batches of ${BATCH}; k = ${K}, with payload`,
  "",
  table(
    ["", "HTTP", "in process"],
    [
      ["stored a second", figure(results.storedPerSecond), figure(results.storedPerSecondInProcess)],
      ["stored a second under ids beyond 2^53", figure(large.overHttp), figure(large.inProcess)],
      ["scrolled a second, with payload", figure(payloads.overHttp), figure(payloads.inProcess)],
      ["scrolled a second, with payload and vector", figure(vectors.overHttp), figure(vectors.inProcess)],
      ["ms of a query by itself (median)", figure(results.single, 3), figure(results.inProcess, 3)],
      [`queries a second, ${CONNECTIONS} connections`, figure(perSecond), ""],
      ["ms of these: p50, p99", `${figure(results.p50, 2)}, ${figure(results.p99, 2)}`, ""],
      ["share of the time in search", percent(results.shareOfSearch), ""],
    ],
  ),
  "",
  machineLine(files.machine),
].join("\n");
console.log(`${text}\n\n${files.writeResults(results)}`);
files.write("md", `${text}\n`);
