/**
 * What the points API takes in process, with payloads: storing, checking, scrolling, filtering, memory, and how long the
 * event loop ever waits. Vectors and payloads are made up: none of these figures depends on what they mean.
 */

import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { type NearvecClient, open } from "../../dist/index.js";
import { randomNumbers } from "./data/random.ts";
import { median } from "./measure/statistics.ts";
import { ReportFiles } from "./report/files.ts";
import { machineLine } from "./report/machine.ts";
import { figure, table } from "./report/markdown.ts";

const { values: flags } = parseArgs({ options: { count: { type: "string", default: "1000000" } } });
const COUNT = Number(flags.count);
const BATCH = 1000;
const ROUNDS = 100;
const WARM_UP = 100;
const COLLECTION = "points";
const COLORS = ["red", "green", "blue", "black", "white", "gray", "pink", "teal", "gold", "lime"];

type Row = readonly [what: string, measured: string, wanted: string];

const random = randomNumbers(7);

function vectorOf(size: number): number[] {
  return Array.from({ length: size }, () => Math.fround(random() - 0.5));
}

function payloadOf(i: number) {
  return {
    color: COLORS[i % COLORS.length],
    price: (i * 7919) % 100_000,
    name: `item number ${i}`,
    tags: [`t${i % 13}`, `t${i % 101}`],
    at: { lon: (i % 360) - 180, lat: (i % 180) - 90 },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function medianOf(rounds: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < rounds + 3; i++) times.push(await timed(work));
  return median(times.slice(3));
}

/** The longest turn of the event loop while `work` is under way, in milliseconds, without the probe's own. */
async function longestStall(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  delay.enable();
  await work();
  await new Promise((resolve) => setTimeout(resolve, 20)); // the last turn counts, too
  delay.disable();
  return delay.max / 1e6;
}

async function storing(): Promise<Row[]> {
  const client = await open();
  await client.createCollection(COLLECTION, {
    vectors: { size: 100, distance: "Dot" },
    optimizers_config: { indexing_threshold: 0 },
  });
  const rates: number[] = [];
  for (let first = 0; first < 200 * BATCH; first += BATCH) {
    const points = Array.from({ length: BATCH }, (_, i) => ({
      id: first + i,
      vector: vectorOf(100),
      payload: payloadOf(first + i),
    }));
    rates.push(BATCH / ((await timed(() => client.upsert(COLLECTION, { points }))) / 1000));
  }
  await client.close();
  return [["points stored a second, d = 100, with payload", figure(median(rates)), "100,000"]];
}

/** The share of an upsert that checking takes: all of it up to a fault in the last point, less the refusal, and less encoding it unchecked. */
async function checking(): Promise<Row[]> {
  const [size, count] = [384, 1000];
  const client = await open();
  await client.createCollection(COLLECTION, {
    vectors: { size, distance: "Cosine" },
    optimizers_config: { indexing_threshold: 0 },
  });
  const points = Array.from({ length: count }, (_, id) => ({
    id,
    vector: vectorOf(size),
    payload: { n: id },
  }));
  const last = { id: count, vector: vectorOf(size), payload: { n: Number.NaN } };
  const faulty = [...points.slice(1), last];
  const copy = new Float32Array(count * size);
  const ids = new Uint32Array(4 * count);
  const bytes = new Uint8Array(1 << 20);
  const utf8 = new TextEncoder();
  const bare = async () => {
    let at = 0;
    points.forEach(({ id, vector, payload }, i) => {
      ids[4 * i] = id;
      for (let j = 0; j < size; j++) copy[i * size + j] = vector[j] as number;
      at += utf8.encodeInto(JSON.stringify(payload), bytes.subarray(at)).written;
    });
  };
  const times = {
    whole: [] as number[],
    checked: [] as number[],
    refused: [] as number[],
    copied: [] as number[],
  };
  for (let i = 0; i < WARM_UP + ROUNDS; i++) {
    times.whole.push(await timed(() => client.upsert(COLLECTION, { points })));
    times.checked.push(await timed(() => client.upsert(COLLECTION, { points: faulty }).catch(() => 0)));
    times.refused.push(await timed(() => client.upsert(COLLECTION, { points: [last] }).catch(() => 0)));
    times.copied.push(await timed(bare));
  }
  await client.close();
  const warm = (rounds: readonly number[]) => median(rounds.slice(WARM_UP));
  const share = (warm(times.checked) - warm(times.refused) - warm(times.copied)) / warm(times.whole);
  const whole = figure(warm(times.whole), 2);
  return [
    [`checking, of the ${whole} ms of an upsert of 1,000 × 384`, `${figure(100 * share, 1)} %`, "15 %"],
  ];
}

async function fill(client: NearvecClient): Promise<number> {
  await client.createCollection(COLLECTION, { vectors: { size: 4, distance: "Dot", hnsw_config: { m: 0 } } });
  let json = 0;
  for (let first = 0; first < COUNT; first += BATCH) {
    const ids = Uint32Array.from({ length: BATCH }, (_, i) => first + i);
    const payloads = Array.from(ids, payloadOf);
    json += payloads.reduce((bytes, payload) => bytes + JSON.stringify(payload).length, 0);
    const vectors = Float32Array.from({ length: BATCH * 4 }, () => random() - 0.5);
    await client.upsert(COLLECTION, { batch: { ids, vectors, payloads } });
  }
  return json;
}

async function scrolling(client: NearvecClient): Promise<Row> {
  let offset: number | bigint | string | null = 0;
  let points = 0;
  const started = performance.now();
  while (offset !== null && points < 200_000) {
    const page = await client.scroll(COLLECTION, { limit: 1000, offset });
    points += page.points.length;
    offset = page.next_page_offset;
  }
  const rate = points / ((performance.now() - started) / 1000);
  return ["points scrolled a second, with payload", figure(rate), "100,000"];
}

const FILTERS = {
  keyword: { must: { key: "color", match: { value: "red" } } },
  range: { must: { key: "price", range: { gte: 10_000, lt: 20_000 } } },
  both: {
    must: [
      { key: "color", match: { any: ["red", "blue"] } },
      { key: "price", range: { lt: 5000 } },
    ],
  },
  "not, or": {
    must_not: { key: "color", match: { value: "red" } },
    should: [
      { key: "tags", match: { value: "t5" } },
      { key: "price", range: { gt: 90_000 } },
    ],
  },
};

async function large(): Promise<Row[]> {
  const client = await open();
  const json = await fill(client);
  const { payloads } = client.info().memory;
  const rows: Row[] = [
    [
      "bytes of a payload",
      figure(payloads / COUNT),
      `${figure((1.3 * json) / COUNT + 64)} (1.3 × JSON + 64)`,
    ],
    await scrolling(client),
  ];
  const geo = { must: { key: "at", geo_radius: { center: { lon: 10, lat: 50 }, radius: 500_000 } } };
  for (const [name, filter] of Object.entries({ ...FILTERS, geo })) {
    const stall = await longestStall(() => client.count(COLLECTION, { filter }));
    rows.push([`longest stall in ms, unindexed filter (${name})`, figure(stall, 1), "20"]);
  }
  const deleting = await longestStall(() =>
    client.setPayload(COLLECTION, { payload: { seen: true }, filter: FILTERS.keyword }),
  );
  rows.push(["longest stall in ms, setPayload by an unindexed filter (10 %)", figure(deleting, 1), "–"]);
  for (const [field_name, field_schema] of [
    ["color", "keyword"],
    ["price", "integer"],
    ["tags", "keyword"],
  ] as const) {
    let took = 0;
    const stall = await longestStall(async () => {
      took = await timed(() =>
        client.createPayloadIndex(COLLECTION, { field_name, field_schema, wait: true }),
      );
    });
    rows.push([`s to index ${field_name} (${field_schema})`, figure(took / 1000, 1), "–"]);
    rows.push([`longest stall in ms meanwhile`, figure(stall, 1), "–"]);
  }
  for (const [name, filter] of Object.entries(FILTERS)) {
    const took = await medianOf(ROUNDS, () => client.count(COLLECTION, { filter }));
    rows.push([`ms to count, indexed filter (${name})`, figure(took, 2), name === "keyword" ? "5" : "–"]);
  }
  const facet = await medianOf(5, () => client.facet(COLLECTION, { key: "color", filter: FILTERS.range }));
  rows.push(["ms for a facet of a filter", figure(facet, 2), "–"]);
  const ordered = await medianOf(ROUNDS, () => client.scroll(COLLECTION, { order_by: "price", limit: 100 }));
  rows.push(["ms for 100 points by price", figure(ordered, 2), "–"]);
  await client.close();
  return rows;
}

const files = new ReportFiles("points");
const rows = [...(await storing()), ...(await checking()), ...(await large())];
const text = [
  `The points API in process; filters over ${COUNT.toLocaleString("en")} points of made-up payloads`,
  "",
  table(
    ["", "measured", "wanted"],
    rows.map((row) => [...row]),
  ),
  "",
  machineLine(files.machine),
].join("\n");
console.log(`${text}\n\n${files.writeResults(rows)}`);
files.write("md", `${text}\n`);
